"""What was set aside, what people did about it, and what of it still waits.

Entries are rows of the published tables and never change. Acts of people (a replay of mended bytes, a
release) are files of their own in `individual/acts/quarantine_acts/`, one immutable file an act. EntryState
follows from both:

    open       nobody has acted, or the same bytes were read again and are still set aside
    pending    a replay is recorded, its bytes are not yet part of the published night (a kill in between)
    replayed   the mended bytes are part of the published night; what they brought has entries of its own
    released   a person decided that no replay is needed

A replay that brings fewer people than the entry holds leaves it open for the rest (a large file in parts).

Only the last two are settled: a recorded replay whose travellers nobody has screened yet needs a person.

An input set aside as a whole without a byte to set aside (an empty file) has no row in `quarantine`; its row
in `inputs` is its entry, `input_id:file`.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa

from screening.night.expected import arrived_since
from screening.night.inbox import Arrival
from screening.reports.headline import Settled
from screening.store.current_json import current, nights
from screening.store.parquet import read_table, write_table
from screening.store.published import read_current
from screening.store.zones import Store, open_zones
from screening.tables.codes import Counted, InputStatus, MessageStatus, QuarantineAct, QuarantineUnit, Zone
from screening.tables.errors import UsageError
from screening.tables.individual import MESSAGES, OF_INPUT, OUTCOMES, QUARANTINE, QUARANTINE_ACTS
from screening.tables.landing import INPUTS

_ASIDE = frozenset({InputStatus.QUARANTINED, InputStatus.REFUSED})
# no byte, white space alone, or a name of which only the spelling is at fault
EMPTY = frozenset({"file_empty", "no_message", "entry_name_not_utf8"})
_HASH_HEX = 64
_SHORT_HEX = 12
_WHOLE = frozenset({QuarantineUnit.MESSAGE, QuarantineUnit.INTERCHANGE, QuarantineUnit.FILE})
_WRITTEN = re.compile(r"([0-9a-f]{4,64})((?::(?:\d+|file)(?::\d+)?)?)")


class EntryState(StrEnum):
    """What has become of an entry."""

    OPEN = "open"
    PENDING = "pending"
    REPLAYED = "replayed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was set aside, as a person sees it.

    Attributes:
        quarantine_id: its id.
        night: the night that received it.
        unit: what was set aside.
        legs: rows of `outcomes` that it counts for: flights, or `input:ID` where the input names none.
        input_id: the input.
        name: name of the input.
        offset, length: its bytes in the input.
        codes: findings that set it aside.
        reason: one sentence without personal data.
        message_id: its message, where there is one.
        people: people in it whom nobody compared, less those whom a replay brought; None where not known.
        counted: how their number is known (`codes.Counted`).
        flight: designator that stands in it, as far as known.
        state: what has become of it.
        actor, at, why: the latest act; None where nobody has acted.
    """

    quarantine_id: str
    night: date
    unit: str
    legs: tuple[str, ...]
    input_id: str
    name: str
    offset: int
    length: int
    codes: tuple[str, ...]
    reason: str
    message_id: str | None
    people: int | None = None
    counted: str | None = None
    flight: str | None = None
    state: EntryState = EntryState.OPEN
    actor: str | None = None
    at: datetime | None = None
    why: str | None = None

    @property
    def short(self) -> str:
        """Id that is short enough to type; `find` takes it."""
        return short(self.quarantine_id)

    @property
    def settled(self) -> bool:
        """Does it need nobody any more?"""
        return self.state in {EntryState.REPLAYED, EntryState.RELEASED}

    def row(self) -> dict[str, object]:
        """Return the row that `screening quarantine list` prints."""
        return {
            "id": self.short,
            "night": self.night,
            "unit": self.unit,
            "flight_id": list(self.legs),
            "input": self.name,
            "offset": self.offset,
            "length": self.length,
            "codes": list(self.codes),
            "reason": self.reason,
            "state": self.state,
            "actor": self.actor,
            "at_utc": self.at,
            "people": self.people,
            "flight": self.flight,
        }


def short(quarantine_id: str) -> str:
    """Shorten the input's hash in an entry's id.

    >>> short("ab" * 32 + ":345:2")
    'abababababab:345:2'
    """
    return quarantine_id[:_SHORT_HEX] + quarantine_id[_HASH_HEX:]


def row_of_input(input_id: str) -> str:
    """Return the name of an input's row in `outcomes`: its id, since a file's name may name a person.

    >>> row_of_input("ab" * 32)
    'input:abababababab'
    """
    return f"{OF_INPUT}{input_id[:_SHORT_HEX]}"


def entries(store: Store, night: date) -> list[Entry]:
    """Return the entries of a published night, by name of the input and place in it; none without a night."""
    inputs = read_current(store, night, INPUTS).to_pylist()
    messages = read_current(store, night, MESSAGES)
    messages = messages.select(["message_id", "input_id", "flight_ids", "status", "read"]).to_pylist()
    rows = read_current(store, night, QUARANTINE).to_pylist()
    names = {row["input_id"]: row["name"] for row in inputs if row["status"] != InputStatus.DUPLICATE}
    rows += _whole_inputs(inputs, {row["input_id"] for row in rows})
    legs_of = {row["message_id"]: tuple(row["flight_ids"]) for row in messages}
    named = {row["input_id"] for row in messages if row["flight_ids"]}
    named |= {row["input_id"] for row in rows if row["flight_id"]}
    received = {(row["name"], row["input_id"]) for row in inputs}
    told = set(read_current(store, night, OUTCOMES)["flight_id"].to_pylist())  # messages may be gone by rule
    # Acts of another night are about equal bytes that came then.
    done = [row for row in acts(store).sort_by("at_utc").to_pylist() if row["night"] in {night, None}]
    latest = {row["quarantine_id"]: row for row in done}
    brought = _brought(inputs, messages, rows)
    given: dict[str, set[str]] = defaultdict(set)
    for act in done:
        if (act["name"], act["input_id"]) in received:
            given[act["quarantine_id"]].add(act["input_id"])
    found = []
    for row in rows:
        name = row.get("name") or names.get(row["input_id"], "")
        own = legs_of.get(row["message_id"]) or ((row["flight_id"],) if row["flight_id"] else ())
        apart = row_of_input(row["input_id"])
        legs = own or ((apart,) if apart in told and stands_apart(row, named) else ())
        act = latest.get(row["quarantine_id"], {})
        state = _state(row["input_id"], act, received)
        people = row["people"]
        if people is not None and given[row["quarantine_id"]]:
            people = max(0, people - sum(brought[one] for one in given[row["quarantine_id"]]))
            state = EntryState.OPEN if people and state is EntryState.REPLAYED else state
        found.append(
            Entry(
                quarantine_id=row["quarantine_id"],
                night=night,
                unit=row["unit"],
                legs=legs,
                input_id=row["input_id"],
                name=name,
                offset=row["offset"],
                length=row["length"],
                codes=tuple(row["codes"]),
                reason=row["reason"],
                message_id=row["message_id"],
                people=people,
                counted=row["counted"],
                flight=row["flight"],
                state=state,
                actor=act.get("actor"),
                at=act.get("at_utc"),
                why=act.get("reason"),
            )
        )
    return sorted(found, key=lambda entry: (entry.name, entry.offset, entry.quarantine_id))


def _brought(
    inputs: Iterable[Mapping[str, Any]],
    messages: Iterable[Mapping[str, Any]],
    aside: Iterable[Mapping[str, Any]],
) -> dict[str, int]:
    """Count the people whom each input brought, with members of a packed one, screened or set aside anew."""
    container = {row["input_id"]: row["container"] for row in inputs}
    found: dict[str, int] = defaultdict(int)
    read = [(row["input_id"], row["read"]) for row in messages if row["status"] != MessageStatus.QUARANTINED]
    for input_id, number in [*read, *((row["input_id"], row["people"] or 0) for row in aside)]:
        found[input_id] += number
        packed = container.get(input_id)
        if packed is not None:
            found[packed] += number
    return found


def stands_apart(row: Mapping[str, Any], named: Collection[str]) -> bool:
    """Say whether what was set aside counts for its input, as a row of `outcomes` of its own.

    What names no leg may hold anybody, also beside good messages of the same file.

    Args:
        row: row of `quarantine`.
        named: inputs that name a leg.
    """
    if row["flight_id"] is not None:
        return False
    return row["unit"] in _WHOLE or row["people"] != 0 or row["input_id"] not in named


def _whole_inputs(inputs: Iterable[dict[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    """Inputs set aside of which no entry tells: empty files, and those whose entry came to its term."""
    return [
        {
            "quarantine_id": f"{row['input_id']}:file",
            "input_id": row["input_id"],
            "name": row["name"],
            "unit": QuarantineUnit.FILE,
            "flight_id": None,
            "message_id": None,
            "offset": 0,
            "length": row["bytes"],
            "codes": [row["reason_code"]] if row["reason_code"] else [],
            "reason": "there are no bytes of it here"
            if row["status"] == InputStatus.REFUSED
            else "the file was set aside as a whole",
            "people": 0 if row["reason_code"] in EMPTY else None,
            "counted": str(Counted.NOBODY if row["reason_code"] in EMPTY else Counted.UNKNOWN),
            "flight": None,
        }
        for row in inputs
        if row["status"] in _ASIDE and row["input_id"] not in known
    ]


def _state(input_id: str, act: dict[str, Any], received: set[tuple[str, str]]) -> EntryState:
    if not act or (act["act"] == QuarantineAct.REPLAY and act["input_id"] == input_id):
        return (
            EntryState.OPEN
        )  # also where its own bytes were read again: it would be gone if that had helped
    if act["act"] == QuarantineAct.RELEASE:
        return EntryState.RELEASED
    return EntryState.REPLAYED if (act["name"], act["input_id"]) in received else EntryState.PENDING


def settled(store: Store, night: date) -> Settled:
    """Say what of a night's quarantine people have settled, for exit codes, status, summary and report.

    Args:
        store: the store.
        night: a published night.
    """
    found = entries(store, night)
    waiting: dict[str, int | None] = {}
    for entry in found:
        if not entry.settled:
            for leg in entry.legs:
                before = waiting.get(leg, 0)
                waiting[leg] = None if before is None or entry.people is None else before + entry.people
    begun = [entry for entry in found if entry.actor is not None]
    touched = {leg for entry in begun for leg in entry.legs}
    return Settled(
        entries={entry.quarantine_id: 0 if entry.settled else entry.people for entry in begun},
        legs=frozenset(touched - waiting.keys()),
        waiting={leg: people for leg, people in waiting.items() if leg in touched},
        arrived=arrived_since(store, night),
    )


def published_nights(store: Store) -> list[date]:
    """Return the published nights, oldest first."""
    return [night for night in nights(store) if current(store, night) is not None]


def find(store: Store, written: str) -> Entry:
    """Find an entry by its id, its short form, or the first digits of its input where they suffice.

    Raises:
        UsageError: no night has it, or several entries fit.
    """
    parsed = _WRITTEN.fullmatch(written.strip().lower())
    fitting = {
        entry.quarantine_id: entry
        for night in published_nights(store)
        for entry in entries(store, night)
        if parsed
        and entry.input_id.startswith(parsed[1])
        and parsed[2] in {"", entry.quarantine_id[_HASH_HEX:]}
    }
    if not fitting:
        raise UsageError(
            "there is no such quarantine entry",
            where=f"ID {written.strip()[:90]}",
            effect="nothing was done",
            remedy="`screening quarantine list` (of one night, or --all) shows the entries with their ids",
        )
    if len(fitting) > 1:
        some = ", ".join(entry.short for entry in list(fitting.values())[:5])
        raise UsageError(
            f"the id fits {len(fitting)} quarantine entries",
            where=f"ID {written.strip()[:90]}",
            effect="nothing was done",
            remedy=f"give the place too, or more digits: {some}{' …' if len(fitting) > 5 else ''}",
        )
    return next(iter(fitting.values()))


def record(store: Store, act: dict[str, object]) -> None:
    """Write one act as a file of its own.

    Args:
        store: the store.
        act: a row of QUARANTINE_ACTS.
    """
    named = hashlib.sha256(f"{act['quarantine_id']}\n{act['at_utc']}\n{act['act']}".encode()).hexdigest()
    path = open_zones(store, [Zone.INDIVIDUAL]).path(
        Zone.INDIVIDUAL, "acts", QUARANTINE_ACTS.name, f"{named}.parquet"
    )
    write_table(path, QUARANTINE_ACTS.table([act]), QUARANTINE_ACTS)


def acts(store: Store) -> pa.Table:
    """Read all acts.

    Returns:
        QUARANTINE_ACTS.
    """
    folder = open_zones(store, [Zone.INDIVIDUAL]).path(Zone.INDIVIDUAL, "acts", QUARANTINE_ACTS.name)
    tables = [read_table(path, QUARANTINE_ACTS) for path in sorted(folder.glob("*.parquet"))]
    return QUARANTINE_ACTS.conform(pa.concat_tables([QUARANTINE_ACTS.empty(), *tables]))


def replays(store: Store, night: date) -> list[Arrival]:
    """Return the mended bytes that people replay into a night, whether it has received them yet or not.

    They lie in landing as received. Those that are gone from there were read, or came to the end of their
    term before anybody read them: their entry stays `pending` until it is replayed again.
    """
    incoming = open_zones(store, [Zone.LANDING]).path(Zone.LANDING, "incoming")
    found = {
        (row["name"], row["input_id"]): Arrival(
            row["name"], incoming / row["input_id"], row["input_id"], row["bytes"], asked=True
        )
        for row in acts(store).to_pylist()
        if row["act"] == QuarantineAct.REPLAY and row["night"] == night and row["name"] is not None
    }
    return sorted(arrival for arrival in found.values() if arrival.path.exists())
