"""What the report of a night shows, made from its published tables alone: pure, the same each time.

No times of stages, run ids or attempts: the report is part of what is published of a night, and equal tables
give equal bytes. It lies in the analyst zone, because it shows hits.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from screening.aggregates.definitions import ONE_WAY, TOTAL, ordered
from screening.reports import plots
from screening.reports.cards import Card, cards
from screening.reports.headline import (
    NOTHING,
    Headline,
    Settled,
    after_acts,
    is_open,
    named_outside,
    people_aside,
)
from screening.reports.headline import headline as write_headline
from screening.reports.hit import HitView
from screening.reports.hit_views import SHOWN_TO_FEW, HitState, hit_views
from screening.reports.night_tables import NightTables
from screening.reports.text import days_old
from screening.tables.codes import Outcome
from screening.tables.model import rows_of
from screening.tables.rows import (
    FlightRow,
    MessageRow,
    OutcomeRow,
    PublishedRow,
    QuarantineRow,
)

__all__ = ["SHOWN_TO_FEW", "HitState", "NightTables"]

NOT_MEASURED = "false alerts per 1,000 not yet measured here (screening model propose)"
_NO_CARRIER = "unknown"


@dataclass(frozen=True, slots=True)
class ListState:
    """One alert list as the night used it.

    Attributes:
        list_id: list.
        version: version frozen for the night.
        alerts: alerts in it.
        imported: day of the import, None where unknown.
    """

    list_id: str
    version: str
    alerts: int
    imported: date | None = None

    def age(self, night: date) -> str:
        """Say how old the list was.

        >>> ListState("own", "ab", 3, date(2026, 11, 20)).age(date(2026, 11, 23))
        '3 days'
        """
        if self.imported is None:
            return "unknown"
        return days_old((night - self.imported).days)


@dataclass(frozen=True, slots=True)
class NightFigures:
    """Figures of one of the last nights."""

    night: date
    flights: int
    travellers: int
    quarantined: int
    hits: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures with the plot that is drawn of it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: plots.Chart | None = None
    note: str = ""


@dataclass(frozen=True)
class NightView:
    """Everything that the report and the terminal's summary show."""

    night: date
    revision: int
    agency: str
    headline: Headline
    notes: tuple[str, ...]
    outcomes: Mapping[str, int]
    travellers: int
    unconfirmed: int
    withdrawn: int
    quarantined: int
    outside: int
    uncounted: int
    severities: Mapping[int, int]
    attention: tuple[OutcomeRow, ...]
    aside: Table
    hits: tuple[HitView, ...]
    flights: tuple[tuple[OutcomeRow, FlightRow | None], ...]
    traffic: tuple[Table, ...]
    hits_by_list: Table
    findings: tuple[Table, ...]
    quality: Table
    lists: tuple[ListState, ...]
    history: tuple[NightFigures, ...]
    gates: tuple[Mapping[str, Any], ...]
    promise: str
    moment: datetime | None = None
    """Moment that the report is made at, UTC: what lands after it, what was decided until then."""
    expected: int | None = None
    """Flights that were due by the agency's schedule; None without one."""

    @property
    def missing(self) -> int:
        """Flights that were due and of which nothing came, until now."""
        return sum(row["outcome"] == Outcome.EXPECTED and is_open(row) for row, _ in self.flights)

    @property
    def cards(self) -> tuple[Card, ...]:
        """Give the hits on cards, one for a person and an alert, in the order of work."""
        return cards(self.hits)

    @property
    def states(self) -> Mapping[str, int]:
        """Count the hits by how they stand: open, proposed, decided, closed."""
        found = Counter(hit.state for hit in self.hits)
        return {word: found[word] for word in ("open", "proposed", "decided", "closed") if found[word]}

    @property
    def state(self) -> str:
        """Say in one line whether the night is in order."""
        return self.headline.text

    @property
    def near_misses(self) -> int:
        """Count the hits that are near misses; they stand after the rest."""
        return sum(hit.near_miss != "" for hit in self.hits)


def build(
    tables: NightTables,
    *,
    night: date,
    revision: int,
    agency: str,
    lists: Sequence[ListState] = (),
    history: Sequence[NightFigures] = (),
    gates: Iterable[Mapping[str, Any]] = (),
    notes: Sequence[str] = (),
    headline: Headline | None = None,
    settled: Settled = NOTHING,
    promise: str = NOT_MEASURED,
    states: Mapping[str, HitState] | None = None,
    moment: datetime | None = None,
    home: str | None = None,
    expected: int | None = None,
) -> NightView:
    """Make the view of a night.

    Args:
        tables: its published tables; of the alerts only those that the hits name are read.
        night: label of the night.
        revision: number of its publication.
        agency: whose screening this is.
        lists: list versions that the night used.
        history: earlier nights, oldest first; the last 28 are shown.
        gates: rows of the gates' reports.
        states: by hit_id, what became of its alerts since, and whether all readers may see it.
        notes: what a reader must know first, such as the demonstration key or a gate let through.
        headline: the first line; None to write it from the outcomes alone.
        settled: what people have replayed or released.
        moment: the moment that the report is made at, UTC; None where time does not count.
        home: the agency's country, ISO alpha-2; None where directions cannot be told.
        expected: flights that were due by the schedule; None without one.
        promise: on whom the false alerts that thresholds promise were measured.

    Returns:
        The view; equal arguments give equal views.
    """
    stated = rows_of(tables.outcomes, OutcomeRow)
    outcomes = after_acts(stated, settled)
    flights = {row["flight_id"]: row for row in rows_of(tables.flights, FlightRow)}
    hits = hit_views(tables, flights, states or {}, moment=moment, home=home)
    carriers = {flight: row["carrier"] or _NO_CARRIER for flight, row in flights.items()}
    return NightView(
        night=night,
        revision=revision,
        agency=agency,
        headline=headline or write_headline(stated, settled=settled),
        notes=tuple(notes),
        outcomes=_counted(row["outcome"] for row in outcomes),
        travellers=max(tables.travellers.num_rows, sum(row["travellers"] for row in outcomes)),
        unconfirmed=sum(row["unconfirmed"] or 0 for row in outcomes),
        withdrawn=sum(row["withdrawn"] or 0 for row in outcomes),
        quarantined=people_aside(tables.quarantine, outcomes, settled),
        outside=named_outside(tables.outside_mandate),
        uncounted=sum(row["quarantined"] is None and row["outcome"] != Outcome.EXPECTED for row in outcomes),
        severities=dict(sorted(Counter(hit.row["severity"] for hit in hits).items(), reverse=True)),
        attention=tuple(_attention(outcomes, settled)),
        aside=_aside(tables.quarantine, settled),
        hits=hits,
        flights=tuple((row, flights.get(row["flight_id"])) for row in outcomes),
        traffic=_traffic(tables.published),
        hits_by_list=_by_list(hits, lists),
        findings=_findings(tables, carriers),
        quality=quality_table(tables.carrier_quality),
        lists=tuple(sorted(lists, key=lambda state: state.list_id)),
        history=tuple(history)[-28:],
        gates=tuple(gates),
        promise=promise,
        moment=moment,
        expected=expected,
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    found = Counter(words)
    return {str(word): found[word] for word in Outcome if found[word]}


def _attention(outcomes: Sequence[OutcomeRow], settled: Settled) -> list[OutcomeRow]:
    """Failed first: they may be a fault of ours and hold everyone on board; then by the people in it."""
    urgent = [row for row in outcomes if is_open(row, settled)]
    return sorted(
        urgent,
        key=lambda row: (
            row["outcome"] != Outcome.FAILED,
            row["quarantined"] == 0,
            row["quarantined"] is not None,
            -(row["quarantined"] or 0),
            row["flight_id"],
        ),
    )


def _aside(quarantine: pa.Table, settled: Settled) -> Table:
    """What is still set aside, with its reasons: each unit of the quarantine table counts once."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    people: dict[tuple[str, str, str, str], int | None] = {}
    for row in rows_of(quarantine, QuarantineRow):
        left = settled.entries.get(row["quarantine_id"], row["people"])
        if row["quarantine_id"] in settled.entries and left == 0:
            continue
        flight = row["flight_id"] or row["flight"] or "unknown"
        cells = (flight, row["unit"], ", ".join(row["codes"]), row["reason"])
        found[cells] += 1
        before = people.get(cells, 0)
        people[cells] = None if before is None or left is None else before + left
    return Table(
        "Set aside",
        ("flight", "unit", "findings", "reason", "number", "people"),
        tuple(
            (*cells, plots.written(number), _people(people[cells])) for cells, number in sorted(found.items())
        ),
    )


def _people(number: int | None) -> str:
    return "not known" if number is None else plots.written(number)


_IN_ORDER = frozenset({"hour", "age_band", "party_size"})  # drawn in their own order, not by size


def _traffic(published: pa.Table) -> tuple[Table, ...]:
    """Traffic of the newest service date that is published; tables of more dimensions lie in `published`."""
    rows = rows_of(published, PublishedRow)
    if not rows:
        return ()
    newest = max(row["period"] for row in rows)
    tables = []
    for definition in ONE_WAY:
        (dimension,) = definition.dimensions
        key = ordered(dimension)
        cells = sorted(
            (
                (value, row["value"])
                for value, row in zip(published[dimension].to_pylist(), rows, strict=True)
                if row["definition"] == definition.name and row["period"] == newest
            ),
            key=lambda cell: key(*cell),
        )
        if not cells:
            continue
        drawn = [cell for cell in cells if cell[0] != TOTAL]
        if dimension == "hour" and drawn:  # an axis of time has no gaps
            named = dict(drawn)
            hours = [(f"{hour:02d}", named.pop(f"{hour:02d}", 0)) for hour in range(24)]
            drawn = hours + list(named.items())
        draw = plots.standing if dimension in _IN_ORDER else plots.lying
        title = f"{definition.title} (estimate), {newest}"
        note = definition.meaning[0].upper() + definition.meaning[1:] + "."
        tables.append(
            Table(
                title,
                (dimension.replace("_", " "), "travellers"),
                tuple((value, plots.written(count)) for value, count in cells),
                draw(title, "travellers", drawn),
                note.replace("`", ""),
            )
        )
    return tuple(tables)


def _by_list(hits: Sequence[HitView], lists: Sequence[ListState]) -> Table:
    found = Counter(hit.row["list"] for hit in hits)
    cells = sorted(
        ((name, found[name]) for name in {state.list_id for state in lists} | set(found)),
        key=lambda cell: (-cell[1], cell[0]),
    )
    title = "Hits by list"
    rows = tuple((name, plots.written(count)) for name, count in cells)
    return Table(title, ("list", "hits"), rows, plots.lying(title, "hits", cells))


def _findings(tables: NightTables, carriers: Mapping[str, str]) -> tuple[Table, ...]:
    """Findings by carrier and by code: of messages, by the carriers of their legs, and of legs."""
    by_code: Counter[tuple[str, str]] = Counter()
    by_carrier: Counter[str] = Counter()
    for row in rows_of(tables.messages, MessageRow):
        known = {carriers[flight] for flight in row["flight_ids"] if flight in carriers}
        for finding in row["findings"]:
            by_code[finding["code"], finding["level"]] += 1
            by_carrier.update(known or {"no leg"})
    for flight in rows_of(tables.flights, FlightRow):
        for finding in flight["findings"]:
            by_code[finding["code"], finding["level"]] += 1
            by_carrier[flight["carrier"] or _NO_CARRIER] += 1
    cells = sorted(by_carrier.items(), key=lambda cell: (-cell[1], cell[0]))
    codes = sorted(by_code.items(), key=lambda cell: (-cell[1], cell[0]))
    title = "Findings by carrier"
    return (
        Table(
            title,
            ("carrier", "findings"),
            tuple((name, plots.written(count)) for name, count in cells),
            plots.lying(title, "findings", cells),
        ),
        Table(
            "Findings by kind",
            ("finding", "level", "number"),
            tuple((code, level, plots.written(count)) for (code, level), count in codes),
        ),
    )


def quality_table(carrier_quality: pa.Table) -> Table:
    """Completeness and lateness of a night or a month: a row a carrier, a column a measure."""
    rows = [row for row in carrier_quality.to_pylist() if not row["measure"].startswith("finding:")]
    measures = list(dict.fromkeys((row["measure"], row["unit"]) for row in rows))
    measures.sort()
    values = {(row["carrier"], row["measure"]): row["value"] for row in rows}
    names = sorted({row["carrier"] for row in rows})
    return Table(
        "Completeness and lateness by carrier",
        ("carrier", *(f"{measure.replace('_', ' ')} ({unit})" for measure, unit in measures)),
        tuple((name, *(_value(values.get((name, measure))) for measure, _ in measures)) for name in names),
    )


def _value(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return plots.written(int(value)) if value == int(value) else f"{value:.3f}"
