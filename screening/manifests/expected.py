"""Which flights were due and nothing of them came.

A flight that is due counts as received when a message names a leg on its route under one of its designators
(its own, or one that it is sold under, on either side), on its date of departure, or at a time so near that
it can be no other: a flight that leaves behind midnight is named by the next date. What names its leg in part
only is no sign of it: it may be another day's.
"""

from collections import defaultdict
from datetime import datetime, timedelta

import pyarrow as pa

from screening.tables.model import LOCAL, STRINGS

EXPECTED = pa.schema(
    [
        pa.field("flight_id", pa.string(), nullable=False),
        pa.field("carrier", pa.string(), nullable=False),
        pa.field("number", pa.string(), nullable=False),
        pa.field("also", STRINGS, nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("destination", pa.string(), nullable=False),
        pa.field("departure_local", LOCAL, nullable=False),
        pa.field("arrival_local", LOCAL),
    ]
)
"""Flights that are due, each designator without leading zeros, each place as FLIGHTS has it."""

RECEIVED = (
    "flight_id",
    "carrier",
    "number",
    "marketing",
    "origin",
    "destination",
    "departure_local",
    "service_date",
)
"""Columns of FLIGHTS that say which flight a leg is."""

_NEAR = timedelta(hours=6)  # a flight of the same number is a day away, and hardly ever half of one


def missing(expected: pa.Table, received: pa.Table) -> pa.Table:
    """Return the flights that are due and were not received.

    Args:
        expected: EXPECTED.
        received: the columns RECEIVED of all legs about which something came, in any order.

    Returns:
        EXPECTED, by flight_id.

    >>> from datetime import date
    >>> at = datetime(2026, 11, 23, 23, 50)
    >>> due = {"flight_id": "QX1-20261123-DOH-BRU", "carrier": "QX", "number": "1", "also": ["ZQ77"],
    ...     "origin": "DOH", "destination": "BRU", "departure_local": at, "arrival_local": None}
    >>> came = due | {"carrier": "ZQ", "number": "77", "marketing": [], "departure_local": at + _NEAR / 2,
    ...     "service_date": date(2026, 11, 24)}
    >>> leg = pa.table({name: [came[name]] for name in RECEIVED})
    >>> due_flights = pa.Table.from_pylist([due], schema=EXPECTED)
    >>> missing(due_flights, leg).num_rows, missing(due_flights, leg.slice(1)).num_rows
    (0, 1)
    """
    came: dict[tuple[str, str, str], list[dict[str, object]]] = defaultdict(list)
    for row in received.select(RECEIVED).to_pylist():
        for name in (f"{row['carrier'] or ''}{row['number'] or ''}", *(row["marketing"] or ())):
            came[name, row["origin"], row["destination"]].append(row)
    left = []
    for row in expected.to_pylist():
        names = (f"{row['carrier']}{row['number']}", *row["also"])
        legs = [leg for name in names for leg in came.get((name, row["origin"], row["destination"]), ())]
        if not any(_is_that(row["departure_local"], leg) for leg in legs):
            left.append(row)
    return pa.Table.from_pylist(sorted(left, key=lambda row: str(row["flight_id"])), schema=EXPECTED)


def _is_that(due: datetime, leg: dict[str, object]) -> bool:
    at = leg["departure_local"]
    return leg["service_date"] == due.date() or (isinstance(at, datetime) and abs(at - due) <= _NEAR)
