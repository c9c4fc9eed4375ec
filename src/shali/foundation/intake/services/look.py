"""Who is meant by some rows, as far as the register says it: reading alone, so that it may run ahead of the writing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson
from django.db import connection

from shali.foundation.intake.models import BatchState
from shali.foundation.intake.reading import RowRead
from shali.foundation.intake.services.claims import claim_of
from shali.foundation.jurisdictions.rows import array_of
from shali.foundation.people.services.identify import (
    Claim,
    Decision,
    KeysOf,
    Outcome,
    identify,
    may_be_among,
    numbers_held,
)
from shali.foundation.places.gazetteer import Gazetteer, Resolved
from shali.foundation.vault.sealing import bulk_blind

# What a person brought in lately is found by: (kind, plain value). In memory only.
Keys = set[tuple[str, str]]


class RowLooked(NamedTuple):
    """What is written of a row, whoever it means. content: as it is sealed; blind: of its values."""

    sheet: int
    table: int
    row: int
    is_taken: bool
    reasons: list[dict[str, str]]
    blind: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Looked:
    """Rows of a file with what each row that was taken claims, and who that is.

    claims, divisions and decisions are of equal length; keys are asked by the same places.
    """

    rows: Sequence[RowLooked]
    claims: Sequence[Claim]
    divisions: Sequence[str]
    decisions: Sequence[Decision]
    keys: KeysOf


def look(rows: Sequence[RowRead], *, gazetteer: Gazetteer) -> Looked:
    """Read rows as claims and decide each against the register as it stands. Runs under a scope that holds the city."""
    taken = [row for row in rows if row.state == "taken"]
    resolve = gazetteer.for_many()
    divisions = [_division(row, resolve) for row in taken]
    claims = [claim_of(row.values, division=division) for row, division in zip(taken, divisions, strict=True)]
    keys = KeysOf(claims)
    return Looked(_rows_looked(rows), claims, divisions, identify(claims, keys=keys), keys)


def _rows_looked(rows: Sequence[RowRead]) -> list[RowLooked]:
    blinded = bulk_blind()
    return [
        RowLooked(
            *(row.sheet, row.table, row.row, row.state == "taken"),
            _reasons(row),
            blinded(orjson.dumps(row.values, option=orjson.OPT_SORT_KEYS).decode(), "row"),
            orjson.dumps({"cells": row.cells, "values": row.values}),
        )
        for row in rows
    ]


def _reasons(row: RowRead) -> list[dict[str, str]]:
    marked = [{"code": mark.code, "column": mark.column} for mark in row.marks]
    return [{"code": row.reason, "column": row.column}, *marked] if row.reason else marked


def look_again(looked: Looked, *, brought: Keys) -> Looked:
    """Decide once more whatever the register may say differently by now; all else stays as it was looked at.

    That is who shares keys with somebody brought in since, who bears a number that another desk gave to somebody since,
    and who was known and is merged or withdrawn.

    brought: keys of the people who were enrolled after the first look began
    """
    stands = _standing({one.key for one in looked.decisions if one.outcome is Outcome.KNOWN and one.key is not None})
    held = numbers_held(
        claim for claim, one in zip(looked.claims, looked.decisions, strict=True) if one.outcome is Outcome.NEW
    )

    def may_differ(place: int, decision: Decision) -> bool:
        if decision.outcome is Outcome.KNOWN:
            return decision.key not in stands
        is_held = decision.outcome is Outcome.NEW and any(
            one.trusted and one.number in held for one in looked.claims[place].documents
        )
        return is_held or may_be_among(looked.keys[place], keys=brought)

    again = [place for place, decision in enumerate(looked.decisions) if may_differ(place, decision)]
    decisions = list(looked.decisions)
    for place, decision in zip(again, identify([looked.claims[place] for place in again]), strict=True):
        decisions[place] = decision
    return replace(looked, decisions=decisions)


def _standing(people: set[int]) -> set[int]:
    """Return those who are still in the register under their own number: neither merged nor withdrawn meanwhile."""
    with connection.cursor() as cursor:
        # A batch that is taken back leaves its people where they are, found by nothing.
        cursor.execute(
            """
            select id from people_person where id = any(%s::bigint[]) and merged_into_id is null
              and source not in (select 'batch:' || public_id from intake_batch where state = %s)
            """,
            [array_of(people), BatchState.UNDONE],
        )
        return {int(row[0]) for row in cursor.fetchall()}


def _division(row: RowRead, resolve: Callable[[str], Resolved]) -> str:
    address = row.values.get("address")
    if not isinstance(address, str) or not address:
        return ""
    found = resolve(address)
    return found.code if found.code and found.level >= 2 else ""
