"""Workers called up for a shift: whoever may be asked is asked, and has the shift when he accepts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.staffing.models import Call, CallUp, Worker
from shali.staffing.models.own_page import has_own_page, own_page_of
from shali.staffing.queries.calls import Candidate, call_up_in_scope, candidates
from shali.staffing.queries.shifts import worker_in_scope
from shali.staffing.rules import ANSWERS, KINDS, too_long
from shali.staffing.services.shifts import NewShift, NotLawful, give_shift, hours_at

MOST_WANTED = 200


@dataclass(frozen=True, slots=True)
class NewCallUp:
    """about: what the place is of, '' for nothing; label: the place's name, which the worker reads."""

    place: str
    label: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    wanted: int
    about: str = ""
    in_heat: bool = False


@transaction.atomic
def call_up(*, scope: Scope, new: NewCallUp, workers: Sequence[str], by: str, at: datetime) -> CallUp:
    """Ask workers for a shift; naming none, as many of those who may be asked as are wanted, the least on duty first.

    :raises WrongInput: kind, number, place or hours are wrong, or the shift has ended
    :raises NotLawful: the shift is too long, one of those named may not be asked, or nobody may
    """
    if new.kind not in KINDS or not 1 <= new.wanted <= MOST_WANTED or not new.place or not new.label.strip():
        raise WrongInput(_("Say for which place, which kind of work and how many."), fields={"wanted": "wrong"})
    if not at < new.ends_at or not new.starts_at < new.ends_at:
        raise WrongInput(_("The shift ends before it begins, or is over."), fields={"ends_at": "wrong"})
    most = too_long(new.starts_at, new.ends_at, hours_at(at), is_hot=new.in_heat)
    if most is not None:
        raise NotLawful(_("This shift is too long: %(hours)g hours at most.") % {"hours": most})
    minutes = number("call_up_minutes", at).value
    row = CallUp.objects.create(
        path=scope.path, about=new.about[:12], place=new.place[:12], label=new.label.strip()[:60], kind=new.kind,
        starts_at=new.starts_at, ends_at=new.ends_at, in_heat=new.in_heat, wanted=new.wanted,
        answer_by=at + timedelta(minutes=minutes), called_at=at, called_by=by,
    )  # fmt: skip
    _ask(scope, row, workers, many=new.wanted, by=by, at=at)
    return row


@transaction.atomic
def ask_more(*, scope: Scope, row: str, workers: Sequence[str], by: str, at: datetime) -> int:
    """Ask further workers for a call-up that is not full; naming none, one for each place still free. Returns how many.

    :raises NotLawful: it has ended, is full, or nobody else may be asked
    """
    found = call_up_in_scope(scope, row)
    if found.ended_at is not None or found.taken >= found.wanted:
        raise NotLawful(_("This call-up is full or has ended."))
    return _ask(scope, found, workers, many=found.wanted - found.taken, by=by, at=at)


def _ask(scope: Scope, row: CallUp, workers: Sequence[str], *, many: int, by: str, at: datetime) -> int:
    known = candidates(scope, row.kind, row.starts_at, row.ends_at, asked=row.pk, at=at)
    free = {one.worker: one for one in known if not one.why}
    chosen = list(free.values())[:many] if not workers else _named(workers, free)
    if not chosen:
        raise NotLawful(_("Nobody else may be asked for this shift: none is trained, free and rested."))
    Call.objects.bulk_create(
        [Call(call_up=row, path=row.path, worker_id=one.id, asked_at=at, asked_by=by) for one in chosen]
    )
    return len(chosen)


def _named(workers: Sequence[str], free: dict[str, Candidate]) -> list[Candidate]:
    if any(one not in free for one in workers):
        raise NotLawful(_("One of those chosen may not be asked: the reason stands beside the name."))
    return [free[one] for one in dict.fromkeys(workers)]


@transaction.atomic
def end_call_up(*, scope: Scope, row: str, by: str, at: datetime) -> CallUp:
    """End a call-up: whoever has not answered need not any more; shifts that were accepted stand."""
    found = call_up_in_scope(scope, row)
    if not CallUp.objects.filter(pk=found.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise NotLawful(_("This call-up has ended already."))
    found.refresh_from_db()
    return found


def answer_call(*, own_page: UUID, call: str, answer: str, at: datetime) -> Call:
    """Take a worker's answer from his own page. Accepting gives him the shift, in the same transaction.

    :raises NotInScope: the page or the call is none
    :raises NotLawful: it was answered, ended or filled meanwhile, or he may not stand there any more
    """
    if answer not in ANSWERS:
        raise WrongInput(_("Accept or decline."), fields={"answer": "missing"})
    everywhere = system_scope("staffing.call")
    with in_scope(everywhere):
        rows = Call.objects.select_for_update(of=("self",)).select_related("call_up", "worker")
        found = (
            rows.filter(public_id=call, worker__left_at=None).filter(has_own_page(own_page, worker="worker__")).first()
        )
        if found is None:
            raise NotInScope
        # Of two who accept the last place at once the second waits here, and is told.
        row = CallUp.objects.select_for_update().get(pk=found.call_up_id)
        if found.answer:
            raise NotLawful(_("You have answered this call already."))
        if row.ended_at is not None or row.ends_at <= at:
            raise NotLawful(_("This call has ended; nobody is wanted any more."))
        if answer == "accepted":
            if row.taken >= row.wanted:
                raise NotLawful(_("Enough others have accepted already. You need not come."))
            by = f"worker:{found.worker_id}"
            new = NewShift(found.worker.public_id, row.place, row.starts_at, row.ends_at, row.in_heat)
            found.shift = give_shift(scope=Scope(row.path, by), new=new, by=by, at=at, worker=found.worker)
        found.answer, found.answered_at = answer, at
        found.save(update_fields=["answer", "answered_at", "shift"])
    return found


@transaction.atomic
def new_own_page(*, scope: Scope, worker: str) -> Worker:
    """Give a worker a new address of his own page; the one before opens nothing any more."""
    row = worker_in_scope(scope, worker)
    for column, value in own_page_of(row.pk).items():
        setattr(row, column, value)
    row.save(update_fields=["own_page_blind", "own_page_sealed"])
    return row
