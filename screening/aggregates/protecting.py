"""Protect the traffic tables of a service date, all together, with what was published of it before.

One way for all tables: complementary suppression and an independent audit over all of them at once (room
`disclosure`). With them go

* the *timetable*: legs by carrier, route and hour. Readers know which legs there are, and nothing of it is
  published, but a small leg must not follow from the tables by carrier, route and hour;
* every *earlier edition* of the date: what was published stays known, and who came late is the difference.

Where no pattern protects all tables, those of two and three dimensions are left out, then those of one; the
grand total alone is safe. A correction that cannot be shown is not: the tables stay as they were. A single
traveller who knows the own cell is a reader too (`insiders`). Withheld cells are named, and cells
of nobody have no row, so readers know that a withheld cell holds somebody (`named`): an unsafe one must be
able to reach the threshold.

Rules on top, as they need no program:

1. A grand total of 1 to threshold - 1 withholds everything; no cell is named, as a name says "somebody".
2. A correction whose grand total differs by so few is not published.

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 4.2 and 4.4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.definitions import (
    BY_NAME,
    DEFINITIONS,
    DIMENSION,
    ONE_WAY,
    TIMETABLE,
    TIMETABLE_DIMENSIONS,
    TOTAL,
    Definition,
)
from screening.aggregates.regions import direction, region
from screening.disclosure.groupings import Grouping, grouping
from screening.disclosure.parties import Party
from screening.disclosure.protect import Source, protect
from screening.disclosure.rules import Rules
from screening.tables.aggregate import PROTECTION, PUBLISHED
from screening.tables.codes import PublishedStatus, TableState
from screening.tables.errors import UnprotectableError

_INSIDERS = 1  # a lone traveller knows the own cell
_GAP = 0.2  # of the cost: 0.05 took minutes instead of seconds on 1,600 cells
_Values = tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One publication of a service date.

    Attributes:
        cells: TRAFFIC_CELLS, exact.
        published: PUBLISHED, what readers got.
        protection: PROTECTION, what was said of it.
    """

    cells: pa.Table
    published: pa.Table
    protection: pa.Table


def protect_date(
    cells: pa.Table,
    *,
    period: str,
    country: str,
    threshold: int,
    earlier: Sequence[Edition] = (),
    parties: Sequence[Party] = (),
) -> Edition:
    """Make what is published of one service date.

    Args:
        cells: TRAFFIC_CELLS of the date.
        period: the date, YYYY-MM-DD.
        country: of the agency, as for the cells.
        threshold: counts, and changes, of 1..threshold-1 are unsafe; at least 2.
        earlier: editions of the date that readers hold, oldest first.
        parties: who travels together, as `aggregates.parties` finds them in the same cells.

    Returns:
        The edition; the latest earlier one where nothing changed or nothing more can be shown.
    """
    if threshold < 2:
        raise ValueError("a threshold below 2 protects nobody")
    if earlier and earlier[-1].cells.equals(cells):
        return earlier[-1]
    total = _total(cells)
    known = [_total(one.cells) for one in earlier if _shows_total(one)]
    if any(_few(total - before, threshold) for before in known):
        return stands(earlier[-1])
    if _few(total, threshold):
        published = _only_totals(period, None)
        return Edition(cells, published, balance(published, dict.fromkeys(BY_NAME, TableState.TOO_FEW)))
    rules = Rules(threshold=threshold, insiders=_INSIDERS, named=True, gap=_GAP)
    trees = _groupings(cells, country, earlier)
    out = [source for number, one in enumerate(earlier, 1) for source in _out(one, number)]
    for chosen in (DEFINITIONS, ONE_WAY):
        try:
            shown = protect(
                [*_sources(cells, chosen), *out], rules, groupings=trees, parties=_within(parties, chosen)
            ).tables
        except UnprotectableError:
            continue
        published = _published(shown, chosen, period, total)
        return Edition(cells, published, balance(published, _left_out(chosen)))
    if earlier:
        return stands(earlier[-1])
    published = _only_totals(period, total)
    return Edition(cells, published, balance(published, _left_out(())))


def _within(parties: Sequence[Party], chosen: Sequence[Definition]) -> list[Party]:
    names = {each.name for each in chosen}
    return [{place: people for place, people in party.items() if place[0] in names} for party in parties]


def balance(published: pa.Table, states: Mapping[str, TableState]) -> pa.Table:
    """Say what protection cost, from what is published alone: it tells nothing that a reader cannot add up.

    Args:
        published: PUBLISHED.
        states: what is known of definitions besides; the others are told by their cells.

    Returns:
        PROTECTION.
    """
    rows: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in published.to_pylist():
        rows.setdefault((row["definition"], row["period"]), []).append(row)
    return PROTECTION.table(
        _cost(BY_NAME[name], period, cells, states.get(name)) for (name, period), cells in rows.items()
    )


def stands(edition: Edition) -> Edition:
    """Leave the tables as they are, and say so."""
    states = dict.fromkeys(edition.protection["definition"].to_pylist(), TableState.EARLIER_STANDS)
    return Edition(edition.cells, edition.published, balance(edition.published, states))


def _cost(
    definition: Definition, period: str, rows: Sequence[Mapping[str, object]], state: TableState | None
) -> dict[str, object]:
    withheld = sum(row["value"] is None for row in rows)
    totals = [row["value"] for row in rows if all(row[name] == TOTAL for name in definition.dimensions)]
    inner = [row["value"] for row in rows if all(row[name] != TOTAL for name in definition.dimensions)]
    shown = sum(value for value in inner if isinstance(value, int))
    whole = totals[0] if totals and isinstance(totals[0], int) else None
    return {
        "definition": definition.name,
        "period": period,
        "state": str(state or (TableState.CELLS_WITHHELD if withheld else TableState.PUBLISHED)),
        "cells": len(rows),
        "withheld": withheld,
        "travellers": whole,
        "travellers_withheld": None if whole is None else whole - shown,
    }


def _few(count: int, threshold: int) -> bool:
    return 0 < abs(count) < threshold


def _total(cells: pa.Table) -> int:
    name = ONE_WAY[0].dimensions[0]
    own = pc.and_(pc.equal(cells["definition"], ONE_WAY[0].name), pc.equal(cells[name], TOTAL))
    return int(pc.sum(cells.filter(own)["count"]).as_py() or 0)


def _shows_total(edition: Edition) -> bool:
    return pc.any(pc.is_valid(edition.protection["travellers"])).as_py() is True


def _left_out(chosen: Sequence[Definition]) -> dict[str, TableState]:
    return {each.name: TableState.LEFT_OUT for each in DEFINITIONS if each not in chosen}


def _only_totals(period: str, total: int | None, names: Iterable[str] = tuple(BY_NAME)) -> pa.Table:
    status = PublishedStatus.WITHHELD if total is None else PublishedStatus.PUBLISHED
    return PUBLISHED.table(
        {
            "definition": name,
            "period": period,
            **dict.fromkeys(BY_NAME[name].dimensions, TOTAL),
            "value": total,
            "status": str(status),
        }
        for name in names
    )


def _published(
    shown: Mapping[str, pa.Table], chosen: Sequence[Definition], period: str, total: int
) -> pa.Table:
    """Put what may be shown into one table; definitions that were left out show the grand total."""
    parts = []
    for definition in chosen:
        table = _renamed(shown[definition.name], definition, to_variables=False)
        empty = pa.nulls(table.num_rows, pa.string())
        status = pc.if_else(
            pc.is_valid(table["value"]), str(PublishedStatus.PUBLISHED), str(PublishedStatus.WITHHELD)
        )
        columns = dict.fromkeys(PUBLISHED.schema.names, empty)
        columns |= {name: table[name] for name in definition.dimensions}
        columns |= {
            "definition": pa.array([definition.name] * table.num_rows, pa.string()),
            "period": pa.array([period] * table.num_rows, pa.string()),
            "value": table["value"],
            "status": status,
        }
        parts.append(PUBLISHED.columns_table(columns))
    margins = _margin_known(shown, chosen, total)
    rest = [each.name for each in DEFINITIONS if each not in chosen]
    return PUBLISHED.conform(pa.concat_tables([*parts, _only_totals(period, margins, rest)]))


def _margin_known(shown: Mapping[str, pa.Table], chosen: Sequence[Definition], total: int) -> int | None:
    """The grand total, where the tables that are published show it."""
    first = shown[chosen[0].name]
    (variable,) = (DIMENSION[name].variable for name in chosen[0].dimensions)
    own = first.filter(pc.equal(first[variable], TOTAL))["value"].to_pylist()
    return total if own == [total] else None


def _renamed(table: pa.Table, definition: Definition, *, to_variables: bool) -> pa.Table:
    """Name columns by their variables, as levels of one variable are cells of one kind; or back."""
    names = {name: DIMENSION[name].variable for name in definition.dimensions}
    if not to_variables:
        names = {variable: name for name, variable in names.items()}
    return table.rename_columns([names.get(name, name) for name in table.column_names])


def _variables(definition: Definition) -> tuple[str, ...]:
    return tuple(DIMENSION[name].variable for name in definition.dimensions)


def _of(cells: pa.Table, name: str, columns: Sequence[str]) -> pa.Table:
    return cells.filter(pc.equal(cells["definition"], name)).select([*columns, "count"])


def _sources(cells: pa.Table, chosen: Sequence[Definition]) -> list[Source]:
    tables = [
        Source(
            each.name,
            _renamed(_of(cells, each.name, each.dimensions), each, to_variables=True),
            _variables(each),
        )
        for each in chosen
    ]
    return [*tables, _timetable(cells, TIMETABLE)]


def _timetable(cells: pa.Table, name: str, revision: str | None = None) -> Source:
    by = TIMETABLE_DIMENSIONS
    return Source(name, _of(cells, TIMETABLE, by), by, revision=revision, background=True)


def _out(edition: Edition, number: int) -> list[Source]:
    """What readers hold of the date already: its cells with what was shown of them."""
    held = set(edition.published["definition"].to_pylist())
    label = f"edition {number}"
    sources = []
    for each in DEFINITIONS:
        own = _of(edition.cells, each.name, each.dimensions)
        if each.name not in held or not own.num_rows:
            continue
        shown = edition.published.filter(pc.equal(edition.published["definition"], each.name))
        values = dict(zip(_rows(shown, each.dimensions), shown["value"].to_pylist(), strict=True))
        column = pa.array([values.get(row) for row in _rows(own, each.dimensions)], pa.int64())
        table = _renamed(own, each, to_variables=True)
        published = table.drop_columns("count").append_column("value", column)
        sources.append(
            Source(f"{each.name}, {label}", table, _variables(each), published=published, revision=label)
        )
    if sources:
        sources.append(_timetable(edition.cells, f"{TIMETABLE}, {label}", label))
    return sources


def _rows(table: pa.Table, columns: Sequence[str]) -> list[_Values]:
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def _groupings(cells: pa.Table, country: str, earlier: Sequence[Edition]) -> dict[str, Sequence[Grouping]]:
    """Regions over nationalities, directions over routes; of all values of all editions."""
    held = [cells, *(one.cells for one in earlier)]
    states = _values(held, "nationality")
    routes = _values(held, "route")
    return {
        "nationality": [_tree({state: region(state) for state in states}, "regions")],
        "route": [_tree({route: direction(route, country) for route in routes}, "directions")],
    }


def _values(tables: Sequence[pa.Table], name: str) -> list[str]:
    found = {value for table in tables for value in pc.unique(table[name]).to_pylist()}
    return sorted(value for value in found if value not in {None, TOTAL})


def _tree(parents: Mapping[str, str], named: str) -> Grouping:
    tops = dict.fromkeys(sorted(parents.values()))
    below = [(parent, child) for child, parent in parents.items() if parent != child]
    return grouping([*((TOTAL, top) for top in tops), *below], named=named)
