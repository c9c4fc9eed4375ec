"""What stands on people: asked before whatever enrolled them is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps

from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.people.relations import built


@dataclass(frozen=True, slots=True)
class Built:
    """rows: how many of one kind stand there."""

    word: str
    rows: int


def built_on(scope: Scope, people: Sequence[int]) -> list[Built]:
    """Return what rooms have built on people (by row's number), each kind with its word; in the order of the words.

    Only counts leave here; what the scope does not reach is not counted.
    """
    numbers = list(people)
    found = []
    with in_scope(scope):
        for name, word in built().items():
            app, model, field = name.split(".")
            rows = apps.get_model(app, model).objects.filter(**{f"{field}_id__any_of": numbers})
            if count := rows.count():
                found.append(Built(str(word), count))
    return sorted(found, key=lambda one: one.word)
