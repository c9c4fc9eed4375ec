"""Who is compared at all: whoever shares a key, but nobody whom another record of the same row outdoes."""

import numpy as np
import polars as pl
import pytest

from shali.engines.linkage.batch import Field, read_fields
from shali.engines.linkage.batch.keys import KEYS, blocking_columns, keys_of_side
from shali.engines.linkage.batch.pairs import FEW, LEAD, MOST_ALIKE, candidates, hits, shortlist
from shali.engines.linkage.tests.test_files import COLUMNS, FATHER, HEADINGS, MOTHER, ONE, PEOPLE, crowd


def fields_of(rows: list[dict[str, str | None]], people: list[dict[str, str]] = PEOPLE) -> list[Field]:
    return read_fields(pl.DataFrame(rows, schema=dict.fromkeys(HEADINGS, pl.String)), pl.DataFrame(people), COLUMNS)


def partners(fields: list[Field], row: int = 0, *, whole: bool = False) -> set[int]:
    every = np.full(fields[0].left.shape[1], whole)
    found = candidates(fields, whole=every)
    return set(found.right[found.left == row].tolist())


def test_candidates_are_those_that_share_a_key_says_a_slow_reference():
    fields = fields_of(crowd(60), PEOPLE[:300])
    expected = set()
    for _, left, right in blocking_columns(fields):
        for i, mine in enumerate(left.tolist()):
            sharing = [j for j, theirs in enumerate(right.tolist()) if mine and mine == theirs]
            if len(sharing) <= MOST_ALIKE:
                expected |= {(i, j) for j in sharing}

    found = candidates(fields, whole=np.ones(60, dtype=bool))

    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == sorted(expected)


def test_each_pair_says_which_keys_it_shares():
    fields = fields_of(crowd(60), PEOPLE[:300])
    found = candidates(fields, whole=np.ones(60, dtype=bool))
    labels = {"+".join(f"{kind}:{what}" for kind, what in key): number for number, key in enumerate(KEYS)}

    for label, left, right in blocking_columns(fields):
        shared = (left[found.left] == right[found.right]) & (left[found.left] != 0)
        bit = found.shared >> np.uint32(labels[label.partition("#")[0]]) & 1 == 1
        assert np.array_equal(bit, shared), label


def test_whoever_has_the_number_and_the_name_is_compared_alone():
    row = {heading: PEOPLE[FATHER][heading] for heading in HEADINGS}
    household = partners(fields_of([row]), whole=True)

    assert {FATHER, ONE, MOTHER} <= household
    assert partners(fields_of([row])) == {FATHER}


@pytest.mark.parametrize("why", ["another has the number too", "the name is another's"])
def test_a_number_that_does_not_settle_leaves_the_household_to_be_compared(why):
    people = [*PEOPLE, {**PEOPLE[7], "number": PEOPLE[FATHER]["number"]}] if why.startswith("another") else PEOPLE
    row = {**PEOPLE[FATHER], "birth": None, "name": "郑建国" if why.startswith("another") else "欧阳七"}

    assert ONE in partners(fields_of([row], people))


def test_who_shares_little_is_left_out_beside_one_who_shares_much():
    row = {**PEOPLE[FATHER], "number": None}
    namesake = {**PEOPLE[9], "name": PEOPLE[FATHER]["name"]}
    fields = fields_of([row], [*PEOPLE, namesake])

    assert partners(fields, whole=True) - partners(fields) == {MOTHER, len(PEOPLE)}
    assert ONE in partners(fields)
    found = candidates(fields, whole=np.ones(1, dtype=bool))
    kinds = dict(zip(found.right.tolist(), np.bitwise_count(found.shared).tolist(), strict=True))
    assert kinds[len(PEOPLE)] <= FEW <= kinds[FATHER] - LEAD


def test_without_anybody_better_who_shares_little_is_compared():
    row = {**dict.fromkeys(HEADINGS), "name": PEOPLE[FATHER]["name"]}

    assert FATHER in partners(fields_of([row]))


def test_a_settled_row_is_asked_for_under_no_further_key():
    asked_for = []

    def search(asked, by_number):
        asked_for.append(asked.tolist())
        number = np.array([5, 6], dtype=np.uint64)
        for key in (0, 3) if by_number else (14,):
            mine = np.where(asked, number, np.uint64(0))
            # The second row's number is somebody's of another name.
            theirs = np.array([5, 6 if key != 3 else 9], dtype=np.uint64)
            yield lambda key=key, mine=mine, theirs=theirs: hits(key, mine, theirs)

    found = shortlist(search, lefts=2, rights=2)

    assert asked_for == [[True, True], [False, True]]
    assert list(zip(found.left, found.right, found.shared, strict=True)) == [(0, 0, 0b1001), (1, 1, 1 | 1 << 14)]


def test_one_tables_keys_are_those_that_both_tables_have_together():
    fields = fields_of(crowd(30), PEOPLE[:100])
    together = {tuple(left.tolist()) for _, left, _ in blocking_columns(fields)}

    assert {tuple(hashes.tolist()) for _, hashes in keys_of_side(fields, "left")} == together


def test_how_often_a_value_is_there_says_a_slow_reference():
    for field in fields_of(crowd(10), PEOPLE[:500] + PEOPLE[:50]):
        value = [field.values[int(code)] for code in field.right[0]]
        rows = np.array([0, 3, 49, 50, 499, 549])

        assert field.often("value", 0, rows).tolist() == [value.count(value[row]) for row in rows]
