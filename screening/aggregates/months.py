"""Figures of a month, from the published days alone.

A month is the sum of its days, so its exact figure beside theirs gives away what a day withholds. Here it
says nothing that its published days do not say: a figure is given where all its days are published, else the
sum of those that are, as `at_least`. It is a function of published tables, so there is nothing to protect and
nothing to audit, and whoever holds the days can check it.

Given up: exact figures of cells of which a day is withheld, also where a month's figure would be large.

>>> from screening.tables.aggregate import PUBLISHED
>>> day = {"definition": "by_sex", "sex": "F", "status": "published"}
>>> days = [day | {"period": "2026-11-01", "value": 40}, day | {"period": "2026-11-02", "value": 30}]
>>> month(PUBLISHED.table(days), "2026-11").select(["sex", "value", "at_least", "days"]).to_pylist()
[{'sex': 'F', 'value': 70, 'at_least': 70, 'days': 2}]
"""

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables import dimensions
from screening.tables.aggregate import MONTHLY, MONTHLY_QUALITY, PROTECTION, PUBLISHED
from screening.tables.codes import PublishedStatus, TableState

_ADDED = frozenset({"legs", "messages"})  # units of numbers
_SILENT = frozenset({TableState.LEFT_OUT, TableState.TOO_FEW, TableState.EARLIER_STANDS})


def month(published: pa.Table, period: str, *, protection: pa.Table | None = None) -> pa.Table:
    """Add up the published days of a month.

    Args:
        published: PUBLISHED, each service date once, as it stands now.
        period: the month, YYYY-MM.
        protection: PROTECTION of the same dates; a table that is not published cell by cell on a day says
            nothing of that day's cells. Without it every table is taken as it lies.

    Returns:
        MONTHLY: a row for each cell that has a row on a day.
    """
    days = PUBLISHED.conform(published.filter(pc.starts_with(published["period"], f"{period}-")))
    silent = _silent(days, protection)
    held: dict[str, set[str]] = defaultdict(set)
    cells: dict[tuple[str, tuple[str | None, ...]], dict[str, int | None]] = defaultdict(dict)
    for row in days.to_pylist():
        held[row["definition"]].add(row["period"])
        key = tuple(row[name] for name in dimensions.NAMES)
        cells[row["definition"], key][row["period"]] = row["value"]
    return MONTHLY.table(
        _row(period, name, key, known, held[name], silent[name]) for (name, key), known in cells.items()
    )


def quality_month(carrier_quality: pa.Table, period: str) -> pa.Table:
    """Sum up the quality of carriers' data in a month; it says nothing that its published nights do not.

    Args:
        carrier_quality: CARRIER_QUALITY as published, each night once.
        period: the month, YYYY-MM.

    Returns:
        MONTHLY_QUALITY: numbers of legs and messages added up, of shares and medians the mean of the nights.
    """
    held: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in carrier_quality.sort_by("night").to_pylist():
        if f"{row['night']:%Y-%m}" == period:
            held[row["carrier"], row["measure"], row["unit"]].append(row["value"])
    return MONTHLY_QUALITY.table(
        {
            "carrier": carrier,
            "period": period,
            "measure": measure,
            "value": round(sum(values) / (1 if unit in _ADDED else len(values)), 2),
            "unit": unit,
            "nights": len(values),
        }
        for (carrier, measure, unit), values in held.items()
    )


def _silent(days: pa.Table, protection: pa.Table | None) -> dict[str, set[str]]:
    """Days of which a definition shows its grand total only."""
    found: dict[str, set[str]] = defaultdict(set)
    if protection is not None:
        wanted = set(pc.unique(days["period"]).to_pylist())
        for row in PROTECTION.conform(protection).to_pylist():
            if row["period"] in wanted and row["cells"] == 1 and row["state"] in _SILENT:
                found[row["definition"]].add(row["period"])
    return found


def _row(
    period: str,
    name: str,
    key: tuple[str | None, ...],
    known: dict[str, int | None],
    held: set[str],
    silent: set[str],
) -> dict[str, object]:
    """A day on which the table has no row for the cell had nobody in it, unless the table is silent."""
    unknown = {day for day in held if known.get(day, None if day in silent else 0) is None}
    at_least = sum(count for count in known.values() if count is not None)
    status = PublishedStatus.WITHHELD if unknown else PublishedStatus.PUBLISHED
    return {
        "definition": name,
        "period": period,
        **dict(zip(dimensions.NAMES, key, strict=True)),
        "value": None if unknown else at_least,
        "at_least": at_least,
        "days": len(held),
        "days_withheld": len(unknown),
        "status": str(status),
    }
