"""A doubtful row beside somebody whom it may mean: equal digits are stars, what differs is shown and marked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

import orjson
from django.db import transaction

from shali.foundation.accounts.queries import who
from shali.foundation.intake.models import Review
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.models import Address, Document, Person, Phone
from shali.foundation.people.rules import clean_number
from shali.foundation.ui.formats import mask_name, mask_number, mask_phone
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_bytes, open_text

Pieces = tuple[tuple[str, bool], ...]
NUMBERS = frozenset({"document", "phone", "seen"})
MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One field side by side. Pieces are (text to show, whether it differs); verdict: equal, differs or missing."""

    field: str
    left: Pieces
    right: Pieces
    verdict: str


@dataclass(frozen=True, slots=True)
class Beside:
    person: int
    public_id: str
    reasons: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of looking at the document in person. fits_row: its number is the row's; None where one has none."""

    found: str
    at: datetime
    by: str
    fits_row: bool | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A number that was seen stands in each candidate's lines as the field "seen"."""

    review: Review
    reasons: tuple[str, ...]
    seen: Seen | None
    candidates: tuple[Beside, ...]


@transaction.atomic
def pair(scope: Scope, review: str, *, at: datetime) -> Pair:
    """Return a doubtful row with its candidates; the look is recorded in this transaction.

    :raises NotInScope: there is no such review here
    """
    found = (
        Review.objects.select_related("row__batch")
        .filter(within(scope.path), public_id=review, row__batch__state=5)
        .first()
    )
    if found is None:
        raise NotInScope
    row = found.row
    with in_scope(system_scope("intake")):
        sealed = open_bytes(row.cells_sealed, table="intake_row", column="cells", row=row.pk)
        said = _of_row(orjson.loads(sealed)["values"])
        if number := _number_seen(found):
            said["seen"] = [number]
        candidates = tuple(
            Beside(
                one.person_id,
                one.person.public_id,
                tuple(one.reasons),
                _lines(said, _of_person(one.person)),
            )
            for one in row.candidates.select_related("person").order_by("rank")
        )
    record_access(
        scope=scope,
        act="view",
        purpose="review_identity",
        subject_kind="review",
        subject=row.pk,
        fields=["name", "birth_on", "document", "phone", "address"],
        people=[one.person for one in candidates],
        at=at,
    )
    return Pair(found, tuple(reason["code"] for reason in row.reasons), _seen(found, said), candidates)


def _number_seen(review: Review) -> str:
    sealed = review.found_number_sealed
    return open_text(sealed, table="intake_review", column="found_number", row=review.row_id) if sealed else ""


def _seen(review: Review, said: dict[str, list[str]]) -> Seen | None:
    if review.found_at is None:
        return None
    known = who([review.found_by]).get(review.found_by)
    own, read = {clean_number(one) for one in said["document"]}, said.get("seen", [])
    fits = read[0] in own if own and read else None
    return Seen(review.found, review.found_at, known.name if known else review.found_by, fits)


def _lines(said: dict[str, list[str]], known: dict[str, list[str]]) -> tuple[Line, ...]:
    if "seen" in said:
        known["seen"] = known["document"]
    return tuple(_beside(field, said[field], values) for field, values in known.items())


def _of_row(values: dict[str, str | list[str]]) -> dict[str, list[str]]:
    def texts(name: str) -> list[str]:
        value = values.get(name) or []
        return [value] if isinstance(value, str) else list(value)

    return {
        "name": texts("name"),
        "birth": texts("birth_on"),
        "document": texts("id_number") or texts("id_written"),
        "phone": texts("phones"),
        "address": texts("address"),
    }


def _of_person(person: Person) -> dict[str, list[str]]:
    birth = person.birth_sealed
    return {
        "name": [open_text(person.name_sealed, table="people_person", column="name", row=person.pk)],
        "birth": [open_text(birth, table="people_person", column="birth", row=person.pk)] if birth else [],
        "document": [
            open_text(one.number_sealed, table="people_document", column="number", row=one.pk)
            for one in Document.objects.filter(person=person, ended_at=None).order_by("-whole", "id")
        ],
        "phone": [
            open_text(one.number_sealed, table="people_phone", column="number", row=one.pk)
            for one in Phone.objects.filter(person=person, ended_at=None).order_by("id")
        ],
        "address": [
            open_text(one.text_sealed, table="people_address", column="text", row=one.pk)
            for one in Address.objects.filter(person=person, ended_at=None).order_by("id")
        ],
    }


def _beside(field: str, left: list[str], right: list[str]) -> Line:
    """Compare one field; of several values the two that are most alike stand beside each other.

    Where one side has none, nothing can be compared: of the other only that it is there is shown.
    """
    if not left or not right:
        return Line(field, _hidden(field, left[:1]), _hidden(field, right[:1]), "missing")
    ours, theirs = max(
        ((a, b) for a in left for b in right),
        key=lambda two: SequenceMatcher(None, two[0], two[1], autojunk=False).ratio(),
    )
    if ours == theirs:
        return Line(field, _plain(field, [ours]), _plain(field, [theirs]), "equal")
    if field in NUMBERS:
        return _numbers(field, ours, theirs)
    steps = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    a = tuple((ours[s:e], op != "equal") for op, s, e, _, _ in steps if e > s)
    b = tuple((theirs[s:e], op != "equal") for op, _, _, s, e in steps if e > s)
    return Line(field, a, b, "differs")


def _numbers(field: str, ours: str, theirs: str) -> Line:
    """Show the places that differ; two numbers that are simply others would show both whole, and are masked."""
    differ = {place for place in range(len(ours)) if ours[place] != theirs[place : place + 1]}
    if len(ours) != len(theirs) or len(differ) > MOST_SHOWN:
        mask = mask_phone if field == "phone" else mask_number
        return Line(field, ((mask(ours), False),), ((mask(theirs), False),), "differs")

    def starred(text: str) -> Pieces:
        return tuple((sign if place in differ else "*", place in differ) for place, sign in enumerate(text))

    return Line(field, starred(ours), starred(theirs), "differs")


def _kept(field: str, text: str, step: str) -> str:
    return "*" * len(text) if step == "equal" and field in NUMBERS else text


MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "document": mask_number,
    "seen": mask_number,
    "phone": mask_phone,
}


def _hidden(field: str, values: list[str]) -> Pieces:
    """Show that a value is there; a day or an address has no part that says little."""
    return tuple((MASKS[field](value) if field in MASKS else "***", False) for value in values)


def _plain(field: str, values: list[str]) -> Pieces:
    return tuple((_kept(field, value, "equal"), False) for value in values)
