"""Proposals: by a rule or an officer, never in force by themselves. Somebody else decides each one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.measures.facts import MeasureProposed
from shali.foundation.measures.models import Measure, MeasureAct, MeasureEvent, MeasureState
from shali.foundation.measures.rules import longest_end, may_come_from
from shali.foundation.people.models import Person
from shali.foundation.policy.measures import MeasureKind, appeal_channel, measure_kinds
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.public_id import new_public_id
from shali.foundation.vault.sealing import seal

Origin = tuple[str, str]
# Says which of (origin id, person) pairs its room has on record.
OriginCheck = Callable[[Collection[tuple[str, int | None]]], Collection[tuple[str, int | None]]]
_origins: dict[str, OriginCheck] = {}


def use_origin(*, kind: str, check: OriginCheck) -> None:
    """Let the room of an origin ("case", "contact", "exposure") say which of its records are there, and whose.

    Without it, nothing that needs an epidemiological origin can be proposed: a name alone is no origin.
    """
    _origins[kind] = check


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """What is proposed. `person` or `area` is a row id; `origin` is the kind and id of what it comes from.

    ends_at: None takes the kind's own term; basis: "" takes the kind's first
    """

    kind: str
    origin: Origin
    evidence: str
    evidence_ref: str
    starts_at: datetime
    person: int | None = None
    area: int | None = None
    ends_at: datetime | None = None
    basis: str = ""
    supersedes: int | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """`is_new` is false when a proposal of that kind waited for that person or area already."""

    measure: int
    public_id: str
    is_new: bool


def propose(
    *,
    scope: Scope,
    kind: str,
    origin: Origin,
    evidence: str,
    evidence_ref: str,
    starts_at: datetime,
    by: str,
    at: datetime,
    person: int | None = None,
    area: int | None = None,
    ends_at: datetime | None = None,
    basis: str = "",
    supersedes: int | None = None,
    rule: str = "",
    note: str = "",
    cause: int | None = None,
) -> Proposed:
    """Propose one measure on a person or an area of the scope; it is in force only when somebody else has decided it.

    rule: the rule that proposes it, "" for an officer's own; cause: the journal's number of the fact it follows from
    :raises WrongInput: kind, term, basis, origin or evidence are not those of the rules in force
    :raises NotInScope: there is no such person or area here
    """
    new = NewMeasure(kind, origin, evidence, evidence_ref, starts_at, person, area, ends_at, basis, supersedes)
    return propose_many([new], scope=scope, rule=rule, by=by, at=at, note=note, causes=[cause])[0]


@transaction.atomic
def propose_many(
    new: Sequence[NewMeasure],
    *,
    scope: Scope,
    by: str,
    at: datetime,
    rule: str = "",
    note: str = "",
    causes: Sequence[int | None] | None = None,
) -> list[Proposed]:
    """Propose many measures in a handful of statements, each its own record; same order as given.

    :raises WrongInput: one of them breaks a rule; then none is written
    :raises NotInScope: one of the persons or areas is not to be seen from here
    """
    if not new:
        return []
    kinds = measure_kinds(at)
    for one in new:
        _refuse_wrong(one, kinds.get(one.kind))
    _refuse_unknown_origins(new, kinds)
    places = _places(new, scope)
    # The persons' rows are the queue: two proposals of one kind for one person come one after the other.
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=_people(new)).order_by("pk").values_list("pk"))
    waiting = _waiting(new)
    rows: list[Measure] = []
    done: list[Proposed] = []
    row_causes: list[int | None] = []
    numbers = iter(_next_ids(len(new)))
    for one, cause in zip(new, causes or [None] * len(new), strict=True):
        key = (one.kind, one.person, one.area)
        if key in waiting:
            done.append(Proposed(*waiting[key], is_new=False))
            continue
        row = _row(one, next(numbers), kinds[one.kind], places[(one.person, one.area)], at=at)
        row.proposal_rule, row.proposed_by, row.proposed_at = rule, by, at
        if note:
            row.note_sealed = seal(note, table="measures_measure", column="note", row=row.pk)
        waiting[key] = (row.pk, row.public_id)
        rows.append(row)
        row_causes.append(cause)
        done.append(Proposed(row.pk, row.public_id, is_new=True))
    _write(rows, row_causes, by=by, at=at)
    return done


def _refuse_wrong(one: NewMeasure, kind: MeasureKind | None) -> None:
    if kind is None:
        raise WrongInput(_("The rules in force have no such measure."), fields={"kind": "unknown"})
    if (one.person is None) == (one.area is None) or (kind.on == "person") != (one.person is not None):
        raise WrongInput(_("This measure is given to another kind of subject."), fields={"kind": "subject"})
    if (one.basis or kind.bases[0]) not in kind.bases:
        raise WrongInput(_("This measure cannot rest on that article."), fields={"basis": "unknown"})
    if not one.origin[1].strip() or not one.evidence_ref.strip():
        raise WrongInput(_("Name the record it comes from and the number of the evidence."), fields={"origin": "empty"})
    if not may_come_from(epidemiological=kind.epidemiological, origin=one.origin[0], evidence=one.evidence):
        said = _("A health code changes only for a case, a contact or an exposure, on its own record.")
        said = said if kind.epidemiological else _("A measure rests on an origin and on evidence that the rules know.")
        raise WrongInput(said, fields={"origin": "not_allowed"})
    end = one.ends_at or one.starts_at + timedelta(hours=kind.hours)
    if not one.starts_at < end <= longest_end(starts_at=one.starts_at, max_hours=kind.max_hours):
        said = _("It ends after it begins, and lasts %(days)d days at most.") % {"days": kind.max_hours // 24}
        raise WrongInput(said, fields={"ends_at": "too_long"})


def _refuse_unknown_origins(new: Sequence[NewMeasure], kinds: Mapping[str, MeasureKind]) -> None:
    """An epidemiological measure needs a record that its own room has, about that very person."""
    asked: dict[str, set[tuple[str, int | None]]] = {}
    for one in new:
        if kinds[one.kind].epidemiological:
            asked.setdefault(one.origin[0], set()).add((one.origin[1], one.person))
    for origin, pairs in asked.items():
        check = _origins.get(origin)
        if check is None or pairs - set(check(pairs)):
            said = _("There is no such case, contact or exposure of this person. A health code is not given without.")
            raise WrongInput(said, fields={"origin": "not_there"})


def _places(new: Sequence[NewMeasure], scope: Scope) -> dict[tuple[int | None, int | None], tuple[int, str]]:
    """Return unit and path of each person or area; what the scope does not hold is not there."""
    people = {
        person: (unit, path)
        for person, unit, path in Person.objects.filter(pk__in=_people(new)).values_list("pk", "unit_id", "path")
    }
    areas = dict(Unit.objects.filter(pk__in=[one.area for one in new if one.area]).values_list("pk", "path"))
    found: dict[tuple[int | None, int | None], tuple[int, str]] = {}
    for one in new:
        place = people.get(one.person) if one.person else (one.area or 0, areas.get(one.area or 0, ""))
        if place is None or not scope.holds(place[1]):
            raise NotInScope
        found[(one.person, one.area)] = place
    return found


def _people(new: Sequence[NewMeasure]) -> set[int]:
    return {one.person for one in new if one.person is not None}


def _waiting(new: Sequence[NewMeasure]) -> dict[tuple[str, int | None, int | None], tuple[int, str]]:
    open_before = Measure.objects.filter(state=MeasureState.PROPOSED)
    rows = open_before.filter(person__in=_people(new)) | open_before.filter(area__in=[one.area for one in new])
    return {(row.kind, row.person_id, row.area_id): (row.pk, row.public_id) for row in rows}


def _row(one: NewMeasure, number: int, kind: MeasureKind, place: tuple[int, str], *, at: datetime) -> Measure:
    return Measure(
        pk=number,
        public_id=new_public_id(),
        kind=one.kind,
        rule_id=kind.rule_id,
        outbreak_id=settings.OUTBREAK,
        person_id=one.person,
        area_id=one.area,
        unit_id=place[0],
        path=place[1],
        origin_kind=one.origin[0],
        origin_id=one.origin[1],
        basis=one.basis or kind.bases[0],
        evidence=one.evidence,
        evidence_ref=one.evidence_ref,
        epidemiological=kind.epidemiological,
        max_hours=kind.max_hours,
        starts_at=one.starts_at,
        ends_at=one.ends_at or one.starts_at + timedelta(hours=kind.hours),
        appeal_channel=appeal_channel(at)["zh"],
        supersedes_id=one.supersedes,
    )


def _write(rows: list[Measure], causes: list[int | None], *, by: str, at: datetime) -> None:
    Measure.objects.bulk_create(rows, batch_size=2_000)
    MeasureEvent.objects.bulk_create(
        [
            MeasureEvent(
                measure_id=row.pk,
                seq=1,
                act=MeasureAct.PROPOSED,
                at=at,
                by=by,
                state_after=row.state,
                detail={"rule": row.proposal_rule},
            )
            for row in rows
        ],
        batch_size=5_000,
    )
    with in_scope(system_scope("measures")):
        announce(
            [MeasureProposed(row.pk, row.kind, row.person_id, row.path) for row in rows],
            by=by,
            at=at,
            causes=causes or None,
        )


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence('measures_measure', 'id')) from generate_series(1, %s)", [count]
        )
        return [int(row[0]) for row in cursor.fetchall()]
