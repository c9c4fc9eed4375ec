"""Every visible word goes through translation: sentences are written in English and translated in locale/."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .conftest import Module

TOOLS = Path(__file__).resolve().parents[2] / "tools"
CHINESE = re.compile(r"[㐀-鿿]")
WITH_WORDS = {"web", "services", "queries", "models", "facts", "rules", "jobs", "api", "templatetags"}
# Chinese that is no sentence to be translated, each with its reason.
ALLOWED = {
    "foundation/jurisdictions/services/load.py": "names of the city's departments are data, as those of its units",
    "foundation/measures/services/order/text.py": "an order is an official paper, in Chinese whoever downloads it",
    "foundation/measures/services/order/word.py": "names of the fonts of official papers",
    "foundation/ui/formats.py": "days and hours have their own form in each language",
    "testing/rules/doors.py": "addresses of the city are written in Chinese, and read as they are written",
    "testing/rules/plan_file.py": "headings of tables of places are data, in whichever language",
    "testing/rules/result_file.py": "headings and words of laboratories' files are data, in whichever language",
    "tracing/services/documents.py": "names of the fonts of official papers",
    "tracing/web/draw/axis.py": "days have their own form in each language",
    "tracing/web/draw/chain.py": "generations have their own form in each language",
    "tracing/web/present.py": "a case is called by its number, in the form of each language",
    "verification/web/present.py": "a list is called by its day and number, in the form of each language",
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)


def test_no_chinese_sentence_stands_in_code_that_speaks_to_people(modules: Sequence[Module]) -> None:
    found = [
        f"{module.name}:{line} {text[:30]!r}"
        for module in modules
        if module.layer in WITH_WORDS and module.name not in ALLOWED
        for line, text in _literals(module.tree)
        if CHINESE.search(text)
    ]

    assert not found, 'Write `_("English sentence")` and its Chinese in locale/zh_Hans:\n' + "\n".join(found)


def test_no_chinese_word_stands_in_a_template_or_script(package: Path) -> None:
    files = [path for suffix in ("html", "js", "txt") for path in package.glob(f"**/*.{suffix}")]
    found = [
        str(path.relative_to(package))
        for path in sorted(files)
        if {"templates", "static"} & set(path.parts) and not {"build", "tests"} & set(path.parts)
        # The switch of languages names each language in itself; the page of a broken server asks nobody.
        if path.name not in {"_switches.html", "500.html"} and CHINESE.search(COMMENT.sub("", path.read_text()))
    ]

    assert not found, "Use {% translate %}, or hand the word to the script from the template:\n" + "\n".join(found)


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module, docstrings apart."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_words_of_templates_are_collected_for_translation() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "from words import *; print(*(w.place for w in words_of(PACKAGE / 'verification')))"],
        cwd=TOOLS,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert {".py:", ".html:"} <= set(re.findall(r"\.[a-z]+:", said))
