"""The index of hits: what the queue filters and orders by, in SQLite beside the tables that it is made from.

It holds a row a hit and night: ids, flight, times, severity, list, the traveller's name, how the hit stands.
It is brought up before every page: nights whose CURRENT.json is another one than was read, and acts whose
files were not there before. Rows of a night go with it (`store.review_rows`, at every new revision). When the
file is lost or damaged it is made again; nothing is decided by it.

Order of work: that of the report (`reports.work_order`). What of it changes with the clock is worked out
when the queue is asked: here stand the moment that a leg counts by, and severity and odds as they weigh when
no time is left.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.night_hits import CLOSED, state_of
from screening.hits.audience import audience
from screening.hits.decided import latest
from screening.hits.proposals import waiting
from screening.identity.airports import utc
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.list_keeping.versions import active_version
from screening.profile.model import Profile
from screening.reports.work_order import Direction, Timing, timing, weight
from screening.review.database import Database, place
from screening.review.desk import stamp
from screening.store import acts
from screening.store.current_json import CURRENT, current, nights
from screening.store.object_path import ObjectPath
from screening.store.objects import side_by_side
from screening.store.once import night_table
from screening.store.review_rows import INDEX
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.analyst import DISPOSITIONS
from screening.tables.codes import EvidenceKind
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, FlightRow, HitRow, ProposalRow

_SCHEMA = """
create table if not exists marks (what text primary key, mark text not null);
create table if not exists acts (kind text not null, name text not null, primary key (kind, name));
create table if not exists hits (
    night text not null,
    hit_id text not null,
    newest integer not null,           -- is it the latest night that has the hit?
    state text not null,               -- open, proposed, decided, closed
    stood text not null,               -- the act that made it so; empty where none did
    decision text,                     -- decided or proposed
    people text,                       -- by whom
    acted_at text,
    fixed integer not null,            -- severity and odds, in hundredths of a bit
    counts_at integer,                 -- landing, or departure of a leg out: seconds since 1970
    leaves integer not null,           -- is it a leg out?
    apart integer not null,            -- 1 near miss, 2 weak combination, else 0
    severity integer not null,
    list text not null,
    category text not null,
    alert_id text not null,
    person_key text not null,
    traveller_id text not null,
    flight_id text not null,
    departs text,
    lands text,
    direction text not null,
    surname text,
    given_names text,
    date_of_birth text,
    near_miss text,
    late integer not null,
    standing text,
    over integer not null,             -- centibits above the threshold
    evidence_hash text not null,
    few text,                          -- who may see it and whom to call, where not everybody may
    closed text,
    row text not null,                 -- what `state_of` asks of the hit
    primary key (night, hit_id)
) without rowid;
create index if not exists work on hits (newest, state);
create index if not exists by_hit on hits (hit_id);
create index if not exists by_person on hits (person_key);
"""
_SETTLED = 0.1  # seconds: a folder that changed less ago may change again within one tick of its clock
_ONE_AT_A_TIME = Lock()


def index_of(store: Store) -> Database:
    """Return the index of a store.

    Raises:
        StoreError: the analyst zone is open to others or cannot be made.
    """
    path = place(store, INDEX[-1])
    return Database(path, _SCHEMA, f"remove {path}*: it is made again")


def bring_up(index: Database, store: Store, profile: Profile, now: datetime) -> None:
    """Bring the index up to what nights and acts say now; cheap where nothing has changed.

    Raises:
        StoreError: a published table is damaged.
    """
    with _ONE_AT_A_TIME:
        wanted = _marks(store, profile, now)
        with index.reading() as db:
            held = _held(db)
        if {name: mark for name, mark in held.items() if name != "acts"} != wanted:
            _nights_anew(index, store, profile, now, wanted)
        folders = _folders(store)
        if held.get("acts") != folders or not folders:
            _acts_anew(index, store)
            if folders:
                with index.writing() as db:
                    db.execute("insert or replace into marks values ('acts', ?)", (folders,))


def _held(db: sqlite3.Connection) -> dict[str, str]:
    return {row["what"]: row["mark"] for row in db.execute("select what, mark from marks")}


def _marks(store: Store, profile: Profile, now: datetime) -> dict[str, str]:
    """Return what the rows of nights follow from: nights, lists in use, the day, who sees what."""
    published = nights(store)
    paths = [store.night_folder(night) / CURRENT for night in published]
    far = [path for path in paths if isinstance(path, ObjectPath)]
    states = side_by_side(_state, far) if far else map(_state, paths)
    found = {
        night.isoformat(): state for night, state in zip(published, states, strict=True) if state is not None
    }
    lists = {one: active_version(store, one) for one in _list_ids(store)}
    found["lists"] = json.dumps([sorted(lists.items()), now.date().isoformat()], default=str)
    found["seen"] = profile.visibility.model_dump_json() + profile.agency.country
    return found


def _state(path: Path) -> str | None:
    """Return what differs once another revision is in force; None where the night is gone."""
    with suppress(FileNotFoundError):
        state = path.stat()
        return f"{state.st_ino}:{state.st_mtime_ns}:{state.st_size}"
    return None


def _list_ids(store: Store) -> list[str]:
    return sorted(path.parent.name for path in (store.root / "alerts").glob("*/ACTIVE.json"))


def _folders(store: Store) -> str:
    """Return the moments at which folders of acts last changed; empty where one changed just now.

    Empty too on object storage, where a folder has no moment of its own: acts are listed each time.
    """
    if isinstance(store.root, ObjectPath):
        return ""
    marks = []
    for spec in (DISPOSITIONS, PROPOSALS):
        folder = store.root / "analyst" / "acts" / spec.name
        with suppress(FileNotFoundError):
            changed = folder.stat().st_mtime_ns
            if datetime.now(UTC).timestamp() - changed / 1e9 < _SETTLED:
                return ""
            marks.append(f"{spec.name}:{changed}")
    return " ".join(marks) or "none"


def _nights_anew(
    index: Database, store: Store, profile: Profile, now: datetime, wanted: Mapping[str, str]
) -> None:
    with index.reading() as db:
        held = _held(db)
    shared = all(held.get(name) == wanted[name] for name in ("lists", "seen"))
    labels = {name for name in wanted if name not in {"lists", "seen"}}
    changed = {name for name in labels if not shared or held.get(name) != wanted[name]}
    gone = {name for name in held if name not in {"lists", "seen", "acts"}} - labels
    made = {name: _rows_of_night(store, date.fromisoformat(name), profile, now) for name in sorted(changed)}
    with index.writing() as db:
        for name in changed | gone:
            db.execute("delete from hits where night = ?", (name,))
            db.execute("delete from marks where what = ?", (name,))
        for rows in made.values():
            if rows:
                columns = ", ".join(rows[0])
                marks = ", ".join(f":{one}" for one in rows[0])
                db.executemany(f"insert into hits ({columns}) values ({marks})", rows)  # noqa: S608  # our names
        db.execute(
            "update hits set newest = (not exists (select 1 from hits other "
            "where other.hit_id = hits.hit_id and other.night > hits.night))"
        )
        db.execute("delete from acts")  # how each hit stands is told anew
        db.execute("delete from marks where what = 'acts'")
        db.executemany("insert or replace into marks values (?, ?)", wanted.items())
    if changed:
        _acts_anew(index, store)


def _rows_of_night(store: Store, night: date, profile: Profile, now: datetime) -> list[dict[str, object]]:
    if current(store, night) is None:
        return []
    hits = rows_of(night_table(store, night, analyst.HITS), HitRow)
    flights = {
        row["flight_id"]: row for row in rows_of(night_table(store, night, individual.FLIGHTS), FlightRow)
    }
    alerts = alerts_of_hits(store, hits)
    best = {hit["hit_id"]: hit["alert_id"] for hit in hits}
    weak = _weak(night_table(store, night, analyst.EVIDENCE), best)
    found = []
    for hit in hits:
        flight = flights.get(hit["flight_id"])
        lands = utc(flight["arrival_local"], flight["destination_zone"]) if flight else None
        departs = utc(flight["departure_local"], flight["origin_zone"]) if flight else None
        when = timing(flight, profile.agency.country, None)
        closed = alerts.closed(hit, now.date())
        told = [one for row in alerts.rows(hit) if (one := audience(row, profile.visibility))]
        few = json.dumps([[list(one.actors), one.call] for one in told]) if told else None
        found.append(
            {
                "night": night.isoformat(),
                "hit_id": hit["hit_id"],
                "newest": 1,
                "state": CLOSED if closed else state_of(hit, None, None),
                "stood": "",
                "decision": hit["decision"],
                "people": None,
                "acted_at": None,
                "fixed": weight(hit, Timing(when.direction, when.at, -1)),
                "counts_at": int(when.at.timestamp()) if when.at else None,
                "leaves": int(when.direction is Direction.OUT),
                "apart": 0 if few else 1 if hit["near_miss"] else 2 * (hit["hit_id"] in weak),
                "departs": stamp(departs) if departs else None,
                "lands": stamp(lands) if lands else None,
                "direction": str(when.direction),
                "date_of_birth": str(hit["date_of_birth"] or "") or None,
                "late": int(hit["late"]),
                "over": hit["score"] - hit["threshold"],
                "few": few,
                "closed": closed,
                "row": json.dumps([hit["disposition_id"], hit["decision"]]),
                **{name: hit[name] for name in _AS_IS},  # type: ignore[literal-required]  # names of HitRow
            }
        )
    return found


_AS_IS = (
    "severity",
    "list",
    "category",
    "alert_id",
    "person_key",
    "traveller_id",
    "flight_id",
    "surname",
    "given_names",
    "near_miss",
    "standing",
    "evidence_hash",
)


def _weak(evidence: pa.Table, best: Mapping[str, str]) -> set[str]:
    """Return the hits that rest on a name, with neither birth date nor document (`hit.is_weak`)."""
    speaking = evidence.filter(pc.greater(evidence["weight"], 0)).select(["hit_id", "alert_id", "kind"])
    columns = (speaking[name].to_pylist() for name in ("hit_id", "alert_id", "kind"))
    kinds: dict[str, set[str]] = defaultdict(set)
    for hit_id, alert_id, kind in zip(*columns, strict=True):
        if best.get(hit_id) == alert_id:
            kinds[hit_id].add(kind)
    own = {EvidenceKind.DATE_OF_BIRTH, EvidenceKind.DOCUMENT}
    return {one for one, held in kinds.items() if EvidenceKind.NAME in held and held.isdisjoint(own)}


def _acts_anew(index: Database, store: Store) -> None:
    """Read acts that came or went, and write anew how their hits stand."""
    proposals = acts.acts_on_hits(store, PROPOSALS)
    tables = {DISPOSITIONS.name: acts.dispositions(store), PROPOSALS.name: proposals}
    ids = {DISPOSITIONS.name: "disposition_id", PROPOSALS.name: "act_id"}
    with index.reading() as db:
        held: dict[str, set[str]] = defaultdict(set)
        for row in db.execute("select kind, name from acts"):
            held[row["kind"]].add(row["name"])
    touched, came, everything = set[str](), list[tuple[str, str]](), False
    for kind, table in tables.items():
        named = table[ids[kind]].to_pylist()
        new = set(named) - held[kind]
        everything |= bool(held[kind] - set(named))  # acts that went: whose they were is not known any more
        touched |= {hit for hit, name in zip(table["hit_id"].to_pylist(), named, strict=True) if name in new}
        came += [(kind, name) for name in new]
    if not (touched or everything):
        return
    with index.writing() as db:
        if everything:
            db.execute("delete from acts")
            came = [(kind, name) for kind, table in tables.items() for name in table[ids[kind]].to_pylist()]
            touched = {row["hit_id"] for row in db.execute("select distinct hit_id from hits")}
        _states(db, tables, touched)
        db.executemany("insert or replace into acts values (?, ?)", came)


def _states(db: sqlite3.Connection, tables: Mapping[str, pa.Table], touched: Collection[str]) -> None:
    wanted = pa.array(sorted(touched), pa.string())

    def own(table: pa.Table) -> pa.Table:
        return table.filter(pc.is_in(table["hit_id"], wanted))

    decided = rows_of(own(tables[DISPOSITIONS.name]), DispositionRow)
    proposals = rows_of(own(tables[PROPOSALS.name]), ProposalRow)
    made = latest(decided)
    waits = waiting(proposals, decided)
    for hit_id in touched:
        for row in db.execute("select * from hits where hit_id = ?", (hit_id,)).fetchall():
            key = row["hit_id"], row["alert_id"], row["evidence_hash"]
            _stand(db, row, made.get(hit_id), waits.get(key))


def _stand(
    db: sqlite3.Connection, row: sqlite3.Row, made: DispositionRow | None, proposed: ProposalRow | None
) -> None:
    disposition_id, decision = json.loads(row["row"])
    hit: HitRow = {"disposition_id": disposition_id, "decision": decision}  # type: ignore[typeddict-item]  # all that is asked
    state = CLOSED if row["closed"] else state_of(hit, made, proposed)
    stood, people, at = "", None, None
    if proposed is not None:
        stood, decision, people, at = (
            proposed["act_id"],
            proposed["decision"],
            proposed["actor"],
            proposed["at_utc"],
        )
    elif made is not None:
        both = [name for name in (made["analyst"], made["second"]) if name]
        stood, decision, people, at = (
            made["disposition_id"],
            made["decision"],
            " and ".join(both),
            made["decided_at"],
        )
    db.execute(
        "update hits set state = ?, stood = ?, decision = ?, people = ?, acted_at = ? "
        "where night = ? and hit_id = ?",
        (state, stood, decision, people, stamp(at) if at else None, row["night"], row["hit_id"]),
    )
