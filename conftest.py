"""Fixtures for the tests of every room; `shali.config.testing` has started the server before this is read."""

from shali.config.testing.databases import django_db_setup, fresh_after_transactions
from shali.config.testing.roles import as_web, as_worker, web_role

__all__ = ["as_web", "as_worker", "django_db_setup", "fresh_after_transactions", "web_role"]
