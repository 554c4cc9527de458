"""Inventories of name words: common ones by hand, thousands more built; frequency falls by rank.

Rule: a people's word of rank r has weight 1/(r + 6)^slope (Zipf-Mandelbrot), so that frequency matters in an
invented population as it does in a real one. Words beyond the common ones are built from the people's
syllables or, where none are given, spliced of its common words; they are the same in every set, as a
people's names do not change with the night.

>>> words = built(random.Random(1), Syllables(("S", "CH"), ("A", "OU"), (".", "N"), ((1, 1.0),)), 4)
>>> sorted(words)
['CHOU', 'SAN', 'SOU', 'SOUN']
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

_OFFSET = 6.0
_VOWELS = "AEIOUY"
_SHORTEST, _LONGEST = 2, 19
_IDLE = 300


@dataclass(frozen=True, slots=True)
class Inventory:
    """Words of one kind, frequent first.

    Attributes:
        words: A-Z.
        cumulative: running sum of the weights, the last is 1.
    """

    words: tuple[str, ...]
    cumulative: np.ndarray

    @classmethod
    def of(cls, words: Sequence[str], slope: float) -> "Inventory":
        """Give words their weights by rank; one that stands twice keeps its first rank."""
        unlike = tuple(dict.fromkeys(words))
        weights = 1.0 / (np.arange(len(unlike)) + _OFFSET) ** slope
        return cls(unlike, np.cumsum(weights) / weights.sum())

    def draw(self, dice: np.random.Generator, size: int) -> np.ndarray:
        """Draw places of words, shape (size,)."""
        found = np.searchsorted(self.cumulative, dice.random(size), side="right")
        return np.minimum(found, len(self.words) - 1)

    def one(self, dice: random.Random) -> str:
        """Draw one word."""
        return self.words[min(bisect_right(self.cumulative, dice.random()), len(self.words) - 1)]


@dataclass(frozen=True, slots=True)
class Syllables:
    """Parts of a syllable, frequent first ("." is none), and how many syllables a word has, with weights."""

    onsets: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    counts: tuple[tuple[int, float], ...]


def built(dice: random.Random, syllables: Syllables, size: int) -> list[str]:
    """Build up to `size` unlike words from syllables, in the order in which they came up."""
    parts = [(found, _falling(len(found))) for found in (syllables.onsets, syllables.vowels, syllables.codas)]
    counts = [count for count, _ in syllables.counts]
    shares = list(accumulate(weight for _, weight in syllables.counts))

    def word() -> str:
        many = dice.choices(counts, cum_weights=shares)[0]
        drawn = (dice.choices(found, cum_weights=weights)[0] for _ in range(many) for found, weights in parts)
        return "".join(drawn).replace(".", "")

    return _unlike(word, size)


def spliced(dice: random.Random, like: Sequence[str], size: int) -> list[str]:
    """Build up to `size` unlike words of 4 to 12 letters: the beginning of one word, the end of another.

    >>> spliced(random.Random(1), ["KOWALSKI", "NOWAK", "WOJCIK"], 3)
    ['KOWAWALSKI', 'NOWALSKI', 'NOWAJCIK']
    """
    begins, ends = [], []
    for one in like:
        borders = [at for at in range(2, len(one)) if one[at - 1] in _VOWELS and one[at] not in _VOWELS]
        begins += [one[:at] for at in borders]
        ends += [one[at:] for at in borders if len(one) - at > 1]
    if not ends:
        return []
    known = set(like)

    def word() -> str:
        found = dice.choice(begins) + dice.choice(ends)
        return found if 4 <= len(found) <= 12 and found not in known else ""

    return _unlike(word, size)


def _unlike(make: Callable[[], str], size: int) -> list[str]:
    found: dict[str, None] = {}
    idle = 0  # a small grammar may not hold as many words as asked for: then there are fewer
    while len(found) < size and idle < _IDLE:
        word = make()
        if _SHORTEST <= len(word) <= _LONGEST and word not in found:
            found[word] = None
            idle = 0
        else:
            idle += 1
    return list(found)


def _falling(size: int) -> list[float]:
    return list(accumulate(1.0 / (rank + 3.0) for rank in range(size)))
