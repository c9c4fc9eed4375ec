"""Of a list of visits: which column says when somebody came, and which when he left."""

from collections.abc import Iterable

# Words of a heading, the surest first: registers at doors, scans of a place's code, tickets, outpatient lists.
_CAME = (
    *(
        "进入时间",
        "到达时间",
        "到访时间",
        "入场时间",
        "上车时间",
        "入院时间",
        "就诊时间",
        "来访时间",
        "扫码时间",
        "登记时间",
    ),
    *("进入", "到达", "到访", "入场", "上车", "就诊", "来访", "扫码", "登记", "时间", "日期"),
    *("entered", "arrived", "arrival", "check-in", "checked in", "visited", "visit", "scanned", "boarded"),
    *("enter", "time", "date", "day"),
)
_LEFT = (
    *("离开时间", "离场时间", "下车时间", "出院时间", "离开", "离场", "下车", "出院"),
    *("departed", "departure", "check-out", "checked out", "leave", "left", "exit"),
)
_NOT_A_VISIT = ("出生", "birth", "发病", "onset", "采样", "sample")


def visit_columns(headings: Iterable[str]) -> tuple[str, str]:
    """Return the headings of coming and leaving, '' for what the list has no column of."""
    known = [one for one in headings if not any(word in one.lower() for word in _NOT_A_VISIT)]
    left = _first(known, _LEFT)
    return _first([one for one in known if one != left], _CAME), left


def _first(headings: list[str], words: tuple[str, ...]) -> str:
    for word in words:
        for heading in headings:
            if word in heading.lower():
                return heading
    return ""
