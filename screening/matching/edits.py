"""Which tokens of two vocabularies lie one or two edits apart, without comparing every pair.

Rule: two tokens within k edits (optimal string alignment: insert, delete, substitute, swap neighbours) share
a text that both give when k letters or fewer are deleted (symmetric deletion, as in spelling correction). So
equal hashes of such texts propose pairs, and each proposed pair is measured. Nothing is lost: every pair
within the bound shares a hash, and an accidental equality is measured away.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from screening.matching.compiled import compiled

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
LONGEST = 48
"""Letters of a token that are compared; a name field holds no more than 39."""


def within_edits(
    left: Sequence[str], right: Sequence[str], *, shortest: int, two_from: int, again: bool = False
) -> tuple[Ints, Ints, Ints]:
    """Find every pair of tokens within one edit, and within two where both have `two_from` letters or more.

    Args:
        left: tokens of A-Z.
        right: tokens of A-Z.
        shortest: letters of the shortest token that is compared.
        two_from: letters from which two edits are allowed.
        again: `left` will be compared again: what is worked out of it is kept.

    Returns:
        Places in `left` and `right`, and the edits of each pair (1 or 2; equal tokens are left out).
    """
    ours = (_kept if again else _prepared)(tuple(left), shortest, two_from)
    theirs = _prepared(right, shortest, two_from)
    found = []
    for one, other in _proposed(ours[1], theirs[1]):
        distance = _measure(*ours[0], *theirs[0], one, other, two_from)
        keep = distance > 0
        found.append(np.stack([one[keep], other[keep], distance[keep].astype(np.int64)]))
    pairs = np.concatenate(found, axis=1) if found else np.empty((3, 0), np.int64)
    code = distinct(pairs[0] * (len(right) * 4) + pairs[1] * 4 + pairs[2])
    place = code // 4
    return place // max(len(right), 1), place % max(len(right), 1), code % 4


Prepared = tuple[tuple[Bytes, npt.NDArray[np.int32]], tuple[Hashes, Ints]]
"""Letters and lengths of tokens, and their hashes with owners."""


def _prepared(tokens: Sequence[str], shortest: int, two_from: int) -> Prepared:
    letters = _letters(tokens)
    return letters, _deletions(*letters, shortest, two_from)


@lru_cache(maxsize=2)
def _kept(tokens: tuple[str, ...], shortest: int, two_from: int) -> Prepared:
    return _prepared(tokens, shortest, two_from)


def distinct(code: Ints) -> Ints:
    """Return the distinct numbers, ascending; sorting beats hashing on the millions that come here."""
    code = np.sort(code)
    new = np.ones(len(code), np.bool_)
    new[1:] = code[1:] != code[:-1]
    return code[new]


def _letters(tokens: Sequence[str]) -> tuple[Bytes, npt.NDArray[np.int32]]:
    cut = [token[:LONGEST].encode("ascii", "replace") for token in tokens]
    width = max((len(token) for token in cut), default=1) or 1
    letters = np.frombuffer(b"".join(token.ljust(width, b"\0") for token in cut), np.uint8)
    return letters.reshape(len(cut), width), np.array([len(token) for token in cut], np.int32)


def _deletions(
    letters: Bytes, lengths: npt.NDArray[np.int32], shortest: int, two_from: int
) -> tuple[Hashes, Ints]:
    """Return the hashes of all texts with up to one (two) letters deleted, sorted, and their tokens."""
    size = lengths.astype(np.int64)
    one = np.where(size >= shortest, 1 + size, 0)
    number = np.where(size >= two_from, one + size * (size - 1) // 2, one)
    hashes, owner = np.empty(int(number.sum()), np.uint64), np.empty(int(number.sum()), np.int64)
    _hash_deletions(letters, lengths, shortest, two_from, hashes, owner)
    order = np.argsort(hashes, kind="stable")
    hashes, owner = hashes[order], owner[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (owner[1:] != owner[:-1])
    return hashes[new], owner[new]


@compiled
def _hash_deletions(
    letters: Bytes, lengths: npt.NDArray[np.int32], shortest: int, two_from: int, hashes: Hashes, owner: Ints
) -> None:
    at = 0
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
                hashes[at], owner[at] = value, token
                at += 1


def _proposed(one: tuple[Hashes, Ints], other: tuple[Hashes, Ints]) -> list[tuple[Ints, Ints]]:
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
        code = distinct(left * (1 << 32) + right)
        parts.append((code >> 32, code & ((1 << 32) - 1)))
        start = stop
    return parts


_PART = 20_000_000


@compiled
def _measure(
    left: Bytes,
    left_length: npt.NDArray[np.int32],
    right: Bytes,
    right_length: npt.NDArray[np.int32],
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
