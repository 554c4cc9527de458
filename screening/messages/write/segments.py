"""Segments as text: separators, release character, charset, line ends and folds of a written interchange.

Source: UN/EDIFACT syntax rules (ISO 9735), parts 1 and 2; what carriers really send: docs/messages.md.

>>> out = SegmentWriter(WriteOptions(una=False))
>>> out.add("NAD", "FL", "", "", ("O'NEIL", "ANNE+MARIE", ""))
>>> out.text()
"NAD+FL+++O?'NEIL:ANNE?+MARIE'"
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from anyascii import anyascii

from screening.messages.syntax.segments import Separators

DEFAULT_SEPARATORS = Separators(
    component=":", element="+", decimal=".", release="?", repetition="*", terminator="'"
)
"""What is announced; a file without UNA is read with the same signs, without repetition."""

_PYTHON_CHARSETS = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
    "UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9", "UNOY": "utf-8", "IATA": "ascii",
}  # fmt: skip


class Titles(StrEnum):
    """How a PNR host writes titles into TIF: not at all, `JOHNMR`, or `JOHN MR`."""

    NONE = "none"
    GLUED = "glued"
    SPACED = "spaced"


class DocsPlace(StrEnum):
    """The PNRGOV group that carries SSR DOCS: 1 (booking), 2 (traveller) or 5 (leg)."""

    BOOKING = "booking"
    TRAVELLER = "traveller"
    LEG = "leg"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How one carrier's host writes; none of it changes what is said.

    Attributes:
        una: whether the service string is announced.
        syntax: syntax identifier and version of UNB (`UNOA:4`, `IATA:1`); decides the charset.
        line_end: what follows each terminator.
        fold: column after which a line is broken inside a segment, 0 for never.
        qualifier: partner qualifier in UNB (`ZZ`), empty for none.
        group: whether messages stand in a functional group (UNG … UNE).
        full_years: dates of birth and expiry as CCYYMMDD with format 102 (PAXLST).
        document_qualifier: code list named beside the type in DOC (`110:111`); noise to readers.
        legs_under_one_tdt: consecutive legs of one flight number share their TDT (PAXLST).
        border_leg: the leg that crosses the asking state's border: 125/87, the others 92 (PAXLST).
        verified: documents carry GEI+4+173 (PAXLST).
        locodes: IATA code to the LOCODE that the US dialect writes; without an entry IATA is written.
        titles: how TIF carries titles (PNRGOV).
        docs: where SSR DOCS stands (PNRGOV).
        short_states: states as ISO alpha-2 in DOCS, as some hosts do (PNRGOV).
        docs_reference: whether DOCS names the traveller's reference (`+::2`) (PNRGOV).
        infant_tif: infants have a TIF of their own, else only SSR INFT (PNRGOV).
        check_in: groups 6 and 7 repeat travellers with seats and bags (PNRGOV).
    """

    una: bool = True
    separators: Separators = DEFAULT_SEPARATORS
    syntax: str = "UNOA:4"
    line_end: str = ""
    fold: int = 0
    qualifier: str = ""
    group: bool = False
    full_years: bool = False
    document_qualifier: str = ""
    legs_under_one_tdt: bool = False
    border_leg: int = 0
    verified: bool = False
    locodes: Mapping[str, str] = field(default_factory=dict)
    titles: Titles = Titles.NONE
    docs: DocsPlace = DocsPlace.TRAVELLER
    short_states: bool = False
    docs_reference: bool = True
    infant_tif: bool = True
    check_in: bool = False

    @property
    def charset(self) -> str:
        """Python's name of the charset that the syntax identifier stands for."""
        return _PYTHON_CHARSETS.get(self.syntax.partition(":")[0], "ascii")


class SegmentWriter:
    """Collects segments of one interchange as text; an element is a string or a tuple of components."""

    def __init__(self, options: WriteOptions) -> None:
        signs = options.separators
        self.options = options
        self._component, self._element = signs.component, signs.element
        self._end = signs.terminator + options.line_end
        self._release = _Release(signs, options.charset)
        self._lines: list[str] = []

    def add(self, tag: str, *elements: str | tuple[str, ...]) -> None:
        """Add a segment; empty components and elements at its end are left out, as hosts do."""
        release, component = self._release, self._component
        parts = [tag]
        for element in elements:
            if isinstance(element, str):
                parts.append(release(element) if element else "")
            else:
                pieces = [release(piece) if piece else "" for piece in element]
                while pieces and not pieces[-1]:
                    pieces.pop()
                parts.append(component.join(pieces))
        while not parts[-1]:
            parts.pop()
        self._lines.append(self._element.join(parts) + self._end)

    def count(self) -> int:
        """Return the number of segments so far."""
        return len(self._lines)

    def text(self) -> str:
        """Return all segments, without the service string."""
        return "".join(self._lines)


@lru_cache(maxsize=64)
def _signs(separators: Separators) -> re.Pattern[str]:
    used = {separators.component, separators.element, separators.release, separators.terminator}
    if separators.repetition.strip():
        used.add(separators.repetition)
    return re.compile("[" + re.escape("".join(sorted(used - {"", " "}))) + "]")


class _Release:
    """Release separators in values and write what the charset cannot hold as a carrier's host does."""

    __slots__ = ("_charset", "_needs", "_release", "_seen")

    def __init__(self, separators: Separators, charset: str) -> None:
        self._needs, self._release, self._charset = _signs(separators), separators.release, charset
        self._seen: dict[str, str] = {}

    def __call__(self, value: str) -> str:
        known = self._seen.get(value)
        if known is not None:
            return known
        text = value
        if not text.isascii() and self._charset != "utf-8":
            # A host writes its charset only; what is outside arrives transliterated, never as "?"
            text = "".join(
                character if _encodable(character, self._charset) else anyascii(character)
                for character in text
            )
        released = self._needs.sub(lambda found: self._release + found[0], text)
        if len(value) < 12 and len(self._seen) < 50_000:
            self._seen[value] = released
        return released


@lru_cache(maxsize=4096)
def _encodable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def folded(text: str, columns: int, separators: Separators) -> str:
    r"""Break lines after a number of columns, inside values only.

    Never between a release character and what it frees, nor inside a tag: lines as hosts break them.

    >>> folded("TIF+SMITH+JOHN'RCI+1'", 6, DEFAULT_SEPARATORS)
    "TIF+SM\r\nITH+JO\r\nHN'RCI+\r\n1'"
    """
    lines, start = [], 0
    while start < len(text):
        line_end = text.find("\n", start, start + columns)
        stop = line_end + 1 if line_end >= 0 else start + columns
        while stop < len(text) and line_end < 0 and _indivisible(text, stop, separators):
            stop += 1
        lines.append(text[start:stop])
        if line_end < 0 and stop < len(text) and text[stop] not in "\r\n":
            lines.append("\r\n")
        start = stop
    return "".join(lines)


def _indivisible(text: str, at: int, separators: Separators) -> bool:
    if text[at - 1] == separators.release:
        return True
    begun = text.rfind(separators.terminator, max(0, at - 4), at)
    return begun >= 0 and separators.element not in text[begun:at]
