"""What lists show of people: masks made here, never in the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.formats import mask_name
from shali.foundation.vault.sealing import open_text

PEOPLE = "select id, public_id, sex, name_sealed, birth_sealed from people_person where id = any(%(people)s)"
# Of several documents a whole one is shown, and of whole ones the first.
DOCUMENTS = """
select distinct on (person_id) person_id, id, number_sealed from people_document
where person_id = any(%(people)s) and ended_at is null order by person_id, whole desc, id
"""


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
    numbers = list(set(people))
    if not numbers:
        return {}
    tails = {
        person: open_text(sealed, table="people_document", column="number", row=document)[-4:]
        for person, document, sealed in read_by_key(DOCUMENTS, people=numbers)
    }
    return {
        number: Masked(
            id=number,
            public_id=public_id,
            name=mask_name(open_text(name, table="people_person", column="name", row=number)),
            id_tail=tails.get(number, ""),
            sex=sex,
            age=_age(number, birth, on),
        )
        for number, public_id, sex, name, birth in read_by_key(PEOPLE, people=numbers)
    }


def _age(number: int, birth: bytes | None, on: date) -> int | None:
    if birth is None:
        return None
    born = date.fromisoformat(open_text(birth, table="people_person", column="birth", row=number))
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
