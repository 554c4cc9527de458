"""What the agreement of a listed token says: its rarity in traffic, by kind of agreement and State.

Rule (docs/matching.md): w(a, k) = r(k) min(cap, -log2 U(a, k)) - c(k) + m. r is
how much of the rarity counts; U is the share of traffic's tokens that
agree with a in kind k or better, so that all spellings of MOHAMMED count together and weights fall from kind
to kind; c(k) is what the kind takes off; m pays for the choice among several tokens. A token that shares do
not hold is not therefore rare: it gets a floor by its length, the share of what it is made from (IGOREVICH
of IGOR, MOHAMMADREZA of its parts), and that of its neighbours, which counts for all tokens. What agrees as a
beginning or a short form is as common as those beginnings and short forms are (MIKHAIL of MIKHAILIUK).

For a traveller of State g, U is the larger of the overall share and half the share among those of g, drawn
towards the overall one: (n(a, k, g) + s U) / (N(g) + s) with s = `SHRINK` tokens (Dirichlet prior). Counts by
State come from the agency's earlier traffic and from the lists in use (`model.Traffic`); of these also how
common a token is beside the others of its names (`listed`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screening.identity.derived import made_from
from screening.identity.significant import SERVANT
from screening.identity.skeleton import keys, skeletons
from screening.matching.model import KINDS, Model, Traffic
from screening.matching.tokens import Vocabulary, after_one_another, neighbours

Shares = npt.NDArray[np.float64]
Weights = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
SPELLING = (
    0.2  # least part of a transliteration class that one spelling holds: shares do not know all spellings
)
DESCENT = (
    0.2  # a surname made from a given name, against that name; a patronymic is as common as the father's
)
PATRONYMIC = 2.0**-11  # share of a patronymic whose father's name the shares do not hold either
SHRINK = 200
ZIPF = 0.015  # share of the most frequent tokens of a people, times their rank
OWN_STATE = 0.5  # part of the share within the traveller's State that counts
_GRADED = KINDS.index("two_edits")  # kinds up to this one contain one another
_ONE_EDIT = KINDS.index("one_edit")
_LOOSE = slice(_GRADED + 1, KINDS.index("prefix") + 1)  # short forms and beginnings contain one edit each
_WIDTH = _LOOSE.stop


class Counted(NamedTuple):
    """Bearers of tokens among the people of States, as earlier traffic and the lists in use count them.

    Attributes:
        states: State of each row; one that both have counted has two.
        total: all tokens of its people.
        begin: the tokens of row r are `token[begin[r]:begin[r + 1]]`.
        token: number of a token whose share or count is known.
        bearers: how many bear it.
    """

    states: tuple[str, ...]
    total: Ints
    begin: Ints
    token: Ints
    bearers: Ints


@dataclass(frozen=True, slots=True)
class Rarity:
    """Shares of the tokens of a list, from which their weights for travellers of a State follow.

    Attributes:
        model: charges and caps.
        counted: what was counted by State.
        begin, near, kind: the listed tokens that agree with known token t are `near[begin[t]:begin[t + 1]]`.
        share: share of the tokens that agree in each kind but initials, or better [token, kind].
        initial: bits of the first letter of each token.
        weights: centibits for a traveller of unknown State [token, kind of KINDS].
    """

    model: Model
    counted: Counted
    begin: Ints
    near: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    share: Shares
    initial: Shares
    weights: Weights

    def of(self, states: Sequence[str]) -> Weights:
        """Return the weights for travellers of these States [token, kind], centibits."""
        found = np.minimum(self.weights, self._unseen(states))
        for row, state in enumerate(self.counted.states):
            if state in states:
                rows, share = self._within(row)
                found[rows] = np.minimum(found[rows], _weights(share, self.initial[rows], self.model))
        return found

    def _unseen(self, states: Sequence[str]) -> Weights:
        """Return the most that a token weighs for travellers of these States by kind, known or not.

        Rule: what no source has met among the people of a State is not rarer than what the best informed of
        them would have met. Of tokens that a counted sample of N holds less than `FEWEST_BEARERS` times, the
        share is some 2 / N (Good 1953, Biometrika 40); where n tokens of a people are listed as its most
        frequent, the next ones have about `ZIPF` / (n + 3) (Zipf's law, measured on the shipped shares).
        """
        if not states:
            return np.full(len(KINDS), self.model.name.token_cap, np.int32)
        share = max(OWN_STATE * min(self._met(state)) for state in states)
        name = self.model.name
        shares = np.array([[share * 2 ** (fuzzy / 100) for fuzzy in _by_kind(name.unseen_fuzzy)]])
        return _weights(shares, np.array([float(name.token_cap)]), self.model).reshape(len(KINDS))

    def _met(self, state: str) -> Iterator[float]:
        """Yield the share of a token that a source has not met among the people of a State."""
        yield ZIPF / (len(self.model.state_shares.get(state, ())) + 3)
        for row, counted in enumerate(self.counted.states):
            if counted == state:
                yield 2 / max(int(self.counted.total[row]), 2)

    def _within(self, row: int) -> tuple[Ints, Shares]:
        """Return the tokens that agree with a counted one, and their shares for travellers of its State."""
        held = slice(int(self.counted.begin[row]), int(self.counted.begin[row + 1]))
        numbers, bearers = self.counted.token[held], self.counted.bearers[held].astype(np.float64)
        length = self.begin[numbers + 1] - self.begin[numbers]
        at = np.repeat(self.begin[numbers] - np.cumsum(length) + length, length) + np.arange(length.sum())
        rows, place = np.unique(self.near[at], return_inverse=True)
        borne = np.bincount(
            place * _WIDTH + self.kind[at], np.repeat(bearers, length), minlength=len(rows) * _WIDTH
        ).reshape(len(rows), _WIDTH)
        overall = self.share[rows]
        total = int(self.counted.total[row])
        share = OWN_STATE * (_or_better(borne.astype(np.float64)) + SHRINK * overall) / (total + SHRINK)
        return rows, np.maximum(share, overall)


def _counted(sources: Sequence[Traffic], number: Mapping[str, int]) -> Counted:
    """Lay out what sources have counted by State; tokens by their numbers."""
    rows = [(state, *source.by_state[state]) for source in sources for state in source.by_state]
    sizes = [len(held) for _, _, held in rows]
    return Counted(
        states=tuple(state for state, _, _ in rows),
        total=np.array([total for _, total, _ in rows], np.int64),
        begin=np.cumsum([0, *sizes]).astype(np.int64),
        token=np.array([number[token] for _, _, held in rows for token in held], np.int64),
        bearers=np.array([bearers for _, _, held in rows for bearers in held.values()], np.int64),
    )


def rarity(vocabulary: Vocabulary, model: Model) -> Rarity:
    """Return the shares of each token in each kind of agreement.

    Args:
        vocabulary: tokens of a list.
        model: shares, floors, charges and counts by State.
    """
    sources = [source for source in (model.traffic, model.listed) if source is not None]
    listed = model.listed.tokens if model.listed else {}
    own = {*listed, *(token for source in sources for _, held in source.by_state.values() for token in held)}
    vocabularies = (
        _shipped(tuple(sorted(model.token_shares))),
        Vocabulary(sorted(own - {*model.token_shares})),
    )
    tokens = [token for known in vocabularies for token in known.tokens]
    shares = np.array([max(model.token_shares.get(token, 0.0), listed.get(token, 0.0)) for token in tokens])
    near = after_one_another([neighbours(known, vocabulary) for known in vocabularies], vocabularies)
    size = len(vocabulary.tokens)
    graded = near.kind < _WIDTH
    left, right, kind = near.left[graded], near.right[graded], near.kind[graded]
    borne = np.bincount(right * _WIDTH + kind, shares[left], minlength=size * _WIDTH)
    share = _or_better(borne.astype(np.float64).reshape(size, _WIDTH)) + _unseen(vocabulary.tokens, model)
    initial = _initial_bits(vocabulary.tokens, model)
    return Rarity(
        model=replace(model, listed=None),
        counted=_counted(sources, {token: at for at, token in enumerate(tokens)}),
        begin=np.searchsorted(left, np.arange(len(tokens) + 1)).astype(np.int64),
        near=right.astype(np.int32),
        kind=kind.astype(np.int8),
        share=share,
        initial=initial,
        weights=_weights(share, initial, model),
    )


@lru_cache(maxsize=1)
def _shipped(tokens: tuple[str, ...]) -> Vocabulary:
    """Keep the tokens whose share is shipped: every index compares them."""
    return Vocabulary(tokens)


def token_weights(vocabulary: Sequence[str], model: Model) -> Weights:
    """Return the weight of each token in each kind of agreement, for a traveller of unknown State.

    Returns:
        Array of shape (tokens, kinds), centibits.
    """
    return rarity(Vocabulary(vocabulary), model).weights


def joined_weights(neighbours: Ints, singles: Rarity) -> Weights:
    """Return the weights of neighbours written as one: as frequent as side by side, ten times over.

    Names that are joined are those that often stand together (MOHAMMADREZA, MARIAJOSE).

    Args:
        neighbours: tokens that stand side by side (`names.Names.joined`).
        singles: shares of the tokens.

    Returns:
        Array of shape (sequences, exact and transliteration), centibits, without the charge for joining.
    """
    model = singles.model
    alike = np.append(singles.share[:, KINDS.index("transliteration")], 1.0)  # -1: no third token
    share = 10 * alike[neighbours].prod(axis=1).reshape(len(neighbours), 1)
    bits = np.minimum(np.round(-100 * np.log2(np.minimum(share, 1.0))), model.name.token_cap)
    bits = np.round(bits * model.name.rarity / 100)
    weights: Weights = (bits - np.array(model.name.kinds[:2])[None, :] + model.name.matched).astype(np.int32)
    return weights


def _or_better(share: Shares) -> Shares:
    """Add the stronger kinds to each; an exact spelling holds some of its transliteration class."""
    summed = share.copy()
    summed[:, : _GRADED + 1] = np.cumsum(share[:, : _GRADED + 1], axis=1)
    summed[:, _LOOSE] += summed[:, _ONE_EDIT, None]
    summed[:, 0] = np.maximum(summed[:, 0], SPELLING * summed[:, 1])
    return summed


def _weights(share: Shares, initial: Shares, model: Model) -> Weights:
    name = model.name
    bits = np.empty((len(share), len(KINDS)))
    bits[:, :_WIDTH] = np.minimum(np.round(-100 * np.log2(np.minimum(share, 1.0))), name.token_cap)
    bits[:, KINDS.index("initial")] = initial
    counts = np.full(len(KINDS), name.rarity_fuzzy)
    counts[: KINDS.index("transliteration") + 1] = name.rarity
    scaled = np.round(bits * counts[None, :] / 100)
    weights: Weights = (scaled - np.array(name.kinds)[None, :] + name.matched).astype(np.int32)
    return weights


def _unseen(vocabulary: Sequence[str], model: Model) -> Shares:
    """Return the share that a token has by its length alone, and by what it is made from."""
    name = model.name
    lengths = np.minimum([len(token) for token in vocabulary], len(name.unseen_exact)).astype(np.int64)
    floor = np.array(name.unseen_exact)[lengths - 1][:, None] - np.array(_by_kind(name.unseen_fuzzy))[None, :]
    share: Shares = np.exp2(-floor / 100) + _made(vocabulary, model)[:, None]
    return share


def _by_kind(graded: Sequence[int]) -> list[int]:
    """Return what stands for each graded kind for all kinds but initials; looser ones go with one edit."""
    return [*graded[: _GRADED + 1], *[graded[_ONE_EDIT]] * (_WIDTH - _GRADED - 1)]


def _made(vocabulary: Sequence[str], model: Model) -> Shares:
    """Return the share that each token has by what it is made from; 0 for most."""
    stems: dict[str, float] = {}
    if any(made_from(token) for token in vocabulary):
        shares = sorted(model.token_shares.items())
        for (_, share), (stem, _) in zip(shares, skeletons([token for token, _ in shares]), strict=True):
            for known in {stem, stem.rstrip("AI")}:  # ILYA, ANATOLIY lose their end: ILYICH, ANATOLYEVICH
                stems[known] = stems.get(known, 0.0) + share
    return np.array([max(_compound(token, model), _descended(token, stems, model)) for token in vocabulary])


def _descended(token: str, stems: Mapping[str, float], model: Model) -> float:
    made = made_from(token)
    if made is None or (token in model.token_shares and not made.patronymic):
        return 0.0
    father = stems.get(keys(made.stem)[0], 0.0)
    return max(father, PATRONYMIC) if made.patronymic else DESCENT * father


def _compound(token: str, model: Model) -> float:
    """Return the share of a token as two known ones written as one; half of RAHMAN is ABDULRAHMAN.

    Any other compound is as frequent as its parts would be side by side, ten times over: names that are
    joined are those that often stand together (MOHAMMADREZA, MARIAJOSE).
    """
    shares = model.token_shares
    best = 0.0
    for at in range(3, len(token) - 2):
        first, second = shares.get(token[:at], 0.0), shares.get(token[at:], 0.0)
        best = max(best, 0.5 * second if token[:at] in SERVANT else 10 * first * second)
    return best


def _initial_bits(vocabulary: Sequence[str], model: Model) -> Shares:
    by_letter: dict[str, float] = {}
    for token, share in sorted(model.token_shares.items()):
        by_letter[token[0]] = by_letter.get(token[0], 0.0) + share
    total = sum(by_letter.values())
    shares = np.array([max(by_letter.get(token[0], 0.0) / total, 0.001) for token in vocabulary])
    bits: Shares = np.round(-100 * np.log2(shares))
    return bits
