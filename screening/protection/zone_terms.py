"""Terms of what lies beside the nights: list versions, decisions, acts, frozen sets, names, proofs.

Each has the term of its class, counted from when it went out of use, and nothing goes that is in use: a list
version that is active or that a night with travellers or hits has pinned, a decision on a hit that is there
or whose clearance silences, a frozen set of a night that still holds anybody.

| what | class | clock |
|---|---|---|
| `alerts/<list>/version=…` | list, or its `keep_hours` | out of use; imported, where it never was in use |
| the same, where its list has `copy_hours` | list | in use or not: imported, or fetched again as it is |
| `alerts/_exchange/in`, `out`, `asked`, `answered` | list | last written |
| `alerts/_exchange/arriving` (left by a kill) | unread | last written |
| `alerts/_index/` | list | two days after it was last opened; with the first of its list versions |
| `alerts/<list>/proposals/` | list | decided; what waits stays |
| dispositions, clearances | hit, by outcome | decided; after the clearance, and what it supersedes |
| proposals, notes and other acts on hits | hit | the act; not before decisions on the hit |
| `individual/acts/quarantine_acts/` | record | the act |
| `individual/acts/holds/` | record | released, or its last day |
| `analyst/acts/unmasking/` | audit | the request |
| `nights/D/runs/` but the last set, `notices.json` | record | the night's end; not while it holds anybody |
| `landing/inputs/<id>.json` | record | the night's end; not while its bytes are there |
| `landing/seen/<inbox>.json` (names of files), `landing/fetched/<place>.json` | record | last written |
| `audit/purges/`, `audit/rewritings/`, `audit/aside-*` | audit | end of the year in which they were written |
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from screening.hits.dispositions import about
from screening.profile.model import ListPolicy, Retention
from screening.store import acts, kept_indexes
from screening.store.current_json import current, nights
from screening.store.files import disk_faults, read_json
from screening.store.landing import landed, settled
from screening.store.object_path import ObjectPath
from screening.store.parquet import read_table
from screening.store.published import read_current
from screening.store.traffic_models import folder as counts_folder
from screening.store.zones import Store, beside
from screening.tables import analyst, hit_acts, individual
from screening.tables.codes import Decision, RetentionClass, TermKind, TermOutcome, Zone
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import DispositionRow, HitRow

FETCHED_FILE = "fetched.json"
"""Says when a version was fetched again as it is."""
_REDUCED = "reduced.json"
Ends = Callable[[date], datetime]
Ending = tuple[Path, RetentionClass, datetime]
"""A file, its class, and when its term ends."""

_OUTCOME = {
    Decision.TRUE_MATCH: TermOutcome.CONFIRMED,
    Decision.FALSE_MATCH: TermOutcome.NONE,
    Decision.INCONCLUSIVE: TermOutcome.HIT,
}
_OF_NOBODY = {RetentionClass.RECORD, RetentionClass.AGGREGATE}


def endings(
    store: Store,
    terms: Retention,
    *,
    ends: Ends,
    received: Mapping[str, date],
    pinned: Collection[tuple[str, str]],
    lists: Collection[ListPolicy] = (),
) -> Iterator[Ending]:
    """Give every file beside the nights' tables that may go at some time, with the moment.

    Args:
        store: the store.
        terms: the profile's terms.
        ends: end of a night in UTC.
        received: night that received each input first.
        pinned: pairs of list and version that nights still need.
        lists: what the profile says of each list.

    Raises:
        StoreError: an act, hits or a list's state cannot be read.
    """
    record, audit = timedelta(hours=terms.record), timedelta(hours=terms.audit)
    policies = _by_id(lists)
    for path, ending in list_endings(store, terms, pinned, policies):
        yield path, RetentionClass.LIST, ending
    if not isinstance(store.root, ObjectPath):  # else they are none of its files: `clear_machine`
        yield from _indexes(store, terms, pinned, policies)
    yield from _exchanges(store, terms)
    for path, decided in _proposals(store):
        yield path, RetentionClass.LIST, decided + timedelta(hours=terms.list)
    yield from _decisions(store, terms)
    for path in _files(store, Zone.INDIVIDUAL, "acts/quarantine_acts/*.parquet"):
        at = read_table(path, individual.QUARANTINE_ACTS)["at_utc"][0].as_py()
        yield path, RetentionClass.RECORD, at + record
    for path, over in _holds(store):
        yield path, RetentionClass.RECORD, over + record
    for path in _files(store, Zone.ANALYST, "acts/unmasking/*.json"):
        yield path, RetentionClass.AUDIT, _stated(path, "at") + audit
    for path, night in _runs(store):
        yield path, RetentionClass.RECORD, ends(night) + record
    for path in (*_files(store, Zone.LANDING, "seen/*.json"), *_files(store, Zone.LANDING, "fetched/*.json")):
        # what lies in the inbox is written down again when it is received next
        yield path, RetentionClass.RECORD, _written(path) + record
    for input_id in settled(store):
        kept = landed(store, input_id)
        if kept and not any((store.root / item.path).exists() for item in kept.contents):
            path = store.root / Zone.LANDING / "inputs" / f"{input_id}.json"
            first = received.get(input_id)
            yield path, RetentionClass.RECORD, (ends(first) if first else _written(path)) + record
    for pattern in ("purges/*.json", "rewritings/*.json", "aside-*.bin"):
        for path in _files(store, Zone.AUDIT, pattern):
            after = datetime.combine(date(_written(path).year + 1, 1, 1), time(), UTC)
            yield path, RetentionClass.AUDIT, after + audit


def _exchanges(store: Store, terms: Retention) -> Iterator[Ending]:
    kept = {
        "arriving/*": RetentionClass.UNREAD,
        "*/*/*.json": RetentionClass.LIST,
        "answered/*": RetentionClass.LIST,
    }
    hours = {RetentionClass.UNREAD: terms.unread, RetentionClass.LIST: terms.list}
    for pattern, kind in kept.items():
        for path in _files(store, Zone.ALERTS, f"_exchange/{pattern}"):
            yield path, kind, _written(path) + timedelta(hours=hours[kind])


def _indexes(
    store: Store, terms: Retention, pinned: Collection[tuple[str, str]], policies: Mapping[str, ListPolicy]
) -> Iterator[Ending]:
    """Give kept indexes; one of versions or counts that are gone or reduced ended when it was written."""
    with_list = {path.parent: ending for path, ending in list_endings(store, terms, pinned, policies)}
    for path, made_of in kept_indexes.kept(store):
        lists, counts = made_of.get("lists", {"": ""}), made_of.get("traffic")
        folders = [store.root / Zone.ALERTS / of / f"version={version}" for of, version in lists.items()]
        folders += [counts_folder(store) / f"version={counts}"] if counts else []
        ends = [_written(path) + kept_indexes.UNUSED]
        ends += [with_list[folder] for folder in folders if folder in with_list]
        if any(not folder.exists() or (folder / _REDUCED).exists() for folder in folders):
            ends.append(_written(path))
        yield path, RetentionClass.LIST, min(ends)


def clear_machine(
    store: Store,
    terms: Retention,
    *,
    pinned: Collection[tuple[str, str]],
    lists: Collection[ListPolicy],
    now: datetime,
) -> None:
    """Remove what has ended of a store on object storage from this machine's disk.

    They are copies, so no proof is kept.

    Args:
        store: the store; of one in a folder they are files like all others (`endings`).
        terms: the profile's terms.
        pinned: pairs of list and version that nights still need.
        lists: what the profile says of each list.
        now: the moment.
    """
    ended = [path for path, _, ending in _indexes(store, terms, pinned, _by_id(lists)) if ending <= now]
    left = (beside(store, Zone.ALERTS) / "_exchange" / "arriving").glob("*")
    ended += [path for path in left if _written(path) + timedelta(hours=terms.unread) <= now]
    for path in ended:
        with disk_faults(path, effect="a copy of what has ended is still on this machine"):
            path.unlink(missing_ok=True)


def _by_id(lists: Collection[ListPolicy]) -> dict[str, ListPolicy]:
    return {one.id: one for one in lists}


def list_endings(
    store: Store, terms: Retention, pinned: Collection[tuple[str, str]], lists: Mapping[str, ListPolicy]
) -> Iterator[tuple[Path, datetime]]:
    """Give each file of list versions that may go at some time, and when.

    A copy that may be kept for a time only goes in use or not; once it is reduced to the alerts of hits
    (`list_keeping.copies`), it stays as long as a night has it pinned.
    """
    for folder in sorted((store.root / Zone.ALERTS).glob("*")):
        if not folder.is_dir():
            continue
        active, left = _use(folder / "ACTIVE.json")
        policy = lists.get(folder.name)
        keep = timedelta(hours=(policy.keep_hours if policy else None) or terms.list)
        copy = policy.copy_hours if policy else None
        for place in sorted(folder.glob("version=*")):
            version = place.name.removeprefix("version=")
            is_pinned, reduced = (folder.name, version) in pinned, (place / _REDUCED).exists()
            ends = [] if copy is None or (reduced and is_pinned) else [copy_ends(place, copy)]
            if version != active and not is_pinned:
                ends.append((left.get(version) or _imported(place)) + keep)
            for path in sorted(each for each in place.iterdir() if each.is_file()) if ends else ():
                yield path, min(ends)


def copy_ends(place: Path, hours: int) -> datetime:
    """Return when a copy of a list has to be gone.

    Args:
        place: folder of the version.
        hours: how long a copy may be kept from its import, or from when it was fetched again as it is.
    """
    again = place / FETCHED_FILE
    return (_stated(again, "at") if again.exists() else _imported(place)) + timedelta(hours=hours)


def _imported(place: Path) -> datetime:
    meta = place / "version.json"
    return _stated(meta, "imported_at") if meta.exists() else _written(place)


def _proposals(store: Store) -> Iterator[tuple[Path, datetime]]:
    """Give the files of each proposal on which somebody has decided, and when."""
    for path in _files(store, Zone.ALERTS, "*/proposals/*.decided.json"):
        written = path.with_name(path.name.removesuffix(".decided.json") + ".json")
        yield written, _stated(path, "at")
        yield path, _stated(path, "at")


def _use(state: Path) -> tuple[str | None, dict[str, datetime]]:
    """Return the version in use, and when each earlier one was put out of it."""
    document = read_json(state) if state.exists() else {}
    stated: dict[str, Any] = document if isinstance(document, dict) else {}
    left, before = dict[str, datetime](), None
    for entry in stated.get("history", ()):
        if before is not None:
            left[before] = datetime.fromisoformat(str(entry["at"]))
        before = str(entry["version"])
    version = stated.get("version")
    return (None if version is None else str(version)), left


def _decisions(store: Store, terms: Retention) -> Iterator[Ending]:
    """Decisions on hits that are gone; one stays while what it supersedes does: that would stand again."""
    rows = {row["disposition_id"]: row for row in rows_of(acts.dispositions(store), DispositionRow)}
    others = [(spec, row) for spec in hit_acts.TABLES for row in acts.acts_on_hits(store, spec).to_pylist()]
    if not rows and not others:
        return
    cleared = {
        row["disposition_id"]: (row["clearance_id"], row["until"])
        for row in acts.clearances_there(store).to_pylist()
    }
    there = {
        each
        for night in nights(store)
        for hit in rows_of(read_current(store, night, analyst.HITS), HitRow)
        for each in about(hit)
    }
    due: dict[str, datetime | None] = {}
    for row in sorted(rows.values(), key=lambda one: (one["decided_at"], one["disposition_id"])):
        hours = terms.of(TermKind.HIT, _OUTCOME[Decision(row["decision"])]).hours
        over = [row["decided_at"] + timedelta(hours=hours)]
        if row["disposition_id"] in cleared:
            until = cleared[row["disposition_id"]][1] + timedelta(days=1)
            over.append(datetime.combine(until, time(), UTC))
        earlier = due.get(row["supersedes"], over[0]) if row["supersedes"] else over[0]
        stays = earlier is None or not there.isdisjoint(about(row))
        due[row["disposition_id"]] = None if stays or earlier is None else max(*over, earlier)
    for name, moment in due.items():
        if moment is not None:
            folder = store.root / Zone.ANALYST / "acts"
            yield folder / "dispositions" / f"{name}.parquet", RetentionClass.HIT, moment
            if name in cleared:
                yield folder / "clearances" / f"{cleared[name][0]}.parquet", RetentionClass.HIT, moment
    yield from _on_hits(store, terms, others, {one for one, _ in there}, rows, due)


def _on_hits(
    store: Store,
    terms: Retention,
    others: Collection[tuple[TableSpec, Mapping[str, Any]]],
    there: Collection[str],
    decided: Mapping[str, DispositionRow],
    due: Mapping[str, datetime | None],
) -> Iterator[Ending]:
    """Further acts on hits that are gone; one stays while a decision on its hit does."""
    term = timedelta(hours=terms.of(TermKind.HIT, TermOutcome.HIT).hours)
    of_hit: dict[str, list[datetime | None]] = {}
    for name, row in decided.items():
        of_hit.setdefault(row["hit_id"], []).append(due[name])
    for spec, act in others:
        ends = [act["at_utc"] + term, *of_hit.get(act["hit_id"], ())]
        over = [one for one in ends if one is not None]
        if act["hit_id"] not in there and len(over) == len(ends):
            path = store.root / Zone.ANALYST / "acts" / spec.name / f"{act['act_id']}.parquet"
            yield path, RetentionClass.HIT, max(over)


def _holds(store: Store) -> Iterator[tuple[Path, datetime]]:
    for path in _files(store, Zone.INDIVIDUAL, "acts/holds/*.json"):
        document = read_json(path)
        if isinstance(document, dict) and document.get("released_at"):
            yield path, datetime.fromisoformat(str(document["released_at"]))
        elif isinstance(document, dict) and document.get("until"):
            last = date.fromisoformat(str(document["until"])) + timedelta(days=1)
            yield path, datetime.combine(last, time(), UTC)


def _runs(store: Store) -> Iterator[tuple[Path, date]]:
    """Frozen sets and gate results of nights that hold nobody any more, and what was told of them.

    The last set stays: it names nobody, and a file that comes late takes its pins.
    """
    for night in nights(store):
        now = current(store, night)
        if now is not None and all(
            file.cls in _OF_NOBODY or file.table == "quarantine" for file in now.files
        ):
            folder = store.night_folder(night)
            last = max(folder.glob("runs/*/night.json"), default=None)
            for path in sorted((*folder.glob("runs/*/*.json"), *folder.glob("notices.json"))):
                if path != last:
                    yield path, night


def _files(store: Store, zone: Zone, pattern: str) -> list[Path]:
    return sorted(path for path in (store.root / zone).glob(pattern) if path.is_file())


def _stated(path: Path, key: str) -> datetime:
    document = read_json(path)
    with suppress(KeyError, TypeError, ValueError):
        return datetime.fromisoformat(document[key])  # type: ignore[index]  # checked by what is caught
    return _written(path)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
