"""Versions of alert lists in the store: which there are, which one is in use, and who decided so.

A version is a folder `alerts/<list>/version=<hash>` that never changes; `version.json` is written last and
makes it one. `alerts/<list>/ACTIVE.json` names the version in use and every change of it.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from screening.alerts.export import json_lines, objects, parquet_table
from screening.alerts.ftm_export import FTM_ENDING, entities
from screening.alerts.model import AlertFinding, Imported
from screening.alerts.version import SHORT
from screening.list_keeping.layers import Layer, layers_of, read_layers
from screening.protection.audit import append
from screening.store.files import json_if_there, make_folder, read_json, write_bytes, write_json
from screening.store.locks import exclusive
from screening.store.parquet import write_table
from screening.store.zones import Store, open_zones
from screening.tables.alerts import ALERTS, TABLES
from screening.tables.codes import Zone
from screening.tables.errors import StoreError, UsageError
from screening.tables.model import TableSpec

VERSION_FILE = "version.json"
FINDINGS_FILE = "findings.json"
REDUCED_FILE = "reduced.json"
"""Stands in a version of which only the alerts of hits are left (`list_keeping.copies`)."""
Before = tuple[Path, Sequence[Layer], Mapping[str, pa.Table]]
"""Folder, layers and tables of a stored version."""
_ZONES = (Zone.ALERTS, Zone.AUDIT)
_ACTIVE = "ACTIVE.json"
_LIST_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class ListVersion:
    """A stored state of a list, as `screening alerts versions` shows it.

    Attributes:
        version: first 16 digits of its hash; name of its folder.
        sequence: place in the list's history, from 1.
        held: reasons of the import gate, empty where it passed.
        waiting: alerts that raise no hit until their code has a row in the table of terms.
        terms: name of that table.
    """

    version: str
    sequence: int
    imported_at: str
    imported_by: str
    active: bool
    alerts: int
    source: str
    published: str | None
    held: tuple[str, ...]
    waiting: int = 0
    terms: str | None = None

    def row(self) -> dict[str, object]:
        """Return the row for the command line."""
        return {
            "version": self.version, "imported_at": self.imported_at, "active": self.active,
            "alerts": self.alerts,
            "source": self.source, "published": self.published, "held": list(self.held),
            "sequence": self.sequence,
            "imported_by": self.imported_by, "waiting": self.waiting, "terms": self.terms,
        }  # fmt: skip


def checked_id(list_id: str) -> str:
    """Return the id of a list as it is, if a profile could hold it.

    Raises:
        UsageError: it could not.
    """
    if not _LIST_ID.fullmatch(list_id):
        raise UsageError(
            "this is no id of a list",
            where="--list",
            effect="nothing was done",
            remedy="lower-case letters, digits, _ and -, at most 41, beginning with a letter or digit",
        )
    return list_id


def _folder(store: Store, list_id: str) -> Path:
    checked_id(list_id)
    return store.path(Zone.ALERTS, list_id, declared=_ZONES)


@contextmanager
def locked(store: Store, list_id: str) -> Iterator[Path]:
    """Open a list for changing it; two imports of one list go one after the other."""
    folder = _folder(store, list_id)
    open_zones(store, _ZONES)
    make_folder(folder)
    with exclusive(folder / ".lock", what=f"the list {list_id}", wait=True):
        yield folder


def _active_state(folder: Path) -> Mapping[str, object]:
    path = folder / _ACTIVE
    state = json_if_there(path)
    if state is None:
        return {}
    if not isinstance(state, dict) or not isinstance(state.get("version"), str):
        raise _damaged(path)
    return state


def _history(state: Mapping[str, object]) -> list[object]:
    history = state.get("history")
    return history if isinstance(history, list) else []


def set_active(
    store: Store, folder: Path, version: str, actor: str, reason: str, at: datetime, act: str
) -> None:
    """Record and do the change of the version in use; the caller holds the list's lock."""
    state = _active_state(folder)
    append(store, actor, act, [folder.name, version], reason, at)
    entry = {
        "version": version,
        "at": at.isoformat(timespec="seconds"),
        "actor": actor,
        "reason": reason,
        "act": act,
    }
    write_json(folder / _ACTIVE, {"version": version, "history": [*_history(state), entry]})


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "the file is damaged: it does not have its shape",
        where=str(path),
        effect="the list was not opened",
        remedy="restore the folder of the list from the backup",
    )


def meta_of(place: Path) -> dict[str, object]:
    """Return what `version.json` of a version's folder says.

    Raises:
        StoreError: it is missing or damaged.
    """
    meta = read_json(place / VERSION_FILE)
    if not isinstance(meta, dict) or not isinstance(meta.get("tables"), dict):
        raise _damaged(place / VERSION_FILE)
    return meta


def laid(place: Path, meta: Mapping[str, object]) -> list[Layer]:
    """Return the layers of a version.

    Raises:
        StoreError: `version.json` is damaged.
    """
    try:
        return layers_of(meta)
    except (KeyError, TypeError, ValueError, zlib.error):
        raise _damaged(place / VERSION_FILE) from None


def known_lists(store: Store) -> list[str]:
    """Return the ids of lists that have at least one version."""
    root = store.path(Zone.ALERTS, declared=_ZONES)
    if not root.is_dir():
        return []
    return sorted(
        folder.name for folder in root.iterdir() if next(folder.glob(f"version=*/{VERSION_FILE}"), None)
    )


def stated_version(store: Store, list_id: str) -> str | None:
    """Return the version that was put in use last, whether it is still there or not."""
    version = _active_state(_folder(store, list_id)).get("version")
    return str(version) if version is not None else None


def active_version(store: Store, list_id: str) -> str | None:
    """Return the version in use, None where there is none, or its copy has come to the end of its term."""
    version = stated_version(store, list_id)
    return version if version is not None and is_whole(store, list_id, version) else None


def is_whole(store: Store, list_id: str, version: str) -> bool:
    """Say whether all alerts of a version are in the store: neither gone nor reduced to those of hits."""
    place = _folder(store, list_id) / f"version={version}"
    return (place / VERSION_FILE).exists() and not (place / REDUCED_FILE).exists()


def activations(store: Store, list_id: str) -> list[tuple[str, datetime]]:
    """Return which version came into use when, oldest first; the last one is in use."""
    history = _history(_active_state(_folder(store, list_id)))
    return [
        (str(entry["version"]), datetime.fromisoformat(str(entry["at"])))
        for entry in history
        if isinstance(entry, dict)
    ]


def active_since(store: Store, list_id: str) -> datetime | None:
    """Return when the version in use came into use, to the second; None where there is none."""
    history = _history(_active_state(_folder(store, list_id)))
    last = history[-1] if history else None
    return datetime.fromisoformat(str(last["at"])) if isinstance(last, dict) else None


def open_alerts(store: Store, list_id: str, version: str) -> pa.Table:
    """Open the alerts of a stored version alone, without their names and dates (ALERTS).

    Raises:
        UsageError: there is no such version.
        StoreError: the file is missing or was changed.
    """
    place = _folder(store, list_id) / f"version={resolve(store, list_id, version)}"
    _, tables = _opened(place, (ALERTS,))
    return tables[ALERTS.name]


def versions(store: Store, list_id: str) -> list[ListVersion]:
    """Return the stored versions of a list, oldest first."""
    folder, active = _folder(store, list_id), active_version(store, list_id)
    found = []
    for path in folder.glob(f"version=*/{VERSION_FILE}"):
        meta = meta_of(path.parent)
        tables, gate = meta["tables"], meta["gate"]
        held = gate["reasons"] if isinstance(gate, dict) and gate.get("held") else []
        found.append(
            ListVersion(
                version=str(meta["version"]),
                sequence=int(str(meta["sequence"])),
                imported_at=str(meta["imported_at"]),
                imported_by=str(meta["imported_by"]),
                active=meta["version"] == active,
                alerts=int(tables["alerts"]["rows"]) if isinstance(tables, dict) else 0,
                source=str(meta["source"]),
                published=str(meta["published"]) if meta.get("published") else None,
                held=tuple(f"{reason['code']}: {reason['text']}" for reason in held),
                waiting=int(str(meta.get("waiting") or 0)),
                terms=told["name"] if isinstance(told := meta.get("terms"), dict) else None,
            )
        )
    return sorted(found, key=lambda version: version.sequence)


def resolve(store: Store, list_id: str, version: str | None) -> str:
    """Return the whole name of a version from its first digits; without any the active, else the latest one.

    Raises:
        UsageError: no version begins so, or more than one; or the list has none.
    """
    stored = versions(store, list_id)
    if not stored:
        raise UsageError(
            f"the list `{list_id}` has no version",
            where="--list",
            effect="nothing was done",
            remedy=f"lists of the store: {', '.join(known_lists(store)) or 'none'}; "
            f"`screening alerts import SOURCE PATH --list {list_id}`",
        )
    if version is None:
        return active_version(store, list_id) or stored[-1].version
    prefix = version.lower().removeprefix("version=")[:SHORT]
    fitting = [each.version for each in stored if each.version.startswith(prefix)]
    if len(prefix) < _SHORTEST_PREFIX or len(fitting) != 1:
        raise UsageError(
            f"{len(fitting)} versions of `{list_id}` begin with that",
            where="--version, --from or --to",
            effect="nothing was done",
            remedy=f"{_SHORTEST_PREFIX} digits or more of: {', '.join(each.version for each in stored)}",
        )
    return fitting[0]


def open_version(store: Store, list_id: str, version: str) -> Imported:
    """Open a stored version; every file must be the one that was written.

    Args:
        store: the store.
        list_id: the list.
        version: its whole name, or its first digits.

    Raises:
        UsageError: there is no such version.
        StoreError: a file is missing or was changed.
    """
    place = _folder(store, list_id) / f"version={resolve(store, list_id, version)}"
    meta, tables = _opened(place, TABLES)
    counts, published = meta.get("counts"), meta.get("published")
    return Imported(
        alerts=tables["alerts"],
        names=tables["alert_names"],
        dates=tables["alert_dates"],
        documents=tables["alert_documents"],
        facts=tables["alert_facts"],
        findings=_findings(place),
        counts={str(name): int(count) for name, count in counts.items()} if isinstance(counts, dict) else {},
        published=date.fromisoformat(str(published)) if published else None,
    )


def _opened(place: Path, specs: Sequence[TableSpec]) -> tuple[dict[str, object], dict[str, pa.Table]]:
    """Return what a version says of itself and its tables; each file must be what was written."""
    while True:
        meta = meta_of(place)
        try:
            return meta, read_layers(place, laid(place, meta), specs)
        except StoreError:
            if meta_of(place) == meta:
                raise
            # a purge has laid the same rows into other files meanwhile


def version_before(store: Store, list_id: str, active: Imported | None) -> Before | None:
    """Return what a new version of a list is laid upon: the version in use, else the latest one.

    Args:
        store: the store.
        list_id: the list.
        active: the version in use, where it is open already.

    Returns:
        Its folder, layers and tables; None where there is none, or it is damaged.
    """
    stored = versions(store, list_id)
    if not stored:
        return None
    version = active_version(store, list_id) or stored[-1].version
    place = _folder(store, list_id) / f"version={version}"
    try:
        opened = active or open_version(store, list_id, version)
        return place, laid(place, meta_of(place)), opened.tables()
    except StoreError:
        return None


def _findings(place: Path) -> tuple[AlertFinding, ...]:
    listed = read_json(place / FINDINGS_FILE)
    if not isinstance(listed, list):
        raise _damaged(place / FINDINGS_FILE)
    return tuple(AlertFinding(f["code"], f["file"], f["record"], f["text"]) for f in listed)


def export_version(
    store: Store, list_id: str, version: str | None, out: Path
) -> tuple[str, Mapping[str, int]]:
    """Write a version in the canonical model, as Parquet or JSON Lines, or as FollowTheMoney, by the ending.

    Returns:
        The version's whole name, and what the format has no place for, counted by kind.

    Raises:
        UsageError: there is no such version.
        StoreError: the version is damaged, or the file cannot be written.
    """
    whole = resolve(store, list_id, version)
    imported = open_version(store, list_id, whole)
    if out.name.lower().endswith(FTM_ENDING):
        written = entities(objects(imported, whole))
        write_bytes(out, "".join(written.lines).encode())
        return whole, written.left_out
    if out.suffix.lower() == ".parquet":
        write_table(out, parquet_table(imported, whole))
    else:
        write_bytes(out, "".join(json_lines(imported, whole)).encode())
    return whole, {}


def activate(
    store: Store,
    list_id: str,
    version: str,
    actor: str,
    reason: str,
    *,
    at: datetime,
    act: str = "list.activate",
) -> str:
    """Put a stored version in use; recorded.

    Returns:
        The version's whole name.

    Raises:
        UsageError: there is no such version, or no reason is given.
    """
    if not reason.strip():
        raise UsageError(
            "no reason is given",
            where="--reason",
            effect="the active version stays in use",
            remedy="say why in a sentence; it is recorded",
        )
    whole = resolve(store, list_id, version)
    with locked(store, list_id) as folder:
        if active_version(store, list_id) != whole:
            set_active(store, folder, whole, actor, reason.strip(), at, act)
    return whole


def release(store: Store, list_id: str, version: str, actor: str, reason: str, *, at: datetime) -> str:
    """Let a version through that the gate held back, by a named person and with a reason.

    Raises:
        UsageError: there is no such version, it is not held, or no reason is given.
    """
    whole = resolve(store, list_id, version)
    chosen = next(each for each in versions(store, list_id) if each.version == whole)
    if not chosen.held:
        raise UsageError(
            f"the version {whole} is not held back",
            where="--version",
            effect="nothing was done",
            remedy=f"`screening alerts versions --list {list_id}` shows which are",
        )
    return activate(store, list_id, whole, actor, reason, at=at, act="list.release")
