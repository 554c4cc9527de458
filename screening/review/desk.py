"""What only the review knows: accounts, sessions, tries to log in, claims, parked hits, drafts.

Losing it loses no decision: people get accounts again, and claim again. Drafts may name people; they go after
a week, at the next log-in, start or purge, and when their writer decides.
"""

from datetime import datetime, timedelta

from screening.review.database import Database, place
from screening.store.review_rows import DESK, KEEP_DRAFTS
from screening.store.zones import Store

_SCHEMA = """
create table if not exists accounts (
    key text primary key,              -- the name, comparable (four_eyes)
    name text not null,
    roles text not null,               -- parted by blanks
    salt blob not null,
    hash blob not null,
    cost integer not null,             -- n of scrypt
    active integer not null default 1,
    shortcuts integer not null default 1,
    made_at text not null
);
create table if not exists sessions (
    token text primary key,            -- sha256 of the random token that the browser holds
    account text not null references accounts (key),
    made_at text not null,
    used_at text not null,
    notice text                        -- told once, on the next page
);
create table if not exists tries (
    key text not null,
    address text not null,
    at text not null
);
create index if not exists tries_at on tries (at);
create table if not exists claims (
    hit_id text primary key,
    key text not null,
    name text not null,
    at text not null
);
create table if not exists parks (
    hit_id text primary key,
    name text not null,
    until text not null,
    remark text not null,
    at text not null
);
create table if not exists drafts (
    hit_id text not null,
    key text not null,
    decision text not null,
    reason text not null,
    at text not null,
    primary key (hit_id, key)
);
"""


def desk_of(store: Store) -> Database:
    """Return the desk of a store.

    Raises:
        StoreError: the analyst zone is open to others or cannot be made.
    """
    path = place(store, DESK[-1])
    return Database(path, _SCHEMA, f"move {path} away and make the accounts again: screening review account")


def stamp(at: datetime) -> str:
    """Write a moment so that text sorts as time: UTC, whole seconds and microseconds, always as long."""
    return at.isoformat(timespec="microseconds")


def tidy(desk: Database, at: datetime) -> None:
    """Remove drafts and tries to log in whose time is over."""
    with desk.writing() as db:
        db.execute("delete from drafts where at < ?", (stamp(at - KEEP_DRAFTS),))
        db.execute("delete from tries where at < ?", (stamp(at - timedelta(days=1)),))
        db.execute("delete from sessions where made_at < ?", (stamp(at - timedelta(days=2)),))
