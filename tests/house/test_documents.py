"""Documents stay true of the house: links lead somewhere, a word means one thing, a command that is named is there."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "src", "tests", "frontend", ".")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"")
CODE = re.compile(r"```.*?```", re.DOTALL)
ROW = re.compile(r"^\| (?!term |---)(.+?) \| (.+?) \| (.+) \| (.+?) \|$", re.MULTILINE)
ENGLISH, CHINESE, IN_CODE = 0, 1, 3


def test_a_link_in_a_document_leads_to_a_file() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in _documents()
        for target in _links(path)
        if not (path.parent / target.split("#")[0]).exists()
    ]

    assert not lost, "Mend the link, or write what it promises:\n" + "\n".join(lost)


def test_a_term_stands_in_the_glossary_once() -> None:
    terms = _terms()

    assert terms
    for column in (ENGLISH, CHINESE):
        twice = [word for word, count in Counter(row[column] for row in terms).items() if count > 1]
        assert not twice, f"One word for one thing; one of them goes: {twice}"


def test_what_the_glossary_calls_a_term_in_the_code_is_there() -> None:
    source = "\n".join(path.read_text() for path in sorted((ROOT / "src").glob("**/*.py")))
    gone = [
        f"{row[ENGLISH]}: {name}"
        for row in _terms()
        for name in re.findall(r"`([^`]+)`", row[IN_CODE])
        if not _is_there(name, source)
    ]

    assert not gone, "The code says it in another word now; say it here as well:\n" + "\n".join(gone)


def test_a_make_command_that_a_document_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    unknown = [
        f"{path.relative_to(ROOT)}: make {name}"
        for path in _documents()
        for name in re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(), re.MULTILINE)
        if name not in targets
    ]

    assert not unknown, "\n".join(unknown)


def test_both_readmes_say_the_same_things() -> None:
    english, chinese = ((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))

    assert _shape(english) == _shape(chinese), "A heading, picture, list line or table row stands in one of them alone."


def _documents() -> Iterator[Path]:
    for folder in FOLDERS:
        pattern = "*.md" if folder == "." else "**/*.md"
        yield from (p for p in sorted((ROOT / folder).glob(pattern)) if "node_modules" not in p.parts)


def _links(path: Path) -> Iterator[str]:
    for found in LINK.finditer(CODE.sub("", path.read_text())):
        target = found.group(1) or found.group(2)
        if not target.startswith(("http://", "https://", "mailto:", "#")):
            yield target


def _terms() -> Sequence[tuple[str, str, str, str]]:
    return [row.groups() for row in ROW.finditer((ROOT / "GLOSSARY.md").read_text())]  # type: ignore[misc]


def _is_there(name: str, source: str) -> bool:
    """Say whether the sources hold a name: a file or folder for one with a slash, else the word after the last dot."""
    if "/" in name or name.endswith(".py"):
        return any((ROOT / "src").glob(f"**/{name.removeprefix('src/').removesuffix('/*')}"))
    return bool(re.search(rf"\b{re.escape(name.rsplit('.', 1)[-1])}\b", source))


def _shape(text: str) -> dict[str, int]:
    bare = CODE.sub("", text)
    marks = {"headings": r"^#+ ", "pictures": r"^!\[", "list lines": r"^- ", "table rows": r"^\| "}
    return {name: len(re.findall(mark, bare, re.MULTILINE)) for name, mark in marks.items()} | {
        "blocks": len(CODE.findall(text))
    }
