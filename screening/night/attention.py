"""What of a published night needs a person: exit code, colour of the DAG, first line of the summary."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from screening.night import fitness
from screening.night.frozen import published_frozen
from screening.night.overtaken import overtaken
from screening.night.quarantine_entries import row_of_input, settled
from screening.night.settings import Settings
from screening.night.sightings import left_in_folders
from screening.reports.headline import Headline, headline
from screening.store.current_json import current
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.individual import OUTCOMES
from screening.tables.landing import INPUTS
from screening.tables.model import rows_of
from screening.tables.rows import OutcomeRow


def headline_of(store: Store, night: date, *, about: Collection[str] | None = None) -> Headline:
    """Say whether a published night is in order; what people have replayed or released needs nobody.

    Args:
        store: the store.
        night: a published night.
        about: rows of `outcomes` to look at, without the gates; None for the night as a whole.
    """
    published = current(store, night)
    frozen = published_frozen(store, night, published.revision) if published else None
    rows = rows_of(read_current(store, night, OUTCOMES), OutcomeRow)
    gates = fitness.records(store, frozen) if about is None else []
    behind = overtaken(store, night) if about is None else None
    return headline(
        [row for row in rows if about is None or row["flight_id"] in about],
        [text for record in gates if record.waits for text in record.failures],
        settled=settled(store, night),
        overtaken=behind.text if behind is not None else None,
        tolerated=(frozen.stated("gates", "attention_quarantined") if frozen else None) or 0,
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


def left_lying(settings: Settings, before: date) -> list[str]:
    """Name the files that no night takes: they lie in the folder of an earlier one, which is not run again.

    Args:
        settings: store and inbox.
        before: a night.

    Returns:
        A phrase a night, with the command that takes them in.
    """
    found = left_in_folders(settings.store, settings.inbox, before)
    return [
        f"{number} file{' lies' if number == 1 else 's lie'} in the folder of night {night}, and no run has "
        f"taken {'it' if number == 1 else 'them'}: screening run --night {night}   (or move "
        f"{'it' if number == 1 else 'them'} out of the inbox)"
        for night, number in found.items()
    ]


@dataclass(frozen=True, slots=True)
class Left:
    """What a run has left for a person.

    Attributes:
        own: phrases on what the run was about; none where it needs nobody.
        beside: phrases on the whole night, where a re-run is in order and the night is not.
    """

    own: tuple[str, ...]
    beside: tuple[str, ...] = ()


def left_by(store: Store, night: date, flights: Collection[str] | None, inputs: Collection[str]) -> Left:
    """Judge a re-run by its flights and the files it read, any other run by the night.

    Args:
        store: the store.
        night: the night; it is published.
        flights: flights that were screened again; None where the run was about the night.
        inputs: ids of the files that the run read.
    """
    whole = tuple(needs_attention(store, night))
    if flights is None:
        return Left(whole)
    about = set(flights) | {
        row_of_input(row["input_id"])
        for row in read_current(store, night, INPUTS).to_pylist()
        if not {row["input_id"], row["container"]}.isdisjoint(inputs)
    }
    found = headline_of(store, night, about=about)
    own = found.phrases if found.calls else ()
    return Left(own, () if own else whole)
