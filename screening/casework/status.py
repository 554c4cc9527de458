"""What became of each flight of a night: the rows of `screening status`."""

from datetime import date

from screening.night.receive import published
from screening.store.revisions import read_current
from screening.store.zones import Store
from screening.tables.individual import OUTCOMES

COLUMNS = (
    *("flight_id", "outcome", "travellers", "quarantined", "unconfirmed", "withdrawn", "hits"),
    *("reason_code", "reason", "mend"),
)


def flights_of(store: Store, night: date) -> list[dict[str, object]]:
    """Return one row a flight, those that need a person first.

    Raises:
        UsageError: the night was never published.
    """
    published(store, night)
    order = {"failed": 0, "quarantined": 1, "expected": 2, "screened_with_findings": 3, "screened": 4}
    rows = read_current(store, night, OUTCOMES).select(list(COLUMNS)).to_pylist()
    return sorted(rows, key=lambda row: (order[row["outcome"]], row["flight_id"]))
