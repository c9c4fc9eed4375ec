"""The words of the room's codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shali.foundation.intake.models import Batch, BatchState, Found, Review, ReviewState, RowState

__all__ = [
    "BATCH_STATES", "COMPARED", "DIFFERENCES", "FIELDS", "FOUND", "LINKAGE", "ROW_STATES", "VERDICTS", "Batch",
    "BatchState", "Review", "ReviewState",
]  # fmt: skip

BATCH_STATES: dict[int, Promise] = {
    BatchState.RECEIVED: _("Being read"),
    BatchState.MAPPING: _("Columns to confirm"),
    BatchState.DIFFERENCE: _("The numbers differ"),
    BatchState.SETTLING: _("Being settled"),
    BatchState.SETTLED: _("Settled"),
    BatchState.UNDONE: _("Undone"),
    BatchState.REFUSED: _("Cannot be taken"),
}
ROW_STATES: dict[int, Promise] = {
    RowState.RECEIVED: _("Received"),
    RowState.KNOWN: _("In the register"),
    RowState.NEW: _("New person"),
    RowState.DUPLICATE: _("Repeated in the file"),
    RowState.ALREADY_KNOWN: _("Known from another list"),
    RowState.REJECTED: _("Rejected"),
    RowState.DOUBTFUL: _("Waits for review"),
}
DIFFERENCES: dict[str, Promise] = {
    "sender_confirmed": _("The sender confirmed our number by telephone"),
    "rest_follows": _("The sender sends the missing rows in another file"),
    "sender_counted_all": _("The sender counted rows that are no people"),
    "not_reachable": _("The sender cannot be reached; the people cannot wait"),
}
FIELDS: dict[str, Promise] = {
    "ignore": _("not used"),
    "name": _("Name"),
    "id_number": _("Document number"),
    "id_kind": _("Kind of document"),
    "phone": _("Telephone"),
    "sex": _("Sex"),
    "age": _("Age"),
    "birth_on": _("Date of birth"),
    "address": _("Address"),
    "address_province": _("Address: province"),
    "address_city": _("Address: city"),
    "address_county": _("Address: county"),
    "address_township": _("Address: township"),
    "address_village": _("Address: village or community"),
    "address_detail": _("Address: house"),
    "registered_address": _("Registered address"),
    "contact_name": _("Contact's name"),
    "contact_phone": _("Contact's telephone"),
    "work": _("Place of work"),
    "place": _("Place visited"),
    "visit_on": _("Day of the visit"),
    "arrived_on": _("Day of arrival"),
    "source": _("Source"),
    "remark": _("Remark"),
    "nationality": _("Nationality"),
    "ethnicity": _("Ethnic group"),
    "relation": _("Relation"),
    "official": _("Official in charge"),
    "result": _("Result"),
    "seq": _("Running number"),
}
COMPARED: dict[str, Promise] = {
    "name": _("Name"),
    "birth": _("Date of birth"),
    "document": _("Document number"),
    "phone": _("Telephone"),
    "address": _("Address"),
    "seen": _("Number on the document, seen in person"),
}
FOUND: dict[str, Promise] = {
    Found.NUMBER: _("Document seen; its number as it stands on it"),
    Found.NO_DOCUMENT: _("Has no document to show"),
    Found.NOT_SHOWN: _("Would not show the document"),
    Found.NOT_SEEN: _("The task ended before anybody saw the document"),
}
VERDICTS: dict[str, Promise] = {"equal": _("Equal"), "differs": _("Differs"), "missing": _("Given on one side only")}
LINKAGE: dict[str, Promise] = {
    "document_equal": _("same document number"),
    "document_equal_untrusted": _("same document number, which fails its check"),
    "document_near": _("document numbers differ in one place"),
    "document_cut": _("the document number lost its end"),
    "document_tail": _("same end of the document number"),
    "document_head": _("same beginning of the document number"),
    "document_differs": _("other document number"),
    "document_differs_untrusted": _("other document number, which fails its check"),
    "phone_equal": _("same telephone"),
    "phone_different": _("other telephone"),
    "phone_of_another_name": _("the telephone belongs to another name"),
    "number_of_another_name": _("the document number belongs to another name"),
    "number_not_on_record": _("the number is not in the register"),
    "number_unknown": _("the number is not in the register"),
    "number_not_whole_nobody_alike": _("the number is not whole, and nobody is alike"),
    "same_person_other_number": _("alike in all but the document number"),
    "name_same": _("same name"),
    "name_homophone": _("the names sound alike"),
    "name_variant": _("the names are variants of each other"),
    "name_close": _("the names are almost the same"),
    "name_partial": _("a part of the name is the same"),
    "name_sibling": _("the names look like those of brothers and sisters"),
    "name_masked_fits": _("the masked name fits"),
    "name_different": _("other name"),
    "name_alone": _("only the name is the same"),
    "birth_equal": _("same date of birth"),
    "birth_new_year": _("both born on 1 January, as many records say that know no day"),
    "birth_near": _("dates of birth are almost the same"),
    "birth_different": _("other date of birth"),
    "sex_equal": _("same sex"),
    "sex_different": _("other sex"),
    "division_equal": _("same township or community"),
    "division_different": _("other township or community"),
    "address_alike": _("addresses are alike"),
    "several_alike": _("several people are equally alike"),
    "not_enough": _("too little is given to be sure"),
    "nobody_named": _("the row names nobody"),
    "nobody_alike": _("nobody is alike"),
    "": _("no reason was kept"),
}
