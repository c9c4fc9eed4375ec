"""Cases as the desk shows them: the four-hour clock first, and figures that balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import PAGE, Page
from shali.tracing.models import Case, Relationship
from shali.tracing.rules import Classification

WHICH = ("open", "core_overdue", "report_overdue", "no_source", "discarded", "all")


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a case: due, and done or not. None: it has no task (a discarded case taken up again)."""

    task: str
    due_at: datetime
    handed_over_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    public_id: str
    number: int
    person: Masked | None
    classification: int
    onset_on: date | None
    first_positive_at: datetime | None
    reported_at: datetime
    unit: str
    unit_en: str
    path: str
    core: Clock | None
    report: Clock | None
    contacts: int
    source: str  # '' where nobody knows, and where he was infected by a case of another area
    source_number: int
    is_source_outside: bool
    source_certainty: str
    assignee: str
    origin: str


NO_SOURCE = ("", 0)


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """total = the five classes together."""

    total: int
    by_class: dict[int, int]
    open: int
    core_overdue: int
    report_overdue: int
    no_source: int


def conditions(scope: Scope, *, at: datetime) -> dict[str, Q]:
    """Return for each filter of a scope's desk its condition."""
    lives = ~Q(classification=Classification.DISCARDED)
    return {
        "open": lives & Q(report_done_at=None),
        "core_overdue": lives & Q(core_done_at=None, core_task__due_at__lt=at),
        "report_overdue": lives & Q(report_done_at=None, report_task__due_at__lt=at),
        "no_source": lives & Q(source=None),
        "discarded": ~lives,
        "all": Q(),
    }


def filtered(scope: Scope, which: str, *, at: datetime) -> QuerySet[Case]:
    """Return the cases that a filter holds: a number on a page and its rows are this same set."""
    return Case.objects.filter(within(scope.path)).filter(conditions(scope, at=at)[which])


def case_figures(scope: Scope, *, at: datetime) -> CaseFigures:
    """Return how many cases of each class a scope has, and what is late; one query."""
    asked = conditions(scope, at=at)
    found = Case.objects.filter(within(scope.path)).aggregate(
        total=Count("pk"),
        **{f"class_{int(one)}": Count("pk", filter=Q(classification=one)) for one in Classification},
        **{name: Count("pk", filter=asked[name]) for name in ("open", "core_overdue", "report_overdue", "no_source")},
    )
    by_class = {int(one): found.pop(f"class_{int(one)}") for one in Classification}
    return CaseFigures(by_class=by_class, **found)


def cases_page(scope: Scope, which: str, *, at: datetime, skip: int = 0) -> Page[CaseRow]:
    """Return a page of cases: open clocks first, the earliest due on top; then the newest reports."""
    rows = (
        filtered(scope, which, at=at)
        .select_related("unit", "core_task__assignee__user", "report_task__assignee__user")
        .order_by(
            F("report_done_at").desc(nulls_first=True),
            F("core_done_at").desc(nulls_first=True),
            F("core_task__due_at").asc(nulls_last=True),
            "-number",
        )
    )
    found = list(rows[skip : skip + PAGE + 1])
    shown = case_rows(scope, found[:PAGE], at=at)
    more = str(skip + PAGE) if len(found) > PAGE else ""
    return Page(shown, skip + 1, skip + len(shown), None, more, is_first=skip == 0)


def case_rows(scope: Scope, cases: Sequence[Case], *, at: datetime) -> list[CaseRow]:
    """Return cases as rows, masked; four queries for any number."""
    people = masked_many(scope, [one.person_id for one in cases], on=day_of(at))
    met = dict(
        Relationship.objects.filter(case__in=cases, withdrawn_at=None)
        .values_list("case_id")
        .annotate(count=Count("contact_id", distinct=True))
    )
    # Whom a case of another area infected: that case does not exist for this scope.
    wanted = {one.source_id for one in cases if one.source_id is not None}
    sources = {
        pk: (public_id, number)
        for pk, public_id, number in Case.objects.filter(within(scope.path), pk__in=wanted).values_list(
            "pk", "public_id", "number"
        )
    }
    return [
        CaseRow(
            public_id=one.public_id,
            number=one.number,
            person=people.get(one.person_id),
            classification=one.classification,
            onset_on=one.onset_on,
            first_positive_at=one.first_positive_at,
            reported_at=one.reported_at,
            unit=one.unit.name,
            unit_en=one.unit.name_en,
            path=one.path,
            core=_clock(one, "core"),
            report=_clock(one, "report"),
            contacts=met.get(one.pk, 0),
            source=sources.get(one.source_id or 0, NO_SOURCE)[0],
            source_number=sources.get(one.source_id or 0, NO_SOURCE)[1],
            is_source_outside=one.source_id is not None and one.source_id not in sources,
            source_certainty=one.source_certainty,
            assignee=_assignee(one),
            origin=one.origin,
        )
        for one in cases
    ]


def _clock(one: Case, which: str) -> Clock | None:
    task = getattr(one, f"{which}_task")
    if task is None:
        return None
    return Clock(task.public_id, task.due_at, task.handed_over_at, getattr(one, f"{which}_done_at"))


def _assignee(one: Case) -> str:
    for task in (one.report_task, one.core_task):
        if task is not None and task.assignee is not None:
            return str(task.assignee.user.name)
    return ""
