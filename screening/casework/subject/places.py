"""Where everything lies that is held on one person, over all zones, and how many rows.

Looked through: tables of every night, masked columns where their key is there, what superseded revisions
still hold, bytes in landing by the statements read from them, bytes that were set aside (their text),
reports, decisions and clearances, versions of alert lists, corrections, acts on the ids. Counts of traffic
and published statistics hold no person and are not looked through; that is said.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.subject.identity import Strength, Wanted
from screening.casework.subject.person import Found, Subject, masked_of
from screening.identity.documents import normalise_number
from screening.identity.names import comparable, tokens
from screening.list_keeping import lists
from screening.list_keeping.proposals import proposals
from screening.protection import audit
from screening.store.current_json import current, nights, revision
from screening.store.landing import incoming, landed, missing
from screening.store.parquet import read_table
from screening.store.published import read_current
from screening.store.rights import rights_of
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Zone
from screening.tables.model import TableSpec

COLUMNS = ("zone", "night", "table", "rows", "strength", "where")
_SHORTEST_WORD = 3  # of a name that texts are searched for
NOT_PERSONAL = "holds no person: counts alone"


@dataclass(frozen=True, slots=True)
class Place:
    """Rows, bytes or pages that hold something of the person."""

    zone: str
    night: date | None
    table: str
    rows: int
    strength: str
    where: str

    def row(self) -> dict[str, object]:
        """Return it as a row of COLUMNS."""
        return {name: getattr(self, name) for name in COLUMNS}


_COUNTED: tuple[tuple[TableSpec, str, str], ...] = (
    (individual.STATEMENTS, "statement_id", "statements"),
    (individual.STATEMENT_DOCUMENTS, "statement_id", "statements"),
    (individual.TRAVELLERS, "traveller_id", "travellers"),
    (individual.DOCUMENTS, "traveller_id", "travellers"),
    (analyst.HITS, "hit_id", "hits"),
    (analyst.EVIDENCE, "hit_id", "hits"),
)


def places(found: Found, store: Store) -> list[Place]:
    """List where a person stands.

    Args:
        found: the person (`person.find`).
        store: the store.

    Raises:
        StoreError: a file is damaged.
    """
    return [*_tables(found, store), *_beside(found, store)]


def _tables(found: Found, store: Store) -> Iterator[Place]:
    subject = found.subject
    ids = {
        "statements": set(subject.statements),
        "travellers": set(subject.travellers),
        "hits": set(subject.hits),
    }
    sure = _sure(subject)
    for night in nights(store):
        for spec, column, kind in _COUNTED:
            for number, (rows, state) in _in_revisions(store, night, spec, column, ids[kind]).items():
                yield Place(str(spec.zone), night, spec.name, rows, sure, f"revision {number}, {state}")
        yield from _bookings(store, night, subject)
        for name, table in masked_of(store, night).items():
            for column, kind in (("statement_id", "statements"), ("traveller_id", "travellers")):
                rows = _rows(table, column, ids[kind]) if column in table.column_names else 0
                if rows:
                    yield Place("individual", night, name, rows, sure, "masked: shown by unmasking alone")
    for (night, kind, strength), rows in sorted(Counter(found.others).items()):
        zone = "analyst" if kind == "hit" else "individual"
        yield Place(zone, night, f"{kind}s", rows, str(strength), "not handed out")


def _rows(table: pa.Table, column: str, ids: Collection[str]) -> int:
    return int(pc.sum(pc.is_in(table[column], pa.array(sorted(ids), pa.string()))).as_py() or 0)


def _sure(subject: Subject) -> str:
    return "sure" if subject.clear else "not settled whose"


def _in_revisions(
    store: Store, night: date, spec: TableSpec, column: str, ids: Collection[str]
) -> dict[int, tuple[int, str]]:
    """Rows of some ids by revision: the one in force, and superseded ones whose files are another's."""
    now = current(store, night)
    if now is None or not ids:
        return {}
    seen: set[str] = set()
    found = {}
    for number in range(now.revision, 0, -1):
        kept = revision(store, night, number)
        rows = 0
        for file in kept.of(spec) if kept else ():
            path = store.root / file.path
            if file.sha256 in seen or not path.exists():
                continue
            seen.add(file.sha256)
            rows += _rows(read_table(path, spec), column, ids)
        if rows:
            found[number] = (rows, "in force" if number == now.revision else "superseded")
    return found


def _bookings(store: Store, night: date, subject: Subject) -> Iterator[Place]:
    locators = _locators(store, night, subject)
    rows = sum((row["message_id"], row["locator"]) in locators for row in booking_rows(store, night))
    if rows:
        yield Place("individual", night, "bookings", rows, _sure(subject), "perhaps of several people")


def booking_rows(store: Store, night: date) -> list[dict[str, Any]]:
    """Return BOOKINGS of a night."""
    found: list[dict[str, Any]] = read_current(store, night, individual.BOOKINGS).to_pylist()
    return found


def _locators(store: Store, night: date, subject: Subject) -> set[tuple[str, str]]:
    table = read_current(store, night, individual.STATEMENTS)
    ours = table.filter(pc.is_in(table["statement_id"], pa.array(sorted(subject.statements), pa.string())))
    columns = (ours[name].to_pylist() for name in ("message_id", "locator"))
    return {(message, locator) for message, locator in zip(*columns, strict=True) if locator}


def _beside(found: Found, store: Store) -> Iterator[Place]:
    """What lies outside the tables of nights."""
    subject, person = found.subject, found.wanted
    yield from _landing(store, subject)
    yield from _set_aside(subject)
    yield from _reports(store, subject)
    held = {"dispositions": subject.dispositions, "clearances": subject.clearances, **subject.on_hits}
    for name, ids in held.items():
        if ids:
            yield Place("analyst", None, name, len(ids), _sure(subject), f"analyst/acts/{name}/")
    yield from _listed(store, person)
    yield from _proposed(store, person)
    if subject.person_keys:
        yield Place("individual", None, "person_key", len(subject.person_keys), _sure(subject), "pseudonyms")
    named = {*subject.travellers, *subject.hits, *subject.dispositions}.union(*subject.on_hits.values())
    acts_on = sum(
        any(str(each).rpartition(":")[2] in named for each in record["objects"])
        for record in audit.records(store)
    )
    if acts_on:
        yield Place("audit", None, "acts", acts_on, "ids alone", "the record of acts; no names")
    left = unfinished(store)
    if left:
        yield Place("work", None, "unfinished runs", len(left), "not searched", "end the run first")
    yield Place("individual", None, "traffic model", 0, "none", NOT_PERSONAL)
    yield Place("aggregate", None, "published", 0, "none", NOT_PERSONAL)


def unfinished(store: Store) -> list[str]:
    """Return the runs that left tables or bytes of their own behind, as folders or inputs, sorted."""
    work = [path.name for path in (store.root / Zone.WORK).glob("*") if path.is_dir()]
    return sorted(work) + incoming(store)


def _landing(store: Store, subject: Subject) -> Iterator[Place]:
    by_input: dict[str, int] = {}
    for message, ordinals in subject.messages.items():
        input_id = message.partition(":")[0]
        by_input[input_id] = by_input.get(input_id, 0) + len(ordinals)
    for input_id, number in sorted(by_input.items()):
        kept = landed(store, input_id)
        if kept is not None and len(missing(store, input_id)) < len(kept.pieces):
            yield Place("landing", None, "bytes", number, _sure(subject), f"input {input_id[:16]}")
        rights = rights_of(store, input_id)
        if rights is not None:
            own = {
                (int(message.rpartition(":")[2]), ordinal)
                for message, ordinals in subject.messages.items()
                if message.startswith(input_id)
                for ordinal in ordinals
            }
            corrected = len(own & rights.corrected.keys())
            if corrected:
                yield Place(
                    "landing", None, "corrections", corrected, _sure(subject), f"input {input_id[:16]}"
                )


def _set_aside(subject: Subject) -> Iterator[Place]:
    """What was set aside: nothing was read of it, so its text was searched."""
    for one in subject.aside:
        strength = _sure(subject) if one.theirs.sure else str(Strength.LIKE)
        where = f"screening quarantine show {one.short} --bytes --show-names"
        yield Place("landing", one.night, "quarantine", 1, strength, where)


def _reports(store: Store, subject: Subject) -> Iterator[Place]:
    for path in sorted((store.root / Zone.ANALYST / "reports").glob("night=*/*.html")):
        text = path.read_text(encoding="utf-8").upper()
        words = {escape(word) for word in subject.words if len(word) >= _SHORTEST_WORD}
        named = sum(word in text for word in words) > 1
        if named or any(number in text for number in subject.numbers):
            night = date.fromisoformat(path.parent.name.removeprefix("night="))
            where = path.relative_to(store.root).as_posix()
            yield Place("analyst", night, "report", 1, "text", where)


def _listed(store: Store, person: Wanted) -> Iterator[Place]:
    """Entries of alert lists with this number, or this name and date of birth; for the agency alone."""
    wanted_names = {comparable("".join(sorted(person.words)))} if person.words else set()
    for list_id in sorted(lists.known_lists(store)):
        active = lists.active_version(store, list_id)
        for version in lists.versions(store, list_id):
            opened = lists.open_version(store, list_id, version.version)
            found = set()
            for row in opened.documents.select(["alert_id", "number"]).to_pylist() if person.document else ():
                if person.document and normalise_number(row["number"]) == person.document[0]:
                    found.add(row["alert_id"])
            born = {
                row["alert_id"]
                for row in opened.dates.select(["alert_id", "value"]).to_pylist()
                if person.born and row["value"] == person.born.isoformat()
            }
            if born:
                for row in opened.names.select(["alert_id", "full"]).to_pylist():
                    alike = comparable("".join(sorted(tokens(row["full"])))) in wanted_names
                    if row["alert_id"] in born and alike:
                        found.add(row["alert_id"])
            if found:
                state = "in use" if version.version == active else "not in use"
                where = f"{list_id}={version.version}, {state}; for the agency alone, never handed out"
                yield Place("alerts", None, "alerts", len(found), "number, or name and date of birth", where)


def _proposed(store: Store, person: Wanted) -> Iterator[Place]:
    """Proposals on own alerts with this number, or this name and date of birth; for the agency alone."""
    wanted_names = {comparable("".join(sorted(person.words)))} if person.words else set()
    for one in proposals(store):
        numbers = {normalise_number(each["number"]) for each in one.alert.get("documents", ())}
        born = {each.get("value") for each in one.alert.get("dates_of_birth", ())}
        names = {comparable("".join(sorted(tokens(each["full"])))) for each in one.alert.get("names", ())}
        by_number = person.document is not None and person.document[0] in numbers
        by_name = person.born is not None and person.born.isoformat() in born
        if by_number or (by_name and not names.isdisjoint(wanted_names)):
            where = (
                f"{one.list}, proposal {one.proposal_id}, {one.state}; for the agency alone, never handed out"
            )
            yield Place("alerts", None, "proposals", 1, "number, or name and date of birth", where)
