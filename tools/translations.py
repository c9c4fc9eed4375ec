"""Catalogues of words: `compile` them, `check` that each room's Chinese is whole, `collect` what is missing.

A room's words stand in its own locale/zh_Hans/LC_MESSAGES/django.po (djangojs.po for scripts); a word that the
interface kit translates already need not be repeated.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib

sys.path.insert(0, str(Path(__file__).resolve().parent))
from words import PACKAGE, ROOT, NoPlainText, Word, rooms, words_of

DOMAINS = ("django", "djangojs")
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
HEADER = {
    "Project-Id-Version": "Shali",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
# How the house writes Chinese.
STYLE = (
    (re.compile(r"请您"), "no 请您"),
    (re.compile(r"[!！]"), "no exclamation mark"),
    (re.compile(r"[㐀-鿿] +[0-9A-Za-z%{]|[0-9)}] +[㐀-鿿]"), "no space between Chinese and digits or letters"),
    (re.compile(r"[㐀-鿿][,;:?()]|[,;:?()][㐀-鿿]"), "full-width punctuation between Chinese"),
)
NOT_CHINESE = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]*>|\{\w*\}")


def catalogue(room: Path, domain: str) -> Path:
    return room / "locale" / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"


def main() -> int:
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "compile":
        from shali.config.start.checkout import compile_translations

        print(f"{compile_translations()} catalogues compiled.")
        return 0
    if verb == "check":
        complaints = list(_complaints())
        print("\n".join(complaints) or "Every word has its Chinese.")
        return 1 if complaints else 0
    if verb == "collect":
        for room in rooms():
            _collect(room)
        return 0
    print(__doc__)
    return 2


def _complaints() -> Iterator[str]:
    shared: set[tuple[str, str, str]] = set()
    said: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for room in rooms():
        name = str(room.relative_to(PACKAGE))
        try:
            words = {word.key: word for word in words_of(room)}
        except NoPlainText as mistake:
            yield str(mistake)
            continue
        entries = {}
        for domain in DOMAINS:
            for entry in _read(catalogue(room, domain)):
                key = (domain, entry.msgctxt or "", entry.msgid)
                entries[key] = entry
                said[key][name] = _chinese(entry)
                yield from _complaints_about(entry, name)
                if key not in words and name != "foundation/ui":
                    yield f"{name}: nobody says {entry.msgid!r} any more; take it out of the catalogue."
        if name == "foundation/ui":
            shared = set(entries)
        for key, word in words.items():
            if key not in entries and key not in shared:
                home = name if (room / "apps.py").exists() else "foundation/ui"
                yield f"{word.place}: {word.msgid!r} has no Chinese in {home}."
    yield from _differences(said)


def _complaints_about(entry: polib.POEntry, room: str) -> Iterator[str]:
    chinese = _chinese(entry)
    where = f"{room}: {entry.msgid!r}"
    if not chinese.strip():
        yield f"{where} is not translated."
        return
    if "fuzzy" in entry.flags:
        yield f"{where} is marked fuzzy: read it, then take the mark away."
    english = entry.msgid_plural or entry.msgid
    if _places(english) != _places(chinese):
        yield f"{where} names {sorted(_places(english))}, its Chinese names {sorted(_places(chinese))}."
    bare = NOT_CHINESE.sub("", chinese)
    for pattern, rule in STYLE:
        if pattern.search(bare):
            yield f"{where}: {chinese!r}: {rule}."


def _differences(said: dict[tuple[str, str, str], dict[str, str]]) -> Iterator[str]:
    """Of two rooms that translate one word differently, only one is heard: catalogues are merged when they are read."""
    for (_domain, context, msgid), by_room in said.items():
        if not context and len(set(by_room.values())) > 1:
            yield f"{msgid!r} is said differently: {by_room}. Agree, or tell them apart with pgettext."


def _chinese(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def _places(text: str) -> set[str]:
    return {found.group(0).replace(")d", ")s") for found in PLACE.finditer(text)}


def _read(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def _collect(room: Path) -> None:
    """Bring a room's catalogues up to its words: new ones empty, former ones out, the rest as they were."""
    kit = {} if room.name == "ui" else _by_key(PACKAGE / "foundation" / "ui")
    for domain in DOMAINS:
        path = catalogue(room, domain)
        before = {(entry.msgctxt or "", entry.msgid): entry for entry in _read(path)}
        wanted: dict[tuple[str, str], Word] = {}
        for word in words_of(room):
            if word.domain == domain and (word.key not in kit or (word.context, word.msgid) in before):
                wanted.setdefault((word.context, word.msgid), word)
        if room.name == "ui":
            wanted |= {key: Word(domain, key[1], context=key[0]) for key in before if key not in wanted}
        if not wanted:
            continue
        after = polib.POFile(wrapwidth=100)
        after.metadata = HEADER
        for key, word in wanted.items():
            after.append(before.get(key) or _new_entry(word))
        path.parent.mkdir(parents=True, exist_ok=True)
        after.save(str(path))
        missing = sum(1 for entry in after if not _chinese(entry).strip())
        print(f"{path.relative_to(ROOT)}: {len(after)} words, {missing} to translate")


def _by_key(room: Path) -> dict[tuple[str, str, str], polib.POEntry]:
    return {(d, e.msgctxt or "", e.msgid): e for d in DOMAINS for e in _read(catalogue(room, d))}


def _new_entry(word: Word) -> polib.POEntry:
    plural = {"msgid_plural": word.plural, "msgstr_plural": {0: ""}} if word.plural else {"msgstr": ""}
    return polib.POEntry(msgid=word.msgid, msgctxt=word.context or None, **plural)


if __name__ == "__main__":
    sys.exit(main())
