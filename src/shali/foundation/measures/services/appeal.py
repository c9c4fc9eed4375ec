"""An appeal against a measure: lodged by or for the person, with a clock, answered by somebody else than decided."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Verb
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.measures.facts import AppealDecided, AppealLodged
from shali.foundation.measures.models import Appeal, AppealState, MeasureAct, MeasureState
from shali.foundation.measures.rules import APPEAL_WAYS, OUTCOMES
from shali.foundation.measures.services.step import NotAllowed, Step, measure_of, take_step
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.sealing import seal


@transaction.atomic
def lodge_appeal(*, scope: Scope, measure: str, way: str, grounds: str, by: str, at: datetime) -> Appeal:
    """Lodge what a person says against a measure; an ordinary task at the body that imposed it carries the clock.

    :raises WrongInput: no grounds, or no way by which they came
    :raises NotAllowed: the measure is not decided, or an appeal against it waits already
    """
    if way not in APPEAL_WAYS or not grounds.strip():
        raise WrongInput(_("Say how the appeal came, and what the person says."), fields={"grounds": "missing"})
    row = measure_of(scope, measure=measure)
    if row.state != MeasureState.DECIDED or row.body_id is None:
        raise NotAllowed(_("Only a decided measure can be appealed against."))
    if Appeal.objects.filter(measure=row, state=AppealState.OPEN).exists():
        raise NotAllowed(_("An appeal against this measure waits already."))
    rule = limit("appeal", at)
    due_at = at + timedelta(hours=rule.hours)
    new = NewTask("appeal", row.body_id, None, row.path, at, due_at, rule.rule_id)
    task = open_tasks([new], by=by, at=at)[0].task
    number = _next_appeal()
    appeal = Appeal.objects.create(
        pk=number,
        measure=row,
        against=row.decided_by,
        path=row.path,
        way=way,
        lodged_at=at,
        lodged_by=by,
        due_at=due_at,
        rule=rule.rule_id,
        task_id=task,
        grounds_sealed=seal(grounds.strip(), table="measures_appeal", column="grounds", row=number),
    )
    take_step(row, step=Step(MeasureAct.APPEALED, {}, detail={"way": way}), seen=None, by=by, at=at)
    announce([AppealLodged(number, row.pk, row.path)], by=by, at=at)
    return appeal


@transaction.atomic
def answer_appeal(*, scope: Scope, appeal: str, outcome: str, answer: str, by: str, at: datetime) -> Appeal:
    """Answer an appeal: upheld, lifted or changed, with reasons. Lifting itself is its body's own act.

    :raises NotAllowed: answered already, the measure still runs though the answer says it ended, or whoever answers
        is the human being who decided the measure
    """
    if outcome not in OUTCOMES or not answer.strip():
        raise WrongInput(_("Choose an outcome, and give the reasons."), fields={"answer": "missing"})
    found = (
        Appeal.objects.select_for_update(of=("self",))
        .filter(within(scope.path), public_id=appeal)
        .select_related("measure")
        .first()
    )
    if found is None:
        raise NotInScope
    if Verb.DECIDE_APPEALS not in scope.verbs or scope.post is None or found.state != AppealState.OPEN:
        raise NotAllowed(_("This appeal is not yours to answer, or was answered already."))
    judge, decider = Post.objects.get(pk=scope.post), found.against.removeprefix("post:")
    if decider.isdigit() and Post.objects.filter(pk=int(decider), user=judge.user_id).exists():
        raise NotAllowed(_("You decided this measure; somebody else answers the appeal."))
    runs = found.measure.lifted_at is None and found.measure.ends_at > at
    if outcome != "upheld" and runs:
        raise NotAllowed(_("The body that imposed the measure lifts it or puts another in its place first."))
    found.state, found.outcome, found.decided_by, found.decided_at = AppealState.DECIDED, outcome, by, at
    found.answer_sealed = seal(answer.strip(), table="measures_appeal", column="answer", row=found.pk)
    found.save(update_fields=["state", "outcome", "decided_by", "decided_at", "answer_sealed"])
    close_task(task=found.task_id, seen=None, outcome=outcome, scope=scope, by=by, at=at)
    step = Step(MeasureAct.APPEAL_DECIDED, {}, detail={"outcome": outcome})
    take_step(found.measure, step=step, seen=None, by=by, at=at)
    announce([AppealDecided(found.pk, found.measure_id, outcome, found.path)], by=by, at=at)
    return found


def _next_appeal() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('measures_appeal', 'id'))")
        return int(cursor.fetchone()[0])
