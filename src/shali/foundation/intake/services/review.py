"""Is this row that person? Decided by a human, one row at a time; taken back without loss."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.intake.facts import IdentityAsked, IdentityFound, IdentityNotAsked, RowReviewed
from shali.foundation.intake.models import Batch, Found, Review, ReviewState, Row, RowState
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.models import Merge, MergeState
from shali.foundation.people.services.merge import merge_after_review, undo_merge
from shali.foundation.ui.refusal import NotInScope, Refusal
from shali.foundation.vault.sealing import seal


class DecidedBefore(Refusal):
    """Somebody else decided this review first."""


class NobodyToAsk(Refusal):
    """No unit has an open task about this person, so nobody can look at the document."""


@transaction.atomic
def decide_same(*, scope: Scope, review: str, person: int, by: str, at: datetime) -> None:
    """Say that a doubtful row means one of its candidates: the two records become one, the earlier deadline holds."""
    found = _take(scope, review)
    if not found.row.candidates.filter(person_id=person).exists():
        raise NotInScope
    own = found.row.person_id
    _ask_no_more(found, by=by, at=at)
    with in_scope(system_scope("intake")):
        if own is not None:
            merge_after_review(kept=person, lost=own, by=by, at=at)
        known_here = (
            Row.objects.filter(batch=found.row.batch_id, person_id=person)
            .exclude(pk=found.row_id)
            .exclude(state=RowState.DUPLICATE)
            .order_by("id")
            .first()
        )
        state = RowState.DUPLICATE if known_here else RowState.KNOWN
        _settle(found, state, person, same_as=known_here, by=by, at=at)
        _close(found, ReviewState.SAME, person=person, by=by, at=at)


@transaction.atomic
def decide_different(*, scope: Scope, review: str, by: str, at: datetime) -> None:
    """Say that a doubtful row means none of its candidates: the person enrolled from it stands by himself."""
    found = _take(scope, review)
    _ask_no_more(found, by=by, at=at)
    with in_scope(system_scope("intake")):
        _settle(found, RowState.NEW, found.row.person_id, same_as=None, by=by, at=at)
        _close(found, ReviewState.DIFFERENT, person=None, by=by, at=at)


@transaction.atomic
def ask_for_more(*, scope: Scope, review: str, by: str, at: datetime) -> None:
    """Say that it cannot be told from here: the community checks the document in person, the clock runs on.

    Whoever has the person's task finds the question there; the answer comes back through `take_finding`.
    :raises NobodyToAsk: nobody has an open task about this person
    """
    found = _take(scope, review)
    if found.state == ReviewState.ASKED:
        raise DecidedBefore(_("The document is being looked at already; the answer comes back to this queue."))
    if found.row.person_id is None:
        raise NobodyToAsk(_("Nobody was registered from this row, so nobody can be asked to see a document."))
    Review.objects.filter(pk=found.pk).update(
        state=ReviewState.ASKED, decided_by=by, decided_at=at, version=F("version") + 1
    )
    announce([IdentityAsked(found.row.batch_id, found.row_id, found.row.person_id)], by=by, at=at)


def lock_review(row: int) -> None:
    """Lock a row's question in the caller's transaction, for whoever is about to answer it from a task."""
    with in_scope(system_scope("intake")):
        Review.objects.select_for_update(of=("self",)).get(row_id=row)


@transaction.atomic
def take_finding(*, row: int, found: Found, number: str = "", by: str, at: datetime) -> None:
    """Take what was seen at the door back to the queue: the question is open again, with the finding beside it.

    number: as it stands on the document, with Found.NUMBER alone; sealed here, and in no fact
    A question that was decided meanwhile keeps its decision, and the finding all the same.
    """
    with in_scope(system_scope("intake")):
        review = Review.objects.select_for_update(of=("self",)).select_related("row").get(row_id=row)
        review.found, review.found_at, review.found_by = found, at, by
        review.found_number_sealed = (
            seal(number, table="intake_review", column="found_number", row=row) if found == Found.NUMBER else None
        )
        if review.state == ReviewState.ASKED:
            review.state, review.decided_by, review.decided_at = ReviewState.OPEN, "", None
        review.version += 1
        review.save()
        announce([IdentityFound(review.row.batch_id, row, str(found))], by=by, at=at)


@transaction.atomic
def undo_review(*, scope: Scope, review: str, by: str, at: datetime) -> None:
    """Open a decided review again; two records that it joined stand apart as before."""
    found = (
        Review.objects.select_for_update(of=("self",))
        .select_related("row")
        .filter(within(scope.path), public_id=review)
        .first()
    )
    if found is None:
        raise NotInScope
    if found.state == ReviewState.OPEN:
        raise DecidedBefore(_("This question is open; there is nothing to undo."))
    if found.state == ReviewState.ASKED:
        _ask_no_more(found, by=by, at=at)
        Review.objects.filter(pk=found.pk).update(
            state=ReviewState.OPEN, decided_by="", decided_at=None, version=F("version") + 1
        )
        return
    with in_scope(system_scope("intake")):
        merges = Merge.objects.filter(kept_id=found.person_id, reason="review", decided_at=found.decided_at)
        merge = merges.first() if found.state == ReviewState.SAME else None
        if merge is not None and merge.state == MergeState.APPROVED:
            undo_merge(scope=system_scope("intake"), merge=merge.public_id, by=by, at=at)
        found.row.refresh_from_db()
        before = found.row.state
        if found.state == ReviewState.SAME and merge is None:
            found.row.person = None  # the row had nobody of its own, so nothing was joined and nothing points back
        found.row.state, found.row.same_as = RowState.DOUBTFUL, None
        found.row.save(update_fields=["state", "same_as", "person"])
        _move_count(found.row.batch_id, before, RowState.DOUBTFUL)
        Review.objects.filter(pk=found.pk).update(
            state=ReviewState.OPEN, person=None, decided_by="", decided_at=None, version=F("version") + 1
        )


def _take(scope: Scope, review: str) -> Review:
    found = (
        Review.objects.select_for_update(of=("self",))
        .select_related("row")
        .filter(within(scope.path), public_id=review)
        .first()
    )
    if found is None:
        raise NotInScope
    if found.state not in (ReviewState.OPEN, ReviewState.ASKED):
        raise DecidedBefore(_("Somebody decided this question first. Look again."))
    return found


def _ask_no_more(review: Review, *, by: str, at: datetime) -> None:
    """Take the question at the door back: nobody goes to see a document for what is decided."""
    if review.state == ReviewState.ASKED:
        announce([IdentityNotAsked(review.row.batch_id, review.row_id)], by=by, at=at)


def _settle(review: Review, state: RowState, person: int | None, *, same_as: Row | None, by: str, at: datetime) -> None:
    row = review.row
    row.refresh_from_db()
    before = RowState(row.state)
    row.state, row.person_id, row.same_as = state, person, same_as
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "person", "same_as", "decided_by", "decided_at"])
    _move_count(row.batch_id, before, state)


def _close(review: Review, state: ReviewState, *, person: int | None, by: str, at: datetime) -> None:
    Review.objects.filter(pk=review.pk).update(
        state=state, person_id=person, decided_by=by, decided_at=at, version=F("version") + 1
    )
    answers = person or review.row.person_id
    if answers is not None:
        announce([RowReviewed(review.row.batch_id, review.row_id, answers)], by=by, at=at)


_COLUMN = {
    RowState.KNOWN: "people",
    RowState.NEW: "people",
    RowState.DUPLICATE: "duplicates",
    RowState.ALREADY_KNOWN: "already_known",
    RowState.REJECTED: "rejected",
    RowState.DOUBTFUL: "doubtful",
}


def _move_count(batch: int, before: int, after: int) -> None:
    """Move one row from one term of the batch's identity to another, in one statement: it balances throughout."""
    old, new = _COLUMN[RowState(before)], _COLUMN[RowState(after)]
    if old != new:
        Batch.objects.filter(pk=batch).update(**{old: F(old) - 1, new: F(new) + 1})
