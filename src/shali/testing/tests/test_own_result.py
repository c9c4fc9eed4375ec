"""One's own result by the code on the slip: looked at again and again, read once in some seconds."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shali.testing.queries.own import OwnResult
from shali.testing.web.own_results import OwnResults

from .desk import AT, fill, open_round, work_off


def test_an_answer_is_kept_for_seconds_and_then_asked_for_again() -> None:
    hour = [0.0]
    kept = OwnResults(seconds=5, most=10, clock=lambda: hour[0])
    slip = uuid4()
    first, second = OwnResult(1, AT, 1), OwnResult(1, AT, 4)

    assert kept.read(slip, lambda: first) == first
    hour[0] = 4.9
    assert kept.read(slip, lambda: second) == first
    hour[0] = 5.0
    assert kept.read(slip, lambda: second) == second


def test_only_so_many_are_kept_and_no_code_stands_among_them() -> None:
    kept = OwnResults(seconds=5, most=3, clock=lambda: 0.0)
    slips = [uuid4() for _n in range(5)]
    for slip in slips:
        kept.read(slip, lambda: None)

    assert kept.read(slips[-1], pytest.fail) is None
    assert kept.read(slips[0], lambda: OwnResult(1, AT, 4)) is not None
    assert not any(slip.bytes in key or slip.hex in repr(key) for slip in slips for key in kept._kept)


@pytest.mark.django_db
def test_looking_again_reads_nothing_and_no_browser_keeps_the_page() -> None:
    desk = open_round(4)
    device = desk.device()
    (slip, _other) = fill(device, "T1", range(2))
    device.send(AT + timedelta(minutes=5))
    work_off()
    address = reverse("testing:own_result", args=[UUID(slip)])
    first = Client().get(address)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = Client().get(address)

    assert (first.status_code, again.status_code) == (200, 200)
    assert not [one["sql"] for one in asked.captured_queries if "testing_" in one["sql"]]
    assert "no-store" in again["Cache-Control"]
