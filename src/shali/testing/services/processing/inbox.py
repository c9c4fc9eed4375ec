from collections import Counter
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.rows import uncollected
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.vault.outbox import Opener
from shali.testing.rules import TubeState
from shali.testing.services.parked_results import match_parked_results
from shali.testing.services.processing.events import Batch, Opened, open_batch
from shali.testing.services.processing.lines import hold_lines, stand_anew
from shali.testing.services.processing.people import find_people
from shali.testing.services.processing.work import Work
from shali.testing.services.processing.write import write_down

BY = "system:testing"
# One transaction takes so many batches; larger ones hold their rows longer than clerks should wait.
BATCHES = 80
# A shard's batches are done by one worker at a time, in the order in which they came. They are chosen before their
# bodies are read: in one step every body that waits was read, to be sorted with its batch.
TAKE = """
with w as materialized (
  select w.batch_id, w.station_id from testing_waiting w join testing_station s on s.id = w.station_id
  where s.site_id %% %s = %s order by w.batch_id limit %s for update of w skip locked
)
select w.batch_id, w.station_id, s.path, s.round_id, s.site_id, t.pool_size, u.id, s.public_id,
       convert_from(b.body, 'UTF8'), b.received_at - b.sent_at, b.n, (
  select z.set_at from testing_zone z
  where z.round_id = s.round_id and t.path >= z.path and t.path < z.path || '/' and z.pool_size = t.pool_size
  order by length(z.path) desc limit 1
)
from w
join testing_station s on s.id = w.station_id
join testing_site t on t.id = s.site_id
join jurisdictions_unit u on u.id = t.unit_id
join testing_sealedbatch b on b.id = w.batch_id
order by w.batch_id
"""
DONE = """
update testing_sealedbatch b set accepted = n.accepted, duplicate = n.duplicate, parked = n.parked, processed_at = %s
from unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) as n(id, accepted, duplicate, parked)
where b.id = n.id
"""


def process_inbox(*, opener: Opener, at: datetime, shards: int = 1, shard: int = 0, batches: int = BATCHES) -> int:
    """Open and do the oldest batches of a shard in one transaction. Returns how many events they held.

    A shard is so many of the points: tables of one point put their tubes into one box. Two shards may still meet over a
    person or a tube that stands in both.

    :raises django.db.OperationalError: they waited for each other, and this one gave way: do it again
    :raises django.db.IntegrityError: both enrolled one newcomer, and this one came second: do it again
    """
    with uncollected():
        # All that it made is gone when cycles are looked for again.
        return _process(opener, at, shards=shards, shard=shard, batches=batches)


def _process(opener: Opener, at: datetime, *, shards: int, shard: int, batches: int) -> int:
    with in_scope(system_scope("testing")), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('testing_inbox'), %s)", [shard])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, [shards, shard, batches])
        taken = [Batch(*row) for row in cursor.fetchall()]
        if not taken:
            return 0
        work = _do(taken, opener, at)
        counts = {one.id: Counter[str]() for one in taken}
        for batch, what in work.done:
            counts[batch][what] += 1
        numbers = [list(counts)] + [[counts[n][what] for n in counts] for what in ("accepted", "duplicate", "parked")]
        cursor.execute(DONE, [at, *numbers])
        cursor.execute("delete from testing_waiting where batch_id = any(%s)", [list(counts)])
        return sum(one.n for one in taken)


def how_many_wait(*, at_most: int) -> int:
    """Count the batches that are still to be done; no further than so many."""
    with in_scope(system_scope("testing")), connection.cursor() as cursor:
        cursor.execute("select count(*) from (select from testing_waiting limit %s) as w", [at_most])
        return int(cursor.fetchone()[0])


def _do(taken: list[Batch], opener: Opener, at: datetime) -> Work:
    work = Work(at=at)
    opened: list[Opened] = []
    for batch in taken:
        opened += open_batch(batch, opener=opener, park=work.park)
    people = find_people([one for one in opened if one.kind == "swab"], at=at)
    work.load(opened)
    for one in opened:
        work.do(one, people.get(one.event))
    lines = hold_lines(work)
    write_down(work, guests=lines.guests_of(work))
    stand_anew(work=work, lines=lines, by=BY, at=at)
    sealed = [one.id for one in work.tubes.values() if one.is_changed and one.state == TubeState.SEALED]
    match_parked_results(tubes=sealed, by=BY, at=at)
    return work
