"""Names in columns: tokens as numbers of two vocabularies, single tokens and neighbours written as one."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.names import tokens
from screening.identity.significant import Significant, significant
from screening.matching.edits import distinct
from screening.matching.loops import MOST as MOST_TOKENS
from screening.matching.loops import Side
from screening.matching.tokens import Vocabulary

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
        joined: tokens of `singles` that stand side by side, which `two` and `three` number [sequence, 3],
            sorted; -1 where there is no third.
    """

    single: Numbers
    spelt: Numbers
    two: Numbers
    three: Numbers
    part: npt.NDArray[np.int8]
    count: Numbers
    initials: Numbers
    singles: Vocabulary
    joined: Ints

    def take(self, rows: Ints) -> "Names":
        """Return some of the names; those left out must have no tokens."""
        columns_ = ("single", "spelt", "two", "three", "part", "count", "initials")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns_})


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
    vocabulary: dict[str, int] = {}
    flat = Flat()
    for row in rows:
        flat.append(row, vocabulary)
    return _laid(*flat.arrays(), tuple(vocabulary), around=around)


def fielded(surnames: pa.StringArray, given: pa.StringArray, *, nameless: pa.BooleanArray) -> Names:
    """Lay travellers' names out in columns; each distinct field is read once.

    Args:
        surnames: tokens of the surname of each reading, blanks between.
        given: the same of the given names.
        nameless: readings without a name.
    """
    missing = nameless.to_numpy(zero_copy_only=False)
    part = np.full(len(surnames), SURNAME, np.int8)
    return _of_fields(surnames, given, part, missing, lambda text: tuple(text.split()), around=True)


def published(fulls: pa.StringArray, surnames: pa.StringArray, given: pa.StringArray) -> Names:
    """Lay listed names out in columns, as `parted` or `whole` read them; each distinct field is read once.

    Args:
        fulls: names as published.
        surnames: their surnames; '' where the list has no fields.
        given: their given names; '' where the list has no fields.
    """
    comma = pc.split_pattern(fulls, ",", max_splits=1)
    several = pc.equal(pc.count_substring(fulls, ","), 1)
    first = pc.list_element(comma, 0)
    # A name without comma has one element: reach for the last one.
    second = pc.list_flatten(pc.list_slice(pc.if_else(several, comma, pa.scalar(["", ""])), 1, 2))
    blank = [pc.equal(pc.utf8_trim_whitespace(one), "") for one in (first, second)]
    cut = pc.and_(several, pc.invert(pc.or_(*blank)))
    split = pc.and_(pc.not_equal(surnames, ""), pc.not_equal(given, ""))
    one = pc.if_else(split, surnames, pc.if_else(cut, first, fulls))
    other = pc.if_else(split, given, pc.if_else(cut, second, ""))
    parts = pc.or_(split, cut).to_numpy(zero_copy_only=False)
    part = np.where(parts, np.int8(SURNAME), np.int8(UNKNOWN))
    return _of_fields(one, other, part, np.zeros(len(part), np.bool_), tokens, around=False)


def _of_fields(
    one: pa.StringArray,
    other: pa.StringArray,
    part: npt.NDArray[np.int8],
    missing: npt.NDArray[np.bool_],
    read: Callable[[str], tuple[str, ...]],
    *,
    around: bool,
) -> Names:
    """Lay names of two fields out in columns; `part` says what the first one is."""
    vocabulary: dict[str, int] = {}
    sides = []
    for column in (one, other):
        coded = column.dictionary_encode()
        flat = Flat()
        for text in coded.dictionary.to_pylist():
            flat.append([(token, GIVEN) for token in significant(read(text))], vocabulary)
        counts, single, spelt, _ = flat.arrays()
        code = coded.indices.to_numpy().astype(np.int64)
        sides.append((np.where(missing, 0, counts[code]), (np.cumsum(counts) - counts)[code], single, spelt))
    first, second = sides
    total = np.minimum(first[0] + second[0], MOST_TOKENS).astype(np.int32)
    row, place = np.repeat(np.arange(len(total)), total), _places(total)
    own = place < first[0][row]
    at = np.where(own, first[1][row] + place, len(first[2]) + second[1][row] + place - first[0][row])
    single, spelt = (np.concatenate([first[n], second[n]])[at] for n in (2, 3))
    parts = np.where(own, part[row], np.int8(GIVEN))
    return _laid(total, single, spelt, parts, tuple(vocabulary), around=around)


class Flat:
    """Names one after another: how many tokens each has, and number, joined spelling and part of each."""

    def __init__(self) -> None:
        self._count, self._single, self._spelt, self._part = array("i"), array("i"), array("i"), array("b")

    def append(self, row: Sequence[tuple[Significant, int]], vocabulary: dict[str, int]) -> None:
        """Add a name; new tokens get the next numbers of the vocabulary."""
        self._count.append(len(row))
        for token, of in row:
            self._single.append(vocabulary.setdefault(token.token, len(vocabulary)))
            self._part.append(of)
            joined = token.with_particles
            self._spelt.append(vocabulary.setdefault(joined, len(vocabulary)) if joined else -1)

    def arrays(self) -> tuple[Numbers, Numbers, Numbers, npt.NDArray[np.int8]]:
        """Return count, single, spelt and part."""
        return (
            np.array(self._count, np.int32),
            np.array(self._single, np.int32),
            np.array(self._spelt, np.int32),
            np.array(self._part, np.int8),
        )


def _laid(
    counts: Numbers,
    single: Numbers,
    spelt: Numbers,
    part: npt.NDArray[np.int8],
    vocabulary: tuple[str, ...],
    *,
    around: bool,
) -> Names:
    row, place = np.repeat(np.arange(len(counts)), counts), _places(counts)

    def cells(column: npt.NDArray[np.signedinteger], empty: int) -> Numbers:
        found = np.full((len(counts), MOST_TOKENS), empty, np.int32)
        found[row, place] = column
        return found

    names = cells(single, -1)
    two, three, sequences = _side_by_side(names, counts, len(vocabulary), around=around)
    letter = np.array([len(token) == 1 for token in vocabulary], np.bool_)
    return Names(
        single=names,
        spelt=cells(spelt, -1),
        two=two,
        three=three,
        part=cells(part, UNKNOWN).astype(np.int8),
        count=counts,
        initials=np.bincount(row[letter[single]], minlength=len(counts)).astype(np.int32),
        singles=Vocabulary(vocabulary),
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
    codes = distinct(np.concatenate([two[two >= 0], three[three >= 0]]))
    numbers = [
        np.where(code >= 0, np.searchsorted(codes, code), -1).astype(np.int32) for code in (two, three)
    ]
    sequences = np.stack([codes // width // width, codes // width % width, codes % width], axis=1) - 1
    return numbers[0], numbers[1], sequences


def side(names: Names) -> Side:
    """Return names as the loops take them."""
    return Side(
        names.single, names.spelt, names.two, names.three, names.part, names.count, names.initials,
        np.array([ord(token[0]) for token in names.singles.tokens], np.int8),
        np.array([len(token) == 1 for token in names.singles.tokens], np.bool_),
        names.singles.edits.letters, names.singles.edits.lengths,
    )  # fmt: skip
