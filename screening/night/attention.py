"""What of a published night needs a person: exit code of `run`, colour of the DAG, line of the summary."""

from datetime import date

from screening.night.frozen import published_frozen
from screening.night.quarantine_entries import settled
from screening.store.revisions import current, read_current
from screening.store.zones import Store
from screening.tables.codes import Outcome
from screening.tables.individual import OUTCOMES


def needs_attention(store: Store, night: date) -> list[str]:
    """Name what needs a person, in counts; what people have replayed or released needs nobody any more.

    Args:
        store: the store.
        night: a published night.

    Returns:
        Phrases such as `1 flight failed`; none where everything is in order.
    """
    outcomes = read_current(store, night, OUTCOMES).to_pylist()
    done = settled(store, night)
    failed = sum(row["outcome"] == Outcome.FAILED for row in outcomes)
    unusable = sum(
        row["outcome"] == Outcome.QUARANTINED and row["flight_id"] not in done.legs for row in outcomes
    )
    aside = sum(row["quarantined"] for row in outcomes) - done.travellers
    found = []
    if failed:
        found.append(f"{failed} flight{'s' * (failed > 1)} failed")
    if unusable:
        found.append(f"{unusable} flight{'s' * (unusable > 1)} quarantined")
    published = current(store, night)
    frozen = published_frozen(store, night, published.revision) if published else None
    limit = frozen.agency_profile().gates.attention_quarantined if frozen else 0
    if aside > limit:
        found.append(f"{aside} traveller{'s' * (aside > 1)} set aside")
    return found
