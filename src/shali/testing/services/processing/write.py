"""What a transaction of the inbox worked out, written down in a few statements."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection

from shali.foundation.jurisdictions.rows import array_of, insert_rows, next_ids
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models import Tube
from shali.testing.models.tubes import HOW
from shali.testing.rules import TubeState
from shali.testing.services.parking import park
from shali.testing.services.processing.events import Opened
from shali.testing.services.processing.work import TubeNow, Work

TUBE_COLUMNS = (
    *("id", "public_id", "round_id", "path", "site_id", "station_id", "code", "size", "members", "state", "conflict"),
    *("first_at", "sealed_at", "voided_at", "version", "lost_by", "void_why"),
)
# What a batch's samples have in common is said once for all of them.
SAMPLES = """
insert into testing_sample (event, round_id, path, tube_id, person_id, station_id, batch_id, seq, taken_at, how, pair,
  unbound_at, unbound_by)
select n.event, b.round_id, b.path, n.tube_id, n.person_id, b.station_id, b.id, n.seq, n.taken_at, n.how, n.pair,
  case when n.unbound_by is not null then %s end, n.unbound_by
from unnest(%s::bigint[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[],
    %s::smallint[], %s::uuid[])
  as n(batch_id, event, tube_id, person_id, seq, taken_at, how, pair, unbound_by)
join unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) as b(id, round_id, path, station_id)
  on b.id = n.batch_id
"""
CHANGE_TUBES = """
update testing_tube t set members = n.members, state = n.state, conflict = n.conflict, first_at = n.first_at,
  sealed_at = n.sealed_at, voided_at = n.voided_at, void_why = n.void_why, version = t.version + 1
from unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[], %s::timestamptz[], %s::timestamptz[],
  %s::timestamptz[], %s::text[]) as n(id, members, state, conflict, first_at, sealed_at, voided_at, void_why)
where t.id = n.id
"""
UNBIND = """
update testing_sample s set unbound_at = %s, unbound_by = n.by
from unnest(%s::bigint[], %s::uuid[]) as n(id, by) where s.id = n.id and s.unbound_at is null
"""
# Whoever came without being on the roster is a guest of the round.
GUESTS = """
insert into testing_expected (round_id, person_id, path, guest, standing, marks, exempt, exempt_by, missing, missing_by)
select n.round_id, n.person_id, p.path, true, 0, ''::bytea, '', '', '', ''
from unnest(%s::bigint[], %s::bigint[]) as n(round_id, person_id) join people_person p on p.id = n.person_id
order by n.round_id, n.person_id on conflict do nothing
"""
BOX = """
insert into testing_box (public_id, round_id, path, site_id, code, codes, claimed, counted, sealed_at, received_by,
  missing_codes, extra_codes, broken_codes)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', '[]', '[]', '[]') on conflict (round_id, code) do nothing returning id
"""
# Tubes of several tables lie in one box, and their batches come in any order: a box finds its tubes, and a tube that
# was sealed the box that still waits for some. Hardly any does.
# A tube is looked up by its code and then asked where it stands: by its point, all tubes of the point were read.
OF_A_BOX = """
with listed as materialized (
  select b.id, b.round_id, b.site_id, c.code
  from testing_box b cross join lateral jsonb_array_elements_text(b.codes) as c(code) where b.id = any(%s::bigint[])
), found as materialized (
  select l.id as box, t.id from listed l cross join lateral (
    select t.id, t.site_id, t.box_id, t.state from testing_tube t
    where t.code = l.code and t.round_id = l.round_id offset 0
  ) as t where t.site_id = l.site_id and t.box_id is null and t.state = 2
)
update testing_tube t set box_id = f.box, version = t.version + 1 from found f where t.id = f.id and t.box_id is null
"""
IN_A_BOX = """
with waiting as materialized (
  select b.id, b.round_id, b.site_id, c.code
  from testing_box b cross join lateral jsonb_array_elements_text(b.codes) as c(code)
  where b.site_id = any(%s::bigint[]) and b.claimed > (select count(*) from testing_tube t where t.box_id = b.id)
)
update testing_tube t set box_id = w.id, version = t.version + 1 from waiting w
where t.id = any(%s::bigint[]) and w.site_id = t.site_id and w.round_id = t.round_id and w.code = t.code
  and t.box_id is null and t.state = 2
"""


def write_down(work: Work, *, guests: Sequence[tuple[int, int]]) -> None:
    """Write tubes, samples, boxes, and what was parked; guests: round and person of whoever came without a line."""
    _tubes(work.tubes.values())
    _guests(guests)
    _samples(work)
    _fill_boxes(work, [box for one in work.boxes if (box := _box(work, one))])
    for row in work.parked:
        park(at=work.at, **row)


def _fill_boxes(work: Work, boxes: Sequence[int]) -> None:
    sealed = [one for one in work.tubes.values() if one.is_changed and one.state == TubeState.SEALED]
    with connection.cursor() as cursor:
        if boxes:
            cursor.execute(OF_A_BOX, [array_of(boxes)])
        if sealed:
            cursor.execute(IN_A_BOX, [array_of({one.site for one in sealed}), array_of(one.id for one in sealed)])


def _tubes(tubes: Iterable[TubeNow]) -> None:
    # In the order of their codes: of two who write the same new tubes, one waits for the other and does it again.
    new = sorted((one for one in tubes if one.is_new), key=lambda one: (one.round, one.code))
    for number, one in zip(next_ids("testing_tube", count=len(new)), new, strict=True):
        one.id = number
    insert_rows(
        Tube,
        TUBE_COLUMNS,
        (
            (
                *(one.id, new_public_id(), one.round, one.path, one.site, one.station, one.code, one.size),
                *(
                    one.members,
                    int(one.state),
                    one.conflict,
                    one.first_at,
                    one.sealed_at,
                    one.voided_at,
                    1,
                    "",
                    one.void_why,
                ),
            )
            for one in new
        ),
    )
    old = [one for one in tubes if one.is_changed and not one.is_new]
    if old:
        with connection.cursor() as cursor:
            cursor.execute(
                CHANGE_TUBES,
                [
                    array_of(one.id for one in old),
                    array_of(one.members for one in old),
                    array_of(int(one.state) for one in old),
                    array_of(one.conflict for one in old),
                    array_of(one.first_at for one in old),
                    array_of(one.sealed_at for one in old),
                    array_of(one.voided_at for one in old),
                    array_of(one.void_why for one in old),
                ],
            )


def _guests(guests: Sequence[tuple[int, int]]) -> None:
    if guests:
        with connection.cursor() as cursor:
            cursor.execute(GUESTS, [array_of(made for made, _person in guests), array_of(one for _made, one in guests)])


def _samples(work: Work) -> None:
    fresh = [(one, one.opened, one.tube) for one in work.samples.values() if one.opened is not None and one.tube]
    batches = {opened.batch.id: opened.batch for _one, opened, _tube in fresh}
    columns: tuple[Iterable[Any], ...] = (
        (opened.batch.id for _one, opened, _tube in fresh),
        (one.event for one, _opened, _tube in fresh),
        (tube.id for _one, _opened, tube in fresh),
        (one.person for one, _opened, _tube in fresh),
        (opened.seq for _one, opened, _tube in fresh),
        (one.taken_at for one, _opened, _tube in fresh),
        (one.how if one.how in HOW else "hand" for one, _opened, _tube in fresh),
        (one.pair for one, _opened, _tube in fresh),
        (one.unbound_by for one, _opened, _tube in fresh),
        batches,
        (one.round for one in batches.values()),
        (one.path for one in batches.values()),
        (one.station for one in batches.values()),
    )
    with connection.cursor() as cursor:
        if fresh:
            cursor.execute(SAMPLES, [work.at, *map(array_of, columns)])
        gone = [one for one in work.samples.values() if one.id and one.unbound_by is not None]
        if gone:
            cursor.execute(UNBIND, [work.at, [one.id for one in gone], [one.unbound_by for one in gone]])


def _box(work: Work, one: Opened) -> int:
    """Write a box down and return its number; 0 where its code is another's, which is parked."""
    said, batch = one.said, one.batch
    with connection.cursor() as cursor:
        codes = orjson.dumps(said.tubes).decode()
        sealed: list[Any] = [
            new_public_id(),
            batch.round,
            batch.path,
            batch.site,
            said.box.strip(),
            codes,
            len(said.tubes),
        ]
        cursor.execute(BOX, [*sealed, said.counted, one.at])
        row = cursor.fetchone()
    if row is None:
        _park_box(work, one, {"box": said.box, "why": "code_used"})
        return 0
    return int(row[0])


def _park_box(work: Work, one: Opened, detail: dict[str, object]) -> None:
    batch = one.batch
    park(
        round_id=batch.round,
        path=batch.path,
        kind="box_count",
        station=batch.station,
        batch=batch.id,
        seq=one.seq,
        detail=detail,
        at=work.at,
    )
