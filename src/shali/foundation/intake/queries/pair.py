"""A doubtful row beside somebody whom it may mean: equal digits are stars, what differs is shown and marked."""

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

import orjson
from django.db import transaction

from shali.foundation.intake.models import Review, ReviewState
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.models import Address, Document, Person, Phone
from shali.foundation.ui.formats import mask_number, mask_phone
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_bytes, open_text

Pieces = tuple[tuple[str, bool], ...]
NUMBERS = frozenset({"document", "phone"})
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
class Pair:
    review: Review
    reasons: tuple[str, ...]
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
        candidates = tuple(
            Beside(
                one.person_id,
                one.person.public_id,
                tuple(one.reasons),
                tuple(_beside(field, said[field], known) for field, known in _of_person(one.person).items()),
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
    return Pair(found, tuple(reason["code"] for reason in row.reasons), candidates)


def next_review(scope: Scope, *, after: str = "") -> str:
    """Return the next open question, due first; the one just asked goes to the end, '' when none is left."""
    found = Review.objects.filter(within(scope.path), state=ReviewState.OPEN, row__batch__state=5)
    return found.exclude(public_id=after).order_by("due_at", "row_id").values_list("public_id", flat=True).first() or ""


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
    """Compare one field; of several values the two that are most alike stand beside each other."""
    if not left or not right:
        return Line(field, _plain(field, left[:1]), _plain(field, right[:1]), "missing")
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


def _plain(field: str, values: list[str]) -> Pieces:
    return tuple((_kept(field, value, "equal"), False) for value in values)
