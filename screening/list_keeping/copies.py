"""Lists of which a copy may be kept for a time only (profile, `lists.copy_hours`), in use or not.

A night never begins with a copy whose time is over: the list is imported anew, or the night is refused. A
purge takes such copies away. Where published nights were screened against one, the alerts of their hits stay
with the hits, since people decide on them; all others go, and the version says that it is reduced
(`reduced.json`): no night, re-run or late file is screened against it. A night that had it pinned takes the
version in use when it is screened again.

Fetched again with the same content, a version is the same one; `fetched.json` says when that was last.

Source: Regulation (EU) 2018/1862: offline copies at most 48 hours.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from screening.list_keeping.layers import documents, write_layer
from screening.list_keeping.versions import (
    REDUCED_FILE,
    VERSION_FILE,
    active_version,
    known_lists,
    laid,
    locked,
    meta_of,
    open_version,
    versions,
)
from screening.profile.model import ListPolicy, Profile
from screening.protection.audit import append
from screening.protection.zone_terms import FETCHED_FILE, copy_ends
from screening.store.files import sha256_file, write_json
from screening.store.zones import Store
from screening.tables.alerts import ALERTS, TABLES
from screening.tables.codes import Zone

Needed = Mapping[tuple[str, str], Collection[str]]
"""Pair of list and version that nights have pinned -> ids of the alerts that their hits name."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A copy that was reduced to the alerts of hits.

    Attributes:
        list_id, version: the copy.
        alerts: how many it had.
        kept: how many are left.
    """

    list_id: str
    version: str
    alerts: int
    kept: int


def copy_in_use(store: Store, policy: ListPolicy, now: datetime) -> str | None:
    """Return the version in use that a night may begin with; None where there is none or its time is over."""
    version = active_version(store, policy.id)
    if version is None or policy.copy_hours is None:
        return version
    place = store.root / Zone.ALERTS / policy.id / f"version={version}"
    return version if now < copy_ends(place, policy.copy_hours) else None


def note_fetched(place: Path, at: datetime) -> None:
    """Write down that a version was fetched again as it is."""
    write_json(place / FETCHED_FILE, {"at": at.isoformat(timespec="seconds")})


def reduce_copies(
    store: Store, profile: Profile, needed: Needed, now: datetime, actor: str
) -> tuple[Reduced, ...]:
    """Reduce copies whose time is over, and that nights have pinned, to the alerts of hits; each is recorded.

    Args:
        store: the store.
        profile: its lists' `copy_hours`.
        needed: what nights have pinned.
        now: the moment.
        actor: who.

    Raises:
        StoreError: a version is damaged, or cannot be written; start again, it goes on where it stood.
    """
    return tuple(
        done
        for list_id, version in _over(store, profile, now)
        if (list_id, version) in needed
        for done in _reduce(store, list_id, version, needed[list_id, version], now, actor)
    )


def _over(store: Store, profile: Profile, now: datetime) -> Iterator[tuple[str, str]]:
    for list_id in known_lists(store):
        hours = profile.policy(list_id).copy_hours
        for one in versions(store, list_id) if hours is not None else ():
            place = store.root / Zone.ALERTS / list_id / f"version={one.version}"
            if hours is not None and copy_ends(place, hours) <= now:
                yield list_id, one.version


def _reduce(
    store: Store, list_id: str, version: str, wanted: Collection[str], now: datetime, actor: str
) -> Iterator[Reduced]:
    with locked(store, list_id) as folder:
        place = folder / f"version={version}"
        tables = open_version(store, list_id, version).tables()
        ids = pa.array(sorted(wanted), pa.string())
        kept = {name: table.filter(pc.is_in(table["alert_id"], ids)) for name, table in tables.items()}
        before, after = tables[ALERTS.name].num_rows, kept[ALERTS.name].num_rows
        marked = (place / REDUCED_FILE).exists()
        if marked and before == after:
            return
        meta = meta_of(place)
        files = [f"file:{sha256_file(path)}" for path in sorted(place.glob("*.parquet"))]
        said = [f"{list_id}={version}", f"alerts:{before}", f"kept:{after}", *files]
        append(store, actor, "retention.copy", said, "end of term", now)
        if not marked:  # from here on nobody is screened against it, whatever is killed
            write_json(place / REDUCED_FILE, {"at": now.isoformat(timespec="seconds"), "alerts": before})
        layer = write_layer(place, 1 + max((one.number for one in laid(place, meta)), default=0), kept)
        told = {key: value for key, value in meta.items() if key not in {"tables", "layers"}}
        rows = {spec.name: kept[spec.name].num_rows for spec in TABLES}
        write_json(place / VERSION_FILE, {**told, **documents([layer], rows)})
        for path in sorted(place.glob("*.parquet")):
            if path.name not in {f"{name}.{layer.number:04}.parquet" for name in rows}:
                path.unlink()
    yield Reduced(list_id, version, before, after)
