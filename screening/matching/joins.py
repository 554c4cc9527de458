"""Which tokens are two or three neighbours of the other side written as one.

Rule: a token agrees with neighbours a, b (c) exactly when it is their letters one after another, and by
transliteration when one of its keys is the keys of a, b (c) one after another (a letter in which two keys
meet may stand once). So no neighbours have to be spelt as one to be compared, however many there are.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from screening.identity.syllables import part_readings
from screening.matching.model import KINDS
from screening.matching.tokens import Neighbours, transliterations

Ints = npt.NDArray[np.int64]
Splits = dict[str, list[int]]
EXACT, TRANSLITERATION = KINDS.index("exact"), KINDS.index("transliteration")
_MOST = 40  # tokens under one key that are tried; a key that more share says nothing
_SHORTEST = 4


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
    codes = ((neighbours[:, 0] + 1) * width + neighbours[:, 1] + 1) * width + neighbours[:, 2] + 1
    place = dict(zip(codes.tolist(), range(len(codes)), strict=True))
    beside = frozenset(((neighbours[:, 0] + 1) * width + neighbours[:, 1] + 1).tolist())
    found: dict[tuple[int, int], int] = {}
    for kind, keys, part_keys in (
        (EXACT, _exact, _exact),
        (TRANSLITERATION, transliterations, _beside_others),
    ):
        known: Splits = {}
        for at, token in enumerate(parts):
            for key in part_keys(token):
                known.setdefault(key, []).append(at)
        for at, token in enumerate(whole):
            if len(token) >= _SHORTEST:
                for key in keys(token):
                    for code in _sequences(key, known, beside, width):
                        if code in place:
                            found.setdefault((at, place[code]), kind)
    rows = np.array([(one, other, kind) for (one, other), kind in sorted(found.items())], np.int64)
    left, right, kinds = rows.reshape(len(found), 3).T
    return Neighbours(left, right, kinds)


def _exact(token: str) -> tuple[str, ...]:
    return (token,)


def _beside_others(token: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*transliterations(token), *part_readings(token))))


def _sequences(key: str, known: Splits, beside: frozenset[int], width: int) -> Iterator[int]:
    """Yield the code of each two or three tokens whose keys make this one, those side by side first."""
    for first, rest in _cuts(key):
        ones = known.get(first)
        if not ones or len(ones) > _MOST:
            continue
        twos = known.get(rest, ())
        for one in ones:
            for two in twos[:_MOST]:
                if (pair := (one + 1) * width + two + 1) in beside:
                    yield pair * width
        for second, third in _cuts(rest):
            middle, last = known.get(second), known.get(third)
            if not middle or not last or len(middle) > _MOST:
                continue
            for one in ones:
                for two in middle:
                    if (pair := (one + 1) * width + two + 1) in beside:
                        yield from (pair * width + three + 1 for three in last[:_MOST])


def _cuts(key: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to cut a key in two; one of syllables is cut between them."""
    if key.startswith("="):
        return
    language, blank, syllables = key.partition(" ")
    if blank:
        words = syllables.split(" ")
        for at in range(1, len(words)):
            yield f"{language} {' '.join(words[:at])}", f"{language} {' '.join(words[at:])}"
        return
    for at in range(1, len(key)):
        yield key[:at], key[at:]
        if at < len(key) - 1:
            yield key[: at + 1], key[at:]
