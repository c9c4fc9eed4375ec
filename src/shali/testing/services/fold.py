"""Two records that are one person: his samples, roster lines and recalls are joined, and where he stands worked out."""

from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import MergeMove
from shali.foundation.people.services.merge import note_moves
from shali.testing.models import Expected, GroupMember, Recall, Sample
from shali.testing.services.standing import restand

BY = "system:protocols"


def fold_tested(announced: Announced) -> None:
    """Give the kept person what the lost one had, where he has none of his own; a line that would stand twice stays."""
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            rounds = set(Sample.objects.filter(person_id=fact.lost).values_list("round_id", flat=True))
            _fold(fact.merge, fact.kept, fact.lost, "testing.Expected.person", Expected)
            _fold(fact.merge, fact.kept, fact.lost, "testing.Recall.person", Recall)
            _repoint(fact.merge, fact.kept, fact.lost)
            _fold_groups(fact.merge, fact.kept, fact.lost)
            for made in rounds:
                restand(round_id=made, people=[fact.kept, fact.lost], by=BY, at=announced.at)


def _fold(merge: int, kept: int, lost: int, relation: str, model: type[Expected] | type[Recall]) -> None:
    standing = model.objects.filter(person_id=kept).values("round_id")
    rows = list(model.objects.filter(person_id=lost).exclude(round_id__in=standing).values_list("pk", flat=True))
    note_moves(merge, relation=relation, rows=[(pk, {"person_id": lost}) for pk in rows])
    moved = MergeMove.objects.filter(merge_id=merge, relation=relation).values_list("row", flat=True)
    model.objects.filter(pk__in=list(moved)).update(person_id=kept)


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
