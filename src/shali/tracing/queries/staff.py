"""Investigators: trained until when, on shift, how much each has; and how many the day's cases need."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.accounts.models import Post
from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import Number, number
from shali.foundation.tasks.models import Task, TaskState
from shali.tracing.models import Case, Contact, Investigator
from shali.tracing.rules import required_investigators


@dataclass(frozen=True, slots=True)
class InvestigatorRow:
    post: str
    name: str
    unit: str
    unit_en: str
    trained_until: date
    is_trained: bool
    shift_from: datetime | None
    shift_until: datetime | None
    on_shift: bool
    cases: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Need:
    """required by the rule for the cases of the last 24 hours; available: trained and on shift."""

    new_cases: int
    required: int
    available: int
    per_case: Number
    cases_per_day: Number


@dataclass(frozen=True, slots=True)
class Choice:
    post: str
    name: str
    unit: str
    unit_en: str


def investigators(scope: Scope, *, at: datetime) -> list[InvestigatorRow]:
    """Return the investigators of a scope: those who may work now first, whoever has least on top."""
    rows = list(Investigator.objects.filter(within(scope.path)).select_related("post__user", "post__unit"))
    posts = [one.post_id for one in rows]
    tasks = Task.objects.filter(assignee__in=posts, kind__in=["case_core", "case_report"]).exclude(
        state=TaskState.CLOSED
    )
    cases = Counter(assignee for assignee, _subject in set(tasks.values_list("assignee_id", "subject_id")))
    contacts = Counter(Contact.objects.filter(assignee__in=posts, state=1).values_list("assignee_id", flat=True))
    shown = [
        InvestigatorRow(
            post=one.post.public_id,
            name=one.post.user.name,
            unit=one.post.unit.name,
            unit_en=one.post.unit.name_en,
            trained_until=one.trained_until,
            is_trained=one.trained_until >= day_of(at),
            shift_from=one.shift_from,
            shift_until=one.shift_until,
            on_shift=_on_shift(one, at),
            cases=cases.get(one.post_id, 0),
            contacts=contacts.get(one.post_id, 0),
        )
        for one in rows
    ]
    return sorted(shown, key=lambda one: (not (one.on_shift and one.is_trained), one.cases, one.contacts, one.name))


def _on_shift(one: Investigator, at: datetime) -> bool:
    return one.shift_from is not None and one.shift_until is not None and one.shift_from <= at < one.shift_until


def need(scope: Scope, *, at: datetime) -> Need:
    """Return how many investigators a scope needs today by the rule, and how many it has."""
    new = Case.objects.filter(within(scope.path), reported_at__gte=start_of_day(day_of(at))).count()
    per_case, per_day = number("investigators_per_case", at), number("cases_per_investigator_day", at)
    available = sum(one.on_shift and one.is_trained for one in investigators(scope, at=at))
    required = required_investigators(new_cases=new, per_case=per_case.value, cases_per_day=per_day.value)
    return Need(new, required, available, per_case, per_day)


def posts_to_enter(scope: Scope, *, at: datetime) -> list[Choice]:
    """Return the posts of a scope that may be investigators."""
    rows = Post.objects.filter(within(scope.path), revoked_at=None, ends_at__gt=at).select_related("user", "unit")
    chosen = rows.filter(role__in=["investigator", "county_desk", "township_desk"]).order_by("path", "id")[:300]
    return [Choice(one.public_id, one.user.name, one.unit.name, one.unit.name_en) for one in chosen]
