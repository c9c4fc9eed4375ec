"""An asker takes his question back: an import undone, or a row that meant somebody else."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.intake.facts import BatchUndone
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Act, Event
from shali.foundation.tasks.services.close import close_task
from shali.foundation.ui.refusal import Refusal
from shali.verification.models import Check, Ending, ListEntry, ListState, PushedList
from shali.verification.queries.compare import gone_entries
from shali.verification.queries.lists import pushed_list as list_in_scope
from shali.verification.services.endings import close_finished_lists

# What a task's history may hold and the import still be undone: it was handed over, and asked for again.
NOT_BUILT = (Act.HANDED_OVER, Act.ASKED_AGAIN, Act.REMINDED, Act.ESCALATED)


class NumberChanged(Refusal):
    """What the officer saw is not so any more."""


class WorkBegun(Refusal):
    """Units have begun to work on the list."""


def withdraw_lists(announced: Announced) -> None:
    """Withdraw the lists of undone batches, unless a unit has begun to work on one of their people.

    :raises WorkBegun: then the import stays, and with it everything else of the transaction
    """
    batches = [fact.batch for fact in announced.facts if isinstance(fact, BatchUndone)]
    with in_scope(system_scope("protocols")):
        for pushed in PushedList.objects.select_for_update().filter(batch_id__in=batches):
            _withdraw(pushed, at=announced.at)


def _withdraw(pushed: PushedList, *, at: datetime) -> None:
    entries = list(ListEntry.objects.filter(pushed_list=pushed).order_by("id"))
    alone = _asked_by_nobody_else(entries)
    begun = Event.objects.filter(task_id__in=alone).exclude(act__in=NOT_BUILT).values("task").distinct().count()
    if begun:
        raise WorkBegun(
            _("Units have begun to work on %(n)d people of this list; it cannot be undone as a whole.") % {"n": begun}
        )
    _take_back(entries, alone, by="system:protocols", at=at)
    PushedList.objects.filter(pk=pushed.pk).update(state=ListState.WITHDRAWN, closed_at=None)


@transaction.atomic
def withdraw_gone(*, scope: Scope, correction: str, count: int, by: str, at: datetime) -> int:
    """Take back the question for people whom a corrected list names no more; what was found stays on record.

    count: as the officer saw and typed it
    :raises NumberChanged: by now it is another
    """
    correcting = list_in_scope(scope, correction)
    with in_scope(system_scope("verification")):
        PushedList.objects.select_for_update().filter(pk__in=[correcting.pk, correcting.corrects_id or 0]).first()
        entries = gone_entries(scope, correcting)
        if len(entries) != count or not entries:
            said = _("%(now)d people of the first list are not on the corrected one; you wrote %(count)d. Look again.")
            raise NumberChanged(said % {"now": len(entries), "count": count})
        _take_back(entries, _asked_by_nobody_else(entries), by=by, at=at)
        close_finished_lists([entries[0].pushed_list_id], by=by, at=at)
    return len(entries)


def _take_back(entries: list[ListEntry], alone: set[int], *, by: str, at: datetime) -> None:
    ListEntry.objects.filter(pk__in=[e.pk for e in entries], struck_off_at=None).update(
        struck_off_at=at, ending=Ending.WITHDRAWN
    )
    system = system_scope("protocols")
    for task in sorted(alone):
        changed = Check.objects.filter(task_id=task, ending=None).update(
            ending=Ending.WITHDRAWN, ended_at=at, ended_by=by
        )
        if changed:
            close_task(task=task, seen=None, outcome="withdrawn", scope=system, by=by, at=at)


def _asked_by_nobody_else(entries: list[ListEntry]) -> set[int]:
    """Return the tasks of these entries for which no other list asks."""
    tasks = {entry.task_id for entry in entries}
    others = (
        ListEntry.objects.filter(task_id__in=tasks)
        .exclude(pk__in=[entry.pk for entry in entries])
        .exclude(ending=Ending.WITHDRAWN)
    )
    return tasks - set(others.values_list("task_id", flat=True))
