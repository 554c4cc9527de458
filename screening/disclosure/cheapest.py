"""The least costly way to make one target uncertain: its deviation over all cells that may be withheld.

Withheld cells move free of charge, others at their count for each person that they are moved by, so the
program looks for few and small cells; those that it moves are withheld. One model for all targets: only costs
and bounds change.

Source: Handbook on Statistical Disclosure Control, 4.4 (linear programming heuristics); Kelly, Golden and
Assad (1992), Networks 22, 397-417.
"""

from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from screening.disclosure.cells import Cells, Flags
from screening.disclosure.targets import Target

Moves = npt.NDArray[np.float64]
_TINY = 1e-6
_NODES = 2_000


class Cheapest:
    """A model in which every cell that may be withheld rises and falls at a cost."""

    def __init__(self, cells: Cells, may: Flags) -> None:
        self.cells, self.may = cells, np.flatnonzero(may)
        self.place = {cell: at for at, cell in enumerate(self.may.tolist())}
        count = len(self.may)
        self.far = float(np.abs(cells.counts).max(initial=0) * 2 + 2000)
        falls = np.where(cells.signed, self.far, (cells.counts - cells.least).astype(np.float64))[self.may]
        part = cells.matrix[:, self.may].tocsc()
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = 2 * count, part.shape[0]
        problem.col_cost_ = np.zeros(2 * count)
        problem.col_lower_ = np.zeros(2 * count)
        self.upper = np.concatenate([np.full(count, self.far), falls])
        problem.col_upper_ = self.upper
        problem.row_lower_ = problem.row_upper_ = np.zeros(part.shape[0])
        problem.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        problem.a_matrix_.start_ = np.concatenate([part.indptr, part.indptr[1:] + part.nnz])
        problem.a_matrix_.index_ = np.concatenate([part.indices, part.indices])
        problem.a_matrix_.value_ = np.concatenate([part.data, -part.data])
        self.problem = problem
        self.model = self._new()

    def _new(self) -> Any:  # noqa: ANN401 (highspy carries no types)
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("mip_max_nodes", _NODES)):
            model.setOptionValue(option, value)
        model.passModel(self.problem)
        return model

    def witness(self, each: Target, withheld: Flags) -> list[Moves] | None:
        """Give the cheapest witness of a target (strict: one each way), by cell; None where there is none.

        Args:
            each: the target.
            withheld: cells that move free of charge.
        """
        ways = []
        for sign, amount in ((1.0, each.up), (-1.0, each.down)):
            way = self._way(each, withheld, sign, amount) if amount else None
            if amount and way is None and each.both:
                return None
            ways += [way] if way else []
        if not ways:
            return None
        ways.sort(key=lambda way: (way[0], way[1].tolist()))
        return [way[1] for way in ways] if each.both else [ways[0][1]]

    def _way(self, each: Target, withheld: Flags, sign: float, amount: int) -> tuple[float, Moves] | None:
        count = len(self.may)
        cost = np.where(withheld, 0.0, np.abs(self.cells.counts) + 1.0)[self.may]
        both = np.concatenate([cost, cost])
        indices = np.arange(2 * count, dtype=np.int32)
        self.model.changeColsCost(2 * count, indices, both)
        inside = [self.place[cell] for cell in each.cells if cell in self.place]
        held = [self.place[cell] for cell in each.known if cell in self.place]
        upper = self.upper.copy()
        upper[[*held, *(at + count for at in held)]] = 0.0
        self.model.changeColsBounds(2 * count, indices, np.zeros(2 * count), upper)
        line = np.array([*inside, *(at + count for at in inside)], dtype=np.int32)
        signs = np.concatenate([np.full(len(inside), sign), np.full(len(inside), -sign)])
        self.model.addRow(float(amount), highspy.kHighsInf, len(line), line, signs)
        last = self.model.getNumRow() - 1
        self.model.changeColsIntegrality(
            2 * count, indices, np.full(2 * count, highspy.HighsVarType.kContinuous)
        )
        found = self._solved(count)
        if found is not None and np.abs(found - np.rint(found)).max(initial=0) > _TINY:
            self.model.changeColsIntegrality(
                2 * count, indices, np.full(2 * count, highspy.HighsVarType.kInteger)
            )
            found = self._solved(count)
        self.model.deleteRows(1, np.array([last], dtype=np.int32))
        if found is None:
            return None
        moves = np.zeros(len(self.cells.counts))
        moves[self.may] = np.rint(found)
        return float(np.abs(self.cells.counts[(moves != 0) & ~withheld]).sum()), moves

    def _solved(self, count: int) -> Moves | None:
        self.model.run()
        if self.model.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            return None
        values = np.array(self.model.getSolution().col_value)
        return np.asarray(values[:count] - values[count:])
