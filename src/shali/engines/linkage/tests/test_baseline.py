"""Numbers kept, so that a change of them is seen in review; and the two doors of the engine beside each other."""

import random
from datetime import date

import polars as pl

from shali.engines.linkage import Candidate, Claim, DocumentClaim, Outcome, decide
from shali.engines.linkage.batch import link, read_fields
from shali.engines.linkage.batch.compare import LEVELS
from shali.engines.linkage.batch.fields import Kind
from shali.engines.linkage.batch.learn import PRIOR_KIN, PRIOR_SAME, PRIOR_STRANGER
from shali.engines.linkage.tests.test_files import COLUMNS, HEADINGS, PEOPLE


def damaged(rows: int = 1500) -> tuple[list[dict[str, str | None]], list[int | None]]:
    """A hard list: a fifth are not in the register, and every field is missing, old or mistyped now and then."""
    draw = random.Random(11)
    told, truth = [], []
    for _ in range(rows):
        place = draw.randrange(len(PEOPLE))
        one: dict[str, str | None] = dict(PEOPLE[place])
        if draw.random() < 0.2:
            one |= {"name": one["name"][0] + "旺财", "birth": f"2001-{draw.randrange(1, 13):02d}-09", "number": None}
            # Every third lives with the person whose row this was, and uses his telephone.
            if draw.random() < 0.67:
                one |= {"phone": f"142{draw.randrange(10**8):08d}", "address": PEOPLE[draw.randrange(3000)]["address"]}
            place = None
        if draw.random() < 0.3:
            one["number"] = None
        elif one["number"] and draw.random() < 0.3:
            one["number"] = one["number"][:15] + "000"
        if draw.random() < 0.4:
            one["phone"] = draw.choice([None, f"143{draw.randrange(10**8):08d}"])
        if draw.random() < 0.5:
            one["birth"] = None
        if draw.random() < 0.4:
            one["address"] = draw.choice([None, PEOPLE[draw.randrange(3000)]["address"]])
        if draw.random() < 0.05:
            one["name"] = one["name"][:-1] + "□"
        told.append(one)
        truth.append(place)
    return told, truth


def test_the_baseline_holds():
    rows, truth = damaged()

    found = link(
        read_fields(pl.DataFrame(rows, schema=dict.fromkeys(HEADINGS, pl.String)), pl.DataFrame(PEOPLE), COLUMNS)
    )

    decisions = found.decisions()
    right = sum(d == "same" and int(w) == t for d, w, t in zip(decisions, found.right, truth, strict=True))
    wrong = decisions.count("same") - right
    missed = sum(d == "not listed" and t is not None for d, t in zip(decisions, truth, strict=True))
    assert {"right": right, "wrong": wrong, "missed": missed, "doubtful": decisions.count("doubtful")} == {
        "right": 1161,
        "wrong": 3,
        "missed": 4,
        "doubtful": 48,
    }
    assert round(found.listed, 2) == 0.8


def claim(row: dict[str, str | None]) -> Claim:
    return Claim(
        name=row["name"],
        birth_on=date.fromisoformat(row["birth"]) if row["birth"] else None,
        documents=(DocumentClaim("resident_id", row["number"], not row["number"].endswith("000")),)
        if row["number"]
        else (),
        phones=(row["phone"],) if row["phone"] else (),
        address=row["address"],
    )


def test_whom_the_door_for_one_row_knows_the_door_for_files_knows_too():
    rows, _ = damaged(400)
    people = [Candidate(place, claim(person)) for place, person in enumerate(PEOPLE)]
    found = link(
        read_fields(pl.DataFrame(rows, schema=dict.fromkeys(HEADINGS, pl.String)), pl.DataFrame(PEOPLE), COLUMNS)
    )

    known = 0
    for place, row in enumerate(rows[:60]):
        one = decide(claim(row), people)
        if one.outcome is Outcome.KNOWN:
            known += 1
            assert (found.decisions()[place], int(found.right[place])) == ("same", one.key)
    assert known >= 30


def test_every_level_has_its_three_chances():
    for kind in Kind:
        for prior in (PRIOR_SAME, PRIOR_KIN, PRIOR_STRANGER):
            assert len(prior[kind]) == len(LEVELS[kind])
