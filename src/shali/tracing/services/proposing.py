"""What the rules ask of a contact, proposed as measures: somebody else decides each; nothing is in force by a rule."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q

from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.measures.models import Measure, MeasureState
from shali.foundation.measures.services.propose import NewMeasure, propose_many
from shali.foundation.measures.services.withdraw import withdraw
from shali.tracing.models import Case, Contact, Member, Plan
from shali.tracing.rules import Classification

BY = "system:protocols"


def propose_what_contacts_owe(announced: Announced) -> None:
    """Propose the measures of contacts whose plan is new, in place of what was proposed or decided by the old one."""
    facts = list(announced.facts)
    with in_scope(system_scope("protocols")):
        contacts = Contact.objects.in_bulk([fact.contact for fact in facts])
        plans = {(plan.contact_id, plan.seq): plan for plan in Plan.objects.filter(contact__in=list(contacts))}
        before = _before([one.person_id for one in contacts.values()], announced.at)
        wanted: list[tuple[NewMeasure, int]] = []
        for fact, number in zip(facts, announced.numbers, strict=True):
            contact = contacts[fact.contact]
            plan = plans[(contact.pk, fact.plan)]
            had = before.get(contact.person_id, [])
            _withdraw_stale(had, plan, at=announced.at)
            wanted += [(one, number) for one in _wanted(contact, plan, had, at=announced.at)]
        propose_many(
            [one for one, _cause in wanted],
            scope=system_scope("protocols"),
            by=BY,
            at=announced.at,
            rule=contacts[facts[0].contact].rule if len(contacts) == 1 else "contact_classes",
            causes=[cause for _one, cause in wanted],
        )


def _before(people: Iterable[int], at: datetime) -> dict[int, list[Measure]]:
    """Return what runs for each person and what the rule proposed; an officer's own proposal is left alone."""
    found: dict[int, list[Measure]] = {}
    rows = Measure.objects.filter(
        person_id__in=list(people),
        state__in=[MeasureState.PROPOSED, MeasureState.DECIDED],
        ends_at__gt=at,
        lifted_at=None,
        origin_kind="contact",
    ).exclude(Q(state=MeasureState.PROPOSED) & ~Q(proposed_by=BY))
    for row in rows.order_by("id"):
        found.setdefault(row.person_id or 0, []).append(row)
    return found


def _phases(plan: Plan) -> list[tuple[str, date, date]]:
    return [(kind, date.fromisoformat(first), date.fromisoformat(last)) for kind, first, last in plan.phases]


def _end_of(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))


def _withdraw_stale(had: list[Measure], plan: Plan, *, at: datetime) -> None:
    """Take back proposals that the new plan does not make any more."""
    ends = {kind: _end_of(last) for kind, _first, last in _phases(plan)}
    for row in [one for one in had if one.state == MeasureState.PROPOSED and ends.get(one.kind) != one.ends_at]:
        withdraw(scope=system_scope("protocols"), measure=row.public_id, by=BY, at=at)
        had.remove(row)


def _wanted(contact: Contact, plan: Plan, had: Sequence[Measure], *, at: datetime) -> list[NewMeasure]:
    new = []
    for kind, first, last in _phases(plan):
        end = _end_of(last)
        same = next((one for one in had if one.kind == kind), None)
        if last < day_of(at) or (same is not None and same.ends_at == end):
            continue
        begins = max(at, start_of_day(first))
        new.append(
            NewMeasure(
                kind=kind,
                origin=("contact", contact.public_id),
                evidence="investigation",
                evidence_ref=f"{contact.public_id}/{plan.seq}",
                starts_at=begins,
                person=contact.person_id,
                ends_at=end,
                supersedes=same.pk if same is not None and same.state == MeasureState.DECIDED else None,
            )
        )
    return new


def contacts_on_record(pairs: Iterable[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
    """Return which pairs of a contact's number and a person are on record here."""
    wanted = set(pairs)
    with in_scope(system_scope("tracing")):
        rows = Contact.objects.filter(public_id__in=[number for number, _person in wanted])
        return wanted & set(rows.values_list("public_id", "person_id"))


def cases_on_record(pairs: Iterable[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
    """Return which pairs of a case's number and a person are on record here, the discarded left out."""
    wanted = set(pairs)
    with in_scope(system_scope("tracing")):
        rows = Case.objects.filter(public_id__in=[number for number, _person in wanted])
        living = rows.exclude(classification=Classification.DISCARDED)
        return wanted & set(living.values_list("public_id", "person_id"))


def guests_on_record(pairs: Iterable[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
    """Return which pairs of an exposure's number and a person are on record here: only who said that he was there."""
    wanted = set(pairs)
    with in_scope(system_scope("tracing")):
        rows = Member.objects.filter(exposure__public_id__in=[number for number, _person in wanted], answer="was_there")
        return wanted & set(rows.values_list("exposure__public_id", "person_id"))
