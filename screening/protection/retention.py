"""What has come to the end of its term, and how it goes: by whole files, with a proof.

Terms are hours from the end of the night that received the data (profile, `[retention]`), for each retention
class. Some things have the term of what they hold:

* Rows of a night's API, PNR and hits end by kind and outcome, and what was settled from them is settled
  anew from what remains (`night.row_terms`): here are whole files. Counts by leg are not counted anew; they
  go with the shorter of both terms, counted from the *oldest* input that they were settled from: a manifest
  of night D+1 that drew in an API message of night D holds data whose clock began in D. Where the profile
  keeps `settled` shorter than both, travellers and documents go then, whole.
* Bytes in landing hold everybody of a message. They go with the shortest outcome of their kind, and where
  columns are masked after a time, not later than these are.
* `unread` bytes may be API or PNR; nobody can tell. They go with the shortest term of all, and so does
  whatever a dead run left: working tables, bytes on their way, files that nothing names.
* Counts of earlier traffic (`model`) are kept while nights take them; their term begins when they are put out
  of use, or were proposed. It is never shorter than those of API, PNR and hits: a night that pinned them can
  be run again and explained as long as anything of it is there.
* The night's report shows hits, and names of who travels with them: it goes with every change of its night's
  rows, and is written again from what remains while there are hits.
* Rows of `quarantine` say what was set aside, where and why, and nothing of a person. They stay as the record
  does: a way back that is printed must lead somewhere also when the bytes are gone.

A purge writes down what it will do, publishes each night without the files, removes them from every revision
and from landing, looks that they are gone, records the act in the audit chain and keeps the list as proof. A
kill anywhere in between is taken up by the next purge. Superseded revisions are purged like the current one.

Backups are outside the software: the agency's backup must know the same terms.

Source: Regulation (EU) 2025/12 (48 hours from receipt); Directive (EU) 2016/681 art. 12.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from screening.profile import hours
from screening.profile.model import Agency, ListPolicy, Masking, Retention, Schedule
from screening.protection.audit import append
from screening.protection.zone_terms import endings
from screening.store.current_json import current, nights, revision
from screening.store.files import (
    canonical_json,
    date_file,
    disk_faults,
    is_locked,
    read_json,
    sha256_file,
    sync_folder,
    write_bytes,
)
from screening.store.landing import Content, incoming, landed, settled
from screening.store.once import forget_gathered
from screening.store.published import read_current
from screening.store.revisions import withdraw
from screening.store.rights import inputs_with_rights, rights_path
from screening.store.traffic_models import out_of_use
from screening.store.zones import Store, inner_path, open_zones
from screening.tables.analyst import HITS
from screening.tables.codes import Clock, RetentionClass, TermKind, TermOutcome, Zone
from screening.tables.errors import StoreError
from screening.tables.individual import DOCUMENTS, QUARANTINE, TRAVELLERS
from screening.tables.landing import INPUTS

_PURGES = "purges"
_UNMASKED = Masking()
_HASH_HEX = 64


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One file whose term has ended.

    Attributes:
        path: relative to the store.
        sha256: its bytes.
        cls: its retention class.
        due: when its term ended.
        night: night whose publication it belongs to; None for what is not published.
        table: table that it holds; None for what is not published.
    """

    path: str
    sha256: str
    cls: RetentionClass
    due: datetime
    night: date | None
    table: str | None

    def row(self) -> dict[str, object]:
        """Return the object that stands in the proof."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "class": self.cls,
            "due": self.due.astimezone(UTC).isoformat(timespec="seconds"),
            "night": None if self.night is None else self.night.isoformat(),
            "table": self.table,
        }


@dataclass(frozen=True)
class Proof:
    """What a purge did: every file with its hash, class and due time, all absent afterwards."""

    proof_id: str
    files: tuple[Due, ...]


def night_end(night: date, schedule: Schedule, agency: Agency) -> datetime:
    """Return the moment at which a night ends and its run begins, in UTC.

    >>> night_end(date(2026, 7, 1), Schedule(), Agency(time_zone="Europe/Berlin")).isoformat()
    '2026-07-01T23:00:00+00:00'
    """
    return hours.ends(night, schedule.start, agency.time_zone)


def term(terms: Retention, cls: RetentionClass) -> timedelta | None:
    """Return how long a class is kept after its clock began; None for work, which no clock ends.

    >>> term(Retention(api=48, pnr=4320, settled=9000), RetentionClass.SETTLED)
    datetime.timedelta(days=2)
    """
    api, pnr = shortest_hours(terms, TermKind.API), shortest_hours(terms, TermKind.PNR)
    shortest = min(api, pnr)
    stated = [one.hours for one in terms.terms]
    hours = {
        RetentionClass.API: api,
        RetentionClass.PNR: pnr,
        RetentionClass.SETTLED: min(terms.settled, shortest),
        RetentionClass.UNREAD: min(terms.unread, shortest),
        RetentionClass.HIT: terms.hit,
        RetentionClass.LIST: terms.list,
        RetentionClass.MODEL: max(terms.model, terms.api, terms.pnr, terms.hit, *stated),
        RetentionClass.AGGREGATE: terms.aggregate,
        RetentionClass.RECORD: terms.record,
        RetentionClass.AUDIT: terms.audit,
    }.get(cls)
    return None if hours is None else timedelta(hours=hours)


def shortest_hours(terms: Retention, kind: TermKind) -> int:
    """Return the shortest hours of a kind over all outcomes."""
    return min(terms.of(kind, outcome).hours for outcome in TermOutcome)


def due(
    store: Store,
    terms: Retention,
    *,
    ends: Callable[[date], datetime],
    now: datetime,
    pinned: Collection[tuple[str, str]] = (),
    masking: Masking = _UNMASKED,
    lists: Collection[ListPolicy] = (),
) -> tuple[Due, ...]:
    """List the files whose term has ended.

    Args:
        store: the store.
        terms: the profile's terms.
        ends: end of a night in UTC (`night_end` with the profile's schedule and agency).
        now: the moment to judge by; must know its zone.
        pinned: pairs of list and version that nights still need.
        masking: the profile's section; raw bytes go when the columns made from them are masked.
        lists: what the profile says of each list.

    Returns:
        Files of nights, in every revision, of landing, reports and dead runs, sorted by path.

    Raises:
        StoreError: a commit point, list or published file is damaged.
    """
    received = first_nights(store)
    found: dict[str, Due] = {}
    known: set[str] = set()
    whole: dict[date, datetime] = {}
    for night in nights(store):
        items = list(_published(store, night))
        by_oldest = any(item.cls is RetentionClass.SETTLED and not _by_rows(terms, item) for item in items)
        clocks = {RetentionClass.SETTLED: ends(_oldest(store, night, received))} if by_oldest else {}
        for item in items:
            known.add(item.path)
            if _by_rows(terms, item):
                continue
            kept_as = RetentionClass.RECORD if item.table == QUARANTINE.name else item.cls
            ended = _ended(terms, kept_as, clocks.get(kept_as, ends(night)), now)
            if ended is not None:
                found[item.path] = Due(item.path, item.sha256, item.cls, ended, night, item.table)
                if item.table == TRAVELLERS.name:
                    whole[night] = clocks[RetentionClass.SETTLED]
    for path, sha256, cls, ending in _landing(store, terms, masking, received, ends):
        if ending <= now:
            found[path] = Due(path, sha256, cls, ending, None, None)
    beside = (
        *_incoming(store, received, ends),
        *_reports(store, ends, whole),
        *_orphans(store, known),
        *_dead(store),
        *_models(store),
    )
    for path, sha256, cls, clock in beside:
        ended = _ended(terms, cls, clock, now)
        if ended is not None:
            found[path] = Due(path, sha256, cls, ended, None, None)
    for place, cls, ending in endings(store, terms, ends=ends, received=received, pinned=pinned, lists=lists):
        if ending <= now:
            path = place.relative_to(store.root).as_posix()
            found[path] = Due(path, sha256_file(place), cls, ending, None, None)
    return tuple(found[path] for path in sorted(found))


def purge(store: Store, items: Sequence[Due], *, actor: str, at: datetime | None = None) -> tuple[Proof, ...]:
    """Remove files whose term has ended and keep the proof; ends what a killed purge had begun.

    Args:
        store: the store.
        items: from `due`.
        actor: who (protection.actor.who).
        at: time of the record; now if not given.

    Returns:
        Proofs of this purge and of those taken up.

    Raises:
        StoreError: a file cannot be removed; start again, it goes on where it stood.
    """
    folder = open_zones(store, {Zone.AUDIT}).path(Zone.AUDIT, _PURGES)
    if items:
        data = canonical_json([item.row() for item in sorted(items, key=lambda item: item.path)])
        write_bytes(folder / f"{hashlib.sha256(data).hexdigest()}.begun", data)
    return tuple(_carry_out(store, path, actor, at) for path in sorted(folder.glob("*.begun")))


def proofs(store: Store) -> tuple[Proof, ...]:
    """Return the proofs of all purges, sorted by id; `trace` names hash, time and class from them."""
    folder = store.root / Zone.AUDIT / _PURGES
    return tuple(Proof(path.stem, _read(path)) for path in sorted(folder.glob("*.json")))


def first_nights(store: Store) -> Mapping[str, date]:
    """Return for each input the night that received it first: there its clock began."""
    first: dict[str, date] = {}
    for night in nights(store):
        for input_id in read_current(store, night, INPUTS)["input_id"].to_pylist():
            first.setdefault(input_id, night)
    return first


def _by_rows(terms: Retention, item: "_OnDisk") -> bool:
    """Say whether rows of a published file end one by one (`night.row_terms`), not the file."""
    if item.table == QUARANTINE.name:
        return False
    if item.table in {TRAVELLERS.name, DOCUMENTS.name}:
        return terms.settled >= min(terms.api, terms.pnr)
    return item.cls in {RetentionClass.API, RetentionClass.PNR, RetentionClass.HIT}


def _ended(terms: Retention, cls: RetentionClass, clock: datetime, now: datetime) -> datetime | None:
    length = term(terms, cls)
    return clock + length if length is not None and clock + length <= now else None


def _oldest(store: Store, night: date, received: Mapping[str, date]) -> date:
    """Return the night in which the clock of a night's settled tables began."""
    travellers = read_current(store, night, TRAVELLERS)
    lists = travellers["statement_ids"].combine_chunks().flatten().unique().to_pylist()
    inputs = {str(item)[:_HASH_HEX] for item in lists}
    return min((received[item] for item in inputs if item in received), default=night)


@dataclass(frozen=True, slots=True)
class _OnDisk:
    path: str
    sha256: str
    cls: RetentionClass
    table: str


def _published(store: Store, night: date) -> Iterable[_OnDisk]:
    now = current(store, night)
    for number in range(1, now.revision + 1 if now else 1):
        kept = revision(store, night, number)
        for file in kept.files if kept else ():
            if (store.root / file.path).exists():
                yield _OnDisk(file.path, file.sha256, file.cls, file.table)


def _landing(
    store: Store,
    terms: Retention,
    masking: Masking,
    received: Mapping[str, date],
    ends: Callable[[date], datetime],
) -> Iterable[tuple[str, str, RetentionClass, datetime]]:
    """Give the bytes that are kept by class, and when they go: they hold everybody of a message."""
    noted = set(inputs_with_rights(store))
    for input_id in settled(store):
        endings = {}
        for item in _contents(store, input_id):
            path, night = store.root / item.path, received.get(input_id)
            if path.exists() or (night and input_id in noted):
                # An input of a night that was never published has only the time at which it was written.
                load = ends(night) if night else datetime.fromtimestamp(path.stat().st_mtime, UTC)
                receipt = ends(night - timedelta(days=1)) if night else load
                endings[item.cls] = _bytes_end(terms, masking, item.cls, receipt, load)
            if path.exists():
                yield item.path, item.sha256, item.cls, endings[item.cls]
        if input_id in noted and endings:  # what is erased or corrected of it: with the last of its bytes
            path, last = rights_path(store, input_id), max(endings, key=lambda cls: endings[cls])
            yield path.relative_to(store.root).as_posix(), sha256_file(path), last, endings[last]


def _bytes_end(
    terms: Retention, masking: Masking, cls: RetentionClass, receipt: datetime, load: datetime
) -> datetime:
    """Return when raw bytes of a class go; a departure, which differs by leg, is never waited for."""
    kinds = [kind for kind in (TermKind.API, TermKind.PNR) if cls in {str(kind), RetentionClass.UNREAD}]
    stated = [terms.of(kind, outcome) for kind in kinds for outcome in TermOutcome]
    found = [(one.clock, one.hours) for one in stated]
    found += [(masking.clock, masking.after_hours)] if masking.after_hours is not None else []
    length = term(terms, cls)
    ended = [(receipt if clock is Clock.RECEIPT else load) + timedelta(hours=hours) for clock, hours in found]
    return min([*ended, *([load + length] if length is not None else [])])


def _incoming(
    store: Store, received: Mapping[str, date], ends: Callable[[date], datetime]
) -> Iterable[tuple[str, str, RetentionClass, datetime]]:
    for input_id in incoming(store):
        path = store.root / Zone.LANDING / "incoming" / input_id
        night = received.get(input_id)
        clock = ends(night) if night else datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield path.relative_to(store.root).as_posix(), input_id, RetentionClass.UNREAD, clock


def _orphans(store: Store, known: Set[str]) -> Iterable[tuple[str, str, RetentionClass, datetime]]:
    """Files that a dead run left and nothing names: whatever they hold, they have the shortest term."""
    named = {item.path for input_id in settled(store) for item in _contents(store, input_id)} | known
    content = store.root / Zone.LANDING / "content"
    for place in (content, *(store.root / zone / "revisions" for zone in Zone)):
        for path in sorted(place.rglob("*")):
            relative = path.relative_to(store.root).as_posix()
            if path.is_file() and not path.is_symlink() and relative not in named:
                written = path.stat().st_mtime
                if place != content:
                    # A revision being published just now links files of old ones: the link is as old as its
                    # folder, though the file is older.
                    written = max(written, path.parent.stat().st_mtime)
                clock = datetime.fromtimestamp(written, UTC)
                yield relative, sha256_file(path), RetentionClass.UNREAD, clock


def _reports(
    store: Store, ends: Callable[[date], datetime], clocks: Mapping[date, datetime]
) -> Iterable[tuple[str, str, RetentionClass, datetime]]:
    """Pages of nights without a hit, or whose travellers go now as a whole; files for statisticians."""
    for path in sorted((store.root / Zone.ANALYST / "reports").glob("night=*/*")):
        with suppress(ValueError):  # a folder that somebody put beside the reports
            night = date.fromisoformat(path.parent.name.removeprefix("night="))
            relative, now = path.relative_to(store.root).as_posix(), current(store, night)
            if night in clocks:
                yield relative, sha256_file(path), RetentionClass.SETTLED, clocks[night]
            elif now is None or not any(file.rows for file in now.of(HITS)):
                yield relative, sha256_file(path), RetentionClass.HIT, ends(night)
    for path in sorted((store.root / Zone.AGGREGATE / "reports").glob("*=*/*")):
        with suppress(ValueError):
            kind, _, label = path.parent.name.partition("=")
            last = date.fromisoformat(label) if kind == "day" else _last_day(label)
            relative = path.relative_to(store.root).as_posix()
            yield relative, sha256_file(path), RetentionClass.AGGREGATE, ends(last)


def _last_day(month: str) -> date:
    """Return the last day of a month.

    >>> _last_day("2026-12").isoformat(), _last_day("2028-02").isoformat()
    ('2026-12-31', '2028-02-29')
    """
    first = date.fromisoformat(f"{month}-01")
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _dead(store: Store) -> Iterable[tuple[str, str, RetentionClass, datetime]]:
    """What dead runs left: working tables, names of their inputs, bytes that did not reach their name.

    The clock of a run began when the run did, however often it was taken up.
    """
    for folder in sorted((store.root / Zone.WORK).glob("*")):
        if not folder.is_dir() or is_locked(folder / ".alive"):
            continue
        begun = folder / "run.json"
        clock = (begun if begun.exists() else folder).stat().st_mtime
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield _left(store, path, clock)
    for path in sorted((store.root / Zone.LANDING / "named").glob("*")):  # publication removes them
        yield _left(store, path, path.stat().st_mtime)
    named = set(incoming(store))
    for path in sorted((store.root / Zone.LANDING / "incoming").glob("*")):
        if path.name not in named and path.is_file() and not is_locked(path):
            yield _left(store, path, path.stat().st_mtime)


def _models(store: Store) -> Iterable[tuple[str, str, RetentionClass, datetime]]:
    """Counts of earlier traffic that no night takes any more; those in use have no end."""
    for path, since in out_of_use(store):
        yield path.relative_to(store.root).as_posix(), sha256_file(path), RetentionClass.MODEL, since


def _left(store: Store, path: Path, written: float) -> tuple[str, str, RetentionClass, datetime]:
    relative = path.relative_to(store.root).as_posix()
    return relative, sha256_file(path), RetentionClass.UNREAD, datetime.fromtimestamp(written, UTC)


def _contents(store: Store, input_id: str) -> tuple[Content, ...]:
    kept = landed(store, input_id)
    return kept.contents if kept else ()


def _carry_out(store: Store, begun: Path, actor: str, at: datetime | None) -> Proof:
    files, seals = _read(begun), list[str]()
    for night in sorted({item.night for item in files if item.night is not None}):
        gone = {(item.table, item.cls) for item in files if item.night == night and item.table is not None}
        now = withdraw(store, night, {(str(table), cls) for table, cls in gone})
        seals += [now.seal] if now else []
    for item in files:
        path = store.root / item.path
        with disk_faults(path, effect="the purge is not complete; the nights no longer show the files"):
            forget_gathered(path)
            path.unlink(missing_ok=True)
            if path.parent.exists():
                sync_folder(path.parent)
            if item.path.startswith(f"{Zone.WORK}/"):
                _remove_empty(path.parent, below=store.root / Zone.WORK)
    left = [item.path for item in files if (store.root / item.path).exists()]
    if left:
        raise StoreError(
            f"{len(left)} files are still there after they were removed",
            where=str(store.root / left[0]),
            effect="the purge is not complete",
            remedy="look whether something restores files in the store, then start the purge again",
        )
    # Killed between the record and the proof, the purge is recorded twice rather than never.
    append(store, actor, "retention.purge", [begun.stem, f"files:{len(files)}", *seals], "end of term", at)
    if at is not None:
        date_file(begun, at)  # the proof's own term begins with its act
    begun.replace(begun.with_suffix(".json"))
    sync_folder(begun.parent)
    return Proof(begun.stem, files)


def _remove_empty(folder: Path, *, below: Path) -> None:
    while folder != below and folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _read(path: Path) -> tuple[Due, ...]:
    document = read_json(path)
    try:
        return tuple(_parsed(row) for row in document) if isinstance(document, list) else ()
    except (KeyError, TypeError, ValueError):
        raise StoreError(
            "the list of a purge is damaged",
            where=str(path),
            effect="nothing was removed",
            remedy="move the file away and start the purge again: it lists anew what is due",
        ) from None


def _parsed(row: Mapping[str, str | None]) -> Due:
    night, table = row["night"], row["table"]
    return Due(
        inner_path(str(row["path"])).as_posix(),
        str(row["sha256"]),
        RetentionClass(str(row["class"])),
        datetime.fromisoformat(str(row["due"])),
        date.fromisoformat(night) if night else None,
        table,
    )
