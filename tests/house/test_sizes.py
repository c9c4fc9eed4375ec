"""A file that one person can hold, a function with one reason."""

import ast
from collections.abc import Sequence
from pathlib import Path

from .conftest import Module

LONGEST_FILE = 320
LONGEST_FUNCTION = 45
SUFFIXES = {".py", ".html", ".css", ".js", ".mjs"}


def test_no_file_is_longer_than_one_person_can_hold(package: Path) -> None:
    root = package.parents[1]
    folders = (package, root / "tests", root / "tools", root / "frontend")
    long = [
        f"{path.relative_to(root)}: {count} lines"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in SUFFIXES and not {"migrations", "build", "__pycache__"} & set(path.parts)
        if (count := len(path.read_text().splitlines())) > LONGEST_FILE
    ]

    assert not long, f"Make a folder of the same name, one noun or verb a file (at most {LONGEST_FILE} lines):\n" + (
        "\n".join(long)
    )


def test_no_function_is_longer_than_one_reason(modules: Sequence[Module]) -> None:
    long = [
        f"{module.name}:{function.lineno} {function.name}: {count} lines"
        for module in modules
        if module.layer != "tests"
        for function in module.functions()
        if (count := _lines(function)) > LONGEST_FUNCTION
    ]

    assert not long, f"Give a part of it a name of its own (at most {LONGEST_FUNCTION} lines, docstring apart):\n" + (
        "\n".join(long)
    )


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count lines from `def` to the end, the docstring apart."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring
