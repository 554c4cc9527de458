"""Which tokens of the travellers agree with which listed tokens, laid out for the loops."""

import numpy as np
import numpy.typing as npt

from screening.matching.joins import Beside, beside
from screening.matching.loops import Agreeing, Near
from screening.matching.names import Names
from screening.matching.tokens import Neighbours, joined, neighbours

Ints = npt.NDArray[np.int64]


def agreements(ours: Names, theirs: Names, side_by_side: Beside) -> Near:
    """Compare the vocabularies of travellers and alerts.

    Args:
        ours: travellers' names.
        theirs: listed names.
        side_by_side: `joins.beside` of the listed names.
    """
    own_joined = joined(theirs.singles, ours.singles, beside(ours.joined))
    return Near(
        single=_rows(neighbours(ours.singles, theirs.singles), len(ours.singles.tokens)),
        own_joined=_rows(_turned(own_joined), len(ours.joined)),
        listed_joined=_rows(joined(ours.singles, theirs.singles, side_by_side), len(ours.singles.tokens)),
    )


def _turned(near: Neighbours) -> Neighbours:
    order = np.lexsort((near.left, near.right))
    return Neighbours(near.right[order], near.left[order], near.kind[order])


def _rows(near: Neighbours, tokens: int) -> Agreeing:
    begin: Ints = np.searchsorted(near.left, np.arange(tokens + 1)).astype(np.int64)
    return Agreeing(begin, near.right.astype(np.int32), near.kind.astype(np.int8))
