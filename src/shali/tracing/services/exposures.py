"""Exposure events: a place in a time window, and everybody who was there asked one by one; and asked again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.services.close import close_task
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.tracing.facts import ExposureOpened
from shali.tracing.models import Exposure, ExposureState, Member
from shali.tracing.models.exposures import ANSWERS
from shali.tracing.queries.exposures import DIFFERS
from shali.tracing.queries.find import case_in_scope, exposure_in_scope
from shali.tracing.rules import SITUATIONS
from shali.tracing.services.contacts import Line, Meeting, enter_contacts
from shali.tracing.services.history import NotLawful
from shali.tracing.services.rosters import CHECK, LOOK_BACK, hand_to_units

SETTLEMENTS = ("first_holds", "second_holds")


@dataclass(frozen=True, slots=True)
class Event:
    """A place that many go to, a time window, and how people met there. unit: path of the division that it lies in."""

    place: str
    unit: str
    situation: str
    from_at: datetime
    to_at: datetime
    case: str = ""


@transaction.atomic
def open_exposure(*, scope: Scope, event: Event, by: str, at: datetime) -> Exposure:
    """Open an exposure event; its roster comes after it.

    :raises WrongInput: place, unit, situation or times are wrong
    """
    unit = Unit.objects.filter(path=event.unit, closed_on=None).first()
    if not event.place.strip() or event.situation not in SITUATIONS or unit is None:
        said = _("Name the place, the division that it lies in, and how people met there.")
        raise WrongInput(said, fields={"place": "missing"})
    if not event.from_at < event.to_at <= at + timedelta(days=1):
        raise WrongInput(_("The window ends before it begins, or lies in the future."), fields={"to_at": "wrong"})
    case = case_in_scope(scope, event.case) if event.case else None
    rule = limit(CHECK, at)
    made = Exposure.objects.create(
        outbreak_id=settings.OUTBREAK,
        path=scope.path,
        unit=unit,
        place=event.place.strip()[:80],
        situation=event.situation,
        from_at=event.from_at,
        to_at=event.to_at,
        case=case,
        opened_at=at,
        opened_by=by,
        due_at=at + timedelta(hours=rule.hours),
        rule=rule.rule_id,
        exercise=settings.EXERCISE,
    )
    announce([ExposureOpened(made.pk, 0, made.path)], by=by, at=at)
    return made


@transaction.atomic
def answer_member(*, scope: Scope, member: int, answer: str, by: str, at: datetime) -> Member:
    """Write down whether somebody was there. Of an exposure with a case, whoever was there is entered as its contact.

    :raises NotLawful: whoever answered in the first round asks again, or it is answered already
    """
    row = _member(scope, member)
    if answer not in ANSWERS:
        raise WrongInput(_("Say whether he was there."), fields={"answer": "missing"})
    if row.first_by and row.first_by == by:
        raise NotLawful(_("You answered for this person the first time. Somebody else asks again."))
    if row.answer:
        raise NotLawful(_("This is answered already; the answer stands."))
    row.answer, row.answered_at, row.answered_by = answer, at, by
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    _finish(row, by=by, at=at)
    event = row.exposure
    if answer == "was_there" and event.case is not None:
        met = Meeting(event.from_at, min(event.to_at, at), event.situation, "none", "probable", event.place)
        with in_scope(system_scope("tracing")):
            enter_contacts(
                scope=system_scope("tracing"),
                case=event.case.public_id,
                lines=[Line(row.person_id, met)],
                by=by,
                at=at,
                exposure=event.pk,
            )
    return row


@transaction.atomic
def ask_again(*, scope: Scope, exposure: str, by: str, at: datetime) -> Exposure:
    """Freeze a roster with its answers and ask everybody again, by somebody else (回头看).

    :raises NotLawful: nobody has answered yet
    """
    first = exposure_in_scope(scope, exposure)
    with in_scope(system_scope("tracing")):
        answered = list(first.members.exclude(answer="").select_related("person").order_by("id"))
        if not answered:
            raise NotLawful(_("Nobody on the roster has answered yet; there is nothing to ask again."))
        rule = limit(LOOK_BACK, at)
        again = Exposure.objects.create(
            outbreak_id=first.outbreak_id,
            path=first.path,
            unit=first.unit,
            place=first.place,
            situation=first.situation,
            from_at=first.from_at,
            to_at=first.to_at,
            case=first.case,
            asks_again=first,
            opened_at=at,
            opened_by=by,
            due_at=at + timedelta(hours=rule.hours),
            rule=rule.rule_id,
            exercise=first.exercise,
        )
        to_ask = [(one.person.unit_id, one.person_id) for one in answered]
        opened = hand_to_units(again, kind=LOOK_BACK, people=to_ask, by=by, at=at)
        Member.objects.bulk_create(
            [
                Member(
                    exposure=again,
                    exposure_path=again.path,
                    person_id=one.person_id,
                    task_id=task.task if task.is_new else None,
                    path=one.path,
                    came_by=one.came_by,
                    first=one.answer,
                    first_by=one.answered_by,
                )
                for one, task in zip(answered, opened, strict=True)
            ],
            batch_size=2_000,
        )
        announce([ExposureOpened(again.pk, len(answered), again.path)], by=by, at=at)
    return again


@transaction.atomic
def settle_member(*, scope: Scope, member: int, settled_as: str, by: str, at: datetime) -> Member:
    """Say which of two rounds holds where they differ.

    :raises NotLawful: they do not differ, it is settled already, or whoever answered first decides
    """
    row = _member(scope, member)
    if settled_as not in SETTLEMENTS:
        raise WrongInput(_("Say which of the two holds."), fields={"settled_as": "missing"})
    if not row.first or not row.answer or row.first == row.answer or row.settled_at is not None:
        raise NotLawful(_("There is no open difference here."))
    if by == row.first_by:
        raise NotLawful(_("You answered for this person the first time. Somebody else decides which holds."))
    row.settled_as, row.settled_by, row.settled_at = settled_as, by, at
    row.save(update_fields=["settled_as", "settled_by", "settled_at"])
    _finish(row, by=by, at=at)
    return row


def _member(scope: Scope, member: int) -> Member:
    here = within(scope.path) | within(scope.path, "exposure_path")
    rows = Member.objects.select_for_update(of=("self",)).select_related("exposure__case")
    found = rows.filter(here, pk=member).first()
    if found is None:
        raise NotInScope
    return found


def _finish(row: Member, *, by: str, at: datetime) -> None:
    """Close the person's task when nothing is open about him, and the exposure with its last person."""
    if row.first and row.first != row.answer and row.settled_at is None:
        return
    with in_scope(system_scope("tracing")):
        if row.task is not None and row.task.closed_at is None:
            close_task(task=row.task.pk, seen=None, outcome=row.answer, scope=system_scope("tracing"), by=by, at=at)
        Exposure.objects.select_for_update().get(pk=row.exposure_id)
        if not row.exposure.members.filter(Q(answer="") | DIFFERS).exists():
            Exposure.objects.filter(pk=row.exposure_id, state=ExposureState.OPEN).update(
                state=ExposureState.CLOSED, closed_at=at
            )
