"""What the agreement of a listed token says: its rarity in traffic, by kind of agreement.

Rule (docs/matching.md): w(a, k) = min(cap, -log2 U(a, k)) - c(k) + m. U is the share of traffic's tokens that
agree with a in kind k or better, so that all spellings of MOHAMMED count together and weights fall from kind
to kind; c(k) is what the kind takes off; m pays for the choice among several tokens. A token that shares do
not hold is not therefore rare: it gets a floor by its length, the share of what it is made from (IGOREVICH
of IGOR, MOHAMMADREZA of its parts), and that of its neighbours, which counts for all tokens. What agrees as a
beginning or a short form is as common as those beginnings and short forms are (MIKHAIL of MIKHAILIUK).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from screening.identity.derived import made_from
from screening.identity.significant import SERVANT
from screening.identity.skeleton import keys
from screening.matching.model import KINDS, Model
from screening.matching.tokens import neighbours

SPELLING = (
    0.2  # least part of a transliteration class that one spelling holds: shares do not know all spellings
)
DESCENT = (
    0.2  # a surname made from a given name, against that name; a patronymic is as common as the father's
)
PATRONYMIC = 2.0**-11  # share of a patronymic whose father's name the shares do not hold either
_GRADED = KINDS.index("two_edits")  # kinds up to this one contain one another
_ONE_EDIT = KINDS.index("one_edit")


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
    looser = share[:, _GRADED + 1 :]
    share = np.cumsum(share[:, : _GRADED + 1], axis=1)
    share[:, 0] = np.maximum(share[:, 0], SPELLING * share[:, 1])
    lengths = np.minimum([len(token) for token in vocabulary], len(name.unseen_exact)).astype(np.int64)
    floor = (
        np.array(name.unseen_exact)[lengths - 1][:, None] - np.array(name.unseen_fuzzy)[None, : _GRADED + 1]
    )
    share += np.exp2(-floor / 100) + _made(vocabulary, model)[:, None]
    graded = np.minimum(np.round(-100 * np.log2(np.minimum(share, 1.0))), name.token_cap)
    bits = np.empty((len(vocabulary), len(KINDS)))
    bits[:, : _GRADED + 1] = graded
    for kind in ("short_form", "prefix"):
        agreeing = share[:, _ONE_EDIT] + looser[:, KINDS.index(kind) - _GRADED - 1]
        bits[:, KINDS.index(kind)] = np.minimum(
            np.round(-100 * np.log2(np.minimum(agreeing, 1.0))), name.token_cap
        )
    bits[:, KINDS.index("initial")] = _initial_bits(vocabulary, model)
    weights: npt.NDArray[np.int32] = (bits - np.array(name.kinds)[None, :] + name.matched).astype(np.int32)
    return weights


def _made(vocabulary: Sequence[str], model: Model) -> npt.NDArray[np.float64]:
    """Return the share that each token has by what it is made from; 0 for most."""
    stems: dict[str, float] = {}
    if any(made_from(token) for token in vocabulary):
        for token, share in sorted(model.token_shares.items()):
            stem = keys(token)[0]
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


def _initial_bits(vocabulary: Sequence[str], model: Model) -> npt.NDArray[np.float64]:
    by_letter: dict[str, float] = {}
    for token, share in sorted(model.token_shares.items()):
        by_letter[token[0]] = by_letter.get(token[0], 0.0) + share
    total = sum(by_letter.values())
    shares = np.array([max(by_letter.get(token[0], 0.0) / total, 0.001) for token in vocabulary])
    bits: npt.NDArray[np.float64] = np.round(-100 * np.log2(shares))
    return bits
