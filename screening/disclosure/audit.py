"""The gate: what does a reader of everything that is about to be published learn of unsafe cells?

Own code beside the suppression: it shares with it the tables and nothing else. The unknowns are the counts
themselves, over all tables at once: every equation holds with the published values filled in, nothing is
negative, people are whole. For each unsafe cell a fitting table is looked for in which the cell is 0, or
reaches the threshold; where a program proves that there is none, the cell is disclosed and nothing is
published. Fitting tables that were found serve all cells that they show far enough.

Whole numbers and fractions: an interval of whole numbers may be narrower than that of the linear program. The
gate is on the safe side: a cell passes only by a fitting table of whole numbers. Intervals that are told
(`intervals`) are those of the linear program, the wider ones, as the published examples give them.

Tables may be offered, as the suppression has found many. They are taken on no trust: each must hold in every
equation, in plain whole numbers, before it counts. Where none was offered the gate looks itself.

Source: Handbook on Statistical Disclosure Control, 4.2 and 4.4 (intervals, singletons, common respondents);
Fischetti and Salazar-Gonzalez (2000), JASA 95.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csr_array

from screening.disclosure.cells import Cells, Flags, Integers
from screening.disclosure.rules import Rules, Width

_EPS = 1e-6
_NODES = 2_000  # a limit of work, not of time; a cell that stays undecided does not pass
_AT_ONCE = 6
_AT_A_TIME = 256  # tables in memory beside one another


@dataclass(frozen=True)
class Fault:
    """An unsafe cell, or sum of cells, that a reader learns.

    Attributes:
        cells: the cell, or the cells of the sum.
        low: the least it can be.
        high: the most it can be; None where there is no bound.
        insider: whether the reader is one who knows an own cell.
    """

    cells: tuple[int, ...]
    low: float
    high: float | None
    insider: bool = False

    @property
    def exact(self) -> bool:
        """Whether both ends are one."""
        return self.high is not None and self.high - self.low < _EPS


@dataclass(frozen=True)
class _Question:
    """A sum of cells; `own` of its people are the reader's; `fixed` cells are known to the reader."""

    cells: tuple[int, ...]
    fixed: tuple[int, ...]
    own: int
    exact_only: bool = False


def audit(
    cells: Cells,
    shown: Flags,
    rules: Rules,
    *,
    respondents: Sequence[Mapping[int, int]] = (),
    given: Flags | None = None,
    lost: Iterable[tuple[int, ...]] = (),
    offered: csr_array | None = None,
) -> list[Fault]:
    """Look for unsafe cells that a reader learns.

    Args:
        cells: all tables, with their true counts.
        shown: cells whose count is published.
        rules: what is unsafe, and how wide an interval must be.
        respondents: cell -> own people, of each who stands in several cells; margins follow.
        given: cells that must not be exact although their count is safe.
        lost: sums of cells that earlier publications gave away; they are not asked for.
        offered: tables that may fit, as rows of differences from the true counts, a column a cell.

    Returns:
        All faults; empty where the tables may be published.
    """
    gate = _Gate(cells, shown, rules)
    skip = {tuple(sorted(members)) for members in lost}
    plain = [
        question
        for question in _questions(cells, shown, rules, respondents, given)
        if tuple(sorted(question.cells)) not in skip
    ]
    if offered is not None:
        gate.check(offered)
    gate.gather([question.cells[0] for question in plain if len(question.cells) == 1])
    found = []
    people = [*_single(cells, shown, rules), *(_spread(_wholes(cells), one) for one in respondents)]
    unseen = gate.unseen(plain, people)
    for question, readers in zip(plain, unseen, strict=True):
        fault = gate.ask(question)
        if fault is None:
            fault = next(
                (
                    worse
                    for own in (people[reader] for reader in readers)
                    if (asked := _less(question, own, cells, rules)) and gate.doubts(question, asked)
                    if (worse := gate.ask(asked))
                ),
                None,
            )
        if fault is not None:
            found.append(fault)
    return found


def intervals(cells: Cells, shown: Flags, which: Sequence[int]) -> list[tuple[float, float | None]]:
    """Give least and most of cells by the linear program (None: no bound).

    Args:
        cells: all tables; true counts of cells that are not shown play no part.
        shown: cells whose count is published.
        which: the cells asked for.
    """
    gate = _Gate(cells, shown, Rules())
    return [gate.ends(_Question((cell,), (), 0)) for cell in which]


def _questions(
    cells: Cells, shown: Flags, rules: Rules, respondents: Sequence[Mapping[int, int]], given: Flags | None
) -> list[_Question]:
    """All sums of cells that are unsafe by rule, for a reader who knows nothing else."""
    asked = []
    for cell, count in enumerate(cells.counts.tolist()):
        if 0 < abs(count) < rules.threshold or (count == 0 and rules.zeros_unsafe and not cells.hidden[cell]):
            asked.append(_Question((cell,), (), 0))
        elif given is not None and given[cell]:
            asked.append(_Question((cell,), (), 0, exact_only=True))
    if rules.implied:
        lines = {
            tuple(
                sorted(
                    part for part in parts if not shown[part] and 0 <= cells.counts[part] < rules.threshold
                )
            )
            for _, parts in cells.equations
        }
        for line in sorted(line for line in lines if len(line) > 1):
            if 0 < int(cells.counts[list(line)].sum()) < rules.threshold + rules.insiders:
                asked.append(_Question(line, (), 0))
    for cell, size in sorted(cells.parties.items()):  # the largest party counts as one respondent
        asked.append(_Question((cell,), (), size - 1))
    for own in respondents:
        whole = tuple(sorted(cell for cell, people in own.items() if people == cells.counts[cell]))
        if len(whole) > 1 and 0 < sum(own[cell] for cell in whole) < rules.threshold:
            asked.append(_Question(whole, (), 0))
    return asked


def _single(cells: Cells, shown: Flags, rules: Rules) -> list[dict[int, int]]:
    """Who makes up a withheld cell alone: the cells that hold them, with their number.

    A margin that holds nobody else holds them in every table that splits it: what is theirs is looked for up
    and down until nothing is added.
    """
    found: dict[tuple[int, ...], dict[int, int]] = {}
    if not rules.insiders:
        return []
    up = _wholes(cells)
    for cell, count in enumerate(cells.counts.tolist()):
        if 1 <= count <= rules.insiders and not shown[cell] and not cells.hidden[cell]:
            own = _spread(up, {cell: count})
            alone = [one for one in own if cells.counts[one] == count]
            while alone:
                sure = set(alone)
                parts = {part for whole, line in cells.equations if whole in sure for part in line}
                theirs = sorted(part for part in parts if cells.counts[part] == count and part not in own)
                before = set(own)
                for part in theirs:
                    own |= _spread(up, {part: count})
                alone = [one for one in own if one not in before and cells.counts[one] == count]
            found[tuple(sorted(one for one in own if cells.counts[one] == count))] = own
    everybody = [frozenset(known) for known in found]
    return [own for known, own in found.items() if not any(frozenset(known) < other for other in everybody)]


def _wholes(cells: Cells) -> dict[int, list[int]]:
    """The margins of which a cell is a part."""
    result: dict[int, list[int]] = {}
    for whole, parts in cells.equations:
        for part in parts:
            result.setdefault(part, []).append(whole)
    return result


def _spread(up: Mapping[int, Sequence[int]], stands_in: Mapping[int, int]) -> dict[int, int]:
    """Carry people up into all margins that hold them, each person once."""
    result: dict[int, int] = {}
    for cell, people in stands_in.items():
        reached, level = {cell}, {cell}
        while level:
            level = {whole for part in level for whole in up.get(part, ()) if whole not in reached}
            reached |= level
        for one in reached:
            result[one] = result.get(one, 0) + people
    return result


def _less(question: _Question, own: Mapping[int, int], cells: Cells, rules: Rules) -> _Question | None:
    """The question as somebody asks it who is in the tables; None where nobody else is left in it."""
    if question.exact_only:
        return None
    inside = sum(own.get(cell, 0) for cell in question.cells)
    left = int(cells.counts[list(question.cells)].sum()) - inside
    if inside and not 0 < left < rules.threshold:
        return None
    return _Question(question.cells, _alone(own, cells), inside)


def _alone(own: Mapping[int, int], cells: Cells) -> tuple[int, ...]:
    """The cells that hold nobody else: the reader knows their counts."""
    return tuple(sorted(cell for cell, people in own.items() if people == cells.counts[cell]))


def _belonging(groups: Sequence[tuple[int, ...]], size: int) -> csr_array:
    places = np.array([cell for group in groups for cell in group], dtype=np.int64)
    starts = np.cumsum([0, *(len(group) for group in groups)])
    return csr_array((np.ones(len(places), dtype=np.int64), places, starts), shape=(len(groups), size))


class _Gate:
    """One model of what is published; only costs and bounds change between questions."""

    def __init__(self, cells: Cells, shown: Flags, rules: Rules) -> None:
        self.cells, self.rules = cells, rules
        self.unknown = np.flatnonzero(~shown)
        self.at = {cell: place for place, cell in enumerate(self.unknown.tolist())}
        somebody = (cells.counts >= 1) & ~cells.hidden if rules.named else np.zeros_like(shown)
        lowest = np.where(cells.signed, -highspy.kHighsInf, somebody.astype(np.float64))
        self.floor = lowest[self.unknown]
        self.rows: list[tuple[list[int], list[float], float]] = []
        for whole, parts in cells.equations:
            terms = [(cell, 1.0) for cell in parts] + [(whole, -1.0)]
            inner = [(self.at[cell], sign) for cell, sign in terms if cell in self.at]
            if inner:
                known = sum(sign * int(cells.counts[cell]) for cell, sign in terms if cell not in self.at)
                self.rows.append(([place for place, _ in inner], [sign for _, sign in inner], -known))
        self.linear = self._program(whole=False)
        self.truth: Integers = cells.counts[self.unknown]
        self.tables: Integers = self.truth[None, :].copy()  # the truth fits, of course
        self.found = 1  # rows of `tables` in use
        self.matrix = csr_array(
            (
                np.array([sign for _, signs, _ in self.rows for sign in signs], dtype=np.int64),
                np.array([place for places, _, _ in self.rows for place in places], dtype=np.int64),
                np.cumsum([0, *(len(places) for places, _, _ in self.rows)]),
            ),
            shape=(len(self.rows), len(self.unknown)),
        )
        self.sides = np.array([int(value) for _, _, value in self.rows], dtype=np.int64)

    def _program(self, *, whole: bool) -> Any:  # noqa: ANN401 (highspy carries no types)
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        size = len(self.unknown)
        model.addVars(size, self.floor, np.full(size, highspy.kHighsInf))
        for places, signs, value in self.rows:
            model.addRow(value, value, len(places), np.array(places, dtype=np.int32), np.array(signs))
        if whole:
            every = np.arange(size, dtype=np.int32)
            model.changeColsIntegrality(size, every, np.full(size, highspy.HighsVarType.kInteger))
            model.setOptionValue("mip_max_nodes", _NODES)
            model.setOptionValue("mip_rel_gap", 0.1)
        else:
            model.setOptionValue("presolve", "off")
        return model

    def gather(self, unsafe: Sequence[int]) -> None:
        """Look for tables that show many unsafe cells far away at once."""
        for turn in range(_AT_ONCE):
            rest = [
                cell for cell in unsafe if cell in self.at and not self._passed(_Question((cell,), (), 0))
            ]
            if len(rest) < _AT_ONCE:
                return
            model = self._program(whole=True)
            low = turn % 2 == 0
            for cell in rest:
                model.changeColCost(self.at[cell], 1.0 if low else -1.0)
                model.changeColBounds(self.at[cell], self.floor[self.at[cell]], float(self.rules.threshold))
            for place, count in enumerate(self.cells.counts[self.unknown].tolist()):
                if count >= self.rules.threshold:  # near the truth: a smaller program
                    near = 2.0 * self.rules.threshold
                    model.changeColBounds(place, max(self.floor[place], count - near), count + near)
            model.run()
            self._remember(model)

    def check(self, offered: csr_array) -> None:
        """Take those of the offered tables that fit, to the last person."""
        numbers = np.rint(offered.data)
        moves = csr_array((numbers.astype(np.int64), offered.indices, offered.indptr), shape=offered.shape)
        shown = np.ones(len(self.cells.keys), dtype=bool)
        shown[self.unknown] = False
        strange = (np.abs(offered.data - numbers) > 0) | (shown[offered.indices] & (numbers != 0))
        sound = np.diff(np.concatenate([[0], np.cumsum(strange)])[offered.indptr]) == 0
        for first in range(0, moves.shape[0], _AT_A_TIME):
            some = moves[first : first + _AT_A_TIME]
            tables: Integers = some[:, self.unknown].toarray() + self.truth
            holds = (self.matrix @ tables.T == self.sides[:, None]).all(axis=0)
            above = (tables >= self.floor).all(axis=1)
            kept = tables[sound[first : first + _AT_A_TIME] & holds & above]
            self.tables = np.concatenate([self.tables[: self.found], kept])
            self.found = len(self.tables)

    def unseen(self, questions: Sequence[_Question], people: Sequence[Mapping[int, int]]) -> list[list[int]]:
        """Say of each question which people must be looked at one by one.

        Left out is who has nobody of the own in it, and sees a table far enough that leaves the own cells.
        """
        lowest, highest = np.full(len(questions), -np.inf), np.full(len(questions), np.inf)
        for at, question in enumerate(questions):
            for kind, value in self._ways(question):
                (lowest if kind == "most" else highest)[at] = value
        every = [question.cells for question in questions]
        belongs = _belonging(every, len(self.cells.keys))
        known = belongs @ np.where(
            np.isin(np.arange(len(self.cells.keys)), self.unknown), 0, self.cells.counts
        )
        fixed = _belonging([_alone(own, self.cells) for own in people], len(self.cells.keys))[:, self.unknown]
        low = np.zeros((len(questions), len(people)), dtype=np.float32)
        high = low.copy()
        for first in range(0, self.found, _AT_A_TIME):
            tables = self.tables[first : min(first + _AT_A_TIME, self.found)]
            totals = (belongs[:, self.unknown] @ tables.T) + known[:, None]
            rest = ((fixed @ (tables != self.truth).T.astype(np.int64)) == 0).T.astype(np.float32)
            low += (totals <= lowest[:, None]).astype(np.float32) @ rest
            high += (totals >= highest[:, None]).astype(np.float32) @ rest
        strict = self.rules.rule is Width.STRICT
        plain = np.array([not question.exact_only for question in questions], dtype=bool)
        both = (strict & plain & np.isfinite(lowest) & np.isfinite(highest))[:, None]
        seen = np.where(both, (low > 0) & (high > 0), (low > 0) | (high > 0))
        inside = (belongs @ _belonging([tuple(own) for own in people], len(self.cells.keys)).T).toarray() > 0
        return [np.flatnonzero(row).tolist() for row in (~seen | inside)]

    def _remember(self, model: Any) -> bool:  # noqa: ANN401
        if model.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            return False
        values = np.array(model.getSolution().col_value)
        whole = np.rint(values).astype(np.int64)
        if np.abs(values - whole).max(initial=0) > _EPS or not self._fits(whole):
            return False
        if self.found == len(self.tables):
            self.tables = np.concatenate([self.tables, np.zeros_like(self.tables)])
        self.tables[self.found] = whole
        self.found += 1
        return True

    def _fits(self, table: Integers) -> bool:
        """Check a found table by plain whole numbers: no trust in the solver."""
        return bool((table >= self.floor).all() and (self.matrix @ table == self.sides).all())

    def _ways(self, question: _Question) -> list[tuple[str, int]]:
        """What tables must show: a sum at most or at least so much, the reader's own people among it."""
        value = int(self.cells.counts[list(question.cells)].sum()) - question.own
        goal = self.rules.threshold
        if question.exact_only:
            return [("most", value - 1), ("least", value + 1)]
        if value >= goal and not question.own:
            return []  # a sum that is small for insiders alone
        if value < 0:
            return [("least", 0), ("most", -goal)]
        ways = [("most", question.own), ("least", goal + question.own)]
        if self.rules.zeros_unsafe and not (self.rules.rule is Width.STRICT and value):
            return ways[1:]
        return ways

    def _shows(self, question: _Question, way: tuple[str, int]) -> bool:
        kind, value = way
        places = [self.at[cell] for cell in question.cells if cell in self.at]
        fixed = [self.at[cell] for cell in question.fixed if cell in self.at]
        known = sum(int(self.cells.counts[cell]) for cell in question.cells if cell not in self.at)
        tables = self.tables[: self.found]
        totals = tables[:, places].sum(axis=1) + known
        enough: Flags = totals <= value if kind == "most" else totals >= value
        for place in fixed:
            enough &= tables[:, place] == self.truth[place]
        return bool(enough.any())

    def _passed(self, question: _Question) -> bool:
        shown = [self._shows(question, way) for way in self._ways(question)]
        both = self.rules.rule is Width.STRICT and not question.exact_only
        return not shown or (all(shown) if both else any(shown))

    def doubts(self, plain: _Question, asked: _Question) -> bool:
        """Whether an insider's question is still open after all tables that were found."""
        return (asked.own > 0 or bool(asked.fixed)) and asked != plain and not self._passed(asked)

    def ask(self, question: _Question) -> Fault | None:
        """Answer one question: None where fitting tables show the sum far enough."""
        both = self.rules.rule is Width.STRICT and not question.exact_only
        if self._passed(question):
            return None
        answers = []
        for way in self._ways(question):
            answers.append(self._shows(question, way) or self._found(question, way))
            if answers[-1] and not both:
                return None
        if both and all(answers):
            return None
        low, high = self.ends(question)
        return Fault(question.cells, low, high, insider=bool(question.fixed))

    def ends(self, question: _Question) -> tuple[float, float | None]:
        """Solve for least and most by the linear program."""
        low, high = self._end(question, 1.0), self._end(question, -1.0)
        return (-np.inf if low is None else low), high

    def _end(self, question: _Question, sign: float) -> float | None:
        known = sum(int(self.cells.counts[cell]) for cell in question.cells if cell not in self.at)
        places = [self.at[cell] for cell in question.cells if cell in self.at]
        fixed = [self.at[cell] for cell in question.fixed if cell in self.at]
        for place in places:
            self.linear.changeColCost(place, sign)
        for place in fixed:
            count = float(self.cells.counts[self.unknown[place]])
            self.linear.changeColBounds(place, count, count)
        self.linear.run()
        status = self.linear.getModelStatus()
        found = None
        if status == highspy.HighsModelStatus.kOptimal:
            found = known + sign * float(self.linear.getInfo().objective_function_value)
            self._remember(self.linear)
        for place in {*places, *fixed}:
            self.linear.changeColCost(place, 0.0)
            self.linear.changeColBounds(place, self.floor[place], highspy.kHighsInf)
        return found

    def _found(self, question: _Question, way: tuple[str, int]) -> bool:
        """Look for one table of whole numbers; first whether the linear program leaves room for it."""
        kind, value = way
        end = self._end(question, 1.0 if kind == "most" else -1.0)
        if end is not None and ((end > value + _EPS) if kind == "most" else (end < value - _EPS)):
            return False
        if self._shows(question, way):
            return True
        known = sum(int(self.cells.counts[cell]) for cell in question.cells if cell not in self.at)
        places = [self.at[cell] for cell in question.cells if cell in self.at]
        model = self._program(whole=True)
        for cell in question.fixed:
            if cell in self.at:
                count = float(self.cells.counts[cell])
                model.changeColBounds(self.at[cell], count, count)
        bounds = (-highspy.kHighsInf, value - known) if kind == "most" else (value - known, highspy.kHighsInf)
        model.addRow(*bounds, len(places), np.array(places, dtype=np.int32), np.ones(len(places)))
        model.run()
        return self._remember(model) and self._shows(question, way)
