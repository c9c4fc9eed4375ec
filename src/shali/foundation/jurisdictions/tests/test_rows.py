"""Many rows at once: lists as one parameter, and no look for cycles among them."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from shali.config import reference
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import uncollected
from shali.foundation.jurisdictions.scope import in_scope, system_scope


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_cycles_are_looked_for_again_after_the_last_of_several_threads() -> None:
    inside, one_left = Barrier(2, timeout=30), Barrier(2, timeout=30)

    def first() -> None:
        with uncollected():
            inside.wait()
        one_left.wait()

    def second() -> bool:
        with uncollected():
            inside.wait()
            one_left.wait()
            return gc.isenabled()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result() is False
    assert gc.isenabled()


def test_cycles_are_looked_for_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="stopped"), uncollected():
        raise ValueError("stopped")
    assert gc.isenabled()


@pytest.mark.django_db
def test_a_list_of_small_numbers_is_of_the_columns_kind_and_texts_as_they_come() -> None:
    reference.ensure()
    with in_scope(system_scope("test")):
        city = Unit.objects.get(path="4111")
        numbers = Unit.objects.filter(pk__any_of=[city.pk, 7])
        with connection.cursor() as cursor:
            cursor.execute(*_explained(numbers.query.sql_with_params()))
            plan = "\n".join(line for (line,) in cursor.fetchall())

        # With int4[] the condition names int84eq, for which the server has no hash.
        assert "::bigint[]" in plan
        assert "::integer[]" not in plan
        assert set(Unit.objects.filter(path__any_of=["4111", "nowhere"])) == {city}


def _explained(statement: tuple[str, tuple[object, ...]]) -> tuple[str, tuple[object, ...]]:
    return f"explain {statement[0]}", statement[1]
