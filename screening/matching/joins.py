"""Which tokens are two or three neighbours of the other side written as one.

Rule: a token agrees with neighbours a, b (c) exactly when it is their letters one after another, and by
transliteration when one of its keys is the keys of a, b (c) one after another (a letter in which two keys
meet may stand once). So no neighbours have to be spelt as one to be compared, however many there are.

A key is a row of symbols: its letters, or its syllables where it is read by syllables. Pieces of a key are
looked up by hash; two unlike pieces with one hash of 64 bits are not to be expected among the some 10⁷ of a
large list, and would make two names agree, never part them.
"""

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screening.identity.syllables import numbers
from screening.matching.compiled import compiled

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Small = npt.NDArray[np.int8]
Hashes = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
_MOST = 40  # tokens under one key that are tried; a key that more share says nothing
_LETTERS = 0  # language of a key of letters
_LANGUAGES = {"ko": 1, "zh": 2, "my": 3}


class Keyed:
    """Keys of tokens as rows of symbols; what is worked out of them is worked out once.

    Attributes:
        symbols: symbols of all keys.
        begin: where each key begins, and the last ends.
        languages: language of each.
        tokens: token of each.
    """

    KEPT = ("symbols", "begin", "languages", "tokens", "known")

    def __init__(self, keys: Iterable[Iterable[str]]) -> None:
        rows: list[str] = []
        languages, tokens = array("b"), array("q")
        for at, of in enumerate(keys):
            for key in of:
                language, row = _row(key)
                if row:
                    rows.append(row)
                    languages.append(language)
                    tokens.append(at)
        symbols = bytearray("".join(rows).encode("utf-32-le"))  # writable, as those of a mapped index
        self.symbols: Numbers = np.frombuffer(symbols, np.int32)
        self.begin: Ints = np.cumsum([0, *map(len, rows)])
        self.languages: Small = np.array(languages, np.int8)
        self.tokens: Ints = np.array(tokens, np.int64)

    @cached_property
    def known(self) -> tuple["Table", Ints, Ints]:
        """The group of each whole key by its hash, where the groups begin, and their tokens."""
        hashes = _hash_rows(self.symbols, self.begin, self.languages)
        order = np.lexsort((self.tokens, hashes))
        groups, begin = np.unique(hashes[order], return_index=True)
        return _table(groups, np.arange(len(groups))), np.append(begin, len(hashes)), self.tokens[order]


def _row(key: str) -> tuple[int, str]:
    """Return the language of a key and its symbols; no symbols for a known spelling."""
    if key.startswith("="):
        return _LETTERS, ""
    language, blank, syllables = key.partition(" ")
    if not blank:
        return _LETTERS, key
    known = numbers()
    return _LANGUAGES[language], "".join([chr(known[one]) for one in syllables.split(" ")])


def joins(
    whole: Sequence[Keyed], parts: Sequence[Keyed], side_by_side: "Beside", long: Bools
) -> tuple[Ints, Ints, Ints]:
    """Find the tokens that are neighbours written as one.

    Args:
        whole: keys of the tokens of one side, strongest kind first.
        parts: keys of the tokens of the other side, in the same kinds.
        side_by_side: which tokens of `parts` stand beside which.
        long: which tokens of `whole` may be several.

    Returns:
        Places in `whole` and among the sequences, and the place of the kind; sorted, each pair once, with its
        strongest kind.
    """
    found = []
    for kind, (one, other) in enumerate(zip(whole, parts, strict=True)):
        pairs = _joined(one.symbols, one.begin, one.languages, one.tokens, long, *other.known, side_by_side)
        found.append(np.column_stack([pairs, np.full(len(pairs), kind)]))
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)  # sorted by kind within a pair: the stronger stays
    token, sequence, kinds = rows[new].T
    return token, sequence, kinds


class Beside(NamedTuple):
    """Tokens that stand side by side: behind token a stand `second[after[a]:after[a + 1]]`, ascending.

    Behind the pair p stand `third[behind[p]:behind[p + 1]]`, ascending, -1 for none; their places are those
    of the sequences.
    """

    after: Ints
    second: Ints
    behind: Ints
    third: Ints


def beside(neighbours: Ints) -> Beside:
    """Lay out which tokens stand side by side.

    Args:
        neighbours: [sequence, 3] two or three tokens that stand side by side, -1 for no third; distinct and
            sorted.
    """
    first, second, third = np.ascontiguousarray(neighbours.T)
    new = np.ones(len(first), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    pairs = np.flatnonzero(new)
    tokens = int(neighbours.max()) + 1 if len(neighbours) else 0
    after = np.searchsorted(first[pairs], np.arange(tokens + 1)).astype(np.int64)
    return Beside(after, second[pairs], np.append(pairs, len(first)), third)


Table = tuple[Hashes, Ints]
"""Open addressing: keys (0 is empty) and their values, a power of two of them, at most half full."""


def _table(keys: Hashes, values: Ints) -> Table:
    size = 1 << max(4, (2 * len(keys)).bit_length())
    table = np.zeros(size, np.uint64), np.full(size, -1, np.int64)
    _enter(table[0], table[1], keys, values)
    return table


@compiled
def _spot(keys: Hashes, key: np.uint64) -> int:
    """Return the place of a key, or the empty one where it would stand."""
    mask = np.uint64(len(keys) - 1)
    at = (key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20) & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + np.uint64(1)) & mask
    return int(at)


@compiled
def _enter(table: Hashes, values: Ints, keys: Hashes, new: Ints) -> None:
    for at in range(len(keys)):
        spot = _spot(table, keys[at])
        table[spot] = keys[at]
        values[spot] = new[at]


@compiled
def _hash(symbols: Numbers, begin: int, end: int, language: int) -> np.uint64:
    # Multiplied, so that no symbol of one language has the hash of another's.
    value = (np.uint64(14695981039346656037) ^ np.uint64(language)) * np.uint64(1099511628211)
    for at in range(begin, end):
        value = (value ^ np.uint64(symbols[at] + 1)) * np.uint64(1099511628211)
    return value | np.uint64(1)


@compiled
def _hash_rows(symbols: Numbers, begin: Ints, languages: Small) -> Hashes:
    found = np.empty(len(languages), np.uint64)
    for row in range(len(languages)):
        found[row] = _hash(symbols, begin[row], begin[row + 1], languages[row])
    return found


@compiled
def _find(ascending: Ints, begin: int, end: int, wanted: int) -> int:
    """Return the place of a number between two places; -1 where it is not there."""
    last = end
    while begin < end:
        middle = (begin + end) // 2
        if ascending[middle] < wanted:
            begin = middle + 1
        else:
            end = middle
    return begin if begin < last and ascending[begin] == wanted else -1


@compiled
def _group(known: Table, symbols: Numbers, begin: int, end: int, language: int) -> int:
    """Return the group of the tokens that have these symbols as a key; -1 where none has."""
    return int(known[1][_spot(known[0], _hash(symbols, begin, end, language))])


@compiled
def _joined(
    symbols: Numbers,
    begin: Ints,
    languages: Small,
    tokens: Ints,
    long: Bools,
    known: Table,
    groups: Ints,
    owners: Ints,
    beside: Beside,
) -> Ints:
    """Return (token, sequence) of each key that neighbours make; some stand twice."""
    found = np.empty((1024, 2), np.int64)
    rows = 0
    # Groups of the ends of a key: of most keys no end is a token, and nothing more is looked up.
    tail = np.empty(1 + max(0, np.max(begin[1:] - begin[:-1]) if len(languages) else 0), np.int64)
    for row in range(len(languages)):
        if not long[tokens[row]]:
            continue
        language = languages[row]
        start, end = begin[row], begin[row + 1]
        ends = False
        for cut in range(start + 1, end):
            tail[cut - start] = _group(known, symbols, cut, end, language)
            ends = ends or tail[cut - start] >= 0
        for cut in range(start + 1, end if ends else start + 1):
            for doubled in range(2 if language == 0 and cut < end - 1 else 1):
                one = _group(known, symbols, start, cut + doubled, language)
                if one < 0 or groups[one + 1] - groups[one] > _MOST:
                    continue
                # cut == end stands for no third part
                for last in range(cut + 1, end + 1):
                    three = tail[last - start] if last < end else -1
                    if three < 0 and last < end:
                        continue
                    for again in range(2 if language == 0 and last < end - 1 else 1):
                        two = tail[cut - start]
                        if last < end:
                            two = _group(known, symbols, cut, last + again, language)
                        if two < 0 or (last < end and groups[two + 1] - groups[two] > _MOST):
                            continue
                        for a in range(groups[one], groups[one + 1]):
                            if owners[a] + 1 >= len(beside.after):
                                continue
                            after, until = beside.after[owners[a]], beside.after[owners[a] + 1]
                            seconds = groups[two], min(groups[two + 1], groups[two] + _MOST)
                            few = until - after < seconds[1] - seconds[0]
                            for at in range(min(until - after, seconds[1] - seconds[0])):
                                pair = after + at
                                if not few:
                                    pair = _find(beside.second, after, until, owners[seconds[0] + at])
                                    if pair < 0:
                                        continue
                                elif _find(owners, seconds[0], seconds[1], beside.second[pair]) < 0:
                                    continue
                                first = groups[three] if three >= 0 else 0
                                stop = min(groups[three + 1], first + _MOST) if three >= 0 else 1
                                for c in range(first, stop):
                                    third = owners[c] if three >= 0 else -1
                                    place = _find(
                                        beside.third, beside.behind[pair], beside.behind[pair + 1], third
                                    )
                                    if place < 0:
                                        continue
                                    if rows == len(found):
                                        larger = np.empty((2 * rows, 2), np.int64)
                                        larger[:rows] = found
                                        found = larger
                                    found[rows, 0], found[rows, 1] = tokens[row], place
                                    rows += 1
    return found[:rows]
