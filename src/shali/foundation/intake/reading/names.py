"""Names: kept as received, with a clean form beside them for comparing."""

import re
from functools import lru_cache

from shali.foundation.intake.reading.text import is_blank_word, narrow

_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_DOTS = re.compile(r"[•・‧∙⋅.．]")
_LOST = re.compile(r"[?？□■\ufffd\ue000-\uf8ff]")
_DIGITS = re.compile(r"\d")
LONGEST = 100


@lru_cache(maxsize=100_000)
def name_key(text: str) -> str:
    """Return the name without the spaces that pad it, with one kind of dot and narrow letters in capitals."""
    clean = _BETWEEN_HAN.sub("", narrow(text).replace("\u3000", " "))
    if _HAN.search(clean):
        clean = re.sub(r"\s+", "", _DOTS.sub("·", clean))
    return re.sub(r"\s+", " ", clean).upper()


@lru_cache(maxsize=100_000)
def read_name(text: str) -> tuple[str, str]:
    """Return the name as received ('' when there is none) and a reason when it cannot be quite right."""
    if "\x00" in text:
        return "", "nul_character"
    if is_blank_word(text):
        return "", ""
    if len(text) > LONGEST:
        return "", "name_unreadable"
    if _LOST.search(text):
        return text, "name_lost_character"
    if len(_DIGITS.findall(text)) * 2 >= len(text.strip()):
        return "", "name_unreadable"
    return text, ""


def is_han(text: str) -> bool:
    return _HAN.search(text) is not None
