r"""A person in bytes that were set aside: nobody could read them, so text alone tells who stands there.

A stretch is split as far as it can be: into segments of the messages that frame it, else at terminators and
line ends. The segments of one traveller (NAD … of a passenger list, TIF … of a booking) are looked at
together; all others are told by their own text. *Surely* theirs is what holds a number of their document with
a word of their name or their date of birth, or a whole name as written with their date of birth; more asks
for a reader that there is not. What is only like them is counted and stays.

>>> one = Sought(frozenset({frozenset({"DOE", "JANE"})}), frozenset(), frozenset({date(1980, 2, 1)}))
>>> text = b"NAD+FL+++DOE:JANE'DTM+329:800201'NAD+FL+++DOE:JOHN'DTM+329:790303'"
>>> found = theirs(text, 0, len(text), one)
>>> found.sure, [text[at:at + size] for at, size in found.places]
(True, [b'DOE', b'JANE', b'800201'])
>>> theirs(b"NAD+FL+++DOE:JANE'DTM+329:990201'", 0, 33, one).sure
False

Source: Regulation (EU) 2016/679 art. 17; Directive (EU) 2016/680 art. 16(2).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.messages.rights import OF_NOBODY, Place, values_of
from screening.messages.syntax.charsets import codec_of
from screening.messages.syntax.envelope import RawMessage, frames
from screening.messages.syntax.segments import DEFAULT, Data, Segment, Syntax

_SHORTEST_WORD, _SHORTEST_NUMBER = 3, 5
_BEGINS = frozenset({"NAD", "TIF"})
_ENDS = OF_NOBODY | {"TDT", "CNT", "CTA", "DAT"}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_PIECE = re.compile(rb"[^'\n]*(?:'|\n|\Z)")
_GLUED = 4  # a word of a name from this length on is also looked for within longer ones: MARTAELINMRS
_NO_LETTER = re.compile(r"[\W\d_]+")
_VALUES = re.compile(r"[+:]")


@dataclass(frozen=True, slots=True, repr=False)
class Sought:
    """Who is looked for; never printed.

    Attributes:
        names: words of each way in which the name is written.
        numbers: of documents, letters and digits alone.
        births: dates of birth.
    """

    names: frozenset[frozenset[str]]
    numbers: frozenset[str]
    births: frozenset[date]


@dataclass(frozen=True, slots=True, repr=False)
class Theirs:
    """What of a stretch is a person's.

    Attributes:
        places: (offset, length) of values that are surely theirs, sorted.
        texts: segments that name them, as text; to be told to them alone.
    """

    places: tuple[Place, ...]
    texts: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Does anything surely theirs stand here?"""
        return bool(self.places)


def theirs(data: Data, start: int, stop: int, sought: Sought) -> Theirs:
    """Find what of a stretch that was set aside is surely a person's.

    Args:
        data: the input.
        start: first byte of the stretch.
        stop: the byte behind its last.
        sought: the person.
    """
    places, texts = set[Place](), []
    for own, group in _groups(_segments(data, start, stop)):
        said = [_Said.of(segment, sought) for segment in group]
        if not _surely(said, sought):
            continue
        for segment, one in zip(group, said, strict=True):
            if own or one.names:
                places.update(_places(segment))
                texts += [one.text.strip()] if one.names else []
    kept = tuple(sorted(place for place in places if start <= place[0] < stop))
    return Theirs(kept, tuple(texts) if kept else ())


@dataclass(frozen=True, slots=True)
class _Said:
    """What of a person a text holds."""

    text: str
    number: bool
    name: bool
    word: bool
    born: bool

    @classmethod
    def of(cls, segment: Segment, sought: Sought) -> "_Said":
        text = segment.syntax.text(segment.raw)
        words = set(tokens(text))
        values = [normalise_number(value) for value in _VALUES.split(text)]
        glued = _NO_LETTER.sub("", text.upper())
        long = {word for name in sought.names for word in name if len(word) >= _SHORTEST_WORD}
        return cls(
            text,
            any(
                _stands(number, text) or number in values
                for number in sought.numbers
                if len(number) >= _SHORTEST_NUMBER
            ),
            any(len(name) > 1 and _holds(name, words, glued) for name in sought.names),
            not long.isdisjoint(words),
            any(_stands(form, text) for born in sought.births for form in _written(born)),
        )

    @property
    def names(self) -> bool:
        return self.number or self.name or self.born


def _surely(said: Sequence[_Said], sought: Sought) -> bool:
    number, name, word, born = (
        any(getattr(one, kind) for one in said) for kind in ("number", "name", "word", "born")
    )
    nothing_else = not sought.names and not sought.births
    return (number and (word or born or nothing_else)) or (name and born)


def _holds(name: Collection[str], words: Collection[str], glued: str) -> bool:
    """Say whether a text holds all words of a name, the longer ones also glued to others."""
    return all(word in words or (len(word) >= _GLUED and word in glued) for word in name)


def _stands(value: str, text: str) -> bool:
    """Say whether a value stands in a text as a whole, not as part of a longer one."""
    return re.search(rf"(?<![A-Z0-9]){re.escape(value)}(?![A-Z0-9])", text.upper()) is not None


def _written(born: date) -> tuple[str, ...]:
    """Return the ways in which messages and people write a date.

    >>> _written(date(1980, 2, 1))
    ('800201', '19800201', '1980-02-01', '01FEB80', '01FEB1980', '01.02.1980', '1.2.1980', '01/02/1980')
    """
    day, month, year = born.day, _MONTHS[born.month - 1], born.year
    return (
        f"{born:%y%m%d}",
        f"{born:%Y%m%d}",
        born.isoformat(),
        f"{day:02}{month}{year % 100:02}",
        f"{day:02}{month}{year}",
        f"{day:02}.{born.month:02}.{year}",
        f"{day}.{born.month}.{year}",
        f"{day:02}/{born.month:02}/{year}",
    )


def _segments(data: Data, start: int, stop: int) -> Iterator[Segment]:
    for frame in frames(data):
        if frame.offset >= stop or frame.offset + frame.length <= start:
            continue
        if isinstance(frame, RawMessage):
            yield from (one for one in frame.segments if start <= one.offset < stop)
        else:
            low, high = max(frame.offset, start), min(frame.offset + frame.length, stop)
            yield from _pieces(data[low:high], low)


def _pieces(text: bytes, offset: int) -> Iterator[Segment]:
    """Split bytes that no message frames, as if they were one with the usual signs."""
    syntax = Syntax(DEFAULT, codec_of("UNOC"), 3)
    for number, found in enumerate(_PIECE.finditer(text)):
        raw = found[0].rstrip(b"'\r\n")
        if raw.strip():
            yield Segment(raw, offset + found.start(), len(found[0]), number, syntax)


def _groups(segments: Iterator[Segment]) -> Iterator[tuple[bool, list[Segment]]]:
    """Yield the segments of each traveller (True), and all that are nobody's own (False)."""
    rest: list[Segment] = []
    own: list[Segment] | None = None
    for segment in segments:
        tag = segment.tag
        if tag in _BEGINS or tag in _ENDS:
            if own:
                yield True, own
            own = [] if tag in _BEGINS else None
        (rest if own is None else own).append(segment)
    if own:
        yield True, own
    if rest:
        yield False, rest


def _places(segment: Segment) -> Collection[Place]:
    """Return the places of a segment's values; of a line without elements the line."""
    if segment.count() < 1:
        return [(segment.offset, len(segment.raw))]
    return list(values_of(segment))
