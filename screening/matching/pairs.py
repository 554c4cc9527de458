"""Two names alone: how alike they are, from 0 to 1, and why.

Rule: the odds that two names are one person's are a sum of what they have in common (`pair_features`), each
feature times its coefficient. Coefficients stand in `data/pairs.json` with the recipe that fitted them
(`screening.lab.fit_pairs`); a score of 0.5 means even odds among the pairs that they were fitted on, which
were picked for being hard.

A row depends on its two names and the coefficients only.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from screening.matching.explain import KIND_WORDS
from screening.matching.pair_features import FEATURES, Compared, Paired, agreeing, compare, parts

_WORDS = {**KIND_WORDS, "resembles": "resembles"}


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What a feature says, in bits (log2 odds) for each unit, and what stands before any."""

    version: str
    start: float
    each: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Alike:
    """Likeness of two names and the pieces that make it: (one, other, relation, bits).

    The bits add up to the log2 odds of the score: score = 1 / (1 + 2^-sum), but for rounding.
    """

    score: float
    pieces: tuple[tuple[str, str, str, float], ...]


@cache
def coefficients() -> Coefficients:
    """Read data/pairs.json."""
    read = json.loads(files("screening.matching").joinpath("data/pairs.json").read_text("utf-8"))
    return Coefficients(read["version"], read["start"], {name: read["bits"][name] for name in FEATURES})


def compare_names(pairs: Sequence[tuple[str, str]]) -> list[Alike]:
    """Compare the two names of each pair.

    Args:
        pairs: names as written, any script.

    Returns:
        Likeness from 0 (another name, or none) to 1 (the same name), rounded to four places.
    """
    return [_alike(parts(one), parts(other)) for one, other in pairs]


def _alike(one: Sequence[str], other: Sequence[str]) -> Alike:
    if not one or not other:
        return Alike(0.0, ())
    said = coefficients()
    pieces = _pieces(compare(one, other), said)
    bits = sum(piece[3] for piece in pieces)
    rounded = tuple((*piece[:3], round(piece[3], 2)) for piece in pieces)
    return Alike(round(1 / (1 + math.pow(2, -bits)), 4), rounded)


def _pieces(found: Compared, said: Coefficients) -> list[tuple[str, str, str, float]]:
    value = dict(zip(FEATURES, found.features, strict=True))
    bits = {name: said.each[name] * value[name] for name in FEATURES}
    letters = sum(map(agreeing, found.pairs))
    pieces = [
        (pair.one, pair.other, _WORDS[pair.how], _of_pair(pair, letters, bits, said)) for pair in found.pairs
    ]
    one, other = (" ".join(left) for left in found.over)
    if value["conflicts"]:
        pieces.append((one, other, "other names", bits["conflicts"] + bits["conflict_letters"]))
    if value["extras"]:
        pieces.append((one, other, "more names on one side", bits["extras"]))
    if value["inverted"]:
        pieces.append(("", "", "another order", bits["inverted"]))
    if value["far"]:
        pieces.append(("", "", "three edits or more, or nothing but initials", bits["far"]))
    if value["single"]:
        pieces.append(("", "", "a single name", bits["single"]))
    return [*pieces, ("", "", "any two names", said.start)]


def _of_pair(pair: Paired, letters: float, bits: Mapping[str, float], said: Coefficients) -> float:
    """Return the part of the sum that one pair of tokens brings."""
    return (
        bits["matched"] * agreeing(pair) / letters
        + said.each["edits"] * pair.edits
        + said.each["initials"] * (pair.how == "initial")
    )
