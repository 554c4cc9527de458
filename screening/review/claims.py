"""Claims, parked hits and drafts: who works on what, so that nobody does it twice.

A claim is taken, taken over or given back in one step against what it was (`begin immediate`). It decides
nothing: what is decided is held by the one lock of acts.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from screening.hits.four_eyes import comparable
from screening.review.database import Database
from screening.review.desk import stamp

LASTS = timedelta(hours=2)
"""After so long without a step a claim holds nobody off any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on a hit, and since when."""

    name: str
    at: datetime


def claim(desk: Database, hit_id: str, name: str, at: datetime, *, over: str | None = None) -> Claim | None:
    """Take a hit, where nobody else holds it.

    Args:
        desk: the desk.
        hit_id: the hit.
        name: who takes it.
        at: now.
        over: from whom it is taken over, said by who takes it.

    Returns:
        Who holds it instead; None where it is theirs now.
    """
    with desk.writing() as db:
        held = _held(db, hit_id, at)
        if held and comparable(held.name) not in {comparable(name), comparable(over or name)}:
            return held
        values = (hit_id, comparable(name), name, stamp(at))
        db.execute("insert or replace into claims values (?, ?, ?, ?)", values)
    return None


def release(desk: Database, hit_id: str, name: str) -> bool:
    """Give a hit back; True where it was theirs."""
    with desk.writing() as db:
        text = "delete from claims where hit_id = ? and key = ?"
        return bool(db.execute(text, (hit_id, comparable(name))).rowcount)


def holder(desk: Database, hit_id: str, at: datetime) -> Claim | None:
    """Return who works on a hit."""
    with desk.reading() as db:
        return _held(db, hit_id, at)


def _held(db: sqlite3.Connection, hit_id: str, at: datetime) -> Claim | None:
    row = db.execute("select name, at from claims where hit_id = ?", (hit_id,)).fetchone()
    if row is None or at - datetime.fromisoformat(row["at"]) > LASTS:
        return None
    return Claim(row["name"], datetime.fromisoformat(row["at"]))


def park(desk: Database, hit_id: str, name: str, until: datetime, remark: str, at: datetime) -> None:
    """Let a hit rest until a moment; it comes back to the queue by itself."""
    with desk.writing() as db:
        values = (hit_id, name, stamp(until), remark, stamp(at))
        db.execute("insert or replace into parks values (?, ?, ?, ?, ?)", values)
        db.execute("delete from claims where hit_id = ?", (hit_id,))


def unpark(desk: Database, hit_id: str) -> None:
    """Take a hit back into the queue."""
    with desk.writing() as db:
        db.execute("delete from parks where hit_id = ?", (hit_id,))


def keep_draft(desk: Database, hit_id: str, name: str, decision: str, reason: str, at: datetime) -> None:
    """Keep what somebody has begun to write; an empty one goes."""
    with desk.writing() as db:
        key = (hit_id, comparable(name))
        db.execute("delete from drafts where hit_id = ? and key = ?", key)
        if reason.strip() or decision:
            db.execute("insert into drafts values (?, ?, ?, ?, ?)", (*key, decision, reason, stamp(at)))


def draft(desk: Database, hit_id: str, name: str) -> tuple[str, str]:
    """Return decision and reason that somebody has begun to write; empty where there are none."""
    with desk.reading() as db:
        text = "select decision, reason from drafts where hit_id = ? and key = ?"
        row = db.execute(text, (hit_id, comparable(name))).fetchone()
    return (row["decision"], row["reason"]) if row else ("", "")


def settle(desk: Database, hit_id: str, name: str) -> None:
    """Clear a desk of a hit that was decided: claim, rest and the decider's draft."""
    with desk.writing() as db:
        db.execute("delete from claims where hit_id = ?", (hit_id,))
        db.execute("delete from parks where hit_id = ?", (hit_id,))
        db.execute("delete from drafts where hit_id = ? and key = ?", (hit_id, comparable(name)))
