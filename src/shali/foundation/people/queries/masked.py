"""What lists show of people: masks made here, never in the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.models import Document, Person
from shali.foundation.ui.formats import mask_name
from shali.foundation.vault.sealing import open_text


@dataclass(frozen=True, slots=True)
class Masked:
    """A person as a list shows him: 孙**, the last four of a document, sex and age."""

    id: int
    public_id: str
    name: str
    id_tail: str
    sex: int
    age: int | None


def masked_many(scope: Scope, people: Iterable[int], *, on: date) -> dict[int, Masked]:
    """Return the masked view of those people whom the scope may see; two queries however many they are."""
    numbers = set(people)
    tails = {
        document.person_id: open_text(
            document.number_sealed, table="people_document", column="number", row=document.pk
        )[-4:]
        for document in Document.objects.filter(person_id__in=numbers, ended_at=None).order_by("whole", "-id")
    }
    return {
        person.pk: Masked(
            id=person.pk,
            public_id=person.public_id,
            name=mask_name(open_text(person.name_sealed, table="people_person", column="name", row=person.pk)),
            id_tail=tails.get(person.pk, ""),
            sex=person.sex,
            age=_age(person, on),
        )
        for person in Person.objects.filter(pk__in=numbers)
    }


def _age(person: Person, on: date) -> int | None:
    if person.birth_sealed is None:
        return None
    born = date.fromisoformat(open_text(person.birth_sealed, table="people_person", column="birth", row=person.pk))
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
