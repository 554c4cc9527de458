"""The queue: which hits wait for somebody, in the order of work, a page at a time.

The order is the report's (`reports.work_order`): what lands after now, what departs after it, what has landed
or left, near misses, weak combinations; in each by severity x odds x time to landing. A page ends with the
place of its last row, and the next one goes on behind it (keyset): a hit that somebody decides meanwhile
moves no other one out of sight. The first page fixes what "now" is for the pages after it.
"""

import json
import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from screening.casework.night_hits import DECIDED
from screening.hits.audience import Audience
from screening.hits.four_eyes import comparable
from screening.review.database import Database
from screening.review.desk import stamp
from screening.tables.errors import UsageError

PAGE = 50
_TOLD_TO_ALL = (
    "night",
    "hit_id",
    "flight_id",
    "severity",
    "late",
    "state",
    "lands",
    "departs",
    "part",
    "weight",
    "direction",
)
STATES = ("open", "proposed", "parked", "decided", "closed", "all")
_MOST_WORD = 60


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of a queue asks for; empty words ask for nothing.

    Attributes:
        state: one of STATES.
        severity: lowest severity, `1` to `5`.
        list: id of the list.
        flight: beginning of the flight's id, as `UA988` or `UA988-20261123`.
        direction: in, out, within, passing, `not known`.
        lands: `YYYY-MM-DDTHH:MM` UTC; flights that land after it.
        mine: `1` for those that the reader has claimed.
        night: label of the night.
        after: place behind which the page begins, as `Page.more` gives it.
    """

    state: str = "open"
    severity: str = ""
    list: str = ""
    flight: str = ""
    direction: str = ""
    lands: str = ""
    mine: str = ""
    night: str = ""
    after: str = ""

    def query(self, **changed: str) -> str:
        """Return the address's query, with other words where given; it begins on the first page."""
        words = {one.name: getattr(self, one.name) for one in fields(self)} | {"after": ""} | changed
        told = {name: word for name, word in words.items() if word and (name, word) != ("state", "open")}
        return urlencode(told)


def filters_of(query: Mapping[str, str], *, only: str | None = None) -> Filters:
    """Read filters from an address.

    Args:
        query: its query.
        only: the one state that the reader may see.

    Raises:
        UsageError: a word cannot be read; the text names which one.
    """
    words = {one.name: query.get(one.name, "").strip()[:_MOST_WORD] for one in fields(Filters)}
    words["state"] = only or words["state"] or "open"
    if words["state"] not in STATES:
        raise _unread("state", f"one of {', '.join(STATES)}")
    if words["severity"] and words["severity"] not in {"1", "2", "3", "4", "5"}:
        raise _unread("severity", "1 to 5")
    for name, read, form in (
        ("lands", datetime.fromisoformat, "YYYY-MM-DDTHH:MM"),
        ("night", date.fromisoformat, "YYYY-MM-DD"),
    ):
        try:
            _ = words[name] and read(words[name])
        except ValueError:
            raise _unread(name, form) from None
    return Filters(**words)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A hit in the queue, as its reader may see it.

    Attributes:
        call: whom to call, where it is not shown to the reader; then nothing else of it is told.
        claimed: who works on it.
        parked: until when it rests, and why.
        landed: has its flight landed?
    """

    row: Mapping[str, Any]
    call: str | None
    claimed: str | None
    claimed_at: str | None
    parked: str | None
    landed: bool

    @property
    def name(self) -> str:
        """Return the traveller's name as it stands in a list."""
        parts = (self.row["surname"], self.row["given_names"])
        return ", ".join(part for part in parts if part) or "name not given"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue; `more` is the place behind which the next one begins, empty at the end."""

    rows: tuple[QueueRow, ...]
    more: str


def page(
    index: Database, desk: Database, wanted: Filters, actor: str, now: datetime, *, size: int = PAGE
) -> Page:
    """Return a page of the queue.

    Raises:
        UsageError: the place behind which it begins cannot be read.
    """
    begun, last = _place(wanted.after, now)
    with index.reading() as db:
        _beside(db, desk)
        conditions, values = _conditions(wanted, actor, now)
        if last is not None:
            conditions.append("(part, -weight, h.hit_id) > (?, ?, ?)")
            values += last
        seconds = int(begun.timestamp())
        text = (
            f"{_SELECT} where {' and '.join(conditions)} order by part, weight desc, h.hit_id limit ?"  # ours
        )
        rows = db.execute(text, [*[seconds] * _ASKED, *values, size + 1]).fetchall()
    found = [_shown(row, actor, begun) for row in rows]
    more = ""
    if len(found) > size:
        found, end = found[:size], found[size - 1]
        more = f"{stamp(begun)}_{end.row['part']}_{-end.row['weight']}_{end.row['hit_id']}"
    hidden = bool(wanted.list)  # what is shown to few is not told by a filter either
    return Page(tuple(one for one in found if not (hidden and one.call)), more)


def counts(index: Database, desk: Database, now: datetime) -> dict[str, int]:
    """Count the hits of each state; parked ones are open, and counted apart as well."""
    with index.reading() as db:
        _beside(db, desk)
        found = {
            row[0]: int(row[1])
            for row in db.execute("select state, count(*) from hits where newest = 1 group by state")
        }
        parked = db.execute(
            "select count(*) from desk.parks p join hits h on h.hit_id = p.hit_id "
            "where h.newest = 1 and h.state = 'open' and p.until > ?",
            (stamp(now),),
        ).fetchone()
    return {"open": 0, "proposed": 0, "decided": 0, "closed": 0, **found, "parked": int(parked[0])}


def one(index: Database, desk: Database, hit_id: str, actor: str, now: datetime) -> QueueRow | None:
    """Return a hit of the latest night that has it; None where there is none."""
    rows = _related(index, desk, "h.hit_id = ?", (hit_id,), actor, now)
    return rows[0] if rows else None


def of_person(index: Database, desk: Database, hit: QueueRow, actor: str, now: datetime) -> list[QueueRow]:
    """Return every hit of a traveller or of the same person on other legs, the given one among them."""
    values = (hit.row["person_key"], hit.row["traveller_id"])
    return _related(index, desk, "(h.person_key = ? or h.traveller_id = ?)", values, actor, now)


def lists(index: Database) -> list[str]:
    """Return the lists that have hits."""
    with index.reading() as db:
        return [row[0] for row in db.execute("select distinct list from hits order by list")]


def _related(
    index: Database, desk: Database, condition: str, values: tuple[str, ...], actor: str, now: datetime
) -> list[QueueRow]:
    with index.reading() as db:
        _beside(db, desk)
        text = f"{_SELECT} where h.newest = 1 and {condition} order by part, weight desc, h.hit_id"
        rows = db.execute(text, [*[int(now.timestamp())] * _ASKED, *values]).fetchall()
    return [_shown(row, actor, now) for row in rows]


_SELECT = """
select h.*, c.name as claimed, c.at as claimed_at, p.until as parked_until, p.remark as parked_remark,
    case when h.apart > 0 then 2 + h.apart when h.counts_at < ? then 2 else h.leaves end as part,
    h.fixed - case when h.counts_at < ? then 0 else cast(round(
        100 * log2(max(15, coalesce((h.counts_at - ?) / 60, 0)) / 15.0)) as integer) end as weight
from hits h left join desk.claims c on c.hit_id = h.hit_id left join desk.parks p on p.hit_id = h.hit_id
"""
_ASKED = 3
"""How often the select asks for the moment, in seconds since 1970."""


def _beside(db: sqlite3.Connection, desk: Database) -> None:
    with desk.reading():  # makes it where it is missing
        pass
    db.rollback()
    db.create_function("log2", 1, math.log2, deterministic=True)  # not every build of SQLite has its own
    db.execute("attach database ? as desk", (str(desk.path),))
    db.execute("begin")


def _conditions(wanted: Filters, actor: str, now: datetime) -> tuple[list[str], list[object]]:
    conditions, values = ["h.newest = 1"], list[object]()

    def add(text: str, *more: object) -> None:
        conditions.append(text)
        values.extend(more)

    parked = "exists (select 1 from desk.parks q where q.hit_id = h.hit_id and q.until > ?)"
    if wanted.state == "parked":
        add(f"h.state = 'open' and {parked}", stamp(now))
    elif wanted.state != "all":
        add("h.state = ?", wanted.state)
        if wanted.state == "open":
            add(f"not {parked}", stamp(now))
    if wanted.severity:
        add("h.severity >= ?", int(wanted.severity))
    if wanted.list:
        add("h.list = ?", wanted.list)
    if wanted.flight:
        flight = wanted.flight.upper().replace(" ", "")
        add("substr(h.flight_id, 1, ?) = ?", len(flight), flight)
    if wanted.direction:
        add("h.direction = ?", wanted.direction)
    if wanted.lands:
        moment = datetime.fromisoformat(wanted.lands)
        add("h.lands > ?", stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    if wanted.night:
        add("h.night = ?", wanted.night)
    if wanted.mine:
        add("c.key = ?", comparable(actor))
    return conditions, values


def _place(after: str, now: datetime) -> tuple[datetime, list[object] | None]:
    if not after:
        return now, None
    try:
        begun, part, weight, hit_id = after.split("_", 3)
        return datetime.fromisoformat(begun).astimezone(UTC), [int(part), int(weight), hit_id]
    except ValueError:
        raise _unread("after", "as the link to the next page writes it") from None


def _shown(row: sqlite3.Row, actor: str, now: datetime) -> QueueRow:
    told = json.loads(row["few"]) if row["few"] else []
    call = next((call for actors, call in told if not Audience(tuple(actors), call).holds(actor)), None)
    parked = None
    if row["parked_until"]:
        parked = f"{row['parked_until'][:16].replace('T', ' ')} UTC: {row['parked_remark']}"
    whole = dict(row)
    if call is not None:
        whole = dict.fromkeys(whole) | {name: whole[name] for name in _TOLD_TO_ALL}
    landed = bool(row["lands"]) and row["lands"] < stamp(now)
    return QueueRow(whole, call, row["claimed"], row["claimed_at"], parked, landed)


def may_see(row: QueueRow, *, decided_only: bool) -> bool:
    """Say whether a hit is there for who sees decided hits alone."""
    return not decided_only or row.row["state"] == DECIDED


def _unread(word: str, form: str) -> UsageError:
    return UsageError(
        f"the filter `{word}` cannot be read",
        where=f"the address, {word}",
        effect="nothing was shown",
        remedy=f"write {form}, or begin again with the queue",
    )
