"""What became of what the stations sent: whether the inbox is empty, and how many swabs lie in tubes."""

import time


def until_empty(*, within: float) -> None:
    """Return when the inbox is empty; within: seconds. PostgreSQL may be started again meanwhile."""
    from django.db import OperationalError, connection

    give_up = time.monotonic() + within
    while time.monotonic() < give_up:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select exists (select from testing_waiting)")
                if not (cursor.fetchone() or (True,))[0]:
                    return
        except OperationalError:
            connection.close()
        time.sleep(0.5)
    raise SystemExit(f"The inbox was not empty after {within:.0f} s.")


def in_tubes() -> int:
    """Return how many samples lie in tubes; the database takes no event for two."""
    from shali.foundation.jurisdictions.scope import in_scope, system_scope
    from shali.testing.models import Sample

    with in_scope(system_scope("storm")):
        return Sample.objects.filter(unbound_at=None).count()
