"""What the tracing desk keeps of one unit: a case, its contact, its stay, an exposure with its roster."""

from datetime import datetime, timedelta

from django.db import connection

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.tracing.models import Case, Contact, Day, Member, Relationship
from shali.tracing.rules import Classification, Seen
from shali.tracing.services import exposures, observing, rosters, stays
from shali.tracing.services.cases import CaseNews, open_case
from shali.tracing.services.contacts import Line, Meeting, enter_contacts
from shali.tracing.services.investigation import Said, answer
from shali.tracing.services.investigators import enter_investigator

BY = "system:test"


def plant_cluster(unit: Unit, post: Post, people: list[int], at: datetime) -> dict[str, str]:
    """Plant one of everything that tracing keeps; return it by the URL parameter that stands for it.

    :param people: ids of three people of the unit: the case, his contact, who is on the roster
    """
    scope = Scope(path=unit.path, name=BY)
    infected, friend, guest = people
    case = _case(scope, infected, at)
    stay = stays.tell_stay(
        scope=scope, case=case.public_id, told=stays.Told(at - timedelta(days=2), at - timedelta(days=1), "某街"),
        by=BY, at=at,
    )  # fmt: skip
    answer(scope=scope, case=case.public_id, said=[Said("occupation", "farmer")], by=BY, at=at)
    met = Meeting(at - timedelta(days=2), at - timedelta(days=1), "shared_meal")
    enter_contacts(scope=scope, case=case.public_id, lines=[Line(friend, met)], by=BY, at=at)
    contact = Contact.objects.get(person_id=friend)
    on = Day.objects.filter(contact=contact).order_by("on")[0].on
    observing.observe(scope=scope, contact=contact.public_id, on=on, told=observing.Told(Seen.WELL), by=BY, at=at)
    secret = observing.make_self_link(scope=scope, contact=contact.public_id, by=BY, at=at)
    enter_investigator(
        scope=scope, post=post.public_id, trained_until=at.date() + timedelta(days=90),
        shift_from=None, shift_until=None, by=BY, at=at,
    )  # fmt: skip
    event = exposures.Event("某商场", unit.path, "same_space", met.first_at, met.last_at, case.public_id)
    exposure = exposures.open_exposure(scope=scope, event=event, by=BY, at=at)
    with connection.cursor() as cursor:  # a number so long that it stands in no answer by chance
        cursor.execute(
            "select setval(pg_get_serial_sequence('tracing_member', 'id'), greatest(900000000, max(id))) "
            "from tracing_member"
        )
    rosters.add_members(exposure=exposure, people=[guest], came_by="hand", by=BY, at=at)
    return {
        "case": case.public_id,
        "stay": stay.public_id,
        "contact": contact.public_id,
        "relationship": Relationship.objects.get(contact=contact).public_id,
        "exposure": exposure.public_id,
        "secret": secret,
        "member": str(Member.objects.get(exposure=exposure).pk),
    }


def _case(scope: Scope, person: int, at: datetime) -> Case:
    """Open a case that this very unit investigates: by itself it would be the county's."""
    news = CaseNews(
        Classification.CONFIRMED, at, "laboratory", "laboratory_result", (at - timedelta(days=1)).date(),
        at - timedelta(hours=6),
    )  # fmt: skip
    opened = open_case(scope=scope, person=Person.objects.get(pk=person).public_id, news=news, by=BY, at=at)
    Case.objects.filter(pk=opened.pk).update(path=scope.path)
    Task.objects.filter(pk__in=[opened.core_task_id, opened.report_task_id]).update(path=scope.path)
    return Case.objects.get(pk=opened.pk)
