"""Which values of a dimension add up to which: hierarchies, several groupings, bands of whole numbers.

A grouping is a tree below `Total`. Bands (`0-19`, `20-39`, `70+`) of one dimension that overlap between
tables are two groupings of the same people although no file says so: 0-24 less 0-19 are the people of 20-24.
They are cut at all their borders, and every band is the sum of its pieces.

Source: Handbook on Statistical Disclosure Control, 5.2 (differencing of two groupings).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from screening.disclosure.counted import TOTAL, refused

_BAND = re.compile(r"^([0-9]{1,6})(?:-([0-9]{1,6})|(\+))?$", re.ASCII)
_ENDLESS = 10**9


@dataclass(frozen=True)
class Relation:
    """One value that is the sum of others.

    Attributes:
        parent: the value, or `Total`.
        children: its parts.
        named: the file, for messages.
    """

    parent: str
    children: tuple[str, ...]
    named: str


@dataclass(frozen=True)
class Grouping:
    """A tree of values below `Total`.

    Attributes:
        children: parent -> parts, in the order of the file.
        named: the file, for messages.
    """

    children: Mapping[str, tuple[str, ...]]
    named: str

    @property
    def nodes(self) -> frozenset[str]:
        """All values but Total."""
        return frozenset(child for parts in self.children.values() for child in parts)

    def relations(self, held: frozenset[str]) -> list[Relation]:
        """Give the sums of this tree among the values that tables hold.

        A part that no table holds is replaced by its own parts where these are held, so that a table of
        countries alone adds up although the file has regions between.
        """
        found = []
        for parent, parts in self.children.items():
            if parent in held or parent == TOTAL:
                children = tuple(self._held_parts(parts, held))
                if held & set(children):
                    found.append(Relation(parent, children, self.named))
        return found

    def _held_parts(self, parts: Iterable[str], held: frozenset[str]) -> Iterable[str]:
        for part in parts:
            if part not in held and self._holds_below(part, held):
                yield from self._held_parts(self.children[part], held)
            else:
                yield part

    def _holds_below(self, node: str, held: frozenset[str]) -> bool:
        return any(part in held or self._holds_below(part, held) for part in self.children.get(node, ()))


def grouping(pairs: Sequence[tuple[str, str]], *, named: str) -> Grouping:
    """Make a grouping of pairs parent, child.

    Raises:
        UnprotectableError: a child has two parents, stands above itself, or leads to no Total.

    >>> grouping([("Total", "Europe"), ("Europe", "FR"), ("Europe", "DE")], named="regions.csv").children
    {'Total': ('Europe',), 'Europe': ('FR', 'DE')}
    """
    parents: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    for parent, child in dict.fromkeys(pairs):
        if child in parents or child == TOTAL:
            raise refused(
                f"{child} has two parents" if child in parents else f"{TOTAL} has a parent",
                named,
                "give each value one parent; a second grouping is a second file",
            )
        parents[child] = parent
        children.setdefault(parent, []).append(child)
    for child, parent in parents.items():
        seen, node = {child}, parent
        while node != TOTAL:
            if node in seen or node not in parents:
                raise refused(
                    f"{child} does not lead to {TOTAL}" + ("" if node in seen else f": {node} has no parent"),
                    named,
                    f"give top nodes the parent {TOTAL}",
                )
            seen.add(node)
            node = parents[node]
    return Grouping({parent: tuple(parts) for parent, parts in children.items()}, named)


def bands(values: Iterable[str]) -> list[Relation]:
    """Give the sums that follow from bands of whole numbers which overlap; none where they do not.

    Args:
        values: all values of a dimension, of all tables, without Total.

    >>> for relation in bands(["0-19", "20-39", "0-24", "25-39"]):
    ...     print(relation.parent, relation.children)
    20-39 ('20-24', '25-39')
    0-24 ('0-19', '20-24')
    >>> bands(["0-19", "20-39", "unknown"])
    []
    """
    spans = {value: span for value in dict.fromkeys(values) if (span := _span(value))}
    borders = sorted({begin for begin, _ in spans.values()} | {end for _, end in spans.values()})
    named = {span: value for value, span in reversed(spans.items())}
    found = []
    for value, (begin, end) in spans.items():
        cuts = [border for border in borders if begin <= border <= end]
        pieces = list(pairwise(cuts))
        if len(pieces) > 1:
            names = tuple(named.get(piece) or _band(*piece) for piece in pieces)
            found.append(Relation(value, names, "bands of whole numbers"))
    return found


def _span(value: str) -> tuple[int, int] | None:
    """Give first number and the one after the last."""
    read = _BAND.match(value)
    if not read:
        return None
    begin = int(read[1])
    end = _ENDLESS if read[3] else int(read[2] or read[1]) + 1
    return (begin, end) if begin < end else None


def _band(begin: int, end: int) -> str:
    return f"{begin}+" if end == _ENDLESS else f"{begin}-{end - 1}"
