"""Inventories of name words: common ones by hand, thousands more built; frequency falls by rank.

Rule: a people's word of rank r has weight 1/(r + 6)^slope (Zipf-Mandelbrot), so that frequency matters in an
invented population as it does in a real one. Words beyond the common ones are built from the people's
syllables or, where none are given, spliced of its common words; they are the same in every set, as a
people's names do not change with the night.

>>> words = built(np.random.default_rng(1), Syllables(("S", "CH"), ("A", "OU"), (".", "N"), ((1, 1.0),)), 4)
>>> sorted(words)
['CHOU', 'SA', 'SAN', 'SOUN']
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

_OFFSET = 6.0
_VOWELS = "AEIOUY"
_SHORTEST, _LONGEST = 2, 19
_ROUNDS = 6


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


def built(dice: np.random.Generator, syllables: Syllables, size: int) -> list[str]:
    """Build up to `size` unlike words from syllables, in the order in which they came up."""
    parts = [
        (np.array([part.replace(".", "") for part in found], object), _falling(len(found)))
        for found in (syllables.onsets, syllables.vowels, syllables.codas)
    ]
    counts = np.array([count for count, _ in syllables.counts])
    shares = np.array([weight for _, weight in syllables.counts])

    def words(many: int) -> np.ndarray:
        long = dice.choice(counts, many, p=shares / shares.sum())
        found = np.full(many, "", object)
        for at in range(int(counts.max())):
            syllable = sum(
                (part[dice.choice(len(part), many, p=weights)] for part, weights in parts),
                np.full(many, "", object),
            )
            found = found + np.where(long > at, syllable, "")
        return found

    return _unlike(words, size)


def spliced(dice: np.random.Generator, like: Sequence[str], size: int) -> list[str]:
    """Build up to `size` unlike words of 4 to 12 letters: the beginning of one word, the end of another.

    >>> spliced(np.random.default_rng(1), ["KOWALSKI", "NOWAK", "WOJCIK"], 3)
    ['NOJCIK', 'NOWAWALSKI', 'WOWALSKI']
    """
    begins, ends = [], []
    for one in like:
        borders = [at for at in range(2, len(one)) if one[at - 1] in _VOWELS and one[at] not in _VOWELS]
        begins += [one[:at] for at in borders]
        ends += [one[at:] for at in borders if len(one) - at > 1]
    if not ends:
        return []
    known = set(like)
    first, last = np.array(begins, object), np.array(ends, object)

    def words(many: int) -> np.ndarray:
        found = first[dice.integers(0, len(first), many)] + last[dice.integers(0, len(last), many)]
        return np.array(
            [word if 4 <= len(word) <= 12 and word not in known else "" for word in found], object
        )

    return _unlike(words, size)


def _unlike(make: Callable[[int], np.ndarray], size: int) -> list[str]:
    found: dict[str, None] = {}
    for _ in range(_ROUNDS):  # a small grammar may not hold as many words as asked for: then there are fewer
        for word in make(size).tolist():
            if _SHORTEST <= len(word) <= _LONGEST:
                found[word] = None
        if len(found) >= size:
            break
    return list(found)[:size]


def _falling(size: int) -> np.ndarray:
    weights = 1.0 / (np.arange(size) + 3.0)
    return np.asarray(weights / weights.sum())
