"""Which tokens of the travellers agree with which listed tokens, laid out for the loops."""

import numpy as np
import numpy.typing as npt

from screening.matching.loops import Agreeing, Near
from screening.matching.model import KINDS
from screening.matching.names import Names
from screening.matching.tokens import Neighbours, neighbours

Ints = npt.NDArray[np.int64]
JOINABLE = KINDS.index("transliteration")
"""The weakest kind in which tokens written as one agree with one token."""


def agreements(ours: Names, theirs: Names) -> Near:
    """Compare the vocabularies of travellers and alerts.

    Args:
        ours: travellers' names.
        theirs: listed names.
    """
    return Near(
        single=_rows(neighbours(ours.singles, theirs.singles), len(ours.singles)),
        own_joined=_rows(_exactly(neighbours(ours.joined, theirs.singles, fuzzy=False)), len(ours.joined)),
        listed_joined=_rows(
            _exactly(neighbours(ours.singles, theirs.joined, fuzzy=False)), len(ours.singles)
        ),
    )


def _exactly(near: Neighbours) -> Neighbours:
    keep = near.kind <= JOINABLE
    return Neighbours(near.left[keep], near.right[keep], near.kind[keep])


def _rows(near: Neighbours, tokens: int) -> Agreeing:
    begin: Ints = np.searchsorted(near.left, np.arange(tokens + 1)).astype(np.int64)
    return Agreeing(begin, near.right.astype(np.int32), near.kind.astype(np.int8))
