"""Telephone numbers in a cell: one, several, with or without the country, or saved as a decimal number."""

import re
from decimal import Decimal, InvalidOperation

from shali.foundation.intake.reading.text import narrow

_MOBILE = re.compile(r"(?<!\d)(?:\(?\+?(?:0{0,2}86)\)?[\s\-]*)?(1[3-9](?:[\s\-]?\d){9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:\(?\+?(?:00)?86\)?[\s\-]*)?\(?(0\d{2,3})\)?[\s\-]?(\d{7,8})(?!\d)")
_LANDLINE_ABROAD_STYLE = re.compile(r"\+86[\s\-]*([1-9]\d{1,2})[\s\-](\d{7,8})(?!\d)")
_FOREIGN = re.compile(r"(?<!\d)\+(?!86)(\d[\d\s\-]{6,16}\d)(?!\d)")
_SERVICE = re.compile(r"(?<!\d)([48]00)[\s\-]?(\d{3,4})[\s\-]?(\d{3,4})(?!\d)")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")
_NOT_DIGITS = re.compile(r"\D")


def read_phones(text: str) -> tuple[list[str], str]:
    """Return the numbers of a cell in their order, and a reason when something in it could not be read.

    Mobiles are 11 digits, landlines "0395-1234567", foreign ones "+" and digits.
    """
    if len(text) == 11 and text.isdigit() and text.isascii() and text[0] == "1" and text[1] in "3456789":
        return [text], ""
    plain = _written_out(narrow(text).replace("—", "-").replace("－", "-"))
    if plain is None:
        return [], "phone_lost_digits"
    found: list[tuple[int, str]] = []
    rest = plain
    for pattern, write in (
        (_MOBILE, lambda hit: _NOT_DIGITS.sub("", hit[1])),
        (_LANDLINE, lambda hit: _landline(hit[1] + hit[2])),
        (_LANDLINE_ABROAD_STYLE, lambda hit: _landline("0" + hit[1] + hit[2])),
        (_SERVICE, lambda hit: hit[1] + hit[2] + hit[3]),
        (_FOREIGN, lambda hit: "+" + _NOT_DIGITS.sub("", hit[1])),
    ):
        for hit in pattern.finditer(rest):
            found.append((hit.start(), write(hit)))
        # What was taken is blanked in place, so that positions keep the order of the cell.
        rest = pattern.sub(lambda hit: " " * (hit.end() - hit.start()), rest)
    numbers = list(dict.fromkeys(number for _, number in sorted(found)))
    left_over = sum(sign.isdigit() for sign in rest)
    if not numbers and 7 <= left_over <= 8 and (local := re.fullmatch(r"\D*(\d{3,4})[\s\-]?(\d{4})\D*", rest)):
        return [local[1] + local[2]], "phone_without_area"
    return numbers, "phone_unreadable" if left_over >= 5 else ""


def _written_out(text: str) -> str | None:
    """Return a number that a sheet saved as 16332862933.0 or 1.6332862933E10 in digits; None if digits are lost."""
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0]
    if _SCIENTIFIC.fullmatch(text):
        try:
            value = Decimal(text)
        except InvalidOperation:
            return None
        written = len(_NOT_DIGITS.sub("", re.split("[eE]", text)[0]).rstrip("0"))
        # 1.38E+10 has three of eleven digits; 1.3800000001E10 has them all.
        return str(int(value)) if value == value.to_integral_value() and written >= 9 else None
    return text


def _landline(digits: str) -> str:
    area = 3 if digits[:3] == "010" or digits[:2] == "02" else 4
    return f"{digits[:area]}-{digits[area:]}"
