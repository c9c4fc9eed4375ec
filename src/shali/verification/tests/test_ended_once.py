import pytest

from shali.foundation.tasks.models import Task
from shali.foundation.tasks.services.close import NotOpen
from shali.verification.models import Check
from shali.verification.services.endings import _end


def test_a_check_that_has_ended_is_not_ended_again(db):
    check = Check(ended_at=Task._meta.get_field("handed_over_at").to_python("2022-08-10T08:00:00+08:00"))

    with pytest.raises(NotOpen):
        _end(check, 3, scope=None, seen=None, by="post:1", at=check.ended_at)
