"""Look for alerts of a list version that stand twice, in it or in the other lists in use.

The version need not be in use. Model and counts are those that a night would take now; nothing is written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from screening.alerts.duplicates import Proposal, as_travellers, floor_of, proposals
from screening.alerts.merging import Judged
from screening.alerts.model import Imported
from screening.list_keeping import lists, merges
from screening.list_keeping.traffic_models import lists_of, night_model
from screening.matching.index import build_index
from screening.matching.match import match
from screening.store.traffic_models import active as traffic_in_use
from screening.store.zones import Store
from screening.tables.codes import Category

_AT_ONCE = 2000  # alerts that travel together: memory stays flat, and somebody who waits is told
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found and what was decided before.

    Attributes:
        proposals: pairs with at least one alert of the version, the likeliest first.
        judged: decisions that hold, and those that a change has ended.
        alerts: how many each was compared with.
    """

    proposals: tuple[Proposal, ...]
    judged: Judged
    alerts: int


def pinned_with(store: Store, list_id: str, version: str) -> dict[str, str]:
    """Return a version together with the versions in use of all other lists."""
    active = {of: lists.active_version(store, of) for of in lists.known_lists(store) if of != list_id}
    return {**{of: used for of, used in active.items() if used is not None}, list_id: version}


def in_stretches(found: Imported, size: int) -> Iterator[Imported]:
    """Yield a list in stretches of so many alerts, each with its rows of all tables; nothing is copied."""
    ids = found.alerts["alert_id"].combine_chunks()
    tables = {name: getattr(found, name) for name in ("names", "dates", "documents", "facts")}
    owners = {name: pc.index_in(table["alert_id"], ids).to_numpy() for name, table in tables.items()}
    for begin in range(0, len(ids), size):
        part = {
            name: table.slice(*_from_to(owners[name], begin, begin + size)) for name, table in tables.items()
        }
        yield replace(found, alerts=found.alerts.slice(begin, size), **part)


def _from_to(owners: npt.NDArray[np.int64], begin: int, end: int) -> tuple[int, int]:
    first, last = np.searchsorted(owners, [begin, end])
    return int(first), int(last - first)


def find(store: Store, list_id: str, version: str, told: Told) -> Duplicates:
    """Compare the alerts of a version with one another and with the other lists in use.

    Args:
        store: the store.
        list_id: the list.
        version: whole name of a stored version.
        told: is told how many alerts are compared, and of how many.

    Raises:
        StoreError: a version is damaged.
    """
    pinned = pinned_with(store, list_id, version)
    tables, _ = lists_of(store, pinned)
    index = build_index(tables, night_model(store, traffic_in_use(store)).model)
    opened = lists.open_version(store, list_id, version)
    floor, people, done, scored = floor_of(len(index.alert_ids)), opened.alerts.num_rows, 0, []
    for some in in_stretches(opened, _AT_ONCE):
        scored.append(match(as_travellers(some), index, floor=floor))
        done += some.alerts.num_rows
        told(done, people)
    category = dict(zip(*(tables.alerts[name].to_pylist() for name in ("alert_id", "category")), strict=True))
    found = proposals(scored, len(index.alert_ids))
    judged = merges.judged(merges.acts(store), tables)
    return Duplicates(
        tuple(pair for pair in found if _comparable(pair, category)), judged, len(index.alert_ids)
    )


def _comparable(pair: Proposal, category: Mapping[str, str]) -> bool:
    """Are both alerts on persons, or both on documents? A person's passport that was stolen is no double."""
    return (category[pair.one] == Category.DOCUMENT) == (category[pair.other] == Category.DOCUMENT)
