"""One reader of the clock, so that an exercise, a test and a late script live in one time."""

import ast
from collections.abc import Sequence

from .conftest import Module

# Who waits for a child process measures seconds, not the hour: time.monotonic stays free.
READERS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localtime",
    "timezone.localdate", "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "Now",
}  # fmt: skip
THE_CLOCK = "foundation/clocks/"


def test_only_clocks_reads_the_time(modules: Sequence[Module]) -> None:
    readers = [
        f"{module.name}:{call.lineno} {name}()"
        for module in modules
        if module.layer != "tests" and not module.name.startswith(THE_CLOCK)
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and (name := _name(call.func)) in READERS
    ]

    assert not readers, (
        "A door asks `clocks.now()` once and hands `at=` down; nobody below a door asks what time it is:\n"
        + "\n".join(readers)
    )


def test_a_column_is_not_filled_by_a_clock_of_its_own(modules: Sequence[Module]) -> None:
    filled = [
        f"{module.name}:{word.value.lineno} {word.arg}"
        for module in modules
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        for word in call.keywords
        if word.arg in {"auto_now", "auto_now_add"}
    ]

    assert not filled, "The service that writes the row sets it from `at=`:\n" + "\n".join(filled)


def _name(function: ast.expr) -> str:
    """Return the last two parts of what is called: `datetime.datetime.now` is "datetime.now"."""
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute):
        before = function.value
        owner = before.attr if isinstance(before, ast.Attribute) else before.id if isinstance(before, ast.Name) else ""
        return f"{owner}.{function.attr}"
    return ""
