"""`shali chain` on files of other people's making."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shali.config.cli import app

LINELIST = """case.ID;sex;age;dt_onset;dt_report;place
SK 1;M;68;11/05/2015;19/05/2015;Hospital A
SK 2;F;63;18/05/2015;20/05/2015;Hospital A
sk 3;M;76;20/05/2015;20/05/2015;Hospital B
SK 4;F;46;25/05/2015;;Hospital B
SK 5;M;;;28/05/2015;Hospital C
SK 2;F;63;19/05/2015;20/05/2015;
;M;1;20/05/2015;20/05/2015;
"""
CONTACTS = """infector;infectee;exposure;when
SK 1;SK 2;ward;14/05/2015
SK 1;SK 3;ward;15/05/2015
SK 3;SK 4;home;22/05/2015
SK 2;SK 4;home;
SK 4;SK 5;;not known
SK 4;visitor 9;;26/05/2015
SK 5;;;
"""
MAP = """[linelist]
id = "case.ID"
onset = "dt_onset"
report = "dt_report"
sex = "sex"

[contacts]
source = "infector"
target = "infectee"
last = "when"
"""


def run(folder: Path, linelist: str = LINELIST, contacts: str = CONTACTS, map_: str | None = MAP, encoding="utf-8"):
    (folder / "l.csv").write_bytes(linelist.encode(encoding))
    (folder / "c.csv").write_bytes(contacts.encode(encoding))
    options = ["--linelist", str(folder / "l.csv"), "--contacts", str(folder / "c.csv"), "--out", str(folder / "out")]
    if map_ is not None:
        (folder / "map.toml").write_text(map_)
        options += ["--map", str(folder / "map.toml")]
    return CliRunner().invoke(app, ["chain", *options])


def summary(folder: Path):
    return json.loads((folder / "out" / "summary.json").read_text())


def problems(folder: Path):
    with (folder / "out" / "problems.csv").open() as file:
        return [(row["kind"], row["file"], int(row["row"]), row["id"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "latin-1"])
def test_an_outbreak_under_other_names(tmp_path, encoding):
    said = run(tmp_path, encoding=encoding)
    assert said.exit_code == 0, said.stderr

    found = summary(tmp_path)
    assert (found["cases"], found["links"], found["roots"], found["contacts"]) == (5, 4, 1, 7)
    assert (found["generations"], found["by_generation"]) == (4, [1, 2, 1, 1])
    assert (found["largest_offspring"], found["largest_offspring_of"]) == (2, ["SK 1"])
    assert found["offspring"]["mean"] == pytest.approx(0.8)
    assert found["serial_interval"] == {
        **{"n": 3, "mean": 7.0, "sd": pytest.approx(2.0), "median": 7.0, "least": 5.0, "most": 9.0, "negative": 0}
    }
    assert sorted(problems(tmp_path)) == [
        ("id_written_otherwise", "contacts", 3, "sk 3"),
        ("id_written_otherwise", "contacts", 4, "sk 3"),
        ("no_date", "contacts", 6, ""),
        ("no_id", "contacts", 8, ""),
        ("no_id", "linelist", 8, ""),
        ("no_onset", "linelist", 6, "SK 5"),
        ("only_in_contacts", "contacts", 7, "visitor 9"),
        ("same_id_again", "linelist", 7, "SK 2"),
        ("several_sources", "contacts", 5, "SK 4"),
    ]
    for name in ("chain.graphml", "chain.svg", "offspring.csv"):
        assert (tmp_path / "out" / name).stat().st_size > 100


def test_columns_with_usual_names_need_no_map(tmp_path):
    said = run(tmp_path, "id,onset\n1,2020-01-01\n2,2020-01-05\n", "from,to\n1.0,2.0\n", map_=None)
    assert said.exit_code == 0, said.stderr
    assert summary(tmp_path)["links"] == 1
    assert summary(tmp_path)["serial_interval"]["mean"] == 4


def test_days_may_be_plain_numbers(tmp_path):
    said = run(tmp_path, "id,onset\n1,0\n2,4.5\n", "source,target\n1,2\n", map_=None)
    assert said.exit_code == 0, said.stderr
    assert summary(tmp_path)["serial_interval"]["mean"] == 4.5
    assert ">4.5<" in (tmp_path / "out" / "chain.svg").read_text()


def test_day_or_month_first_is_said_and_can_be_told(tmp_path):
    lines = "id,onset\n1,03/04/2020\n2,05/04/2020\n"
    run(tmp_path, lines, "source,target\n1,2\n", map_=None)
    assert problems(tmp_path) == [("day_or_month_first", "linelist", 1, "")]
    assert summary(tmp_path)["serial_interval"]["mean"] == 2

    run(tmp_path, lines, "source,target\n1,2\n", map_='[linelist]\ndate_format = "%m/%d/%Y"\n')
    assert problems(tmp_path) == []
    assert summary(tmp_path)["serial_interval"]["mean"] == 61


def test_one_stray_cell_costs_its_own_day_alone(tmp_path):
    run(tmp_path, "id,onset\n1,0\n2,4\n3,tbd\n", "source,target\n1,2\n", map_=None)
    assert summary(tmp_path)["serial_interval"]["mean"] == 4
    assert ("no_date", "linelist", 4, "") in problems(tmp_path)

    run(tmp_path, "id,onset\n1,03/04/2020\n2,05/04/2020\n3,tbd\n", "source,target\n1,2\n", map_=None)
    assert {kind for kind, *_ in problems(tmp_path)} >= {"day_or_month_first", "no_date"}


def test_cells_beyond_the_last_heading_are_named(tmp_path):
    said = run(tmp_path, "id,onset\n1,0\n2,4,extra\n", "source,target\n1,2\n", map_=None)
    assert said.exit_code == 0
    assert "1 rows have cells beyond the last heading, which are left out: rows 3" in said.stderr


WRONG = {
    "a column that is not there": (
        MAP.replace('"infectee"', '"infected"'),
        'has no column "infected" ([contacts] target)',
    ),
    "no TOML": ("[linelist\n", "cannot be read as TOML"),
    "a part nobody knows": ("[cases]\nid = 'x'\n", "a map has [linelist] and [contacts]"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_map_is_refused_with_what_to_do(tmp_path, name):
    said = run(tmp_path, map_=WRONG[name][0])
    assert said.exit_code == 1
    assert WRONG[name][1] in said.stderr
    assert not (tmp_path / "out").exists()


def test_a_needed_column_that_cannot_be_guessed_is_asked_for(tmp_path):
    said = run(tmp_path, "who,when\n1,2020-01-01\n", "source,target\n1,2\n", map_=None)
    assert said.exit_code == 1
    assert '[linelist] id = "..."' in said.stderr
