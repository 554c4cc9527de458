"""Which cells to withhold so that all targets are protected at the least cost: an implicit hitting set.

Withholding more never helps a reader. So a target that is open under a pattern gives a set of published
cells of which at least one must be withheld (its dual proof, `adversary`), whatever else is done; the least
cost over all such sets is a bound, and where its pattern leaves no target open, it is the optimum. Sets that
every pattern must hit are given at the start: no withheld cell may stand alone in an equation.

The program over 0/1 is solved by HiGHS with one thread and a limit of nodes, never of time, so that the
result does not follow the load of the machine. Where it does not end within its rounds, what is open is
closed by the least costly witness, target by target, and what is not needed is released again.

Source: Fischetti and Salazar-Gonzalez (2000), JASA 95, 916-928, and (2001), Management Science 47, 1008-1027
(master and attacker's programs, bridgeless inequalities); Moreno-Centeno and Karp (2013), Operations Research
61, 453-468 (implicit hitting sets).
"""

from collections.abc import Iterable
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from screening.disclosure.cells import Cells, Flags

_NODES = 20_000
_EXACT = 1_500  # free cells up to which the bound must be met exactly
_GAP = 0.002


class HittingSet:
    """The program over which free cells are withheld.

    Attributes:
        free: cells that may be withheld and need not be.
        proved: whether every pattern so far was at the least cost.
        large: whether a small gap to the bound is allowed.
    """

    def __init__(
        self,
        cells: Cells,
        forced: Flags,
        free: Flags,
        unsafe: Flags,
        cost: npt.NDArray[np.float64],
        *,
        gap: float = 0.0,
    ) -> None:
        self.free = np.flatnonzero(free)
        self.place = {cell: at for at, cell in enumerate(self.free.tolist())}
        self.seen: set[tuple[frozenset[int], int | None]] = set()
        self.possible, self.proved = True, True
        self.bound = 0.0
        self.forced = forced
        count = len(self.free)
        self.large = count > _EXACT
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        gap = max(gap / 4, _GAP if self.large else 0.0)
        options = {"output_flag": False, "threads": 1, "mip_rel_gap": gap, "mip_max_nodes": _NODES}
        for option, value in {**options, "mip_abs_gap": 0.4}.items():  # costs are whole but for the ties
            model.setOptionValue(option, value)
        ties = 0.3 / max(count, 1)  # of equal costs, fewer cells
        nothing = np.array([], dtype=np.int32)
        for cell in self.free.tolist():
            model.addCol(float(cost[cell]) + ties, 0.0, 1.0, 0, nothing, np.array([], dtype=np.float64))
        model.changeColsIntegrality(
            count, np.arange(count, dtype=np.int32), np.full(count, highspy.HighsVarType.kInteger)
        )
        self.model = model
        self._no_bridges(cells, unsafe)

    def _no_bridges(self, cells: Cells, unsafe: Flags) -> None:
        """A withheld cell alone in an equation is exact: useless if not unsafe, disclosed if it is."""
        for whole, parts in cells.equations:
            line = (whole, *parts)
            held = [cell for cell in line if self.forced[cell]]
            if len(held) == 1 and unsafe[held[0]]:
                self.require(cell for cell in line if cell != held[0])
            elif not held:
                for cell in line:
                    if cell in self.place:
                        self.require((other for other in line if other != cell), wherever=cell)

    def require(self, any_of: Iterable[int], wherever: int | None = None) -> bool:
        """Ask that one of these cells is withheld (where `wherever` is); say whether that is new."""
        places = frozenset(self.place[cell] for cell in any_of if cell in self.place)
        if (places, wherever) in self.seen:
            return False
        self.seen.add((places, wherever))
        if not places and wherever is None:
            self.possible = False
            return True
        indices, values = sorted(places), [1.0] * len(places)
        if wherever is not None:
            indices, values = [*indices, self.place[wherever]], [*values, -1.0]
        least = 1.0 if wherever is None else 0.0
        self.model.addRow(
            least, highspy.kHighsInf, len(indices), np.array(indices, dtype=np.int32), np.array(values)
        )
        return True

    def pattern(self) -> Flags:
        """Give the cheapest pattern that keeps all that was asked."""
        withheld = self.forced.copy()
        if not len(self.free):
            return withheld
        self.model.run()
        self.bound = float(self.model.getInfo().mip_dual_bound)
        self.proved &= not self.large and self.model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if self.model.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible:
            withheld[self.free[np.array(self.model.getSolution().col_value) > 0.5]] = True
        else:
            withheld[self.free] = True
        return withheld
