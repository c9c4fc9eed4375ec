"""From rows to people: every row of a batch gets its state, a chunk to a transaction, and a last flip shows them all.

A kill leaves the batch SETTLING with `rows_done` rows settled; the job runs again and goes on from there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.intake.facts import BatchSettled
from shali.foundation.intake.models import Batch, BatchState, Row, RowState
from shali.foundation.intake.services.ahead import looked_ahead
from shali.foundation.intake.services.chunk import Settler
from shali.foundation.intake.services.chunks import chunks_of, look_at
from shali.foundation.intake.services.kept import forget_rows
from shali.foundation.intake.services.look import Keys, Looked, look_again
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.rows import uncollected
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.ui.refusal import NotInScope, Refusal

# With 5,000 the sums of units were written twice as often and a list took a tenth longer; with more, whoever closes a
# task in a unit that the list names would wait longer for the second half of a chunk's writing.
CHUNK = 10_000


class AlreadySettling(Refusal):
    """Somebody confirmed the batch first."""


@transaction.atomic
def confirm_batch(
    *,
    scope: Scope,
    batch: str,
    by: str,
    at: datetime,
    accepts_difference: bool = False,
    difference_reason: str = "",
) -> Batch:
    """Let a batch be settled: its columns are as shown. A difference to the sender's number is accepted by name first.

    :raises Refusal: the numbers differ and nobody took the difference on himself, or somebody was quicker
    """
    found = Batch.objects.select_for_update().filter(within(scope.path), public_id=batch).first()
    if found is None:
        raise NotInScope
    if found.state not in (BatchState.MAPPING, BatchState.DIFFERENCE):
        raise AlreadySettling(_("This file was taken already."))
    if found.announced is not None and found.announced != found.rows_total and not found.difference_accepted_by:
        if not accepts_difference:
            found.state = BatchState.DIFFERENCE
            found.save(update_fields=["state"])
            return found
        found.difference_accepted_by, found.difference_accepted_at = by, at
        found.difference_reason = difference_reason or "accepted_by_officer"
    found.state = BatchState.SETTLING
    found.save()
    return found


def settle_batch(*, batch: int, at: datetime, each: Callable[[int], None] | None = None) -> Batch:
    """Settle every row of a confirmed batch; running it again after a kill goes on where it stopped.

    each: told how many rows are done, chunk by chunk, after their commit
    One at a time in the whole house, whoever calls: two files that name the same new person must not enrol him twice.
    """
    with _one_at_a_time():
        return _settle(batch, at=at, each=each)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        # Held by the connection, not by a transaction: a killed process lets it go.
        cursor.execute("select pg_advisory_lock(hashtext('intake:settle'))")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(hashtext('intake:settle'))")


def _settle(batch: int, *, at: datetime, each: Callable[[int], None] | None) -> Batch:
    with in_scope(system_scope("intake")):
        found = Batch.objects.select_related("file").get(pk=batch)
    if found.state != BatchState.SETTLING:
        return found
    brought: Keys = set()
    for looked in _looked(found, at=at):
        brought = _settle_chunk(batch, looked, brought, at=at)
        if each is not None:
            each(len(looked.rows))
    forget_rows(found.file)
    return _show(batch, at=at)


def _looked(batch: Batch, *, at: datetime) -> Iterator[Looked]:
    """Yield chunks as the register says who they are. Of a long file the next one is looked at while one is written.

    The look has a connection of its own: inside somebody's transaction it would not see what that one wrote.
    """
    if batch.rows_total - batch.rows_done <= CHUNK or connection.in_atomic_block:
        return map(look_at, chunks_of(batch, at=at, size=CHUNK, skip=batch.rows_done))
    return looked_ahead(batch, at=at, size=CHUNK)


def _settle_chunk(batch: int, looked: Looked, brought: Keys, *, at: datetime) -> Keys:
    """Write one chunk. brought: keys of those whom the chunk before it enrolled, while this one was looked at."""
    with uncollected(), in_scope(system_scope("intake")):
        found = Batch.objects.select_for_update().get(pk=batch)
        keys = Settler(found, at=at).settle(look_again(looked, brought=brought))
        Batch.objects.filter(pk=batch).update(rows_done=F("rows_done") + len(looked.rows))
    return keys


@transaction.atomic
def _show(batch: int, *, at: datetime) -> Batch:
    """Flip the batch to settled; the database checks that its rows add up."""
    with in_scope(system_scope("intake")):
        found = Batch.objects.select_for_update().get(pk=batch)
        if found.state != BatchState.SETTLING:
            return found  # another run showed it, or somebody took the import back meanwhile
        recount(found)
        found.state, found.settled_at, found.rows_total = BatchState.SETTLED, at, found.received
        found.save()
        announce([BatchSettled(found.pk)], by="system:intake", at=at)
    return found


def recount(batch: Batch) -> None:
    """Count a batch's rows by state, from the rows themselves."""
    rows = Row.objects.filter(batch=batch)
    batch.received = rows.count()
    batch.people = rows.filter(state__in=(RowState.KNOWN, RowState.NEW)).count()
    batch.duplicates = rows.filter(state=RowState.DUPLICATE).count()
    batch.already_known = rows.filter(state=RowState.ALREADY_KNOWN).count()
    batch.rejected = rows.filter(state=RowState.REJECTED).count()
    batch.doubtful = rows.filter(state=RowState.DOUBTFUL).count()
