"""Rows of one person leave published nights, or one value of theirs is corrected: rules of `rewriting`.

erase: statements, documents, settled rows, hits and evidence of the named ids go, in tables and in masked
columns. Bookings and findings of the messages are those that a reading of the blanked bytes gives; where
the bytes are gone by rule, a booking in which nobody is left goes, and parts of others that name the person.
Counts by leg are counted anew. The ledger gets a stage `erase`: received = passed + erased. What the night
found then (flights, outcomes: numbers, no person) stays.

correct: the value, and the finding `value_corrected`; what is kept as sent stays.

Both are idempotent: where nothing of the person is left, or the value stands, nothing changes.

Source: Directive (EU) 2016/680 art. 16; Regulation (EU) 2016/679 art. 16, 17.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.counts import count
from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.messages.finding_kinds import finding
from screening.messages.read import read_parts
from screening.messages.rights import CORRECTED, fulfil, typed
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.protection.rewriting import Change, NightRows
from screening.store.current_json import FileKey
from screening.store.landing import held, open_back
from screening.store.rights import rights_of
from screening.store.zones import Store
from screening.tables.analyst import EVIDENCE, HITS
from screening.tables.individual import (
    BOOKINGS,
    COUNTS,
    DOCUMENTS,
    FLIGHTS,
    LEDGER,
    MESSAGES,
    QUARANTINE,
    STATEMENT_DOCUMENTS,
    STATEMENTS,
    TRAVELLERS,
)
from screening.tables.landing import INPUTS
from screening.tables.model import TableSpec

ERASED = "erased"
_TRAVELLERS, _STATEMENTS = "erase", "erase_statements"
_IDS: tuple[tuple[TableSpec, str, str], ...] = (
    (STATEMENTS, "statement_id", "statements"),
    (STATEMENT_DOCUMENTS, "statement_id", "statements"),
    (TRAVELLERS, "traveller_id", "travellers"),
    (DOCUMENTS, "traveller_id", "travellers"),
    (HITS, "hit_id", "hits"),
    (EVIDENCE, "hit_id", "hits"),
)


def erase(rows: NightRows, parameters: Mapping[str, Any]) -> Change:
    """Leave a person out of a night.

    Args:
        rows: the night.
        parameters: `statements`, `travellers`, `hits` (ids); `stored` (input_id -> hash of what is kept now);
            `intake` (of the profile, as plain data); `names` (words, numbers) for bookings without bytes.
    """
    files: dict[FileKey, pa.Table | None] = {}
    for spec, column, kind in _IDS:
        for key in _of(rows, spec):
            files[key] = _without(rows.files[key], column, parameters[kind])
    masked: dict[str, pa.Table | None] = {}
    columns = {spec.name: (column, kind) for spec, column, kind in _IDS}
    for name, table in rows.masked.items():
        column, kind = columns.get(name, ("", ""))
        if column in table.column_names:
            left = _without(table, column, parameters[kind])
            masked[name] = left if left.num_rows else None
    files |= _messages(rows, parameters)
    files |= _inputs(rows, parameters["stored"])
    files |= _counted(rows, parameters)
    return Change(files, masked)


def correct(rows: NightRows, parameters: Mapping[str, Any]) -> Change:
    """Set a value of a statement or of one of its documents.

    Args:
        rows: the night.
        parameters: `statement`, `field` (`messages.rights.FIELDS`, or `document.ORDINAL.FIELD`), `value` as
            text, None for a value taken away.
    """
    statement, name, value = (parameters[key] for key in ("statement", "field", "value"))
    message = statement.rpartition(":")[0]
    found = finding(CORRECTED, int(message.rpartition(":")[2])).row()

    def of_statement(row: dict[str, Any]) -> None:
        if not name.startswith("document."):
            row[name] = typed(name, value)
            if name == "date_of_birth":
                row["birth_part"] = None
        row["findings"] = _with(row["findings"], found)

    def of_message(row: dict[str, Any]) -> None:
        row["findings"] = sorted(_with(row["findings"], found), key=_order)

    def of_document(row: dict[str, Any]) -> None:
        _, ordinal, of = name.split(".")
        if row["ordinal"] == int(ordinal):
            row[of] = typed(of, value)

    files: dict[FileKey, pa.Table | None] = {}
    for key in _of(rows, STATEMENTS):
        files[key] = _changed(STATEMENTS, rows.files[key], "statement_id", [statement], of_statement)
    for key in _of(rows, MESSAGES):
        files[key] = _changed(MESSAGES, rows.files[key], "message_id", [message], of_message)
    for key in _of(rows, STATEMENT_DOCUMENTS) if name.startswith("document.") else ():
        table = rows.files[key]
        files[key] = _changed(STATEMENT_DOCUMENTS, table, "statement_id", [statement], of_document)
    return Change(files)


def _changed(
    spec: TableSpec,
    table: pa.Table,
    column: str,
    ids: Collection[str],
    change: Callable[[dict[str, Any]], None],
) -> pa.Table:
    """Change the rows of some ids; the same table where nothing differs."""
    mine = pc.is_in(table[column], pa.array(sorted(ids), pa.string()))
    if not pc.any(mine).as_py():
        return table
    rows = table.filter(mine).to_pylist()
    for row in rows:
        change(row)
    made = spec.conform(pa.concat_tables([table.filter(pc.invert(mine)), spec.table(rows)]))
    return table if made.equals(table) else made


def _with(findings: list[dict[str, Any]], found: dict[str, object]) -> list[dict[str, Any]]:
    return findings if any(one["code"] == CORRECTED for one in findings) else [*findings, found]


def _order(row: Mapping[str, Any]) -> tuple[int, int, str, str]:
    return row["offset"], row["segment"] or 0, row["code"], row["text"]


def _of(rows: NightRows, spec: TableSpec) -> list[FileKey]:
    return [key for key in rows.files if key[0] == spec.name]


def _without(table: pa.Table, column: str, ids: Collection[str]) -> pa.Table:
    gone = pc.is_in(table[column], pa.array(sorted(ids), pa.string()))
    return table if not pc.any(gone).as_py() else table.filter(pc.invert(gone))


def _by_message(statements: Collection[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for one in statements:
        message, _, ordinal = one.rpartition(":")
        found.setdefault(message, set()).add(int(ordinal))
    return found


def _messages(rows: NightRows, parameters: Mapping[str, Any]) -> dict[FileKey, pa.Table | None]:
    """Bookings, findings and quarantine of the messages in which they stood."""
    of_message = _by_message(parameters["statements"])
    again = _read_again(rows.store, of_message, parameters["intake"])
    files: dict[FileKey, pa.Table | None] = {}
    for key in _of(rows, BOOKINGS):
        table = rows.files[key]
        mine = pc.is_in(table["message_id"], pa.array(sorted(of_message), pa.string()))
        if pc.any(mine).as_py():
            kept = table.filter(pc.invert(mine))
            made = _bookings(rows, table.filter(mine).to_pylist(), again, parameters)
            files[key] = BOOKINGS.conform(pa.concat_tables([kept, BOOKINGS.table(made)]))
    new = {one["message_id"]: one for made in again.values() for one in made["messages"].to_pylist()}

    def told(row: dict[str, Any]) -> None:
        for name in ("findings", "stated"):
            row[name] = new.get(row["message_id"], row)[name]

    for key in _of(rows, MESSAGES):
        files[key] = _changed(MESSAGES, rows.files[key], "message_id", of_message, told)
    for key in _of(rows, QUARANTINE):
        table = rows.files[key]
        gone = [
            row["unit"] == "traveller"
            and int(row["quarantine_id"].rpartition(":")[2]) in of_message.get(row["message_id"] or "", ())
            for row in table.select(["quarantine_id", "unit", "message_id"]).to_pylist()
        ]
        if any(gone):
            files[key] = table.filter(pc.invert(pa.array(gone, pa.bool_())))
    return files


def _read_again(
    store: Store, messages: Collection[str], intake: Mapping[str, Any]
) -> dict[str, dict[str, pa.Table]]:
    """Read the inputs of some messages again, as they are kept; those whose bytes are gone are not there."""
    found = {}
    for input_id in sorted({message.partition(":")[0] for message in messages}):
        rights = rights_of(store, input_id)
        if rights is None or not held(store, [input_id]):
            continue
        readings = []
        with open_back(store, input_id) as data:
            for reading in read_parts(data, Intake.model_validate(intake), input_id=input_id):
                fulfil(reading, rights)
                readings.append(reading)
        tables = tabulate(readings)
        wanted = pa.array(sorted(messages), pa.string())
        found[input_id] = {
            name: tables[name].filter(pc.is_in(tables[name]["message_id"], wanted))
            for name in ("messages", "bookings")
        }
    return found


def _bookings(
    rows: NightRows,
    before: Sequence[dict[str, Any]],
    again: Mapping[str, Mapping[str, pa.Table]],
    parameters: Mapping[str, Any],
) -> list[dict[str, Any]]:
    left = {
        (row["statement_id"].rpartition(":")[0], row["locator"])
        for row in rows.files.table(STATEMENTS).select(["statement_id", "locator"]).to_pylist()
        if row["statement_id"] not in parameters["statements"]
    }
    read = {
        (row["message_id"], row["locator"], row["flight_id"]): row
        for made in again.values()
        for row in made["bookings"].to_pylist()
    }
    found = []
    for row in before:
        if (row["message_id"], row["locator"]) not in left:
            continue
        if row["message_id"].partition(":")[0] in again:
            new = read.get((row["message_id"], row["locator"], row["flight_id"]), row)
            found.append(row | {"elements": new["elements"]})
        else:
            found.append(row | {"elements": _nameless(row["elements"], parameters["names"])})
    return found


def _nameless(elements: Sequence[tuple[str, str]], names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Leave out the parts of a booking's elements that name the person."""
    words, numbers = set(names["words"]), set(names["numbers"])

    def says(part: str) -> bool:
        bare = normalise_number(part)
        return bool(words & set(tokens(part))) or any(number in bare for number in numbers)

    kept = {name: [part for part in text.split("; ") if not says(part)] for name, text in elements}
    return [(name, "; ".join(parts)) for name, parts in sorted(kept.items()) if parts]


def _inputs(rows: NightRows, stored: Mapping[str, str]) -> dict[FileKey, pa.Table | None]:
    def kept(row: dict[str, Any]) -> None:
        if row["stored_hash"] is not None:
            row["stored_hash"] = stored[row["input_id"]]

    return {key: _changed(INPUTS, rows.files[key], "input_id", stored, kept) for key in _of(rows, INPUTS)}


def _counted(rows: NightRows, parameters: Mapping[str, Any]) -> dict[FileKey, pa.Table | None]:
    """Counts by leg, and the lines of the ledger, for the legs from which somebody goes."""
    travellers = rows.files.table(TRAVELLERS)
    stay = _without(travellers, "traveller_id", parameters["travellers"])
    gone = Counter(travellers["flight_id"].to_pylist()) - Counter(stay["flight_id"].to_pylist())
    stated = rows.files.table(STATEMENTS)
    lost = Counter(stated["flight_id"].to_pylist())
    lost -= Counter(_without(stated, "statement_id", parameters["statements"])["flight_id"].to_pylist())
    if not (gone or lost):
        return {}
    files: dict[FileKey, pa.Table | None] = {}
    held_legs = Counter(stay["flight_id"].to_pylist())
    counts = rows.files.table(COUNTS)
    legs = pa.array(sorted(gone), pa.string())
    for key in _of(rows, COUNTS) if gone else ():
        others = counts.filter(pc.invert(pc.is_in(counts["flight_id"], legs)))
        fresh = count(rows.files.table(FLIGHTS), stay)
        fresh = fresh.filter(pc.is_in(fresh["flight_id"], legs))
        files[key] = COUNTS.conform(pa.concat_tables([others, fresh]))
    for key in _of(rows, LEDGER):
        lines = {(row["stage"], row["unit"], row["as"]): row for row in rows.files[key].to_pylist()}
        for leg, number in sorted(gone.items()):
            _add(lines, _TRAVELLERS, leg, erased=number, left=held_legs[leg])
        remain = Counter(_without(stated, "statement_id", parameters["statements"])["flight_id"].to_pylist())
        for leg, number in sorted(lost.items()):
            _add(lines, _STATEMENTS, leg, erased=number, left=remain[leg])
        kept = [row for row in rows.files[key].to_pylist() if row["stage"] not in {_TRAVELLERS, _STATEMENTS}]
        ours = [row for place, row in lines.items() if place[0] in {_TRAVELLERS, _STATEMENTS}]
        files[key] = LEDGER.table([*kept, *ours])
    return files


def _add(
    lines: dict[tuple[str, str, str], dict[str, Any]], stage: str, leg: str, *, erased: int, left: int
) -> None:
    """Add to a leg's lines of a stage who was erased; who was erased before stays counted."""
    before = lines.get((stage, leg, ERASED), {"set_aside": 0})["set_aside"]
    aside = before + erased
    common = {"stage": stage, "unit": leg, "of": "travellers"}
    lines[stage, leg, "passed"] = common | {
        "as": "passed",
        "received": left + aside,
        "passed": left,
        "set_aside": 0,
    }
    lines[stage, leg, ERASED] = common | {"as": ERASED, "received": 0, "passed": 0, "set_aside": aside}


def erased_of(ledger: pa.Table, *, people: bool = False) -> Counter[str]:
    """Return by leg how many statements were erased since it was settled; with `people` how many travellers.

    Args:
        ledger: LEDGER.
        people: count travellers.
    """
    stage = _TRAVELLERS if people else _STATEMENTS
    rows = ledger.filter(
        pc.and_(pc.equal(ledger["stage"], stage), pc.equal(ledger["as"], ERASED))
    ).to_pylist()
    return Counter({row["unit"]: row["set_aside"] for row in rows})
