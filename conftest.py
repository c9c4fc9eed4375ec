"""Fixtures for the tests of every room; `shali.config.testing` has started the server before this is read."""

import pytest

from shali.config.testing.browser import assert_accessible, browser, new_page, page, phone
from shali.config.testing.databases import django_db_setup, fresh_after_transactions
from shali.config.testing.live import _web_server, live
from shali.config.testing.roles import as_web, as_worker, web_role

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the walk through a whole demo city: at the end one processor would wait for it with nothing to do."""
    items.sort(key=lambda item: "test_every_link" not in item.nodeid)
