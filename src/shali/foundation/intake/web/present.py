"""Batches and rows made ready for the pages: words and shapes. No query, no decision."""

from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shali.foundation.intake.queries import words
from shali.foundation.intake.queries.batches import RowShown
from shali.foundation.intake.queries.words import Batch
from shali.foundation.intake.reading.sentences import MARKS, REJECTIONS, WARNINGS
from shali.foundation.intake.services.mended import Mended
from shali.foundation.intake.services.preview import Preview
from shali.foundation.ui.formats import num

TERMS = ("people", "duplicate", "already_known", "rejected", "doubtful")


@dataclass(frozen=True, slots=True)
class Term:
    label: str
    value: int
    sign: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    what: str
    terms: tuple[Term, ...]
    off_by: int
    verdict: str


def language() -> str:
    return get_language() or "zh"


def identity(batch: Batch) -> Identity:
    labels = {
        "people": _("people"),
        "duplicate": _("repeated in the file"),
        "already_known": _("known from another list"),
        "rejected": _("rejected with a reason"),
        "doubtful": _("waiting for review"),
    }
    values = (batch.people, batch.duplicates, batch.already_known, batch.rejected, batch.doubtful)
    off_by = batch.received - sum(values)
    terms = [Term(_("Rows received"), batch.received, href="?state=all")]
    for place, (state, value) in enumerate(zip(TERMS, values, strict=True)):
        terms.append(Term(labels[state], value, "+" if place else "=", f"?state={state}"))
    verdict = _("Balances") if off_by == 0 else _("Off by %(n)s") % {"n": num(abs(off_by))}
    return Identity(_("Every row has an end"), tuple(terms), off_by, verdict)


def announced_line(batch: Batch) -> tuple[str, bool]:
    """Say how the sender's number and ours compare, and whether they agree."""
    ours, theirs = batch.rows_total, batch.announced
    if theirs is None:
        return _("The sender announced no number."), True
    if ours == theirs:
        return _("The sender announced %(n)s; %(n)s rows came.") % {"n": num(ours)}, True
    if ours < theirs:
        text = _("The sender announced %(theirs)s; %(ours)s rows came: %(by)s too few.")
    else:
        text = _("The sender announced %(theirs)s; %(ours)s rows came: %(by)s too many.")
    return text % {"theirs": num(theirs), "ours": num(ours), "by": num(abs(ours - theirs))}, False


def warnings(batch: Batch) -> list[str]:
    return [
        WARNINGS[one["code"]].message(language(), **one["values"])
        for one in batch.inspection.get("warnings", [])
        if one["code"] in WARNINGS
    ]


def tables(batch: Batch, shown: Preview) -> list[dict[str, object]]:
    """Each table with its columns, how each was taken, and a few masked rows."""
    made: list[dict[str, object]] = []
    for sheet in batch.inspection.get("sheets", []):
        for number, table in enumerate(sheet["tables"]):
            rows = shown.samples.get((sheet["index"], number), [])
            made.append(
                {
                    "sheet": sheet,
                    "table": table,
                    "is_first": number == 0,
                    "columns": [_column(column, rows) for column in table["columns"]],
                    "lines": [row for row, _cells in rows],
                }
            )
    return made


def _column(column: dict[str, object], rows: list[tuple[int, list[str]]]) -> dict[str, object]:
    index = int(str(column["index"]))
    taken = str(column["field"] or "ignore")
    return {
        "index": index,
        "letter": column["letter"],
        "heading": column["heading"],
        "samples": [cells[index] if index < len(cells) else "" for _row, cells in rows][:3],
        "choices": [(code, word, code == taken) for code, word in words.FIELDS.items()],
    }


def rejected(batch: Batch, shown: Preview) -> list[dict[str, object]]:
    names = {sheet["index"]: sheet["name"] for sheet in batch.inspection.get("sheets", [])}
    return [
        {
            "sheet": names.get(one.sheet, ""),
            "row": one.row_no,
            "column": one.column,
            "why": REJECTIONS[one.reason].message(language()),
            "cure": REJECTIONS[one.reason].cure(language()),
        }
        for one in shown.rejected
        if one.reason in REJECTIONS
    ]


def row(one: RowShown) -> dict[str, object]:
    return {
        "row": one,
        "state": words.ROW_STATES[one.state],
        "why": [(why(code, language()), column) for code, column in one.reasons],
    }


def why(code: str, language: str) -> str:
    """Say a reason's code in words."""
    for table in (REJECTIONS, MARKS):
        if code in table:
            return table[code].message(language)
    return str(words.LINKAGE.get(code, words.LINKAGE[""]))


def mended_words(done: Mended) -> str:
    """Say what became of mended rows; each of the three counts is said, none is left out."""
    taken = ngettext("%(n)s row is taken now.", "%(n)s rows are taken now.", done.taken) % {"n": num(done.taken)}
    still = ngettext("%(n)s is still rejected.", "%(n)s are still rejected.", done.still_rejected)
    other = ngettext("%(n)s was taken before.", "%(n)s were taken before.", done.not_waiting)
    return " ".join((taken, still % {"n": num(done.still_rejected)}, other % {"n": num(done.not_waiting)}))
