"""Cleaning of text for comparing. What is shown and stored stays as received."""

import re
import unicodedata

# Zero-width marks, direction overrides, soft hyphen, byte order marks: seen by no reader, copied by every web page.
_INVISIBLE = re.compile("[\u00ad\u180e\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069]")
# Han and ASCII alone: nothing in it to fold or to drop.
_PLAIN = re.compile(r"[ -~\u4e00-\u9fff]*")
_SPACES = re.compile(r"\s+")
BLANK_WORDS = frozenset(
    {
        "",
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        "无",
        "没有",
        "不详",
        "未知",
        "空",
        "none",
        "null",
        "nan",
        "n/a",
        "#n/a",
        "na",
    }
)


def has_invisible(text: str) -> bool:
    return not text.isascii() and _INVISIBLE.search(text) is not None


def narrow(text: str) -> str:
    """Return the text with full-width forms folded, invisible marks dropped and outer space cut."""
    if text.isascii() or _PLAIN.fullmatch(text):
        return text.strip()
    plain = _INVISIBLE.sub("", text)
    return (plain if unicodedata.is_normalized("NFKC", plain) else unicodedata.normalize("NFKC", plain)).strip()


def squeeze(text: str) -> str:
    """Return the narrow text without any space."""
    return _SPACES.sub("", narrow(text))


def is_blank(text: str) -> bool:
    if text and "\u4e00" <= text[0] <= "\u9fff":
        return False
    return not text or (not text.isascii() and not narrow(text)) or text.isspace()


def is_blank_word(text: str) -> bool:
    """Say whether a cell says in words that there is nothing in it."""
    return (len(text) < 12 and squeeze(text).lower() in BLANK_WORDS) or not text.strip()


_DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
CHINESE_NUMBER = "零〇○一二两三四五六七八九十百千万"


def chinese_number(text: str) -> int | None:
    """Return the value of a number in Chinese figures ("一千二百八十六", "二〇二二"), None when it is none."""
    if not text or any(sign not in CHINESE_NUMBER for sign in text):
        return None
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total = section = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _UNITS[sign], 0
    return total + section + digit


def column_letter(index: int) -> str:
    """Return the letters of a column, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
