"""Two records that are one person: his samples, roster lines and recalls are joined, and where he stands worked out."""

from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import MergeMove
from shali.foundation.people.services.merge import note_moves
from shali.testing.models import Expected, GroupMember, Recall, Sample
from shali.testing.services.standing import restand

BY = "system:protocols"
SAME = "testing.Expected.same_as"


def fold_tested(announced: Announced) -> None:
    """Give the kept person what the lost one had, where he has none of his own; a line that would stand twice stays,
    and is said to be the same person as the kept one's.
    """
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            rounds = set(Sample.objects.filter(person_id=fact.lost).values_list("round_id", flat=True))
            _fold(fact.merge, fact.kept, fact.lost, "testing.Expected.person", Expected)
            _fold(fact.merge, fact.kept, fact.lost, "testing.Recall.person", Recall)
            _repoint(fact.merge, fact.kept, fact.lost)
            _fold_groups(fact.merge, fact.kept, fact.lost)
            for made in rounds:
                restand(round_id=made, people=[fact.kept, fact.lost], by=BY, at=announced.at)
            _be_same(fact.merge, fact.kept, fact.lost)


def unfold_tested(announced: Announced) -> None:
    """Work out anew where both people of an undone merge stand; the merge's own moves gave each his lines and samples.

    Without it the kept person would stay cleared by a sample that was never his, and the other owe nothing for his own.
    """
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            both = [fact.kept, fact.lost]
            # Also where the merge is older than the word that its lines are one person.
            Expected.objects.filter(person_id=fact.lost, same_as__person_id=fact.kept).update(same_as=None)
            named = Expected.objects.filter(person_id__in=both).values_list("round_id", flat=True)
            for made in sorted(set(named)):
                restand(round_id=made, people=both, by=BY, at=announced.at)


def _fold(merge: int, kept: int, lost: int, relation: str, model: type[Expected] | type[Recall]) -> None:
    standing = model.objects.filter(person_id=kept).values("round_id")
    rows = list(model.objects.filter(person_id=lost).exclude(round_id__in=standing).values_list("pk", flat=True))
    note_moves(merge, relation=relation, rows=[(pk, {"person_id": lost}) for pk in rows])
    moved = MergeMove.objects.filter(merge_id=merge, relation=relation).values_list("row", flat=True)
    model.objects.filter(pk__in=list(moved)).update(person_id=kept)


def _be_same(merge: int, kept: int, lost: int) -> None:
    """Say of each line of the lost record that stays beside one of the kept that both are one person.

    Where the kept record came as a guest and the lost one is of the roster, the kept one is of the roster from now on:
    otherwise nobody would look for him.
    """
    stays = {one.round_id: one for one in Expected.objects.filter(person_id=kept)}
    for line in Expected.objects.filter(person_id=lost, round__in=stays, same_as=None):
        other = stays[line.round_id]
        note_moves(merge, relation=SAME, rows=[(line.pk, {"same_as_id": None, "guest": line.guest})])
        if other.guest and not line.guest:
            note_moves(merge, relation=SAME, rows=[(other.pk, {"guest": True})])
            Expected.objects.filter(pk=other.pk).update(guest=False)
            line.guest = True
        Expected.objects.filter(pk=line.pk).update(same_as=other, guest=line.guest)


def _repoint(merge: int, kept: int, lost: int) -> None:
    relation = "testing.Sample.person"
    rows = list(Sample.objects.filter(person_id=lost).values_list("pk", flat=True))
    note_moves(merge, relation=relation, rows=[(pk, {"person_id": lost}) for pk in rows])
    Sample.objects.filter(pk__in=rows).update(person_id=kept)


def _fold_groups(merge: int, kept: int, lost: int) -> None:
    relation = "testing.GroupMember.person"
    known = GroupMember.objects.filter(person_id=kept).values("group_id")
    rows = list(GroupMember.objects.filter(person_id=lost).exclude(group_id__in=known).values_list("pk", flat=True))
    note_moves(merge, relation=relation, rows=[(pk, {"person_id": lost}) for pk in rows])
    GroupMember.objects.filter(pk__in=rows).update(person_id=kept)
