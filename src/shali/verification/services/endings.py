"""The lawful ends of a check. Each is one function; all of them strike off every asker, and undo takes all back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import undo_minutes
from shali.foundation.tasks.models import Task
from shali.foundation.tasks.services.close import NotOpen, close_task, reopen_task
from shali.foundation.tasks.services.step import progress
from shali.foundation.ui.refusal import Refusal
from shali.foundation.vault.sealing import seal
from shali.verification.facts import ListClosed, PersonStruckOff
from shali.verification.models import Check, Ending, ListEntry, ListState, PushedList
from shali.verification.queries.checks import check_for_update
from shali.verification.rules import Fact, may_undo, missing_facts


class FactsMissing(Refusal):
    """The check cannot end: facts are open."""


class NotYet(Refusal):
    """The ending needs something first: attempts, a receipt, a second person."""


FACT_NAMES = {
    Fact.COUNTED: gettext_lazy("people counted"),
    Fact.IDENTIFIED: gettext_lazy("person identified"),
    Fact.LOCATED: gettext_lazy("place known"),
    Fact.CONTROLLED: gettext_lazy("control status known"),
}


@transaction.atomic
def close_with_four_facts(*, scope: Scope, task: str, seen: int | None, by: str, at: datetime) -> int:
    """Strike a person off: the four facts are established.

    seen: the version of the task that the page showed; None takes whatever stands now
    :raises FactsMissing: at least one fact is open
    :raises TaskChanged: somebody was quicker
    """
    check = check_for_update(scope, task)
    missing = missing_facts(established(check))
    if missing:
        names = _(", ").join(str(FACT_NAMES[fact]) for fact in missing)
        raise FactsMissing(_("%(missing)s: still open. Establish it, or set a next attempt.") % {"missing": names})
    return _end(check, Ending.FOUR_FACTS, scope=scope, seen=seen, by=by, at=at)


@transaction.atomic
def close_as_moved_on(
    *, scope: Scope, task: str, seen: int | None, taken_over_by: str, receipt: str, by: str, at: datetime
) -> int:
    """End a check because the person is elsewhere and somebody there has taken him over, with a receipt."""
    check = check_for_update(scope, task)
    if not taken_over_by.strip() or not receipt.strip():
        raise NotYet(_("Write who took the person over and the number of their receipt."))
    check.taken_over_by, check.receipt = taken_over_by.strip(), receipt.strip()
    return _end(check, Ending.MOVED_ON, scope=scope, seen=seen, by=by, at=at)


@transaction.atomic
def close_as_deceased(*, scope: Scope, task: str, seen: int | None, evidence: str, by: str, at: datetime) -> int:
    """End a check because the person has died; `evidence` names the paper that says so."""
    check = check_for_update(scope, task)
    if not evidence.strip():
        raise NotYet(_("Write which paper says so."))
    check.evidence = evidence.strip()
    return _end(check, Ending.DECEASED, scope=scope, seen=seen, by=by, at=at)


@transaction.atomic
def close_as_duplicate(*, scope: Scope, task: str, seen: int | None, of: str, by: str, at: datetime) -> int:
    """End a check because the same person has another task, which answers for both."""
    check = check_for_update(scope, task)
    other = Task.objects.filter(public_id=of, kind="verification").exclude(pk=check.pk).first()
    if other is None:
        raise NotYet(_("Name the other task of the same person."))
    check.duplicate_of = other
    return _end(check, Ending.DUPLICATE, scope=scope, seen=seen, by=by, at=at)


@transaction.atomic
def propose_never_found(*, scope: Scope, task: str, note: str, by: str, at: datetime) -> None:
    """Say that a person cannot be found after the required attempts; somebody else decides."""
    check = check_for_update(scope, task)
    if check.attempts < check.attempts_required:
        raise NotYet(
            _("%(made)d of %(required)d attempts were made. Make the others first.")
            % {"made": check.attempts, "required": check.attempts_required}
        )
    check.proposed_by, check.proposed_at = by, at
    if note:
        check.ending_note_sealed = seal(note, table="verification_check", column="ending_note", row=check.pk)
    check.save(update_fields=["proposed_by", "proposed_at", "ending_note_sealed"])
    progress(task=check.pk, scope=scope, by=by, at=at, detail={"proposed": "never_found"})


@transaction.atomic
def decide_never_found(*, scope: Scope, task: str, seen: int | None, agrees: bool, by: str, at: datetime) -> None:
    """Decide what another proposed: the person is struck off as never found, or the search goes on."""
    check = check_for_update(scope, task)
    if not check.proposed_by:
        raise NotYet(_("Nobody has proposed to end the search."))
    if check.proposed_by == by:
        raise NotYet(_("You proposed it yourself; somebody else decides."))
    if agrees:
        _end(check, Ending.NEVER_FOUND, scope=scope, seen=seen, by=by, at=at)
        return
    check.proposed_by, check.proposed_at = "", None
    check.save(update_fields=["proposed_by", "proposed_at"])
    progress(task=check.pk, scope=scope, by=by, at=at, detail={"refused": "never_found"})


@transaction.atomic
def undo_ending(*, scope: Scope, task: str, by: str, at: datetime) -> None:
    """Take an ending back within the minutes that the rules give; every asker is open again.

    :raises NotYet: the task is open, or the minutes are over
    """
    check = check_for_update(scope, task, closed=True)
    if check.ending is None or check.ended_at is None:
        raise NotYet(_("This task is open; there is nothing to undo."))
    minutes = undo_minutes(at)
    if not may_undo(ended_at=check.ended_at, at=at, minutes=minutes):
        raise NotYet(
            _("Struck off more than %(minutes)d minutes ago. Ask the desk above to reopen it.") % {"minutes": minutes}
        )
    reopen(check, scope=scope, by=by, at=at, detail={"undone": Ending(check.ending).name.lower()})


def reopen(check: Check, *, scope: Scope, by: str, at: datetime, detail: dict[str, object]) -> None:
    """Open an ended check with its task, its askers and their lists. The clock still runs from hand-over."""
    reopen_task(task=check.pk, scope=scope, by=by, at=at, detail=detail)
    check.ending, check.ended_at, check.ended_by, check.duplicate_of = None, None, "", None
    check.save(update_fields=["ending", "ended_at", "ended_by", "duplicate_of"])
    with in_scope(system_scope("verification")):
        entries = ListEntry.objects.filter(task_id=check.pk).exclude(ending=Ending.WITHDRAWN)
        PushedList.objects.filter(entries__in=entries, state=ListState.CLOSED).update(
            state=ListState.OPEN, closed_at=None
        )
        entries.update(struck_off_at=None, ending=None)


def established(check: Check) -> list[Fact]:
    """Return the facts that a check has established."""
    stated = zip(Fact, (check.counted_id, check.identified_id, check.located_id, check.controlled_id), strict=True)
    return [fact for fact, finding in stated if finding is not None]


def _end(check: Check, ending: Ending, *, scope: Scope, seen: int | None, by: str, at: datetime) -> int:
    if check.ended_at is not None:
        raise NotOpen(_("This task is closed already."))
    check.ending, check.ended_at, check.ended_by = ending, at, by
    check.save()
    closed = close_task(task=check.pk, seen=seen, outcome=ending.name.lower(), scope=scope, by=by, at=at)
    strike_off([check.pk], ending=ending, by=by, at=at, cause=closed)
    return check.pk


def strike_off(tasks: list[int], *, ending: Ending, by: str, at: datetime, cause: int | None = None) -> None:
    """Answer every asker of ended tasks, and close the lists on which nobody is open any more."""
    with in_scope(system_scope("verification")):
        entries = list(
            ListEntry.objects.select_for_update().filter(task_id__in=tasks, struck_off_at=None).order_by("id")
        )
        ListEntry.objects.filter(pk__in=[e.pk for e in entries]).update(struck_off_at=at, ending=ending)
        announce(
            [PersonStruckOff(e.pushed_list_id, e.pk, e.task_id, int(ending)) for e in entries],
            by=by,
            at=at,
            causes=cause,
        )
        close_finished_lists(sorted({e.pushed_list_id for e in entries}), by=by, at=at)


def close_finished_lists(lists: list[int], *, by: str, at: datetime) -> None:
    """Close those of the lists on which everybody is struck off and no row waits for review."""
    open_entries = ListEntry.objects.filter(pushed_list_id=OuterRef("pk"), struck_off_at=None, duplicate_of=None)
    finished = (
        PushedList.objects.select_for_update(of=("self",))
        .filter(pk__in=lists, state=ListState.OPEN, batch__doubtful=0)
        .exclude(Exists(open_entries))
    )
    numbers = [pushed.pk for pushed in finished.order_by("pk")]
    PushedList.objects.filter(pk__in=numbers).update(state=ListState.CLOSED, closed_at=at)
    announce([ListClosed(number) for number in numbers], by=by, at=at)
