"""Which rows of the store are a person's: candidates, and what was settled with them as one traveller.

Every night as published is looked through, masked columns where their key is there. Who is who is decided by
`identity`; what is sure takes along what was settled with it, hits on it, and decisions on those.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.lookup import Asked, partings_of
from screening.casework.subject.aside import Aside, set_aside
from screening.casework.subject.identity import (
    SURE,
    Described,
    Identified,
    Strength,
    Wanted,
    described,
    identify_rows,
)
from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.identity.states import state_code
from screening.matching.evidence.document import SHORTEST
from screening.messages.aside_rights import Sought
from screening.night.settings import Settings
from screening.protection.keys import load_keys
from screening.protection.masked import key_is_there, masked_nights, read_masked
from screening.protection.retention import first_nights
from screening.store import acts
from screening.store.current_json import nights
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import analyst, hit_acts, individual
from screening.tables.declared import BY_NAME
from screening.tables.errors import UsageError
from screening.tables.model import TableSpec

_NAMED = {
    individual.STATEMENTS: "statement_id",
    individual.TRAVELLERS: "traveller_id",
    analyst.HITS: "hit_id",
}
_KINDS = {individual.STATEMENTS: "statement", individual.TRAVELLERS: "traveller", analyst.HITS: "hit"}
_DOCUMENTS = {
    individual.STATEMENTS: individual.STATEMENT_DOCUMENTS,
    individual.TRAVELLERS: individual.DOCUMENTS,
}
_SETTLED_TOGETHER = (
    "somebody was settled as one traveller with rows that may be another's: correct those first"
)


@dataclass(slots=True, repr=False)
class Subject:
    """A person in the store: ids of what is surely theirs, and where all of it lies.

    Attributes:
        statements: night that holds each statement, by its id.
        travellers, hits: nights that hold each, by id.
        person_keys: keys of theirs.
        dispositions, clearances: ids of decisions on their hits.
        on_hits: ids of further acts on their hits, by table.
        doubts: in words without names.
        clear: what is sure may be handed out, corrected, erased.
        words, numbers: of their names and documents; to search texts, never printed.
        aside: entries of the quarantine that hold them, surely or perhaps.
    """

    statements: dict[str, date] = field(default_factory=dict)
    travellers: dict[str, set[date]] = field(default_factory=dict)
    hits: dict[str, set[date]] = field(default_factory=dict)
    person_keys: set[str] = field(default_factory=set)
    dispositions: set[str] = field(default_factory=set)
    on_hits: dict[str, set[str]] = field(default_factory=dict)
    clearances: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)
    clear: bool = True
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    masked: set[str] = field(default_factory=set)
    aside: tuple[Aside, ...] = ()

    @property
    def nights(self) -> tuple[date, ...]:
        """Nights that hold something of them, oldest first."""
        held = {*self.statements.values()}.union(*self.travellers.values(), *self.hits.values())
        return tuple(sorted(held))

    @property
    def messages(self) -> dict[str, set[int]]:
        """Ordinals of theirs by message."""
        found: dict[str, set[int]] = {}
        for statement in self.statements:
            message, _, ordinal = statement.rpartition(":")
            found.setdefault(message, set()).add(int(ordinal))
        return found

    @property
    def found(self) -> bool:
        """Is anything surely theirs?"""
        rows = self.statements or self.travellers or self.hits
        return bool(rows) or any(one.theirs.sure for one in self.aside)


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A person as found.

    Attributes:
        wanted: who was asked for.
        subject: what is surely theirs.
        others: night, kind and strength of each row that is not.
    """

    wanted: Wanted
    subject: Subject
    others: tuple[tuple[date, str, Strength], ...]


def wanted(asked: Asked, today: date) -> Wanted:
    """Read what is asked.

    Args:
        asked: a document's number, or name and whole date of birth, or both.
        today: no birth lies later.

    Raises:
        UsageError: neither, or a value that cannot be read; no text repeats it.
    """
    number = normalise_number(asked.document or "")
    if not (asked.name and asked.born) and not number:
        raise _wrong("neither a document's number nor name and date of birth is given", "standard input")
    if number and len(number) < SHORTEST:
        raise _wrong(f"the number has fewer than {SHORTEST} letters and digits", "the document's number")
    state = state_code(asked.state) if asked.state else ""
    if state is None:
        raise _wrong("the State is not known", "the document's State")
    try:
        born = date.fromisoformat(asked.born.strip()) if asked.born and asked.born.strip() else None
    except ValueError:
        born = None
    if asked.born and (born is None or born > today):
        raise _wrong("the date of birth is no whole day in the past", "the date of birth")
    names = partings_of(asked.name) if asked.name else []
    one = described(("asked", ""), names, born, ())
    return Wanted(one.texts, one.words, born, (number, state) if number else None)


def find(settings: Settings, asked: Asked, *, now: datetime) -> Found:
    """Find the rows of a person; the caller records that somebody asked.

    Args:
        settings: store and profile.
        asked: who.
        now: the moment, UTC.

    Raises:
        UsageError: what is asked cannot be read.
        StoreError: a file is damaged.
    """
    today = now.astimezone(ZoneInfo(settings.profile.agency.time_zone)).date()
    person, store = wanted(asked, today), settings.store
    subject = Subject()
    candidates = list(_candidates(store, person, subject))
    identified = identify_rows(person, [one for _, one in candidates])
    subject.doubts += identified.doubts
    subject.clear = identified.clear
    sure = [(night, one) for night, one in candidates if identified.strength.get(one.key) in SURE]
    subject.words = person.words | {word for _, one in sure for word in one.words}
    held = {number for _, one in sure for number, _ in one.documents}
    subject.numbers = frozenset(held | ({person.document[0]} if person.document else set()))
    ways = {one.words for _, one in sure} | {person.words}
    births = {one.born for _, one in sure} | {person.born}
    subject.aside = set_aside(
        store,
        Sought(
            frozenset(way for way in ways if way),
            subject.numbers,
            frozenset(born for born in births if born),
        ),
    )
    _take(store, subject, sure, identified)
    _decided(store, subject)
    theirs = {*subject.statements, *subject.travellers, *subject.hits}
    others = [
        (night, one.key[0], identified.strength[one.key])
        for night, one in candidates
        if one.key in identified.strength and one.key[1] not in theirs
    ]
    return Found(person, subject, tuple(others))


def objects_of(settings: Settings, asked: Asked, subject: Subject) -> list[str]:
    """Return what the record holds of a search: pseudonyms of what was asked, ids of what was found."""
    keys = load_keys(settings.profile.agency.production, store_root=settings.store.root)
    said = []
    if asked.name:
        said.append(f"name|{' '.join(sorted(tokens(asked.name)))}|{(asked.born or '').strip()}")
    if asked.document:
        said.append(f"document|{normalise_number(asked.document)}@{state_code(asked.state) or ''}")
    ids = [f"traveller:{one}" for one in sorted(subject.travellers)]
    ids += [f"hit:{one}" for one in sorted(subject.hits)]
    return [*(keys.pseudonym("lookup", text) for text in said), *ids]


def open_tables(store: Store, night: date, spec: TableSpec, masked: Mapping[str, pa.Table]) -> pa.Table:
    """Return a table with its masked columns in their places, for comparing; never to be shown."""
    table = read_current(store, night, spec)
    hidden = masked.get(spec.name)
    if hidden is None or not hidden.num_rows:
        return table
    keys = [name for name in spec.key if name in hidden.column_names]
    values = {tuple(row[key] for key in keys): row for row in hidden.to_pylist()}
    rows = table.to_pylist()
    for row in rows:
        for name, value in values.get(tuple(row[key] for key in keys), {}).items():
            row[name] = row[name] if value is None else value
    return spec.table(rows)


def masked_of(store: Store, night: date) -> Mapping[str, pa.Table]:
    """Return a night's masked columns; none where nothing is masked or their key is gone."""
    return read_masked(store, night) if key_is_there(store, night) else {}


def _candidates(store: Store, person: Wanted, subject: Subject) -> Iterator[tuple[date, Described]]:
    unopened = {night for night in masked_nights(store) if not key_is_there(store, night)}
    for night in sorted(unopened):
        subject.doubts.append(f"masked columns of night {night} cannot be opened: their key is not there")
    for night in nights(store):
        hidden = masked_of(store, night)
        for spec in _NAMED:
            yield from ((night, one) for one in _alike(store, night, spec, person, hidden))
        for name, table in hidden.items():
            column = next(
                (key for key in ("statement_id", "traveller_id") if key in table.column_names), None
            )
            if column and name in BY_NAME:
                subject.masked |= set(table[column].to_pylist())


def _alike(
    store: Store, night: date, spec: TableSpec, person: Wanted, hidden: Mapping[str, pa.Table]
) -> Iterator[Described]:
    """Rows that may be the person's: they share a number, the date of birth, or a name as written."""
    table = open_tables(store, night, spec, hidden)
    column, carried = _NAMED[spec], _DOCUMENTS.get(spec)
    number = person.document[0] if person.document else ""
    if carried is None:
        documents = _of_hits(table)
    else:
        documents = open_tables(store, night, carried, hidden).select([column, "number", "issuing_state"])
    with_number = documents.filter(pc.equal(documents["number"], number))[column].combine_chunks()
    chosen = pc.is_in(table[column], with_number)
    if person.born is not None:
        chosen = pc.or_(chosen, pc.coalesce(pc.equal(table["date_of_birth"], person.born), pa.scalar(False)))
    if person.words:
        named = pc.coalesce(pc.utf8_upper(table["surname"]), pa.scalar(""))
        chosen = pc.or_(chosen, pc.is_in(named, pa.array(sorted(person.words), pa.string())))
    table = table.filter(chosen)
    numbers: dict[str, set[tuple[str, str | None]]] = {}
    ours = documents.filter(pc.is_in(documents[column], table[column].combine_chunks()))
    for row in ours.to_pylist():
        numbers.setdefault(row[column], set()).add((row["number"], row["issuing_state"]))
    seen: set[str] = set()
    for row in table.to_pylist():
        if row[column] not in seen:
            seen.add(row[column])
            names = [(row["surname"], row["given_names"])]
            for further in row.get("other_names") or ():
                surname, _, given = further.partition("/")
                names.append((surname, given))
            held = numbers.get(row[column], set())
            yield described((_KINDS[spec], row[column]), names, row["date_of_birth"], held)


def _of_hits(hits: pa.Table) -> pa.Table:
    """Return the documents of hits as rows: hit_id, number, issuing_state."""
    rows = [
        {"hit_id": one, "number": each["number"], "issuing_state": each["issuing_state"]}
        for one, held in zip(hits["hit_id"].to_pylist(), hits["documents"].to_pylist(), strict=True)
        for each in held or ()
    ]
    names = ("hit_id", "number", "issuing_state")
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})


def _take(
    store: Store, subject: Subject, sure: Iterable[tuple[date, Described]], identified: Identified
) -> None:
    """Take over what is sure, and what was settled with it as one traveller."""
    for night, one in sure:
        kind, name = one.key
        if kind == "statement":
            subject.statements[name] = night
        else:
            (subject.travellers if kind == "traveller" else subject.hits).setdefault(name, set()).add(night)
    grown, received = -1, first_nights(store)
    while grown != len(subject.statements) + len(subject.travellers):
        grown = len(subject.statements) + len(subject.travellers)
        for night in nights(store):
            _settled_with(store, night, subject, identified, received)
    for night in nights(store):
        hits = read_current(store, night, analyst.HITS).select(["hit_id", "traveller_id", "person_key"])
        for row in hits.to_pylist():
            if row["traveller_id"] in subject.travellers or row["hit_id"] in subject.hits:
                subject.hits.setdefault(row["hit_id"], set()).add(night)
                subject.person_keys.add(row["person_key"])


def _settled_with(
    store: Store, night: date, subject: Subject, identified: Identified, received: Mapping[str, date]
) -> None:
    table = read_current(store, night, individual.TRAVELLERS)
    lists_ = table["statement_ids"].combine_chunks()
    ours = pc.is_in(pc.list_flatten(lists_), pa.array(sorted(subject.statements), pa.string()))
    rows = set(pc.list_parent_indices(lists_).filter(ours).to_pylist())
    known = pc.is_in(table["traveller_id"], pa.array(sorted(subject.travellers), pa.string()))
    rows |= {row for row, stands in enumerate(known.to_pylist()) if stands}
    for row in (
        table.select(["traveller_id", "person_key", "statement_ids"])
        .take(pa.array(sorted(rows), pa.int64()))
        .to_pylist()
    ):
        others = [
            one
            for one in row["statement_ids"]
            if identified.strength.get(("statement", one)) is Strength.OTHER
        ]
        if others:
            subject.clear = False
            doubt = (
                "somebody was settled as one traveller with rows that may be another's: correct those first"
            )
            subject.doubts += [] if doubt in subject.doubts else [doubt]
            continue
        subject.travellers.setdefault(row["traveller_id"], set()).add(night)
        subject.person_keys.add(row["person_key"])
        for one in row["statement_ids"]:
            if one not in subject.statements and (night_of := _received(store, received, one)) is not None:
                subject.statements[one] = night_of


def _received(store: Store, received: Mapping[str, date], statement: str) -> date | None:
    """Return the night whose tables hold a statement: nearly always the one that received its input first."""
    first = received.get(statement.partition(":")[0])
    for night in dict.fromkeys([*([first] if first else []), *nights(store)]):
        held = read_current(store, night, individual.STATEMENTS)["statement_id"]
        if pc.any(pc.equal(held, statement)).as_py():
            return night
    return None


def _decided(store: Store, subject: Subject) -> None:
    for row in acts.dispositions(store).select(["disposition_id", "hit_id", "person_key"]).to_pylist():
        if row["hit_id"] in subject.hits or row["person_key"] in subject.person_keys:
            subject.dispositions.add(row["disposition_id"])
    for row in (
        acts.clearances_there(store).select(["clearance_id", "disposition_id", "person_key"]).to_pylist()
    ):
        if row["disposition_id"] in subject.dispositions or row["person_key"] in subject.person_keys:
            subject.clearances.add(row["clearance_id"])
    for spec in hit_acts.TABLES:
        for row in acts.acts_on_hits(store, spec).select(["act_id", "hit_id", "person_key"]).to_pylist():
            if row["hit_id"] in subject.hits or row["person_key"] in subject.person_keys:
                subject.on_hits.setdefault(spec.name, set()).add(row["act_id"])


def _wrong(what: str, where: str) -> UsageError:
    return UsageError(
        what,
        where=where,
        effect="nothing was looked for",
        remedy="four lines are read: name (SURNAME, GIVEN NAMES), date of birth (YYYY-MM-DD), document's "
        "number, its State (GB or GBR); an empty line is no value",
    )
