r"""Lost terminators in PNRGOV: one segment swallowed the next (`…+9TIF+KIM:I+KONG CHUN MRS:A:3'`).

Names end like tags (LATIF, GHAFFAR, SADAT), so a tag and a separator prove nothing. A segment is parted only
where the grammar has that tag behind it, and

* a typographic apostrophe stands before it (the terminator, bent by a word processor), or
* a line break stands before it (senders write a segment a line), outside names and free text, or
* what follows has the shape of that segment in full, outside free text, or
* it stands behind the whole of a TIF, reference included, or
* it is SRC, which has no elements: what stands glued to it is another segment.

Everything else stays text. Seen in pnrMessagePg75.txt of US-CBP/GTAS; `…:IC DAT'` in its infant.edi has no
separator and is not parted.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from screening.messages.finding_kinds import finding
from screening.messages.pnrgov.tables import At, may_follow
from screening.messages.syntax.segments import TRAILING, Segment, without_bent
from screening.tables.findings import Finding

_TAGS = (
    rb"(?:SRC|RCI|SSR|DAT|IFT|ORG|ADD|EBD|TIF|FTI|REF|FAR|TKT|MON|PTK|TXD|FOP|TVL|TRA|RPI|APD|TRI|SSD|TBD|EQN|MSG"
    rb"|ABI|SAC|LTS)"
)
_QUOTES = rb"(?:\xe2\x80[\x98\x99\xb2]|\xc2\xb4|[\x91\x92\xb4`])"
_JOINT = b"\x00"
_FREE = frozenset({"IFT", "LTS", "SAC", "ABI"})
_SRC = re.compile(rb"SRC[^A-Z]*(" + _TAGS + rb")")
_Signs = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
_TRAVELLER_TYPES = frozenset({"A", "C", "IN", "G", "CNN", "INF", "INS"})


def _is_leg(parts: list[list[str]]) -> bool:
    if len(parts) < 5:
        return False
    when, origin, destination = parts[0], parts[1][0], parts[2][0]
    if not any(when) and not origin and not destination:
        return parts[4][0].isdigit()
    dated = len(when) > 1 and len(when[0]) == 6 and when[0].isdigit()
    return dated and len(origin) == 3 and len(destination) == 3


def _is_name(parts: list[list[str]]) -> bool:
    if len(parts) < 2 or len(parts[0]) > 2 or not parts[0][0]:
        return False
    given = parts[1]
    return len(given) > 2 and given[1] in _TRAVELLER_TYPES | {""} and given[2].replace(".", "").isdigit()


def _ends_a_name(segment: Segment, stop: int) -> bool:
    """Say whether a TIF is whole at a place: type and reference stand behind the given names."""
    whole = without_bent(segment.raw[:stop].rstrip(TRAILING))
    last = segment.syntax.fields(whole)[-1]
    return len(last) > 2 and last[1] in _TRAVELLER_TYPES and last[2].replace(".", "").isdigit()


def _is_date(parts: list[list[str]]) -> bool:
    first = parts[0] if parts else []
    return len(first) > 1 and first[0].isdigit() and len(first[1]) == 6 and first[1].isdigit()


def _is_locator(parts: list[list[str]]) -> bool:
    first = parts[0] if parts else []
    return len(first) > 1 and len(first[0]) in {2, 3} and 5 <= len(first[1]) <= 8 and first[1].isalnum()


def _is_service(parts: list[list[str]]) -> bool:
    first = parts[0] if parts else []
    code = first[0] if first else ""
    named = code.isalpha() or not code.strip()  # landing has blanked a sensitive one
    return len(first) > 8 and len(code) == 4 and named and len(first[1]) in {0, 2}


def _is_count(parts: list[list[str]]) -> bool:
    return len(parts) == 1 and parts[0][0].isdigit() and len(parts[0][0]) < 5


_SHAPES: Mapping[str, Callable[[list[list[str]]], bool]] = MappingProxyType(
    {
        "TVL": _is_leg,
        "TIF": _is_name,
        "DAT": _is_date,
        "RCI": _is_locator,
        "SSR": _is_service,
        "EQN": _is_count,
    }
)


def _tag_table() -> npt.NDArray[np.bool_]:
    """Mark each known tag by its three letters, five bits each."""
    table = np.zeros(1 << 15, np.bool_)
    for tag in _TAGS[3:-1].split(b"|"):
        first, second, third = (sign & 31 for sign in tag)
        table[first << 10 | second << 5 | third] = True
    return table


_IS_TAG = _tag_table()


def _behind_tags(signs: _Signs, places: _Places, starts: _Places) -> _Places:
    """Return those places that stand right behind a tag which does not begin its segment."""
    places = places[places >= 4]
    first, second, third = (signs[places - back] for back in (3, 2, 1))
    letters = (first & second & third & 0xC0) == 0x40
    code = (first & 31).astype(np.int64) << 10 | (second & 31).astype(np.int64) << 5 | (third & 31)
    behind = places[letters & _IS_TAG[code]]
    inside = np.zeros(len(signs), np.bool_)
    inside[starts] = True
    within: _Places = behind[~inside[behind - 3]]
    return within


def _is_src(signs: _Signs, places: _Places) -> npt.NDArray[np.bool_]:
    """SRC alone has no separator behind it."""
    first, second, third = (signs[places - back] for back in (3, 2, 1))
    found: npt.NDArray[np.bool_] = (first == ord("S")) & (second == ord("R")) & (third == ord("C"))
    return found


class Splitter:
    """Finds swallowed segments of one interchange, whose element separator it knows."""

    def __init__(self, element: bytes) -> None:
        sign = re.escape(element)
        self._element = element
        self._tag = re.compile(
            rb"(?:(" + _QUOTES + rb")(\s*)|([\r\n]\s*))?(" + _TAGS + rb")(?=" + sign + rb"|$)"
        )
        self._quotes = re.compile(_QUOTES)

    def suspicious(self, pieces: list[bytes]) -> frozenset[int]:
        """Return the indexes of segments that may have swallowed another; cheap, and mostly none.

        One pass over the whole message, whose separators are looked at all at once: a search in each segment
        costs a quarter of the reader, a pattern over the whole an eighth (measured).
        """
        whole = _JOINT.join([*pieces, b""])
        signs = np.frombuffer(whole, np.uint8)
        ends = np.flatnonzero(signs == _JOINT[0])
        if len(ends) != len(pieces):  # a value holds the joint's sign itself: look at each
            return frozenset(range(len(pieces)))
        starts = np.concatenate(([0], ends[:-1] + 1))
        places = [_behind_tags(signs, np.flatnonzero(signs == self._element[0]), starts)]
        glued = _behind_tags(signs, ends, starts)
        places.append(glued[_is_src(signs, glued)])
        if not whole.isascii() or b"`" in whole:
            places.append(np.array([found.start() for found in self._quotes.finditer(whole)], np.int64))
        found = np.concatenate(places)
        return frozenset(np.searchsorted(ends, found).tolist()) if len(found) else frozenset()

    def part(self, segment: Segment, at: At) -> tuple[Segment, Segment, Finding] | None:
        """Part a segment from the one that it swallowed.

        Args:
            segment: the segment as read.
            at: group that it leads to; decides which tags may follow.

        Returns:
            The segment without the other, the other (which may have swallowed more), and the finding; None
            where nothing was swallowed.
        """
        raw = segment.raw
        glued = _SRC.match(raw)
        if glued is not None and raw.startswith(self._element, glued.end()):
            return self._cut(segment, 3, glued.start(1), "terminator_lost")
        allowed = may_follow(at)
        for found in self._tag.finditer(raw, len(segment.tag) + 1):
            tag = found[4].decode("ascii")
            if tag not in allowed or raw[: found.start()].endswith(self._element):
                continue
            code = self._proof(segment, found, tag)
            if code is None:
                continue
            start = found.start(4)
            return self._cut(segment, found.start() if found[1] else start, start, code)
        return None

    @staticmethod
    def _cut(segment: Segment, stop: int, start: int, code: str) -> tuple[Segment, Segment, Finding]:
        """Cut a segment in two: its own bytes end at `stop`, those of the swallowed one begin at `start`."""
        raw, syntax = segment.raw, segment.syntax
        own = without_bent(raw[:stop].rstrip(TRAILING))
        head = Segment(own, segment.offset, start, segment.number, syntax)
        rest = Segment(raw[start:], segment.offset + start, segment.length - start, segment.number, syntax)
        return head, rest, finding(code, rest.offset, segment.number)

    @staticmethod
    def _proof(segment: Segment, found: re.Match[bytes], tag: str) -> str | None:
        """Return the finding's code where something proves that a segment begins here."""
        if found[1]:
            return "terminator_typographic_or_lost"
        if segment.tag in _FREE:
            return None
        if segment.tag == "TIF":
            proved = _ends_a_name(segment, found.start(4))
        else:
            proved = bool(found[3]) or (tag == "SRC" and found.end() == len(segment.raw))
        return "terminator_lost" if proved or _has_shape(segment, found, tag) else None


def _has_shape(segment: Segment, found: re.Match[bytes], tag: str) -> bool:
    shape = _SHAPES.get(tag)
    if shape is None or found.end() == len(segment.raw):
        return False
    return shape(segment.syntax.fields(segment.raw[found.start(4) :])[1:])
