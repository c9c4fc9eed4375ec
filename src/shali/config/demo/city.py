"""The residents of the demo city, entered into the people room."""

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from shali.config.demo.residents import Community, Resident, residents
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.reference import DATA, divisions
from shali.foundation.jurisdictions.rows import insert_rows, next_ids
from shali.foundation.people.models import DocumentKind
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson, enrol_people
from shali.foundation.places.models import Household
from shali.foundation.vault.sealing import blind, seal

CHUNK = 10_000


def communities() -> list[Community]:
    """Return the real communities, weighted by the invented layer of townships."""
    with (DATA / "township_weights.csv").open(newline="", encoding="utf-8") as file:
        weights = {row["code"]: float(row["invented_population"]) for row in csv.DictReader(file)}
    names = {one.code: one for one in divisions()}
    below: dict[str, int] = {}
    for one in divisions():
        if one.level == 4:
            below[one.parent] = below.get(one.parent, 0) + 1
    found = []
    for one in divisions():
        if one.level == 4:
            township = names[one.parent]
            above = f"漯河市{names[township.parent].name}{township.name}"
            share = weights[one.parent] / below[one.parent]
            found.append(Community(one.code, one.name, above, "村" in one.kind, share))
    return found


def enter_residents(count: int, *, at: datetime) -> int:
    """Enrol invented residents with their households, a chunk to a transaction."""
    units = {code: (number, path) for code, number, path in Unit.objects.values_list("code", "id", "path")}
    stream = residents(count, communities())
    entered = 0
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            homes = _households(chunk, units)
            enrol_people([_person(one, units, homes) for one in chunk], source="register", at=at)
        entered += len(chunk)
    with connection.cursor() as cursor:
        # The planner has to know the tables' sizes before the first list is compared with them.
        cursor.execute("analyze people_person, people_key, people_document, people_phone, people_address")
    return entered


def _households(chunk: list[Resident], units: dict[str, tuple[int, str]]) -> dict[int, int]:
    doors = {one.household: one for one in chunk}
    ids = next_ids("places_household", count=len(doors))
    rows = dict(zip(doors, ids, strict=True))

    def columns() -> Iterator[tuple[object, ...]]:
        for household, one in doors.items():
            unit, path = units[one.community]
            row = rows[household]
            sealed = seal(one.address, table="places_household", column="door", row=row)
            yield row, unit, path, blind(one.address, kind="door"), sealed

    insert_rows(Household, ("id", "unit_id", "path", "door_blind", "door_sealed"), columns())
    return rows


def _person(one: Resident, units: dict[str, tuple[int, str]], homes: dict[int, int]) -> NewPerson:
    unit, path = units[one.community]
    documents = [NewDocument(DocumentKind.RESIDENT_ID, one.id_number, True)]
    if one.passport:
        documents.append(NewDocument(DocumentKind.PASSPORT, one.passport, True))
    return NewPerson(
        name=one.name,
        unit=unit,
        path=path,
        sex=one.sex,
        birth_on=one.birth_on,
        documents=tuple(documents),
        phones=one.phones,
        addresses=(NewAddress(one.address, unit),),
        division=one.community,
        household=homes[one.household],
    )
