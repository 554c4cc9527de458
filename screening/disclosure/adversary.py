"""What can a reader conclude? Linear programs over deviations from the true tables, for the suppression.

Unknowns are deviations d of the withheld cells: all equations hold for d, and true value + d is not negative.
A deviation that moves a target far enough is a *witness* that it is protected; one witness serves all targets
that it moves, and its multiples and its reverse are witnesses too. Where none exists, the dual solution
proves it, and names the published cells of which at least one must be withheld as well.

Whole numbers: a witness must consist of whole numbers, as readers know that people are whole. Basic solutions
mostly do; where not, a whole one is looked for.

Source: Fischetti and Salazar-Gonzalez (2000), JASA 95, 916-928: the attacker's programs and their duals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from screening.disclosure.cells import Cells, Flags
from screening.disclosure.rules import Rules
from screening.disclosure.targets import Insider, Target, left_to

Floats = npt.NDArray[np.float64]
_TINY = 1e-6
_ENDLESS = 1000  # where nothing falls, no threshold is further
_FEW, _WORTH_WHILE = 3, 0.75  # single programs for the last; stop where few more are reached
_MANY_NODES = 50
_WHOLE_NODES = 200  # a limit of work, never of time: results must not follow the load of the machine


@dataclass(frozen=True)
class Open:
    """A target that is not protected, and how to mend it.

    Attributes:
        target: the target, less what the insider knows.
        needed: published cells of which at least one must be withheld too (one set a missing direction).
    """

    target: Target
    needed: tuple[frozenset[int], ...]


class Adversary:
    """A reader of one pattern of withheld cells.

    Attributes:
        whole: whether witnesses must consist of whole numbers. Without that a pattern may seem safe that is
            not; what is found to be open is open.
        certain: whether every search for whole witnesses came to an end.
    """

    def __init__(self, cells: Cells, withheld: Flags, *, whole: bool = True) -> None:
        self.cells, self.whole = cells, whole
        self.withheld = np.flatnonzero(withheld)
        self.place = {cell: at for at, cell in enumerate(self.withheld.tolist())}
        self.far = float(np.abs(cells.counts).max(initial=0) * 2 + 2000)
        lower = np.where(cells.signed, -self.far, (cells.least - cells.counts).astype(np.float64))
        self.lower: Floats = lower[self.withheld]
        self.upper: Floats = np.full(len(self.withheld), self.far)
        part = cells.matrix[:, self.withheld].tocsr()
        self.lines = np.flatnonzero(np.diff(part.indptr) > 0)
        self.part = part[self.lines]
        self.model = self._model()
        self.pool: Floats = np.zeros((64, len(self.withheld)))
        self.size = 0
        self.resting: set[int] = set()
        self.certain = True

    def _model(self) -> Any:  # noqa: ANN401 (highspy carries no types)
        count = len(self.withheld)
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = count, len(self.lines)
        problem.col_cost_ = np.zeros(count)
        problem.col_lower_, problem.col_upper_ = self.lower, self.upper
        problem.row_lower_ = problem.row_upper_ = np.zeros(len(self.lines))
        problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        problem.a_matrix_.start_ = self.part.indptr
        problem.a_matrix_.index_ = self.part.indices
        problem.a_matrix_.value_ = self.part.data
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            model.setOptionValue(option, value)
        model.passModel(problem)
        return model

    def take_over(self, other: "Adversary") -> None:
        """Take the witnesses of a pattern of which all cells are withheld here too."""
        places = [self.place[cell] for cell in other.withheld.tolist()]
        for row in other.pool[: other.size]:
            moves = np.zeros(len(self.withheld))
            moves[places] = row
            self._append(moves)

    def publish(self, cell: int) -> Floats:
        """Take a cell as published; witnesses that move it are set aside and returned, for `withhold`."""
        at = self.place[cell]
        self.model.changeColBounds(at, 0.0, 0.0)
        self.resting.add(at)
        rows = self.pool[: self.size]
        still = rows[:, at] == 0
        aside: Floats = rows[~still].copy()
        kept = rows[still].copy()
        self.size = len(kept)
        self.pool[: self.size] = kept
        return aside

    def withhold(self, cell: int, aside: Floats) -> None:
        """Take back `publish`."""
        at = self.place[cell]
        self.resting.discard(at)
        self.model.changeColBounds(at, self.lower[at], self.upper[at])
        for row in aside:
            self._append(row)

    def open_targets(
        self, targets: Sequence[Target], insiders: Sequence[Insider], rules: Rules
    ) -> Iterator[Open]:
        """Give all targets that are not protected, from readers and from each insider."""
        self.look_at_many(targets)
        for each in targets:
            fault = self.unprotected(each)
            if fault is not None:
                yield fault
                continue
            for insider in self._concerned(each, insiders):
                rest = left_to(insider, each, self.cells, rules)
                if rest is not None and (fault := self.unprotected(rest)) is not None:
                    yield fault

    def look_at_many(self, targets: Sequence[Target]) -> None:
        """Fill the pool: one program moves all targets at once that have no witness yet.

        Measured on 2,646 cells with 723 unsafe: five programs give witnesses for all, in a quarter of
        the time that programs for single targets take.
        """
        ways = ((False, "down"), (True, "up"))
        rest = [each for each in targets if len(each.cells) == 1 and not each.known]
        while len(rest) > _FEW:
            before = len(rest)
            for up, amount in ways:
                self._push(
                    [each for each in rest if getattr(each, amount) and not self._reached(each, up=up).any()],
                    up=up,
                )
                rest = [each for each in rest if not self._witnessed(each)]
            if len(rest) > before * _WORTH_WHILE:
                break

    def _witnessed(self, each: Target) -> bool:
        ways = [up for up in (True, False) if (each.up if up else each.down) is not None]
        found = [bool(self._reached(each, up=up).any()) for up in ways]
        return all(found) if each.both else any(found)

    def _push(self, targets: Sequence[Target], *, up: bool) -> None:
        if not targets:
            return
        near = float(max((each.up or 0) + (each.down or 0) for each in targets))
        large = self.cells.counts[self.withheld] >= near  # kept near the truth: a smaller program
        lower = np.where(large, np.maximum(self.lower, -2 * near), self.lower)
        upper = np.where(large, np.minimum(self.upper, 2 * near), self.upper)
        cost = np.zeros(len(self.withheld))
        for each in targets:
            at = self.place.get(each.cells[0])
            if at is not None:
                amount = float((each.up if up else each.down) or 0)
                cost[at] = -1.0 if up else 1.0
                lower[at], upper[at] = max(self.lower[at], -amount), min(self.upper[at], amount)
        resting = sorted(self.resting)
        lower[resting] = upper[resting] = 0.0
        model, indices = self._model(), np.arange(len(self.withheld), dtype=np.int32)
        for option, value in (("presolve", "choose"), ("mip_rel_gap", 0.1), ("mip_max_nodes", _MANY_NODES)):
            model.setOptionValue(option, value)
        model.changeColsBounds(len(indices), indices, lower, upper)
        model.changeColsCost(len(indices), indices, cost)
        if self.whole:
            model.changeColsIntegrality(
                len(indices), indices, np.full(len(indices), highspy.HighsVarType.kInteger)
            )
        model.run()
        if model.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible:
            moves = np.array(model.getSolution().col_value)
            self.keep(np.rint(moves) if self.whole else moves)

    def _concerned(self, each: Target, insiders: Sequence[Insider]) -> list[Insider]:
        """Leave out insiders whose cells stand still in a witness for the target."""
        if not insiders or each.known:
            return []
        ways = [up for up in (True, False) if (each.up if up else each.down) is not None]
        rows = [self.pool[: self.size][self._reached(each, up=up)] != 0 for up in ways]
        always = [some.all(axis=0) for some in rows] if each.both else [np.concatenate(rows).all(axis=0)]
        moved = np.any(always, axis=0)
        return [
            insider
            for insider in insiders
            if any(cell in insider.own for cell in each.cells)
            or len(insider.known) > 1
            or any(cell in self.place and moved[self.place[cell]] for cell in insider.known)
        ]

    def unprotected(self, each: Target) -> Open | None:
        """Look for the witnesses that a target needs; None where they are there."""
        wanted = [up for up in (True, False) if (each.up if up else each.down) is not None]
        missing = [up for up in wanted if not self._reached(each, up=up).any()]
        if len(missing) < len(wanted) and not each.both:
            return None
        needed: list[frozenset[int]] = []
        for up in missing:
            proof = self._moved(each, up=up)
            if proof is not None:
                needed.append(proof)
            elif not each.both:
                return None
        if not needed:
            return None
        return Open(each, tuple(needed) if each.both else (frozenset().union(*needed),))

    def _reached(self, each: Target, *, up: bool) -> Flags:
        """Say which witnesses of the pool move the target far enough with the known cells at rest."""
        rows = self.pool[: self.size]
        inside = [self.place[cell] for cell in each.cells if cell in self.place]
        moves = rows[:, inside].sum(axis=1)
        if up:
            enough: Flags = moves >= (each.up if each.up is not None else self.far) - _TINY
        else:
            enough = moves <= -(each.down if each.down is not None else self.far) + _TINY
        for cell in each.known:
            if cell in self.place:
                enough &= rows[:, self.place[cell]] == 0
        return enough

    def _moved(self, each: Target, *, up: bool) -> frozenset[int] | None:
        """Solve for one direction: keep the witness and give None, or give the cells that would help."""
        sign = 1.0 if up else -1.0
        amount = each.up if up else each.down
        inside = [self.place[cell] for cell in each.cells if cell in self.place]
        if amount is None:
            return None
        held = [self.place[cell] for cell in each.known if cell in self.place]
        for at in inside:
            self.model.changeColCost(at, -sign)
        if len(inside) == 1 and inside[0] not in {
            *held,
            *self.resting,
        }:  # no need to go further than what is asked
            at = inside[0]
            self.model.changeColBounds(
                at, max(self.lower[at], -float(amount)), min(self.upper[at], float(amount))
            )
        for at in held:
            self.model.changeColBounds(at, 0.0, 0.0)
        self.model.run()
        solution = self.model.getSolution()
        moves = np.array(solution.col_value)
        prices = np.array(solution.row_dual)
        for at in {*inside, *held}:
            self.model.changeColCost(at, 0.0)
            if at not in self.resting:
                self.model.changeColBounds(at, self.lower[at], self.upper[at])
        reached = sign * float(moves[inside].sum())
        if reached >= amount - _TINY:
            if self.whole and np.abs(moves - np.rint(moves)).max(initial=0) > _TINY:
                found = self._whole(inside, held, sign, amount)
                if found is None:
                    return self._anything_else()
                moves = found
            self.keep(np.rint(moves) if self.whole else moves)
            return None
        return self._proof(prices)

    def _proof(self, prices: Floats) -> frozenset[int]:
        """Name the published cells whose reduced cost is not 0: without one of them the bound stands."""
        everywhere = np.zeros(self.cells.matrix.shape[0])
        everywhere[self.lines] = prices
        reduced = self.cells.matrix.T @ everywhere
        helping = np.flatnonzero(np.abs(reduced) > _TINY)
        return frozenset(cell for cell in helping.tolist() if cell not in self.place)

    def _anything_else(self) -> frozenset[int]:
        return frozenset(range(len(self.cells.keys))) - frozenset(self.place)

    def _whole(self, inside: list[int], held: list[int], sign: float, amount: int) -> Floats | None:
        """Look for a witness of whole numbers where the linear program gives fractions."""
        count = len(self.withheld)
        model = self._model()
        model.setOptionValue("mip_max_nodes", _WHOLE_NODES)
        model.setOptionValue("presolve", "choose")
        model.changeColsIntegrality(
            count, np.arange(count, dtype=np.int32), np.full(count, highspy.HighsVarType.kInteger)
        )
        for at in {*held, *self.resting}:
            model.changeColBounds(at, 0.0, 0.0)
        model.addRow(
            float(amount), highspy.kHighsInf, len(inside), np.array(inside, dtype=np.int32),
            np.full(len(inside), sign),
        )  # fmt: skip
        model.run()
        if model.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            self.certain &= model.getModelStatus() == highspy.HighsModelStatus.kInfeasible
            return None
        found: Floats = np.rint(np.array(model.getSolution().col_value))
        return found

    def keep(self, move: Floats) -> None:
        """Put a witness into the pool, as far as it and its reverse go (in whole steps, if whole)."""
        move = np.where(np.abs(move) < _TINY, 0.0, move)
        for way in (move, -move):
            falling = way < 0
            room = self.lower[falling] / way[falling]
            steps = float(room.min()) if len(room) else _ENDLESS
            if self.whole:
                steps = float(np.floor(steps + _TINY))
            if steps > _TINY:
                self._append(steps * way)

    def _append(self, witness: Floats) -> None:
        if self.size == len(self.pool):
            self.pool = np.concatenate([self.pool, np.zeros_like(self.pool)])
        self.pool[self.size] = witness
        self.size += 1
