"""Which task a service acts on, and whether it may: the checks that several acts share."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.models import Sight
from shali.foundation.policy.rules import number
from shali.foundation.tasks.models import Task, TaskState, Transfer, TransferState
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput

WAITING = (TransferState.PENDING, TransferState.DISPUTED)


class NotLawful(Refusal):
    """The task does not stand so that this could be done to it."""


def own_task(scope: Scope, *, task: str) -> Task:
    """Return a task of the scope's own part of the tree.

    :raises NotInScope: there is none
    """
    found = Task.objects.filter(within(scope.path), public_id=task).first()
    if found is None:
        raise NotInScope
    return found


def open_task(scope: Scope, *, task: str) -> Task:
    """Return an open task of the scope.

    :raises NotLawful: it is closed
    """
    found = own_task(scope, task=task)
    if found.state == TaskState.CLOSED:
        raise NotLawful(_("This task is closed already."))
    return found


def waiting_transfer(task: Task) -> Transfer | None:
    """Return the request that waits for an answer or for the arbiter."""
    return Transfer.objects.filter(task=task, state__in=WAITING).first()


def refuse_second_transfer(task: Task) -> None:
    """:raises NotLawful: another request about the task waits already."""
    if waiting_transfer(task) is not None:
        raise NotLawful(_("A request about this task waits already. Withdraw it first, or wait for its answer."))


def unit_at(path: str) -> Unit:
    """Return an open unit by its path, wherever it lies: work is passed on to units outside one's own scope.

    :raises WrongInput: there is none
    """
    found = Unit.objects.filter(path=path, closed_on=None).first()
    if found is None:
        raise WrongInput(_("There is no such unit."), fields={"unit": "unknown"})
    return found


def known_code(code: str, *, among: Sequence[str], field: str) -> str:
    """:raises WrongInput: the code is not one of those that a page offers."""
    if code not in among:
        raise WrongInput(_("Choose a reason."), fields={field: "unknown"})
    return code


def give_sight(task: Task, *, path: str, at: datetime) -> None:
    """Let a unit see the person for this task: its owner while it owns it, a receiver while it is asked."""
    if task.subject_id is not None:
        with in_scope(system_scope("tasks")):
            Sight.objects.update_or_create(
                person_id=task.subject_id,
                path=path,
                task=task.pk,
                defaults={"ends_at": None},
                create_defaults={"since": at, "ends_at": None},
            )


def end_sight(task: Task, *, path: str, at: datetime, keeps: bool) -> None:
    """End a unit's sight: some hours after it owned the task, at once when it was only asked."""
    end = at + timedelta(hours=number("sight_hours_after_task", at).value) if keeps else at
    with in_scope(system_scope("tasks")):
        Sight.objects.filter(task=task.pk, path=path, ends_at=None).update(ends_at=end)
