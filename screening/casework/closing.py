"""Hits of withdrawn alerts: which nights hold them; their reports are written again, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from screening.night.reporting import write_report
from screening.store.current_json import nights
from screening.store.locks import undisturbed
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import analyst
from screening.tables.model import rows_of
from screening.tables.rows import HitRow


@dataclass(frozen=True, slots=True)
class ClosedHits:
    """Hits of a night that some alerts had raised."""

    night: date
    hits: tuple[str, ...]


def close_hits(store: Store, alert_ids: Iterable[str]) -> list[ClosedHits]:
    """Find the hits of alerts in all nights, and write the reports of those nights again.

    Args:
        store: the store.
        alert_ids: alerts that were withdrawn.

    Returns:
        Nights that have such hits. A hit that another alert raises as well stays open.

    Raises:
        StoreError: hits cannot be read, or a report not be written.
    """
    wanted = set(alert_ids)
    found = []
    with undisturbed(store):
        for night in nights(store) if wanted else ():
            rows = rows_of(read_current(store, night, analyst.HITS), HitRow)
            ids = [row["hit_id"] for row in rows if not wanted.isdisjoint(row["alert_ids"])]
            if ids:
                write_report(store, night)
                found.append(ClosedHits(night, tuple(ids)))
    return found
