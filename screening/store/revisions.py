"""How a night's tables are published as a whole: a revision is written, shown and made current.

`nights/D/CURRENT.json` is the one commit point: it names every published file with hash and rows and is
replaced by one rename, last. Readers go through it and see the old revision or the new one, never a mixture.

    <zone>/revisions/night=D/.part-0003/     being written: no reader looks here
    <zone>/revisions/night=D/0003/           visible by one rename, not yet published
    nights/D/revisions/0003.json             what the revision consists of; stays when 0004 comes
    nights/D/CURRENT.json                    the same bytes; from here on revision 3 is the night
    <zone>/current/night=D                   link to the folder, for pandas, DuckDB and people

A kill between any two of these lines leaves the old revision published; the next publication or
`current_links` clears the rest away. Files whose bytes did not change are hard links to the earlier
revision's. A damaged file of the current revision is replaced when the same bytes are published again.

On object storage nothing is renamed or linked. A revision is written where it stays, in a folder that this
attempt alone has (`0003-<token>`), and CURRENT.json is put on condition that it still is what was read
before; the record of the revision follows it. There is no `current/`: readers take the files that
CURRENT.json names. What attempts have left that died or came too late goes at a later publication, or with
the shortest term.
"""

import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from screening.store.current_json import (
    CURRENT,
    NIGHT_ZONES,
    Current,
    FileKey,
    PublishedFile,
    current,
    declared_name,
    older_differ,
    record_path,
    revisions_folder,
    rewriting_path,
    withdrawal_path,
)
from screening.store.current_links import set_link
from screening.store.files import (
    canonical_json,
    disk_faults,
    link_file,
    remove_tree,
    sha256_file,
    sweep_temporaries,
    sync_folder,
    write_bytes,
    write_json,
)
from screening.store.locks import exclusive
from screening.store.object_path import ObjectPath
from screening.store.objects import head, put_if, put_new
from screening.store.parquet import write_table
from screening.store.published import NightFiles
from screening.store.review_rows import forget
from screening.store.zones import Store, open_zones
from screening.tables.codes import RetentionClass, Zone
from screening.tables.declared import BY_NAME
from screening.tables.errors import ScreeningError, StoreError
from screening.tables.model import SchemaError, TableSpec

_NOTHING = "nothing was published; the night stands as it was"
_ATTEMPT_SECONDS = 6 * 3600.0
"""No attempt to publish takes so long: what an unpublished one has left on object storage is dead by then."""


@dataclass(frozen=True)
class Publication:
    """One table to publish under one retention class."""

    spec: TableSpec
    cls: RetentionClass
    table: pa.Table

    @property
    def file_name(self) -> str:
        """Name of the file: TABLE.parquet, or TABLE.CLASS.parquet where a table has several classes."""
        middle = f".{self.cls}" if len(self.spec.classes) > 1 else ""
        return f"{self.spec.name}{middle}.parquet"


def publish(
    store: Store,
    night: date,
    frozen: str,
    publications: Sequence[Publication],
    *,
    kept: Collection[str] = (),
    purposes: Sequence[str] = (),
) -> Current:
    """Publish a night as one whole.

    Args:
        store: the store.
        night: the night.
        frozen: hash of everything that decided the content.
        publications: every table of the night; one that is missing is not part of the new revision.
        kept: names of further tables that stay as the revision before holds them, if it does.
        purposes: for which the rows may be processed; stand with every file but those of the zone aggregate.

    Returns:
        The published revision; the one before if frozen set and contents are the same.

    Raises:
        SchemaError: a table does not keep its declaration, or stands twice or under a class not its own.
        StoreError: the disk is full or fails; the night stands as it was.
    """
    _check(publications)
    open_zones(store, {item.spec.zone for item in publications})

    def stage(draft: _Draft) -> list[PublishedFile]:
        before = draft.before.files if draft.before else ()
        files = [_as_before(draft, file) for file in before if file.table in kept]
        return files + [_written(draft, item, purposes) for item in publications]

    return _commit(store, night, frozen, stage)


def withdraw(store: Store, night: date, gone: Collection[tuple[str, RetentionClass]]) -> Current | None:
    """Publish a night anew without some of its files, which have come to the end of their term.

    The frozen set stays: it is the same night, less the files.

    Args:
        store: the store.
        night: the night.
        gone: pairs of table and retention class.

    Returns:
        The published revision, None if the night was never published.

    Raises:
        StoreError: the disk is full or fails; the night stands as it was.
    """
    now = current(store, night)
    if now is None:
        return None

    def stage(draft: _Draft) -> list[PublishedFile]:
        files, left_out = [], set()
        for file in draft.before.files if draft.before else ():
            if (file.table, file.cls) in gone:
                left_out.add((file.table, file.cls))
                continue
            files.append(_as_before(draft, file))
        if left_out:
            write_json(withdrawal_path(store, night, draft.number), [list(pair) for pair in sorted(left_out)])
        return files

    return _commit(store, night, now.frozen, stage)


def rewrite(
    store: Store, night: date, change: Callable[[NightFiles], Mapping[FileKey, pa.Table | None]]
) -> Current | None:
    """Publish a night anew with other rows; the frozen set stays. Files before it are `superseded` then.

    Args:
        store: the store.
        night: the night.
        change: from the files as published to those that change: the new table, or None for a file that goes.
            Equal rows are a change only where an earlier revision still holds others. It is asked again
            after a kill and must find nothing left to do then.

    Returns:
        The published revision, the one before where nothing changes; None if the night was never published.

    Raises:
        SchemaError: a new table does not keep its declaration.
        StoreError: a file is damaged, the disk is full or fails; the night stands as it was.
    """
    now = current(store, night)
    if now is None:
        return None

    again: list[FileKey] = []

    def stage(draft: _Draft) -> list[PublishedFile]:
        held = NightFiles(store, draft.before)
        asked = change(held)
        changes = {
            key: made
            for key, made in asked.items()
            if (key in held if made is None else key not in held or not made.equals(held[key]))
        }
        before = draft.before.files if draft.before else ()
        bound = next((file.purposes for file in before if file.purposes), ())
        files = [
            _as_before(draft, file) for file in before if (declared_name(file.table), file.cls) not in changes
        ]
        for (table, cls), made in changes.items():
            if made is not None:
                files.append(_written(draft, Publication(BY_NAME[table], cls, made), bound))
        gone = [key for key, made in changes.items() if made is None]
        again.extend(
            key for key in asked if key not in changes and key in held and older_differ(store, now, key)
        )
        new = [*again, *(key for key, made in changes.items() if made is not None)]
        for pairs, path in ((gone, withdrawal_path), (new, rewriting_path)):
            if pairs:
                write_json(path(store, night, draft.number), [list(pair) for pair in sorted(pairs)])
        return files

    return _commit(store, night, now.frozen, stage, anew=again)


@dataclass(frozen=True)
class _Draft:
    """A revision being written."""

    store: Store
    night: date
    before: Current | None
    tag: str | None = None  # of CURRENT.json on object storage
    token: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def in_place(self) -> bool:
        """Is it written where it stays?"""
        return isinstance(self.store.root, ObjectPath)

    @property
    def number(self) -> int:
        return self.before.revision + 1 if self.before else 1

    def part(self, zone: Zone) -> Path:
        if self.in_place:
            return self.final(zone)
        return revisions_folder(self.store, self.night, zone) / f".part-{self.number:04d}"

    def final(self, zone: Zone) -> Path:
        return revisions_folder(self.store, self.night, zone) / self.name

    @property
    def name(self) -> str:
        """Name of its folders."""
        return f"{self.number:04d}-{self.token}" if self.in_place else f"{self.number:04d}"

    def path(self, zone: Zone, name: str) -> str:
        return (self.final(zone) / name).relative_to(self.store.root).as_posix()


def _as_before(draft: _Draft, file: PublishedFile) -> PublishedFile:
    """Take a file of the revision before over as it is, into the zone where its table lies now."""
    spec = BY_NAME.get(declared_name(file.table))
    zone = spec.zone if spec else file.zone
    link_file(draft.store.root / file.path, draft.part(zone) / file.name)
    return replace(file, path=draft.path(zone, file.name), zone=zone)


def _written(draft: _Draft, item: Publication, purposes: Sequence[str]) -> PublishedFile:
    name = item.file_name
    written = write_table(draft.part(item.spec.zone) / name, item.table, item.spec)
    facts = (item.spec.zone, item.spec.name, item.cls, item.spec.version)
    bound = () if item.spec.zone is Zone.AGGREGATE else tuple(purposes)
    return PublishedFile(draft.path(item.spec.zone, name), written.sha256, written.rows, *facts, bound)


def _commit(
    store: Store,
    night: date,
    frozen: str,
    stage: Callable[[_Draft], list[PublishedFile]],
    anew: Collection[FileKey] = (),
) -> Current:
    folder = store.night_folder(night)
    with exclusive(folder / ".publish", what=f"the publication of {night.isoformat()}", wait=True):
        draft = _begun(store, night)
        with disk_faults(folder, effect=_NOTHING):
            new = _staged(draft, frozen, stage, anew)
            if new == draft.before:
                _sweep(draft)
            else:
                _expose(draft, new)
                forget(store, night)
        if not draft.in_place:
            set_link(store, new)
    return new


def _begun(store: Store, night: date) -> _Draft:
    """Take what is published for the revision before, and write its record where a kill came in between."""
    path = store.night_folder(night) / CURRENT
    if not isinstance(path, ObjectPath):
        return _Draft(store, night, current(store, night))
    known = head(path)  # before it is read: what changes in between is seen by the condition
    before = current(store, night)
    if before is not None and not record_path(store, night, before.revision).exists():
        write_bytes(record_path(store, night, before.revision), canonical_json(before.document()))
    return _Draft(store, night, before, known.tag if known else None)


def _staged(
    draft: _Draft,
    frozen: str,
    stage: Callable[[_Draft], list[PublishedFile]],
    anew: Collection[FileKey],
) -> Current:
    """Write the files of a revision where no reader looks; give the one before if nothing is new."""
    _sweep(draft)
    before = draft.before
    try:
        files = tuple(sorted(stage(draft), key=lambda file: file.path))
        earlier = {file.content(): file for file in before.files} if before else {}
        for file in files:
            _share(draft.store, earlier.get(file.content()), draft.part(file.zone) / file.name)
    except BaseException:
        with suppress(OSError, ScreeningError):  # a full disk gets its room back; the fault itself is told
            _sweep(draft)
        raise
    same = before and before.frozen == frozen and earlier.keys() == {file.content() for file in files}
    if before and same and not anew:
        return before
    return Current(draft.night, draft.number, frozen, files)


def _expose(draft: _Draft, new: Current) -> None:
    """Make the written folders visible, then the revision current."""
    data = canonical_json(new.document())
    path = draft.store.night_folder(draft.night) / CURRENT
    if isinstance(path, ObjectPath):
        if not (put_new(path, data) if draft.tag is None else put_if(path, data, draft.tag)):
            raise _outrun(path)
        write_bytes(record_path(draft.store, draft.night, draft.number), data)
        return
    for zone in sorted({file.zone for file in new.files}):
        part, final = draft.part(zone), draft.final(zone)
        sync_folder(part)
        part.rename(final)
        sync_folder(final.parent)
    write_bytes(record_path(draft.store, draft.night, draft.number), data)
    write_bytes(path, data)


def _outrun(path: Path) -> StoreError:
    return StoreError(
        "another process has published this night in the meantime",
        where=str(path),
        effect=f"{_NOTHING}, as that process has left it",
        remedy="start the command again: it begins from what is published now",
    )


def _check(publications: Sequence[Publication]) -> None:
    seen: set[tuple[str, RetentionClass]] = set()
    for item in publications:
        name = item.spec.name
        if item.spec.zone not in NIGHT_ZONES:
            raise SchemaError(f"{name}: a table of the zone {item.spec.zone} is never published")
        if item.cls not in item.spec.classes:
            raise SchemaError(f"{name}: {item.cls} is none of its retention classes")
        if (name, item.cls) in seen:
            raise SchemaError(f"{name}: published twice under {item.cls}")
        seen.add((name, item.cls))


def _share(store: Store, earlier: PublishedFile | None, staged: Path) -> None:
    """Make two equal files one; a damaged earlier file gets its bytes back."""
    if earlier is None:
        return
    path = store.root / earlier.path
    if path.exists() and path.samefile(staged):
        return
    if path.exists() and sha256_file(path) == earlier.sha256:
        staged.unlink()
        link_file(path, staged)
        return
    mended = path.with_name(f".{path.name}.mended")
    mended.unlink(missing_ok=True)
    link_file(staged, mended)
    mended.replace(path)
    sync_folder(path.parent)


def _sweep(draft: _Draft) -> None:
    """Clear away what dead runs wrote of revisions that were never published."""
    store, night = draft.store, draft.night
    published = draft.number - 1
    for zone in NIGHT_ZONES:
        for path in revisions_folder(store, night, zone).glob("*"):
            number = re.fullmatch(r"\.part-(\d+)|(\d{4,})(-[0-9a-f]+)?", path.name)
            if number and (number[1] or int(number[2]) > published) and _is_dead(draft, path):
                remove_tree(path)
    records = tuple(path(store, night, 1).parent for path in (record_path, withdrawal_path, rewriting_path))
    for path in (path for folder in records for path in folder.glob("*.json")):
        if path.stem.isdigit() and int(path.stem) > published:
            path.unlink()
    for folder in (store.night_folder(night), *records):
        sweep_temporaries(folder)


def _is_dead(draft: _Draft, attempt: Path) -> bool:
    """Say whether nobody writes there: under the lock in a folder; by its age where a lock may be lost."""
    if not draft.in_place or attempt.name == draft.name:
        return True
    with suppress(FileNotFoundError):  # gone meanwhile
        return time.time() - attempt.stat().st_mtime > _ATTEMPT_SECONDS
    return False
