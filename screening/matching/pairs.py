"""Two names alone: how alike they are, from 0 to 1, and why.

Rule: the share of both names' information that agrees. Each token carries its rarity
(`rarity.token_weights`); an agreeing pair counts with the likeness of its kind, an initial or a title little;
tokens left over on both sides contradict and count in full, tokens left over on one side alone count in part
(lists and carriers drop names). The alignment is that of the matcher, so joined tokens, moved fields and
transliterations are treated alike.

Scores of different rows are on one scale: a row depends on its two names and the model only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from screening.identity.significant import Significant
from screening.identity.titles import strip_title
from screening.matching.agreements import Agreements, agreements, compare
from screening.matching.align import align, steps
from screening.matching.explain import KIND_WORDS
from screening.matching.model import KINDS, Model
from screening.matching.names import Names, columns, whole
from screening.matching.rarity import token_weights

Weights = npt.NDArray[np.int32]
EXTRA = 0.3  # a token left over on one side alone says a third of a contradiction
CONTRADICTED = 0.85  # what is left of the likeness when a token contradicts, however long the names are
RESEMBLES = 0.5  # normalised distance up to which unequal tokens may still be one name
REORDERED = 0.75  # given name and father's name changed places: father and son, not a swapped field
_LIKENESS = {
    "exact": 1.0, "transliteration": 0.95, "one_edit": 0.85, "transliteration_edit": 0.75, "sound": 0.55,
    "two_edits": 0.6, "short_form": 0.85, "prefix": 0.5, "initial": 0.6, "joined": 0.95,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alike:
    """Likeness of two names and the pieces that make it: (one, other, relation, share of the score)."""

    score: float
    pieces: tuple[tuple[str, str, str, float], ...]


def compare_names(pairs: Sequence[tuple[str, str]], model: Model) -> list[Alike]:
    """Compare the two names of each pair.

    Args:
        pairs: names as written, any script.
        model: rarity of tokens.

    Returns:
        Likeness from 0 (nothing agrees) to 1 (the same name), rounded to four places.
    """
    ours = columns((_tokens(one) for one, _ in pairs), around=False)
    theirs = columns((_tokens(other) for _, other in pairs), around=False)
    single = token_weights(theirs.singles, model)
    found = agreements(ours, theirs, single, token_weights(theirs.pairs, model), model.name.joined)
    weigh = _Bits(ours, theirs, _bits(ours.singles, model), _bits(theirs.singles, model))
    return [_alike(at, found, ours, theirs, weigh, model) for at in range(len(pairs))]


def _tokens(name: str) -> list[tuple[Significant, int]]:
    return whole(strip_title(name)[0] or name)


def _bits(vocabulary: Sequence[str], model: Model) -> npt.NDArray[np.float64]:
    """Return the information of each token in bits: its rarity before charges; never less than one."""
    exact = token_weights(vocabulary, model)[:, 0] - model.name.matched + model.name.kinds[0]
    return np.asarray(np.maximum(exact / 100, 1.0))


@dataclass(frozen=True, slots=True)
class _Bits:
    ours: Names
    theirs: Names
    own: npt.NDArray[np.float64]
    other: npt.NDArray[np.float64]


def _alike(at: int, found: Agreements, ours: Names, theirs: Names, weigh: _Bits, model: Model) -> Alike:
    m, n = int(theirs.count[at]), int(ours.count[at])
    if m == 0 or n == 0:
        return Alike(0.0, ())
    one = [float(weigh.own[token]) for token in ours.single[at, :n].tolist()]
    other = [float(weigh.other[token]) for token in theirs.single[at, :m].tolist()]
    own_words = [ours.singles[token] for token in ours.single[at, :n].tolist()]
    words = [theirs.singles[token] for token in theirs.single[at, :m].tolist()]
    here = np.array([at])
    compared = compare(found, ours, theirs, here, here, (m, n), model.name.moved)
    aligned = align(compared.grid, model.name, keep=True)
    agreed: list[tuple[str, str, str, float]] = []
    order: list[int] = []
    left, unused, total = set(range(m)), set(range(n)), 0.0
    for places, used, code in steps(aligned, 0, m, n):
        left -= set(places)
        unused -= set(used)
        order.append(used[0])
        kind = "joined" if code > 100 else _kind(found, ours, theirs, at, used[0], places[0])
        weight = sum(one[j] for j in used) + sum(other[i] for i in places)
        texts = " ".join(own_words[j] for j in used), " ".join(words[i] for i in places)
        total += weight
        agreed.append((*texts, kind, weight * _likeness(kind, *texts)))
    factor = 1.0 if _rotated(order) else REORDERED
    for j, i, alike in _resembling(own_words, words, unused, left):
        unused.discard(j)
        left.discard(i)
        weight = one[j] + other[i]
        total += weight
        agreed.append((own_words[j], words[i], "resembles", weight * alike))
    if unused and left:
        factor *= CONTRADICTED
    spare = sorted([sum(one[j] for j in unused), sum(other[i] for i in left)])
    both = 2 * spare[0] if unused and left else 0.0
    total += both + EXTRA * (sum(spare) - both)
    pieces = tuple(
        (a, b, KIND_WORDS.get(kind, kind), round(factor * part / total, 4)) for a, b, kind, part in agreed
    )
    return Alike(round(factor * sum(part for *_, part in agreed) / total, 4), pieces)


def _rotated(order: Sequence[int]) -> bool:
    """Is the order kept but for a surname that stands first on one side and last on the other?"""
    return sum(after < before for before, after in zip(order, [*order[1:], *order[:1]], strict=True)) <= 1


def _resembling(
    own: Sequence[str], listed: Sequence[str], unused: set[int], left: set[int]
) -> list[tuple[int, int, float]]:
    """Pair tokens that agree in no kind but share most of their letters, the most alike first."""
    found = sorted((round(OSA.normalized_distance(own[j], listed[i]), 4), j, i) for j in unused for i in left)
    taken: list[tuple[int, int, float]] = []
    for distance, j, i in found:
        if distance <= RESEMBLES and all(j != a and i != b for a, b, _ in taken):
            taken.append((j, i, (1 - distance) * 0.7))
    return taken


def _kind(found: Agreements, ours: Names, theirs: Names, at: int, used: int, place: int) -> str:
    best = len(KINDS) - 1
    for own in (ours.single[at, used], ours.spelt[at, used]):
        for listed in (theirs.single[at, place], theirs.spelt[at, place]):
            pair = int(found.single.find(np.array([own], np.int64), np.array([listed], np.int64))[0])
            if pair >= 0:
                best = min(best, int(found.single.kind[pair]))
    return KINDS[best]


def _likeness(kind: str, one: str, other: str) -> float:
    """Return the likeness of a kind; edits weigh more in short tokens."""
    most = _LIKENESS[kind]
    if kind in {"one_edit", "two_edits", "transliteration_edit", "sound"}:
        return most * (1.0 - 0.8 * OSA.normalized_distance(one, other))
    return most
