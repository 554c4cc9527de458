"""Accounts and sessions: who is at the desk, and for how long.

Rules:

* A password is kept as scrypt (n = 2^15, r = 8, p = 1; 0.2 s), with a salt of its own. An unknown name costs
  as long as a wrong password, and both are answered in the same words.
* After `_TRIES` wrong passwords for a name from one address, or more from an address or for a name,
  nobody logs in that way for `_PAUSE`: also not with the right password.
* A session is a random token; kept is its hash. It is new at every log-in, ends after `IDLE` without a
  request and after `LONGEST` in any case, and with the account.

Source: OWASP Password Storage and Session Management Cheat Sheets; RFC 7914 (scrypt); NIST SP 800-63B 5.1.1.
"""

import hashlib
import hmac
import secrets
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from screening.hits.four_eyes import comparable
from screening.protection.actor import named
from screening.review.database import Database
from screening.review.desk import stamp
from screening.tables.codes import ReviewRole as Role
from screening.tables.errors import UsageError

COST = 2**15
SHORTEST, LONGEST_WORD = 12, 200
IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=12)
WARNING = timedelta(minutes=2)
"""How long before an idle log-out a page warns."""
_PAUSE = timedelta(minutes=15)
_TRIES, _OF_ADDRESS, _OF_NAME = 5, 30, 60


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in, as what."""

    name: str
    roles: frozenset[Role]
    active: bool = True
    shortcuts: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that holds.

    Attributes:
        account: whose it is.
        token: hash of the token, by which it is kept.
        form_token: what every form of its pages carries.
        notice: what is told on the next page.
        ends: when it ends if nothing is asked for.
    """

    account: Account
    token: str
    form_token: str
    notice: str | None
    ends: datetime


class TooManyTriesError(Exception):
    """Nobody logs in that way now; `seconds` later it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many tries")
        self.seconds = seconds


def add_account(
    desk: Database, name: str, roles: Iterable[Role], password: str, at: datetime, *, cost: int = COST
) -> Account:
    """Make an account, or refuse.

    Args:
        desk: the desk.
        name: the name under which their acts are recorded.
        roles: what they may do; at least one.
        password: their first password.
        at: when.
        cost: n of scrypt.

    Raises:
        UsageError: the name is none or taken, no role, or the password is too short or long.
    """
    shown, wanted = named(name, "NAME"), frozenset(roles)
    if not wanted:
        raise _refused("an account needs a role", "--role", "add --role analyst, or another")
    salt, made = _salted(password, shown, cost)
    values = (comparable(shown), shown, _written(wanted), salt, made, cost, stamp(at))
    with desk.writing() as db:
        if db.execute("select 1 from accounts where key = ?", values[:1]).fetchone():
            remedy = "`screening review account list` shows them; `password` and `roles` change one"
            raise _refused(f"there is an account {shown}", "NAME", remedy)
        db.execute(
            "insert into accounts (key, name, roles, salt, hash, cost, made_at) values (?,?,?,?,?,?,?)",
            values,
        )
    return Account(shown, wanted)


def set_password(desk: Database, name: str, password: str, *, cost: int = COST) -> None:
    """Give an account another password; its sessions end.

    Raises:
        UsageError: there is no such account, or the password is too short or long.
    """
    salt, made = _salted(password, name, cost)
    _change(desk, name, "salt = ?, hash = ?, cost = ?", (salt, made, cost))


def set_roles(desk: Database, name: str, roles: Iterable[Role]) -> None:
    """Give an account other roles; its sessions end.

    Raises:
        UsageError: there is no such account, or no role.
    """
    wanted = frozenset(roles)
    if not wanted:
        raise _refused("an account needs a role", "--role", "add --role analyst, or `account end`")
    _change(desk, name, "roles = ?", (_written(wanted),))


def end_account(desk: Database, name: str) -> None:
    """Let nobody log in with an account any more; its sessions end, what they did stays on record.

    Raises:
        UsageError: there is no such account.
    """
    _change(desk, name, "active = 0", ())


def accounts(desk: Database) -> list[Account]:
    """Return all accounts, by name."""
    with desk.reading() as db:
        return [_account(row) for row in db.execute("select * from accounts order by key")]


def log_in(desk: Database, name: str, password: str, address: str, at: datetime) -> str | None:
    """Check a password and begin a session.

    Args:
        desk: the desk.
        name: as typed.
        password: as typed.
        address: where the request comes from.
        at: now.

    Returns:
        The new session's token for the browser; None where name or password is wrong.

    Raises:
        TooManyTriesError: there were too many wrong ones.
    """
    key = comparable(name[:LONGEST_WORD])
    with desk.writing() as db:  # a try counts before it is checked: many at once are not one
        _check_tries(db, key, address, at)
        db.execute("insert into tries values (?, ?, ?)", (key, address, stamp(at)))
        row = db.execute("select * from accounts where key = ? and active", (key,)).fetchone()
    salt, cost = (row["salt"], row["cost"]) if row else (b"nobody's salt...", COST)
    right = hmac.compare_digest(_hashed(password, salt, cost), row["hash"] if row else bytes(32))
    if not right or row is None:
        return None
    token = secrets.token_urlsafe(32)
    with desk.writing() as db:
        db.execute("delete from tries where key = ? and address = ?", (key, address))
        db.execute("insert into sessions values (?,?,?,?,null)", (hashed(token), key, stamp(at), stamp(at)))
    return token


def session(desk: Database, token: str, at: datetime, *, used: bool = True) -> Session | None:
    """Return the session of a token; None where there is none or it has ended.

    Args:
        desk: the desk.
        token: what the browser holds.
        at: now.
        used: does the request count as a step of a person, after which the session goes on?
    """
    found = hashed(token)
    with desk.writing() as db:
        row = _row(db, found)
        if row is None or not row["active"] or _over(row, at):
            return None
        if used:
            db.execute("update sessions set used_at = ?, notice = null where token = ?", (stamp(at), found))
    last = datetime.fromisoformat(row["made_at"]) + LONGEST
    return Session(_account(row), found, form_token(token), row["notice"], min(at + IDLE, last))


def ended_session(desk: Database, token: str) -> Account | None:
    """Return whose session it was, also where its time is over: what they typed is kept for them."""
    with desk.reading() as db:
        row = _row(db, hashed(token))
    return _account(row) if row is not None and row["active"] else None


def log_out(desk: Database, token: str) -> None:
    """End a session."""
    with desk.writing() as db:
        db.execute("delete from sessions where token = ?", (hashed(token),))


def tell_next(desk: Database, session: Session, notice: str) -> None:
    """Tell something on the session's next page."""
    with desk.writing() as db:
        db.execute("update sessions set notice = ? where token = ?", (notice, session.token))


def set_shortcuts(desk: Database, name: str, *, on: bool) -> None:
    """Switch the single-key shortcuts of an account on or off."""
    with desk.writing() as db:
        db.execute("update accounts set shortcuts = ? where key = ?", (int(on), comparable(name)))


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(token: str) -> str:
    """Return what the forms of a session carry: made of its token, which only its own browser has."""
    return hashlib.sha256(f"form|{token}".encode()).hexdigest()


def _row(db: sqlite3.Connection, token: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(
        "select * from sessions join accounts on accounts.key = sessions.account where token = ?", (token,)
    ).fetchone()
    return found


def _over(row: sqlite3.Row, at: datetime) -> bool:
    used, made = (datetime.fromisoformat(row[name]) for name in ("used_at", "made_at"))
    return at - used > IDLE or at - made > LONGEST


def _check_tries(db: sqlite3.Connection, key: str, address: str, at: datetime) -> None:
    since = stamp(at - _PAUSE)
    for limit, condition, values in (
        (_TRIES, "key = ? and address = ?", (key, address)),
        (_OF_ADDRESS, "address = ?", (address,)),
        (_OF_NAME, "key = ?", (key,)),
    ):
        text = f"select at from tries where {condition} and at > ? order by at desc limit 1 offset ?"  # noqa: S608  # ours
        row = db.execute(text, (*values, since, limit - 1)).fetchone()
        if row is not None:
            waits = datetime.fromisoformat(row["at"]) + _PAUSE - at
            raise TooManyTriesError(max(1, round(waits.total_seconds())))


def _change(desk: Database, name: str, change: str, values: tuple[object, ...]) -> None:
    key = comparable(name)
    with desk.writing() as db:
        text = f"update accounts set {change} where key = ?"  # noqa: S608  # `change` is one of three above
        if not db.execute(text, (*values, key)).rowcount:
            remedy = "`screening review account list` shows them"
            raise _refused(f"there is no account {name[:64]}", "NAME", remedy)
        db.execute("delete from sessions where account = ?", (key,))


def _account(row: sqlite3.Row) -> Account:
    roles = frozenset(Role(word) for word in row["roles"].split())
    return Account(row["name"], roles, bool(row["active"]), bool(row["shortcuts"]))


def _written(roles: Collection[Role]) -> str:
    return " ".join(sorted(roles))


def _salted(password: str, name: str, cost: int) -> tuple[bytes, bytes]:
    if not SHORTEST <= len(password) <= LONGEST_WORD or comparable(password) == comparable(name):
        remedy = f"{SHORTEST} to {LONGEST_WORD} characters, not the name; several words are best"
        raise _refused("this password cannot be used", "the password", remedy)
    salt = secrets.token_bytes(16)
    return salt, _hashed(password, salt, cost)


def _hashed(password: str, salt: bytes, cost: int) -> bytes:
    typed = unicodedata.normalize("NFKC", password[:LONGEST_WORD]).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(typed, salt=salt, n=cost, r=8, p=1, maxmem=2**26, dklen=32)


def _refused(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(what, where=where, effect="no account was made or changed", remedy=remedy)
