"""`python -m tools.load.cost`: what each page costs, and not how long somebody waits for it.

The application is called in this process, one request after the other, under the web role: what other programs of the
machine do at the same time changes these figures little. PostgreSQL's part is that of its backends, where they run on
this machine.

What a page costs when there are ten times the rows: `--keep small.json` where a tenth of the city is
(`shali demo city --people 236749 --tasks 100000` under another SHALI_VAR), then `--beside small.json` where all is.
"""

import argparse
import io
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from typing import Any, TypedDict
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from shali.config.cli.installation import installation

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
GROWTH = 1.5  # so much more may a page cost with ten times the rows
Plan = tuple[str, dict[str, list[str]]]


class Figures(TypedDict):
    """What --keep writes. pages: milliseconds of a processor for one request; rows: tasks of the installation."""

    rows: int
    pages: dict[str, float]


@dataclass
class Cost:
    python: list[float] = field(default_factory=list)  # processor time of the thread that answers, ms
    whole: list[float] = field(default_factory=list)
    postgres: float = 0.0  # processor time of all requests together, ms
    statements: int = 0
    kilobytes: float = 0.0


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--requests", type=int, default=40, help="of each page")
    options.add_argument("--only", default="", help="pages whose name has these letters")
    options.add_argument("--profile", default="", help="keep a profile of these requests in a file, for pstats")
    options.add_argument("--keep", default="", help="write what each page cost into a file")
    options.add_argument("--beside", default="", help="say what each page costs beside what --keep wrote of fewer rows")
    chosen = options.parse_args()
    if os.environ.get("SHALI_DB_POOL") == "1":
        told = json.load(sys.stdin)
        costs = _measure(told["plans"], chosen)
        figures = figures_of(costs, rows=told["rows"])
        if chosen.keep:
            Path(chosen.keep).write_text(json.dumps(figures))
        _show(costs, figures, json.loads(Path(chosen.beside).read_text()) if chosen.beside else None)
        return
    with installation(role="owner"):
        from tools.load.__main__ import plans_of

        from shali.config.start import prepare
        from shali.config.start.programs import web_server
        from shali.foundation.tasks.models import Task

        prepare.collect_static()
        plans = json.dumps({"plans": plans_of(6), "rows": Task.objects.count()})
        # Its surroundings are the web server's: the web role, and connections from a pool.
        here = {**os.environ, **web_server("127.0.0.1", 1, 1).environment}
        command = [sys.executable, "-m", "tools.load.cost", *sys.argv[1:]]
        subprocess.run(command, input=plans, text=True, env=here, check=True)


def _measure(plans: list[Plan], chosen: argparse.Namespace) -> dict[str, Cost]:
    from shali.config.wsgi import pages as application

    costs: dict[str, Cost] = {}
    for link, pages in plans:
        user = User(application)
        user.sign_in(link)
        for name, addresses in pages.items():
            if chosen.only in name:
                _ask(user, addresses, costs.setdefault(name, Cost()), chosen.requests // len(plans) + 1, chosen)
    if user.profile:
        user.profile.dump_stats(chosen.profile)
    return costs


def _ask(user: "User", addresses: list[str], cost: Cost, requests: int, chosen: argparse.Namespace) -> None:
    from django.db import connection

    def count(execute: Any, *given: Any) -> Any:
        cost.statements += 1
        return execute(*given)

    addresses = [one for one in addresses[:20] if user.get(one)]  # a list may have nobody of a small unit
    if not addresses:
        return
    user.start_profile(chosen.profile)
    with connection.execute_wrapper(count):
        before = _postgres_ms()
        for number in range(requests):
            began, cpu = time.perf_counter(), time.thread_time()
            body = user.get(addresses[number % len(addresses)])
            cost.python.append(1000 * (time.thread_time() - cpu))
            cost.whole.append(1000 * (time.perf_counter() - began))
            cost.kilobytes += len(body) / 1000
        cost.postgres += _postgres_ms() - before
    user.stop_profile()


def _postgres_ms() -> float:
    """Return the processor time that the web role's backends have used, where they run on this machine."""
    used = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"shali_web" in (process / "cmdline").read_bytes():
                used += int((process / "schedstat").read_text().split()[0])
        except OSError:
            continue  # it has ended
    return used / 1e6


def figures_of(costs: dict[str, Cost], *, rows: int) -> Figures:
    """Return the processor time of one request of each page, Python's and PostgreSQL's together, and how many tasks."""
    pages = {page: _quarter(cost.python) + cost.postgres / len(cost.python) for page, cost in costs.items()}
    return {"rows": rows, "pages": pages}


def ratios(figures: Figures, fewer: Figures) -> dict[str, float]:
    """Return how many times as much each page costs as where there were fewer rows, for the pages of both."""
    return {page: ms / fewer["pages"][page] for page, ms in figures["pages"].items() if page in fewer["pages"]}


def _show(costs: dict[str, Cost], figures: Figures, fewer: Figures | None) -> None:
    table = Table(title="one request, milliseconds (a quarter took less; PostgreSQL: mean)")
    more = ratios(figures, fewer) if fewer else {}
    for name in ("page", "requests", "statements", "Python", "PostgreSQL", "whole", "KB") + ("times",) * bool(fewer):
        table.add_column(name, justify="left" if name == "page" else "right")
    for page, cost in sorted(costs.items()):
        n = len(cost.python)
        shown = (_quarter(cost.python), cost.postgres / n, _quarter(cost.whole), cost.kilobytes / n)
        times = [f"{more[page]:.2f}" if page in more else ""] if fewer else []
        table.add_row(page, str(n), f"{cost.statements / n:.1f}", *(f"{one:.1f}" for one in shown), *times)
    Console(width=110).print(table)
    if fewer:
        grown = f"{figures['rows'] / fewer['rows']:.1f} times the tasks, {figures['rows']:,} beside {fewer['rows']:,}"
        held = max(more.values(), default=0.0) <= GROWTH
        Console().print(f"{grown}: processor time at most {GROWTH:g} times on every page: {'yes' if held else 'NO'}")


def _quarter(taken: list[float]) -> float:
    """Return the lower quartile: beside other work of the machine the steadiest figure."""
    return quantiles(taken, n=4)[0] if len(taken) > 1 else taken[0]


class User:
    """One signed-in person whose requests are calls of the application."""

    def __init__(self, application: Any) -> None:
        self.application, self.cookies, self.profile = application, dict[str, str](), None

    def sign_in(self, link: str) -> None:
        found = TOKEN.search(self.get(link))
        self._ask("POST", link, urlencode({"csrfmiddlewaretoken": found.group(1).decode() if found else ""}).encode())

    def get(self, address: str) -> bytes:
        return self._ask("GET", address, b"")

    def start_profile(self, wanted: str) -> None:
        if wanted:
            import cProfile

            self.profile = self.profile or cProfile.Profile()
            self.profile.enable()

    def stop_profile(self) -> None:
        if self.profile:
            self.profile.disable()

    def _ask(self, method: str, address: str, body: bytes) -> bytes:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ORIGIN": "http://localhost",
            "HTTP_COOKIE": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
        }
        said: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            said["status"] = int(status.split(maxsplit=1)[0])
            for name, value in headers:
                if name.lower() == "set-cookie":
                    key, _eq, kept = value.split(";", 1)[0].partition("=")
                    self.cookies[key] = kept

        answer = self.application(environ, start)
        whole = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return whole if said["status"] == HTTPStatus.OK else b""


if __name__ == "__main__":
    main()
