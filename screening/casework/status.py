"""What became of each flight of a night: the rows of `screening status`."""

from datetime import date

from screening.night.quarantine_entries import published_nights, settled
from screening.night.receive import published
from screening.reports.headline import after_acts
from screening.store.revisions import read_current
from screening.store.zones import Store
from screening.tables.errors import UsageError
from screening.tables.individual import OUTCOMES
from screening.tables.model import rows_of
from screening.tables.rows import OutcomeRow

COLUMNS = ("flight_id", "outcome", "travellers", "quarantined", "hits", "reason_code", "reason", "mend")


def latest(store: Store) -> date:
    """Return the latest published night.

    Raises:
        UsageError: no night was ever published.
    """
    known = published_nights(store)
    if not known:
        raise UsageError(
            "no night was ever published",
            where=str(store.root),
            effect="nothing was shown",
            remedy="`screening run --night DATE --inbox DIR` publishes one",
        )
    return known[-1]


def flights_of(store: Store, night: date) -> list[dict[str, object]]:
    """Return one row a flight, those that need a person first; what people have settled names no remedy.

    Raises:
        UsageError: the night was never published.
    """
    published(store, night)
    order = {"failed": 0, "quarantined": 1, "expected": 2, "screened_with_findings": 3, "screened": 4}
    stated = rows_of(read_current(store, night, OUTCOMES), OutcomeRow)
    rows = after_acts(stated, settled(store, night))
    rows.sort(key=lambda row: (row["mend"] is None, order[row["outcome"]], row["flight_id"]))
    return [{column: value for column, value in row.items() if column in COLUMNS} for row in rows]
