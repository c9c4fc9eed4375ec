"""A merge taken apart leaves every row of every room as it was, column for column, however much the two records had."""

import random
from datetime import timedelta

from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.foundation.people.models import Person, Sight
from shali.foundation.people.services.enrol import NewAddress, NewDocument, add_addresses, add_documents, add_phones
from shali.foundation.people.services.merge import decide_merge, propose_merge, undo_merge
from shali.foundation.tasks.models import Task
from shali.verification.models import Check, ListEntry

from .conftest import HERE, NEXT_DOOR, NOW, enrol, resident_id
from .test_merge import ONE, OTHER, ask_for

# What a merge writes down on purpose, and nobody takes out again.
KEPT_ON_PURPOSE = {
    "tasks.Task": {"version", "due_at", "rule"},  # history counts on; a deadline that came forward stays there
}
# Tables of history: rows are added there, and none that was there changes.
HISTORY = {"tasks.Event", "journal.Fact", "people.Merge", "people.MergeMove"}
# Sums that triggers keep; that they equal a recount is proved where they live. A deadline that came forward moves them.
SUMS = {"tasks.Standing", "tasks.Flow", "verification.ListTally"}


def everything() -> dict[str, dict[object, dict[str, object]]]:
    """Every row of every table that holds people's affairs, column by column."""
    return {
        f"{model._meta.app_label}.{model.__name__}": {
            tuple(row[one.attname] for one in model._meta.pk_fields): row for row in model.objects.values()
        }
        for model in apps.get_models()
        if model.__module__.startswith("shali.") and model._meta.managed and model._meta.label not in SUMS
    }


def same(before, after) -> list[str]:
    differ = []
    for table, rows in before.items():
        aside = KEPT_ON_PURPOSE.get(table, set())
        now = after[table]
        if table not in HISTORY and rows.keys() != now.keys():
            differ.append(f"{table}: rows {sorted(map(str, rows.keys() ^ now.keys()))}")
        for key, row in rows.items():
            columns = [c for c in row if c not in aside and row[c] != now.get(key, {}).get(c)]
            if columns and table != "people.Merge":
                differ.append(f"{table} {key}: {columns}")
    return differ


def furnish(person: Person, draw: random.Random, *, serial: int) -> None:
    """Give somebody some of everything that may hang on a person."""
    if draw.random() < 0.5:
        kind = draw.choice((2, 3))
        add_documents([(person.pk, NewDocument(kind, f"E{serial:08d}", True))], source="test", at=NOW)
    if draw.random() < 0.7:
        add_phones([(person.pk, f"141{serial:08d}")], source="test", at=NOW)
    if draw.random() < 0.7:
        add_addresses([(person.pk, NewAddress(f"例子路{serial}号", None))], source="test", at=NOW)
    for place, path in enumerate((HERE, NEXT_DOOR)):
        if draw.random() < 0.5:
            Sight.objects.create(person=person, path=path, task=900 + place, since=NOW)
    for number in range(draw.randint(0, 2)):
        task = ask_for(person, number=serial * 10 + number, hours=draw.choice((6, 12, 24, 30)))
        if draw.random() < 0.4:
            ListEntry.objects.filter(task=task).update(struck_off_at=NOW, ending=3)
            Check.objects.filter(pk=task.pk).update(ending=3, ended_at=NOW, ended_by=ONE, evidence="例证")
            closed = {"state": 3, "closed_at": NOW + timedelta(minutes=1), "closed_by": ONE, "outcome": "deceased"}
            Task.objects.filter(pk=task.pk).update(**closed)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_taken_apart_every_column_is_as_it_was(city, seed):
    draw = random.Random(seed)
    offset = Person.objects.count() * 2
    kept, lost = enrol(offset % 1000), enrol((offset + 1) % 1000)
    for place, person in enumerate((kept, lost)):
        furnish(person, draw, serial=(offset + place) * 7 + 1)
    before = everything()

    merge = propose_merge(scope=city, kept=kept.public_id, lost=lost.public_id, reason="said_so", by=ONE, at=NOW)
    decide_merge(scope=city, merge=merge.public_id, agrees=True, by=OTHER, at=NOW)
    between = everything()
    undo_merge(scope=city, merge=merge.public_id, by=ONE, at=NOW)

    assert same(before, between) != [], "the merge changed nothing: this proves nothing"
    assert same(before, everything()) == []


def test_the_comparison_sees_a_column_that_differs(city):
    person = enrol(1)
    before = everything()
    Person.objects.filter(pk=person.pk).update(sex=2)
    assert same(before, everything()) == [f"people.Person ({person.pk},): ['sex']"]
    assert resident_id(1)[:6] == "411190"
