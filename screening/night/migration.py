"""Bring a store that an older release wrote into this release's form.

Looked at is every published night: its commit point, each file that it names against its hash, its table and
version against what this code declares. What lies under an earlier name or in an earlier zone is published
once more where it belongs, as a revision with the same rows: no file of before is changed. Then the act is
recorded, and last of all the number written down. A kill anywhere leaves a store that is still refused, and
the same command goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from screening.night.publication_record import record_publication
from screening.protection import audit
from screening.store.current_json import Current, PublishedFile, current, nights
from screening.store.files import sha256_file
from screening.store.format import FILE, FORMAT, check_format, format_of, write_format
from screening.store.locks import purging
from screening.store.parquet import read_table
from screening.store.published import NightFiles
from screening.store.revisions import Publication, publish
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

_AGAIN = "screening store migrate"


class State(StrEnum):
    """How a file of a night was found."""

    MOVES = "moves"  # published once more under today's name and in today's zone
    DAMAGED = "damaged"  # gone, or not the bytes that CURRENT.json names
    UNKNOWN = "unknown"  # a table or version that this release does not read


@dataclass(frozen=True)
class Found:
    """One file that is not as this release keeps it; all others are.

    Attributes:
        night: the night.
        path: relative to the store.
        table: its table, as the night names it.
        state: how it was found.
        becomes: table and zone in this release's form, of one that moves.
    """

    night: date
    path: str
    table: str
    state: State
    becomes: str | None = None


@dataclass(frozen=True)
class Migrated:
    """What a migration did: from which form, the nights that it published anew; from None: nothing to do."""

    before: int | None
    published: tuple[date, ...] = ()


def looked_at(store: Store) -> list[Found]:
    """Return what is not as this release keeps it, by night. Reads every published file.

    Raises:
        FormatError: a newer release wrote the store.
    """
    if (format_of(store.root) or FORMAT) > FORMAT:
        check_format(store.root)
    return [found for night in nights(store) for found in _of_night(store, night)]


def migrate(store: Store, *, actor: str) -> Migrated:
    """Bring the store into this release's form; safe to kill and to start again.

    Raises:
        FormatError: a newer release wrote the store.
        BusyError: a run works with the store.
        StoreError: a published file is damaged or unknown, the record of acts is broken, or the disk fails.
    """
    before = format_of(store.root)
    if before is None or before == FORMAT:
        return Migrated(None)
    with purging(store, _AGAIN):
        open_zones(store, list(Zone))
        found = looked_at(store)
        bad = [one for one in found if one.state is not State.MOVES]
        if bad:
            raise StoreError(
                f"{len(bad)} published files are damaged, or of a form that this release does not know",
                where=str(store.root / bad[0].path),
                effect="nothing was changed; the store keeps its format",
                remedy="`screening store check` names each: restore them from the backup, or mend them with "
                f"the release that wrote the store; then again: `{_AGAIN}`",
            )
        moved = sorted({one.night for one in found})
        for night in moved:
            _published_anew(store, night, actor)
        said = {one for record in audit.records(store) for one in record["objects"]}
        for held in (_held(store, night) for night in nights(store)):
            if held.seal not in said:  # a kill came between the two
                record_publication(store, held, actor)
        audit.append(store, actor, "store.migrate", [f"format:{before}", f"format:{FORMAT}"])
        write_format(store.root)
    return Migrated(before, tuple(moved))


def _of_night(store: Store, night: date) -> Iterator[Found]:
    try:
        held = _held(store, night)
    except StoreError:
        path = (store.night_folder(night) / "CURRENT.json").relative_to(store.root)
        yield Found(night, path.as_posix(), "", State.DAMAGED)
        return
    for file in held.files:
        spec = _spec(file)
        if spec is None or _number(file.schema_version) > _number(spec.version):
            yield Found(night, file.path, file.table, State.UNKNOWN)
        elif not _is_whole(store, file):
            yield Found(night, file.path, file.table, State.DAMAGED)
        elif not _is_readable(store, file, spec):
            yield Found(night, file.path, file.table, State.UNKNOWN)
        elif (file.table, file.zone) != (spec.name, spec.zone):
            yield Found(night, file.path, file.table, State.MOVES, f"{spec.name} ({spec.zone})")


def _published_anew(store: Store, night: date, actor: str) -> None:
    held = _held(store, night)
    tables = NightFiles(store, held)
    named = [(file, spec) for file in held.files if (spec := _spec(file)) and spec.name != file.table]
    made = publish(
        store,
        night,
        held.frozen,
        [Publication(spec, file.cls, tables[spec.name, file.cls]) for file, spec in named],
        kept={file.table for file in held.files} - {file.table for file, _ in named},
        purposes=next((file.purposes for file in held.files if file.purposes), ()),
    )
    record_publication(store, made, actor)


def _held(store: Store, night: date) -> Current:
    held = current(store, night)
    if held is None:  # nights() has just named it
        raise StoreError(
            "the night was taken away meanwhile",
            where=str(store.night_folder(night)),
            effect=f"the store keeps its format; {FILE} is written last",
            remedy=f"look who works with the store, then again: `{_AGAIN}`",
        )
    return held


def _spec(file: PublishedFile) -> TableSpec | None:
    former = (spec for spec in BY_NAME.values() if spec.former_name == file.table)
    return BY_NAME.get(file.table) or next(former, None)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _is_whole(store: Store, file: PublishedFile) -> bool:
    path = store.root / file.path
    return path.is_file() and sha256_file(path) == file.sha256


def _is_readable(store: Store, file: PublishedFile, spec: TableSpec) -> bool:
    try:
        read_table(store.root / file.path, spec)
    except StoreError:
        return False
    return True
