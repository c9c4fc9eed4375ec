"""Two clerks press at the same moment, for real: two connections, two threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Event, Task
from shali.foundation.tasks.services import accept as own
from shali.foundation.tasks.services.step import TaskChanged

from .conftest import AT, City

PAIRS = 200


def test_of_two_at_once_one_wins_and_the_other_is_told_who_and_when(committed_city: City) -> None:
    city = committed_city
    tasks = city.tasks(PAIRS)
    barrier = Barrier(2)

    def clerk(name: str) -> list[str]:
        scope = city.scope(name)
        said = []
        try:
            for task in tasks:
                barrier.wait()
                try:
                    with in_scope(scope):
                        own.accept(scope=scope, task=task.public_id, seen=1, by=scope.name, at=AT)
                    said.append("won")
                except TaskChanged as refused:
                    said.append(refused.message)
        finally:
            connection.close()
        return said

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(clerk, ("first", "first2"))

    assert all([a, b].count("won") == 1 for a, b in zip(one, two, strict=True))
    losers = [(a, "first2") if b == "won" else (b, "first") for a, b in zip(one, two, strict=True)]
    assert all(f"某{winner}" in message and "09:00" in message for message, winner in losers)
    with in_scope(system_scope("test")):
        assert Event.objects.filter(act="accepted").count() == PAIRS
        assert set(Task.objects.values_list("version", flat=True)) == {2}
