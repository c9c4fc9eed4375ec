"""The six lists, from the file to open tasks, against the truth about every row."""

import csv
import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from shali.config import reference
from shali.foundation import intake
from shali.foundation.intake.models import Batch, Row, RowState
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Document
from shali.foundation.people.rules import read_document
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson, enrol_people
from shali.foundation.vault.sealing import blind
from shali.verification.models import Channel
from shali.verification.services.receive import HandOver, receive_list

LISTS = Path(intake.__file__).parent / "tests" / "lists"
ZONE = timezone(timedelta(hours=8))
HANDED_OVER = datetime(2022, 8, 10, 8, 0, tzinfo=ZONE)
NOW = HANDED_OVER + timedelta(hours=1)
CITY = Scope(path="4111", name="post:1")
TRUTH = json.loads((LISTS / "truth.json").read_text())


def enrol_register() -> dict[int, str]:
    """Enrol the 3,000 residents and return their register ids by person id."""
    units = {code: (number, path) for code, number, path in Unit.objects.values_list("code", "id", "path")}
    city = units["411100000000"]
    with (LISTS / "register.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = []
    for row in rows:
        unit, path = units.get(row["division_code"], city)
        document = read_document(row["id_number"])
        people.append(
            NewPerson(
                name=row["name"],
                unit=unit,
                path=path,
                sex={"男": 1, "女": 2}.get(row["sex"], 0),
                birth_on=date.fromisoformat(row["birth_on"]),
                documents=(NewDocument(document.kind, document.number, True),) if document.number else (),
                phones=tuple(row["phones"].split(";")) if row["phones"] else (),
                addresses=(NewAddress(row["address"], unit),),
                division=row["division_code"],
            )
        )
    ids = enrol_people(people, source="register", at=HANDED_OVER - timedelta(days=30))
    return dict(zip(ids, (row["id"] for row in rows), strict=True))


def settle(name: str, sender: str, announced: int | None) -> Batch:
    """Receive, confirm and settle one list, as the desk and the worker do."""
    said = HandOver(Channel.PROVINCIAL_BIG_DATA, sender, "", announced, HANDED_OVER, "24 h")
    with in_scope(CITY):
        received = receive_list(scope=CITY, path=LISTS / name, file_name=name, hand_over=said, by=CITY.name, at=NOW)
        confirm_batch(scope=CITY, batch=received.batch_public_id, by=CITY.name, at=NOW, accepts_difference=True)
    return settle_batch(batch=received.batch, at=NOW)


@pytest.fixture
def register(db) -> dict[int, str]:
    with in_scope(system_scope("test")):
        reference.ensure()
        return enrol_register()


def test_nobody_is_taken_for_somebody_else_and_every_row_is_accounted_for(register):
    wrong: list[str] = []
    asked = taken = must = missed = 0
    with in_scope(system_scope("test")):
        new_numbers = {
            blind(read_document(one["id_number"]).number, kind="document"): key
            for key, one in TRUTH["new_people"].items()
            if one.get("id_number")
        }
        for about in TRUTH["files"]:
            batch = settle(about["name"], about["sender"], about["announced"])
            rows = {(row.sheet, row.row_no): row for row in Row.objects.filter(batch=batch)}
            sheets = {sheet["name"]: sheet["index"] for sheet in batch.inspection["sheets"]}
            assert batch.received == len(about["rows"]) == len(rows)
            by_number = {
                person: new_numbers.get(bytes(value), "")
                for person, value in Document.objects.filter(
                    person_id__in=[r.person_id for r in rows.values() if r.person_id]
                ).values_list("person_id", "number_blind")
            }
            for truth in about["rows"]:
                row = rows[(sheets[truth["sheet"]], truth["row"])]
                who = register.get(row.person_id or 0) or by_number.get(row.person_id or 0, "") or "?"
                is_asked = row.state in (RowState.DOUBTFUL, RowState.REJECTED)
                asked += is_asked
                if truth["expect"] == "take":
                    must += 1
                    missed += is_asked
                if is_asked:
                    continue
                taken += 1
                if (
                    truth["expect"] == "ask"
                    or (who != "?" and who != truth["person"])
                    or (who == "?" and truth["person"].startswith("R"))
                ):
                    wrong.append(
                        f"{about['name'][:2]}:{truth['row']} {truth['expect']} {truth['person']} -> {who} "
                        f"{truth['damage']} state {row.state} {[r['code'] for r in row.reasons]}"
                    )
    assert not wrong, "\n".join(wrong)
    assert missed <= 0.01 * must
