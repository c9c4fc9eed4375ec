"""Fixtures for the tests of every room; `shali.config.testing` has started the server before this is read."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from shali.config.testing.browser import assert_accessible, browser, new_page, page, phone
from shali.config.testing.databases import django_db_setup, fresh_after_transactions
from shali.config.testing.live import _web_server, live
from shali.config.testing.roles import as_web, as_worker, web_role

# How fast examples come says how busy the machine is, and nothing of the product.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

__all__ = [
    "_web_server",
    "as_web",
    "as_worker",
    "assert_accessible",
    "browser",
    "django_db_setup",
    "fresh_after_transactions",
    "live",
    "new_page",
    "page",
    "phone",
    "web_role",
]


ONE_CITY = "test_every_link"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the walk through a whole demo city: at the end one processor would wait for it with nothing to do."""
    items.sort(key=lambda item: ONE_CITY not in item.nodeid)


class _OneCity(LoadScopeScheduling):
    """Each test goes to whichever process is free; all who walk through the demo city to the one that made it.

    The marks of xdist 3.8 group nothing under pytest 9: it no longer reads the name that they write.
    """

    def _split_scope(self, nodeid: str) -> str:
        return ONE_CITY if ONE_CITY in nodeid else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _OneCity(config, log)
