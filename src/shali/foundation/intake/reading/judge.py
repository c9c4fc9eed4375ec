"""One data row: who it is, what it says, and whether that is enough to take it."""

import re
from dataclasses import dataclass, field

from shali.foundation.intake.reading.days import read_day
from shali.foundation.intake.reading.documents import Document, kind_of_words, read_document
from shali.foundation.intake.reading.headings import ADDRESS_PARTS
from shali.foundation.intake.reading.names import name_key, read_name
from shali.foundation.intake.reading.phones import read_phones
from shali.foundation.intake.reading.records import ERROR, FORMULA, FORMULA_NUMBER, NUMBER
from shali.foundation.intake.reading.text import has_invisible, is_blank_word, narrow

Value = str | list[str]
# A number or a telephone may begin with a sign; anything longer that does is what a sheet would compute.
_FORMULA_START = re.compile(r"^[\s'`]*(?:[=@]|[+\-](?![\d\s().,\-/;、]*$))|^[\t\r]")
_TEXT_FIELDS = (
    "seq", "age", "registered_address", "work", "place", "source", "remark", "nationality", "ethnicity",
    "relation", "contact_name", "official", "result",
)  # fmt: skip
_SEXES = {
    **dict.fromkeys(("男", "男性", "m", "male", "1"), "male"),
    **dict.fromkeys(("女", "女性", "f", "female", "2"), "female"),
}


@dataclass(slots=True)
class Judged:
    """`reason` is '' for a row that is taken; `marks` are (code, column) pairs, column -1 for the row itself."""

    values: dict[str, Value] = field(default_factory=dict)
    marks: list[tuple[str, int]] = field(default_factory=list)
    reason: str = ""
    column: int = -1


class Judge:
    """Reads the rows of one table, whose columns are known."""

    def __init__(self, columns: dict[int, str], *, year: int | None, zeros_are_loss: bool = False) -> None:
        self._of: dict[str, list[int]] = {}
        for column, name in sorted(columns.items()):
            self._of.setdefault(name, []).append(column)
        self._text_columns = [(name, self._of[name]) for name in _TEXT_FIELDS if name in self._of]
        self._parts = [column for name in ADDRESS_PARTS for column in self._of.get(name, ())]
        self._id = self._of.get("id_number", [])
        self._name = self._of.get("name", [])
        self._year = year
        # Once a number of this list has lost its end to three zeros, no other that ends so is believed.
        self._zeros_are_loss = zeros_are_loss

    def document_of(self, texts: list[str], kinds: dict[int, str]) -> tuple[Document | None, int]:
        """Return the best document of the row's ID columns and its column."""
        best: tuple[Document | None, int] = (None, -1)
        for column in self._id:
            text = texts[column] if column < len(texts) else ""
            if not text or is_blank_word(text):
                continue
            said = self._first(texts, "id_kind")
            found = read_document(
                text, is_number=kinds.get(column) in (NUMBER, FORMULA_NUMBER), kind=kind_of_words(said) if said else ""
            )
            if found.whole:
                return found, column
            if best[0] is None:
                best = (found, column)
        return best

    def judge(
        self, texts: list[str], kinds: dict[int, str], found: tuple[Document | None, int] | None = None
    ) -> Judged:
        """Return what a data row says. `found`: what `document_of` said of it, if it was asked already."""
        judged = Judged()
        document, id_column = found or self.document_of(texts, kinds)
        self._take_name(texts, judged)
        document = self._take_document(document, id_column, judged)
        self._take_phones(texts, judged)
        self._take_days(texts, kinds, judged)
        self._take_texts(texts, judged)
        if kinds:
            _mark_kinds(kinds, judged)
        _mark_texts(texts, judged)
        self._decide(judged, document, id_column)
        return judged

    def _first(self, texts: list[str], name: str) -> str:
        for column in self._of.get(name, ()):
            if column < len(texts) and texts[column].strip():
                return texts[column]
        return ""

    def _take_name(self, texts: list[str], judged: Judged) -> None:
        for column in self._name:
            if column >= len(texts) or not texts[column]:
                continue
            name, reason = read_name(texts[column])
            if reason:
                judged.marks.append((reason, column))
            if name:
                judged.values["name"] = name
                judged.values["name_key"] = name_key(name)
                if has_invisible(name):
                    judged.marks.append(("invisible_characters", column))
                return

    def _take_document(self, document: Document | None, column: int, judged: Judged) -> Document | None:
        if document is None:
            return None
        judged.values["id_kind"] = document.kind
        if document.whole and self._zeros_are_loss and len(document.number) == 18 and document.number.endswith("000"):
            document = Document(document.number, document.kind, whole=False, reason="id_number_may_have_lost_digits")
        if document.reason == "id_number_lost_digits" and document.number.endswith("000"):
            self._zeros_are_loss = True
        if document.reason:
            judged.marks.append((document.reason, column))
        if document.whole or document.reason == "id_kind_unknown":
            judged.values["id_number"] = document.number
        else:
            # What cannot be trusted is shown to a person and decides nothing.
            judged.values["id_written"] = document.number
        if document.whole and len(document.number) == 18 and document.kind in ("resident_id", "hmt_residence_permit"):
            self._take_born(document.number, judged)
        return document

    def _take_born(self, number: str, judged: Judged) -> None:
        judged.values["birth_on"] = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        judged.values["sex"] = "male" if int(number[16]) % 2 else "female"

    def _take_phones(self, texts: list[str], judged: Judged) -> None:
        for name, kept in (("phone", "phones"), ("contact_phone", "contact_phones")):
            numbers: list[str] = []
            for column in self._of.get(name, ()):
                text = texts[column] if column < len(texts) else ""
                if not text or (len(text) < 6 and is_blank_word(text)):
                    continue
                found, reason = read_phones(text)
                numbers += [number for number in found if number not in numbers]
                if reason:
                    judged.marks.append((reason, column))
            if numbers:
                judged.values[kept] = numbers

    def _take_days(self, texts: list[str], kinds: dict[int, str], judged: Judged) -> None:
        for name in ("visit_on", "arrived_on", "birth_on"):
            for column in self._of.get(name, ()):
                text = texts[column] if column < len(texts) else ""
                if not text or is_blank_word(text):
                    continue
                year = None if name == "birth_on" else self._year
                day, reason = read_day(text, year=year, is_number=kinds.get(column) == NUMBER)
                if reason:
                    judged.marks.append((reason, column))
                    judged.values.setdefault(name + "_written", text)
                elif name == "birth_on" and judged.values.get(name, day) != day:
                    judged.marks.append(("birth_differs", column))
                else:
                    judged.values[name] = day
                    break

    def _take_texts(self, texts: list[str], judged: Judged) -> None:
        for name, columns in self._text_columns:
            found = [narrow(texts[column]) for column in columns if column < len(texts) and texts[column]]
            if text := " ".join(word for word in found if word):
                judged.values[name] = text
        if sex := _SEXES.get(narrow(self._first(texts, "sex")).lower()):
            if judged.values.get("sex", sex) != sex:
                judged.marks.append(("sex_differs", self._of["sex"][0]))
            else:
                judged.values["sex"] = sex
        if address := self._address(texts):
            judged.values["address"] = address

    def _address(self, texts: list[str]) -> str:
        """Return the address in one line; a part that the longer text repeats is not written twice."""
        whole = next(
            (text for column in self._of.get("address", ()) if column < len(texts) and (text := narrow(texts[column]))),
            "",
        )
        if is_blank_word(whole):
            whole = ""
        joined = ""
        for column in self._parts:
            part = narrow(texts[column]) if column < len(texts) else ""
            if part and not is_blank_word(part) and part not in joined:
                joined = part if joined and joined in part else joined + part
        if not whole or whole in joined:
            return joined
        first = next((part for column in self._parts if column < len(texts) and (part := narrow(texts[column]))), "")
        return whole if not joined or (first and first in whole) else joined + whole

    def _decide(self, judged: Judged, document: Document | None, id_column: int) -> None:
        """A whole number says who it is; else a name and a telephone do. A name alone identifies nobody."""
        if any(code == "nul_character" for code, _ in judged.marks):
            judged.reason, judged.column = (
                "nul_character",
                next(c for code, c in judged.marks if code == "nul_character"),
            )
            return
        has_name, has_phone = "name" in judged.values, "phones" in judged.values
        if not has_name:
            judged.marks.append(("name_missing", self._name[0] if self._name else -1))
        if document is not None and (document.whole or (document.reason == "id_kind_unknown" and has_name)):
            return
        if has_name and has_phone:
            return
        if document is not None and document.reason and document.reason != "id_kind_unknown":
            reason = document.reason.replace("id_number_may_have_lost_digits", "id_number_lost_digits")
            judged.reason, judged.column = reason, id_column
        elif has_name:
            judged.reason, judged.column = "only_name", self._name[0]
        elif has_phone:
            judged.reason, judged.column = "only_phone", self._of["phone"][0]
        else:
            judged.reason, judged.column = (
                "nobody_named",
                self._name[0] if self._name else (id_column if document else -1),
            )


def _mark_kinds(kinds: dict[int, str], judged: Judged) -> None:
    for column, kind in kinds.items():
        if kind in (FORMULA, FORMULA_NUMBER):
            judged.marks.append(("formula", column))
        elif kind == ERROR:
            judged.marks.append(("error_cell", column))


def _mark_texts(texts: list[str], judged: Judged) -> None:
    for column, text in enumerate(texts):
        if not text:
            continue
        if text[0] in "=@+-\t\r '`" and _FORMULA_START.match(text):
            judged.marks.append(("looks_like_formula", column))
        if "\x00" in text and ("nul_character", column) not in judged.marks:
            judged.marks.append(("nul_character", column))
