"""Disclosure control of one-way traffic tables: small cells are folded into `Other`.

Rule, for one definition and service date (threshold t; counts of 1..t-1 are unsafe, a zero is not):

1. All unsafe cells are folded into `Other`; then the smallest safe cells with them, until `Other` is at or
   above t. Ties are broken by the value's text, never by order of arrival. A folded value is not named.
   So cells add up to `Total`, and whatever sums and differences of published cells a reader forms, each
   is a sum of cells that are all 0 or at or above t. A single small cell takes the next smallest with it.
2. A cell of exactly one traveller knows itself and subtracts: if one is folded, `Other` less 1 must reach t.
3. If all cells end in `Other`, then `Other` equals `Total` and says no more than it.
4. If `Total` itself is unsafe, the whole table is withheld: `Other` and `Total` without value. Which values
   occurred is not said either: a named cell without value still says "somebody".
5. By route, by carrier and by hour are tables of the same legs, whose timetable is public; what follows from
   all of them together is looked for, and more is folded until nothing does (linked.py).
6. A correction of what was published before (`earlier`) is a second table of the same people: its difference
   to the first is the latecomers. Values that may have stood in `Other` get no cell of their own, a cell that
   changes by 1..t-1 is folded like a small one, and `Other` must not change by so little either. If even
   `Total` changes by 1..t-1, the tables of that date stay as they were.

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 4.2 and 4.4; a threshold
rule with protection against exact disclosure, not against narrow intervals. Not looked for either: what the
legs' tables of a correction and of its forerunner tell together.

>>> sorted(fold({"FR": 40, "DE": 30, "IS": 3}, threshold=5).away)
['DE', 'IS']
>>> sorted(fold({"FR": 40, "MT": 3, "IS": 2}, threshold=5).away)
['IS', 'MT']
>>> sorted(fold({"FR": 40, "MT": 4, "IS": 1}, threshold=5).away)
['FR', 'IS', 'MT']
>>> fold({"FR": 3}, threshold=5).withheld
True
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.definitions import BY_NAME, DEFINITIONS, OTHER, TOTAL
from screening.aggregates.linked_tables import Legs, disclosing
from screening.tables.aggregate import PUBLISHED
from screening.tables.codes import PublishedStatus
from screening.tables.individual import COUNTS


@dataclass(frozen=True)
class Before:
    """What a reader already holds of a table: its own cells, its `Other`, its `Total` (None: withheld)."""

    cells: Mapping[str, int]
    other: int
    total: int | None


@dataclass(frozen=True)
class Fold:
    """What becomes of one table: the values in `Other`, or the whole withheld, or left as it was before."""

    away: frozenset[str] = frozenset()
    withheld: bool = False
    unchanged: bool = False


def withhold(
    counts: pa.Table, *, closed: Sequence[date], threshold: int, earlier: pa.Table | None = None
) -> pa.Table:
    """Protect the traffic tables of the service dates that are closed.

    Args:
        counts: COUNTS, each leg once (from its latest manifest).
        closed: service dates to publish; a date without any leg has no rows.
        threshold: counts of 1..threshold-1 are unsafe; at least 2.
        earlier: PUBLISHED, what was published before of these dates, if anything.

    Returns:
        PUBLISHED: for each definition and date its cells (`published`), `Other` (`folded`) where cells were
        folded, and `Total`; all `withheld` and without value where Total is unsafe.

    Raises:
        SchemaError: the counts hold a leg twice.
        ValueError: the threshold protects nothing.
    """
    if threshold < 2:
        raise ValueError("a threshold below 2 protects nobody")
    counts = COUNTS.conform(counts)
    frame = counts.filter(pc.is_in(counts["service_date"], pa.array(sorted(closed), pa.date32()))).to_pandas()
    rows: list[dict[str, object]] = []
    for day in sorted(set(closed)):
        of_day, before = frame[frame["service_date"] == day], _before(earlier, day.isoformat())
        if len(of_day) or before:
            rows += _period(of_day, day.isoformat(), before, threshold)
    return PUBLISHED.table(rows)


def fold(
    cells: Mapping[str, int], *, threshold: int, also: Collection[str] = (), before: Before | None = None
) -> Fold:
    """Decide which cells of one table go into `Other`.

    Args:
        cells: value -> count.
        threshold: counts, and changes, of 1..threshold-1 are unsafe.
        also: values that must be folded for other reasons.
        before: what was published before of this table.

    Returns:
        The decision; rules 1 to 4 and 6 above.
    """
    total = sum(cells.values())
    if before is not None and before.total is not None and _small(total - before.total, threshold):
        return Fold(unchanged=True)
    if _small(total, threshold):
        return Fold(withheld=True)
    away = {value for value, count in cells.items() if _small(count, threshold) or value in also}
    if before is not None:
        away |= {value for value, count in cells.items() if _newly_small(value, count, threshold, before)}
    if not away:
        return Fold()
    rest = sorted(
        (before is not None and before.cells.get(value) == count, count, value)  # what changed hides changes
        for value, count in cells.items()
        if value not in away and count
    )
    for *_, value in rest:
        if _holds(cells, away, threshold, before):
            break
        away.add(value)
    return Fold(frozenset(away))


def _small(count: int, threshold: int) -> bool:
    return 0 < abs(count) < threshold


def _newly_small(value: str, count: int, threshold: int, before: Before) -> bool:
    if value not in before.cells and (before.other or before.total is None):
        return True  # it may have stood in `Other`: its own cell now would tell what it was
    return _small(count - before.cells.get(value, 0), threshold)


def _holds(cells: Mapping[str, int], away: set[str], threshold: int, before: Before | None) -> bool:
    other = sum(cells[value] for value in away)
    alone = any(cells[value] == 1 for value in away)
    if other - alone < threshold:
        return False
    if before is None or before.total is None:
        return True
    moved = before.other + sum(before.cells.get(value, 0) for value in away)
    # A value that vanished is nobody now or stands in `Other`: the reader may try both.
    vanished = sum(count for value, count in before.cells.items() if value not in cells)
    return not (_small(other - moved, threshold) or _small(other - moved - vanished, threshold))


def _period(
    of_day: pd.DataFrame,
    period: str,
    before: Mapping[str, tuple[Before, list[dict[str, object]]]],
    threshold: int,
) -> list[dict[str, object]]:
    tables = {d.name: _cells(of_day, d.name, d.dimension) for d in DEFINITIONS}
    legs = _legs(of_day)
    also: dict[str, set[str]] = {name: set() for name in tables}
    while True:
        folds = {
            name: fold(
                cells,
                threshold=threshold,
                also=also[name],
                before=before[name][0] if name in before else None,
            )
            for name, cells in tables.items()
        }
        if any(decision.withheld or decision.unchanged for decision in folds.values()):
            break
        extra = disclosing(legs, {name: folds[name].away for name in legs.values}, threshold)
        if not extra:
            break
        for name, values in extra.items():
            also[name] |= values
    if any(decision.unchanged for decision in folds.values()):
        # All tables have one Total: a table new in this revision must not tell it either.
        return [row for name in tables if name in before for row in before[name][1]]
    return [row for name, cells in tables.items() for row in _rows(name, period, cells, folds[name])]


def _cells(of_day: pd.DataFrame, name: str, dimension: str) -> dict[str, int]:
    own = of_day[of_day["definition"] == name]
    return {str(value): int(total) for value, total in own.groupby(dimension)["count"].sum().items()}


def _legs(of_day: pd.DataFrame) -> Legs:
    names = [d.name for d in DEFINITIONS if d.of_leg]
    own = [of_day[of_day["definition"] == name].set_index("flight_id") for name in names]
    values = pd.DataFrame(
        {name: part[BY_NAME[name].dimension] for name, part in zip(names, own, strict=True)}
    )
    values["count"] = own[0]["count"]
    atoms = values.groupby(names, sort=True)["count"].sum().reset_index()
    return Legs({name: tuple(atoms[name]) for name in names}, tuple(int(n) for n in atoms["count"]))


def _before(earlier: pa.Table | None, period: str) -> dict[str, tuple[Before, list[dict[str, object]]]]:
    if earlier is None or not earlier.num_rows:
        return {}
    result: dict[str, tuple[Before, list[dict[str, object]]]] = {}
    rows = PUBLISHED.conform(earlier.filter(pc.equal(earlier["period"], period))).to_pylist()
    for definition in DEFINITIONS:
        own = [row for row in rows if row["definition"] == definition.name]
        if not own:
            continue
        values = {row[definition.dimension]: row["value"] for row in own}
        total, other = values.pop(TOTAL, None), values.pop(OTHER, None)
        result[definition.name] = Before(values, other or 0, total), own
    return result


def _rows(name: str, period: str, cells: Mapping[str, int], decision: Fold) -> list[dict[str, object]]:
    dimension = BY_NAME[name].dimension

    def row(value: str, count: int | None, status: PublishedStatus) -> dict[str, object]:
        return {"definition": name, "period": period, dimension: value, "value": count, "status": str(status)}

    if decision.withheld:
        return [row(value, None, PublishedStatus.WITHHELD) for value in (OTHER, TOTAL)]
    rows = [
        row(value, count, PublishedStatus.PUBLISHED)
        for value, count in sorted(cells.items())
        if value not in decision.away
    ]
    if decision.away:
        other = sum(cells[value] for value in decision.away)
        rows.append(row(OTHER, other, PublishedStatus.FOLDED))
    return [*rows, row(TOTAL, sum(cells.values()), PublishedStatus.PUBLISHED)]
