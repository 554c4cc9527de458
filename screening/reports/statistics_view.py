"""What the page for statisticians shows: tables, plots, and what protection cost.

Made from the aggregate zone alone: published tables of a night or figures of a month, what was said of their
protection, and the quality of carriers' data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.definitions import (
    DEFINITIONS,
    DIMENSION,
    ONE_WAY,
    POPULATION,
    RATES,
    TOTAL,
    UNIT,
    VALUES,
    Definition,
    ordered,
)
from screening.aggregates.rates import DAYS_TO_DECIDE, shares
from screening.aggregates.regions import NAMES as REGIONS
from screening.reports import plots
from screening.reports.night_view import Table, quality_table
from screening.tables.codes import TableState

_IN_ORDER = frozenset({"hour", "age_band", "party_size"})
_SAID: Mapping[TableState, str] = {
    TableState.PUBLISHED: "every cell is published",
    TableState.CELLS_WITHHELD: "some cells are withheld: small ones, and others that would give them away",
    TableState.LEFT_OUT: "only the grand total: no choice of cells protects the table beside the others",
    TableState.TOO_FEW: "nothing: all travellers together are fewer than the threshold",
    TableState.EARLIER_STANDS: "as published before: a correction would have shown who came late",
}
# What a reader may conclude, and what not: the promise of the protection in a reader's words.
READING = (
    "A cell without a row is 0, and so is one that a table does not name.",
    "A withheld cell holds somebody. Whether it is small itself or protects a small one is not told.",
    "Totals are exact. What is withheld of a line together is its total less the cells that are shown.",
    "No small cell can be narrowed to a range between 1 and the threshold less 1: not by all tables of the "
    "day together, not by earlier versions of them, nor by a lone traveller who knows the own cell.",
    "Figures of a month hold the published days only: `at least` where a day is withheld.",
    "Shares and comparisons of lines whose cells are all shown are as good as the counts.",
)


@dataclass(frozen=True)
class StatisticsView:
    """One page.

    Attributes:
        period: what it tells of, for the heading.
        agency: whose figures they are.
        travellers: grand total in words, withheld included.
        counted: population and unit.
        protection: what was published of each definition, and what it cost.
        drawn: tables of one dimension, with plots.
        crossed: tables of two and three dimensions.
        quality: completeness and lateness of API and PNR by carrier.
        standing: what may still change of the figures.
        rates: hits and decisions, people not screened, lists; none for a day.
        rated: what the section on rates says first; empty for a day.
        reading: what a reader can say.
    """

    period: str
    agency: str
    travellers: str
    counted: str
    protection: Table
    drawn: tuple[Table, ...]
    crossed: tuple[Table, ...]
    quality: Table | None
    standing: str
    rates: tuple[Table, ...] = ()
    rated: str = ""
    reading: tuple[str, ...] = READING


def build(
    rows: pa.Table,
    *,
    period: str,
    agency: str,
    protection: pa.Table,
    carrier_quality: pa.Table | None = None,
    rates: pa.Table | None = None,
    told_by: date | None = None,
) -> StatisticsView:
    """Build the page of a service date or a month.

    Args:
        rows: PUBLISHED or MONTHLY; rows of other periods are left out.
        period: YYYY-MM-DD or YYYY-MM.
        agency: name of the agency.
        protection: PROTECTION of the period; of a month, of its days.
        carrier_quality: CARRIER_QUALITY of the night, MONTHLY_QUALITY of a month.
        rates: RATES of a month, without rows before they are published; None for a day.
        told_by: night whose publication stands.
    """
    rows = rows.filter(pc.equal(rows["period"], period))
    cells = {each.name: _cells(rows, each) for each in DEFINITIONS}
    first = ONE_WAY[0]
    total = cells[first.name].get((TOTAL,), (None, None))[0]
    return StatisticsView(
        period=period,
        agency=agency,
        travellers=plots.written(total),
        counted=f"{POPULATION}; unit: {UNIT}",
        protection=_cost(protection, period),
        drawn=tuple(_drawn(each, cells[each.name]) for each in ONE_WAY if len(cells[each.name]) > 1),
        crossed=tuple(
            table
            for each in DEFINITIONS[len(ONE_WAY) :]
            if len(cells[each.name]) > 1
            for table in _crossed(each, cells[each.name])
        ),
        quality=quality_table(carrier_quality) if carrier_quality and carrier_quality.num_rows else None,
        standing=_standing(period, told_by),
        rates=() if rates is None else tuple(_rate_tables(rates)),
        rated="" if rates is None else _rated(rates),
    )


def _standing(period: str, told_by: date | None) -> str:
    """Say what is provisional, without a look at a clock: the page is written anew when figures change."""
    known = (
        f"as the messages stood in the night {told_by.isoformat()}" if told_by else "as the messages stood"
    )
    if len(period) == len("2026-11"):
        return (
            f"Provisional: sums of the days published so far, {known}. A day that is added or corrected "
            "corrects its month; after the month's end only corrections are left."
        )
    return (
        f"Provisional: {known}. Close-outs and later manifests of the next nights may correct the date, and "
        "this page with it, but not where the difference would show who came late: then these figures stay."
    )


def _rated(rates: pa.Table) -> str:
    if not rates.num_rows:
        return (
            "Not published yet. Hits of a month are counted once, by the first night that is published "
            f"{DAYS_TO_DECIDE} days or more after it, when there was time to decide on them."
        )
    counted, step = (rates[name][0].as_py() for name in ("nights", "step"))
    return (
        f"Counted once, over {counted} nights, and final. Every number is a rounded multiple of {step}, and "
        "sums hold; 0 may be a few. A share with too few people behind it is not given."
    )


def _rate_tables(rates: pa.Table) -> Iterator[Table]:
    cells = rates.to_pylist()
    for each in RATES:
        own = {
            tuple(row[name] for name in each.dimensions): row["value"]
            for row in cells
            if row["definition"] == each.name
        }
        if not own:
            continue
        lines = [*VALUES[each.dimensions[0]], TOTAL]
        columns = [*VALUES[each.dimensions[1]], TOTAL] if each.dimensions[1:] else [each.unit]
        yield Table(
            each.title,
            (DIMENSION[each.dimensions[0]].title, *(_words(column) for column in columns)),
            tuple(
                (
                    _words(line),
                    *(
                        plots.written(own[(line, column) if each.dimensions[1:] else (line,)])
                        for column in columns
                    ),
                )
                for line in lines
            ),
            note=_sentence(f"{each.population}; unit: {each.unit}; {each.meaning}"),
        )
    if cells:
        yield Table(
            "Rates",
            ("rate", "of", "share"),
            tuple(
                (name, _words(of), "too few" if found is None else f"{100 * found:.1f} %")
                for name, of, found in shares(rates)
            ),
        )


def _words(value: str) -> str:
    return value.replace("_", " ")


_Cell = tuple[int | None, int | None]  # value, at least
_Cells = dict[tuple[str, ...], _Cell]


def _cells(rows: pa.Table, definition: Definition) -> _Cells:
    own = rows.filter(pc.equal(rows["definition"], definition.name))
    keys = zip(*(own[name].to_pylist() for name in definition.dimensions), strict=True)
    least = own["at_least"].to_pylist() if "at_least" in own.column_names else [None] * own.num_rows
    return dict(zip(keys, zip(own["value"].to_pylist(), least, strict=True), strict=True))


def _told(cell: _Cell) -> str:
    value, least = cell
    return f"at least {plots.written(least)}" if value is None and least else plots.written(value)


def _drawn(definition: Definition, cells: _Cells) -> Table:
    (dimension,) = definition.dimensions
    key = ordered(dimension)
    found = sorted(
        ((value, cell) for (value,), cell in cells.items()), key=lambda one: key(one[0], one[1][0])
    )
    bars = [(named(dimension, value), cell[0]) for value, cell in found if value != TOTAL]
    draw = plots.standing if dimension in _IN_ORDER else plots.lying
    return Table(
        definition.title,
        (DIMENSION[dimension].title, "travellers"),
        tuple((named(dimension, value), _told(cell)) for value, cell in found),
        draw(definition.title, "travellers", bars),
        _sentence(definition.meaning),
    )


def _crossed(definition: Definition, cells: _Cells) -> list[Table]:
    """Lay a table of two dimensions flat; of one of three, a table for each value of the first."""
    *outer, down, across = definition.dimensions
    if not outer:
        return [_flat(definition.title, (down, across), cells, _sentence(definition.meaning))]
    tables = []
    for value in _order(outer[0], {key[0] for key in cells}):
        part = {key[1:]: cell for key, cell in cells.items() if key[0] == value}
        title = f"{definition.title}: {named(outer[0], value)}"
        tables.append(_flat(title, (down, across), part, ""))
    return tables


def _flat(title: str, dimensions: tuple[str, str], cells: _Cells, note: str) -> Table:
    down, across = dimensions
    columns = _order(across, {key[1] for key in cells})
    lines = _order(down, {key[0] for key in cells})
    return Table(
        title,
        (DIMENSION[down].title, *(named(across, value) for value in columns)),
        tuple(
            (named(down, line), *(_told(cells.get((line, column), (0, None))) for column in columns))
            for line in lines
        ),
        note=note,
    )


def _order(dimension: str, values: set[str]) -> list[str]:
    key = ordered(dimension)
    return sorted(values, key=lambda value: key(value, None))


def named(dimension: str, value: str) -> str:
    """Write a value for people: regions by name.

    >>> named("region", "150"), named("route", "FRA-IAD")
    ('Europe', 'FRA-IAD')
    """
    return REGIONS.get(value, value) if dimension == "region" else value


def _sentence(words: str) -> str:
    return (words[:1].upper() + words[1:] + ".").replace("`", "")


def _cost(protection: pa.Table, period: str) -> Table:
    """What protection cost: of a month, of the days of it."""
    own = protection.filter(pc.starts_with(protection["period"], period))
    of_month = len(period) == len("2026-11")
    lines = [
        _line(row, of_month=of_month)
        for each in DEFINITIONS
        for row in _sorted(own.filter(pc.equal(own["definition"], each.name)))
    ]
    heads = ("table", *(("day",) if of_month else ()), "cells", "withheld", "share of cells")
    return Table(
        "What was withheld, and what it cost",
        (*heads, "share of travellers in withheld cells", "what is published"),
        tuple(lines),
    )


def _sorted(rows: pa.Table) -> list[dict[str, object]]:
    found: list[dict[str, object]] = rows.sort_by("period").to_pylist()
    return found


def _line(row: Mapping[str, object], *, of_month: bool) -> tuple[str, ...]:
    title = next(each.title for each in DEFINITIONS if each.name == row["definition"])
    return (
        title,
        *((str(row["period"]),) if of_month else ()),
        str(row["cells"]),
        str(row["withheld"]),
        share(row["withheld"], row["cells"]),
        share(row["travellers_withheld"], row["travellers"]),
        _SAID[TableState(str(row["state"]))],
    )


def share(part: object, whole: object) -> str:
    """Write a share in per cent; what is not known as withheld.

    >>> share(3, 24), share(0, 0), share(None, None)
    ('12.5 %', '0.0 %', 'withheld')
    """
    if not isinstance(part, int) or not isinstance(whole, int):
        return "withheld"
    return f"{100 * part / whole if whole else 0:.1f} %"
