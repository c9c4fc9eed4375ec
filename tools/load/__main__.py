"""`make load`: eight people at once on the pages of this installation, for a bounded time, on the loopback only."""

import argparse
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from shali.config.cli.installation import installation

if TYPE_CHECKING:
    from tools.load.users import Seconds

WHO = ("city-duty", "city-lead", "county-desk", "county-411122", "township-desk", "community-worker")
USERS = 8
WARM_UP, LIMIT, WALL_LIMIT = 3.0, 100.0, 150.0


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--users", type=int, default=USERS)
    options.add_argument("--think", type=float, default=0.0, help="seconds that a person looks at a page, about")
    options.add_argument("--paginator", action="store_true", help="compare with Django's own Paginator as well")
    chosen = options.parse_args()
    from tools.load.server import serve, work
    from tools.load.users import Seconds

    from shali.config.running import free_port

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with installation(role="owner"):
        from shali.config.start import prepare

        prepare.collect_static()  # a city that was made and never run has none
        plans = plans_of(chosen.users)
        server, working = serve(port), work()
        try:
            warm, real = Seconds(), Seconds()
            _work(address, plans, warm, 0.0)  # both processes have begun when everybody is signed in
            _work(address, plans_of(chosen.users), warm, WARM_UP)
            fresh, before = plans_of(chosen.users), time.process_time()
            _work(address, fresh, real, chosen.seconds, think=chosen.think)
            own = time.process_time() - before
        finally:
            for one in (working, server):
                one.terminate()
                one.wait(timeout=30)
        _show(real, users=chosen.users, think=chosen.think, own=own)
    if chosen.paginator:
        subprocess.run([sys.executable, "-m", "tools.load.against"], check=True)


def plans_of(users: int) -> list[tuple[str, dict[str, list[str]]]]:
    """Return a fresh one-time link and the pages for each user."""
    from django.conf import settings
    from django.db import connection
    from tools.load.pages import pages_of

    from shali.foundation.accounts.models import Post
    from shali.foundation.accounts.services.links import make_sign_in_link
    from shali.foundation.clocks import now

    with connection.cursor() as cursor:
        cursor.execute("select set_config('shali.scope', %s, false)", [settings.CITY])
    posts = list(Post.objects.select_related("user").filter(user__username__in=WHO).order_by("path", "id"))
    posts += Post.objects.select_related("user").filter(user__username__startswith="unit-").order_by("path")[:users]
    plans = []
    for post in posts[:users]:
        token = make_sign_in_link(user=post.user, post=post, by="system:load", at=now(), life=timedelta(minutes=10))
        plans.append((f"/in/{token}/", pages_of(post)))
    return plans


def _work(
    address: str,
    plans: list[tuple[str, dict[str, list[str]]]],
    seconds: "Seconds",
    length: float,
    *,
    think: float = 0.0,
) -> None:
    from tools.load.users import User

    until = time.monotonic() + length
    threads = [
        threading.Thread(target=User(address, link, pages, seconds, seed, think).work, args=(until,))
        for seed, (link, pages) in enumerate(plans)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _show(seconds: "Seconds", *, users: int, think: float, own: float) -> None:
    """Print the table. own: processor seconds of the users themselves, who work on the same machine."""
    pause = f"{think:g} s between pages" if think else "no pause between pages"
    table = Table(title=f"{users} users at once, {pause}, sign-in, session and scope included; milliseconds")
    for name in ("page", "requests", "p50", "p95", "max", "limit", "held"):
        table.add_column(name, justify="left" if name == "page" else "right")
    for page, taken in sorted(seconds.by_page.items()):
        sorted_ms = sorted(1000 * one for one in taken)
        p95 = sorted_ms[min(len(sorted_ms) - 1, int(0.95 * len(sorted_ms)))]
        limit = WALL_LIMIT if page == "wall" else LIMIT
        held = "yes" if p95 < limit else "NO"
        figures = (sorted_ms[len(taken) // 2], p95, sorted_ms[-1], limit)
        table.add_row(page, str(len(taken)), *(f"{one:.0f}" for one in figures), held)
    Console(width=110).print(table)
    requests = sum(len(taken) for taken in seconds.by_page.values())
    Console().print(
        f"{requests} pages; the users' own part: {1000 * own / max(1, requests):.1f} ms of a processor a page"
    )
    if seconds.refused:
        Console().print("not 200:", seconds.refused)


if __name__ == "__main__":
    main()
