r"""UN/EDIFACT syntax: bytes to segments with offsets, elements split only when somebody asks.

Bytes, not text, are split: the terminator first, then pieces are joined again where an odd run of release
characters stands before it (`??'` is a released `?` and a real terminator). Separators are one interchange's
own. CR and LF inside a value are folds of a telex line and are no data; a blank beside them may remain.

Source: ISO 9735 (versions 3 and 4), service string advice; measured in docs/decisions on the syntax layer.

>>> syntax = Syntax(DEFAULT, "ascii", 3)
>>> segment = Segment(b"TDT+20+UA0989+++UA", 100, 19, 7, syntax)
>>> segment.tag, segment.get(1), segment.get(4), segment.get(9), segment.span(1)
('TDT', 'UA0989', 'UA', '', (107, 6))
>>> Segment(b"PDT+P/1:2:3+O?'LEARY:KRIS??", 0, 28, 1, syntax).element(1)
["O'LEARY", 'KRIS?']
"""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from mmap import mmap
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from screening.messages.syntax.charsets import ESCAPE, decode, mask_escaped

Data = bytes | mmap
Numbers: TypeAlias = npt.NDArray[np.int64]
Offsets: TypeAlias = "array[int]"  # of typecode q: a list takes four times the memory, and time to make
WHITE = b" \t\r\n\x00\x1a\x03\x04"  # 1A and 00 pad files of hosts, 03 and 04 end a telex
# At a segment's end blanks stay: landing blanks sensitive texts, and reading again must find the same places.
TRAILING = WHITE.replace(b" ", b"")
_IS_WHITE = np.isin(np.arange(256), list(WHITE))
_CR, _LF = b"\r\n"
FOLDS = b"\r\n"
_WINDOW = 1 << 20
_FOLDED_TAG = 9  # bytes before the first separator: three letters, a fold, blanks beside it
# A released separator becomes one of these noncharacters while a segment is split, and itself afterwards.
_HELD = ("\ufdd0", "\ufdd1", "\ufdd2")


@dataclass(frozen=True, slots=True)
class Separators:
    """Service characters of one interchange; `repetition` is empty where it is not in use."""

    component: str
    element: str
    decimal: str
    release: str
    repetition: str
    terminator: str


DEFAULT = Separators(":", "+", ".", "?", "", "'")


# What stands where a terminator should: quotes of a word processor, and signs in which no value ends
_BENT = (*(sign.encode() for sign in "’‘´"), *(bytes([sign]) for sign in b'\x91\x92\xb4`,;"|~^!$#%'))


def without_bent(piece: bytes) -> bytes:
    """Drop the sign that stands for a terminator at the end of a segment that swallowed the next.

    >>> without_bent(b'ATT+2++M"'), without_bent(b"ATT+2++M")
    (b'ATT+2++M', b'ATT+2++M')
    """
    return next((piece[: -len(sign)] for sign in _BENT if piece.endswith(sign)), piece)


def as_bytes(sign: str) -> bytes:
    """Return the bytes of a service character: one byte below U+0100, UTF-8 above."""
    try:
        return sign.encode("latin_1")
    except UnicodeEncodeError:
        return sign.encode("utf_8")


def whole_number(text: str) -> int | None:
    """Read a count; None where the text is no number of at most nine ASCII digits.

    `str.isdigit` alone takes superscripts and digits of other scripts, which `int` then refuses.

    >>> whole_number(" 0152 "), whole_number("²"), whole_number("")
    (152, None, None)
    """
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


class Syntax:
    """Separators and character set of one interchange, ready to be used on bytes and on text."""

    __slots__ = (
        "codec",
        "element",
        "held",
        "release",
        "released",
        "restore",
        "separators",
        "terminator",
        "version",
    )

    def __init__(self, separators: Separators, codec: str, version: int) -> None:
        self.separators = separators
        self.codec = codec
        self.version = version
        self.element = as_bytes(separators.element)
        self.release = as_bytes(separators.release) if separators.release else b""
        self.terminator = as_bytes(separators.terminator)
        signs = (separators.component, separators.element, separators.repetition)
        self.held = {sign: held for sign, held in zip(signs, _HELD, strict=True) if sign}
        self.restore = str.maketrans({held: sign for sign, held in self.held.items()})
        self.released = (
            re.compile(re.escape(separators.release) + r"(.)", re.DOTALL) if separators.release else None
        )

    @staticmethod
    def unfolded(raw: bytes) -> bytes:
        """Drop the folds of a segment's bytes."""
        return raw.translate(None, FOLDS) if b"\n" in raw or b"\r" in raw else raw

    def text(self, raw: bytes) -> str:
        """Drop the folds of a segment's bytes, which may part the bytes of one character, and decode them."""
        raw = self.unfolded(raw)
        return raw.decode("ascii") if raw.isascii() and ESCAPE not in raw else decode(raw, self.codec)

    def fields(self, raw: bytes) -> list[list[str]]:
        """Split a segment's bytes into elements of components, the tag among them (fields[0][0])."""
        text = self.text(raw)
        separators = self.separators
        if self.released is None or separators.release not in text:
            if not separators.repetition or separators.repetition not in text:
                return [part.split(separators.component) for part in text.split(separators.element)]
            return [
                part.split(separators.repetition, 1)[0].split(separators.component)
                for part in text.split(separators.element)
            ]
        held = self.held
        text = self.released.sub(lambda found: held.get(found[1], found[1]), text)
        parts = text.split(separators.element)
        if separators.repetition:
            parts = [part.split(separators.repetition, 1)[0] for part in parts]
        restore = self.restore
        return [[value.translate(restore) for value in part.split(separators.component)] for part in parts]

    def clean(self, raw: bytes) -> str:
        """Return one value's text: decoded, folds dropped, released characters freed."""
        text = self.text(raw)
        if self.released is None or self.separators.release not in text:
            return text
        return self.released.sub(lambda found: found[1], text)


class PlainSyntax(Syntax):
    """Syntax of a message whose bytes are ASCII without released signs, folds or repetitions: most are."""

    __slots__ = ("_component", "_element")

    def __init__(self, syntax: Syntax) -> None:
        super().__init__(syntax.separators, syntax.codec, syntax.version)
        self._component, self._element = syntax.separators.component, syntax.separators.element

    def fields(self, raw: bytes) -> list[list[str]]:
        """Split a segment's bytes, nothing to look out for."""
        component = self._component
        return [part.split(component) for part in raw.decode("ascii").split(self._element)]


@lru_cache(maxsize=64)
def _plain(separators: Separators, codec: str, version: int) -> PlainSyntax:
    return PlainSyntax(Syntax(separators, codec, version))


def fitting(syntax: Syntax, whole: bytes) -> Syntax:
    """Return the quickest syntax that splits these bytes right."""
    signs = syntax.separators
    special = (ESCAPE, b"\n", b"\r", syntax.release, as_bytes(signs.repetition))
    if not whole.isascii() or any(sign and sign in whole for sign in special):
        return syntax
    return _plain(signs, syntax.codec, syntax.version)


class Segment:
    """One segment: its place, and its values when they are asked for.

    Attributes:
        offset: first byte, from the start of the input.
        length: bytes, the terminator included where it is present.
        number: place in the message, 1 is UNH.
        raw: its bytes without terminator.
    """

    __slots__ = ("_fields", "_syntax", "length", "number", "offset", "raw")

    def __init__(self, raw: bytes, offset: int, length: int, number: int, syntax: Syntax) -> None:
        self.raw = raw
        self.offset = offset
        self.length = length
        self.number = number
        self._syntax = syntax
        self._fields: list[list[str]] | None = None

    def __repr__(self) -> str:
        """Name place and tag only: values are personal data."""
        return f"Segment({self.tag!r} at {self.offset})"

    @property
    def tag(self) -> str:
        """Three letters as sent, blanks removed; few ask for it."""
        raw = self.raw
        if raw[3:4] == self._syntax.element:  # nearly all
            return raw[:3].decode("ascii", "replace")
        return tag_of(raw, self._syntax.element)

    @property
    def syntax(self) -> Syntax:
        """The interchange's syntax."""
        return self._syntax

    def fields(self) -> list[list[str]]:
        """Return the elements of components, the tag among them (fields[0][0]), split once."""
        fields = self._fields
        if fields is None:
            fields = self._fields = self._syntax.fields(self.raw)
        return fields

    def get(self, element: int, component: int = 0) -> str:
        """Return a value; empty where it is absent. Element 0 is the first after the tag."""
        fields = self._fields
        if fields is None:
            fields = self.fields()
        if element + 1 < len(fields):
            components = fields[element + 1]
            if component < len(components):
                return components[component]
        return ""

    def element(self, element: int) -> list[str]:
        """Return the components of an element; an empty list where it is absent."""
        fields = self.fields()
        return fields[element + 1] if element + 1 < len(fields) else []

    def count(self) -> int:
        """Return the number of elements after the tag."""
        return len(self.fields()) - 1

    def span(self, element: int, component: int | None = None) -> tuple[int, int]:
        """Return (offset, length) of the raw bytes of an element or of one of its components.

        An absent value gives a span of length 0 at the segment's end.
        """
        raw = mask_escaped(self.raw) if ESCAPE in self.raw else self.raw
        syntax = self._syntax
        start, stop = _nth(raw, syntax.element, syntax.release, element + 1, 0, len(raw))
        if component is not None and stop > start:
            component_sign = as_bytes(syntax.separators.component)
            start, stop = _nth(raw, component_sign, syntax.release, component, start, stop)
        return self.offset + start, stop - start


def _nth(raw: bytes, sign: bytes, release: bytes, wanted: int, start: int, stop: int) -> tuple[int, int]:
    """Return the bounds of the n-th part of raw[start:stop] between separators that are not released."""
    begin = start
    place = start
    found = 0
    while place < stop:
        if release and raw.startswith(release, place):
            place += len(release)
            while raw[place : place + 1] in {b"\r", b"\n"}:  # a fold between the release and what it frees
                place += 1
            place += len(release)
        elif raw.startswith(sign, place):
            if found == wanted:
                return begin, place
            found += 1
            place += len(sign)
            begin = place
        else:
            place += 1
    return (begin, stop) if found == wanted else (stop, stop)


def tag_of(raw: bytes, element: bytes) -> str:
    r"""Return a segment's tag; a line's fold may stand in it, and a blank beside the fold.

    >>> [tag_of(raw, b"+") for raw in (b"TI\r\nF+DOE", b"UN \nT+3", b"UNG +X", b"A B+")]
    ['TIF', 'UNT', 'UNG', 'A B']
    """
    head = raw.split(element, 1)[0]
    if (b"\n" in head or b"\r" in head) and len(head) <= _FOLDED_TAG:
        head = head.translate(None, b"\r\n ")
    return head.decode("ascii", "replace").strip()


@lru_cache(maxsize=64)
def _swallowed(element: bytes) -> re.Pattern[bytes]:
    """What stands after a released terminator that was meant as a real one: a line's end and a segment."""
    return re.compile(rb"[ ]*[\r\n]+\s*[A-Z]{3} ?" + re.escape(element))


def _is_odd(piece: bytes, release: bytes) -> bool:
    """Say whether an odd run of release characters ends the piece, folds behind it aside."""
    piece = piece.rstrip(b"\r\n")
    return (len(piece) - len(piece.rstrip(release))) // len(release) % 2 == 1


def pieces(
    data: Data, start: int, stop: int, syntax: Syntax, window: int = _WINDOW
) -> Iterator[tuple[list[bytes], Offsets, Offsets, bool]]:
    """Split a stretch of an input into segments, a window at a time, so that memory stays bounded.

    Args:
        data: the input.
        start: first byte of the stretch.
        stop: first byte after it.
        syntax: separators.
        window: bytes that are split at once; results do not depend on it.

    Yields:
        Segments' bytes without terminator and leading white space, the offset of each, the offset after each
        (terminator included), and whether the last of them lacks its terminator (end of the stretch).
    """
    place = start
    size = window
    terminator = syntax.terminator
    while True:
        place = skip_white(data, place, stop)
        if place == stop:
            return
        end = min(place + size, stop)
        last = end == stop
        block = data[place:end]
        if last and (ended := block.rstrip(TRAILING)).endswith(terminator):
            block = ended  # lines and padding after the last segment
        parts, bounds, lines = _split(block, syntax)
        rest = len(parts[-1])
        if not last:
            parts.pop()
            bounds = bounds[:-1]
            if not parts:
                size *= 2
                continue
        begins, ends = (_offsets(bounds[:, side] + place) for side in (0, 1))
        if syntax.release and syntax.release in block:
            parts, begins, ends, carried = _rejoin(parts, begins, ends, syntax, more=not last)
            if not parts:
                size *= 2
                continue
            rest += carried
        begun, place = place, end - rest if not last else stop
        size = window
        if last:
            ends[-1] = stop
        if not lines:
            parts, begins = _strip(block, begun, parts, begins)
        if last and not parts[-1]:
            yield parts[:-1], begins[:-1], ends[:-1], False
        else:
            yield parts, begins, ends, last


def _split(block: bytes, syntax: Syntax) -> tuple[list[bytes], Numbers, bool]:
    """Split a block at its terminators.

    Many hosts write a segment a line: splitting at both at once spares a look at each segment (measured).

    Returns:
        The parts, the last of them what follows the last terminator; begin and end of each (its terminator
        included); and whether the same line end followed every terminator and is split off.
    """
    terminator = syntax.terminator
    escaped = syntax.codec == "iso2022_jp_2" and ESCAPE in block
    if len(terminator) > 1 or escaped:
        masked = mask_escaped(block) if escaped else block
        lengths = [len(part) for part in masked.split(terminator)]
        ends = np.cumsum(np.array(lengths) + len(terminator))
        begins = np.append(0, ends[:-1])
        parts = [
            block[begin : begin + length] for begin, length in zip(begins.tolist(), lengths, strict=True)
        ]
        return parts, np.stack((begins, ends), 1), False
    signs = np.frombuffer(block, np.uint8)
    at = np.flatnonzero(signs == terminator[0])
    gap = b"" if syntax.release and syntax.release + terminator in block else _line_end(signs, at)
    begins, ends = np.append(0, at + 1 + len(gap)), np.append(at + 1, len(block) + 1)
    closed = block + gap if block.endswith(terminator) else block
    return closed.split(terminator + gap), np.stack((begins, ends), 1), bool(gap)


def _line_end(signs: npt.NDArray[np.uint8], at: Numbers) -> bytes:
    """Return the line end that follows every terminator and stands nowhere else; empty if none does."""
    after = at[: np.searchsorted(at, len(signs) - 1)] + 1
    if not len(after):
        return b""
    two = signs[after[0]] == _CR
    feeds = after + 1 if two and after[-1] + 1 < len(signs) else after
    uniform = (
        np.all(signs[feeds] == _LF)
        and np.count_nonzero(signs == _LF) == len(after)
        and np.count_nonzero(signs == _CR) == (len(after) if two else 0)
        and (not two or np.all(signs[after] == _CR))
        and not np.any(_IS_WHITE[signs[feeds[feeds + 1 < len(signs)] + 1]])
    )
    return (b"\r\n" if two else b"\n") if uniform else b""


def _offsets(numbers: Numbers) -> Offsets:
    return array("q", numbers.tobytes())


def skip_white(data: Data, start: int, stop: int) -> int:
    """Return the first offset at or after `start` that is no white space."""
    while start < stop and data[start] in WHITE:
        start += 1
    return start


def _strip(block: bytes, start: int, parts: list[bytes], begins: Offsets) -> tuple[list[bytes], Offsets]:
    """Drop white space before segments; `start` is the block's offset."""
    signs = np.frombuffer(block, np.uint8)
    places = np.frombuffer(begins, np.int64) - start
    inside = int(np.searchsorted(places, len(signs)))
    spaced = np.flatnonzero(_IS_WHITE[signs[places[:inside]]]).tolist()
    for index in spaced:
        bare = parts[index].lstrip(WHITE)
        begins[index] += len(parts[index]) - len(bare)
        parts[index] = bare
    return parts, begins


def _rejoin(
    parts: list[bytes], begins: Offsets, ends: Offsets, syntax: Syntax, *, more: bool
) -> tuple[list[bytes], Offsets, Offsets, int]:
    """Join pieces that a released terminator parted.

    A release character before a line's end and a new segment is dangling: the terminator was meant. A
    fold may stand between a release character and the terminator that it frees.

    Returns:
        Pieces, their begins and ends, and the bytes at the end that wait for the next window.
    """
    release, terminator = syntax.release, syntax.terminator
    ends_with = (release, b"\n", b"\r")
    odd = {index for index, part in enumerate(parts) if part.endswith(ends_with) and _is_odd(part, release)}
    if not odd:
        return parts, begins, ends, 0
    swallowed = _swallowed(syntax.element)
    joined: list[bytes] = []
    bounds = array("q", begins[:1])
    pending: list[bytes] = []
    for index, part in enumerate(parts):
        pending.append(part)
        if index in odd:
            is_last = index + 1 == len(parts)
            if is_last and more:
                break
            if not is_last and not swallowed.match(parts[index + 1]):
                continue
        joined.append(terminator.join(pending) if len(pending) > 1 else part)
        bounds.append(ends[index])
        pending = []
    return joined, bounds[:-1], bounds[1:], ends[-1] - bounds[-1]
