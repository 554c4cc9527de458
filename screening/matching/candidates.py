"""Candidates: every reading and listed name that share an agreeing token, with the most their name weighs.

The bound is the most that the name can weigh: the weights of all agreeing tokens, less the conflict of the
tokens that no agreement can cover. Weight and number of covered tokens travel through one sparse product in
one integer (the number above bit 20), so that the bound costs no second pass.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse

from screening.matching.agreements import INITIAL, Agreements, Pairs
from screening.matching.index import Index
from screening.matching.model import Model
from screening.matching.names import Names
from screening.matching.travellers import Travellers

Ints = npt.NDArray[np.int64]
Weights = npt.NDArray[np.int32]
Proposal = tuple[Ints, Ints, Weights | None]
_COVER = 20  # bits of a product's value that hold the weight
_ENTRIES = 2_000_000  # entries of one product, some 100 MB with what is computed beside them


def every(travellers: Travellers, index: Index) -> Iterator[Proposal]:
    """Yield every pair of a reading with a name and a listed name, without a bound."""
    names = np.arange(len(index.name_alert))
    for reading in np.flatnonzero(travellers.names.count > 0).tolist():
        yield np.full(len(names), reading, np.int64), names, None


def proposals(travellers: Travellers, index: Index, model: Model, found: Agreements) -> Iterator[Proposal]:
    """Yield every pair that shares an agreeing token, with the upper bound of its name's weight."""
    product = _neighbour_matrix(travellers.names, index.names, found) @ _name_matrix(index.names)
    own = _token_matrix(travellers.names)
    load = own @ np.diff(product.indptr)  # entries that each reading will give, at most
    single = index.single_weights
    initial = max(0, int(single[:, INITIAL].max())) if len(single) else 0
    begin = 0
    while begin < own.shape[0]:
        end = begin + max(1, int(np.searchsorted(np.cumsum(load[begin:]), _ENTRIES)))
        part = (own[begin:end] @ product).tocsr()
        part.sort_indices()
        readings = np.repeat(np.arange(begin, begin + part.shape[0], dtype=np.int64), np.diff(part.indptr))
        names = part.indices.astype(np.int64)
        weight, cover = part.data & ((1 << _COVER) - 1), part.data >> _COVER
        letters = travellers.names.initials[readings] + index.names.initials[names]
        least = np.minimum(travellers.names.count[readings], index.names.count[names]) - cover - letters
        yield readings, names, weight + initial * letters + model.name.conflict * np.maximum(least, 0)
        begin = end


def _token_matrix(names: Names) -> sparse.csr_array:
    """Readings × the traveller's vocabulary (single tokens, then joined ones)."""
    return _matrix(names, transpose=False)


def _name_matrix(names: Names) -> sparse.csr_array:
    """The listed vocabulary × listed names."""
    return _matrix(names, transpose=True)


def _matrix(names: Names, *, transpose: bool) -> sparse.csr_array:
    rows, columns = [], []
    for numbers, offset in ((names.single, 0), (names.spelt, 0), (names.pair, len(names.singles))):
        row, place = np.nonzero(numbers >= 0)
        rows.append(row)
        columns.append(numbers[row, place].astype(np.int64) + offset)
    row, column = np.concatenate(rows), np.concatenate(columns)
    width = len(names.singles) + len(names.pairs)
    ones = np.ones(len(row), np.int32)
    if transpose:
        return sparse.csr_array((ones, (column, row)), shape=(width, len(names.count)))
    return sparse.csr_array((ones, (row, column)), shape=(len(names.count), width))


def _neighbour_matrix(ours: Names, theirs: Names, found: Agreements) -> sparse.csr_array:
    """The traveller's vocabulary × the listed one: weight, and the tokens covered above bit 20."""

    def block(pairs: Pairs, cover: int, left: int, right: int) -> tuple[Ints, Ints, Weights]:
        keep = pairs.kind < INITIAL  # an initial alone is no agreement; the bound allows for it apart
        value = np.maximum(pairs.weight[keep], 1) + np.int32(cover << _COVER)
        return pairs.left[keep] + left, pairs.right[keep] + right, value

    blocks = [
        block(found.single, 1, 0, 0),
        block(found.traveller_joined, 2, len(ours.singles), 0),
        block(found.listed_joined, 2, 0, len(theirs.singles)),
    ]
    left, right, value = (np.concatenate([part[at] for part in blocks]) for at in range(3))
    shape = (len(ours.singles) + len(ours.pairs), len(theirs.singles) + len(theirs.pairs))
    return sparse.csr_array((value.astype(np.int32), (left, right)), shape=shape)
