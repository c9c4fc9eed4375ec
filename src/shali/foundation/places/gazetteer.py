"""Which division does an address name? Pure: text in, the deepest division that it names out."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Names that an address begins with when it lies elsewhere; the city's own province and name are left out.
PROVINCES = _words("""
    北京 天津 上海 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 湖北 湖南 广东 广西 海南
    四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾
""")
NEIGHBOURS = _words("""
    郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 三门峡 南阳 商丘 信阳 周口 驻马店 济源
    武汉 西安 成都 杭州 南京 苏州 广州 深圳 合肥 济南 青岛 石家庄 太原 长沙 南昌 福州 厦门 昆明 贵阳 海口 三亚
    沈阳 大连 长春 哈尔滨 乌鲁木齐 兰州 西宁 银川 呼和浩特 南宁 拉萨 宁波 温州 无锡 东莞 佛山 珠海
""")
ELSEWHERE = (*PROVINCES, *NEIGHBOURS)
_OTHER_CITY = re.compile(r"([\u4e00-\u9fff]{2,4})(市|州|地区|盟)")
_STREET_WORDS = ("街道办事处", "街道办", "办事处", "街道", "办")
_VILLAGE_WORDS = ("村民委员会", "村委会", "村委", "村")
_COMMUNITY_WORDS = ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "社区")
_DIGITS = re.compile(r"\d+")
LONGEST = 14


@dataclass(frozen=True, slots=True)
class Place:
    """One division by one of its names, where the tree has it. level: 1 city, 2 county, 3 township, 4 community.

    A division stands here once more for each name and each parent that it had: papers go on naming both.
    """

    code: str
    name: str
    level: int
    path: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """code: deepest division named, None when none is. ambiguous: codes that fit equally well."""

    code: str | None
    level: int
    outside: bool
    ambiguous: tuple[str, ...] = ()


class _Names:
    """Names of one level, each with the places that bear it: (path, code)."""

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[str, str]]] = {}
        self._heads: dict[str, int] = {}  # the first two characters of a name -> the longest name that begins so

    def add(self, name: str, place: tuple[str, str]) -> None:
        places = self._places.setdefault(name, [])
        if place not in places:
            places.append(place)
        self._heads[name[:2]] = max(len(name), self._heads.get(name[:2], 0))

    def longest_in(self, text: str, within: Sequence[str]) -> tuple["_Found", int]:
        """Return the places below one of the paths `within` of the longest name in the text, and where it ends."""
        below = tuple(f"{path}." for path in within)
        best: _Found = {}
        end = 0
        longest = 1
        for start in range(len(text) - 1):
            most = self._heads.get(text[start : start + 2], 0)
            for length in range(min(most, LONGEST, len(text) - start), longest, -1):
                found = _by_code(self._places.get(text[start : start + length], ()), below)
                if found:
                    best, longest, end = found, length, start + length
                    break
        return best, end


# Code -> the paths under which a place stands or stood.
_Found = dict[str, list[str]]


def _by_code(places: Iterable[tuple[str, str]], below: tuple[str, ...]) -> _Found:
    found: _Found = {}
    for path, code in places:
        if not below or path.startswith(below):
            found.setdefault(code, []).append(path)
    return found


class Gazetteer:
    """The divisions of one city by every name that people write for them."""

    def __init__(self, places: Iterable[Place], *, city_names: Sequence[str] = ("漯河市", "漯河")) -> None:
        self.city_names = tuple(city_names)
        self._begins_here = re.compile(rf"(中国)?(河南省?)?({'|'.join(self.city_names)})")
        self._by_name: dict[int, _Names] = {2: _Names(), 3: _Names(), 4: _Names()}
        self._city = ""
        self._has_digits = False  # in a name
        # A village's bare name ("拦河刘") means it only where its township is named as well.
        self._bare = _Names()
        for place in places:
            if place.level == 1:
                self._city = place.code
                continue
            here = (place.path, place.code)
            for name in _names(place):
                self._has_digits = self._has_digits or _DIGITS.search(name) is not None
                self._by_name[place.level].add(name, here)
            if place.level == 4:
                self._bare.add(re.sub(r"(社区|村)$", "", place.name), here)

    def resolve(self, text: str) -> Resolved:
        """Return the deepest division that an address names, whether it lies elsewhere, and what was ambiguous.

        Levels may be missing ("柳庄村6组" alone): a name that only one place bears is enough, one that several bear is
        ambiguous and gives the level above them.
        """
        return self._resolve(_folded(text))

    def for_many(self) -> Callable[[str], Resolved]:
        """Return `resolve` for the addresses of a list, many of which differ in the numbers of their doors alone.

        What it remembers goes with it: addresses are people's.
        """
        known: dict[str, Resolved] = {}

        def one(text: str) -> Resolved:
            plain = _folded(text)
            if not self._has_digits:
                plain = _DIGITS.sub("0", plain)
            found = known.get(plain)
            if found is None:
                found = known[plain] = self._resolve(plain)
            return found

        return one

    def _resolve(self, folded: str) -> Resolved:
        here = self._begins_here.match(folded) is not None
        if not here and self._lies_elsewhere(folded):
            return Resolved(None, 0, outside=True)
        county, after_county = self._find(folded, 2, ())
        rest = folded[after_county:]
        township, after_township = self._find(rest, 3, _only(county))
        if county and not township:
            # A town run by a development zone still belongs to its old district on many papers.
            township, after_township = self._find(rest, 3, ())
        within = _only(township) or _only(county)
        # A township's seat often bears its name: look behind the township, not at it.
        community, _ = self._find(rest[after_township:], 4, within)
        if not community and len(township) == 1:
            community, _ = self._bare.longest_in(rest[after_township:], within)
        return self._deepest(list(community), list(township), list(county), here)

    def _deepest(self, community: list[str], township: list[str], county: list[str], here: bool) -> Resolved:
        for found, level in ((community, 4), (township, 3), (county, 2)):
            if len(found) == 1:
                return Resolved(found[0], level, outside=False)
            if len(found) > 1:
                upper = township if level == 4 else county
                if len(upper) == 1:
                    return Resolved(upper[0], level - 1, outside=False, ambiguous=tuple(found))
                return Resolved(self._city if here else None, 1 if here else 0, outside=False, ambiguous=tuple(found))
        return Resolved(self._city if here else None, 1 if here else 0, outside=False)

    def _lies_elsewhere(self, text: str) -> bool:
        head = text.removeprefix("中国").removeprefix("河南省").removeprefix("河南")
        if head.startswith(ELSEWHERE):
            return True
        other_city = _OTHER_CITY.match(head)
        if other_city and not self._find(head, 2, ())[0]:
            return other_city.group(1) not in self.city_names
        return text.startswith("河南") and not self._find(text, 2, ())[0] and bool(other_city)

    def _find(self, text: str, level: int, within: Sequence[str]) -> tuple[_Found, int]:
        """Return the places with the longest name of a level in the text, and where the name ends."""
        return self._by_name[level].longest_in(text, within)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _only(found: _Found) -> Sequence[str]:
    """Return the paths of the one place that was found; of several, or of none, nothing is said."""
    return next(iter(found.values())) if len(found) == 1 else ()


def _names(place: Place) -> set[str]:
    name = place.name
    names = {name}
    if place.level == 2:
        stem = re.sub(r"(经济技术开发区|区|县)$", "", name)
        names.add(stem)
        if name.endswith("开发区"):
            names = {name, "经济技术开发区", "经济开发区", "经开区", "开发区"}
    elif place.level == 3:
        stem = re.sub(r"(街道|镇|乡)$", "", name)
        if name.endswith("街道"):
            names |= {stem + word for word in _STREET_WORDS}
        if len(stem) >= 2:
            names.add(stem)
    else:
        stem = re.sub(r"(社区|村)$", "", name)
        words = _COMMUNITY_WORDS if name.endswith("社区") else _VILLAGE_WORDS
        if len(stem) >= 2:
            names |= {stem + word for word in words}
    return {one for one in names if len(one) >= 2}


_PARTS = re.compile(
    r"(?P<estate>[^\d]{2,}?(?:小区|花园|苑|公寓|家园|城|里|院))?"
    r"(?:(?P<building>[\dA-Za-z]+)(?:号楼|栋|幢|楼))?"
    r"(?:(?P<entrance>[\d]+)单元)?"
    r"(?:(?P<door>[\d]{1,5})(?:室|号|户)?)?$"
)


@dataclass(frozen=True, slots=True)
class DoorParts:
    """Estate, building, entrance and door at the end of an address; '' where it names none."""

    estate: str
    building: str
    entrance: str
    door: str


def split_door(text: str) -> DoorParts:
    """Split the end of an address: 听雨苑3号楼2单元601 -> 听雨苑, 3, 2, 601."""
    found = _PARTS.search(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    if found is None:
        return DoorParts("", "", "", "")
    return DoorParts(*(found.group(name) or "" for name in ("estate", "building", "entrance", "door")))
