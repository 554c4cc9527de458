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
UNKNOWN, SURNAME, GIVEN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Names:
    """Names as rows of token numbers, -1 where there is none.

    Attributes:
        single: tokens that carry the name [name, place].
        spelt: the same with the particles before it joined.
        two: token joined with the next; in the last place of three or more, with the first if `around`.
        three: token joined with the next two.
        part: UNKNOWN, SURNAME or GIVEN.
        count: tokens of each name.
        initials: how many of them are a single letter.
        singles: vocabulary of `single` and `spelt`.
        joined: vocabulary of `two` and `three`.
    """

    single: Numbers
    spelt: Numbers
    two: Numbers
    three: Numbers
    part: npt.NDArray[np.int8]
    count: Numbers
    initials: Numbers
    singles: tuple[str, ...]
    joined: tuple[str, ...]


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
    listed = list(rows)
    singles: dict[str, int] = {}
    joined: dict[str, int] = {}
    single, spelt, two, three, part = (array("i") for _ in range(5))
    count, initials = array("i"), array("i")
    gap = [array("i", [-1] * number) for number in range(MOST_TOKENS + 1)]
    for row in listed:
        size = len(row)
        words = [token.token for token, _ in row]
        count.append(size)
        initials.append(sum(len(word) == 1 for word in words))
        single.extend([singles.setdefault(word, len(singles)) for word in words])
        for token, of in row:
            with_particles = token.with_particles
            spelt.append(singles.setdefault(with_particles, len(singles)) if with_particles else -1)
            part.append(of)
        for place in range(size):
            follows = words[place + 1] if place + 1 < size else words[0] if around and size > 2 else None
            two.append(joined.setdefault(words[place] + follows, len(joined)) if follows else -1)
            last = words[place : place + 3]
            three.append(joined.setdefault("".join(last), len(joined)) if len(last) == 3 else -1)
        for column in (single, spelt, two, three, part):
            column.extend(gap[MOST_TOKENS - size])
    shape = (len(listed), MOST_TOKENS)
    numbers = [np.array(column, np.int32).reshape(shape) for column in (single, spelt, two, three, part)]
    return Names(
        single=numbers[0],
        spelt=numbers[1],
        two=numbers[2],
        three=numbers[3],
        part=np.maximum(numbers[4], UNKNOWN).astype(np.int8),
        count=np.array(count, np.int32),
        initials=np.array(initials, np.int32),
        singles=tuple(singles),
        joined=tuple(joined),
    )


def side(names: Names) -> Side:
    """Return names as the loops take them."""
    return Side(
        names.single, names.spelt, names.two, names.three, names.part, names.count, names.initials,
        np.array([ord(token[0]) for token in names.singles], np.int8),
        np.array([len(token) == 1 for token in names.singles], np.bool_),
    )  # fmt: skip
