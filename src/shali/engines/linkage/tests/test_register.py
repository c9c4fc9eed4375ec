"""Under seal: the same answers as in the clear, and nothing opened that nobody had to see."""

import hashlib
import sys

import numpy as np
import polars as pl
import pytest

from shali.engines.linkage.batch import Columns, Field, Links, link, read_fields
from shali.engines.linkage.batch.link import link_tables
from shali.engines.linkage.batch.register import Column, Register, Sealed, blind_keys, count_values
from shali.engines.linkage.tests.test_baseline import damaged
from shali.engines.linkage.tests.test_files import COLUMNS, FATHER, HEADINGS, PEOPLE

TWO_PHONES = Columns(
    name=[("name",)],
    birth=[("birth",)],
    document=[("number",)],
    phone=[("phone",), ("phone2",)],
    address=[("address",)],
)
SCHEMA = dict.fromkeys((*HEADINGS, "phone2"), pl.String)


def blinded(number: int, hashes: np.ndarray) -> np.ndarray:
    digests = [hashlib.sha256(f"a key|{number}|{one}".encode()).digest()[:8] for one in hashes.tolist()]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


class Cupboard:
    """A register that remembers which of its values were opened."""

    def __init__(self, people: list[dict[str, str | None]], columns: Columns) -> None:
        right = pl.DataFrame(people, schema=SCHEMA)
        fields = read_fields(right.head(0), right, columns)
        self.opened: dict[str, list[int]] = {field.name: [] for field in fields}
        kept = {field.name: self._column(field) for field in fields}
        self.register = Register(len(people), blind_keys(fields, blinded), kept, blinded)

    def _column(self, field: Field) -> Column:
        def opened(place: int, records: np.ndarray) -> list[str]:
            self.opened[field.name] += records.tolist()
            return field.values.gather(field.right[place][records]).to_list()

        return Column(field.right >= 0, *count_values(field), opened)


def under_seal(rows: list[dict[str, str | None]], cupboard: Cupboard, columns: Columns) -> Links:
    left = pl.DataFrame(rows, schema=SCHEMA)
    return link_tables(Sealed(read_fields(left, left.head(0), columns), cupboard.register))


@pytest.mark.parametrize("columns", [COLUMNS, TWO_PHONES])
def test_the_answer_is_the_same_to_the_last_digit_as_in_the_clear(columns):
    rows, _ = damaged(600)
    people = [
        {**one, "phone2": PEOPLE[place // 7]["phone"] if place % 5 == 0 else None} for place, one in enumerate(PEOPLE)
    ]

    sealed = under_seal(rows, Cupboard(people, columns), columns)

    clear = link(read_fields(pl.DataFrame(rows, schema=SCHEMA), pl.DataFrame(people, schema=SCHEMA), columns))
    for what in ("right", "score", "second", "decision", "levels", "crowded"):
        assert np.array_equal(getattr(sealed, what), getattr(clear, what)), what
    assert sealed.reasons() == clear.reasons()
    assert (sealed.pairs, sealed.listed) == (clear.pairs, clear.listed)


def opened_for(row: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    # Without the random pairs that show how strangers stand.
    monkeypatch.setattr(sys.modules[link_tables.__module__], "STRANGERS", 0)
    cupboard = Cupboard(PEOPLE, COLUMNS)
    under_seal([row], cupboard, COLUMNS)
    return cupboard.opened


def test_only_candidates_are_opened_and_only_what_the_row_speaks_of(monkeypatch):
    opened = opened_for({"name": "郑健国", "birth": "1970-03-05"}, monkeypatch)

    assert FATHER in opened["name"]
    assert len(opened["name"]) < 20
    assert not opened["document"] + opened["phone"] + opened["address"]


def test_what_a_blind_key_tells_is_not_opened(monkeypatch):
    row = dict(PEOPLE[FATHER])

    opened = opened_for(row, monkeypatch)

    assert not [name for name, records in opened.items() if FATHER in records]


def test_a_register_whose_values_are_others_than_its_keys_say_shows():
    """The reference above would not see it if nothing were opened at all."""
    cupboard = Cupboard(PEOPLE, COLUMNS)
    column = cupboard.register.columns["phone"]
    object.__setattr__(column, "open", lambda _place, records: ["14999999999"] * len(records))
    row = {**PEOPLE[FATHER], "number": None, "phone": "14999999999"}

    assert "telephone: the same" in under_seal([row], cupboard, COLUMNS).reasons()[0]
