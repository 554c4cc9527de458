"""What is published of a night: the content of CURRENT.json, read and never changed here.

`nights/D/CURRENT.json` names the revision in force; `nights/D/revisions/0003.json` keeps what each revision
consisted of, also when its files are superseded or gone by rule; `nights/D/withdrawn/0004.json` names the
tables and classes that revision 4 left out at the end of their term, from all revisions before it;
`nights/D/rewritten/0004.json` those of which revision 4 holds other rows, in place of those before it.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from screening.store.files import canonical_json, json_if_there, read_json
from screening.store.object_path import ObjectPath
from screening.store.zones import Store, inner_path
from screening.tables.codes import RetentionClass, Zone
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

CURRENT = "CURRENT.json"
NIGHT_ZONES = tuple(zone for zone in Zone if zone not in {Zone.WORK, Zone.AUDIT})
"""Zones that hold tables of nights."""
FileKey = tuple[str, RetentionClass]
"""Table and retention class: one file of a revision."""
_FIELDS = ("path", "sha256", "rows", "zone", "table", "class", "schema_version")


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of a revision, as CURRENT.json names it.

    Attributes:
        path: relative to the store.
        purposes: for which its rows may be processed (profile, law.purposes); none where no law is named,
            and on files of the zone aggregate, which hold nobody's data.
    """

    path: str
    sha256: str
    rows: int
    zone: Zone
    table: str
    cls: RetentionClass
    schema_version: str
    purposes: tuple[str, ...] = ()

    def row(self) -> dict[str, object]:
        """Return the object that stands in CURRENT.json."""
        values = (self.path, self.sha256, self.rows, self.zone, self.table, self.cls, self.schema_version)
        row: dict[str, object] = dict(zip(_FIELDS, values, strict=True))
        # only where there are some: the seal of what was published before is over the same bytes as then
        return row | ({"purposes": list(self.purposes)} if self.purposes else {})

    @property
    def name(self) -> str:
        """Name of the file without its folder."""
        return PurePosixPath(self.path).name

    def content(self) -> tuple[object, ...]:
        """Everything but the folder: equal contents are the same publication."""
        return (self.zone, self.name, self.sha256, self.rows, self.schema_version)


@dataclass(frozen=True)
class Current:
    """What is published of a night.

    Attributes:
        night: the night.
        revision: number, from 1.
        frozen: hash of everything that decided the content.
        files: sorted by path.
    """

    night: date
    revision: int
    frozen: str
    files: tuple[PublishedFile, ...]

    def document(self) -> dict[str, object]:
        """Return the content of CURRENT.json."""
        return {
            "night": self.night.isoformat(),
            "revision": self.revision,
            "frozen": self.frozen,
            "files": [file.row() for file in self.files],
        }

    @property
    def seal(self) -> str:
        """Return night, revision and hash of the content, as the record of acts states them."""
        digest = hashlib.sha256(canonical_json(self.document())).hexdigest()
        return f"published:{self.night.isoformat()}:{self.revision}:{digest}"

    def of(self, spec: TableSpec) -> tuple[PublishedFile, ...]:
        """Return the files of one table, one for each retention class."""
        return tuple(file for file in self.files if file.table in {spec.name, spec.former_name})


def current(store: Store, night: date) -> Current | None:
    """Return what is published of a night, None before its first publication.

    Raises:
        StoreError: CURRENT.json is damaged.
    """
    return _load(store.night_folder(night) / CURRENT, night)


def revision(store: Store, night: date, number: int) -> Current | None:
    """Return what an earlier revision consisted of; its files may be gone by rule.

    Raises:
        StoreError: its record is damaged.
    """
    kept = _load(record_path(store, night, number), night)
    if kept is None and isinstance(store.root, ObjectPath):  # there it is written after CURRENT.json
        now = current(store, night)
        return now if now is not None and now.revision == number else None
    return kept


def nights(store: Store) -> list[date]:
    """Return the published nights, oldest first."""
    found = []
    for path in store.nights_folder.glob(f"*/{CURRENT}"):
        with suppress(ValueError):  # a folder that somebody put beside the nights
            found.append(date.fromisoformat(path.parent.name))
    return sorted(found)


def declared_name(table: str) -> str:
    """Return the name under which a table is declared now."""
    return next((spec.name for spec in BY_NAME.values() if table in {spec.name, spec.former_name}), table)


def revisions_folder(store: Store, night: date, zone: Zone) -> Path:
    """Return the folder of a night's revisions in a zone."""
    return store.root / zone / "revisions" / f"night={night.isoformat()}"


def record_path(store: Store, night: date, number: int) -> Path:
    """Return the place of a revision's own record."""
    return store.night_folder(night) / "revisions" / f"{number:04d}.json"


def withdrawal_path(store: Store, night: date, number: int) -> Path:
    """Return the place of the list of what a revision left out by rule."""
    return store.night_folder(night) / "withdrawn" / f"{number:04d}.json"


def is_withdrawn(store: Store, night: date, file: PublishedFile, number: int) -> bool:
    """Say whether a file of revision `number` is gone at the end of its term.

    Raises:
        StoreError: a list of withdrawals is damaged.
    """
    for path in withdrawal_path(store, night, 1).parent.glob("*.json"):
        listed = read_json(path)
        if int(path.stem) > number and isinstance(listed, list) and [file.table, file.cls] in listed:
            return True
    return False


def rewriting_path(store: Store, night: date, number: int) -> Path:
    """Return the place of the list of tables and classes that a revision holds rewritten."""
    return store.night_folder(night) / "rewritten" / f"{number:04d}.json"


def successor(store: Store, night: date, file: PublishedFile, number: int) -> PublishedFile | None:
    """Return the file that took the place of one of revision `number`, as it is held now; None without one.

    Raises:
        StoreError: a list or a revision's record is damaged.
    """
    found = None
    for after, table, cls in sorted(replaced(store, night)):
        kept = (
            revision(store, night, after)
            if after > number and (table, cls) == (file.table, file.cls)
            else None
        )
        for newer in kept.files if kept else ():
            if (newer.table, newer.cls) == (table, cls):
                found = newer
    return found


def replaced(store: Store, night: date) -> list[tuple[int, str, RetentionClass]]:
    """Return number, table and class of everything that a published revision left out or rewrote, sorted.

    Files of such a table and class in all revisions before that number have to be gone.

    Raises:
        StoreError: a list is damaged.
    """
    now = current(store, night)
    found = []
    for place in (rewriting_path(store, night, 1).parent, withdrawal_path(store, night, 1).parent):
        for path in place.glob("*.json"):
            listed = read_json(path)
            if now is not None and int(path.stem) <= now.revision and isinstance(listed, list):
                found += [(int(path.stem), str(table), RetentionClass(cls)) for table, cls in listed]
    return sorted(found)


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
            found |= {
                file.path
                for file in files
                if (declared_name(file.table), file.cls) == (declared_name(table), cls)
            }
    return sorted(found)


def older_differ(store: Store, now: Current, key: FileKey) -> bool:
    """Say whether an earlier revision still holds other rows of a file than the one in force."""
    ours = next((file for file in now.files if (declared_name(file.table), file.cls) == key), None)
    # what was replaced before only waits to be removed
    last = [number for number, table, cls in replaced(store, now.night) if (declared_name(table), cls) == key]
    earlier = (revision(store, now.night, number) for number in range(max(last, default=1), now.revision))
    return any(
        (declared_name(file.table), file.cls) == key
        and (ours is None or file.sha256 != ours.sha256)
        and (store.root / file.path).exists()
        for kept in earlier
        for file in (kept.files if kept else ())
    )


def _load(path: Path, night: date) -> Current | None:
    records = path.parent if path.name != CURRENT else path.parent / "revisions"
    remedy = f"copy the highest-numbered file of {records} over it, or restore it from the backup"
    document = json_if_there(path, remedy=remedy)
    if document is None:
        return None
    try:
        return _parsed(document, night)
    except (KeyError, TypeError, ValueError):
        raise StoreError(
            "the file is damaged: it does not describe this night",
            where=str(path),
            effect="the night cannot be read or published",
            remedy=remedy,
        ) from None


def _parsed(document: object, night: date) -> Current:
    if not isinstance(document, dict) or document["night"] != night.isoformat():
        raise ValueError("another night")
    files = []
    for row in document["files"]:
        path = inner_path(row["path"]).as_posix()
        kinds = (Zone(row["zone"]), str(row["table"]), RetentionClass(row["class"]))
        files.append(
            PublishedFile(
                path,
                str(row["sha256"]),
                int(row["rows"]),
                *kinds,
                str(row["schema_version"]),
                tuple(map(str, row.get("purposes", ()))),
            )
        )
    return Current(night, int(document["revision"]), str(document["frozen"]), tuple(files))
