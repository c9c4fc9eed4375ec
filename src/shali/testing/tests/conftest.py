"""The table that stories of the station sit at."""

from datetime import timedelta

import pytest

from shali.config.testing.live import Live
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit

from .desk import DESK, open_round
from .table import Table


@pytest.fixture
def table(live: Live) -> Table:
    desk = open_round(12, pool_size=5)
    at = now()
    unit = Unit.objects.get(path=DESK.path)
    user = add_user(username="desk", name="甄隐", at=at, language="zh-hans")
    clerk = give_post(
        user=user, role=Role.TOWNSHIP_DESK, unit=unit, scope=None, by="system:test", at=at - timedelta(days=1)
    )
    return Table(live, desk, clerk)
