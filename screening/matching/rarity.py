"""What the agreement of a listed token says: its rarity in traffic, by kind of agreement.

Rule (docs/matching.md): w(a, k) = r(k) · min(cap, -log2 U(a, k)) - c(k) + m. U is the share of traffic's
tokens that agree with a in kind k or better, so that all spellings of MOHAMMED count together and weights
fall from kind to kind; tokens that the shares do not hold get a floor by their length; r is how much of the
rarity counts; c(k) is what the kind takes off; m pays for the choice among several tokens.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from screening.identity.significant import SERVANT
from screening.matching.model import KINDS, Model
from screening.matching.tokens import neighbours

SPELLING = (
    0.2  # least part of a transliteration class that one spelling holds: shares do not know all spellings
)
_GRADED = KINDS.index("two_edits")  # kinds up to this one contain one another
_ONE_EDIT = KINDS.index("one_edit")
_TRANSLITERATION = KINDS.index("transliteration")


def token_weights(vocabulary: Sequence[str], model: Model) -> npt.NDArray[np.int32]:
    """Return the weight of each token in each kind of agreement.

    Args:
        vocabulary: distinct tokens of a list.
        model: shares, floors and charges.

    Returns:
        Array of shape (tokens, kinds), centibits.
    """
    name = model.name
    known = sorted(model.token_shares)
    shares = np.array([model.token_shares[token] for token in known])
    near = neighbours(known, vocabulary)
    share = np.zeros((len(vocabulary), len(KINDS)))
    np.add.at(share, (near.right, near.kind), shares[near.left])
    share = np.cumsum(share[:, : _GRADED + 1], axis=1)
    share[:, 0] = np.maximum(share[:, 0], SPELLING * share[:, 1])
    lengths = np.minimum([len(token) for token in vocabulary], len(name.unseen_exact)).astype(np.int64)
    floor = (
        np.array(name.unseen_exact)[lengths - 1][:, None] - np.array(name.unseen_fuzzy)[None, : _GRADED + 1]
    )
    share += np.exp2(-floor / 100) + np.array([_compound(token, model) for token in vocabulary])[:, None]
    graded = np.minimum(np.round(-100 * np.log2(np.minimum(share, 1.0))), name.token_cap)
    bits = np.empty((len(vocabulary), len(KINDS)))
    bits[:, : _GRADED + 1] = graded
    bits[:, KINDS.index("short_form")] = graded[:, _ONE_EDIT]
    bits[:, KINDS.index("prefix")] = graded[:, _ONE_EDIT]
    bits[:, KINDS.index("initial")] = _initial_bits(vocabulary, model)
    counts = np.full(len(KINDS), name.rarity_fuzzy)
    counts[: _TRANSLITERATION + 1] = name.rarity
    scaled = np.round(bits * counts[None, :] / 100)
    weights: npt.NDArray[np.int32] = (scaled - np.array(name.kinds)[None, :] + name.matched).astype(np.int32)
    return weights


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


def _initial_bits(vocabulary: Sequence[str], model: Model) -> npt.NDArray[np.float64]:
    by_letter: dict[str, float] = {}
    for token, share in sorted(model.token_shares.items()):
        by_letter[token[0]] = by_letter.get(token[0], 0.0) + share
    total = sum(by_letter.values())
    shares = np.array([max(by_letter.get(token[0], 0.0) / total, 0.001) for token in vocabulary])
    bits: npt.NDArray[np.float64] = np.round(-100 * np.log2(shares))
    return bits
