"""The processes that make parts of the city, each under a connection of its own."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context

from shali.config.city import progress
from shali.config.city.plan import Plan

PROCESSES = 2
_PR_SET_PDEATHSIG = 1


def make_parts(step: str, places: list[int], *, processes: int = PROCESSES) -> Iterator[int]:
    """Make the parts of a step, each in a transaction of its own; yield the rows of each as it is made."""
    if processes == 1:
        for place in places:
            yield _make(step, place)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=begin, initargs=(os.getpid(),)) as pool:
        for made in as_completed([pool.submit(_make, step, place) for place in places]):
            yield made.result()


def begin(parent: int) -> None:
    """Die with whoever started us, and set Django up under the owner's role."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)
    from shali.config.start.run import set_up_django

    set_up_django(role="owner")
    tell_session()


def tell_session() -> None:
    """Look at the whole city, where the owner is bound by the walls; and let the disk be behind a little.

    A commit that a crash of the machine loses is lost with its note of progress, and made again.
    """
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select set_config('shali.scope', %s, false)", [settings.CITY])
        cursor.execute("set synchronous_commit = off")


def _make(step: str, place: int) -> int:
    from django.db import transaction

    with transaction.atomic():
        rows, digest = _STEPS[step](place)
        progress.note(step, place, rows, digest)
    return rows


def _residents(place: int) -> tuple[int, bytes]:
    from shali.config.city.residents import enter_part

    return enter_part(plan_here(), list(plan_here().parts[place]))


def _history(place: int) -> tuple[int, bytes]:
    from shali.config.city.history import enter_list

    return enter_list(plan_here(), place, posts=_posts(), first_number=_first_number())


_STEPS: dict[str, Callable[[int], tuple[int, bytes]]] = {"1 residents": _residents, "2 history": _history}


@cache
def plan_here() -> Plan:
    from shali.config.city.planned import plan_of

    started = progress.begun()
    if started is None:
        raise RuntimeError("no city was begun in this database")
    return plan_of(started)


@cache
def _first_number() -> int:
    started = progress.begun()
    return started.first_number if started else 0


@cache
def _posts() -> dict[str, int]:
    from shali.config.city.staff import posts

    return posts()


def forget() -> None:
    """Forget the plan of a former city, for tests that make several."""
    for one in (plan_here, _first_number, _posts):
        one.cache_clear()
