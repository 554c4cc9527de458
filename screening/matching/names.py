"""Names in columns: tokens as numbers of two vocabularies, single tokens and neighbours written as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from screening.identity.names import tokens
from screening.identity.significant import Significant, significant
from screening.matching.align import MOST_TOKENS

Numbers = npt.NDArray[np.int32]
UNKNOWN, SURNAME, GIVEN = 0, 1, 2


@dataclass(slots=True)
class Vocabulary:
    """Distinct tokens in the order of their first use."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, token: str) -> int:
        """Return the number of a token, a new one where it is new."""
        return self.numbers.setdefault(token, len(self.numbers))

    @property
    def words(self) -> list[str]:
        """Return the tokens by number."""
        return list(self.numbers)


@dataclass(frozen=True, slots=True)
class Names:
    """Names as rows of token numbers, -1 where there is none.

    Attributes:
        single: tokens that carry the name [name, place].
        spelt: the same with the particles before it joined.
        pair: token joined with the next; in the last place of three or more, with the first.
        part: UNKNOWN, SURNAME or GIVEN.
        count: tokens of each name.
        initials: how many of them are a single letter.
        singles: vocabulary of `single` and `spelt`.
        pairs: vocabulary of `pair`.
    """

    single: Numbers
    spelt: Numbers
    pair: Numbers
    part: npt.NDArray[np.int8]
    count: Numbers
    initials: Numbers
    singles: tuple[str, ...]
    pairs: tuple[str, ...]


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


def columns(rows: Iterable[list[tuple[Significant, int]]], *, around: bool) -> Names:
    """Lay names out in columns.

    Args:
        rows: names as `parted` or `whole` give them.
        around: also join the last token with the first (fields of a traveller may be swapped).
    """
    listed = list(rows)
    singles, pairs = Vocabulary(), Vocabulary()
    shape = (len(listed), MOST_TOKENS)
    single, spelt, pair = (np.full(shape, -1, np.int32) for _ in range(3))
    part = np.zeros(shape, np.int8)
    count = np.zeros(len(listed), np.int32)
    initials = np.zeros(len(listed), np.int32)
    for at, row in enumerate(listed):
        count[at] = len(row)
        for place, (token, of) in enumerate(row):
            single[at, place] = singles.number(token.token)
            part[at, place] = of
            initials[at] += len(token.token) == 1
            if token.with_particles:
                spelt[at, place] = singles.number(token.with_particles)
            if place + 1 < len(row):
                pair[at, place] = pairs.number(token.token + row[place + 1][0].token)
            elif around and len(row) > 2:
                pair[at, place] = pairs.number(token.token + row[0][0].token)
    return Names(single, spelt, pair, part, count, initials, tuple(singles.words), tuple(pairs.words))
