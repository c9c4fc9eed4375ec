from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from shali.foundation.people.models import Address, Document, Key, Person, Phone

KNOWN = (Document, Phone, Address)


@transaction.atomic
def withdraw_people(*, source: str, heirs: Mapping[int, str], at: datetime) -> int:
    """Take back what one source brought: its people are found no more, and what it knew of others ends.

    heirs: of its people those whom another source names as well (row's number -> that source): they stay as they are,
    and are that source's from now on. The records of all stay for the history that names them. Returns how many people
    were withdrawn.
    """
    for heir in sorted(set(heirs.values())):
        theirs = [person for person, other in heirs.items() if other == heir]
        Person.objects.filter(pk__any_of=theirs, source=source).update(source=heir)
        for model in KNOWN:
            model.objects.filter(person_id__any_of=theirs, source=source).update(source=heir)
    numbers = list(Person.objects.filter(source=source).values_list("pk", flat=True))
    Key.objects.filter(person_id__any_of=numbers).delete()
    for model in KNOWN:
        model.objects.filter(source=source, ended_at=None).update(ended_at=at)
    return len(numbers)
