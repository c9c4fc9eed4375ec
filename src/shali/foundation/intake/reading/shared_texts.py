"""The shared strings of a workbook in two flat arrays: a million lists' worth of text without a million objects."""

from array import array
from collections.abc import Iterable

from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.markup import local, parse, unescape
from shali.foundation.intake.reading.refusals import UnreadableFile


class SharedTexts:
    def __init__(self, limits: Limits) -> None:
        self._bytes = bytearray()
        self._ends = array("I")
        self._limits = limits
        self._recent: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        known = self._recent.get(index)
        if known is not None:
            return known
        if not 0 <= index < len(self._ends):
            raise UnreadableFile("damaged")
        start = self._ends[index - 1] if index else 0
        text = self._bytes[start : self._ends[index]].decode("utf-8", "surrogatepass")
        if len(self._recent) >= 20_000:
            self._recent.clear()
        self._recent[index] = text
        return text

    def _add(self, text: str) -> None:
        if len(text) > self._limits.cell_characters:
            raise UnreadableFile("cell_too_long", sheet="-", most=self._limits.cell_characters)
        self._bytes += unescape(text).encode("utf-8", "surrogatepass")
        if len(self._bytes) > self._limits.shared_text_bytes:
            raise UnreadableFile("too_much_memory")
        self._ends.append(len(self._bytes))

    def load(self, chunks: Iterable[bytes]) -> None:
        """Read xl/sharedStrings.xml. Phonetic hints beside a text are no part of it."""
        pieces: list[str] = []
        state = {"t": False, "hint": False, "size": 0}

        def start(name: str, _: list[str]) -> None:
            tag = local(name)
            if tag == "si":
                pieces.clear()
                state["size"] = 0
            elif tag == "rPh":
                state["hint"] = True
            elif tag == "t":
                state["t"] = not state["hint"]

        def end(name: str) -> None:
            tag = local(name)
            if tag == "si":
                self._add("".join(pieces))
            elif tag == "rPh":
                state["hint"] = False
            elif tag == "t":
                state["t"] = False

        def text(data: str) -> None:
            if state["t"]:
                pieces.append(data)
                state["size"] += len(data)
                if state["size"] > self._limits.cell_characters:
                    raise UnreadableFile("cell_too_long", sheet="-", most=self._limits.cell_characters)

        parse(chunks, start=start, end=end, text=text)
