"""Alert lists come into the store: a publisher's files are read, kept, and used if the gate lets them.

What the import gate holds back is stored, listed and comparable, and waits for a named person
(`versions.release`). The last good version stays in use meanwhile.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from screening.alerts.approved import keeps_approved
from screening.alerts.gate import ListGateResult, check, waiting
from screening.alerts.importers import IMPORTERS
from screening.alerts.mapping import SourceMapping, parse_mapping, terms_of
from screening.alerts.model import AlertFinding, Imported, Importer, ImportOptions
from screening.alerts.source import MAX_BYTES, unpacked
from screening.alerts.version import SHORT, version_hash
from screening.list_keeping.copies import copy_in_use, note_fetched
from screening.list_keeping.layers import documents, write_layers
from screening.list_keeping.versions import (
    FINDINGS_FILE,
    REDUCED_FILE,
    VERSION_FILE,
    Before,
    ListVersion,
    activate,
    active_version,
    checked_id,
    export_version,
    is_whole,
    known_lists,
    locked,
    open_version,
    release,
    resolve,
    set_active,
    version_before,
    versions,
)
from screening.profile.model import ListPolicy, Profile
from screening.protection.audit import append
from screening.store.files import link_file, write_json
from screening.store.zones import Store
from screening.tables.errors import InputError, ScreeningError, UsageError

APPROVED = "approved"
"""Source of a version that was made of approved proposals."""

__all__ = [
    "APPROVED",
    "ImportResult",
    "ListVersion",
    "activate",
    "active_version",
    "checked_id",
    "ensure_lists",
    "export_version",
    "import_list",
    "importer_of",
    "is_whole",
    "keep_approved",
    "known_lists",
    "open_version",
    "read_files",
    "release",
    "resolve",
    "versions",
]


_PACKED = (".zip", ".gz")
NEEDS_A_PERSON = frozenset({"waiting", "not_sought"})
"""Warnings of the gate for which an import ends with 1: something of the list is not sought."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    Attributes:
        new: whether this state of the list was not in the store before.
        active: whether it is in use now.
        came_into_use: whether this import put it in use.
        gate: what the gate said.
    """

    list_id: str
    version: str
    new: bool
    active: bool
    alerts: int
    gate: ListGateResult
    counts: Mapping[str, int]
    findings: tuple[AlertFinding, ...]
    came_into_use: bool = False

    @property
    def needs_a_person(self) -> bool:
        """Whether the version is held, or holds what is not sought until somebody mends it."""
        return not self.active or any(reason.code in NEEDS_A_PERSON for reason in self.gate.warnings)


def importer_of(source: str) -> Importer:
    """Return the importer of a SOURCE.

    Raises:
        UsageError: there is none; names those that there are.
    """
    found = IMPORTERS.get(source)
    if found is None:
        raise UsageError(
            f"there is no list format `{source[:40]}`",
            where="SOURCE",
            effect="nothing was imported",
            remedy=f"one of {', '.join(sorted(IMPORTERS))}",
        )
    return found


def read_files(importer: Importer, path: Path) -> dict[str, bytes]:
    """Read a publisher's file, or the fitting files of a folder (not of folders below it); zip and gzip too.

    Raises:
        InputError: nothing is there, nothing fits, or a file is larger than any list.
    """
    if path.is_dir():
        entries = sorted(path.iterdir())
        fitting = [entry for entry in entries if entry.name.lower().endswith(importer.endings)]
        fitting = fitting or [entry for entry in entries if entry.name.lower().endswith(_PACKED)]
    else:
        fitting = [path]
    fitting = [entry for entry in fitting if entry.is_file()]
    if not fitting:
        raise InputError(
            f"there is no file for `{importer.source}`",
            where=str(path),
            effect="nothing was imported; the active version stays in use",
            remedy=f"name a file or a folder with files that end in {', '.join(importer.endings)}",
        )
    for entry in fitting:
        if entry.stat().st_size > MAX_BYTES:
            raise InputError(
                f"the file is larger than {MAX_BYTES} bytes",
                where=str(entry),
                effect="nothing was imported; the active version stays in use",
                remedy="check whether this is the list; no publisher's is that large",
            )
    return unpacked({entry.name: entry.read_bytes() for entry in fitting}, importer.endings)


def import_list(
    store: Store,
    policy: ListPolicy,
    source: str,
    path: Path,
    *,
    mapping: Path | None = None,
    terms: Path | None = None,
    actor: str,
    at: datetime,
) -> ImportResult:
    """Read a list, store it as a version, and put it in use if the gate lets it pass.

    The same content again is the same version and writes nothing.

    Args:
        store: the store.
        policy: what the agency decided about the list.
        source: a word of IMPORTERS.
        path: the publisher's file, or a folder of its files.
        mapping: mapping file; only `own` needs one.
        terms: table of the authority's codes; else the one that the mapping names.
        actor: who imports.
        at: when, UTC.

    Returns:
        The version and whether it is in use.

    Raises:
        UsageError: no such format, or a mapping or table of terms that cannot be read.
        InputError: the files cannot be this list; nothing was stored.
        StoreError: the store cannot be used.
    """
    importer = importer_of(source)
    files = read_files(importer, path)
    options = ImportOptions(
        list_id=policy.id,
        category=policy.category,
        severity=policy.severity,
        authority=policy.authority,
        mapping=_given(mapping, "--mapping"),
        terms=_given(terms or _terms_beside(mapping), "--terms"),
        today=at.date(),
    )
    imported = importer.read(files, options)
    digest = version_hash(imported)
    with locked(store, policy.id) as folder:
        active = active_version(store, policy.id)
        old = open_version(store, policy.id, active) if active and active != digest[:SHORT] else None
        # a version that is already in use is compared with nothing: it cannot deviate from itself
        gate = check(imported, old, policy.gate, canaries=policy.canaries, today=at.date())
        if gate.refused:
            raise InputError(
                f"the file holds no alert: {'; '.join(reason.text for reason in gate.reasons)}",
                where=str(path),
                effect="nothing was imported; the active version stays in use",
                remedy="fetch the file again; check SOURCE",
            )
        gate = keeps_approved(imported, old, gate)
        arrival = _ArrivedList(imported, digest, gate, files, source, options, active, actor, at)
        result = _keep(store, folder, arrival, old)
        if policy.copy_hours and not result.new:
            note_fetched(folder / f"version={result.version}", at)
        return result


def keep_approved(
    store: Store, folder: Path, policy: ListPolicy, imported: Imported, *, actor: str, at: datetime
) -> ImportResult:
    """Store a list as a version whose changes were each approved; the caller holds the list's lock.

    The gate is asked as for any version, but not how many alerts changed: an approver looked at each change.

    Raises:
        StoreError: the store cannot be used.
    """
    digest, active = version_hash(imported), active_version(store, policy.id)
    old = open_version(store, policy.id, active) if active and active != digest[:SHORT] else None
    looked_at = {"shrink": 1.0, "growth": float("inf"), "changed": 1.0, "completeness_drop": 1.0}
    limits = policy.gate.model_copy(update=looked_at)
    gate = check(imported, old, limits, canaries=policy.canaries, today=at.date())
    if gate.refused:  # the last alert of a list has left it: that it is empty was approved as well
        gate = ListGateResult(True, False, gate.reasons, gate.warnings)
    options = ImportOptions(policy.id, policy.category, policy.severity, policy.authority)
    arrival = _ArrivedList(imported, digest, gate, {}, APPROVED, options, active, actor, at)
    return _keep(store, folder, arrival, old)


@dataclass(frozen=True)
class _ArrivedList:
    """What one import brings: the list, what the gate said, and who brought it when."""

    imported: Imported
    digest: str
    gate: ListGateResult
    files: Mapping[str, bytes]
    source: str
    options: ImportOptions
    active: str | None
    actor: str
    at: datetime

    @property
    def version(self) -> str:
        return self.digest[:SHORT]


def _terms_beside(mapping: Path | None) -> Path | None:
    """Return the table of terms that a mapping names, relative to it."""
    data = _given(mapping, "--mapping")
    if mapping is None or data is None or not (name := parse_mapping(data, SourceMapping).terms):
        return None
    return mapping.parent / name


def _given(path: Path | None, option: str) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UsageError(
            f"the file cannot be read ({type(fault).__name__})",
            where=f"{option} {path}",
            effect="nothing was imported",
            remedy="name a readable file; `terms` of a mapping is relative to the mapping",
        ) from fault


def _keep(store: Store, folder: Path, arrival: _ArrivedList, old: Imported | None) -> ImportResult:
    version, gate, active = arrival.version, arrival.gate, arrival.active
    place = folder / f"version={version}"
    new, reduced = not is_whole(store, folder.name, version), (place / REDUCED_FILE).exists()
    if new:
        held = f"held: {', '.join(reason.code for reason in gate.reasons)}" if gate.held else None
        append(store, arrival.actor, "list.import", [folder.name, version], held, arrival.at)
        before = None if reduced else version_before(store, folder.name, old)
        _write(
            place, arrival, 1 + max((one.sequence for one in versions(store, folder.name)), default=0), before
        )
        (place / REDUCED_FILE).unlink(missing_ok=True)
    comes = gate.passed and active != version
    if comes:
        set_active(
            store, folder, version, arrival.actor, "passed the import gate", arrival.at, "list.activate"
        )
        active = version
    return ImportResult(
        list_id=folder.name,
        version=version,
        new=new,
        active=active == version,
        alerts=arrival.imported.alerts.num_rows,
        gate=gate,
        counts=arrival.imported.counts,
        findings=arrival.imported.findings,
        came_into_use=comes,
    )


def _write(place: Path, arrival: _ArrivedList, sequence: int, before: Before | None) -> None:
    imported, gate = arrival.imported, arrival.gate
    tables = imported.tables()
    layers = write_layers(place, tables, before)
    findings: list[dict[str, object]] = [
        {"code": f.code, "level": str(f.level), "file": f.file, "record": f.record, "text": f.text}
        for f in imported.findings
    ]
    _write_findings(place / FINDINGS_FILE, findings, before)
    write_json(
        place / VERSION_FILE,
        {
            "version": arrival.version,
            "hash": arrival.digest,
            "list": place.parent.name,
            "source": arrival.source,
            "sequence": sequence,
            "previous": arrival.active,
            "imported_at": arrival.at.isoformat(timespec="seconds"),
            "imported_by": arrival.actor,
            "published": imported.published.isoformat() if imported.published else None,
            "files": [
                {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
                for name, data in sorted(arrival.files.items())
            ],
            "mapping": _hash_of(arrival.options.mapping),
            "terms": _terms_told(arrival.options),
            "waiting": waiting(imported),
            "counts": dict(imported.counts),
            "gate": {
                "held": gate.held,
                "reasons": [{"code": reason.code, "text": reason.text} for reason in gate.reasons],
                "warnings": [{"code": reason.code, "text": reason.text} for reason in gate.warnings],
            },
            **documents(layers, {name: table.num_rows for name, table in tables.items()}),
        },
    )  # written last: it makes the folder a version


def _write_findings(path: Path, findings: list[dict[str, object]], before: Before | None) -> None:
    """Write what deviated; as a second name of the same file where the version before has it alike."""
    write_json(path, findings)
    earlier = before[0] / path.name if before else None
    if earlier and earlier.exists() and earlier.read_bytes() == path.read_bytes():
        path.unlink()
        link_file(earlier, path)


def _hash_of(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _terms_told(options: ImportOptions) -> dict[str, str] | None:
    table = terms_of(options)
    return {"name": table.name, "sha256": table.sha256} if table else None


def ensure_lists(
    store: Store, profile: Profile, folder: Path, actor: str, at: datetime
) -> list[ImportResult]:
    """Import every list of the profile that names a path and has no active version, or an ended copy.

    Args:
        store: the store.
        profile: lists with paths.
        folder: the profile's folder, which paths are relative to.
        actor: who runs the night.
        at: when, UTC.

    Returns:
        One result for each list that was imported; one that the gate held is not active.

    Raises:
        ScreeningError: a list cannot be read; names the list.
    """
    results = []
    for policy in profile.lists:
        if policy.path is None or copy_in_use(store, policy, at) is not None:
            continue
        mapping = folder / policy.mapping if policy.mapping else None
        terms = folder / policy.terms if policy.terms else None
        try:
            results.append(
                import_list(
                    store, policy, policy.source, folder / policy.path, mapping=mapping, terms=terms,
                    actor=actor, at=at,
                )
            )  # fmt: skip
        except ScreeningError as error:
            raise type(error)(
                f"the list `{policy.id}` of the profile cannot be imported: {error.what}",
                where=error.where,
                effect="nothing was screened: a night without it would miss whom it names",
                remedy=error.remedy,
            ) from error
    return results
