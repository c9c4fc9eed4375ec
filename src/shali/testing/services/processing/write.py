"""What a transaction of the inbox worked out, written down in a few statements."""

from collections.abc import Iterable
from typing import Any

import orjson
from django.db import connection

from shali.foundation.jurisdictions.rows import array_of, insert_rows, next_ids
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models import Sample, Tube
from shali.testing.models.tubes import HOW
from shali.testing.services.parking import park
from shali.testing.services.processing.events import Opened
from shali.testing.services.processing.work import SampleNow, TubeNow, Work

TUBE_COLUMNS = (
    *("id", "public_id", "round_id", "path", "site_id", "station_id", "code", "size", "members", "state", "conflict"),
    *("first_at", "sealed_at", "voided_at", "version", "lost_by", "void_why"),
)
SAMPLE_COLUMNS = (
    *("event", "round_id", "path", "tube_id", "person_id", "station_id", "batch_id", "seq", "taken_at", "how", "pair"),
    *("unbound_at", "unbound_by"),
)
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
select distinct n.round_id, n.person_id, p.path, true, 0, ''::bytea, '', '', '', ''
from unnest(%s::bigint[], %s::bigint[]) as n(round_id, person_id) join people_person p on p.id = n.person_id
where not exists (
  select from testing_expected e where e.round_id = n.round_id and e.person_id = n.person_id
) on conflict do nothing
"""
BOX = """
insert into testing_box (public_id, round_id, path, site_id, code, codes, claimed, counted, sealed_at, received_by,
  missing_codes, extra_codes, broken_codes)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', '[]', '[]', '[]') on conflict (round_id, code) do nothing returning id
"""
# Tubes of several tables lie in one box, and their batches come in any order.
INTO_BOXES = """
update testing_tube t set box_id = b.id, version = t.version + 1 from testing_box b
where b.site_id = any(%s) and t.round_id = b.round_id and t.site_id = b.site_id and t.box_id is null and t.state = 2
  and b.codes ? t.code
"""


def write_down(work: Work) -> None:
    """Write tubes, samples, guests, boxes, and what was parked."""
    _tubes(work.tubes.values())
    fresh = [one for one in work.samples.values() if one.opened is not None]
    _guests(fresh)
    _samples(work, fresh)
    for one in work.boxes:
        _box(work, one)
    _fill_boxes(work)
    for row in work.parked:
        park(at=work.at, **row)


def _fill_boxes(work: Work) -> None:
    sites = {one.batch.site for one in work.boxes} | {one.site for one in work.tubes.values() if one.is_changed}
    if sites:
        with connection.cursor() as cursor:
            cursor.execute(INTO_BOXES, [sorted(sites)])


def _tubes(tubes: Iterable[TubeNow]) -> None:
    new = [one for one in tubes if one.is_new]
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


def _guests(fresh: list[SampleNow]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(GUESTS, [array_of(one.round for one in fresh), array_of(one.person for one in fresh)])


def _samples(work: Work, fresh: list[SampleNow]) -> None:
    def rows() -> Iterable[tuple[object, ...]]:
        for one in fresh:
            if one.opened is None or one.tube is None:
                continue
            batch = one.opened.batch
            yield (
                *(one.event, one.round, batch.path, one.tube.id, one.person, batch.station, batch.id, one.opened.seq),
                *(one.taken_at, one.how if one.how in HOW else "hand", one.pair),
                *(work.at if one.is_unbound else None, one.unbound_by),
            )

    insert_rows(Sample, SAMPLE_COLUMNS, rows())
    gone = [one for one in work.samples.values() if one.id and one.unbound_by is not None]
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(UNBIND, [work.at, [one.id for one in gone], [one.unbound_by for one in gone]])


def _box(work: Work, one: Opened) -> None:
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
        if cursor.fetchone() is None:
            _park_box(work, one, {"box": said.box, "why": "code_used"})


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
