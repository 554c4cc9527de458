"""Versions of alert lists in the store: which there are, which one is in use, and who decided so.

A version is a folder `alerts/<list>/version=<hash>` that never changes; `version.json` is written last and
makes it one. `alerts/<list>/ACTIVE.json` names the version in use and every change of it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from screening.alerts.export import json_lines, objects, parquet_table
from screening.alerts.ftm_export import FTM_ENDING, entities
from screening.alerts.model import AlertFinding, Imported
from screening.alerts.version import SHORT
from screening.list_keeping.parts import files_of, joined
from screening.protection.audit import append
from screening.store.files import (
    make_folder,
    read_json,
    read_table,
    sha256_file,
    write_bytes,
    write_json,
    write_table,
)
from screening.store.locks import exclusive
from screening.store.zones import Store, open_zones
from screening.tables.alerts import ALERTS, TABLES
from screening.tables.codes import Zone
from screening.tables.errors import StoreError, UsageError
from screening.tables.model import TableSpec

VERSION_FILE = "version.json"
FINDINGS_FILE = "findings.json"
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
    if not path.exists():
        return {}
    state = read_json(path)
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


def _meta(place: Path) -> dict[str, object]:
    meta = read_json(place / VERSION_FILE)
    if not isinstance(meta, dict) or not isinstance(meta.get("tables"), dict):
        raise _damaged(place / VERSION_FILE)
    return meta


def known_lists(store: Store) -> list[str]:
    """Return the ids of lists that have at least one version."""
    root = store.path(Zone.ALERTS, declared=_ZONES)
    if not root.is_dir():
        return []
    return sorted(
        folder.name for folder in root.iterdir() if next(folder.glob(f"version=*/{VERSION_FILE}"), None)
    )


def active_version(store: Store, list_id: str) -> str | None:
    """Return the version in use, None where there is none."""
    version = _active_state(_folder(store, list_id)).get("version")
    return str(version) if version is not None else None


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
    return _table(place, ALERTS, _meta(place)["tables"])


def versions(store: Store, list_id: str) -> list[ListVersion]:
    """Return the stored versions of a list, oldest first."""
    folder, active = _folder(store, list_id), active_version(store, list_id)
    found = []
    for path in folder.glob(f"version=*/{VERSION_FILE}"):
        meta = _meta(path.parent)
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
    meta = _meta(place)
    tables = {spec.name: _table(place, spec, meta["tables"]) for spec in TABLES}
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


def _table(place: Path, spec: TableSpec, written: object) -> pa.Table:
    """Return a table of a version: its one file, or its parts put together; each must be what was written."""
    if not isinstance(written, dict) or not isinstance(written.get(spec.name), dict):
        raise _damaged(place / VERSION_FILE)
    return joined(
        spec, [_read(place / name, spec, sha256) for name, sha256 in files_of(spec, written[spec.name])]
    )


def _read(path: Path, spec: TableSpec, sha256: str) -> pa.Table:
    table = read_table(path, spec)
    if sha256_file(path) != sha256:
        raise StoreError(
            "a file of a list version is not the one that was imported",
            where=str(path),
            effect="the version was not opened: nobody is screened against a list that somebody changed",
            remedy="restore it from the backup, or remove the folder and import the list again",
        )
    return table


def tables_before(store: Store, list_id: str) -> tuple[Path, Mapping[str, object]] | None:
    """Return folder and `tables` of the latest version that is stored, None where there is none."""
    stored = versions(store, list_id)
    if not stored:
        return None
    place = _folder(store, list_id) / f"version={stored[-1].version}"
    tables = _meta(place)["tables"]
    return (place, tables) if isinstance(tables, dict) else None


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
