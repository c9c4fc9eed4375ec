"""The city's divisions as published, read from the package."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LEVELS = {"city": 1, "county": 2, "township": 3, "village": 4}
# The order in which the city names its counties, on every page every night.
CITY_ORDER = ("411102", "411103", "411104", "411121", "411122", "411171")
_SUFFIXES = (
    ("经济技术开发区", " Economic Development Zone"),
    ("产业集聚区", " Industrial Zone"),
    ("开发区", " Development Zone"),
    ("街道", " Subdistrict"),
    ("社区", " Community"),
    ("市", " City"),
    ("区", " District"),
    ("县", " County"),
    ("镇", " Town"),
    ("乡", " Township"),
    ("村", " Village"),
)
# As the city itself says them; dictionaries read these characters otherwise.
_LOCAL_READINGS = {"漯": ("luo",), "召陵": ("shao", "ling"), "翟": ("zhai",)}


@dataclass(frozen=True, slots=True)
class Division:
    """One published division; `path` is its place in the tree of units."""

    code: str
    name: str
    name_en: str
    level: int
    kind: str
    parent: str
    path: str
    place: int
    population: int | None
    population_source: str


def path_of(code: str, level: int) -> str:
    """Return the tree path of a division code: 411102001003 -> 4111.02.001.003."""
    parts = (code[:4], code[4:6], code[6:9], code[9:12])
    return ".".join(parts[:level])


@cache
def divisions() -> tuple[Division, ...]:
    """Return every division, parents before children."""
    return tuple(_read())


def _read() -> Iterator[Division]:
    with (DATA / "divisions.csv").open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            level = LEVELS[row["level"]]
            place = CITY_ORDER.index(row["code"][:6]) if level == LEVELS["county"] else number
            yield Division(
                code=row["code"],
                name=_name(row["name"], row["kind"]),
                name_en=english(_name(row["name"], row["kind"])),
                level=level,
                kind=row["kind"],
                parent=row["parent"] if level > 1 else "",
                path=path_of(row["code"], level),
                place=place,
                population=int(row["population"]) if row["population"] else None,
                population_source=f"census 2020, {row['population_status']}" if row["population"] else "",
            )


def _name(name: str, kind: str) -> str:
    """A village committee's village is called a village: 大张 -> 大张村."""
    return f"{name}村" if kind == "村民委员会" and not name.endswith(("村", "庄", "社区", "街")) else name


def english(name: str) -> str:
    """Transliterate a unit's name, its kind translated: 干河陈街道 -> Ganhechen Subdistrict."""
    for suffix, word in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return _in_letters(name.removesuffix(suffix)) + word
    return _in_letters(name)


def _in_letters(name: str) -> str:
    parts = re.split(f"({'|'.join(_LOCAL_READINGS)})", name)
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a third of a second to load

    said = [s for part in parts for s in _LOCAL_READINGS.get(part) or lazy_pinyin(part, style=Style.NORMAL)]
    # An apostrophe keeps 辛安 Xin'an apart from a name of one syllable less.
    first, *others = said
    return (first + "".join(f"'{one}" if one[0] in "aoe" else one for one in others)).capitalize()
