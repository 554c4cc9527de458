"""Names in columns: tokens as numbers of two vocabularies, single tokens and neighbours written as one."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.identity.names import tokens
from screening.identity.significant import Significant, significant
from screening.matching.loops import MOST as MOST_TOKENS
from screening.matching.loops import Side

Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
UNKNOWN, SURNAME, GIVEN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Names:
    """Names as rows of token numbers, -1 where there is none.

    Attributes:
        single: tokens that carry the name [name, place].
        spelt: the same with the particles before it joined.
        two: number of the token with the next; in the last place of three or more, with the first, if
            `around`.
        three: number of the token with the next two.
        part: UNKNOWN, SURNAME or GIVEN.
        count: tokens of each name.
        initials: how many of them are a single letter.
        singles: vocabulary of `single` and `spelt`.
        joined: tokens of `singles` that stand side by side, which `two` and `three` number [sequence, 3]; -1
            where there is no third.
    """

    single: Numbers
    spelt: Numbers
    two: Numbers
    three: Numbers
    part: npt.NDArray[np.int8]
    count: Numbers
    initials: Numbers
    singles: tuple[str, ...]
    joined: Ints


def parted(surname: Sequence[str], given: Sequence[str]) -> list[tuple[Significant, int]]:
    """Return the tokens of a name with fields, each with its part; the first eight where there are more."""
    found = [(token, SURNAME) for token in significant(tuple(surname))]
    found += [(token, GIVEN) for token in significant(tuple(given))]
    return found[:MOST_TOKENS]


def whole(full: str) -> list[tuple[Significant, int]]:
    """Return the tokens of a name without fields; one comma parts surname and given names.

    >>> [(token.token, part) for token, part in whole("AL RAHMAN, Shaykh Umar")]
    [('RAHMAN', 1), ('SHAYKH', 2), ('UMAR', 2)]
    """
    surname, comma, given = full.partition(",")
    if comma and "," not in given and given.strip() and surname.strip():
        return parted(tokens(surname), tokens(given))
    return [(token, UNKNOWN) for token in significant(tokens(full))][:MOST_TOKENS]


def columns(rows: Iterable[Sequence[tuple[Significant, int]]], *, around: bool) -> Names:
    """Lay names out in columns.

    Args:
        rows: names as `parted` or `whole` give them.
        around: also join the last token with the first (fields of a traveller may be swapped).
    """
    singles: dict[str, int] = {}
    single, spelt, part, count, initials = array("i"), array("i"), array("b"), array("i"), array("i")
    for row in rows:
        count.append(len(row))
        letters = 0
        for token, of in row:
            single.append(singles.setdefault(token.token, len(singles)))
            letters += len(token.token) == 1
            part.append(of)
            joined = token.with_particles
            spelt.append(singles.setdefault(joined, len(singles)) if joined else -1)
        initials.append(letters)
    counts = np.array(count, np.int32)
    row_of, place = np.repeat(np.arange(len(counts)), counts), _places(counts)

    def laid(column: "array[int]", empty: int) -> Numbers:
        cells = np.full((len(counts), MOST_TOKENS), empty, np.int32)
        cells[row_of, place] = column
        return cells

    names = laid(single, -1)
    two, three, sequences = _side_by_side(names, counts, len(singles), around=around)
    return Names(
        single=names,
        spelt=laid(spelt, -1),
        two=two,
        three=three,
        part=laid(part, UNKNOWN).astype(np.int8),
        count=counts,
        initials=np.array(initials, np.int32),
        singles=tuple(singles),
        joined=sequences,
    )


def _places(counts: Numbers) -> Ints:
    ends = np.cumsum(counts)
    places: Ints = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
    return places


def _side_by_side(
    names: Numbers, counts: Numbers, tokens: int, *, around: bool
) -> tuple[Numbers, Numbers, Ints]:
    """Number the distinct sequences of two and three tokens that stand side by side."""
    width = tokens + 1
    padded = np.concatenate([names, np.full((len(names), 2), -1, np.int32)], axis=1).astype(np.int64) + 1
    first, second, third = padded[:, :-2], padded[:, 1:-1].copy(), padded[:, 2:]
    if around:
        long = np.flatnonzero(counts > 2)
        second[long, counts[long] - 1] = first[long, 0]
    two = np.where((first > 0) & (second > 0), (first * width + second) * width, -1)
    three = np.where((first > 0) & (third > 0), (first * width + padded[:, 1:-1]) * width + third, -1)
    codes = np.unique(np.concatenate([two.ravel(), three.ravel()]))
    codes = codes[codes >= 0]
    numbers = [
        np.where(code >= 0, np.searchsorted(codes, code), -1).astype(np.int32) for code in (two, three)
    ]
    sequences = np.stack([codes // width // width, codes // width % width, codes % width], axis=1) - 1
    return numbers[0], numbers[1], sequences


def side(names: Names) -> Side:
    """Return names as the loops take them."""
    return Side(
        names.single, names.spelt, names.two, names.three, names.part, names.count, names.initials,
        np.array([ord(token[0]) for token in names.singles], np.int8),
        np.array([len(token) == 1 for token in names.singles], np.bool_),
    )  # fmt: skip
