"""Which token of a traveller agrees with which listed token: sorted keys, looked up by the million."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.matching.align import NONE, Grid
from screening.matching.model import KINDS
from screening.matching.names import Names
from screening.matching.tokens import Neighbours, neighbours

Ints = npt.NDArray[np.int64]
Weights = npt.NDArray[np.int32]
INITIAL = KINDS.index("initial")
_JOINABLE = KINDS.index("transliteration")  # what was written as one agrees exactly or by transliteration


@dataclass(frozen=True, slots=True)
class Pairs:
    """Agreeing pairs of tokens of two vocabularies.

    Attributes:
        left: traveller's token.
        right: listed token.
        kind: number of the kind.
        weight: centibits.
        code: left * width + right, ascending.
        width: size of the listed vocabulary.
    """

    left: Ints
    right: Ints
    kind: Ints
    weight: Weights
    code: Ints
    width: int

    def find(self, left: Ints, right: Ints) -> Ints:
        """Return the place of each pair of tokens, -1 where they don't agree or one is -1."""
        if not len(self.code):
            return np.full(left.shape, -1, np.int64)
        wanted = left * self.width + right
        place = np.minimum(np.searchsorted(self.code, wanted), len(self.code) - 1)
        return np.where((self.code[place] == wanted) & (left >= 0) & (right >= 0), place, -1)

    def weigh(self, left: Ints, right: Ints) -> Weights:
        """Return the weight of each pair of tokens, NONE where they don't agree."""
        if not len(self.code):
            return np.full(left.shape, NONE, np.int32)
        place = self.find(left, right)
        return np.where(place >= 0, self.weight[place], np.int32(NONE)).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Agreements:
    """Agreements of single tokens, of a traveller's joined tokens, and of listed joined tokens.

    `most` is the weight of each listed single token that agrees exactly.
    """

    single: Pairs
    traveller_joined: Pairs
    listed_joined: Pairs
    most: Weights


def agreements(
    ours: Names, theirs: Names, single_weights: Weights, pair_weights: Weights, joined: int
) -> Agreements:
    """Compare the vocabularies of travellers and alerts.

    Args:
        ours: travellers' names.
        theirs: listed names.
        single_weights: weights of `theirs.singles` by kind (`rarity.token_weights`).
        pair_weights: weights of `theirs.pairs` by kind.
        joined: weight of two tokens written as one.
    """
    return Agreements(
        single=_pairs(neighbours(ours.singles, theirs.singles), single_weights, 0),
        traveller_joined=_pairs(
            _exactly(neighbours(ours.pairs, theirs.singles, fuzzy=False)), single_weights, joined
        ),
        listed_joined=_pairs(
            _exactly(neighbours(ours.singles, theirs.pairs, fuzzy=False)), pair_weights, joined
        ),
        most=single_weights[:, 0] if len(single_weights) else np.zeros(1, np.int32),
    )


def _exactly(near: Neighbours) -> Neighbours:
    keep = near.kind <= _JOINABLE
    return Neighbours(near.left[keep], near.right[keep], near.kind[keep])


def _pairs(near: Neighbours, weights: Weights, charge: int) -> Pairs:
    width = max(len(weights), 1)
    weight = weights[near.right, near.kind] + np.int32(charge) if len(weights) else np.empty(0, np.int32)
    return Pairs(near.left, near.right, near.kind, weight, near.left * width + near.right, width)


@dataclass(frozen=True, slots=True)
class Compared:
    """Grid of pairs of one shape, and whether any token agrees in more than an initial."""

    grid: Grid
    strong: npt.NDArray[np.bool_]


def compare(
    found: Agreements,
    ours: Names,
    theirs: Names,
    readings: Ints,
    listed: Ints,
    shape: tuple[int, int],
    moved: int,
) -> Compared:
    """Weigh every pair of tokens of pairs of names.

    Args:
        found: agreements of the vocabularies.
        ours: travellers' names.
        theirs: listed names.
        readings: place of the traveller's name in each pair.
        listed: place of the listed name in each pair.
        shape: tokens of the listed and of the traveller's names; all pairs have it.
        moved: weight of surname against given name.

    Returns:
        The grid for `align`.
    """
    m, n = shape
    single = theirs.single[listed, :m].astype(np.int64)[:, :, None]
    own = ours.single[readings, :n].astype(np.int64)[:, None, :]
    place = found.single.find(*np.broadcast_arrays(own, single))
    weight = _at(found.single.weight, place)
    strong = np.asarray(((place >= 0) & (_kinds(found.single, place) < INITIAL)).any(axis=(1, 2)), np.bool_)
    # A particle adds no information: BENAHMED says no more than AHMED.
    most = found.most[np.broadcast_to(single, weight.shape)]
    for left, right in _spellings(ours, theirs, readings, listed, m, n, own, single):
        other = np.minimum(found.single.weigh(*np.broadcast_arrays(left, right)), most)
        strong = np.asarray(strong | (other > NONE).any(axis=(1, 2)), np.bool_)
        weight = np.maximum(weight, other)
    part, own_part = theirs.part[listed, :m][:, :, None], ours.part[readings, :n][:, None, :]
    moves = (part > 0) & (own_part > 0) & (part != own_part)
    weight = np.where(moves & (weight > NONE), weight + np.int32(moved), weight).astype(np.int32)
    pair = theirs.pair[listed, :m].astype(np.int64)[:, :, None]
    listed_joined = found.listed_joined.weigh(*np.broadcast_arrays(own, pair))
    own_pair = ours.pair[readings, :n].astype(np.int64)[:, None, :]
    traveller_joined = found.traveller_joined.weigh(*np.broadcast_arrays(own_pair, single))
    for joined in (listed_joined, traveller_joined):
        strong = np.asarray(strong | (joined > NONE).any(axis=(1, 2)), np.bool_)
    return Compared(Grid(weight, listed_joined, traveller_joined), strong)


def _at(values: Weights, place: Ints) -> Weights:
    if not len(values):
        return np.full(place.shape, NONE, np.int32)
    return np.where(place >= 0, values[place], np.int32(NONE)).astype(np.int32)


def _kinds(pairs: Pairs, place: Ints) -> Ints:
    return pairs.kind[place] if len(pairs.kind) else np.full(place.shape, INITIAL, np.int64)


def _spellings(
    ours: Names, theirs: Names, readings: Ints, listed: Ints, m: int, n: int, own: Ints, single: Ints
) -> list[tuple[Ints, Ints]]:
    """Return the combinations with a particle joined, only where a name of these pairs has one."""
    own_spelt = ours.spelt[readings, :n].astype(np.int64)[:, None, :]
    spelt = theirs.spelt[listed, :m].astype(np.int64)[:, :, None]
    ours_has, theirs_has = bool((own_spelt >= 0).any()), bool((spelt >= 0).any())
    found = []
    if ours_has:
        found.append((own_spelt, single))
    if theirs_has:
        found.append((own, spelt))
    if ours_has and theirs_has:
        found.append((own_spelt, spelt))
    return found
