"""The columns that a reply adds to each row, and the count sheet, as text in the reader's language."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shali.foundation.intake.models import RowState
from shali.foundation.intake.reading.sentences import REJECTIONS
from shali.foundation.ui.formats import day_time
from shali.verification.models import Ending, FactKind
from shali.verification.queries.reply import Answer, ReplyFigures, ReplyRow
from shali.verification.queries.words import ANSWERS, ENDINGS, FACTS_SHORT


def headings() -> list[str]:
    """Return the added columns' headings."""
    facts = [str(FACTS_SHORT[fact]) for fact in FactKind]
    return [_("Result"), _("Answering unit"), *facts, _("Struck off at"), _("Remark")]


def added_cells(row: ReplyRow) -> list[str]:
    """Return the texts of the added columns for one row, as many as there are headings."""
    if row.state == RowState.REJECTED:
        return _not_taken(row)
    if row.answer is None:
        return [_("Withdrawn"), "", "", "", "", "", "", ""]
    answer = row.answer
    facts = [str(ANSWERS.get(code, "")) for code in answer.facts]
    struck_off = day_time(answer.struck_off_at) if answer.struck_off_at else ""
    return [_result(answer), answer.unit, *facts, struck_off, _remark(row, answer)]


def _not_taken(row: ReplyRow) -> list[str]:
    said = REJECTIONS.get(row.reason)
    language = get_language() or "zh"
    why = f"{said.message(language)} {said.cure(language)}".strip() if said else row.reason
    return [_("Not taken"), "", "", "", "", "", "", why]


def _result(answer: Answer) -> str:
    if answer.ending is None:
        return _("Open")
    if answer.ending == Ending.FOUR_FACTS:
        return _("Struck off")
    return str(ENDINGS[answer.ending])


def _remark(row: ReplyRow, answer: Answer) -> str:
    remarks = []
    if row.repeats:
        remarks.append(_("Repeats row %(row)d.") % {"row": row.repeats[1]})
    if row.state == RowState.DOUBTFUL:
        remarks.append(_("May be somebody already registered; under review."))
    if answer.ending == Ending.MOVED_ON:
        values = {"who": answer.taken_over_by, "receipt": answer.receipt}
        remarks.append(_("Taken over by %(who)s, receipt %(receipt)s.") % values)
    if answer.attempts and answer.ending in (None, Ending.NEVER_FOUND):
        said = ngettext("%(n)d attempt made.", "%(n)d attempts made.", answer.attempts)
        remarks.append(said % {"n": answer.attempts})
    return " ".join(remarks)


def count_lines(figures: ReplyFigures) -> list[tuple[str, int | str]]:
    """Return the lines of the count sheet; a line of two empty texts is a gap.

    :raises ValueError: the figures do not balance, and no reply leaves the house then
    """
    parts = (figures.new_here, figures.repeated, figures.already_known, figures.rejected, figures.doubtful)
    if sum(parts) != figures.received or sum(figures.endings.values()) + figures.open != figures.people:
        raise ValueError("The figures of this reply do not balance.")
    announced = figures.announced
    return [
        (_("Announced by the sender"), _("no number given") if announced is None else announced),
        (_("Rows received"), figures.received),
        (_("Difference"), "—" if announced is None else figures.received - announced),
        ("", ""),
        (_("People, named for the first time"), figures.new_here),
        (_("Rows repeated in the file"), figures.repeated),
        (_("People known from another list"), figures.already_known),
        (_("Rows not taken, with a reason"), figures.rejected),
        (_("Rows under review"), figures.doubtful),
        (_("Together: rows received"), sum(parts)),
        ("", ""),
        *((_("Ended: %(how)s") % {"how": ENDINGS[code]}, figures.endings.get(code, 0)) for code in Ending),
        (_("Open"), figures.open),
        (_("Together: people asked for"), figures.people),
    ]
