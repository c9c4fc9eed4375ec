"""Every room says what it is for, and every line stands in one."""

import ast
from collections.abc import Sequence
from pathlib import Path

from .conftest import Module

LONGEST_README = 60
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "lib"}
EVERYTHING = {"Exception", "BaseException"}


def test_every_room_has_a_readme_of_a_page(rooms: Sequence[Path], package: Path) -> None:
    missing = [str(room.relative_to(package)) for room in rooms if not (room / "README.md").exists()]
    assert not missing, (
        "Write README.md in about 15 lines: the room's words, its clock, who may do what, its facts:\n"
        + "\n".join(missing)
    )

    long = [
        f"{room.relative_to(package)}: {count} lines"
        for room in rooms
        if (count := len((room / "README.md").read_text().splitlines())) > LONGEST_README
    ]
    assert not long, f"A room's README is read standing up (at most {LONGEST_README} lines):\n" + "\n".join(long)


def test_no_module_is_a_drawer_for_odds_and_ends(modules: Sequence[Module]) -> None:
    drawers = [module.name for module in modules if BANNED & {*Path(module.name).with_suffix("").parts}]

    assert not drawers, "Name a module after the noun or verb that a user would say:\n" + "\n".join(drawers)


def test_nobody_catches_everything_to_go_on(modules: Sequence[Module]) -> None:
    caught = [
        f"{module.name}:{handler.lineno}"
        for module in modules
        if module.layer != "tests"
        for handler in ast.walk(module.tree)
        if isinstance(handler, ast.ExceptHandler)
        if handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id in EVERYTHING)
        if not any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    ]

    assert not caught, "Catch the error that you can answer, by its name:\n" + "\n".join(caught)


def test_nobody_leaves_a_note_to_do_it_later(package: Path) -> None:
    root = package.parents[1]
    words = ("TO" + "DO", "FIX" + "ME")
    notes = [
        f"{path.relative_to(root)}:{number}"
        for folder in ("src", "tests", "tools", "frontend")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".js", ".mjs", ".css", ".md"} and "build" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if any(word in line for word in words)
    ]

    assert not notes, "Do it, or file it:\n" + "\n".join(notes)
