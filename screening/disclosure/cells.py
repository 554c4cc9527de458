"""Cells and equations: what all tables together say, whoever reads them.

Cells that agree in all values but `Total` are one cell, in whatever tables they stand. Every margin is an
equation: parent = sum of its parts, by a flat dimension, a hierarchy, one of several groupings, or over
revisions (now = what was published before + who came late). A part that no table shows but which follows
from what is shown (0-24 less 0-19) is a *hidden* cell: it is protected like any other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from screening.disclosure.counted import TOTAL, Counted, described, refused
from screening.disclosure.groupings import Grouping, Relation, bands
from screening.tables.errors import UnprotectableError

REVISION = "revision"
Key = tuple[tuple[str, str], ...]
"""The values of a cell without its Totals: pairs of variable and value, sorted."""
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """All cells of all tables, and what binds them.

    Attributes:
        keys: what each cell is.
        counts: people of each cell; of a hidden difference between revisions it may be negative.
        equations: parent and parts of each equation.
        hidden: cells that stand in no table.
        open: cells that were published earlier: they stay known.
        closed: cells that were withheld earlier, and hidden ones: they stay unknown.
        signed: differences that a reader cannot know to be 0 or more.
        rows: table -> cell of each of its rows.
        named: readers know that every withheld cell holds somebody: zeros are published.
        parties: cell -> people of its largest party, where the others are so few that it is unsafe by that.
    """

    keys: tuple[Key, ...]
    counts: Integers
    equations: tuple[tuple[int, tuple[int, ...]], ...]
    hidden: Flags
    open: Flags
    closed: Flags
    signed: Flags
    rows: Mapping[str, Integers]
    named: bool = False
    parties: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def least(self) -> Integers:
        """What readers know each cell to be at least, before they see a figure."""
        somebody = (self.counts >= 1) & ~self.hidden & self.named
        return somebody.astype(np.int64)

    @cached_property
    def matrix(self) -> csr_array:
        """Equations as rows: parts less parent is 0."""
        indices = [at for parent, parts in self.equations for at in (parent, *parts)]
        values = [sign for _, parts in self.equations for sign in (-1.0, *([1.0] * len(parts)))]
        starts = np.cumsum([0, *(len(parts) + 1 for _, parts in self.equations)])
        return csr_array((values, indices, starts), shape=(len(self.equations), len(self.keys)))

    def told(self, cell: int) -> str:
        """Name a cell for a person."""
        return described(self.keys[cell])


def cells_of(
    tables: Sequence[Counted], groupings: Mapping[str, Sequence[Grouping]], *, named: bool = False
) -> Cells:
    """Put tables together.

    Args:
        tables: tables to protect, and tables that were published earlier.
        groupings: dimension -> its groupings; a dimension without one is flat.
        named: whether readers know that every withheld cell holds somebody.

    Raises:
        UnprotectableError: a margin is missing or is not the sum of its parts, a value stands in no grouping,
            two tables give one cell different counts; names table and cell.
    """
    variables = _variables(tables, groupings)
    return replace(_Builder(tables, variables, groupings).build(), named=named)


class _Builder:
    def __init__(
        self,
        tables: Sequence[Counted],
        variables: Mapping[str, Mapping[str, str]],
        groupings: Mapping[str, Sequence[Grouping]],
    ) -> None:
        self.tables, self.variables, self.groupings = tables, variables, groupings
        self.at: dict[Key, int] = {}
        self.counts: list[int] = []
        self.hidden: list[bool] = []
        self.shown: list[bool | None] = []  # by an earlier table; None where none has the cell
        self.signed: set[int] = set()
        self.equations: dict[tuple[int, frozenset[int]], tuple[int, tuple[int, ...]]] = {}
        self.rows: dict[str, Integers] = {}
        self.values: dict[str, dict[str, None]] = {}

    def build(self) -> Cells:
        for table in self.tables:
            self._take(table)
        for table in self.tables:
            self._margins(table)
        self._across()
        closed = [shown is False or hidden for shown, hidden in zip(self.shown, self.hidden, strict=True)]
        return Cells(
            keys=tuple(self.at),
            counts=np.array(self.counts, dtype=np.int64),
            equations=tuple(self.equations.values()),
            hidden=np.array(self.hidden, dtype=bool),
            open=np.array([shown is True for shown in self.shown], dtype=bool),
            closed=np.array(closed, dtype=bool),
            signed=np.isin(np.arange(len(self.counts)), sorted(self.signed)),
            rows=self.rows,
        )

    def _key(self, table: Counted, row: int) -> Key:
        pairs = [
            (self.variables[table.name][dimension], value)
            for dimension, value in zip(table.dimensions, table.rows[row], strict=True)
            if value != TOTAL
        ]
        return tuple(sorted((*pairs, *table.at.items())))

    def _take(self, table: Counted) -> None:
        places = np.zeros(len(table.rows), dtype=np.int64)
        for row in sorted(range(len(table.rows)), key=table.rows.__getitem__):  # no order of rows decides
            count = table.counts[row]
            key = self._key(table, row)
            known = self.at.get(key)
            if known is None:
                known = self._add(key, count, hidden=table.background)
            elif self.counts[known] != count:
                raise refused(
                    f"two tables give different counts of one cell: {described(key)}",
                    f"{table.name}, row {row + 1}",
                    "make all tables from the same people (if the same word means different things in two "
                    "columns, write it differently)",
                )
            self.hidden[known] &= table.background
            if table.shown is not None:
                self.shown[known] = bool(self.shown[known]) or table.shown[row]
            places[row] = known
        self.rows[table.name] = places
        for dimension, column in zip(table.dimensions, zip(*table.rows, strict=True), strict=True):
            held = self.values.setdefault(self.variables[table.name][dimension], {})
            held.update(dict.fromkeys(sorted({*column} - {TOTAL})))
        for dimension, value in table.at.items():
            self.values.setdefault(dimension, {})[value] = None

    def _add(self, key: Key, count: int, *, hidden: bool) -> int:
        self.at[key] = len(self.counts)
        self.counts.append(count)
        self.hidden.append(hidden)
        self.shown.append(None)
        return self.at[key]

    def _margins(self, table: Counted) -> None:
        """Make the equations within a table, and hold it to them."""
        keys = sorted(self._key(table, row) for row in range(len(table.rows)))
        own = set(keys)
        first: UnprotectableError | None = None
        for dimension, column in zip(table.dimensions, zip(*table.rows, strict=True), strict=True):
            variable = self.variables[table.name][dimension]
            held = tuple(sorted({*column} - {TOTAL}))
            several = len(self.groupings.get(variable, ())) > 1
            contexts = list(dict.fromkeys(_without(key, variable) for key in keys))
            for relation in self._relations(table, variable, held):
                absent = set(relation.children) - set(held)
                if several and absent:
                    continue  # what follows from such a grouping is looked for over all tables
                for context in contexts:
                    fault = self._margin(table, own, context, variable, relation, absent)
                    first = first or fault
        if first is not None:
            raise first

    def _relations(self, table: Counted, variable: str, held: tuple[str, ...]) -> list[Relation]:
        groupings = self.groupings.get(variable)
        if not groupings:
            return [Relation(TOTAL, held, table.name)] if held else []
        known = frozenset(node for grouping in groupings for node in grouping.nodes)
        strange = [value for value in held if value not in known]
        if strange:
            raise refused(
                f"{variable}={strange[0]} stands in no grouping"
                + (f", nor do {len(strange) - 1} more values" if strange[1:] else ""),
                f"{table.name}; {', '.join(grouping.named for grouping in groupings)}",
                f"give it a parent (a top node has the parent {TOTAL})",
            )
        return [relation for grouping in groupings for relation in grouping.relations(frozenset(held))]

    def _margin(
        self,
        table: Counted,
        own: set[Key],
        context: Key,
        variable: str,
        relation: Relation,
        absent: set[str],
    ) -> UnprotectableError | None:
        """Make one equation; give the fault of a margin that is no sum, raise at once for a missing one."""
        whole = _with(context, variable, relation.parent)
        parts = [part for child in relation.children if (part := _with(context, variable, child)) in own]
        where = table.name if relation.named == table.name else f"{table.name} by {relation.named}"
        told = described(sorted((*context, (variable, relation.parent))))
        if whole not in own:
            if parts:
                raise refused(f"a margin is missing: {told}", where, "give every margin, at every level")
            return None
        if self.counts[self.at[whole]] != sum(self.counts[self.at[part]] for part in parts):
            lacking = f" (the table has no {', '.join(sorted(absent)[:3])})" if absent else ""
            return refused(
                f"a margin is not the sum of its parts: {told}{lacking}",
                where,
                "give all cells, and margins that are their exact sums",
            )
        if parts:
            self._equation(whole, parts)
        return None

    def _equation(self, parent: Key, parts: Iterable[Key]) -> None:
        indices = tuple(self.at[part] for part in parts)
        whole = self.at[parent]
        if indices != (whole,):
            self.equations.setdefault((whole, frozenset(indices)), (whole, indices))

    def _across(self) -> None:
        """Make the equations between tables, groupings and revisions, with the hidden cells they imply."""
        relations: list[tuple[str, Relation]] = []
        for variable, held in self.values.items():
            groupings = self.groupings.get(variable)
            if groupings:
                found = [each for grouping in groupings for each in grouping.relations(frozenset(held))]
            else:
                found = bands(held)
            relations += [(variable, relation) for relation in found]
        for table in self.tables:
            if REVISION in table.at:
                before = table.at[REVISION]
                parts = (before, f"since {before}")
                relations.append((REVISION, Relation(TOTAL, parts, "revisions")))
        waiting = list(relations)
        while waiting:  # first what follows exactly, as others may need it
            rest = [case for case in waiting if not self._joined(*case, alone=True)]
            if len(rest) == len(waiting):
                break
            waiting = rest
        for case in waiting:
            self._joined(*case, alone=False)
        self._unsigned_where_grown()

    def _joined(self, variable: str, relation: Relation, *, alone: bool) -> bool:
        """Make the equations of one sum; say whether it is settled.

        With `alone`, at most one part may be hidden. A part that no table holds and that is nobody everywhere
        is no cell: readers know it to be empty.
        """
        cases = []
        for context in self._contexts(variable, relation):
            whole = _with(context, variable, relation.parent)
            keys = [_with(context, variable, child) for child in relation.children]
            parts = [key for key in keys if key in self.at]
            if whole in self.at and parts:
                missing = [key for key in keys if key not in self.at]
                rest = self.counts[self.at[whole]] - sum(self.counts[self.at[part]] for part in parts)
                cases.append((whole, parts, missing, rest))
        if alone and any(len(missing) > 1 for _, _, missing, _ in cases):
            return False
        hides = variable == REVISION or any(rest for _, _, missing, rest in cases if missing)
        for whole, parts, missing, rest in cases:
            if (rest and not missing) or (rest < 0 and variable != REVISION):
                raise refused(
                    f"groupings contradict each other: {described(whole)}",
                    relation.named,
                    "make all tables from the same people",
                )
            if missing and hides:
                parts.append(self._hide(missing, variable, relation, rest))
            self._equation(whole, parts)
        return bool(cases)

    def _contexts(self, variable: str, relation: Relation) -> list[Key]:
        parts = set(relation.children)
        return list(
            dict.fromkeys(
                _without(key, variable)
                for key in self.at
                if any(name == variable and value in parts for name, value in key)
            )
        )

    def _hide(self, missing: list[Key], variable: str, relation: Relation, count: int) -> Key:
        key = missing[0]
        if len(missing) > 1:
            key = _with(_without(key, variable), variable, f"rest of {relation.parent} ({relation.named})")
        if key not in self.at:
            self._add(key, count, hidden=True)
        return key

    def _unsigned_where_grown(self) -> None:
        """A reader may guess that nobody was taken away where all differences are 0 or more."""
        differences: dict[str, list[int]] = {}
        for key, at in self.at.items():
            since = dict(key).get(REVISION)
            if since is not None and self.hidden[at]:
                differences.setdefault(since, []).append(at)
        for cells in differences.values():
            if any(self.counts[at] < 0 for at in cells):
                self.signed.update(cells)


def _without(key: Key, variable: str) -> Key:
    return tuple(pair for pair in key if pair[0] != variable)


def _with(context: Key, variable: str, value: str) -> Key:
    return context if value == TOTAL else tuple(sorted((*context, (variable, value))))


def _variables(
    tables: Sequence[Counted], groupings: Mapping[str, Sequence[Grouping]]
) -> dict[str, dict[str, str]]:
    """Name the variable of each dimension of each table.

    Two columns of one name are one variable. A column of another name is the same variable where its words
    are, and their counts agree (region in one table, nationality with its regions in another).

    Raises:
        UnprotectableError: some of the counts agree and some do not, or two columns would do.
    """
    known: dict[str, dict[str, set[int]]] = {}
    result: dict[str, dict[str, str]] = {}
    for table in sorted(tables, key=lambda each: not set(each.dimensions) & set(groupings)):
        own = _one_way(table)
        names: dict[str, str] = {}
        for dimension in table.dimensions:
            names[dimension] = dimension
            if dimension in known or dimension in groupings:
                continue
            likely = [
                variable
                for variable, counts in known.items()
                if variable not in table.dimensions
                and _same(own[dimension], counts, table, dimension, variable)
            ]
            if len(likely) > 1:
                raise refused(
                    f"column {dimension} may be {' or '.join(likely)}",
                    table.name,
                    "name it as the other table does",
                )
            names[dimension] = likely[0] if likely else dimension
        for dimension, variable in names.items():
            held = known.setdefault(variable, {})
            for value, count in own[dimension].items():
                held.setdefault(value, set()).update(count)
        result[table.name] = names
    return result


def _one_way(table: Counted) -> dict[str, dict[str, set[int]]]:
    found: dict[str, dict[str, set[int]]] = {dimension: {} for dimension in table.dimensions}
    for row, count in zip(table.rows, table.counts, strict=True):
        stated = [(name, value) for name, value in zip(table.dimensions, row, strict=True) if value != TOTAL]
        if len(stated) == 1 and table.shown is None and not table.at:
            dimension, value = stated[0]
            found[dimension].setdefault(value, set()).add(count)
    return found


def _same(
    own: Mapping[str, set[int]],
    other: Mapping[str, set[int]],
    table: Counted,
    dimension: str,
    variable: str,
) -> bool:
    shared = sorted(set(own) & set(other))
    agreeing = [value for value in shared if own[value] == other[value]]
    if agreeing and len(agreeing) < len(shared):
        strange = next(value for value in shared if value not in agreeing)
        raise refused(
            f"column {dimension} has the words of {variable}, but another count of {strange}",
            table.name,
            "make all tables from the same people, or write words that mean different things differently",
        )
    return bool(agreeing)
