"""A laboratory's file of results: its headings, its words, each line read or named as wrong. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from shali.testing.rules import Outcome, Reading

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "tube": ("管码", "采样管号", "采样管编号", "样本编号", "样本条码", "条码号", "tube", "tube code", "specimen"),
    "outcome": ("结果", "检测结果", "检验结果", "判定", "判定结果", "result", "outcome"),
    "run": ("批次", "批次号", "上机批次", "实验批号", "run"),
    "plate": ("板号", "板", "plate"),
    "well": ("孔位", "孔", "well"),
    "ct_n": ("n基因", "n基因ct", "n基因ct值", "ctn", "nct", "ct_n"),
    "ct_orf": ("orf1ab", "orf1ab基因", "orf1ab基因ct值", "orf1abct", "ctorf", "ct_orf"),
    "tested_at": ("检测时间", "检测完成时间", "报告时间", "上机时间", "tested at", "tested_at", "time"),
}
NEEDED = ("tube", "outcome", "run", "tested_at")
OUTCOMES: Mapping[str, Outcome] = {
    **dict.fromkeys(("阴性", "阴", "-", "neg", "negative", "未检出"), Outcome.NEGATIVE),
    **dict.fromkeys(("阳性", "阳", "+", "pos", "positive", "检出"), Outcome.POSITIVE),
    **dict.fromkeys(("可疑", "灰区", "弱阳性", "doubtful", "inconclusive"), Outcome.DOUBTFUL),
    **dict.fromkeys(("无效", "失败", "复检", "invalid", "failed"), Outcome.INVALID),
}
# What stands where no curve rose.
NO_CURVE = ("", "-", "/", "noct", "undetermined", "undet", "na", "n/a", "无", "未检出")


@dataclass(frozen=True, slots=True)
class ResultsRead:
    """readings, and the lines that are none: (row, column, what is wrong). heading_row: 0 where none was found."""

    readings: tuple[Reading, ...]
    wrong: tuple[tuple[int, str, str], ...]
    heading_row: int


def read_results(rows: Iterable[tuple[int, Sequence[str]]], *, zone: tzinfo) -> ResultsRead:
    """Read a table of results from its rows (number, texts); titles above the headings are passed over.

    zone: the clock by which the laboratory writes its hours
    """
    columns: dict[str, int] = {}
    heading, readings, wrong = 0, [], []
    for number, texts in rows:
        if not columns:
            columns = _columns(texts)
            heading = number if columns else 0
            continue
        if not any(text.strip() for text in texts):
            continue
        cells = {name: texts[at].strip() if at < len(texts) else "" for name, at in columns.items()}
        found = _reading(cells, zone)
        if isinstance(found, Reading):
            readings.append(found)
        else:
            wrong.append((number, found[0], found[1]))
    return ResultsRead(tuple(readings), tuple(wrong), heading)


def _columns(texts: Sequence[str]) -> dict[str, int]:
    """Return where each column stands if this is the line of headings, else nothing."""
    bare = [re.sub(r"[\s()（）:：]", "", text).lower() for text in texts]
    found = {
        name: next((at for at, text in enumerate(bare) if text in _bare(known)), -1) for name, known in HEADINGS.items()
    }
    found = {name: at for name, at in found.items() if at >= 0}
    return found if all(name in found for name in NEEDED) else {}


def _bare(known: Sequence[str]) -> set[str]:
    return {re.sub(r"\s", "", one).lower() for one in known}


def _reading(cells: Mapping[str, str], zone: tzinfo) -> Reading | tuple[str, str]:
    tube = cells["tube"].upper()
    if not tube or len(tube) > 40:
        return "tube", "missing"
    # A long number out of a spreadsheet's number cell may have lost its last digits.
    if re.fullmatch(r"\d+(\.\d+)?E\+\d+", tube):
        return "tube", "number_cut"
    outcome = OUTCOMES.get(cells["outcome"].lower())
    if outcome is None:
        return "outcome", "unknown_word"
    tested_at = _hour(cells["tested_at"], zone)
    if tested_at is None:
        return "tested_at", "no_hour"
    try:
        ct_n, ct_orf = _ct(cells.get("ct_n", "")), _ct(cells.get("ct_orf", ""))
    except ValueError:
        return "ct_n", "no_number"
    if not cells["run"]:
        return "run", "missing"
    return Reading(
        tube,
        outcome,
        cells["run"][:40],
        cells.get("plate", "")[:40],
        cells.get("well", "")[:10],
        ct_n,
        ct_orf,
        tested_at,
    )


def _ct(text: str) -> float | None:
    if text.lower() in NO_CURVE:
        return None
    value = float(text)
    if not 0 < value < 60:
        raise ValueError(text)
    return value


def _hour(text: str, zone: tzinfo) -> datetime | None:
    read = re.match(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(\d{1,2})[:：](\d{2})", text)
    if read is None:
        return None
    try:
        return datetime(*map(int, read.groups()), tzinfo=zone)  # type: ignore[arg-type,misc]  # five whole numbers
    except ValueError:
        return None
