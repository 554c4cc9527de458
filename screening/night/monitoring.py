"""What monitoring is told: counts and seconds under fixed names; no name of a metric says who or which.

`METRICS` is all of it. What the tasks of a night take is told by Airflow itself (`dag.DAG.TASK.duration`).
"""

from collections import Counter
from datetime import date, datetime

import pyarrow.compute as pc

from screening.night.notices import COUNTS, counts_of
from screening.night.settings import Settings
from screening.night.sightings import unread
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.codes import Outcome
from screening.tables.individual import OUTCOMES, QUARANTINE

METRICS = {
    "inbox.unread": "files of the inbox that no published night has received",
    "inbox.oldest_seconds": "age of the oldest of them; 0 where there is none",
    **{f"night.flights.{one}": f"flights of the night, {one.replace('_', ' ')}" for one in Outcome},
    "night.travellers": "travellers on flights of the night",
    "night.set_aside": "entries in quarantine, looked at or not",
    **{f"night.{key}": f"{said} of the night" for key, said in COUNTS.items()},
    "purge.files": "files removed at the end of their term",
    "purge.rows": "rows removed at the end of their term",
    "rescreen.late_hits": "hits with alerts that came or changed after the night",
}
"""Name below `screening.` -> what it says. All are gauges: how it stood when it was last looked at."""


def inbox_figures(settings: Settings, now: datetime) -> dict[str, int]:
    """Say what waits in the inbox."""
    written = unread(settings.store, settings.inbox)
    oldest = max(0.0, now.timestamp() - written[0]) if written else 0.0
    return {"inbox.unread": len(written), "inbox.oldest_seconds": round(oldest)}


def night_figures(store: Store, night: date) -> dict[str, int]:
    """Say how a published night stands.

    Raises:
        StoreError: what is published cannot be read.
    """
    outcomes = read_current(store, night, OUTCOMES)
    of_flights = Counter(outcomes["outcome"].to_pylist())
    return {
        **{f"night.flights.{one}": of_flights[one] for one in Outcome},
        "night.travellers": pc.sum(outcomes["travellers"]).as_py() or 0,
        "night.set_aside": read_current(store, night, QUARANTINE).num_rows,
        **{f"night.{key}": number for key, number in counts_of(store, night).items()},
    }
