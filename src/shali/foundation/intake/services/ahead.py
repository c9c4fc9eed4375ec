"""The next chunk of a long file is looked at in a process of its own, while this one writes the chunk before.

Two threads would take turns at one interpreter, and with it at one processor.
"""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shali.foundation.intake.models import Batch
    from shali.foundation.intake.services.look import Looked

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
# Of the looking process alone: the file that it was started for.
_looked: "Iterator[Looked] | None" = None


@dataclass(frozen=True, slots=True)
class Chunks:
    """Which part of a file the looking process reads: all behind the first `skip` rows."""

    at: datetime
    size: int
    skip: int


def looked_ahead(batch: "Batch", *, at: datetime, size: int) -> "Iterator[Looked]":
    """Yield the chunks of a batch that are still to be settled, each looked at while the one before is written.

    The first is looked at here, while the other process wakes up. That one ends with us, also when we are killed; where
    it ends before us, the rest is looked at here.
    """
    from django.db import connection

    from shali.foundation.intake.services.chunks import chunks_of, look_at

    # A smaller one here: the other process should be ready when it is written, and not long before.
    done, first_size = batch.rows_done, size // 2
    given = os.getpid(), dict(connection.settings_dict), batch.pk, Chunks(at, size, skip=done + first_size)
    try:
        with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=given) as one:
            coming = one.submit(_look_at_next)
            first = map(look_at, islice(chunks_of(batch, at=at, size=first_size, skip=done), 1))
            for looked in chain(first, _results(one, coming)):
                done += len(looked.rows)
                yield looked
    except BrokenProcessPool:
        log.warning("The process that looked ahead ended; the rest of file %s is looked at here.", batch.public_id)
        yield from map(look_at, chunks_of(batch, at=at, size=size, skip=done))


def _results(one: ProcessPoolExecutor, coming: "Future[Looked | None]") -> "Iterator[Looked]":
    while (looked := coming.result()) is not None:
        coming = one.submit(_look_at_next)
        yield looked


def _begin(parent: int, database: dict[str, Any], batch: int, chunks: "Chunks") -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)
    import django

    django.setup()
    from django.db import connection

    from shali.foundation.intake.models import Batch
    from shali.foundation.intake.services.chunks import chunks_of, look_at
    from shali.foundation.jurisdictions.scope import in_scope, system_scope

    connection.settings_dict.update(database)
    global _looked  # noqa: PLW0603  # the process was started for this one file
    with in_scope(system_scope("intake")):
        found = Batch.objects.select_related("file").get(pk=batch)
    _looked = map(look_at, chunks_of(found, at=chunks.at, size=chunks.size, skip=chunks.skip))


def _look_at_next() -> "Looked | None":
    assert _looked is not None
    return next(_looked, None)
