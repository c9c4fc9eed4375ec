"""Our list of people against Django's own Paginator over the same filter, by turns in one run, under the web role."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from statistics import median

from django.core.paginator import Paginator
from django.db import connection

from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.paging import PAGE
from shali.verification.queries.entries import entries_page, filtered

ROUNDS, USERS = 3, 8
SECONDS = 2.0


def compare(scope: Scope, *, at: datetime, which: str) -> tuple[float, float]:
    """Return pages a second of ours and of the Paginator's, eight users at once: medians of rounds by turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_rate(lambda: _pages_of_ours(scope, at, which)))
        theirs.append(_rate(lambda: _page_of_theirs(scope, at, which)))
    return median(ours), median(theirs)


def _pages_of_ours(scope: Scope, at: datetime, which: str) -> int:
    with in_scope(scope):
        page = entries_page(scope, at=at, which=which)
    with in_scope(scope):
        entries_page(scope, at=at, which=which, after=page.next)
    return 2


def _page_of_theirs(scope: Scope, at: datetime, which: str) -> int:
    with in_scope(scope):
        tasks = filtered(scope, at=at, which=which).select_related("unit", "check_row", "assignee__user")
        pages = Paginator(tasks.order_by("due_at", "id"), PAGE)
        list(pages.page(2).object_list)
        _ = pages.num_pages
    return 1


def _rate(once: Callable[[], int]) -> float:
    """Return pages a second of eight threads that begin together; the last pages are counted with their whole time."""
    made, lock, began = [0], threading.Lock(), time.monotonic()

    def work() -> None:
        while time.monotonic() - began < SECONDS:
            count = once()
            with lock:
                made[0] += count
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made[0] / (time.monotonic() - began)
