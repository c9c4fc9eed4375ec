"""Why two records were taken for one, or not: codes for programs, sentences for people, in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass

from shali.engines.linkage.batch.compare import LEVELS
from shali.engines.linkage.batch.fields import Field, Kind


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language.

    how: of each code of LEVELS. letters: for one_character where names are written in letters. what: of a field that is
    not a part of a name. colon, semicolon: as it sets them. rival, alone, crowd: where another fits too, where nobody
    is alike, where too many are.
    """

    how: Mapping[str, str]
    letters: str
    what: Mapping[Kind, str]
    colon: str
    semicolon: str
    rival: str
    alone: str
    crowd: str

    def reason(self, field: Field, level: int) -> str:
        """Say how two values of a field stand, without either value; nothing where one of them is silent."""
        if level < 0:
            return ""
        code = LEVELS[field.kind][level]
        how = self.letters if code == "one_character" and field.kind is Kind.NAME and field.part else self.how[code]
        # A part of a name is called as its heading calls it.
        what = self.what[field.kind] if field.name in set(Kind) else field.name
        return f"{what}{self.colon}{how}"


ENGLISH = Words(
    how={
        "same": "the same",
        "homophone": "sounds the same",
        "close": "almost the same",
        "one_character": "one character differs",
        "begins_alike": "only begins alike",
        "different": "different",
        "swapped": "parts changed places",
        "near": "one part differs",
        "same_year": "only the year agrees",
        "cut": "the same as far as it goes",
        "one_slip": "one digit astray",
        "two_slips": "two digits astray",
        "neighbour": "a neighbouring number, valid itself",
        "same_door": "the same door, written otherwise",
        "alike": "alike",
        "partly": "partly alike",
    },
    letters="a few letters differ",
    what={
        Kind.NAME: "name",
        Kind.BIRTH: "date of birth",
        Kind.DOCUMENT: "document number",
        Kind.PHONE: "telephone",
        Kind.ADDRESS: "address",
    },
    colon=": ",
    semicolon="; ",
    rival="another record fits nearly as well",
    alone="nobody there is alike",
    crowd="too many share what it says to tell them apart",
)
CHINESE = Words(
    how={
        "same": "相同",
        "homophone": "读音相同",
        "close": "几乎相同",
        "one_character": "有一字不同",
        "begins_alike": "仅开头相同",
        "different": "不同",
        "swapped": "前后颠倒",
        "near": "年月日有一处不同",
        "same_year": "仅年份相同",
        "cut": "已有部分相同",
        "one_slip": "有一位不符",
        "two_slips": "有两位不符",
        "neighbour": "号码相邻，均为有效号码",
        "same_door": "同一门牌，写法不同",
        "alike": "相近",
        "partly": "部分相近",
    },
    letters="有几个字母不同",
    what={
        Kind.NAME: "姓名",
        Kind.BIRTH: "出生日期",
        Kind.DOCUMENT: "证件号码",
        Kind.PHONE: "电话",
        Kind.ADDRESS: "地址",
    },
    colon="：",
    semicolon="；",
    rival="另有一条记录几乎同样吻合",
    alone="对方名册中无相近记录",
    crowd="相同信息的记录过多，无法区分",
)
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "zh": CHINESE}
