"""A cluster on one screen: for each person the exposures, the onset, the tests and the measures, day by day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.measures.models import Measure, MeasureState
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.tracing.models import Case, Contact, Day, Relationship
from shali.tracing.queries.case import infectious_day
from shali.tracing.queries.find import case_in_scope


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts from one day to another, both included. kind: exposure, infectious, or a measure's."""

    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Mark:
    """Something of one day: onset, positive, test_done, test_due, unwell."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person's line. case: his number if he is a case; href: public number of the case or the contact."""

    person: Masked | None
    case: str
    case_number: int
    contact: str
    contact_class: str
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    first: date
    last: date
    lines: tuple[PersonLine, ...]
    total: int


def cluster_timeline(scope: Scope, case: str, *, at: datetime, limit: int = 120) -> Timeline:
    """Return the chain that a case of the scope stands in, with the contacts of its cases; cases first.

    limit: lines shown; total says how many there are
    """
    root = case_in_scope(scope, case)
    cases = _chain_of(root)
    met_by_them = (
        Contact.objects.filter(
            pk__in=Relationship.objects.filter(case__in=cases, withdrawn_at=None).values("contact_id"),
            ends_on__isnull=False,
        )
        .exclude(person__in=[one.person_id for one in cases])
        .order_by("judged_at", "id")
    )
    total = len(cases) + met_by_them.count()
    # The first cases of a chain, and always the one that was asked for.
    cases = [*cases[:limit], *([root] if root.pk not in {one.pk for one in cases[:limit]} else [])]
    contacts = list(met_by_them[: max(0, limit - len(cases))])
    people = [one.person_id for one in cases] + [one.person_id for one in contacts]
    masked = masked_many(scope, people, on=day_of(at))
    measures, tests, met = _measures(people), _tests(contacts, cases), _exposures(people)
    lines = [
        _case_line(scope, one, masked, met.get(one.person_id, []), measures.get(one.person_id, []), at=at)
        for one in cases
    ]
    lines += [
        PersonLine(
            person=masked.get(one.person_id),
            case="",
            case_number=0,
            contact=one.public_id,
            contact_class=one.contact_class,
            spans=(*met.get(one.person_id, ()), *measures.get(one.person_id, ())),
            marks=tuple(tests.get(one.pk, ())),
        )
        for one in contacts
    ]
    return _framed(lines, total, at)


def _chain_of(root: Case) -> list[Case]:
    """Return the whole chain in which a case stands, from its first case on, by number."""
    rows = {one.pk: one for one in Case.objects.filter(outbreak_id=root.outbreak_id).exclude(classification=5)}
    top = root
    while top.source_id in rows:
        top = rows[top.source_id]
    below: dict[int, list[Case]] = defaultdict(list)
    for one in rows.values():
        if one.source_id is not None:
            below[one.source_id].append(one)
    found, queue = [], [top]
    while queue:
        here = queue.pop()
        found.append(here)
        queue += below[here.pk]
    return sorted(found, key=lambda one: one.number)


def _case_line(
    scope: Scope, one: Case, masked: dict[int, Masked], met: list[Span], measures: list[Span], *, at: datetime
) -> PersonLine:
    begins = infectious_day(scope, one, at=at)
    until = day_of(one.isolated_at) if one.isolated_at else day_of(at)
    spans = [*met, *measures]
    if begins is not None and begins <= until:
        spans.append(Span("infectious", begins, until))
    marks = [Mark("onset", one.onset_on)] if one.onset_on else []
    if one.first_positive_at:
        marks.append(Mark("positive", day_of(one.first_positive_at)))
    return PersonLine(masked.get(one.person_id), one.public_id, one.number, "", "", tuple(spans), tuple(marks))


def _exposures(people: list[int]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    rows = Relationship.objects.filter(contact__person_id__in=people, withdrawn_at=None)
    for person, first, last in rows.values_list("contact__person_id", "first_at", "last_at"):
        found[person].append(Span("exposure", day_of(first), day_of(last)))
    return found


def _measures(people: list[int]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    rows = Measure.objects.filter(person_id__in=people, state=MeasureState.DECIDED)
    for row in rows.order_by("starts_at"):
        end = row.lifted_at or row.ends_at
        last = day_of(end - timedelta(seconds=1))
        if row.person_id is not None and last >= day_of(row.starts_at):
            found[row.person_id].append(Span(row.kind, day_of(row.starts_at), last))
    return found


def _tests(contacts: list[Contact], cases: list[Case]) -> dict[int, list[Mark]]:
    found: dict[int, list[Mark]] = defaultdict(list)
    rows = Day.objects.filter(contact__in=contacts, dropped=False)
    for contact, on, test_due, tested_at, status in rows.values_list(
        "contact_id", "on", "test_due", "tested_at", "status"
    ):
        if test_due:
            found[contact].append(Mark("test_done" if tested_at else "test_due", on))
        if status == 2:
            found[contact].append(Mark("unwell", on))
    return found


def _framed(lines: list[PersonLine], total: int, at: datetime) -> Timeline:
    days = [day for line in lines for span in line.spans for day in (span.first, span.last)]
    days += [mark.on for line in lines for mark in line.marks]
    today = day_of(at)
    first = min([*days, today])
    last = min(max([*days, today]), today + timedelta(days=14))
    return Timeline(max(first, last - timedelta(days=45)), last, tuple(lines), total)
