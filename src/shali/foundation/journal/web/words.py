"""The words of the access log's codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: dict[str, Promise] = {
    "reveal": _("Showed fields"),
    "work_list": _("Opened own work list"),
    "search": _("Searched by number"),
    "review": _("Compared two records"),
    "export": _("Downloaded a file"),
    "rows": _("Opened a file's rows"),
    "investigate": _("Opened an investigation"),
    "follow_up": _("Opened a contact's health"),
    "refused": _("Refused: the day's limit was reached"),
}
PURPOSES: dict[str, Promise] = {
    "contact_person": _("To reach the person"),
    "verify_identity": _("To verify who it is"),
    "medical_help": _("Medical help"),
    "answer_sender": _("To answer the sender"),
    "correct_record": _("To correct the record"),
    "own_tasks": _("Own open tasks"),
    "investigation": _("Investigation of a case"),
    "compare_lists": _("To compare lists"),
    "other": _("Another purpose"),
}
FIELDS: dict[str, Promise] = {
    "name": _("name"),
    "phone": _("telephone"),
    "address": _("address"),
    "document": _("document number"),
    "document_tail": _("document's last four"),
    "birth": _("day of birth"),
    "workbook": _("workbook"),
    "row": _("row as it came"),
    "findings": _("what was found"),
    "masked": _("masked values"),
    "answers": _("answers of the questionnaire"),
    "stays": _("where he was"),
    "symptoms": _("symptoms"),
    "report": _("report of the case"),
}
