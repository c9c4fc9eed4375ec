"""Step behind the walls: tests run as a superuser, these make a block or a whole test run as web role or worker."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest


@contextmanager
def _in_role(role: str) -> Iterator[None]:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local role {role}")
        yield
        # An exception rolls the savepoint back, and the role with it.
        cursor.execute("reset role")


@pytest.fixture
def as_web(db: None) -> Callable[[], AbstractContextManager[None]]:
    """Return a context in which row-level security holds: `with as_web(), in_scope(township): ...`."""
    return lambda: _in_role("shali_web")


@pytest.fixture
def as_worker(db: None) -> Callable[[], AbstractContextManager[None]]:
    """Return a context in which row-level security holds, with the rights of the background worker."""
    return lambda: _in_role("shali_worker")


@pytest.fixture
def web_role(db: None) -> None:
    """Run the whole test with the web role's rights; the end of its transaction, or connection, undoes it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set role shali_web")
