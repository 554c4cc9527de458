"""What of a published night needs a person: exit code, colour of the DAG, first line of the summary."""

from datetime import date

from screening.night import fitness
from screening.night.frozen import published_frozen
from screening.night.quarantine_entries import settled
from screening.reports.headline import Headline, headline
from screening.store.revisions import current, read_current
from screening.store.zones import Store
from screening.tables.individual import OUTCOMES
from screening.tables.model import rows_of
from screening.tables.rows import OutcomeRow


def headline_of(store: Store, night: date) -> Headline:
    """Say whether a published night is in order; what people have replayed or released needs nobody."""
    published = current(store, night)
    frozen = published_frozen(store, night, published.revision) if published else None
    return headline(
        rows_of(read_current(store, night, OUTCOMES), OutcomeRow),
        [text for record in fitness.records(store, frozen) if record.waits for text in record.failures],
        settled=settled(store, night),
        tolerated=frozen.agency_profile().gates.attention_quarantined if frozen else 0,
    )


def needs_attention(store: Store, night: date) -> list[str]:
    """Name what needs a person, in counts.

    Args:
        store: the store.
        night: a published night.

    Returns:
        Phrases such as `80 travellers of 4X164 not screened`; none where nobody is needed.
    """
    found = headline_of(store, night)
    return list(found.phrases) if found.calls else []
