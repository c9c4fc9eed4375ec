"""Every word that a room shows, as its translators meet it: out of templates, Python and scripts."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "shali"

CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("msgid",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("msgid", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "msgid")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "msgid", "plural")),
}
# templatize writes u'...' where a template says {% translate %}.
STRING = r"""(u?"(?:[^"\\]|\\.)*"|u?'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b({'|'.join(CALLS)})\(\s*{STRING}(?:\s*,\s*{STRING})?(?:\s*,\s*{STRING})?")


@dataclass(frozen=True, order=True)
class Word:
    domain: str  # "django", or "djangojs" for what scripts say
    msgid: str
    plural: str = ""
    context: str = ""
    place: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.domain, self.context, self.msgid


# Fixtures of the tests are in no room.
FIXTURES = PACKAGE / "config" / "testing"


class NoPlainText(Exception):
    """A word that is put together while the program runs cannot be translated."""


def rooms() -> list[Path]:
    """Return the folder of every room, the interface kit first: its words serve all the others."""
    inside = [PACKAGE / "foundation", PACKAGE / "engines"]
    found = [*PACKAGE.iterdir(), *(room for storey in inside for room in storey.iterdir())]
    kit = PACKAGE / "foundation" / "ui"
    return sorted(
        (room for room in found if (room / "__init__.py").exists() and room not in inside), key=lambda r: (r != kit, r)
    )


def words_of(room: Path) -> Iterator[Word]:
    """Yield every word of a room with its place; tests show nothing to anybody.

    :raises NoPlainText: a word is not written out
    """
    for path in sorted(room.rglob("*")):
        parts = set(path.relative_to(room).parts)
        if {"tests", "migrations", "build"} & parts or path.is_relative_to(FIXTURES):
            continue
        if path.suffix == ".py":
            yield from _of_python(path)
        elif "templates" in parts and path.suffix in {".html", ".txt"}:
            yield from _of_template(path)
        elif "static" in parts and path.suffix == ".js":
            yield from _of_text(path, path.read_text(), "djangojs")


def _of_python(path: Path) -> Iterator[Word]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in CALLS or not node.args:
            continue
        place = f"{path.relative_to(ROOT)}:{node.lineno}"
        said = {}
        for part, argument in zip(CALLS[name], node.args, strict=False):
            if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                raise NoPlainText(f"{place}: {name}(...) takes a whole sentence; put values into %(named)s places.")
            said[part] = argument.value
        yield Word("django", place=place, **said)


def _of_template(path: Path) -> Iterator[Word]:
    from django.utils.translation import templatize

    yield from _of_text(path, templatize(path.read_text(), origin=str(path)), "django")


def _of_text(path: Path, text: str, domain: str) -> Iterator[Word]:
    for found in CALL.finditer(text):
        name, *strings = found.groups()
        said = {
            part: ast.literal_eval(string)
            for part, string in zip(CALLS[name], strings, strict=False)
            if string is not None
        }
        line = text.count("\n", 0, found.start()) + 1
        yield Word(domain, place=f"{path.relative_to(ROOT)}:{line}", **said)
