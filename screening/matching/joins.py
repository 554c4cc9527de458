"""Which tokens are two or three neighbours of the other side written as one.

Rule: a token agrees with neighbours a, b (c) exactly when it is their letters one after another, and by
transliteration when one of its keys is the keys of a, b (c) one after another (a letter in which two keys
meet may stand once). So no neighbours have to be spelt as one to be compared, however many there are.

A key is a row of symbols: its letters, or its syllables where it is read by syllables. Pieces of a key are
looked up by hash; two unlike pieces with one hash of 64 bits are not to be expected among the some 10⁷ of a
large list, and would make two names agree, never part them.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from screening.identity.syllables import part_readings
from screening.matching.compiled import compiled
from screening.matching.model import KINDS
from screening.matching.tokens import Neighbours, transliterations

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
EXACT, TRANSLITERATION = KINDS.index("exact"), KINDS.index("transliteration")
_MOST = 40  # tokens under one key that are tried; a key that more share says nothing
_SHORTEST = 4
_LETTERS = 0  # language of a key of letters
_LANGUAGES = {"ko": 1, "zh": 2, "my": 3}


def joins(whole: Sequence[str], parts: Sequence[str], neighbours: Ints) -> Neighbours:
    """Find the tokens that are neighbours written as one.

    Args:
        whole: distinct tokens of one side.
        parts: distinct tokens of the other side.
        neighbours: [sequence, 3] two or three of `parts` that stand side by side, -1 for no third; distinct.

    Returns:
        Places in `whole` and in `neighbours`, and the number of the kind.
    """
    width = len(parts) + 1
    first = ((neighbours[:, 0] + 1) * width + neighbours[:, 1] + 1).astype(np.uint64)
    code = first * np.uint64(width) + (neighbours[:, 2] + 1).astype(np.uint64)
    beside = _table(np.unique(first), np.zeros(0, np.int64))
    sequences = _table(code, np.arange(len(code)))
    found = []
    for kind, keys, part_keys in (
        (EXACT, _exact, _exact),
        (TRANSLITERATION, transliterations, _beside_others),
    ):
        hashes, owners = _hashed(_rows(parts, part_keys, 1))
        groups, begin = np.unique(hashes, return_index=True)
        known = _table(groups, np.arange(len(groups)))
        pairs = _joined(
            *_rows(whole, keys, _SHORTEST),
            known,
            np.append(begin, len(hashes)),
            owners,
            beside,
            sequences,
            width,
        )
        found.append(np.column_stack([pairs, np.full(len(pairs), kind)]))
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)  # sorted by kind within a pair: the stronger stays
    return Neighbours(*rows[new].T)


def _exact(token: str) -> tuple[str, ...]:
    return (token,)


def _beside_others(token: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*transliterations(token), *part_readings(token))))


Rows = tuple[npt.NDArray[np.int32], Ints, npt.NDArray[np.int8], Ints]
"""Symbols of all keys, where each begins (and the last ends), its language, and its token."""


def _rows(tokens: Sequence[str], keys_of: Callable[[str], Iterable[str]], shortest: int) -> Rows:
    symbols: list[npt.NDArray[np.int32] | list[int]] = []
    lengths, languages, owners = [], [], []
    for at, token in enumerate(tokens):
        if len(token) < shortest:
            continue
        for key in keys_of(token):
            language, blank, syllables = key.partition(" ")
            if key.startswith("="):  # a known spelling is no row of symbols
                continue
            if blank and language in _LANGUAGES:
                row = [_syllables.setdefault(one, len(_syllables)) for one in syllables.split(" ")]
            else:
                row = list(key.encode())
            symbols.append(row)
            lengths.append(len(row))
            languages.append(_LANGUAGES.get(language, _LETTERS) if blank else _LETTERS)
            owners.append(at)
    flat = np.fromiter((one for row in symbols for one in row), np.int32, sum(lengths))
    begin = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    return flat, begin, np.array(languages, np.int8), np.array(owners, np.int64)


_syllables: dict[str, int] = {}  # numbers of syllables; only their being equal counts


def _hashed(rows: Rows) -> tuple[Hashes, Ints]:
    """Return the hashes of whole keys and their tokens, sorted."""
    hashes = _hash_rows(rows[0], rows[1], rows[2])
    order = np.lexsort((rows[3], hashes))
    return hashes[order], rows[3][order]


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
        values[spot] = new[at] if len(new) else 0


@compiled
def _hash(symbols: npt.NDArray[np.int32], begin: int, end: int, language: int) -> np.uint64:
    # Multiplied, so that no symbol of one language has the hash of another's.
    value = (np.uint64(14695981039346656037) ^ np.uint64(language)) * np.uint64(1099511628211)
    for at in range(begin, end):
        value = (value ^ np.uint64(symbols[at] + 1)) * np.uint64(1099511628211)
    return value | np.uint64(1)


@compiled
def _hash_rows(symbols: npt.NDArray[np.int32], begin: Ints, languages: npt.NDArray[np.int8]) -> Hashes:
    found = np.empty(len(languages), np.uint64)
    for row in range(len(languages)):
        found[row] = _hash(symbols, begin[row], begin[row + 1], languages[row])
    return found


@compiled
def _joined(
    symbols: npt.NDArray[np.int32],
    begin: Ints,
    languages: npt.NDArray[np.int8],
    tokens: Ints,
    known: Table,
    groups: Ints,
    owners: Ints,
    beside: Table,
    sequences: Table,
    width: int,
) -> Ints:
    """Return (token, sequence) of each key that neighbours make; some stand twice."""
    found = np.empty((1024, 2), np.int64)
    rows = 0
    for row in range(len(languages)):
        language = languages[row]
        start, end = begin[row], begin[row + 1]
        for cut in range(start + 1, end):
            for doubled in range(2 if language == 0 and cut < end - 1 else 1):
                one = known[1][_spot(known[0], _hash(symbols, start, cut + doubled, language))]
                if one < 0 or groups[one + 1] - groups[one] > _MOST:
                    continue
                # cut == end stands for no third part
                for last in range(cut + 1, end + 1):
                    for again in range(2 if language == 0 and last < end - 1 else 1):
                        piece = _hash(symbols, cut, min(last + again, end), language)
                        two = known[1][_spot(known[0], piece)]
                        if two < 0 or (last < end and groups[two + 1] - groups[two] > _MOST):
                            continue
                        three = -1
                        if last < end:
                            three = known[1][_spot(known[0], _hash(symbols, last, end, language))]
                            if three < 0:
                                continue
                        for a in range(groups[one], groups[one + 1]):
                            for b in range(groups[two], min(groups[two + 1], groups[two] + _MOST)):
                                pair = np.uint64((owners[a] + 1) * width + owners[b] + 1)
                                if beside[1][_spot(beside[0], pair)] < 0:
                                    continue
                                code = pair * np.uint64(width)
                                first = groups[three] if three >= 0 else 0
                                stop = min(groups[three + 1], first + _MOST) if three >= 0 else 1
                                for c in range(first, stop):
                                    third = np.uint64(owners[c] + 1) if three >= 0 else np.uint64(0)
                                    place = sequences[1][_spot(sequences[0], code + third)]
                                    if place < 0:
                                        continue
                                    if rows == len(found):
                                        larger = np.empty((2 * rows, 2), np.int64)
                                        larger[:rows] = found
                                        found = larger
                                    found[rows, 0], found[rows, 1] = tokens[row], place
                                    rows += 1
    return found[:rows]
