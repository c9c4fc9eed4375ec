"""Contacts judged by the rules of the day: class, plan and days follow from relationships, and every plan is kept."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.rows import insert_models
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.tracing.facts import ContactJudged
from shali.tracing.models import Contact, ContactState, Day, Plan, Relationship
from shali.tracing.queries.verdicts import Verdict, verdicts
from shali.tracing.rules import (
    PlanDays,
)
from shali.tracing.services.history import check_now

KIND = "contact"


def judge_contacts(contacts: Sequence[Contact], *, caused_by: str, by: str, at: datetime) -> list[Contact]:
    """Judge contacts anew: those whose plan changes get a new one, their days follow, and a clock where one is owed.

    Runs under a scope that holds them; the old plans stay. Returns those whose plan changed. Whoever met one of these
    is judged after them, because his class hangs on theirs.
    """
    if not contacts:
        return []
    with in_scope(system_scope("tracing")):
        found = verdicts(system_scope("tracing"), contacts, at=at)
        _note_reasons(found)
        changed = [one for one in found if one.changes_plan]
        _write_plans(changed, caused_by=caused_by, by=by, at=at)
        _write_days(changed)
        _open_clocks(changed, by=by, at=at)
        check_now("tracing_contact_plan")
        announce(
            [
                ContactJudged(one.contact.pk, one.contact.person_id, one.judged.contact_class, one.contact.plan_seq,
                              one.contact.path)
                for one in changed
            ],
            by=by,
            at=at,
        )  # fmt: skip
        judge_contacts(_behind(changed), caused_by=caused_by, by=by, at=at)
    return [one.contact for one in changed]


def _behind(changed: Iterable[Verdict]) -> list[Contact]:
    """Return the contacts of contacts that hang on others, in their turn."""
    behind = Relationship.objects.filter(by_contact__in=[one.contact for one in changed], withdrawn_at=None)
    return list(
        Contact.objects.select_for_update(of=("self",))
        .filter(pk__in=behind.values("contact_id"), state=ContactState.UNDER_OBSERVATION)
        .exclude(pk__in=[one.contact.pk for one in changed])
        .order_by("id")
    )


def _note_reasons(found: Iterable[Verdict]) -> None:
    """Write beside each relationship what it alone would make of the contact."""
    changed = []
    for verdict in found:
        for row, judged in verdict.each:
            if (row.judged_class, row.why) != (judged.contact_class, judged.why):
                row.judged_class, row.why = judged.contact_class, judged.why
                changed.append(row)
    Relationship.objects.bulk_update(changed, ["judged_class", "why"], batch_size=1_000)


def _write_plans(changed: Sequence[Verdict], *, caused_by: str, by: str, at: datetime) -> None:
    for one in changed:
        contact = one.contact
        contact.plan_seq += 1
        contact.version += 1
        contact.contact_class, contact.why, contact.rule = one.judged.contact_class, one.judged.why, one.asks.rule_id
        contact.first_exposure_on, contact.last_exposure_on = one.first_on, one.last_on
        contact.ends_on = one.days.last
        contact.judged_at, contact.judged_by = at, by
    Contact.objects.bulk_update(
        [one.contact for one in changed],
        ["plan_seq", "version", "contact_class", "why", "rule", "first_exposure_on", "last_exposure_on", "ends_on",
         "judged_at", "judged_by"],
        batch_size=1_000,
    )  # fmt: skip
    insert_models(
        [
            Plan(
                contact=one.contact,
                seq=one.contact.plan_seq,
                contact_class=one.judged.contact_class,
                why=one.judged.why,
                rule=one.asks.rule_id,
                last_exposure_on=one.last_on,
                phases=[[p.measure, p.first.isoformat(), p.last.isoformat()] for p in one.days.phases],
                tests=[day.isoformat() for day in one.days.tests],
                ends_on=one.days.last,
                caused_by=caused_by,
                made_at=at,
                made_by=by,
            )
            for one in changed
        ]
    )


def _write_days(changed: Sequence[Verdict]) -> None:
    """Let the days follow the plans: new ones are added, those that no plan has any more are dropped and kept."""
    had: dict[int, dict[date, Day]] = {}
    for day in Day.objects.filter(contact__in=[one.contact for one in changed]):
        had.setdefault(day.contact_id, {})[day.on] = day
    fresh: list[Day] = []
    altered: list[Day] = []
    for one in changed:
        wanted = _wanted(one.days, found_on=one.contact.found_on)
        mine = had.get(one.contact.pk, {})
        for on, (measure, test_due) in wanted.items():
            known = mine.get(on)
            if known is None:
                fresh.append(Day(contact=one.contact, path=one.contact.path, on=on, measure=measure, test_due=test_due))
            elif (known.measure, known.test_due, known.dropped) != (measure, test_due, False):
                known.measure, known.test_due, known.dropped = measure, test_due, False
                altered.append(known)
        for on, day in mine.items():
            if on not in wanted and not day.dropped:
                day.dropped = True
                altered.append(day)
    Day.objects.bulk_create(fresh, batch_size=5_000)
    Day.objects.bulk_update(altered, ["measure", "test_due", "dropped"], batch_size=2_000)


def _wanted(days: PlanDays, *, found_on: date) -> dict[date, tuple[str, bool]]:
    """Return measure and test of each day that is owed: tests of days before he was found are made up on the first."""
    if days.first is None or days.last is None:
        return {}
    begins = max(days.first, found_on)
    count = (days.last - begins).days + 1
    every = [begins + timedelta(days=n) for n in range(count)]
    tests = {max(day, begins) for day in days.tests}
    return {day: (days.measure_on(day), day in tests) for day in every}


def _open_clocks(changed: Sequence[Verdict], *, by: str, at: datetime) -> None:
    """Start the clock of those who must be moved and are not; end it where nothing is owed any more."""
    rule = limit(KIND, at)
    owing = [one.contact for one in changed if one.days.phases and one.contact.moved_at is None]
    new = [
        NewTask(
            kind=KIND,
            unit=contact.unit_id,
            subject=contact.person_id,
            giver_path=contact.path,
            handed_over_at=at,
            due_at=at + timedelta(hours=rule.hours),
            rule=rule.rule_id,
            exercise=settings.EXERCISE,
        )
        for contact in owing
    ]
    for contact, opened in zip(owing, open_tasks(new, by=by, at=at), strict=True):
        contact.task_id = opened.task
        contact.move_due_at = contact.move_due_at or at + timedelta(hours=rule.hours)
    Contact.objects.bulk_update(owing, ["task", "move_due_at"], batch_size=1_000)
    for one in changed:
        task = one.contact.task
        if not one.days.phases and task is not None and task.closed_at is None:
            close_task(task=task.pk, seen=None, outcome="no_measure", scope=system_scope("tracing"), by=by, at=at)
