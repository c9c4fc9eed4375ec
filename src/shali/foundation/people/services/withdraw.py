from datetime import datetime

from django.db import transaction

from shali.foundation.people.models import Address, Document, Key, Person, Phone


@transaction.atomic
def withdraw_people(*, source: str, at: datetime) -> int:
    """Take back what one source brought: its people are found no more, and what it knew of others ends.

    The records stay for the history that names them. Returns how many people were withdrawn.
    """
    people = Person.objects.filter(source=source)
    numbers = list(people.values_list("pk", flat=True))
    Key.objects.filter(person_id__in=numbers).delete()
    for model in (Document, Phone, Address):
        model.objects.filter(source=source, ended_at=None).update(ended_at=at)
    return len(numbers)
