"""What a program may send at all: whatever no column holds is refused in words before anything reads it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from ninja import Schema

from shali.foundation.accounts.api.given import refuse_unstorable
from shali.foundation.ui.refusal import NotInScope, WrongInput

NOON = datetime(2022, 8, 1, 12, tzinfo=UTC)


class Said(Schema):
    at: datetime | None = None
    note: str = ""
    more: list[dict[str, datetime | str]] = []


def told(hours: float) -> datetime:
    return NOON.astimezone(timezone(timedelta(hours=hours)))


@pytest.mark.parametrize("off", [-12, 0, 5.75, 8, 14])
def test_an_hour_of_any_place_on_earth_is_taken(off: float) -> None:
    refuse_unstorable({"said": Said(at=told(off), note="一", more=[{"at": told(off)}])})


@pytest.mark.parametrize(
    "said",
    [
        Said(at=NOON.replace(tzinfo=None)),
        Said(at=told(22.5)),  # PostgreSQL knows no hours so far from Greenwich
        Said(at=NOON.replace(year=161)),
        Said(at=NOON.replace(year=9999)),
        Said(more=[{"note": "", "at": NOON.replace(tzinfo=None)}]),
        Said(note="a\0b"),
        Said(more=[{"a\0": "b"}]),
    ],
)
def test_what_no_column_holds_is_refused_in_words(said: Said) -> None:
    with pytest.raises(WrongInput):
        refuse_unstorable({"said": said})


def test_an_address_with_such_a_letter_is_of_nothing() -> None:
    with pytest.raises(NotInScope):
        refuse_unstorable({"case": "a\0"})
