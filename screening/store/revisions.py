"""How a night's tables are published as a whole, and how they are read.

`nights/D/CURRENT.json` is the one commit point: it names every published file with hash and rows and is
replaced by one rename, last. Readers go through it and see the old revision or the new one, never a mixture.

    <zone>/revisions/night=D/.part-0003/     being written: no reader looks here
    <zone>/revisions/night=D/0003/           visible by one rename, not yet published
    nights/D/revisions/0003.json             what the revision consists of; stays when 0004 comes
    nights/D/CURRENT.json                    the same bytes; from here on revision 3 is the night
    <zone>/current/night=D                   link to the folder, for pandas, DuckDB and people

A kill between any two of these lines leaves the old revision published; the next publication or
`mend_links` clears the rest away. Files whose bytes did not change are hard links to the earlier revision's.
A damaged file of the current revision is replaced when the same bytes are published again.

On object storage nothing is renamed or linked. A revision is written where it stays, in a folder that this
attempt alone has (`0003-<token>`), and CURRENT.json is put on condition that it still is what was read
before; the record of the revision follows it. There is no `current/`: readers take the files that
CURRENT.json names. What attempts have left that died or came too late goes at a later publication, or with
the shortest term.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from screening.store.current_json import (
    CURRENT,
    Current,
    PublishedFile,
    current,
    is_withdrawn,
    nights,
    record_path,
    replaced,
    revision,
    rewriting_path,
    successor,
    withdrawal_path,
)
from screening.store.files import (
    canonical_json,
    disk_faults,
    link_file,
    make_folder,
    read_table,
    remove_tree,
    sha256_file,
    sweep_temporaries,
    sync_folder,
    write_bytes,
    write_json,
    write_table,
)
from screening.store.locks import exclusive
from screening.store.objects import ObjectPath, head, put_if, put_new
from screening.store.review_rows import forget
from screening.store.zones import Store, check_declared, open_zones
from screening.tables.codes import RetentionClass, Zone
from screening.tables.declared import BY_NAME
from screening.tables.errors import ScreeningError, StoreError
from screening.tables.model import SchemaError, TableSpec

_NOTHING = "nothing was published; the night stands as it was"
_NIGHT_ZONES = tuple(zone for zone in Zone if zone not in {Zone.WORK, Zone.AUDIT})
NEEDED_AGAIN = frozenset({"inputs"})  # says what a night has to read: it cannot be run again without it
_ATTEMPT_SECONDS = 6 * 3600.0
"""No attempt to publish takes so long: what an unpublished one has left on object storage is dead by then."""
_TRIES = 5  # a reader meets at most one purge or publication; more is a fault


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


FileKey = tuple[str, RetentionClass]
"""Table and retention class: one file of a revision."""


class NightFiles(Mapping[FileKey, pa.Table]):
    """The files of a revision as tables, each read, with its hash compared, when it is asked for."""

    def __init__(self, store: Store, held: Current | None) -> None:
        self._store = store
        self._files = {(_named(file.table), file.cls): file for file in (held.files if held else ())}

    def __getitem__(self, key: FileKey) -> pa.Table:
        return _read(self._store, BY_NAME[key[0]], [self._files[key]], verify=True)

    def __iter__(self) -> Iterator[FileKey]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def table(self, spec: TableSpec) -> pa.Table:
        """Return a table of all its classes together; without rows where the night does not hold it."""
        return spec.conform(
            pa.concat_tables([spec.empty(), *(self[key] for key in self if key[0] == spec.name)])
        )


def _named(table: str) -> str:
    """Return the name under which a table is declared now."""
    return next((spec.name for spec in BY_NAME.values() if table in {spec.name, spec.former_name}), table)


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
        files = [_as_before(draft, file) for file in before if (_named(file.table), file.cls) not in changes]
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


def older_differ(store: Store, now: Current, key: FileKey) -> bool:
    """Say whether an earlier revision still holds other rows of a file than the one in force."""
    ours = next((file for file in now.files if (_named(file.table), file.cls) == key), None)
    # what was replaced before only waits to be removed
    last = [number for number, table, cls in replaced(store, now.night) if (_named(table), cls) == key]
    earlier = (revision(store, now.night, number) for number in range(max(last, default=1), now.revision))
    return any(
        (_named(file.table), file.cls) == key
        and (ours is None or file.sha256 != ours.sha256)
        and (store.root / file.path).exists()
        for kept in earlier
        for file in (kept.files if kept else ())
    )


def superseded(store: Store, night: date) -> list[str]:
    """Return the paths of all files that a later revision left out or rewrote, there or gone, sorted.

    Raises:
        StoreError: a record of the night is damaged.
    """
    found = set()
    for number, table, cls in replaced(store, night):
        for before in range(1, number):
            kept = revision(store, night, before)
            files = kept.files if kept else ()
            found |= {file.path for file in files if (_named(file.table), file.cls) == (_named(table), cls)}
    return sorted(found)


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
        return _folder(self.store, self.night, zone) / f".part-{self.number:04d}"

    def final(self, zone: Zone) -> Path:
        return _folder(self.store, self.night, zone) / self.name

    @property
    def name(self) -> str:
        """Name of its folders."""
        return f"{self.number:04d}-{self.token}" if self.in_place else f"{self.number:04d}"

    def path(self, zone: Zone, name: str) -> str:
        return (self.final(zone) / name).relative_to(self.store.root).as_posix()


def _as_before(draft: _Draft, file: PublishedFile) -> PublishedFile:
    """Take a file of the revision before over as it is, into the zone where its table lies now."""
    spec = BY_NAME.get(_named(file.table))
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
            _link(store, new)
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
        if item.spec.zone not in _NIGHT_ZONES:
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
    for zone in _NIGHT_ZONES:
        for path in _folder(store, night, zone).glob("*"):
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


def mend_links(store: Store) -> int:
    """Set every `current/night=D` link to what CURRENT.json says; run at the start of every command.

    Returns:
        Number of links that were wrong, missing or left over; object storage has none.

    Raises:
        StoreError: a CURRENT.json is damaged, or a link cannot be set.
    """
    if isinstance(store.root, ObjectPath):
        return 0
    published = nights(store)
    mended = 0
    for night in published:
        now = current(store, night)
        if now is not None:
            mended += _link(store, now)
    names = {f"night={night.isoformat()}" for night in published}
    for zone in _NIGHT_ZONES:
        for link in (store.root / zone / "current").glob("night=*"):
            if link.is_symlink() and link.name not in names:
                link.unlink()
                mended += 1
    return mended


def _link(store: Store, now: Current) -> int:
    zones = {file.zone for file in now.files}
    changed = 0
    for zone in _NIGHT_ZONES:
        name = f"night={now.night.isoformat()}"
        link = store.root / zone / "current" / name
        target = Path("..") / "revisions" / name / f"{now.revision:04d}"
        if zone not in zones:
            if link.is_symlink():
                link.unlink()
                changed += 1
            continue
        if link.is_symlink() and link.readlink() == target:
            continue
        with disk_faults(link, effect="the night is published; only this link still shows what was before"):
            make_folder(link.parent)
            fresh = _folder(store, now.night, zone) / ".link"  # where no glob of a reader looks
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(target)
            fresh.replace(link)
            sync_folder(link.parent)
        changed += 1
    return changed


def read_current(store: Store, night: date, spec: TableSpec, *, verify: bool = True) -> pa.Table:
    """Read a table of a night as published.

    Args:
        store: the store.
        night: the night.
        spec: the table.
        verify: compare each file's hash with CURRENT.json first (2 GB/s: 3 ms for 750,000 documents).

    Returns:
        The table, all retention classes together, sorted by its key; without rows if the night does not
        hold it.

    Raises:
        StoreError: a file is missing or damaged.
    """
    for attempt in range(_TRIES):
        now = current(store, night)
        files = now.of(spec) if now else ()
        try:
            return _read(store, spec, files, verify=verify)
        except StoreError:
            # A purge takes files away after it has published; then CURRENT.json has moved on.
            if attempt == _TRIES - 1 or current(store, night) == now:
                raise
    raise AssertionError("the loop returns or raises")


def read_columns(store: Store, night: date, spec: TableSpec, columns: Sequence[str]) -> pa.Table:
    """Read some columns of a table of a night, hashes unchecked: a tenth of the time of all of them.

    Raises:
        StoreError: a file is missing or damaged.
    """
    now = current(store, night)
    tables = [spec.empty().select(columns)]
    for file in now.of(spec) if now else ():
        check_declared(file.zone, store.root)
        tables.append(read_table(store.root / file.path, columns=columns))
    return pa.concat_tables(tables, promote_options="permissive").combine_chunks()


def read_revision(store: Store, kept: Current, spec: TableSpec, *, verify: bool = True) -> pa.Table:
    """Read a table of an earlier revision: what of it is not yet gone at the end of its term.

    Of a file of which rows are gone, the one that took its place.

    Args:
        store: the store.
        kept: the revision (`revision`).
        spec: the table.
        verify: compare each file's hash first.

    Raises:
        StoreError: a file is damaged, or missing without a rule.
    """
    held = []
    for file in kept.of(spec):
        if (store.root / file.path).exists():
            held.append(file)
        elif not is_withdrawn(store, kept.night, file, kept.revision):
            held.append(successor(store, kept.night, file, kept.revision) or file)
    return _read(store, spec, held, verify=verify)


def _read(store: Store, spec: TableSpec, files: Sequence[PublishedFile], *, verify: bool) -> pa.Table:
    tables = []
    for file in files:
        check_declared(file.zone, store.root)
        path = store.root / file.path
        table = read_table(path, spec, data=_verified(path, file) if verify else None)
        if table.num_rows != file.rows:
            raise _damaged(path, file, f"it holds {table.num_rows} rows, CURRENT.json says {file.rows}")
        tables.append(table)
    if not tables:
        return spec.empty()
    return tables[0] if len(tables) == 1 else spec.conform(pa.concat_tables(tables))


def verify_night(store: Store, night: date) -> list[str]:
    """Compare every published file of a night with CURRENT.json.

    Returns:
        Paths, relative to the store, of files that are missing or damaged.
    """
    now = current(store, night)
    wrong = []
    for file in now.files if now else ():
        path = store.root / file.path
        if not path.is_file() or sha256_file(path) != file.sha256:
            wrong.append(file.path)
    return wrong


def _verified(path: Path, file: PublishedFile) -> bytes | None:
    """Compare the hash of a file; give its bytes where they came from far and need not come again."""
    with disk_faults(path, effect="nothing was read"):
        data = path.read_bytes() if isinstance(path, ObjectPath) else None
        found = sha256_file(path) if data is None else hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        raise _damaged(path, file, "its hash is not the one in CURRENT.json")
    return data


def _damaged(path: Path, file: PublishedFile, how: str) -> StoreError:
    night = next(part for part in path.parts if part.startswith("night=")).removeprefix("night=")
    again = f"screen the night again: `screening run --night {night} --again`; or restore it from the backup"
    again += ", the only way where archives came in" if file.table == "quarantine" else ""
    return StoreError(
        f"a published file was changed or damaged: {how}",
        where=str(path),
        effect="nothing was read",
        remedy="restore it from the backup" if file.table in NEEDED_AGAIN else again,
    )


def _folder(store: Store, night: date, zone: Zone) -> Path:
    return store.root / zone / "revisions" / f"night={night.isoformat()}"


__all__ = [
    "Current",
    "FileKey",
    "NightFiles",
    "Publication",
    "PublishedFile",
    "current",
    "mend_links",
    "nights",
    "older_differ",
    "publish",
    "read_columns",
    "read_current",
    "read_revision",
    "revision",
    "rewrite",
    "superseded",
    "verify_night",
    "withdraw",
]
