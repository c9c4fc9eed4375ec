"""Cases: opened from a laboratory's result, another city's report or by hand; what they become, on what evidence."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.queries.record import person_in_scope
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.public_id import new_public_id
from shali.tracing.facts import CaseClassified, CaseOpened
from shali.tracing.models import Case
from shali.tracing.queries.find import case_in_scope
from shali.tracing.rules import EVIDENCE, INFECTED, ORIGINS, Classification, may_become
from shali.tracing.services.history import NotLawful, Step, take_step, write_step

CORE, REPORT = "case_core", "case_report"
COUNTY_PARTS = 2


@dataclass(frozen=True, slots=True)
class CaseNews:
    """What is known when a case is opened. first_positive_at: when the first positive sample was taken."""

    classification: Classification
    reported_at: datetime
    origin: str
    evidence: str
    onset_on: date | None = None
    first_positive_at: datetime | None = None
    origin_ref: str = ""
    evidence_ref: str = ""


@transaction.atomic
def open_case(*, scope: Scope, person: str, news: CaseNews, by: str, at: datetime) -> Case:
    """Open a case for a person of the scope; its two clocks run from the hour of the report.

    :raises NotLawful: the person is a case of this outbreak already
    :raises WrongInput: dates contradict each other or the classification
    """
    found = person_in_scope(scope, person, at=at)
    return open_case_of(
        person=found.merged_into_id or found.pk, path=found.path, news=news, giver=scope.path, by=by, at=at
    )


@transaction.atomic
def open_case_of(
    *, person: int, path: str, news: CaseNews, giver: str, by: str, at: datetime, cause: int | None = None
) -> Case:
    """Open a case for a person by his row's id, as a reaction to a laboratory's fact does."""
    _refuse_wrong(news, at)
    county = ".".join(path.split(".")[:COUNTY_PARTS])
    with in_scope(system_scope("tracing")):
        if Case.objects.filter(person_id=person, outbreak_id=settings.OUTBREAK).exclude(classification=5).exists():
            raise NotLawful(_("This person is a case of this outbreak already. Change that case instead."))
        unit = Unit.objects.get(path=county)
        core, report = _open_clocks(person, unit, news.reported_at, giver=giver, by=by, at=at)
        case = Case.objects.create(
            public_id=new_public_id(),
            outbreak_id=settings.OUTBREAK,
            number=_next_number(),
            person_id=person,
            unit=unit,
            path=county,
            classification=news.classification,
            onset_on=news.onset_on,
            first_positive_at=news.first_positive_at,
            reported_at=news.reported_at,
            origin=news.origin,
            origin_ref=news.origin_ref,
            opened_by=by,
            opened_at=at,
            core_task_id=core,
            report_task_id=report,
            exercise=settings.EXERCISE,
        )
        step = Step("opened", evidence=news.evidence, evidence_ref=news.evidence_ref)
        write_step(case, step=step, before=None, by=by, at=at)
        announce([CaseOpened(case.pk, person, int(news.classification), county)], by=by, at=at, causes=cause)
    return case


def _refuse_wrong(news: CaseNews, at: datetime) -> None:
    if news.origin not in ORIGINS or news.evidence not in EVIDENCE:
        raise WrongInput(_("Say where the case comes from, and on what evidence."), fields={"evidence": "missing"})
    if news.reported_at > at:
        raise WrongInput(
            _("The report lies in the future. Give the hour at which it came."), fields={"reported_at": "x"}
        )
    _refuse_dates(news.classification, news.onset_on, news.first_positive_at, at)


def _refuse_dates(classification: int, onset_on: date | None, first_positive_at: datetime | None, at: datetime) -> None:
    if classification in (Classification.CONFIRMED, Classification.ASYMPTOMATIC) and first_positive_at is None:
        raise WrongInput(
            _("Give the hour at which the first positive sample was taken."), fields={"first_positive_at": "missing"}
        )
    if classification == Classification.ASYMPTOMATIC and onset_on is not None:
        raise WrongInput(
            _("An asymptomatic infection has no onset. Leave it empty, or classify the case as confirmed."),
            fields={"onset_on": "wrong"},
        )
    if (onset_on and onset_on > day_of(at)) or (first_positive_at and first_positive_at > at):
        raise WrongInput(_("The day of onset or of the sample lies in the future."), fields={"onset_on": "wrong"})


def _open_clocks(
    person: int, unit: Unit, reported_at: datetime, *, giver: str, by: str, at: datetime
) -> tuple[int | None, int | None]:
    """Start the two clocks of a case; one that runs already, of a case that was discarded, is not taken over."""
    rules = {kind: limit(kind, reported_at) for kind in (CORE, REPORT)}
    new = [
        NewTask(
            kind=kind,
            unit=unit.pk,
            subject=person,
            giver_path=giver,
            handed_over_at=reported_at,
            due_at=reported_at + timedelta(hours=rule.hours),
            rule=rule.rule_id,
            exercise=settings.EXERCISE,
        )
        for kind, rule in rules.items()
    ]
    core, report = open_tasks(new, by=by, at=at)
    taken = set(Case.objects.filter(core_task_id=core.task).values_list("core_task_id", flat=True))
    return (None, None) if core.task in taken else (core.task, report.task)


def _next_number() -> int:
    with connection.cursor() as cursor:
        # Two cases at once get two numbers: the second waits here for the first.
        cursor.execute("select pg_advisory_xact_lock(hashtext('tracing_case_number'))")
    last = Case.objects.filter(outbreak_id=settings.OUTBREAK).aggregate(last=Max("number"))["last"] or 0
    return int(last) + 1


@dataclass(frozen=True, slots=True)
class Change:
    """What a case is said to be from now on; dates are as they are known now."""

    classification: Classification
    evidence: str
    evidence_ref: str = ""
    onset_on: date | None = None
    first_positive_at: datetime | None = None
    note: str = ""


@transaction.atomic
def classify_case(*, scope: Scope, case: str, change: Change, seen: int | None, by: str, at: datetime) -> Case:
    """Say what a case is from now on, or when it fell ill, on evidence. Contacts are judged anew.

    :raises NotLawful: it cannot become that
    :raises CaseChanged: somebody was quicker
    """
    row = case_in_scope(scope, case, lock=True)
    before, after = Classification(row.classification), change.classification
    if change.evidence not in EVIDENCE:
        raise WrongInput(_("Say on what evidence."), fields={"evidence": "missing"})
    if before != after and not may_become(before, after):
        raise NotLawful(_("A case of this class cannot become that one."))
    _refuse_dates(after, change.onset_on, change.first_positive_at, at)
    changes = {
        "classification": after,
        "onset_on": change.onset_on,
        "first_positive_at": change.first_positive_at,
    }
    step = Step("classified", changes, change.evidence, change.evidence_ref, note=change.note)
    take_step(row, step=step, seen=seen, by=by, at=at)
    if after == Classification.DISCARDED:
        _end_clocks(row, scope=scope, by=by, at=at)
    announce([CaseClassified(row.pk, row.person_id, int(before), int(after), row.path)], by=by, at=at)
    return row


def _end_clocks(case: Case, *, scope: Scope, by: str, at: datetime) -> None:
    for task in (case.core_task, case.report_task):
        if task is not None and task.closed_at is None:
            close_task(task=task.pk, seen=None, outcome="discarded", scope=scope, by=by, at=at)


@transaction.atomic
def note_isolated(*, scope: Scope, case: str, isolated_at: datetime, by: str, at: datetime) -> Case:
    """Note from when a case met nobody any more: the end of the window in which contacts are sought."""
    row = case_in_scope(scope, case, lock=True)
    if isolated_at > at:
        raise WrongInput(_("This hour lies in the future."), fields={"isolated_at": "wrong"})
    take_step(row, step=Step("isolated", {"isolated_at": isolated_at}), seen=None, by=by, at=at)
    announce([CaseClassified(row.pk, row.person_id, row.classification, row.classification, row.path)], by=by, at=at)
    return row


@transaction.atomic
def link_source(
    *, scope: Scope, case: str, source: str, certainty: str, basis: str, seen: int | None, by: str, at: datetime
) -> Case:
    """Say who infected a case: proven by records, or inferred; what it rests on in `basis`, without a name.

    :raises NotLawful: it would close a circle, or the source is no infected case
    """
    row = case_in_scope(scope, case, lock=True)
    other = case_in_scope(scope, source)
    if Classification(other.classification) not in INFECTED:
        raise NotLawful(_("The source is not an infected case."))
    if _is_above(row.pk, other):
        raise NotLawful(_("That would close a circle: this case infected the other, directly or through others."))
    changes = {"source": other, "source_certainty": certainty, "source_basis": basis.strip()[:120]}
    take_step(row, step=Step("linked", changes, detail={"certainty": certainty}), seen=seen, by=by, at=at)
    return row


@transaction.atomic
def unlink_source(*, scope: Scope, case: str, seen: int | None, by: str, at: datetime) -> Case:
    """Take back who infected a case; it stands without a source until somebody finds one."""
    row = case_in_scope(scope, case, lock=True)
    changes = {"source": None, "source_certainty": "", "source_basis": ""}
    take_step(row, step=Step("unlinked", changes), seen=seen, by=by, at=at)
    return row


def _is_above(case: int, other: Case) -> bool:
    """Say whether a case stands somewhere above another in the chain, or is it."""
    above = dict(Case.objects.filter(outbreak_id=other.outbreak_id).values_list("pk", "source_id"))
    here: int | None = other.pk
    for _step in range(len(above) + 1):
        if here is None or here == case:
            break
        here = above.get(here)
    return here == case
