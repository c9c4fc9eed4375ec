from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.measures.models import Measure, MeasureAct, MeasureState
from shali.foundation.measures.services.order.pdf import as_pdf
from shali.foundation.measures.services.order.text import OrderFacts, OrderText, area_text, body_name, order_text
from shali.foundation.measures.services.order.word import as_word
from shali.foundation.measures.services.step import NotAllowed, Step, measure_of, take_step
from shali.foundation.people.models import Document
from shali.foundation.people.rules import PURPOSES
from shali.foundation.policy.measures import bases, measure_kinds
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import open_text

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
WRITERS = {"docx": as_word, "pdf": as_pdf}


@dataclass(frozen=True, slots=True)
class Order:
    content: bytes
    form: str


@transaction.atomic
def make_order(
    *, scope: Scope, measure: str, form: str, purpose: str, by: str, at: datetime, reason: str = ""
) -> Order:
    """Return the order of a decided measure: on a person, naming him, or on an area, as a notice that names nobody.

    No record, no document: whoever is named, the download is on record with its purpose.

    :raises WrongInput: no such form, or no purpose where a person is named
    :raises NotAllowed: the measure is not decided
    """
    row = measure_of(scope, measure=measure)
    if form not in TYPES or (row.person_id is not None and purpose not in PURPOSES):
        raise WrongInput(_("Choose what the order is for."), fields={"purpose": "missing"})
    if row.state != MeasureState.DECIDED:
        raise NotAllowed(_("There is an order only of a measure that was decided."))
    content = WRITERS[form](_text(row))
    take_step(row, step=Step(MeasureAct.PRINTED, {}, detail={"form": form}), seen=None, by=by, at=at)
    if row.person_id is None:
        return Order(content, form)
    record_access(
        scope=scope,
        act="export",
        purpose=purpose,
        subject_kind="person",
        subject=row.person_id,
        fields=["name", "document_tail"],
        at=at,
        reason=reason,
    )
    return Order(content, form)


def _text(row: Measure) -> OrderText:
    if row.area is not None:
        return area_text(_facts(row), area=row.area.name)
    if row.person is None:
        raise ValueError("A measure is on a person or on an area.")
    person = row.person
    name = open_text(person.name_sealed, table="people_person", column="name", row=person.pk)
    document = Document.objects.filter(person=person, ended_at=None).order_by("-whole", "-seen_at", "id").first()
    tail = ""
    if document is not None:
        number = open_text(document.number_sealed, table="people_document", column="number", row=document.pk)
        tail = number[-4:]
    return order_text(_facts(row), name=name, tail=tail)


def _facts(row: Measure) -> OrderFacts:
    decided_at = row.decided_at or row.proposed_at
    basis = bases(decided_at).get(row.basis)
    kind = measure_kinds(decided_at).get(row.kind)
    decider = Post.objects.select_related("user").filter(pk=int(row.decided_by.removeprefix("post:"))).first()
    return OrderFacts(
        number=row.public_id,
        body=body_name(row.body.name if row.body else "", outbreak=row.outbreak.name),
        unit=row.unit.name,
        kind=kind.words["zh"] if kind else row.kind,
        basis=basis.words["zh"] if basis else row.basis,
        origin=row.origin_kind,
        evidence=row.evidence,
        evidence_ref=row.evidence_ref,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        appeal_channel=row.appeal_channel,
        decider=decider.user.name if decider else "",
        decided_at=decided_at,
        lifted_at=row.lifted_at,
    )
