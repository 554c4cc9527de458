"""What two names have in common, as numbers: general features, the same whichever name comes first.

Tokens are paired one to one so that the letters they share are most (best assignment); two neighbours of one
name may stand against one token of the other. Each pair of tokens has a likeness: 1 where they are spellings
of one name (`skeleton`, `syllables`, known variants), else by their edits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import OSA
from scipy.optimize import linear_sum_assignment

from screening.identity.names import tokens
from screening.identity.significant import significant
from screening.identity.titles import strip_title
from screening.matching.keys import short_forms, transliterations

PAIRED = 0.5  # least likeness of two tokens that are taken for one name
MOST_EDITS = 3  # beyond that a token is another one
FEATURES: tuple[str, ...] = (
    "matched", "edits", "initials", "far", "conflicts", "conflict_letters", "extras", "inverted", "single",
)  # fmt: skip
"""What the numbers say, in the order of `Compared.features`:

matched: share of the letters that agree; edits: edits of all pairs; initials: pairs of which one is an
initial; far: is a pair three edits apart or more, or none more than an initial; conflicts: tokens left over
on both sides; conflict_letters: share of their letters; extras: tokens left over on one side alone; inverted:
is the order another; single: is one name a single token.
"""


@dataclass(frozen=True, slots=True)
class Paired:
    """Two tokens taken for one name: why (`how`), how surely, how many edits, and their places."""

    one: str
    other: str
    how: str
    likeness: float
    edits: int
    at: int
    to: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of tokens, tokens left over on either side, and the features in the order of `FEATURES`."""

    pairs: tuple[Paired, ...]
    over: tuple[tuple[str, ...], tuple[str, ...]]
    features: tuple[float, ...]


def parts(name: str) -> list[str]:
    """Return the tokens that carry a name, without titles; surname last where a comma says which it is."""
    surname, comma, given = name.partition(",")
    if comma and given.strip() and "," not in given:
        name = f"{given} {surname}"
    return [part.token for part in significant(tokens(strip_title(name)[0] or name))]


def compare(one: Sequence[str], other: Sequence[str]) -> Compared:
    """Compare two names given as their tokens (at least one each)."""
    one, other = _joined(list(one), list(other))
    other, one = _joined(other, one)
    found = [[_paired(a, b, at, to) for to, b in enumerate(other)] for at, a in enumerate(one)]
    gain = np.array(
        [
            [
                pair.likeness * min(len(pair.one), len(pair.other)) if pair.likeness >= PAIRED else 0.0
                for pair in row
            ]
            for row in found
        ]
    )
    rows, columns = linear_sum_assignment(-gain)
    pairs = tuple(
        found[at][to] for at, to in zip(rows.tolist(), columns.tolist(), strict=True) if gain[at, to] > 0
    )
    over = (
        tuple(token for at, token in enumerate(one) if at not in {pair.at for pair in pairs}),
        tuple(token for to, token in enumerate(other) if to not in {pair.to for pair in pairs}),
    )
    return Compared(pairs, over, _features(one, other, pairs, over))


def _joined(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """Join neighbours of `one` that stand as one token in `other`."""
    whole = {key for token in other if len(token) > 3 for key in transliterations(token)} | set(other)
    at = 0
    while at + 1 < len(one):
        pair = one[at] + one[at + 1]
        if pair in whole or (len(pair) > 3 and whole.intersection(transliterations(pair))):
            one = [*one[:at], pair, *one[at + 2 :]]
        at += 1
    return one, other


def _paired(a: str, b: str, at: int, to: int) -> Paired:
    edits = min(OSA.distance(a, b), MOST_EDITS)
    if a == b:
        return Paired(a, b, "exact", 1.0, 0, at, to)
    if len(a) == 1 or len(b) == 1:
        return Paired(a, b, "initial", 0.6 if a[0] == b[0] else 0.0, 0, at, to)
    if set(transliterations(a)) & set(transliterations(b)):
        return Paired(a, b, "transliteration", 0.95, min(edits, 1), at, to)
    if set(short_forms(a)) & set(short_forms(b)):
        return Paired(a, b, "short_form", 0.85, 1, at, to)
    return Paired(a, b, "resembles", float(OSA.normalized_similarity(a, b)), edits, at, to)


def _features(
    one: Sequence[str],
    other: Sequence[str],
    pairs: Sequence[Paired],
    over: tuple[tuple[str, ...], tuple[str, ...]],
) -> tuple[float, ...]:
    letters = sum(map(len, one)) + sum(map(len, other))
    whole = [pair for pair in pairs if pair.how != "initial"]
    both = min(map(len, over))
    found = {
        "matched": sum(agreeing(pair) for pair in pairs) / letters,
        "edits": sum(pair.edits for pair in pairs),
        "initials": len(pairs) - len(whole),
        "far": not whole or max(pair.edits for pair in whole) >= MOST_EDITS,
        "conflicts": min(both, 3),
        "conflict_letters": 2 * min(sum(map(len, left)) for left in over) / letters if both else 0.0,
        "extras": min(max(map(len, over)) - both, 4),
        "inverted": not _kept([pair.to for pair in sorted(pairs, key=lambda pair: pair.at)]),
        "single": min(len(one), len(other)) == 1,
    }
    return tuple(float(found[name]) for name in FEATURES)


def agreeing(pair: Paired) -> float:
    """Return how many letters of a pair agree."""
    return (len(pair.one) + len(pair.other)) * pair.likeness


def _kept(order: Sequence[int]) -> bool:
    """Is the order kept?"""
    return all(before < after for before, after in pairwise(order))
