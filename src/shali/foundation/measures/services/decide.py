"""A named person, who is not the proposer, approves or refuses; the body that imposed a measure lifts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Verb
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.measures.facts import MeasureDecided, MeasureLifted, MeasureRefused, MeasureServed
from shali.foundation.measures.models import Measure, MeasureAct, MeasureState
from shali.foundation.measures.rules import HOW_SERVED, LIFT_REASONS, REFUSALS, standing
from shali.foundation.measures.services.step import NotAllowed, Step, measure_of, take_step
from shali.foundation.people.models import Person
from shali.foundation.ui.refusal import Refusal, WrongInput


@dataclass(frozen=True, slots=True)
class Skipped:
    measure: str
    why: str


def decide(
    *,
    scope: Scope,
    measure: str,
    approves: bool,
    by: str,
    at: datetime,
    seen: int | None = None,
    refusal: str = "",
    note: str = "",
) -> Measure:
    """Approve a proposed measure, or refuse it with a reason. The post's unit becomes the body that imposed it.

    :raises NotAllowed: decided already, proposed by the same human being, run out, or the post may not decide
    :raises WrongInput: a refusal without a reason
    """
    if not approves and refusal not in REFUSALS:
        raise WrongInput(_("Say why you refuse."), fields={"refusal": "missing"})
    row = measure_of(scope, measure=measure)
    post = _deciding(scope, row)
    if approves and row.ends_at <= at:
        raise NotAllowed(_("Its hours are over already; propose it anew."))
    with transaction.atomic():
        if row.person_id:
            # The person's row is the queue for what the EXCLUDE of the table would else find out by a deadlock.
            Person.objects.select_for_update(no_key=True).filter(pk=row.person_id).first()
        try:
            with transaction.atomic():
                if approves and row.supersedes_id:
                    _end_former(row, post, by=by, at=at)
                _write_decision(row, post, approves=approves, refusal=refusal, note=note, seen=seen, by=by, at=at)
        except IntegrityError as refused:
            raise NotAllowed(_why(refused)) from refused
    return row


def _deciding(scope: Scope, row: Measure) -> Post:
    if Verb.DECIDE_MEASURES not in scope.verbs or scope.post is None:
        raise NotAllowed(_("This post does not decide measures."))
    if row.state != MeasureState.PROPOSED:
        raise NotAllowed(_("This was decided already."))
    post = Post.objects.get(pk=scope.post)
    proposer = row.proposed_by.removeprefix("post:")
    if proposer.isdigit() and Post.objects.filter(pk=int(proposer), user=post.user_id).exists():
        raise NotAllowed(_("You proposed it yourself; somebody else decides."))
    return post


def _write_decision(
    row: Measure, post: Post, *, approves: bool, refusal: str, note: str, seen: int | None, by: str, at: datetime
) -> None:
    changes = {
        "state": MeasureState.DECIDED if approves else MeasureState.REFUSED,
        "decided_by": by,
        "decided_at": at,
        "body_id": post.unit_id if approves else None,
        "refusal": "" if approves else refusal,
    }
    act = MeasureAct.APPROVED if approves else MeasureAct.REFUSED
    detail = {} if approves else {"reason": refusal}
    take_step(row, step=Step(act, changes, detail=detail, note=note), seen=seen, by=by, at=at)
    fact = MeasureDecided if approves else MeasureRefused
    announce([fact(row.pk, row.kind, row.person_id, row.path)], by=by, at=at)


def _end_former(row: Measure, post: Post, *, by: str, at: datetime) -> None:
    """End the measure that this one takes the place of, if it still runs: only its own body can."""
    former = row.supersedes
    if former and former.state == MeasureState.DECIDED and former.lifted_at is None and at < former.ends_at:
        _lift(former, post, reason="superseded", note="", seen=None, by=by, at=at)


def decide_many(
    measures: Sequence[str], *, scope: Scope, approves: bool, by: str, at: datetime, refusal: str = "", note: str = ""
) -> list[Skipped]:
    """Decide many proposals one by one: each its own record and line of history; what could not be is named."""
    skipped = []
    for measure in measures:
        try:
            with transaction.atomic():
                decide(scope=scope, measure=measure, approves=approves, by=by, at=at, refusal=refusal, note=note)
        except Refusal as refused:
            skipped.append(Skipped(measure, refused.message))
    return skipped


@transaction.atomic
def serve(*, scope: Scope, measure: str, how: str, by: str, at: datetime, seen: int | None = None) -> Measure:
    """Note that a decided measure was made known to whom it binds: when, how, by whom.

    :raises NotAllowed: not decided, or served already
    """
    if how not in HOW_SERVED:
        raise WrongInput(_("Say how the notice was served."), fields={"how": "missing"})
    row = measure_of(scope, measure=measure)
    if row.state != MeasureState.DECIDED or row.served_at is not None:
        raise NotAllowed(_("Only a decided measure is served, and once."))
    changes = {"served_at": at, "served_by": by, "served_how": how}
    take_step(row, step=Step(MeasureAct.SERVED, changes, detail={"how": how}), seen=seen, by=by, at=at)
    announce([MeasureServed(row.pk, how, row.path)], by=by, at=at)
    return row


@transaction.atomic
def lift(
    *, scope: Scope, measure: str, reason: str, by: str, at: datetime, note: str = "", seen: int | None = None
) -> Measure:
    """End a measure before its hour, by the body that imposed it.

    :raises NotAllowed: it does not run, or another body imposed it
    """
    if reason not in LIFT_REASONS:
        raise WrongInput(_("Say why it is lifted."), fields={"reason": "missing"})
    row = measure_of(scope, measure=measure)
    if Verb.DECIDE_MEASURES not in scope.verbs or scope.post is None:
        raise NotAllowed(_("This post does not decide measures."))
    stands = standing(state=row.state, starts_at=row.starts_at, ends_at=row.ends_at, lifted_at=row.lifted_at, at=at)
    if stands not in ("coming", "in_force"):
        raise NotAllowed(_("This measure does not run."))
    post = Post.objects.get(pk=scope.post)
    if post.unit_id != row.body_id:
        raise NotAllowed(_("Only the body that imposed a measure lifts it: %(body)s.") % {"body": row.body})
    _lift(row, post, reason=reason, note=note, seen=seen, by=by, at=at)
    return row


def _lift(row: Measure, post: Post, *, reason: str, note: str, seen: int | None, by: str, at: datetime) -> None:
    changes = {"lifted_at": at, "lifted_by": by, "lifted_body_id": post.unit_id, "lift_reason": reason}
    take_step(row, step=Step(MeasureAct.LIFTED, changes, detail={"reason": reason}, note=note), seen=seen, by=by, at=at)
    announce([MeasureLifted(row.pk, row.kind, row.person_id, reason, row.path)], by=by, at=at)


def _why(refused: IntegrityError) -> str:
    constraint = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", "") or ""
    if "one_at_a_time" in constraint:
        return _("A measure of this kind is decided for these hours already; a change is a new one that supersedes it.")
    if "lifted_by_its_body" in constraint:
        return _("Another body imposed the measure that this one takes the place of; that body lifts it.")
    return _("The database refuses this decision: who, where or when is not as the rules ask.")
