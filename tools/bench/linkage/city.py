"""An invented register and a hard list against it, with the truth about every row. Nobody here exists.

Vectorised, so that 2,367,490 people take seconds. What is hard: households that share surname, telephone and address;
married-in wives under an old address; twins with neighbouring numbers; 1-January birth dates; changed telephones;
numbers cut by spreadsheets, mistyped, swapped, missing; homophones, traditional forms, lost characters; and people who
are not in the register, most of whom are brothers, sons or twins of somebody who is.
"""

from pathlib import Path

import numpy as np
import polars as pl

FULL = 2_367_490
AREA = "411190"  # never given to a county
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"  # noqa: E501
GIVEN = (
    "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文芳娜敏静秀丽艳娟霞红玲桂英洁梅莉慧婷雪琴云兰凤萍燕倩颖露瑶怡"
    "月莹菲春夏秋冬东西南北海天山河江永福贵富荣昌盛兴旺德仁义礼智信忠孝良善美玉珍珠宝金银铜铁石木水火土松柏竹菊荷莲花草香甜子晨曦雨轩"
    "梓涵欣妍诗琪思佳嘉豪博远航翔锋锐立新民生保卫守成长根有才全顺安康乐喜庆祥瑞元亮光照耀彬炳灿焕然若如意可心爱念慈恩惠淑贤亚男家卫"
    "𠮷䶮昇喆堃彧珺"
)
TRADITIONAL = str.maketrans(
    "张刘陈杨赵黄吴孙马郑许谢韩冯萧卢吕贾邓龙叶苏蒋国华伟丽红军强杰凤兰莹荣贵宝东卫涛颖云学宁爱",
    "張劉陳楊趙黃吳孫馬鄭許謝韓馮蕭盧呂賈鄧龍葉蘇蔣國華偉麗紅軍強傑鳳蘭瑩榮貴寶東衛濤穎雲學寧愛",
)
ESTATES = ("听雨苑", "桂苑", "沙岸家园", "柳浪小区", "青榆花园", "澧水湾", "白桦里", "杏林苑", "晴川小区", "望河家园")
COUNTIES = ("源汇区", "郾城区", "召陵区", "舞阳县", "临颍县")
TODAY = np.datetime64("2022-08-10")
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array(list("10X98765432"))


def make(folder: Path, *, people: int, rows: int, seed: int = 2022) -> tuple[Path, Path]:
    """Write register.csv and list.csv (its column `truth` is the register's id, or nothing) and return their paths."""
    right, left = folder / f"register-{people}.csv", folder / f"list-{people}-{rows}.csv"
    if not (right.exists() and left.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        draw = np.random.default_rng(seed)
        # Six in a hundred more than the register holds: from them come those who are not in it.
        everyone, household, spare = _people(draw, people)
        everyone.filter(~pl.Series(spare)).select(
            "id", "name", "birth", "number", "phone", "phone2", "address"
        ).write_csv(right)
        _damaged(draw, everyone, household, spare, rows).write_csv(left)
    return right, left


def _people(draw, people: int):
    total = int(people * 1.06)
    size = draw.choice([1, 2, 3, 4, 5, 6], p=[0.2, 0.25, 0.25, 0.17, 0.08, 0.05], size=total)
    household = np.repeat(np.arange(total), size)[:total]
    first = np.r_[True, household[1:] != household[:-1]]
    place = np.arange(total) - np.maximum.accumulate(np.where(first, np.arange(total), 0))
    homes = household.max() + 1
    age = np.where(place < 2, draw.integers(22, 90, total), draw.integers(0, 60, total))
    born = TODAY - (age * 365.25 + draw.integers(0, 365, total)).astype("timedelta64[D]")
    twin = (place >= 3) & (draw.random(total) < 0.06)
    born[twin] = born[np.flatnonzero(twin) - 1]
    year = born.astype("datetime64[Y]")
    new_year = (year < np.datetime64("1962")) & (draw.random(total) < 0.05)
    born = np.where(new_year, year.astype("datetime64[D]"), born)
    male = np.where(place == 0, draw.random(total) < 0.75, draw.random(total) < 0.5)
    male = np.where(place == 1, ~np.roll(male, 1), male)
    shares = np.r_[
        725,
        719,
        683,
        538,
        453,
        308,
        229,
        223,
        212,
        205,
        166,
        154,
        131,
        126,
        121,
        118,
        117,
        115,
        111,
        np.linspace(87, 12, len(SURNAMES) - 19),
    ]
    own = draw.choice(list(SURNAMES), p=shares / shares.sum(), size=total)
    family = own[np.maximum.accumulate(np.where(first, np.arange(total), 0))]
    surname = np.where((place == 1) | (draw.random(total) < 0.05), own, family)
    letters = np.array(list(GIVEN))
    common = 1 / (np.arange(len(letters)) + 25.0)
    one, two = (draw.choice(letters, p=common / common.sum(), size=total) for _ in range(2))
    # Brothers and sisters often share a character of the generation.
    shared = (place >= 3) & (draw.random(total) < 0.3)
    one[shared] = one[np.flatnonzero(shared) - 1]
    name = np.char.add(np.char.add(surname, one), np.where(draw.random(total) < 0.82, two, ""))
    number = _numbers(born, male)
    home_phone = _phones(draw, homes)[household]
    own_phone = _phones(draw, total)
    borrowed = (age < 12) | (age > 76) | (draw.random(total) < 0.08)
    table = pl.DataFrame(
        {
            "id": [f"R{n:07d}" for n in range(total)],
            "name": name,
            "born": born,
            "male": male,
            "number": number,
            "phone": np.where(borrowed, home_phone, own_phone),
            "phone2": np.where(~borrowed & (draw.random(total) < 0.12), home_phone, ""),
            "address": np.array(_addresses(draw, homes))[household],
        }
    ).with_columns(birth=pl.col("born").dt.strftime("%Y-%m-%d"))
    spare = np.zeros(total, dtype=bool)
    spare[draw.choice(total, size=total - people, replace=False)] = True
    return table, household, spare


def _numbers(born, male):
    """Serials count up within a day of birth, odd for men and even for women, so that twins have neighbours."""
    day = born.astype("datetime64[D]").astype(np.int64) * 2 + male
    order = np.argsort(day, kind="stable")
    sorted_days = day[order]
    heads = np.r_[True, sorted_days[1:] != sorted_days[:-1]]
    rank = np.empty(len(day), dtype=np.int64)
    rank[order] = np.arange(len(day)) - np.maximum.accumulate(np.where(heads, np.arange(len(day)), 0))
    serial = (2 * rank + np.where(male, 1, 2)) % 1000
    text = np.char.replace(np.datetime_as_string(born.astype("datetime64[D]")), "-", "")
    body = np.char.add(np.char.add(AREA, text), np.char.zfill(serial.astype(str), 3))
    return np.char.add(body, _checks(body))


def _checks(body):
    digits = body.astype("U17").view(np.uint32).reshape(len(body), 17).astype(np.int64) - 48
    return _CHECKS[(digits * _WEIGHTS).sum(axis=1) % 11]


def _phones(draw, many: int):
    prefix = np.array(["140", "141", "142", "143", "144"])[draw.integers(0, 5, many)]
    return np.char.add(prefix, np.char.zfill(draw.integers(0, 10**8, many).astype(str), 8))


def _addresses(draw, homes: int) -> list[str]:
    county = draw.integers(0, 5, homes)
    street = draw.integers(0, 12, homes)
    estate = draw.integers(0, len(ESTATES), homes)
    community = draw.integers(1, 25, homes)
    building, entrance = draw.integers(1, 31, homes), draw.integers(1, 5, homes)
    door = draw.integers(1, 23, homes) * 100 + draw.integers(1, 5, homes)
    return [
        f"河南省漯河市{COUNTIES[c]}第{s + 1}街道{ESTATES[e][:2]}{m}社区{ESTATES[e]}{b}号楼{u}单元{d}"
        for c, s, e, m, b, u, d in zip(county, street, estate, community, building, entrance, door, strict=True)
    ]


def _damaged(draw, everyone: pl.DataFrame, household, spare, rows: int) -> pl.DataFrame:
    total = len(everyone)
    listed = draw.random(rows) < 0.87
    inside, outside = np.flatnonzero(~spare), np.flatnonzero(spare)
    # Who is not in the register is mostly somebody of a household that is: spare people were drawn from households.
    chosen = np.where(listed, draw.choice(inside, rows), draw.choice(outside, rows))
    table = everyone[chosen]
    other = everyone[draw.integers(0, total, rows)]
    name = _damage_names(draw, table["name"].to_list(), rows)
    number, kind = _damage_numbers(draw, table["number"].to_list(), rows)
    own = table["phone"].to_list()
    second = table["phone2"].to_list()
    fresh = _phones(draw, rows)
    dice = draw.random((rows, 6))
    phone = [
        "" if d < 0.18 else (str(f) if d < 0.40 else (_slip(draw, o) if d < 0.44 else (s or o if d < 0.5 else o)))
        for d, f, o, s in zip(dice[:, 0], fresh, own, second, strict=True)
    ]
    birth = [_damage_birth(draw, b, a, c) for b, a, c in zip(table["birth"].to_list(), dice[:, 1], kind, strict=True)]
    address = [
        "" if d < 0.2 else (o if d < 0.42 else _rewrite(draw, a))
        for a, o, d in zip(table["address"].to_list(), other["address"].to_list(), dice[:, 2], strict=True)
    ]
    truth = np.where(listed, table["id"].to_numpy(), "")
    return pl.DataFrame(
        {
            "id": [f"L{n:07d}" for n in range(rows)],
            "name": name,
            "birth": birth,
            "number": number,
            "phone": phone,
            "address": address,
            "truth": truth,
        }
    )


def _damage_names(draw, names: list[str], rows: int) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    letters = sorted(set(GIVEN))
    sounds: dict[str, list[str]] = {}
    for one in letters:
        sounds.setdefault(lazy_pinyin(one, style=Style.NORMAL)[0], []).append(one)
    alike = {one: [x for x in sounds[lazy_pinyin(one, style=Style.NORMAL)[0]] if x != one] for one in letters}
    dice = draw.random(rows)
    told = []
    for name, d in zip(names, dice, strict=True):
        last = name[-1]
        if d < 0.02:
            told.append(name.translate(TRADITIONAL))
        elif d < 0.06 and alike.get(last):
            told.append(name[:-1] + alike[last][draw.integers(len(alike[last]))])
        elif d < 0.07:
            told.append(name[:-1] + letters[draw.integers(len(letters))])
        elif d < 0.075:
            told.append(name[:-1] + "□")
        elif d < 0.08:
            told.append(name[1:] + name[0])
        elif d < 0.085:
            told.append(name[0] + " " + name[1:])
        else:
            told.append(name)
    return told


def _damage_numbers(draw, numbers: list[str], rows: int) -> tuple[list[str], list[str]]:
    told, kinds = [], []
    for number, d in zip(numbers, draw.random(rows), strict=True):
        if d < 0.17:
            one, kind = "", "none"
        elif d < 0.28:
            one, kind = number[:15] + "000", "cut"
        elif d < 0.31:
            one, kind = number[: 17 - draw.integers(1, 4)], "short"
        elif d < 0.36:
            one, kind = _slip(draw, number), "slip"
        elif d < 0.39:
            at = draw.integers(6, 16)
            one, kind = number[:at] + number[at + 1] + number[at] + number[at + 2 :], "swap"
        else:
            one, kind = number, "whole"
        told.append(one)
        kinds.append(kind)
    return told, kinds


def _slip(draw, number: str) -> str:
    at = int(draw.integers(3, len(number) - 1))
    return number[:at] + str((int(number[at]) + int(draw.integers(1, 10))) % 10) + number[at + 1 :]


def _damage_birth(draw, birth: str, dice: float, kind: str) -> str:
    if dice < (0.15 if kind == "none" else 0.6):
        return ""
    if dice > 0.985:
        return f"{int(birth[:4]) + int(draw.integers(1, 3))}{birth[4:]}"
    if dice > 0.975:
        return f"{birth[:5]}01-01"
    return birth.replace("-", "/") if dice > 0.85 else birth


def _rewrite(draw, address: str) -> str:
    how = draw.random()
    if how < 0.4:
        return address
    if how < 0.6:
        return address.removeprefix("河南省").replace("号楼", "栋")
    if how < 0.75:
        return address.replace("号楼", "-").replace("单元", "-")
    if how < 0.9:
        return address[address.index("社区") + 2 :]
    return address[: address.index("社区") + 2]
