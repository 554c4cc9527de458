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
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from screening.disclosure.cells import Cells, Flags
from screening.disclosure.questions import Questions
from screening.disclosure.rules import Rules
from screening.disclosure.targets import Insider, Target
from screening.disclosure.witnesses import Witnesses

Floats = npt.NDArray[np.float64]
_TINY = 1e-6
_AT_HAND = 0.01  # a person's cost in a withheld cell: small, so that deviations stay small
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
        grows: whether the pattern grows: where a target is open, the cells of its least costly witness are
            withheld from then on, so that the pattern is safe when all have been asked.
        certain: whether every search for whole witnesses came to an end.
        used: numbers of the witnesses that fit the pattern.
        resting: places of cells that are published.
    """

    def __init__(
        self,
        cells: Cells,
        withheld: Flags,
        witnesses: Witnesses,
        *,
        whole: bool = True,
        may: Flags | None = None,
    ) -> None:
        self.cells, self.witnesses, self.whole = cells, witnesses, whole
        self.grows = may is not None
        self.withheld = np.flatnonzero(withheld | may if may is not None else withheld)
        self.place = {cell: at for at, cell in enumerate(self.withheld.tolist())}
        self.far = float(np.abs(cells.counts).max(initial=0) * 2 + 2000)
        self.lower: Floats = witnesses.lower[self.withheld]
        self.upper: Floats = np.full(len(self.withheld), self.far)
        part = cells.matrix[:, self.withheld].tocsr()
        self.lines = np.flatnonzero(np.diff(part.indptr) > 0)
        self.part = part[self.lines]
        self.resting = set(np.flatnonzero(~withheld[self.withheld]).tolist())
        self.model = self._model()
        for at in self.resting:
            self.model.changeColBounds(at, 0.0, 0.0)
        self.nearest = self._nearest()
        self.used = dict.fromkeys(witnesses.fitting(withheld, whole=whole))
        self.questions: Questions | None = None
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

    def _nearest(self) -> Any:  # noqa: ANN401
        """Make the model of small deviations: rises and falls of each cell, as few as possible.

        At rest it is at its optimum; a target that must move leaves it there but for its own bounds, so the
        dual simplex needs few steps, and what it finds stays close to the target.
        """
        count = len(self.withheld)
        part = self.part.tocsc()
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = 2 * count, len(self.lines)
        cost = np.full(count, _AT_HAND)
        for at in self.resting:
            cost[at] = abs(int(self.cells.counts[self.withheld[at]])) + 1.0
        problem.col_cost_ = np.concatenate([cost, cost])
        problem.col_lower_ = np.zeros(2 * count)
        problem.col_upper_ = np.concatenate([self.upper, -self.lower])
        problem.row_lower_ = problem.row_upper_ = np.zeros(len(self.lines))
        problem.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        problem.a_matrix_.start_ = np.concatenate([part.indptr, part.indptr[1:] + part.nnz])
        problem.a_matrix_.index_ = np.concatenate([part.indices, part.indices])
        problem.a_matrix_.value_ = np.concatenate([part.data, -part.data])
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            model.setOptionValue(option, value)
        model.passModel(problem)
        return model

    def _bound(self, at: int, lower: float, upper: float) -> None:
        """Let a cell move between two deviations, in the model of small ones."""
        self.nearest.changeColBounds(at, max(lower, 0.0), max(upper, 0.0))
        self.nearest.changeColBounds(at + len(self.withheld), max(-upper, 0.0), max(-lower, 0.0))

    def _near(self, inside: list[int], held: list[int], sign: float, amount: int) -> Floats | None:
        """Look for a small deviation that moves the target by the amount."""
        count, model = len(self.withheld), self.nearest
        for at in held:
            self._bound(at, 0.0, 0.0)
        single = len(inside) == 1
        if single:
            (at,) = inside
            fixed = at in held or (at in self.resting and not self.grows)
            if fixed or (sign < 0 and -self.lower[at] < amount):
                self._restored(held)
                return None
            self._bound(at, sign * amount, sign * amount)
        else:
            places = np.array([*inside, *(at + count for at in inside)], dtype=np.int32)
            signs = np.repeat([sign, -sign], len(inside))
            model.addRow(float(amount), highspy.kHighsInf, len(places), places, signs)
        model.run()
        found = None
        if model.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            values = np.array(model.getSolution().col_value)
            found = values[:count] - values[count:]
        if not single:
            model.deleteRows(1, np.array([model.getNumRow() - 1], dtype=np.int32))
        self._restored([*held, *inside])
        return found

    def _restored(self, places: list[int]) -> None:
        for at in places:
            if self.grows or at not in self.resting:
                self._bound(at, self.lower[at], self.upper[at])

    def publish(self, cell: int) -> list[int]:
        """Take a cell as published; give the witnesses that move it, for `withhold`."""
        at = self.place[cell]
        self.model.changeColBounds(at, 0.0, 0.0)
        self._bound(at, 0.0, 0.0)
        self.resting.add(at)
        aside = [number for number in self.witnesses.moving.get(cell, ()) if number in self.used]
        for number in aside:
            del self.used[number]
        if self.questions is not None:
            self.questions.take(self.witnesses.rows(aside), -1)
        return aside

    def withhold(self, cell: int, aside: Sequence[int]) -> None:
        """Take back `publish`."""
        at = self.place[cell]
        self.resting.discard(at)
        self.model.changeColBounds(at, self.lower[at], self.upper[at])
        self._restored([at])
        self._use(aside)

    def open_targets(
        self, targets: Sequence[Target], insiders: Sequence[Insider], rules: Rules
    ) -> Iterator[Open]:
        """Give all targets that are not protected, from readers and from each insider."""
        asked = self.questions
        if asked is None or asked.targets != list(targets) or asked.insiders != list(insiders):
            asked = self.questions = Questions(self.cells, rules, targets, insiders)
            asked.take(self.witnesses.rows(self.used))
        self._look_at_many(asked)
        for at in range(len(targets)):
            fault = self._unprotected(asked, at, 0)
            if fault is not None:
                yield fault
                continue
            for place, reader in asked.open_to(at):
                if (fault := self._unprotected(asked, place, reader)) is not None:
                    yield fault

    def _look_at_many(self, asked: Questions) -> None:
        """Find witnesses for many: one program moves all targets at once that have none yet.

        Measured on 2,646 cells with 723 unsafe: five programs give witnesses for all, in a quarter of
        the time that programs for single targets take.
        """
        rest = [at for at in asked.unanswered() if len(asked.targets[at].cells) == 1]
        while len(rest) > _FEW:
            before = len(rest)
            for up in (False, True):
                self._push([asked.targets[at] for at in rest if up in asked.missing(at, 0)], up=up)
                rest = [at for at in rest if asked.missing(at, 0)]
            if len(rest) > before * _WORTH_WHILE:
                break

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
            amount = float((each.up if up else each.down) or 0)
            if at is not None and amount:
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
            self._keep(np.rint(moves) if self.whole else moves)

    def _unprotected(self, asked: Questions, at: int, reader: int) -> Open | None:
        """Look for the witnesses that a sum needs, for one reader; None where they are there."""
        missing = asked.missing(at, reader)
        if not missing:
            return None
        each = replace(asked.sums[at], known=asked.readers[reader])
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

    def _moved(self, each: Target, *, up: bool) -> frozenset[int] | None:
        """Solve for one direction: keep the witness and give None, or give the cells that would help."""
        sign = 1.0 if up else -1.0
        amount = each.up if up else each.down
        inside = [self.place[cell] for cell in each.cells if cell in self.place]
        if amount is None:
            return None
        held = [self.place[cell] for cell in each.known if cell in self.place]
        small = self._near(inside, held, sign, amount)
        if small is not None and not (new := self._asleep(small)):
            return self._kept(small, inside, held, sign, amount)
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
            return self._kept(moves, inside, held, sign, amount)
        proof = self._proof(prices)
        if small is not None:
            for at in new:
                self._wake(at)
            self._kept(small, inside, held, sign, amount)
        return proof

    def _asleep(self, moves: Floats) -> list[int]:
        return [at for at in np.flatnonzero(np.abs(moves) > _TINY).tolist() if at in self.resting]

    def _wake(self, at: int) -> None:
        self.resting.discard(at)
        self.model.changeColBounds(at, self.lower[at], self.upper[at])
        self.nearest.changeColCost(at, _AT_HAND)
        self.nearest.changeColCost(at + len(self.withheld), _AT_HAND)

    @property
    def pattern(self) -> Flags:
        """What is withheld by now."""
        flags = np.zeros(len(self.cells.keys), dtype=bool)
        flags[self.withheld] = True
        flags[self.withheld[sorted(self.resting)]] = False
        return flags

    def _kept(
        self, moves: Floats, inside: list[int], held: list[int], sign: float, amount: int
    ) -> frozenset[int] | None:
        """Keep a witness, or one of whole numbers in its place; where there is none, any cell may help."""
        if self.whole:
            if np.abs(moves - np.rint(moves)).max(initial=0) > _TINY:
                found = self._whole(inside, held, sign, amount)
                if found is None:
                    return self._anything_else()
                moves = found
            moves = np.rint(moves)
        self._keep(moves)
        return None

    def _proof(self, prices: Floats) -> frozenset[int]:
        """Name the published cells whose reduced cost is not 0: without one of them the bound stands."""
        everywhere = np.zeros(self.cells.matrix.shape[0])
        everywhere[self.lines] = prices
        reduced = self.cells.matrix.T @ everywhere
        helping = np.flatnonzero(np.abs(reduced) > _TINY)
        return frozenset(helping.tolist()) & self._anything_else()

    def _anything_else(self) -> frozenset[int]:
        return frozenset(np.flatnonzero(~self.pattern).tolist())

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

    def _keep(self, moves: Floats) -> None:
        """Put a witness, over the withheld cells, to the others."""
        everywhere = np.zeros(len(self.cells.keys))
        everywhere[self.withheld] = moves
        self._use(self.witnesses.keep(everywhere, whole=self.whole))

    def _use(self, numbers: Sequence[int]) -> None:
        self.used.update(dict.fromkeys(numbers))
        if self.questions is not None:
            self.questions.take(self.witnesses.rows(numbers))
