"""The number of people that a sender announces, wherever he writes it."""

import re

from shali.foundation.intake.reading.text import CHINESE_NUMBER, chinese_number, narrow

_FIGURES = rf"(\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}|[{CHINESE_NUMBER}]{{1,9}})"
_PATTERNS = (
    re.compile(rf"(?:共计?|合计|总计|总共|总人数|人数|数量|总数)\s*(?:为|是|约)?\s*[::]?\s*{_FIGURES}\s*(?:余)?(?:人|名|条|例|个|位|people|persons)?(?![\d年月日号./\-])"),
    re.compile(rf"[(\[【]\s*(?:共|计|共计)?\s*{_FIGURES}\s*(?:人|名|条|例|位|people|persons|rows)\s*[)\]】]"),
    re.compile(rf"{_FIGURES}\s*(?:人(?!民|员|口)|名(?!单|称)|条(?:数据|信息|记录)?|例|people|persons|records|rows)(?![一-鿿]*[\d]{{4}})"),
    re.compile(r"(?:total|count|number)\s*(?:of\s*(?:people|persons|rows))?\s*[::=]?\s*(\d{1,7})(?!\d)"),
)  # fmt: skip
_TOTAL = re.compile(r"^(?:合计|总计|共计|总人数|总数|总共|累计|共\d+人|total|grandtotal|sum)")
_SUBTOTAL = re.compile(r"^(?:小计|本页|本表小计|分计|subtotal)")


def number_in(text: str) -> int | None:
    """Return the number of people that a line announces."""
    plain = narrow(text).lower()
    for pattern in _PATTERNS:
        if hit := pattern.search(plain):
            return _value(hit[1])
    return None


def _value(figures: str) -> int | None:
    plain = figures.replace(",", "")
    return int(plain) if plain.isascii() and plain.isdigit() else chinese_number(plain)


def is_total(text: str) -> bool:
    word = re.sub(r"\s+", "", narrow(text)).lower()
    return bool(_TOTAL.match(word) or _SUBTOTAL.match(word))


def number_of_total(texts: list[str]) -> int | None:
    """Return the control total of a totals row: the number with 人, else the only whole number beside the word.

    A subtotal announces nothing for the whole.
    """
    filled = [narrow(text) for text in texts if text.strip()]
    if not filled or _SUBTOTAL.match(filled[0].replace(" ", "").lower()):
        return None
    if (number := number_in(" ".join(filled))) is not None:
        return number
    numbers = [int(text.removesuffix(".0")) for text in filled[1:] if re.fullmatch(r"\d{1,7}(?:\.0)?", text)]
    return numbers[0] if len(numbers) == 1 else None
