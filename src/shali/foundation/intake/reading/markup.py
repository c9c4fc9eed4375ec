"""XML without definitions of its own: a workbook has no DTD, so one is refused where it begins."""

import re
from collections.abc import Callable, Iterable
from typing import NoReturn
from xml.parsers import expat

from shali.foundation.intake.reading.refusals import UnreadableFile

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def local(name: str) -> str:
    """Return the name without its prefix; writers choose their own."""
    return name.rpartition(":")[2]


def parse(
    chunks: Iterable[bytes],
    *,
    start: Callable[[str, list[str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed the handlers; attributes come as [name, value, name, value ...].

    :raises UnreadableFile: the XML is damaged, or brings definitions
    """
    feed = Feeder(start=start, end=end, text=text)
    for chunk in chunks:
        feed(chunk)
    feed.close()


class Feeder:
    def __init__(
        self,
        *,
        start: Callable[[str, list[str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None] | None = None,
    ) -> None:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._start, self._end, self._text = start, end, text
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        self._parser = parser
        self._call_back()

    def __call__(self, chunk: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two of an encoding that it cannot read
            raise UnreadableFile("damaged") from error

    def check(self, chunk: bytes) -> None:
        """Let the parser see some whole elements, and call nobody about them."""
        self._parser.StartElementHandler = self._parser.EndElementHandler = self._parser.CharacterDataHandler = None
        self(chunk)
        self._call_back()

    def _call_back(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def close(self) -> None:
        self(b"", last=True)


def _refuse(*_: object) -> NoReturn:
    raise UnreadableFile("entities")


def unescape(text: str) -> str:
    """Return the text with the sheet's own escapes of control characters (_x000D_) resolved."""
    return _ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), text) if "_x" in text else text
