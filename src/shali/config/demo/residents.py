"""Invented residents of real divisions: made from a seed, so that two machines get the same city.

Nobody here exists. So that no number can be a real person's, resident IDs carry area code 411190, which was never
given to a county, and mobile numbers start with 140 to 144, which no carrier has. Surnames follow their usual
shares; ages follow the census of 2020 (481,435 to age 14, 1,388,273 to 59, 497,782 above, of 2,367,490); everything
else is invented.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from shali.foundation.people.rules import check_character

AREA = "411190"
TODAY = date(2022, 8, 10)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_SHARES = [725, 719, 683, 538, 453, 308, 229, 223, 212, 205, 166, 154, 131, 126, 121, 118, 117, 115, 111, 87] + [
    max(8, 85 - 2 * n) for n in range(31)
]
_DOUBLE = ("欧阳", "上官", "司马", "诸葛", "夏侯")
_MALE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文"
_FEMALE = "芳娜敏静秀丽艳娟霞红玲桂英洁梅莉慧婷雪琴云洋兰凤萍燕倩颖露瑶怡月莹菲"
_RARE = ("𠮷", "䶮", "昇", "喆", "堃", "彧", "珺", "㛃")
ESTATES = ("听雨苑", "桂苑", "沙岸家园", "柳浪小区", "青榆花园", "澧水湾", "白桦里", "杏林苑", "晴川小区", "望河家园")
_AGE_BANDS = ((0, 14, 481_435), (15, 59, 1_388_273), (60, 92, 497_782))
_HOUSEHOLD_SIZES = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
# Names as people of other languages bear them in Chinese papers; invented.
OTHER_NAMES = ("阿依古丽·买买提", "热合曼·吐尔逊", "古丽娜尔·阿不都", "INVENTED MARIA ELENA", "EXAMPLE JOHN")


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented resident. sex: 1 male, 2 female."""

    name: str
    sex: int
    birth_on: date
    id_number: str
    passport: str
    phones: tuple[str, ...]
    address: str
    community: str  # 12-digit code
    household: int


@dataclass(frozen=True, slots=True)
class Community:
    """A real community with the invented number of people that the demo gives it."""

    code: str
    name: str
    above: str  # names from the city down, as addresses begin
    is_village: bool
    weight: float


def residents(count: int, communities: Sequence[Community], *, seed: int = 2022) -> Iterator[Resident]:
    """Yield invented residents, household by household."""
    draw = random.Random(seed)  # noqa: S311  # a city that two machines make alike, nothing secret
    sums = list(accumulate(community.weight for community in communities))
    serials: dict[tuple[date, int], int] = {}
    made, household = 0, 0
    while made < count:
        community = communities[bisect(sums, draw.random() * sums[-1])]
        household += 1
        home = home_address(draw, community)
        family = surname(draw)
        shared_phone = mobile(draw)
        for place in range(min(draw.choice(_HOUSEHOLD_SIZES), count - made)):
            sex = 1 if (place == 0) == (draw.random() < 0.75) else 2
            birth_on = _birth(draw)
            own = family if place != 1 or draw.random() < 0.1 else surname(draw)
            yield Resident(
                name=draw.choice(OTHER_NAMES) if draw.random() < 0.0015 else own + given_name(draw, sex),
                sex=sex,
                birth_on=birth_on,
                id_number=_id_number(birth_on, sex, serials),
                passport=f"X{draw.randrange(10**8):08d}" if draw.random() < 0.02 else "",
                phones=phones_of(draw, birth_on, shared_phone),
                address=home,
                community=community.code,
                household=household,
            )
            made += 1


def surname(draw: random.Random) -> str:
    if draw.random() < 0.004:
        return draw.choice(_DOUBLE)
    return draw.choices(_SURNAMES, weights=_SHARES[: len(_SURNAMES)])[0]


def given_name(draw: random.Random, sex: int) -> str:
    letters = _MALE if sex == 1 else _FEMALE
    name = draw.choice(letters)
    if draw.random() < 0.72:
        name += draw.choice(_RARE) if draw.random() < 0.004 else draw.choice(letters)
    return name


def _birth(draw: random.Random) -> date:
    low, high, _ = draw.choices(_AGE_BANDS, weights=[band[2] for band in _AGE_BANDS])[0]
    born = TODAY - timedelta(days=draw.randrange(low * 365, (high + 1) * 365))
    return born.replace(month=1, day=1) if born.year < 1960 and draw.random() < 0.05 else born


def _id_number(birth_on: date, sex: int, serials: dict[tuple[date, int], int]) -> str:
    """Serials count up within a day of birth, odd for men and even for women, so that twins have neighbours."""
    used = serials.get((birth_on, sex), 0)
    serials[(birth_on, sex)] = used + 1
    first = f"{AREA}{birth_on:%Y%m%d}{2 * used + (1 if sex == 1 else 2):03d}"
    return first + check_character(first)


def mobile(draw: random.Random) -> str:
    return f"14{draw.randrange(5)}{draw.randrange(10**8):08d}"


def phones_of(draw: random.Random, birth_on: date, shared: str) -> tuple[str, ...]:
    age = (TODAY - birth_on).days // 365
    if age < 10 or (age > 75 and draw.random() < 0.5):
        return (shared,)
    if draw.random() < 0.03:
        return ()
    return (mobile(draw), shared) if draw.random() < 0.12 else (mobile(draw),)


def home_address(draw: random.Random, community: Community) -> str:
    if community.is_village:
        return f"{community.above}{community.name}{draw.randrange(1, 13)}组{draw.randrange(1, 160)}号"
    building, entrance = draw.randrange(1, 24), draw.randrange(1, 5)
    door = draw.randrange(1, 19) * 100 + draw.randrange(1, 5)
    return f"{community.above}{community.name}{draw.choice(ESTATES)}{building}号楼{entrance}单元{door}"
