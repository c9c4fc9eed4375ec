"""The six lists that came, row by row against the truth about them."""

import json
from functools import cache
from pathlib import Path

import pytest

from shali.foundation.intake.reading import Inspection, RowRead, inspect_file
from shali.foundation.intake.tests.reading.workbooks import balances

LISTS = Path(__file__).parents[1] / "lists"
TRUTH = json.loads((LISTS / "truth.json").read_text())["files"]
FILES = [pytest.param(about, id=about["name"][:2]) for about in TRUTH]


@cache
def _inspected(name: str) -> Inspection:
    return inspect_file(LISTS / name)


def _rows(about: dict) -> dict[tuple[str, int], RowRead]:
    inspection = _inspected(about["name"])
    names = {sheet["index"]: sheet["name"] for sheet in inspection.sheets}
    return {(names[row.sheet], row.row): row for row in inspection.rows}


@pytest.mark.parametrize("about", FILES)
def test_every_data_row_is_found_and_no_other(about):
    rows = _rows(about)
    data = {(row["sheet"], row["row"]) for row in about["rows"]}

    assert {place for place, row in rows.items() if row.state != "skipped"} == data
    assert balances(_inspected(about["name"]))


@pytest.mark.parametrize("about", FILES)
def test_titles_totals_notes_and_blank_rows_are_skipped_by_name(about):
    rows = _rows(about)
    words = {"covering line": "covering_line", "footer": "signature"}

    found = {
        (sheet["name"], other["row"]): rows[(sheet["name"], other["row"])].reason
        for sheet in about["sheets"]
        for other in sheet["not_data"]
    }
    assert found == {
        (sheet["name"], other["row"]): words.get(other["why"], other["why"])
        for sheet in about["sheets"]
        for other in sheet["not_data"]
    }


@pytest.mark.parametrize("about", FILES)
def test_rows_that_must_be_taken_are_taken_with_name_phones_and_day(about):
    rows = _rows(about)
    wrong = []
    for truth in about["rows"]:
        row = rows[(truth["sheet"], truth["row"])]
        said = (row.values.get("name", ""), row.values.get("phones", []), row.values.get("visit_on", ""))
        if said != (truth["written"].get("name", ""), truth["phones"], truth["visit_on"]):
            wrong.append((truth, said))
        if truth["expect"] == "take" and row.state != "taken":
            wrong.append((truth, row))

    assert wrong == []


@pytest.mark.parametrize("about", FILES)
def test_a_ruined_number_is_never_given_as_a_number(about):
    rows = _rows(about)
    ruined = {"id_number_ruined", "id_sci_text", "id_wrong_digit", "id_missing_digit", "id_swapped"}
    for truth in about["rows"]:
        if ruined & set(truth["damage"]):
            assert "id_number" not in rows[(truth["sheet"], truth["row"])].values


@pytest.mark.parametrize("about", FILES)
def test_a_row_that_only_a_ruined_number_names_is_rejected(about):
    rows = _rows(about)
    for truth in about["rows"]:
        if truth["expect"] == "ask" and not (truth["written"].get("name") and truth["phones"]):
            assert rows[(truth["sheet"], truth["row"])].state == "rejected"


@pytest.mark.parametrize("about", FILES)
def test_the_announced_number_is_found_where_the_sender_wrote_it(about):
    inspection = _inspected(about["name"])

    assert inspection.announced == about["announced"]
    assert [inspection.announced_in] == [where.replace(" ", "_") for where in about["announced_in"]] or not about[
        "announced_in"
    ]
    differs = "announced_differs" in [warned.code for warned in inspection.warnings]
    assert differs == (not about["count_agrees"])
