"""When two names are one: variants and rare characters, homophones, separators, order, one character astray."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

# Characters written either way for one name, traditional forms among them: as written -> as compared.
VARIANTS = {
    "呂": "吕", "黃": "黄", "吳": "吴", "陳": "陈", "劉": "刘", "張": "张", "趙": "赵", "孫": "孙", "馬": "马",
    "馮": "冯", "鄭": "郑", "許": "许", "謝": "谢", "韓": "韩", "楊": "杨", "葉": "叶", "蔣": "蒋", "盧": "卢",
    "賈": "贾", "鄧": "邓", "龍": "龙", "龔": "龚", "閻": "阎", "閆": "闫", "闫": "阎", "齊": "齐", "蘇": "苏",
    "蕭": "萧", "肖": "萧", "錢": "钱", "顧": "顾", "範": "范", "喬": "乔", "賀": "贺", "羅": "罗", "鐘": "钟",
    "鍾": "钟", "陸": "陆", "湯": "汤", "嚴": "严", "國": "国", "華": "华", "偉": "伟", "麗": "丽", "紅": "红",
    "軍": "军", "強": "强", "傑": "杰", "鳳": "凤", "蘭": "兰", "瑩": "莹", "榮": "荣", "貴": "贵", "寶": "宝",
    "東": "东", "衛": "卫", "濤": "涛", "曉": "晓", "穎": "颖", "頴": "颖", "衞": "卫", "峯": "峰", "喆": "哲",
    "昇": "升", "陞": "升", "堃": "坤", "祐": "佑", "囍": "喜", "𠮷": "吉", "仝": "同", "犇": "奔", "燊": "森",
    "彣": "文", "彧": "郁", "㛃": "洁", "潔": "洁", "䶮": "龑", "啟": "启", "啓": "启", "勛": "勋", "勳": "勋",
    "雲": "云", "學": "学", "寧": "宁", "愛": "爱", "萬": "万",
}  # fmt: skip
_FEW_HAN = re.compile(r"[\u4e00-\u9fff]{1,3}")
_SEPARATORS = re.compile(r"[\s·•・‧∙⋅.．。,，'’\-_/\u200b-\u200f\ufeff]+")
# Surnames that a dictionary reads by their common sound and people by another.
SURNAME_SOUNDS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "任": "ren",
    "盖": "ge", "朴": "piao", "尉": "wei", "翟": "zhai", "冼": "xian", "员": "yun", "缪": "miao",
    "折": "she", "黑": "he", "秘": "bi", "繁": "po",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def name_key(name: str) -> str:
    """Fold a name for comparison: width, separators, variants, case. The name itself is never changed anywhere."""
    folded = unicodedata.normalize("NFKC", name)
    folded = _SEPARATORS.sub("", re.sub(r"[（(].*?[)）]", "", folded)).casefold()
    return "".join(VARIANTS.get(character, character) for character in folded)


@lru_cache(maxsize=200_000)
def sound_key(name: str) -> str:
    """Return how a name sounds, without tones, with the sounds that dialects and typists confuse folded together."""
    key = name_key(name)
    if not key:
        return ""
    first = SURNAME_SOUNDS.get(key[0])
    rest = key[1:] if first else key
    sounds = ([first] if first else []) + _sounds(rest)
    return " ".join([plain_sound(sound) for sound in sounds])


def _sounds(text: str) -> list[str]:
    """Return the dictionary's sounds of a text. Of two or three Han that are no word, each is read by itself."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second to load
    from pypinyin.constants import PHRASES_DICT

    if _FEW_HAN.fullmatch(text) and not any(word in PHRASES_DICT for word in (text, text[:2], text[1:])):
        return [_sound(character) for character in text]
    return lazy_pinyin(text, style=Style.NORMAL)


@lru_cache(maxsize=30_000)
def _sound(character: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(character, style=Style.NORMAL)[0]


@lru_cache(maxsize=4_000)
def plain_sound(sound: str) -> str:
    """Fold the sounds of one syllable that dialects and typists confuse."""
    sound = re.sub(r"^(z|c|s)h", r"\1", sound)
    sound = re.sub(r"(an|en|in)g$", r"\1", sound)
    return sound.replace("v", "u")


@lru_cache(maxsize=400_000)
def compare_names(left: str, right: str) -> str:
    """Return how two names stand: same, variant, homophone, close, sibling, partial or different.

    sibling: one character of a short name is another one. A slip writes so, and so do parents: brothers, sisters and
    twins share the rest of the name, the telephone and often the day of birth.
    """
    if left == right:
        return "same"
    a, b = name_key(left), name_key(right)
    if a == b:
        return "variant"
    if sound_key(left) == sound_key(right):
        return "homophone"
    if sorted(a) == sorted(b) and len(a) >= 2:
        return "close"  # surname and given name changed places
    shorter, longer = sorted((a, b), key=len)
    if (
        len(shorter) >= 2
        and (longer.startswith(shorter) or longer.endswith(shorter))
        and len(longer) - len(shorter) <= 1
    ):
        return "close"
    distance = OSA.distance(a, b)
    if len(longer) >= 3 and distance == 1 and a[:1] == b[:1]:
        return "close" if len(longer) >= 6 or _lost_a_character(left + right) else "sibling"
    if len(longer) >= 6 and distance <= max(1, len(longer) // 5):
        return "close"
    if a[:1] == b[:1] and len(shorter) == 2 and distance == 1:
        return "partial"
    return "different"


def _lost_a_character(names: str) -> bool:
    """A character that the sender's system could not write came as one of these."""
    return bool(re.search(r"[?？�□■〓_]", names))


def is_masked(name: str) -> bool:
    """Say whether a sender hid part of the name (张*, 张某)."""
    return bool(re.search(r"[*＊×某ⅹ]", name))
