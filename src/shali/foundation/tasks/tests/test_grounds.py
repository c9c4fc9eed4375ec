"""A look at a person says which task it is for: one about him, of one's own part of the city, or none."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.people.services.reveal import reveal
from shali.foundation.ui.refusal import WrongInput

from .conftest import AT, City

LOOK = {"fields": ["name"], "purpose": "contact_person", "at": AT}


def test_a_look_for_a_task_is_recorded_with_it(city: City) -> None:
    task, scope = city.tasks(1)[0], city.scope("first")

    with in_scope(scope):
        shown = reveal(scope=scope, person=task.subject.public_id, task=task.public_id, **LOOK)

        assert AccessRecord.objects.get(pk=shown.record).task == task.pk


@pytest.mark.parametrize("whose", ["of another person", "of nobody"])
def test_a_task_about_somebody_else_is_refused_and_nothing_shown(city: City, whose: str) -> None:
    task, other = city.tasks(2)
    number = {"of another person": other.public_id, "of nobody": "000000000000"}[whose]
    scope = city.scope("first")

    with in_scope(scope), pytest.raises(WrongInput):
        reveal(scope=scope, person=task.subject.public_id, task=number, **LOOK)

    with in_scope(scope):
        assert not AccessRecord.objects.exists()


def test_the_page_offers_the_open_task_first_and_the_look_leads_back_to_it(city: City) -> None:
    task = city.tasks(1)[0]
    client = Client()
    with time_machine.travel(AT + timedelta(minutes=1), tick=False):
        client.force_login(city.posts["first"].user, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("people:person", args=[task.subject.public_id])).content.decode()
        assert page.index(f'<option value="{task.public_id}"') < page.index('<option value="">')
        given = {"purpose": "contact_person", "field": "name", "task": task.public_id}
        client.post(reverse("people:reveal", args=[task.subject.public_id]), given)
        page = client.get(reverse("people:person", args=[task.subject.public_id])).content.decode()

    assert f'<td><a href="{reverse("tasks:task", args=[task.public_id])}">' in page
