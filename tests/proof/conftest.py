import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.proof.world import World, plant


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Plant the world once for all proofs of a worker; it goes with the transaction."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        yield plant()
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)
        connection.close()


@pytest.fixture
def quiet(settings: Any) -> Iterator[None]:
    """Keep thousands of refusals that are meant out of the captured log, and sessions in the visitor's cookie."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Return what notes numbers for the table that `make prove` ends with: figure("headers", answers=205)."""

    def note(proof: str, **numbers: int) -> None:
        record_property(proof, numbers)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was counted, summed over the tests of each proof."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for proof, numbers in report.user_properties:
                    for name, number in numbers.items():
                        sums[proof][name] += number
    for proof, numbers in sums.items():
        said = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in numbers.items())
        terminalreporter.write_line(f"{proof}: {said}")
