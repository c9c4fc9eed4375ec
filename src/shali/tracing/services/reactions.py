"""What this desk does when it hears a fact: run in the writer's transaction, named in protocols/table.py."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q

from shali.foundation.intake.facts import BatchSettled, RowSettled
from shali.foundation.intake.models import Row, RowState
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import MergeMove
from shali.foundation.people.services.merge import note_moves
from shali.tracing.models import Case, Contact, ContactState, Exposure, Member, Relationship
from shali.tracing.rules import INFECTED, Classification
from shali.tracing.services.cases import CaseNews, open_case_of
from shali.tracing.services.history import Step, take_step
from shali.tracing.services.judging import judge_contacts
from shali.tracing.services.releasing import end_as_case
from shali.tracing.services.rosters import join_from_file

BY = "system:protocols"


def contacts_become_cases(announced: Announced) -> None:
    """A contact who is a case now: his observation ends, whoever he met is judged anew, his source is inferred."""
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            case = Case.objects.get(pk=fact.case)
            if Classification(case.classification) in INFECTED:
                _become(case, at=announced.at)


def positives_become_cases(announced: Announced) -> None:
    """A person's own sample was positive: he is a case, until somebody finds that he has symptoms or discards it."""
    with in_scope(system_scope("protocols")):
        for fact, number in zip(announced.facts, announced.numbers, strict=True):
            standing = Case.objects.filter(person_id=fact.person, outbreak_id=settings.OUTBREAK)
            if standing.exclude(classification=Classification.DISCARDED).exists():
                continue
            news = CaseNews(
                classification=Classification.ASYMPTOMATIC,
                reported_at=announced.at,
                origin="laboratory",
                evidence="laboratory_result",
                first_positive_at=fact.taken_at,
                origin_ref=fact.reference,
                evidence_ref=fact.reference,
            )
            open_case_of(
                person=fact.person, path=fact.path, news=news, giver=fact.path, by=BY, at=announced.at, cause=number
            )


def cases_change(announced: Announced) -> None:
    """A case became something else, or its dates did: everybody whom it met is judged anew."""
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            case = Case.objects.get(pk=fact.case)
            if Classification(case.classification) in INFECTED:
                _become(case, at=announced.at)
            _judge_whom_it_met(case, at=announced.at)


def _become(case: Case, *, at: datetime) -> None:
    contact = (
        Contact.objects.select_for_update(of=("self",))
        .filter(person_id=case.person_id, outbreak_id=case.outbreak_id, state=ContactState.UNDER_OBSERVATION)
        .first()
    )
    if contact is not None:
        end_as_case(contact, by=BY, at=at)
    met = Relationship.objects.filter(
        contact__person_id=case.person_id, contact__outbreak_id=case.outbreak_id, case__isnull=False, withdrawn_at=None
    )
    last = met.exclude(case__classification=Classification.DISCARDED).order_by("-last_at", "-id").first()
    if case.source_id is None and last is not None and last.case_id != case.pk:
        _infer_source(case, last, at=at)
    _judge_whom_it_met(case, at=at)


def _infer_source(case: Case, met: Relationship, *, at: datetime) -> None:
    """Say that whoever he met last infected him; inferred, until somebody proves it or unlinks it."""
    here: Case | None = met.case
    while here is not None:
        if here.pk == case.pk:
            return
        here = here.source
    changes = {"source": met.case, "source_certainty": "inferred", "source_basis": "met_last"}
    step = Step("linked", changes, detail={"certainty": "inferred", "relationship": met.public_id})
    take_step(case, step=step, seen=None, by=BY, at=at)


def _judge_whom_it_met(case: Case, *, at: datetime) -> None:
    met = Relationship.objects.filter(withdrawn_at=None)
    of_the_case = met.filter(case=case) | met.filter(by_contact__person_id=case.person_id)
    contacts = Contact.objects.select_for_update(of=("self",)).filter(
        pk__in=of_the_case.values("contact_id"), state=ContactState.UNDER_OBSERVATION
    )
    judge_contacts(list(contacts.order_by("id")), caused_by="case_dates", by=BY, at=at)


def rows_join_rosters(announced: Announced) -> None:
    """People of a roster's file come onto it, and are handed to their units to be asked."""
    facts: list[RowSettled] = list(announced.facts)
    with in_scope(system_scope("protocols")):
        batches = {fact.batch for fact in facts}
        for exposure in Exposure.objects.filter(batch_id__in=batches):
            rows = [(fact.row, fact.person) for fact in facts if fact.batch == exposure.batch_id]
            join_from_file(exposure=exposure, rows=rows, by=BY, at=announced.at)


def repeated_visits_join_rosters(announced: Announced) -> None:
    """A person's second visit is a repeated row, of which nobody is told alone: it may be the one within the window."""
    facts: list[BatchSettled] = list(announced.facts)
    with in_scope(system_scope("protocols")):
        for exposure in Exposure.objects.filter(batch_id__in=[fact.batch for fact in facts], roster_of="visits"):
            again = Row.objects.filter(batch=exposure.batch, state=RowState.DUPLICATE, person__isnull=False)
            rows = list(again.order_by("id").values_list("pk", "person_id"))
            join_from_file(exposure=exposure, rows=rows, by=BY, at=announced.at)


def fold_traced(announced: Announced) -> None:
    """Join what two merged people had here: rows of the lost one go to the kept, where he has none of his own."""
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            _fold_cases(fact.merge, fact.kept, fact.lost)
            _fold_contacts(fact.merge, fact.kept, fact.lost)
            _fold_members(fact.merge, fact.kept, fact.lost)


# Rows that would stand twice for one person stay with the lost record, whose number leads to the kept one.


def _fold_cases(merge: int, kept: int, lost: int) -> None:
    standing = Case.objects.filter(person_id=kept).exclude(classification=Classification.DISCARDED)
    rows = Case.objects.filter(person_id=lost).exclude(outbreak_id__in=standing.values("outbreak_id"))
    _move(merge, "tracing.Case.person", list(rows.values_list("pk", flat=True)), lost)
    Case.objects.filter(pk__in=_moved(merge, "tracing.Case.person")).update(person_id=kept)


def _fold_contacts(merge: int, kept: int, lost: int) -> None:
    standing = Contact.objects.filter(person_id=kept, state=ContactState.UNDER_OBSERVATION)
    twice = Q(state=ContactState.UNDER_OBSERVATION, outbreak_id__in=standing.values("outbreak_id"))
    rows = Contact.objects.filter(person_id=lost).exclude(twice)
    _move(merge, "tracing.Contact.person", list(rows.values_list("pk", flat=True)), lost)
    Contact.objects.filter(pk__in=_moved(merge, "tracing.Contact.person")).update(person_id=kept)


def _fold_members(merge: int, kept: int, lost: int) -> None:
    standing = Member.objects.filter(person_id=kept)
    rows = Member.objects.filter(person_id=lost).exclude(exposure_id__in=standing.values("exposure_id"))
    _move(merge, "tracing.Member.person", list(rows.values_list("pk", flat=True)), lost)
    Member.objects.filter(pk__in=_moved(merge, "tracing.Member.person")).update(person_id=kept)


def _move(merge: int, relation: str, rows: list[int], lost: int) -> None:
    note_moves(merge, relation=relation, rows=[(pk, {"person_id": lost}) for pk in rows])


def _moved(merge: int, relation: str) -> list[int]:
    return list(MergeMove.objects.filter(merge_id=merge, relation=relation).values_list("row", flat=True))
