"""Two files against each other: cases as an officer would put them, planted truth, and a slow reference."""

import random

import numpy as np
import polars as pl
import pytest

from shali.engines.linkage.batch import Columns, Thresholds, link, read_fields
from shali.engines.linkage.batch.compare import LEVELS
from shali.engines.linkage.batch.words import LANGUAGES
from shali.engines.linkage.keys import eighteen

COLUMNS = Columns(
    name=[("name",)], birth=[("birth",)], document=[("number",)], phone=[("phone",)], address=[("address",)]
)
HEADINGS = ("name", "birth", "number", "phone", "address")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高", "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊"


def number(birth: str, serial: int) -> str:
    """A resident ID of an area that no county has; its check character through the old 15 digits."""
    return eighteen(f"411190{birth[2:4]}{birth[5:7]}{birth[8:10]}{serial:03d}")


def register(many: int = 3000) -> list[dict[str, str]]:
    draw = random.Random(4111)
    people = []
    for place in range(many):
        birth = f"19{draw.randrange(40, 99)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
        people.append(
            {
                "name": draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN),
                "birth": birth,
                "number": number(birth, place % 1000),
                "phone": f"140{draw.randrange(10**8):08d}",
                "address": f"源汇区第{draw.randrange(1, 9)}街道桂苑{draw.randrange(1, 30)}号楼{draw.randrange(1, 4)}单元{draw.randrange(101, 2500)}",
            }
        )
    # One household: father, his twins with neighbouring numbers, and a mother married in. One telephone for all.
    home, phone = "召陵区第3街道听雨苑7号楼2单元1101", "14411112222"
    for name, birth, serial in (
        ("郑建国", "1970-03-05", 11),
        ("郑子涵", "1998-06-01", 21),
        ("郑子轩", "1998-06-01", 23),
        ("林秀芳", "1972-01-01", 12),
    ):
        people.append({"name": name, "birth": birth, "number": number(birth, serial), "phone": phone, "address": home})
    return people


PEOPLE = register()
FATHER, ONE, TWO, MOTHER = range(3000, 3004)


def run(rows: list[dict[str, str | None]], people: list[dict[str, str]] = PEOPLE, columns: Columns = COLUMNS):
    left = pl.DataFrame(rows, schema=dict.fromkeys(HEADINGS, pl.String))
    return link(read_fields(left, pl.DataFrame(people), columns))


def crowd(rows: int = 400) -> list[dict[str, str | None]]:
    """An ordinary list around the case, from which the weights are learned: most are known, some moved, some unknown."""
    draw = random.Random(7)
    told: list[dict[str, str | None]] = []
    for _ in range(rows):
        one: dict[str, str | None] = dict(draw.choice(PEOPLE[:3000]))
        for heading in ("birth", "number", "phone", "address"):
            if draw.random() < 0.25:
                one[heading] = None
        if draw.random() < 0.2:
            one["phone"] = f"141{draw.randrange(10**8):08d}"
        told.append(one)
    return told


@pytest.mark.parametrize(
    ("case", "row", "decision", "who"),
    [
        ("whole number, same name", {"name": "郑建国", "number": PEOPLE[FATHER]["number"]}, "same", FATHER),
        ("number ruined by a spreadsheet, name agrees",
         {"name": "郑建国", "number": PEOPLE[FATHER]["number"][:15] + "000"}, "same", FATHER),
        ("traditional characters, telephone of the household", {"name": "鄭建國", "phone": "14411112222"}, "same", FATHER),
        ("homophone, day of birth and door",
         {"name": "郑健国", "birth": "1970/3/5", "address": "听雨苑7号楼2单元1101"}, "same", FATHER),
        ("one twin by name, day of birth and telephone",
         {"name": "郑子轩", "birth": "1998-06-01", "phone": "14411112222"}, "same", TWO),
        ("married in, still under her parents' address; 1 January",
         {"name": "林秀芳", "birth": "1972-01-01", "phone": "14411112222", "address": "临颍县第9街道杏林苑3号楼1单元402"}, "same", MOTHER),
        ("a third brother, not in the register",
         {"name": "郑志鹏", "birth": "2003-09-09", "number": number("1903-09-09", 31), "phone": "14411112222",
          "address": "召陵区第3街道听雨苑7号楼2单元1101"}, "not listed", None),
        ("nobody", {"name": "诸葛无人", "number": number("1950-05-05", 777)}, "not listed", None),
        ("digits changed places in the number",
         {"name": "郑建国", "number": PEOPLE[FATHER]["number"][:7] + PEOPLE[FATHER]["number"][8] + PEOPLE[FATHER]["number"][7]
          + PEOPLE[FATHER]["number"][9:], "phone": "14411112222"}, "same", FATHER),
    ],
)  # fmt: skip
def test_whom_an_officer_would_say_it_is(case, row, decision, who):
    rows = [{heading: row.get(heading) for heading in HEADINGS}, *crowd()]

    found = run(rows)

    assert found.decisions()[0] == decision, (case, found.score[0], found.reasons()[0])
    if who is not None:
        assert found.right[0] == who, case


def test_between_two_twins_a_row_without_a_given_name_is_nobodys_certainty():
    row = {"name": "郑子某", "birth": "1998-06-01", "number": None, "phone": "14411112222", "address": None}

    found = run([row, *crowd()])

    assert found.right[0] in (ONE, TWO)
    assert found.score[0] == pytest.approx(0.5, abs=0.05)
    assert found.decisions()[0] == "doubtful"
    assert "another record fits nearly as well" in found.reasons()[0]


def test_planted_people_are_found_and_absent_ones_are_not():
    draw = random.Random(3)
    planted = draw.sample(range(2900), 500)
    rows = [dict(PEOPLE[place]) for place in planted]
    for place, row in enumerate(rows):
        row[("number", "phone", "birth", "address")[place % 4]] = None
    strangers = [
        {
            "name": draw.choice(SURNAMES) + draw.choice(GIVEN) + "旺",
            "birth": f"1955-{1 + n % 12:02d}-17",
            "number": None,
            "phone": f"142{n:08d}",
            "address": None,
        }
        for n in range(100)
    ]

    found = run(rows + strangers)

    same = [place for place, decision in enumerate(found.decisions()) if decision == "same"]
    assert [int(found.right[place]) for place in same] == planted
    assert found.listed == pytest.approx(500 / 600, abs=0.01)


def test_the_same_files_give_the_same_answer_to_the_last_digit():
    one, two = run(crowd()), run(crowd())

    assert np.array_equal(one.score, two.score)
    assert one.reasons() == two.reasons()


def test_a_right_record_answers_once_where_that_is_asked():
    rows = [dict(PEOPLE[5]), {**PEOPLE[5], "phone": None}, *crowd(200)]
    left = pl.DataFrame(rows, schema=dict.fromkeys(HEADINGS, pl.String))
    fields = read_fields(left, pl.DataFrame(PEOPLE), COLUMNS)

    assert link(fields).decisions()[:2] == ["same", "same"]
    once = link(fields, once=True)
    taken = [int(right) for right, decision in zip(once.right, once.decisions(), strict=True) if decision == "same"]
    assert len(taken) == len(set(taken))


def test_a_document_alone_identifies_and_a_common_name_alone_does_not():
    by_number = link(read_fields(pl.DataFrame(PEOPLE[:500]), pl.DataFrame(PEOPLE), Columns(document=[("number",)])))
    by_name = link(
        read_fields(pl.DataFrame([PEOPLE[5]] * 50), pl.DataFrame(PEOPLE + [PEOPLE[5]] * 3), Columns(name=[("name",)]))
    )

    assert by_number.decisions() == ["same"] * 500
    assert "same" not in by_name.decisions()


def test_given_name_and_surname_may_change_places():
    people = [
        {"given": f"{a}{b}", "family": c}
        for a in ("ann", "bea", "cleo")
        for b in ("bel", "mary", "rose")
        for c in ("flatman", "painter", "neumann", "hingston")
    ]
    columns = Columns(name=[("given", "family")])
    swapped = [{"given": one["family"], "family": one["given"]} for one in people[:3]]

    found = link(read_fields(pl.DataFrame(swapped + people[3:]), pl.DataFrame(people), columns))

    assert found.right[:3].tolist() == [0, 1, 2]
    assert "parts changed places" in found.reasons()[0]


@pytest.mark.parametrize(
    ("written", "folded"),
    [("1998/6/1", "19980601"), ("19980601", "19980601"), ("1998年6月1日", "19980601"), ("1998-06-01", "19980601"),
     ("01.06.1998", "19980601"), ("25/12/1998", "19981225"), ("12/25/1998", "19981225"), ("1998-06-01 00:00:00", "19980601")],
)  # fmt: skip
def test_a_day_is_one_day_however_it_is_written(written, folded):
    table = pl.DataFrame({"birth": [written]})

    assert read_fields(table, table, Columns(birth=[("birth",)]))[0].values[0] == folded


def test_thresholds_leave_to_a_human_what_lies_between():
    fields = read_fields(
        pl.DataFrame(crowd(), schema=dict.fromkeys(HEADINGS, pl.String)), pl.DataFrame(PEOPLE), COLUMNS
    )

    strict = link(fields, thresholds=Thresholds(same=1.1, not_listed=0.0))

    assert set(strict.decisions()) == {"doubtful"}


def test_each_language_has_a_word_for_each_way_two_values_stand():
    codes = {code for levels in LEVELS.values() for code in levels}

    assert all(set(words.how) == codes for words in LANGUAGES.values())
