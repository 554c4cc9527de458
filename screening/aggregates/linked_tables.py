"""Which published cells, taken together with the timetable, give away a small leg or a folded cell?

Tables by route, carrier and hour count the same legs, and timetables are public: a reader who knows that a
carrier flies two routes only subtracts the published one from the carrier's figure. Each table alone is safe,
all of them are not (Handbook on Statistical Disclosure Control, 4.2: linked tables).

Rule: let the unknowns be the counts of *atoms*, the legs that agree in route, carrier and hour. Every
published cell, `Other` included, is an equation over atoms. A small atom, or a small cell of one table, is
disclosed when linear algebra gives it, that is when its vector lies in the span of the published ones. Then
the smallest published cell that the derivation needs has to be folded too.

The reader is assumed to know every leg that flew, so also which of them stand in `Other`. What is looked for
is exact disclosure, as GaussSuppression does (Langsrud 2024); that an interval is narrow is not looked for.
Sums are exact: elimination modulo the prime 2^31 - 1, no floats.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_PRIME = 2**31 - 1  # a product of two residues fits int64
Matrix = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Legs:
    """Legs of one service date, grouped to atoms.

    Attributes:
        values: definition -> value of each atom in its dimension.
        counts: travellers of each atom.
    """

    values: Mapping[str, tuple[str, ...]]
    counts: tuple[int, ...]


def disclosing(legs: Legs, folded: Mapping[str, frozenset[str]], threshold: int) -> dict[str, set[str]]:
    """Name published cells that must be folded because they help to derive a small count.

    Args:
        legs: atoms of one service date.
        folded: definition -> values that stand in its `Other`.
        threshold: counts of 1..threshold-1 are unsafe.

    Returns:
        definition -> values to fold besides; empty when nothing is disclosed. Deterministic: the smallest
        cell of each derivation, ties by definition and value. To be called again after folding.

    >>> flights = Legs({"by_carrier": ("Q1", "Q1", "Q2"), "by_route": ("A-B", "A-C", "A-D")}, (20, 3, 40))
    >>> disclosing(flights, {"by_carrier": frozenset(), "by_route": frozenset({"A-C", "A-D"})}, threshold=5)
    {'by_route': {'A-B'}}
    """
    unsafe = _unsafe(legs, threshold)
    if not unsafe.size:
        return {}
    cells = _cells(legs, folded)
    equations = np.array([row for _, _, _, row in cells], dtype=np.int64)
    extra: dict[str, set[str]] = {}
    for needed in _derivations(equations.T, unsafe.T):
        candidates = [cells[index] for index in needed if cells[index][2] is not None]
        if not candidates:  # derived from `Other` and totals alone: any further fold widens them
            candidates = [cell for cell in cells if cell[2] is not None]
        if candidates:
            _, definition, value, _ = min(candidates, key=lambda cell: (cell[0], cell[1], str(cell[2])))
            extra.setdefault(definition, set()).add(str(value))
    return extra


_Cell = tuple[int, str, str | None, Matrix]  # count, definition, value (None for Other), atoms in it


def _cells(legs: Legs, folded: Mapping[str, frozenset[str]]) -> list[_Cell]:
    counts = np.array(legs.counts, dtype=np.int64)
    cells: list[_Cell] = []
    for definition in sorted(legs.values):
        values = np.array(legs.values[definition])
        away = folded[definition]
        for value in sorted(set(legs.values[definition]) - away):
            row = (values == value).astype(np.int64)
            cells.append((int(row @ counts), definition, value, row))
        other = np.isin(values, sorted(away)).astype(np.int64)
        cells.append((int(other @ counts), definition, None, other))
    return cells


def _unsafe(legs: Legs, threshold: int) -> Matrix:
    counts = np.array(legs.counts, dtype=np.int64)
    rows = [row for row in np.eye(len(counts), dtype=np.int64) if 0 < row @ counts < threshold]
    for values in legs.values.values():
        array = np.array(values)
        for value in sorted(set(values)):
            row = (array == value).astype(np.int64)
            if 0 < row @ counts < threshold:
                rows.append(row)
    return np.unique(np.array(rows, dtype=np.int64), axis=0) if rows else np.empty((0, 0), dtype=np.int64)


def _derivations(equations: Matrix, targets: Matrix) -> list[list[int]]:
    """Solve `equations @ c = target` for each column of targets; give the places of c that are not zero."""
    width = equations.shape[1]
    work = np.concatenate([equations, targets], axis=1) % _PRIME
    pivots: list[int] = []
    for column in range(width):
        row = len(pivots)
        below = np.flatnonzero(work[row:, column])
        if not below.size:
            continue
        chosen = row + int(below[0])
        work[[row, chosen]] = work[[chosen, row]]
        work[row] = work[row] * pow(int(work[row, column]), -1, _PRIME) % _PRIME
        others = np.flatnonzero(work[:, column])
        others = others[others != row]
        used = np.flatnonzero(work[row])
        block = np.ix_(others, used)
        work[block] = (work[block] - np.outer(work[others, column], work[row, used]) % _PRIME) % _PRIME
        pivots.append(column)
        if len(pivots) == work.shape[0]:
            break
    solved = ~np.any(work[len(pivots) :, width:], axis=0)
    return [
        [pivots[int(place)] for place in np.flatnonzero(work[: len(pivots), width + target])]
        for target in np.flatnonzero(solved)
    ]
