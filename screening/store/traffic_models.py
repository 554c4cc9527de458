"""Versions of the traffic model in the store: counts and thresholds of earlier nights, and which is in use.

A version is a folder `individual/model/version=<hash>/` that never changes: `traffic_counts.parquet`, and
`version.json`, written last. `individual/model/ACTIVE.json` names the version in use and every change of it.
Both hold counts and ids, nobody's data. Who lets one in: `screening.list_keeping.traffic_models`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from screening.store.files import make_folder, read_json, sha256_file, write_json
from screening.store.locks import exclusive
from screening.store.parquet import read_table, write_table
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError
from screening.tables.traffic import TRAFFIC_COUNTS

_ZONES = (Zone.INDIVIDUAL,)
_VERSION, _ACTIVE = "version.json", "ACTIVE.json"
_COUNTS = f"{TRAFFIC_COUNTS.name}.parquet"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A stored version: its counts, and what `version.json` says of them."""

    counts: pa.Table
    meta: Mapping[str, Any]


def folder(store: Store) -> Path:
    """Return where the versions lie."""
    return store.path(Zone.INDIVIDUAL, "model", declared=_ZONES)


@contextmanager
def changing(store: Store) -> Iterator[Path]:
    """Hold the versions for the block: two changes go one after the other."""
    open_zones(store, _ZONES)
    place = folder(store)
    make_folder(place)
    with exclusive(place / ".lock", what="the traffic model", wait=True):
        yield place


def keep(store: Store, version: str, counts: pa.Table, meta: Mapping[str, object]) -> bool:
    """Write a version; the caller holds `changing`.

    Returns:
        Whether it is new; equal content has the same name and is not written again.
    """
    place = folder(store) / f"version={version}"
    if (place / _VERSION).exists():
        return False
    written = write_table(place / _COUNTS, counts, TRAFFIC_COUNTS)
    write_json(place / _VERSION, {**meta, "version": version, "sha256": written.sha256})
    return True


def known(store: Store) -> dict[str, Mapping[str, Any]]:
    """Return what `version.json` says of each version, oldest first.

    Raises:
        StoreError: one is damaged.
    """
    found = [_meta(path) for path in folder(store).glob(f"version=*/{_VERSION}")]
    return {str(meta["version"]): meta for meta in sorted(found, key=_age)}


def _age(meta: Mapping[str, Any]) -> tuple[str, str]:
    return str(meta["proposed_at"]), str(meta["version"])


def open_model(store: Store, version: str) -> StoredModel:
    """Open a version; its counts must be those that were written.

    Raises:
        StoreError: it is not there any more, or was changed.
    """
    place = folder(store) / f"version={version}"
    if not (place / _VERSION).exists():
        raise StoreError(
            f"the traffic model {version} is not in the store",
            where=str(place),
            effect="nothing was screened with it: other counts would give other scores",
            remedy="restore the folder from the backup (it may have gone at the end of its term: "
            "`retention.model` of the profile)",
        )
    meta, path = _meta(place / _VERSION), place / _COUNTS
    counts = read_table(path, TRAFFIC_COUNTS)
    if sha256_file(path) != meta["sha256"]:
        raise _damaged(path)
    return StoredModel(counts, meta)


def active(store: Store) -> str | None:
    """Return the version in use; None where there is none."""
    version = _state(folder(store)).get("version")
    return None if version is None else str(version)


def history(store: Store) -> list[Mapping[str, Any]]:
    """Return every change of the version in use, oldest first."""
    return list(_state(folder(store)).get("history", ()))


def put_in_use(store: Store, version: str | None, *, actor: str, reason: str, at: datetime) -> None:
    """Write down which version is in use, None for none; the caller holds `changing` and has recorded it."""
    entry = {
        "version": version,
        "at": at.isoformat(timespec="seconds"),
        "actor": actor,
        "reason": reason,
    }
    write_json(folder(store) / _ACTIVE, {"version": version, "history": [*history(store), entry]})


def out_of_use(store: Store) -> Iterator[tuple[Path, datetime]]:
    """Give each file of the versions that are not in use, and since when: there their term begins.

    A version that never was in use has been out of it since it was proposed.
    """
    place, now, left = folder(store), active(store), dict[str, datetime]()
    before: str | None = None
    for entry in history(store):
        if before is not None:
            left[before] = datetime.fromisoformat(str(entry["at"]))
        before = entry["version"]
    for path in sorted(place.glob("version=*")):
        version = path.name.removeprefix("version=")
        if version != now:
            files = sorted(each for each in path.iterdir() if each.is_file())
            for each in files:
                yield each, left.get(version) or _written(path, each)


def _written(place: Path, file: Path) -> datetime:
    """Return when a version was proposed; that of a half-written one is when its file was written."""
    meta = place / _VERSION
    if meta.exists():
        return datetime.fromisoformat(str(_meta(meta)["proposed_at"]))
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _state(place: Path) -> Mapping[str, Any]:
    path = place / _ACTIVE
    if not path.exists():
        return {}
    state = read_json(path)
    if not isinstance(state, dict) or not isinstance(state.get("history"), list):
        raise _damaged(path)
    return state


def _meta(path: Path) -> Mapping[str, Any]:
    meta = read_json(path)
    wanted = {"version", "sha256", "proposed_at", "base_model", "nights", "travellers", "lists", "thresholds"}
    if not isinstance(meta, dict) or not wanted <= set(meta):
        raise _damaged(path)
    return meta


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "a file of the traffic model is damaged or was changed",
        where=str(path),
        effect="it was not opened: nobody is screened with counts that somebody changed",
        remedy="restore it from the backup, or put another version in use: `screening model versions`",
    )
