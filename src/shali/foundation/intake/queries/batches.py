from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import day_of
from shali.foundation.intake.models import Batch, Review, ReviewState, Row, RowState
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import PAGE, Page, page_by_hour
from shali.foundation.ui.refusal import NotInScope

# What a file asks of whoever sees it or takes it in, by its purpose; a pushed list where it is named here by none.
SEES = {"exposure": Verb.SEE_TRACING, "testing_group": Verb.SEE_TESTING}
TAKES = {"exposure": Verb.INVESTIGATE, "testing_group": Verb.RUN_SITES}
STATES = {
    "people": (RowState.KNOWN, RowState.NEW),
    "duplicate": (RowState.DUPLICATE,),
    "already_known": (RowState.ALREADY_KNOWN,),
    "rejected": (RowState.REJECTED,),
    "doubtful": (RowState.DOUBTFUL,),
    "all": tuple(RowState),
}


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of a file: where it stood, what became of it, and why."""

    sheet: int
    row_no: int
    state: int
    person: Masked | None
    reasons: tuple[tuple[str, str], ...]
    same_as: int | None
    division: str


def batch(scope: Scope, public_id: str) -> Batch:
    """Return one batch of the scope, of whatever purpose. For the terminal, whose user has no role.

    :raises NotInScope: there is none
    """
    found = Batch.objects.select_related("file").filter(within(scope.path), public_id=public_id).first()
    if found is None:
        raise NotInScope
    return found


def batch_seen(scope: Scope, public_id: str) -> Batch:
    """Return one batch of the scope, for whoever may see files of its purpose.

    :raises NotInScope: there is none, or it is of a purpose that is not this role's
    """
    return _batch(scope, public_id, SEES, Verb.SEE_LISTS)


def batch_taken(scope: Scope, public_id: str) -> Batch:
    """Return one batch of the scope, for whoever may take files of its purpose in.

    :raises NotInScope: there is none, or it is of a purpose that is not this role's
    """
    return _batch(scope, public_id, TAKES, Verb.RECEIVE_LISTS)


def _batch(scope: Scope, public_id: str, verbs: Mapping[str, Verb], otherwise: Verb) -> Batch:
    found = batch(scope, public_id)
    if verbs.get(found.purpose, otherwise) not in scope.verbs:
        raise NotInScope
    return found


def may_take(scope: Scope, one: Batch) -> bool:
    """Say whether this role takes files of a batch's purpose in."""
    return TAKES.get(one.purpose, Verb.RECEIVE_LISTS) in scope.verbs


def rows_page(scope: Scope, one: Batch, *, state: str, at: datetime, after: int = 0, shown: int = 0) -> Page[RowShown]:
    """Return rows of a batch in file order; states as in STATES."""
    wanted = STATES.get(state, STATES["all"])
    found = Row.objects.filter(within(scope.path), batch=one, state__in=wanted, pk__gt=after).order_by("id")
    rows = list(found.select_related("same_as")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    people = masked_many(scope, [row.person_id for row in rows if row.person_id], on=day_of(at))
    counts = {
        "people": one.people,
        "duplicate": one.duplicates,
        "already_known": one.already_known,
        "rejected": one.rejected,
        "doubtful": one.doubtful,
    }
    return Page(
        rows=[
            RowShown(
                sheet=row.sheet + 1,
                row_no=row.row_no,
                state=row.state,
                person=people.get(row.person_id or 0),
                reasons=tuple((reason["code"], reason["column"]) for reason in row.reasons),
                same_as=row.same_as.row_no if row.same_as else None,
                division=row.division,
            )
            for row in rows
        ],
        first=shown + 1 if rows else 0,
        last=shown + len(rows),
        total=counts.get(state, one.received),
        next=f"{rows[-1].pk}~{shown + len(rows)}" if more else "",
        is_first=after == 0,
    )


@dataclass(frozen=True, slots=True)
class ReviewRow:
    public_id: str
    state: int
    due_at: datetime
    opened_at: datetime
    person: Masked | None
    candidates: int
    why: tuple[str, ...]
    sender: str
    row_no: int
    batch: str
    decided_by: str
    found: str
    held_until: datetime | None


def reviews(scope: Scope, *, at: datetime, decided: bool = False, after: str = "") -> Page[ReviewRow]:
    """Return a page of the doubtful rows of the scope, due first; decided ones, newest first, when asked for."""
    states = (ReviewState.SAME, ReviewState.DIFFERENT) if decided else (ReviewState.OPEN, ReviewState.ASKED)
    rows = Review.objects.filter(within(scope.path), state__in=states, row__batch__state=5)
    rows = rows.select_related("row__batch").prefetch_related("row__candidates")
    page = page_by_hour(rows, "decided_at" if decided else "due_at", after=after, is_newest_first=decided)
    found = page.rows
    people = masked_many(scope, [one.row.person_id for one in found if one.row.person_id], on=day_of(at))
    names = who(one.decided_by for one in found)
    lines = [
        ReviewRow(
            public_id=one.public_id,
            state=one.state,
            due_at=one.due_at,
            opened_at=one.opened_at,
            person=people.get(one.row.person_id or 0),
            candidates=len(one.row.candidates.all()),
            why=tuple(reason["code"] for reason in one.row.reasons),
            sender=one.row.batch.sender,
            row_no=one.row.row_no,
            batch=one.row.batch.public_id,
            decided_by=names[one.decided_by].name if one.decided_by in names else one.decided_by,
            found=one.found,
            held_until=one.held_until if one.held_until and one.held_until > at else None,
        )
        for one in found
    ]
    return replace(page, rows=lines)


def open_reviews(scope: Scope) -> int:
    """Count the doubtful rows of a scope that wait for somebody."""
    return Review.objects.filter(
        within(scope.path), state__in=(ReviewState.OPEN, ReviewState.ASKED), row__batch__state=5
    ).count()
