"""Which tokens of two vocabularies lie one or two edits apart, without comparing every pair.

Rule: two tokens within k edits (optimal string alignment: insert, delete, substitute, swap neighbours) share
a text that both give when k letters or fewer are deleted (symmetric deletion, as in spelling correction). So
equal hashes of such texts propose pairs, and each proposed pair is measured. Nothing is lost: every pair
within the bound shares a hash, and an accidental equality is measured away.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from screening.matching.compiled import compiled

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
LONGEST = 48
"""Letters of a token that are compared; a name field holds no more than 39."""
_PART = 4_000_000


class Edited:
    """Tokens as they are compared by edits; what is worked out of them is worked out once.

    Attributes:
        letters: letters of each token [token, place].
        lengths: how many each has.
        shortest: letters of the shortest token that is compared.
        two_from: letters from which two edits are allowed.
    """

    KEPT = ("letters", "lengths", "shortest", "two_from", "deletions", "places")

    def __init__(self, tokens: Sequence[str], *, shortest: int, two_from: int) -> None:
        self.letters, self.lengths = _letters(tokens)
        self.shortest, self.two_from = shortest, two_from

    @cached_property
    def deletions(self) -> tuple[Hashes, Numbers]:
        """Hashes of all texts with up to one (two) letters deleted, sorted, and their tokens."""
        return self._deletions(np.ones(1, np.bool_))

    @cached_property
    def places(self) -> Bools:
        """Which places of a table the hashes of `deletions` have; a power of two of them."""
        hashes = self.deletions[0]
        found = np.zeros(1 << (8 * len(hashes)).bit_length(), np.bool_)
        found[hashes >> np.uint64(12) & np.uint64(len(found) - 1)] = True
        return found

    def deletions_like(self, other: "Edited") -> tuple[Hashes, Numbers]:
        """Return the hashes that may stand among those of another side, sorted, and their tokens."""
        return self._deletions(other.places)

    def _deletions(self, places: Bools) -> tuple[Hashes, Numbers]:
        size = self.lengths.astype(np.int64)
        one = np.where(size >= self.shortest, 1 + size, 0)
        most = int(np.where(size >= self.two_from, one + size * (size - 1) // 2, one).sum())
        hashes, owners = np.empty(most, np.uint64), np.empty(most, np.int32)
        number = _hash_deletions(
            self.letters, self.lengths, self.shortest, self.two_from, places, hashes, owners
        )
        order = np.argsort(hashes[:number])
        return hashes[order], owners[order]


def within_edits(left: Edited, right: Edited) -> tuple[Ints, Ints, Ints]:
    """Find every pair of tokens within one edit, and within two where both have `two_from` letters or more.

    Args:
        left: tokens of A-Z.
        right: tokens of A-Z, with the same bounds; what is worked out of them is kept.

    Returns:
        Places in `left` and `right`, and the edits of each pair (1 or 2; equal tokens are left out).
    """
    width, found = len(right.lengths), [np.zeros(0, np.int64)]
    for one, other in _proposed(left.deletions_like(right), right.deletions):
        distance = _measure(
            left.letters, left.lengths, right.letters, right.lengths, one, other, left.two_from
        )
        keep = distance > 0
        found.append(one[keep] * (width * 4) + other[keep] * 4 + distance[keep])
    code = distinct(np.concatenate(found))
    place = code // 4
    return place // max(width, 1), place % max(width, 1), code % 4


def distinct(code: Ints) -> Ints:
    """Return the distinct numbers, ascending; sorting beats hashing on the millions that come here."""
    code = np.sort(code)
    new = np.ones(len(code), np.bool_)
    new[1:] = code[1:] != code[:-1]
    return code[new]


def _letters(tokens: Sequence[str]) -> tuple[Bytes, Numbers]:
    cut = [token[:LONGEST].encode("ascii", "replace") for token in tokens]
    width = max((len(token) for token in cut), default=1) or 1
    written = bytearray().join(token.ljust(width, b"\0") for token in cut)
    letters = np.frombuffer(written, np.uint8)  # writable, as an index that is mapped: one type for the loops
    return letters.reshape(len(cut), width), np.array([len(token) for token in cut], np.int32)


@compiled
def _hash_deletions(
    letters: Bytes,
    lengths: Numbers,
    shortest: int,
    two_from: int,
    places: Bools,
    hashes: Hashes,
    owners: Numbers,
) -> int:
    """Write the hashes that have a place and their tokens; return how many."""
    at, last_place = 0, np.uint64(len(places) - 1)
    for token in range(len(lengths)):
        length = lengths[token]
        if length < shortest:
            continue
        for first in range(-1, length):
            last = length if first >= 0 and length >= two_from else first + 1
            for second in range(first, last):
                value = np.uint64(14695981039346656037)
                for place in range(length):
                    if place not in (first, second):
                        value = (value ^ np.uint64(letters[token, place])) * np.uint64(1099511628211)
                if places[value >> np.uint64(12) & last_place]:
                    hashes[at], owners[at] = value, token
                    at += 1
    return at


def _proposed(one: tuple[Hashes, Numbers], other: tuple[Hashes, Numbers]) -> list[tuple[Ints, Ints]]:
    """Return pairs of owners with an equal hash, each pair once, in parts of bounded size."""
    begin, end = (np.searchsorted(other[0], one[0], side=side) for side in ("left", "right"))
    number = end - begin
    having = np.flatnonzero(number)
    parts, total, start = [], np.cumsum(number[having]), 0
    while start < len(having):
        before = int(total[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + _PART, side="right")))
        at = having[start:stop]
        counts = number[at]
        offset = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        left, right = np.repeat(one[1][at], counts), other[1][np.repeat(begin[at], counts) + offset]
        code = distinct(left.astype(np.int64) * (1 << 32) + right)
        parts.append((code >> 32, code & ((1 << 32) - 1)))
        start = stop
    return parts


@compiled
def _measure(
    left: Bytes,
    left_length: Numbers,
    right: Bytes,
    right_length: Numbers,
    one: Ints,
    other: Ints,
    two_from: int,
) -> npt.NDArray[np.int8]:
    """Return the edits of each pair; 0 where the tokens are equal or too far apart."""
    found = np.zeros(len(one), np.int8)
    rows = np.zeros((3, 64), np.int32)
    for at in range(len(one)):
        a, b = one[at], other[at]
        m, n = left_length[a], right_length[b]
        most = 2 if m >= two_from and n >= two_from else 1
        if abs(m - n) > most:
            continue
        for j in range(n + 1):
            rows[0, j] = j
        for i in range(1, m + 1):
            now, last, before = rows[i % 3], rows[(i - 1) % 3], rows[(i - 2) % 3]
            now[0] = i
            for j in range(1, n + 1):
                same = left[a, i - 1] == right[b, j - 1]
                value = last[j - 1] + (0 if same else 1)
                value = min(value, last[j] + 1, now[j - 1] + 1)
                if (
                    i > 1
                    and j > 1
                    and left[a, i - 1] == right[b, j - 2]
                    and left[a, i - 2] == right[b, j - 1]
                ):
                    value = min(value, before[j - 2] + 1)
                now[j] = value
        if rows[m % 3, n] <= most:
            found[at] = rows[m % 3, n]
    return found
