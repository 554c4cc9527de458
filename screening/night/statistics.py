"""Files for statisticians, in the aggregate zone and made from nothing else.

    aggregate/reports/day=YYYY-MM-DD/   a service date: index.html, published.csv, protection.csv,
                                        structures-3.0.xml, structures-2.1.xml, data-DEFINITION.csv (SDMX)
    aggregate/reports/month=YYYY-MM/    a month so far: the same, with monthly.csv and monthly.parquet, and
                                        quality and rates, each .csv and .parquet

They can be made again at any time from the published tables, with the same bytes. Where a service date was
published by several nights, the latest stands.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from screening.aggregates.definitions import DEFINITIONS, QUALITY, RATES
from screening.aggregates.months import month, quality_month
from screening.night.frozen import published_frozen
from screening.night.receive import published as published_night
from screening.reports import sdmx
from screening.reports.statistics_html import render
from screening.reports.statistics_view import build
from screening.store.current_json import current, nights
from screening.store.files import write_bytes
from screening.store.parquet import write_table
from screening.store.published import read_current
from screening.store.zones import Store, open_zones
from screening.tables.aggregate import (
    CARRIER_QUALITY,
    MONTHLY,
    MONTHLY_QUALITY,
    PROTECTION,
    PUBLISHED,
)
from screening.tables.aggregate import RATES as RATES_TABLE
from screening.tables.codes import Zone
from screening.tables.errors import UsageError

PAGE = "index.html"


def write_statistics(store: Store, night: date) -> tuple[Path, ...]:
    """Write the files of the service dates that a night published, and of their months.

    Returns:
        Pages of the dates, oldest first, then of the months.

    Raises:
        UsageError: the night was never published.
        StoreError: a published file is damaged, or a file cannot be written.
    """
    days = sorted(set(read_current(store, night, PUBLISHED)["period"].to_pylist()))
    told = set(read_current(store, night, RATES_TABLE)["period"].to_pylist())  # of months that are over
    held = {period for period in told if days_of(store, period)[0].num_rows}
    months = sorted({day[: len("2026-11")] for day in days} | held)
    return tuple(write_period(store, period) for period in (*days, *months))


def write_period(store: Store, period: str) -> Path:
    """Write the files of a service date (YYYY-MM-DD) or a month (YYYY-MM).

    Returns:
        Where its page is.

    Raises:
        UsageError: nothing is published of it.
    """
    days, protection, told_by = days_of(store, period)
    if not days.num_rows:
        raise UsageError(
            f"nothing is published of {period}",
            where=f"nights of {store.root}",
            effect="nothing was written",
            remedy="`screening nights` lists the nights; each publishes the service dates that it closes",
        )
    of_month = len(period) == len("2026-11")
    rows = month(days, period, protection=protection) if of_month else days
    rates, quality = rates_of(store, period), quality_of(store, period) if of_month else None
    country, agency = _agency(store, told_by)
    view = build(
        rows,
        period=period,
        agency=agency,
        protection=protection,
        carrier_quality=quality if of_month else read_current(store, told_by, CARRIER_QUALITY),
        rates=rates if of_month else None,
        told_by=told_by,
    )
    name, last = ("monthly", max(days["period"].to_pylist())) if of_month else ("published", period)
    whole = {"monthly": (rows, MONTHLY)} if of_month else {}
    whole |= {"rates": (rates, RATES_TABLE)} if of_month and rates.num_rows else {}
    whole |= {"quality": (quality, MONTHLY_QUALITY)} if quality is not None and quality.num_rows else {}
    files = {
        PAGE: render(view).encode(),
        f"{name}.csv": as_csv(rows),
        "protection.csv": as_csv(protection),
        **{f"{each}.csv": as_csv(table) for each, (table, _) in whole.items()},
        **_exchange(rows, rates, quality, date.fromisoformat(last), country),
    }
    folder = open_zones(store, [Zone.AGGREGATE]).path(
        Zone.AGGREGATE, "reports", f"{'month' if of_month else 'day'}={period}"
    )
    parquet = {f"{each}.parquet": table for each, table in whole.items()}
    for old in folder.glob("*"):
        if old.name not in files.keys() | parquet.keys():
            old.unlink()
    for name, data in sorted(files.items()):
        write_bytes(folder / name, data)
    for name, (table, spec) in parquet.items():
        write_table(folder / name, table, spec)
    return folder / PAGE


def rates_of(store: Store, period: str) -> pa.Table:
    """Read the rates of a month, as they were published once; without rows before, and of a day.

    Raises:
        StoreError: a published file is damaged.
    """
    for night in sorted(nights(store), reverse=True):
        now = current(store, night)
        if now is not None and any(file.rows for file in now.of(RATES_TABLE)):
            table = read_current(store, night, RATES_TABLE)
            own = table.filter(pc.equal(table["period"], period))
            if own.num_rows:
                return own.combine_chunks()
    return RATES_TABLE.empty()


def quality_of(store: Store, period: str) -> pa.Table:
    """Sum up what the nights of a month published of carriers' quality.

    Raises:
        StoreError: a published file is damaged.
    """
    held = [
        read_current(store, night, CARRIER_QUALITY) for night in nights(store) if f"{night:%Y-%m}" == period
    ]
    return quality_month(pa.concat_tables([CARRIER_QUALITY.empty(), *held]), period)


def days_of(store: Store, period: str) -> tuple[pa.Table, pa.Table, date]:
    """Read what is published of a service date, or of the dates of a month; of each the latest publication.

    Returns:
        PUBLISHED, PROTECTION, and the latest night that published one of the dates.
    """
    seen: set[str] = set()
    published, protection = [PUBLISHED.empty()], [PROTECTION.empty()]
    told_by = date.min
    for night in sorted(nights(store), reverse=True):
        table = read_current(store, night, PUBLISHED)
        days = {day for day in table["period"].to_pylist() if day.startswith(period)} - seen
        if days:
            wanted, told_by = pa.array(sorted(days), pa.string()), max(told_by, night)
            cost = read_current(store, night, PROTECTION)
            published.append(table.filter(pc.is_in(table["period"], wanted)))
            protection.append(cost.filter(pc.is_in(cost["period"], wanted)))
            seen |= days
    return (
        PUBLISHED.conform(pa.concat_tables(published)),
        PROTECTION.conform(pa.concat_tables(protection)),
        told_by,
    )


def as_csv(table: pa.Table) -> bytes:
    """Write a table as CSV: a header, text in quotes, null empty."""
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink)
    return bytes(sink.getvalue())


def _exchange(
    rows: pa.Table, rates: pa.Table, quality: pa.Table | None, last: date, country: str
) -> dict[str, bytes]:
    texts = {
        f"structures-{version}.xml": sdmx.structures(last, sender=sdmx.AGENCY, version=version)
        for version in ("3.0", "2.1")
    }
    told = pc.is_valid(rows["value"])
    if "at_least" in rows.column_names:
        told = pc.or_(told, pc.is_valid(rows["at_least"]))
    shown = set(rows["definition"].filter(told).to_pylist())  # a table without a figure is told by protection
    texts |= {
        f"data-{each.name}.csv": sdmx.data(each, rows, country=country)
        for each in DEFINITIONS
        if each.name in shown
    }
    counted = set(rates["definition"].to_pylist())
    texts |= {
        f"data-{each.name}.csv": sdmx.data(each, rates, country=country)
        for each in RATES
        if each.name in counted
    }
    if quality is not None and quality.num_rows:
        texts[f"data-{QUALITY.name}.csv"] = sdmx.data(QUALITY, quality, country=country)
    return {name: text.encode() for name, text in texts.items()}


def _agency(store: Store, night: date) -> tuple[str, str]:
    """Country and name of the agency, as they stood when the night was frozen."""
    frozen = published_frozen(store, night, published_night(store, night).revision)
    if frozen is None:
        return "XX", ""
    return frozen.stated("agency", "country") or "XX", frozen.stated("agency", "name") or ""
