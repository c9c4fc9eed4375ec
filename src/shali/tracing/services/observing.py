"""The days of a contact: where he is, how he is, his tests."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post
from shali.foundation.clocks import day_of
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.tasks.services.close import close_task
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import seal
from shali.tracing.facts import ContactMoved, ContactObserved
from shali.tracing.models import Contact, ContactState, Day, Observation, SelfLink
from shali.tracing.queries.find import contact_in_scope
from shali.tracing.queries.oneself import contact_of_link
from shali.tracing.rules import Seen, missed_in_a_row
from shali.tracing.rules.links import digest_of
from shali.tracing.services.history import NotLawful

PLACE_KINDS = ("site", "home", "hospital", "elsewhere")
SYMPTOMS = ("fever", "cough", "sore_throat", "fatigue", "taste", "other")


@transaction.atomic
def set_place(*, scope: Scope, contact: str, kind: str, place: str, by: str, at: datetime) -> Contact:
    """Say where a contact will stay: an isolation site by its name, his home, a hospital."""
    row = under_observation(scope=scope, contact=contact)
    if kind not in PLACE_KINDS or (kind == "site" and not place.strip()):
        raise WrongInput(_("Say where he will stay; name the isolation site."), fields={"place": "missing"})
    row.place_kind, row.place = kind, place.strip()[:80] if kind != "home" else ""
    row.version += 1
    row.save(update_fields=["place_kind", "place", "version"])
    return row


@transaction.atomic
def note_moved(*, scope: Scope, contact: str, moved_at: datetime, by: str, at: datetime) -> Contact:
    """Note that a contact is where his measure holds; the clock of his moving ends.

    :raises NotLawful: no place is named, or he was moved before
    """
    row = under_observation(scope=scope, contact=contact)
    if not row.place_kind:
        raise NotLawful(_("Say first where he stays."))
    if row.moved_at is not None:
        raise NotLawful(_("He is there already."))
    if moved_at > at:
        raise WrongInput(_("This hour lies in the future."), fields={"moved_at": "wrong"})
    row.moved_at, row.moved_by = moved_at, by
    row.version += 1
    row.save(update_fields=["moved_at", "moved_by", "version"])
    if row.task is not None and row.task.closed_at is None:
        close_task(task=row.task.pk, seen=None, outcome="moved", scope=scope, by=by, at=at)
    announce([ContactMoved(row.pk, row.person_id, row.path)], by=by, at=at)
    return row


@dataclass(frozen=True, slots=True)
class Told:
    """How somebody is on a day. temperature in degrees Celsius; symptoms of SYMPTOMS."""

    status: Seen
    temperature: str = ""
    symptoms: tuple[str, ...] = ()
    entry: UUID = field(default_factory=uuid4)


@transaction.atomic
def observe(*, scope: Scope, contact: str, on: date, told: Told, by: str, at: datetime) -> Day:
    """Enter what a day brought. A later entry counts instead of it; both stay.

    :raises NotLawful: the plan has no such day, or it is still to come
    """
    row = under_observation(scope=scope, contact=contact)
    day = Day.objects.select_for_update().filter(contact=row, on=on, dropped=False).first()
    if day is None or on > day_of(at):
        raise NotLawful(_("His plan has no such day, or it is still to come."))
    if any(one not in SYMPTOMS for one in told.symptoms):
        raise WrongInput(_("There is no such symptom."), fields={"symptoms": "wrong"})
    if Observation.objects.filter(entry=told.entry).exists():
        return day
    [number] = next_ids("tracing_observation", count=1)
    said = {"temperature": told.temperature[:5], "symptoms": list(told.symptoms)}
    Observation.objects.create(
        pk=number,
        day=day,
        entry=told.entry,
        status=told.status,
        at=at,
        recorded_at=at,
        by=by,
        told_sealed=seal(orjson.dumps(said), table="tracing_observation", column="told", row=number)
        if told.temperature or told.symptoms
        else None,
    )
    day.status, day.status_at = told.status, at
    day.save(update_fields=["status", "status_at"])
    _keep_sums(row, day_of(at))
    announce([ContactObserved(row.pk, day.pk, int(told.status), row.path)], by=by, at=at)
    return day


def _keep_sums(row: Contact, today: date) -> None:
    """Keep on the contact what lists ask for: when he was seen last, how, and how many days in a row he was missed."""
    days = list(
        Day.objects.filter(contact=row, dropped=False, on__lte=today).order_by("-on").values_list("on", "status")
    )
    if days and days[0][0] == today and days[0][1] is None:
        days = days[1:]  # today is not over
    seen = next(((on, status) for on, status in days if status in (Seen.WELL, Seen.UNWELL)), None)
    row.last_seen_on, row.last_seen = seen if seen else (None, None)
    row.missed = missed_in_a_row([status for _on, status in days])
    row.save(update_fields=["last_seen_on", "last_seen", "missed"])


@transaction.atomic
def note_missed_days(*, today: date, at: datetime) -> int:
    """Call yesterday's days on which nobody entered anything "not attempted"; run every morning, twice does nothing.

    Returns how many days it were.
    """
    with in_scope(system_scope("tracing")):
        late = Day.objects.select_for_update(of=("self",)).filter(
            on__lt=today, status=None, dropped=False, contact__state=ContactState.UNDER_OBSERVATION
        )
        rows = list(late.select_related("contact"))
        Day.objects.filter(pk__in=[day.pk for day in rows]).update(status=Seen.NOT_ATTEMPTED, status_at=at)
        for contact in {day.contact_id: day.contact for day in rows}.values():
            _keep_sums(contact, today)
    return len(rows)


@transaction.atomic
def note_test(*, scope: Scope, contact: str, on: date, negative: bool | None, by: str, at: datetime) -> Day:
    """Enter a day's test: taken, and its result when it is known; a negative one may still be corrected.

    :raises NotLawful: his plan asks for no test on that day
    """
    row = under_observation(scope=scope, contact=contact)
    day = Day.objects.select_for_update().filter(contact=row, on=on, dropped=False).first()
    if day is None or not day.test_due or on > day_of(at):
        raise NotLawful(_("His plan asks for no test on this day."))
    day.tested_at, day.test_negative = day.tested_at or at, negative
    day.save(update_fields=["tested_at", "test_negative"])
    return day


def under_observation(*, scope: Scope, contact: str) -> Contact:
    """Return a contact of the scope whose days are still to be entered, his row locked.

    :raises NotLawful: his observation has ended
    """
    row = contact_in_scope(scope, contact, ours=True, lock=True)
    if row.state != ContactState.UNDER_OBSERVATION:
        raise NotLawful(_("His observation has ended."))
    return row


@transaction.atomic
def assign_contacts(
    *, scope: Scope, contacts: Sequence[str], posts: Sequence[str], by: str, at: datetime
) -> dict[str, int]:
    """Give contacts to posts evenly: whoever has fewest is next. Returns how many each post has got.

    :raises WrongInput: no post is named, or one of another unit
    """
    here = {post.public_id: post for post in Post.objects.filter(within(scope.path), public_id__in=posts)}
    if not posts or set(here) != set(posts):
        raise WrongInput(_("Name posts of your own unit."), fields={"posts": "wrong"})
    rows = list(
        Contact.objects.select_for_update().filter(
            within(scope.path), public_id__in=contacts, state=ContactState.UNDER_OBSERVATION
        ).order_by("path", "id")
    )  # fmt: skip
    load = {name: Contact.objects.filter(assignee=post, state=1).count() for name, post in here.items()}
    given = dict.fromkeys(here, 0)
    for row in rows:
        # The nearest first: the post of the narrowest unit that holds the contact, then whoever has fewest.
        name = min(here, key=lambda one: (-_nearness(here[one].path, row.path), load[one], one))
        row.assignee = here[name]
        load[name] += 1
        given[name] += 1
    Contact.objects.bulk_update(rows, ["assignee"], batch_size=1_000)
    return given


def _nearness(unit: str, contact: str) -> int:
    """Return how narrow a unit is that holds a contact's path; 0 where it does not."""
    return len(unit) if lies_in(contact, unit) else 0


@transaction.atomic
def make_self_link(*, scope: Scope, contact: str, by: str, at: datetime) -> str:
    """Return the secret of a fresh link by which a person reports his own days; an earlier link ends."""
    row = under_observation(scope=scope, contact=contact)
    SelfLink.objects.filter(contact=row, ended_at=None).update(ended_at=at)
    secret = secrets.token_urlsafe(18)
    SelfLink.objects.create(contact=row, digest=digest_of(secret), made_at=at, made_by=by)
    return secret


@transaction.atomic
def observe_oneself(*, secret: str, told: Told, at: datetime) -> Day:
    """Enter how a person says he is today, by his link.

    :raises NotInScope: the link has ended
    """
    scope = system_scope("tracing.self")
    with in_scope(scope):
        contact = contact_of_link(scope, secret)
        by = f"self:{contact.public_id}"
        return observe(scope=scope, contact=contact.public_id, on=day_of(at), told=told, by=by, at=at)
