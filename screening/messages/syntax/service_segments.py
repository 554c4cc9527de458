r"""Service segments (UNB … UNZ) among the segments of an interchange, also folded ones and glued ones.

A value may look like a tag (UNT, BRUNO): only what can be nothing else is taken for a service segment.

Source: ISO 9735-1; docs/messages.md on lost terminators and folds.
"""

import re
from array import array
from bisect import bisect_right
from itertools import pairwise

from screening.messages.syntax.segments import TRAILING, Data, Offsets, Syntax, tag_of, without_bent

TAGS = frozenset({b"UNB", b"UNG", b"UNH", b"UNT", b"UNE", b"UNZ"})
_TAG_REACH = 9  # bytes in which a tag ends, a fold and blanks in it
_REACH = 256  # bytes after a tag that tell whether it is one
_FOLDED = re.compile(rb"U[\r\n ]")
_TYPES = frozenset({b"PAXLST", b"PNRGOV"})
Parts = tuple[list[bytes], Offsets, Offsets]  # segments, the offset of each, the offset after each


class ServiceSegments:
    """Finds the service segments of one interchange."""

    def __init__(self, syntax: Syntax) -> None:
        self._element = syntax.element
        self._component = syntax.separators.component.encode()
        self._embedded = re.compile(rb"(UN[BGHTEZ]) ?" + re.escape(syntax.element))
        # the usual terminator in a header, where most segments end otherwise (at the line)
        self._usual_end = re.compile(rb"(?<!\?)'[\r\n ]*([A-Z]{3}) ?" + re.escape(syntax.element))

    def tag(self, part: bytes) -> bytes | None:
        """Return the tag of a service segment, a fold in it mended; None of any other segment."""
        element = self._element
        if part[:3] in TAGS and part[3:].lstrip(b" ")[: len(element)] in {element, b""}:
            return part[:3]
        if part[:1] != b"U" or (b"\n" not in part[:_TAG_REACH] and b"\r" not in part[:_TAG_REACH]):
            return None
        tag = tag_of(part, element).encode("ascii", "replace")
        return tag if tag in TAGS else None

    def find(self, data: Data, parts: Parts) -> tuple[Parts, list[int], list[int]]:
        """Find the service segments of a window; those glued to another segment are parted from it.

        Args:
            data: the input.
            parts: segments of one window.

        Returns:
            The segments, the indexes of service segments, and the offsets where a terminator is lost.
        """
        marks = self._marked(data, parts)
        lost: list[int] = []
        if marks:
            parts, lost = self._parted(parts, marks)
        if lost:
            marks = [index for index, part in enumerate(parts[0]) if part[:1] == b"U"]
        return parts, [mark for mark in marks if self.tag(parts[0][mark])], lost

    def _marked(self, data: Data, parts: Parts) -> list[int]:
        """Return the segments that hold "UN", found in all bytes at once: a search in each costs."""
        pieces, begins, ends = parts
        if not begins:
            return []
        start, stop = begins[0], ends[-1]
        stretch = data[start:stop]
        marks: dict[int, None] = {}
        place = stretch.find(b"UN")
        while place >= 0:
            marks[bisect_right(begins, start + place) - 1] = None
            place = stretch.find(b"UN", place + 2)
        if b"\n" not in stretch and b"\r" not in stretch:
            return list(marks)
        for found in _FOLDED.finditer(stretch):  # a fold may stand within a service tag
            index = bisect_right(begins, start + found.start()) - 1
            if begins[index] == start + found.start() and self.tag(pieces[index]):
                marks[index] = None
        return sorted(marks)

    def _parted(self, parts: Parts, marks: list[int]) -> tuple[Parts, list[int]]:
        """Part service segments that a lost terminator glued to others."""
        pieces, begins, ends = parts
        glued: dict[int, list[int]] = {}
        for mark in marks:
            part = pieces[mark]
            places = [
                found.start() for found in self._embedded.finditer(part, 3) if self._is_glued(part, found)
            ]
            if part[:3] in TAGS and b"'" in part:
                ends_here = {found.start(1) for found in self._usual_end.finditer(part, 3)}
                places = sorted(ends_here.union(places))
            if places:
                glued[mark] = places
        if not glued:
            return parts, []
        found: list[tuple[bytes, int, int]] = []
        lost: list[int] = []
        for mark, (part, begin, end) in enumerate(zip(pieces, begins, ends, strict=True)):
            places = glued.get(mark, [])
            for low, high in pairwise((0, *places, len(part))):
                if high < len(part):
                    one = without_bent(part[low:high].rstrip(TRAILING)).removesuffix(b"'")
                    found.append((one, begin + low, begin + high))
                else:
                    found.append((part[low:], begin + low, end))
            lost += [begin + place for place in places]
        return (
            [one for one, _, _ in found],
            array("q", (one for _, one, _ in found)),
            array("q", (one for _, _, one in found)),
        ), lost

    def _is_glued(self, part: bytes, found: re.Match[bytes]) -> bool:
        """A value may end in UNT or UNH: demand what only the service segment can look like."""
        tag = found[1]
        rest = part[found.end() : found.end() + _REACH]  # not all that follows: there may be millions of tags
        element = self._element
        if part[:3] in TAGS and part[3:4] == element:
            return True
        if tag == b"UNT":
            count, _, reference = rest.partition(element)
            return count.isdigit() and element not in reference
        if tag == b"UNH":
            return rest.partition(element)[2][:7].strip(self._component) in _TYPES
        return False
