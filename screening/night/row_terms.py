"""Terms of rows, carried out: which nights hold rows whose term has ended, and the rule that ends them.

What is asked: the profile (`retention.terms`), hits and decisions of all nights, legal holds. What each night
becomes is worked out by `protection.terms`, and what was settled from rows that go by `manifests.remaining`;
publishing, removal and proof are `protection.rewriting`'s.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests.identifiers import Pseudonym
from screening.manifests.remaining import settle_remaining
from screening.night.frozen import EarlierNight, Frozen, published_frozen
from screening.night.scope import read_earlier
from screening.profile.model import Agency, Masking, Profile, Retention, Schedule
from screening.protection.holds import held
from screening.protection.masked import key_is_there, masked_nights, read_masked
from screening.protection.retention import first_nights, night_end
from screening.protection.rewriting import Change, NightRows
from screening.protection.terms import (
    Clocks,
    Judged,
    Terms,
    departures,
    kept_bookings,
    kept_documents,
    kept_hits,
    kept_messages,
    kept_statements,
    outcomes_of,
    stronger,
)
from screening.store import acts
from screening.store.current_json import FileKey, current, nights, older_differ
from screening.store.published import NightFiles, read_columns, read_current
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Clock, RetentionClass, TermKind, TermOutcome
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError
from screening.tables.landing import INPUTS

_CLASS = {TermKind.API: RetentionClass.API, TermKind.PNR: RetentionClass.PNR}
_SETTLED = ("travellers", RetentionClass.SETTLED)
_DOCUMENTS = ("documents", RetentionClass.SETTLED)
_COUNTS = (("counts", RetentionClass.SETTLED), ("traffic_cells", RetentionClass.SETTLED))
_HITS, _EVIDENCE = ("hits", RetentionClass.HIT), ("evidence", RetentionClass.HIT)
_STATED = ("statements", "statement_documents", "bookings", "messages", "message_legs")
_HASH_HEX = 64


@dataclass(frozen=True, slots=True)
class RowsDue:
    """Rows of a published file whose term has ended.

    Attributes:
        path: the file that holds them now.
        sha256: its bytes.
        night: the night.
        table: the table.
        cls: its retention class.
        rows: how many go, or are settled anew.
        of: how many there are.
        held: how many stay for a legal hold alone.
        due: when the first of them could have gone.
        act: `end`, or `mask` where columns are masked and the rows stay.
    """

    path: str
    sha256: str
    night: date
    table: str
    cls: RetentionClass
    rows: int
    of: int
    held: int
    due: datetime
    act: str = "end"

    def row(self) -> dict[str, object]:
        """Return the row for the command line."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "class": self.cls,
            "due": self.due.astimezone(UTC).isoformat(timespec="seconds"),
            "night": self.night.isoformat(),
            "table": self.table,
            "rows": self.rows,
            "of": self.of,
            "held": self.held,
            "act": self.act,
        }


def parameters(profile: Profile, judged: Judged, at: datetime) -> dict[str, Any]:
    """Return what the rules on rows need to know, as JSON."""
    return {
        "at": at.astimezone(UTC).isoformat(),
        "retention": profile.retention.model_dump(mode="json"),
        "masking": profile.masking.model_dump(mode="json"),
        "schedule": profile.schedule.model_dump(mode="json"),
        "agency": profile.agency.model_dump(mode="json"),
        "judged": judged.plain(),
    }


def terms_of(night: date, files: NightFiles, stated: Mapping[str, Any]) -> Terms:
    """Return a night's terms by the parameters of an act; departures are read where a clock needs them."""
    retention = Retention.model_validate(stated["retention"])
    clocks_named = {term.clock for term in retention.terms} | {Clock(stated["masking"]["clock"])}
    schedule, agency = Schedule.model_validate(stated["schedule"]), Agency.model_validate(stated["agency"])
    clocks = Clocks(
        receipt=night_end(night - timedelta(days=1), schedule, agency),
        load=night_end(night, schedule, agency),
        departures=departures(files.table(individual.FLIGHTS)) if Clock.DEPARTURE in clocks_named else {},
    )
    return Terms(retention, clocks, Judged.of(stated["judged"]), datetime.fromisoformat(str(stated["at"])))


def judged(store: Store, at: datetime) -> Judged:
    """Judge by hits, decisions and holds whose rows stay longer, over all nights.

    Raises:
        StoreError: hits, decisions, travellers or a hold cannot be read.
    """
    labels = nights(store)
    hits = pa.concat_tables(
        [analyst.HITS.empty(), *(read_current(store, night, analyst.HITS) for night in labels)]
    )
    by_hit = outcomes_of(hits, acts.dispositions(store))
    standing = held(store, at)
    by_traveller: dict[str, TermOutcome] = {}
    held_travellers, held_hits = set(standing.travellers), set(standing.hits)
    for hit, traveller in zip(hits["hit_id"].to_pylist(), hits["traveller_id"].to_pylist(), strict=True):
        by_traveller[traveller] = stronger(by_traveller.get(traveller), by_hit[hit])
        if hit in standing.hits:
            held_travellers.add(traveller)
        if traveller in standing.travellers:
            held_hits.add(hit)
    wanted = {who for who, outcome in by_traveller.items() if outcome is not TermOutcome.NONE}
    statements: dict[str, TermOutcome] = {}
    held_statements: set[str] = set()
    ids = pa.array(sorted(wanted | held_travellers), pa.string())
    for night in labels if len(ids) else ():
        travellers = read_columns(store, night, individual.TRAVELLERS, ["traveller_id", "statement_ids"])
        ours = travellers.filter(pc.is_in(travellers["traveller_id"], ids))
        columns = (ours[name].to_pylist() for name in ("traveller_id", "statement_ids"))
        for traveller, made_of in zip(*columns, strict=True):
            for one in made_of:
                if traveller in wanted:
                    statements[one] = stronger(statements.get(one), by_traveller[traveller])
                if traveller in held_travellers:
                    held_statements.add(one)
    return Judged(statements, by_hit, frozenset(held_statements), frozenset(held_hits))


def end_rows(rows: NightRows, stated: Mapping[str, Any]) -> Change:
    """Rule `terms`: a night without the rows whose term has ended, settled anew from what remains."""
    terms = terms_of(rows.night, rows.files, stated)
    changes = kept(rows.files, terms)
    changes |= _settled(rows, changes)
    return Change(changes, _masked(rows, changes, terms, stated))


def kept(files: NightFiles, terms: Terms) -> dict[FileKey, pa.Table | None]:
    """Return stated tables and hits of a night as far as their term runs; None for what goes whole."""
    found: dict[FileKey, pa.Table | None] = {}
    for kind, cls in _CLASS.items():
        keys = [(name, cls) for name in _STATED if (name, cls) in files]
        if not keys or terms.first_end(kind) > terms.at:
            continue
        if terms.last_end(kind) <= terms.at and not terms.judged.held_statements:
            found |= dict.fromkeys(keys)  # unread: also what is damaged has its term
            continue
        tables = {name: files[name, cls] for name, _ in keys}
        before = tables.get("statements", individual.STATEMENTS.empty())
        after = kept_statements(before, kind, terms)
        legs: dict[str, list[str]] = {}
        stated = tables.get("message_legs", individual.MESSAGE_LEGS.empty())
        for message, leg in zip(
            stated["message_id"].to_pylist(), stated["flight_id"].to_pylist(), strict=True
        ):
            legs.setdefault(message, []).append(leg)
        for name, table in tables.items():
            if name == "statements":
                stays = after
            elif name == "statement_documents":
                stays = kept_documents(table, before, after, kind, terms)
            elif name == "bookings":
                stays = kept_bookings(table, before, after, terms)
            else:
                stays = kept_messages(table, legs, after, kind, terms)
            found[name, cls] = stays if stays.num_rows else None
    if _HITS in files and terms.first_end(TermKind.HIT) <= terms.at:
        if terms.last_end(TermKind.HIT) <= terms.at and not terms.judged.held_hits:
            return found | {key: None for key in (_HITS, _EVIDENCE) if key in files}
        hits = kept_hits(files[_HITS], terms)
        found[_HITS] = hits if hits.num_rows else None
        if _EVIDENCE in files:
            evidence = files[_EVIDENCE]
            evidence = evidence.filter(pc.is_in(evidence["hit_id"], hits["hit_id"].combine_chunks()))
            found[_EVIDENCE] = evidence if evidence.num_rows else None
    return found


def _settled(rows: NightRows, changes: Mapping[FileKey, pa.Table | None]) -> dict[FileKey, pa.Table | None]:
    """Settle anew whoever was settled from statements that are gone, in this night or in earlier ones."""
    if _SETTLED not in rows.files:
        return {}
    travellers = rows.files[_SETTLED]
    documents = rows.files[_DOCUMENTS] if _DOCUMENTS in rows.files else individual.DOCUMENTS.empty()
    wanted = pc.unique(pc.list_flatten(travellers["statement_ids"].combine_chunks()))
    own = {
        spec: _now(rows.files, changes, spec.name)
        for spec in (individual.STATEMENTS, individual.STATEMENT_DOCUMENTS, individual.MESSAGES)
    }
    there = own[individual.STATEMENTS]
    lacking = wanted.filter(pc.invert(pc.is_in(wanted, there["statement_id"].combine_chunks())))
    if not len(lacking):  # but for earlier revisions, which may name more
        settled = {_SETTLED: travellers, **({_DOCUMENTS: documents} if _DOCUMENTS in rows.files else {})}
        return settled if changes else {}
    gathered = {spec: [table] for spec, table in own.items()}
    for earlier in _earlier(rows.store, rows.night, lacking):
        for spec, table in _stated_in(rows.store, earlier, lacking).items():
            gathered[spec].append(table)
    whole = {spec: pa.concat_tables(tables).combine_chunks() for spec, tables in gathered.items()}
    left, papers = settle_remaining(
        travellers,
        documents,
        whole[individual.MESSAGES],
        whole[individual.STATEMENTS],
        whole[individual.STATEMENT_DOCUMENTS],
        pseudonym=_pseudonym(rows.store, rows.night),
        masked=_masked_ids(rows.masked),
    )
    found: dict[FileKey, pa.Table | None] = {_SETTLED: left if left.num_rows else None}
    if _DOCUMENTS in rows.files:
        found[_DOCUMENTS] = papers if left.num_rows else None
    return found | {key: None for key in _COUNTS if key in rows.files}


def _now(files: NightFiles, changes: Mapping[FileKey, pa.Table | None], name: str) -> pa.Table:
    spec = BY_NAME[name]
    tables = [
        changes.get(key, files[key]) if key not in changes else changes[key]
        for key in files
        if key[0] == name
    ]
    return pa.concat_tables([spec.empty(), *(table for table in tables if table is not None)])


def _earlier(store: Store, night: date, statements: pa.Array) -> Iterator[EarlierNight]:
    """Give the earlier nights that may hold some statements, as the night pinned them, the latest first."""
    inputs = pc.unique(pc.utf8_slice_codeunits(statements, 0, _HASH_HEX))
    frozen, states = _frozen(store, night), {one: current(store, one) for one in nights(store) if one < night}
    drawn = [EarlierNight(one.isoformat(), now.revision, "") for one, now in states.items() if now]
    for one in sorted(frozen.pins.earlier if frozen else drawn, reverse=True):
        received = read_current(store, date.fromisoformat(one.night), INPUTS)["input_id"].combine_chunks()
        if not len(received) or pc.any(pc.is_in(inputs, received)).as_py():
            yield one


def _stated_in(store: Store, night: EarlierNight, wanted: pa.Array) -> dict[Any, pa.Table]:
    statements = read_earlier(store, night, individual.STATEMENTS)
    statements = statements.filter(pc.is_in(statements["statement_id"], wanted))
    documents = read_earlier(store, night, individual.STATEMENT_DOCUMENTS)
    messages = read_earlier(store, night, individual.MESSAGES)
    spoken = pc.unique(statements["message_id"].combine_chunks())
    return {
        individual.STATEMENTS: statements,
        individual.STATEMENT_DOCUMENTS: documents.filter(pc.is_in(documents["statement_id"], wanted)),
        individual.MESSAGES: messages.filter(pc.is_in(messages["message_id"], spoken)),
    }


def _pseudonym(store: Store, night: date) -> Pseudonym | None:
    """Return the pseudonyms of the night's frozen key; None where set or key are not there any more."""
    frozen = _frozen(store, night)
    try:
        return frozen.keys(store).pseudonym if frozen else None
    except StoreError:
        return None


def _frozen(store: Store, night: date) -> Frozen | None:
    now = current(store, night)
    try:
        return published_frozen(store, night, now.revision) if now else None
    except StoreError:
        return None


def _masked_ids(masked: Mapping[str, pa.Table]) -> list[str]:
    return masked["travellers"]["traveller_id"].to_pylist() if "travellers" in masked else []


def _masked(
    rows: NightRows, changes: Mapping[FileKey, pa.Table | None], terms: Terms, stated: Mapping[str, Any]
) -> dict[str, pa.Table | None]:
    """Let masked columns go with their rows, or at their own term."""
    found: dict[str, pa.Table | None] = {}
    masked = dict(rows.masked)
    if _sealed_over(stated, terms):
        masked = _held_masked(rows.files, masked, terms)
        found = dict.fromkeys((*rows.masked, "whatever is sealed"))  # also what no key opens any more
    for name, table in masked.items():
        stays = same_rows(table, _now(rows.files, changes, name), BY_NAME[name].key)
        found[name] = stays if stays.num_rows else None
    return found


def _sealed_over(stated: Mapping[str, Any], terms: Terms) -> bool:
    """Say whether masked columns have come to a term of their own."""
    masking = Masking.model_validate(stated["masking"])
    legs: list[str | None] = [None, *terms.clocks.departures]
    latest = max(terms.clocks.began(masking.clock, leg) for leg in legs)
    return masking.keep_hours is not None and latest + timedelta(hours=masking.keep_hours) <= terms.at


def _sealed_goes(store: Store, night: date, files: NightFiles, terms: Terms) -> bool:
    """Say whether masked columns whose own term is over hold more than what is held."""
    if not key_is_there(store, night):
        return True
    masked = read_masked(store, night)
    held_rows = _held_masked(files, masked, terms)
    return any(held_rows[name].num_rows < table.num_rows for name, table in masked.items())


def _held_masked(files: NightFiles, masked: Mapping[str, pa.Table], terms: Terms) -> dict[str, pa.Table]:
    """Return the masked columns that stay beyond their own term for a legal hold."""
    statements = terms.judged.held_statements
    travellers = files[_SETTLED] if _SETTLED in files else individual.TRAVELLERS.empty()
    columns = (travellers[name].to_pylist() for name in ("traveller_id", "statement_ids"))
    by_column = {
        "statement_id": statements,
        "hit_id": terms.judged.held_hits,
        "traveller_id": {who for who, made_of in zip(*columns, strict=True) if statements & set(made_of)},
        "message_id": {one.rpartition(":")[0] for one in statements},
    }
    found = {}
    for name, table in masked.items():
        column = next(one for one in by_column if one in BY_NAME[name].key)
        ids = pa.array(sorted(by_column[column]), pa.string())
        found[name] = table.filter(pc.is_in(table[column], ids))
    return found


def same_rows(table: pa.Table, among: pa.Table, key: Iterable[str]) -> pa.Table:
    """Return the rows whose key stands in another table too."""
    names = list(key)
    there = set(zip(*(among[name].to_pylist() for name in names), strict=True))
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return table.filter(pa.array([row in there for row in rows], pa.bool_()))


@dataclass(frozen=True)
class RowPlan:
    """What has ended in published rows.

    Attributes:
        nights: nights that change.
        due: what of them, by file.
        parameters: of the rule.
    """

    nights: tuple[date, ...]
    due: tuple[RowsDue, ...]
    parameters: Mapping[str, Any]


def rows_due(store: Store, profile: Profile, at: datetime) -> RowPlan:
    """Look which rows of published nights have come to their end.

    Raises:
        StoreError: the store cannot be read.
    """
    stated = parameters(profile, judged(store, at), at)
    found: list[RowsDue] = []
    touched: set[date] = set()
    going: dict[date, set[str]] = {}
    received, sealed = first_nights(store), set(masked_nights(store))
    for night in nights(store):
        files = NightFiles(store, current(store, night))
        terms = terms_of(night, files, stated)
        changes = kept(files, terms)
        if night in sealed and _sealed_over(stated, terms) and _sealed_goes(store, night, files, terms):
            touched.add(night)
        told = list(_told(store, night, files, changes, terms))
        if told:
            found += told
            touched.add(night)
            going[night] = _lost(files, changes)
        if going and _SETTLED in files:
            found += _unsettled(store, night, files, going, terms)
            lists = files[_SETTLED]["statement_ids"].combine_chunks()
            inputs = pc.unique(pc.utf8_slice_codeunits(pc.list_flatten(lists), 0, _HASH_HEX)).to_pylist()
            if any(received.get(one) in going for one in inputs):
                touched.add(night)
    return RowPlan(tuple(sorted(touched)), tuple(found), stated)


def _told(
    store: Store,
    night: date,
    files: NightFiles,
    changes: Mapping[FileKey, pa.Table | None],
    terms: Terms,
) -> Iterator[RowsDue]:
    now = current(store, night)
    by_key = {(file.table, file.cls): file for file in (now.files if now else ())}
    for (table, cls), left in sorted(changes.items()):
        file, rows = by_key[table, cls], left.num_rows if left is not None else 0
        if left is None or rows < file.rows or (now and older_differ(store, now, (table, cls))):
            kind = next((kind for kind, of in _CLASS.items() if of is cls), TermKind.HIT)
            stays = _held_rows(table, left, terms) if left is not None else 0
            ended = terms.first_end(kind)
            yield RowsDue(
                file.path, file.sha256, night, table, cls, file.rows - rows, file.rows, stays, ended
            )


def _held_rows(table: str, left: pa.Table, terms: Terms) -> int:
    """Count the rows that stay for a hold."""
    names, ids = ("statement_id", terms.judged.held_statements), terms.judged.held_hits
    column, among = ("hit_id", ids) if table in {"hits", "evidence"} else names
    if column not in left.column_names or not among:
        return 0
    return sum(one in among for one in left[column].to_pylist())


def _lost(files: NightFiles, changes: Mapping[FileKey, pa.Table | None]) -> set[str]:
    lost: set[str] = set()
    for (name, cls), left in changes.items():
        if name == "statements":
            try:
                before = set(files[name, cls]["statement_id"].to_pylist())
            except StoreError:  # damaged, and going unread: which they were is not known
                continue
            lost |= before - set(left["statement_id"].to_pylist() if left is not None else ())
        elif name == "statement_documents" and ("statements", cls) not in files:
            lost |= set(files[name, cls]["statement_id"].to_pylist()) - set(
                left["statement_id"].to_pylist() if left is not None else ()
            )
    return lost


def _unsettled(
    store: Store, night: date, files: NightFiles, going: Mapping[date, set[str]], terms: Terms
) -> Iterator[RowsDue]:
    """Tell whose statements go: they are settled anew."""
    travellers = files[_SETTLED]
    lists = travellers["statement_ids"].combine_chunks()
    flat = pc.list_flatten(lists)
    lost = pa.array(sorted({one for ids in going.values() for one in ids}), pa.string())
    touched = len(pc.unique(pc.list_parent_indices(lists).filter(pc.is_in(flat, lost))))
    now = current(store, night)
    file = next((file for file in (now.files if now else ()) if (file.table, file.cls) == _SETTLED), None)
    if touched and file is not None:
        ended = min(terms.first_end(kind) for kind in _CLASS)
        yield RowsDue(
            file.path, file.sha256, night, file.table, file.cls, touched, file.rows, 0, min(ended, terms.at)
        )
