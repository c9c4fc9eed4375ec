"""Two records that are one person: proposed by one, decided by another, taken apart again without loss."""

from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.facts import PersonsMerged, PersonsUnmerged
from shali.foundation.people.models import Merge, MergeMove, MergeState, Person, Sight
from shali.foundation.people.queries.record import visible
from shali.foundation.people.relations import OnMerge, declared
from shali.foundation.ui.refusal import NotInScope, Refusal


class NotDecidable(Refusal):
    """The merge was decided already, or may not be decided by this post."""


@transaction.atomic
def propose_merge(*, scope: Scope, kept: str, lost: str, reason: str, by: str, at: datetime) -> Merge:
    """Say that two records of the scope are one person; somebody else decides.

    :raises NotInScope: one of them is not to be seen from here
    """
    seen = Person.objects.filter(visible(scope, at=at), public_id__in=[kept, lost], merged_into=None)
    people = {person.public_id: person for person in seen}
    if kept == lost or set(people) != {kept, lost}:
        raise NotInScope
    return _propose(people[kept], people[lost], reason=reason, by=by, at=at)


def _propose(kept: Person, lost: Person, *, reason: str, by: str, at: datetime) -> Merge:
    if Merge.objects.filter(lost=lost, state__in=(MergeState.PROPOSED, MergeState.APPROVED)).exists():
        raise NotDecidable(_("A merge of this record is proposed or done already."))
    return Merge.objects.create(
        kept=kept, lost=lost, path=_common(kept.path, lost.path), reason=reason, proposed_by=by, proposed_at=at
    )


@transaction.atomic
def decide_merge(*, scope: Scope, merge: str, agrees: bool, by: str, at: datetime) -> Merge:
    """Decide a proposed merge; the database refuses the proposer's own word.

    :raises NotDecidable: decided already, or proposed by the same post
    """
    found = Merge.objects.select_for_update().filter(within(scope.path), public_id=merge).first()
    if found is None:
        raise NotInScope
    if found.state != MergeState.PROPOSED:
        raise NotDecidable(_("This was decided already."))
    if found.proposed_by == by:
        raise NotDecidable(_("You proposed it yourself; somebody else decides."))
    found.decided_by, found.decided_at = by, at
    found.state = MergeState.APPROVED if agrees else MergeState.REFUSED
    found.save(update_fields=["decided_by", "decided_at", "state"])
    if agrees:
        _join(found, by=by, at=at)
    return found


@transaction.atomic
def merge_after_review(*, kept: int, lost: int, by: str, at: datetime) -> Merge:
    """Join a record that the rule doubted to the person it means: the rule proposed, whoever reviewed decides."""
    with in_scope(system_scope("people")):
        people = Person.objects.in_bulk([kept, lost])
        found = _propose(people[kept], people[lost], reason="review", by="system:linkage", at=at)
        found.decided_by, found.decided_at, found.state = by, at, MergeState.APPROVED
        found.save(update_fields=["decided_by", "decided_at", "state"])
        _join(found, by=by, at=at)
    return found


def _join(merge: Merge, *, by: str, at: datetime) -> None:
    with in_scope(system_scope("people")):
        for name, what in declared().items():
            if what is OnMerge.REPOINT:
                _repoint(merge, name)
        _fold_sights(merge)
        Person.objects.filter(pk=merge.lost_id).update(merged_into=merge.kept_id)
        announce([PersonsMerged(merge.pk, merge.kept_id, merge.lost_id)], by=by, at=at)


def _repoint(merge: Merge, name: str) -> None:
    app, model_name, field = name.split(".")
    model = apps.get_model(app, model_name)
    rows = list(model.objects.filter(**{field: merge.lost_id}).values_list("pk", flat=True))
    note_moves(merge.pk, relation=name, rows=[(row, {f"{field}_id": merge.lost_id}) for row in rows])
    model.objects.filter(pk__in=rows).update(**{field: merge.kept_id})


def _fold_sights(merge: Merge) -> None:
    """Let every unit that saw the lost record see the kept one; where it did already, nothing moves."""
    seen = set(Sight.objects.filter(person_id=merge.kept_id).values_list("path", "task"))
    rows = [s for s in Sight.objects.filter(person_id=merge.lost_id) if (s.path, s.task) not in seen]
    note_moves(merge.pk, relation="people.Sight.person", rows=[(row.pk, {"person_id": merge.lost_id}) for row in rows])
    Sight.objects.filter(pk__in=[row.pk for row in rows]).update(person_id=merge.kept_id)


def note_moves(merge: int, *, relation: str, rows: list[tuple[int, dict[str, object]]]) -> None:
    """Keep what rows held before a merge changed them: `relation` is "app.Model.field", `before` columns by name."""
    MergeMove.objects.bulk_create(
        [MergeMove(merge_id=merge, relation=relation, row=row, before=before) for row, before in rows], batch_size=2_000
    )


@transaction.atomic
def undo_merge(*, scope: Scope, merge: str, by: str, at: datetime) -> Merge:
    """Take a merge apart: every row gets back what it held before, in reverse order.

    :raises NotDecidable: it is not in force
    """
    found = Merge.objects.select_for_update().filter(within(scope.path), public_id=merge).first()
    if found is None:
        raise NotInScope
    if found.state != MergeState.APPROVED:
        raise NotDecidable(_("Only a merge in force can be undone."))
    with in_scope(system_scope("people")):
        Person.objects.filter(pk=found.lost_id).update(merged_into=None)
        for move in MergeMove.objects.filter(merge=found).order_by("-id"):
            app, model_name, _field = move.relation.split(".")
            apps.get_model(app, model_name).objects.filter(pk=move.row).update(**move.before)
        Merge.objects.filter(pk=found.pk).update(state=MergeState.UNDONE, undone_by=by, undone_at=at)
        announce([PersonsUnmerged(found.pk, found.kept_id, found.lost_id)], by=by, at=at)
    found.refresh_from_db()
    return found


def _common(first: str, second: str) -> str:
    shared: list[str] = []
    for left, right in zip(first.split("."), second.split("."), strict=False):
        if left != right:
            break
        shared.append(left)
    return ".".join(shared)
