"""Controlled rounding: every count goes to a multiple of the base next to it, and margins stay exact sums.

A reader sees a table that could be true, with every value less than one base from the truth. A count below
the base is shown as 0 or as the base, so with a base at or above the threshold no small count is told: the
published value itself is one that it may have.

Source: Handbook on Statistical Disclosure Control, 5.5; Salazar-Gonzalez (2005), Computers & Operations
Research 32, 1-20 (integer program).
"""

from typing import Any

import highspy
import numpy as np

from screening.disclosure.cells import Cells, Integers
from screening.disclosure.counted import NOT_WRITTEN, refused
from screening.tables.errors import UnprotectableError

_NODES = 5_000


def rounded(cells: Cells, base: int) -> Integers:
    """Round all tables together, as near to the truth as the sums allow.

    Args:
        cells: the tables; none published earlier.
        base: step, at or above the threshold.

    Returns:
        Multiples of base, by cell; each less than base from its count. Where no such table exists, multiples
        may move too, by one base at most.

    Raises:
        UnprotectableError: something was published earlier without rounding, or no such table exists.
    """
    if cells.open.any() or cells.signed.any():
        raise refused(
            "what was published earlier cannot be rounded any more",
            "the earlier tables",
            'protect the tables by method = "suppression"',
        )
    for may_move in (False, True):
        found = _solved(cells, base, may_move=may_move)
        if found is not None:
            return found
    raise UnprotectableError(
        "no rounded table keeps all sums within one base",
        where="the tables together",
        effect=NOT_WRITTEN,
        remedy="round fewer linked tables together, or choose another base",
    )


def holds(cells: Cells, values: Integers, base: int) -> bool:
    """Check rounded values by plain whole numbers, whoever made them."""
    near = np.abs(values - cells.counts) <= base
    sums = all(int(values[whole]) == int(values[list(parts)].sum()) for whole, parts in cells.equations)
    return bool(sums and near.all() and (values % base == 0).all() and (values >= 0).all())


def _solved(cells: Cells, base: int, *, may_move: bool) -> Integers | None:
    below = cells.counts // base
    over = cells.counts - below * base
    whole = over == 0
    size = len(below)
    up = np.where(whole, float(may_move), 1.0)
    down = np.where(whole & (below > 0), float(may_move), 0.0)
    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.02), ("mip_max_nodes", _NODES),
    ):  # fmt: skip
        model.setOptionValue(option, value)
    model.addVars(2 * size, np.zeros(2 * size), np.concatenate([up, down]))
    every = np.arange(2 * size, dtype=np.int32)
    cost = np.concatenate([np.where(whole, base, base - 2 * over), np.full(size, base)])
    model.changeColsCost(2 * size, every, cost.astype(np.float64))
    model.changeColsIntegrality(2 * size, every, np.full(2 * size, highspy.HighsVarType.kInteger))
    for line, parts in cells.equations:
        indices = [*parts, line, *(part + size for part in parts), line + size]
        signs = [*([1.0] * len(parts)), -1.0, *([-1.0] * len(parts)), 1.0]
        off = float(below[line] - below[list(parts)].sum())
        model.addRow(off, off, len(indices), np.array(indices, dtype=np.int32), np.array(signs))
    model.run()
    if model.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
        return None
    moves = np.rint(np.array(model.getSolution().col_value)).astype(np.int64)
    values: Integers = base * (below + moves[:size] - moves[size:])
    return values
