"""Which rows of a night have come to the end of their term, by kind and outcome (profile: retention.terms).

A row's kind is its source (API, PNR) or that it tells of a hit; its outcome is that of its traveller. Its
clock began when the night received it, when the run loaded it, or when the leg departed. Bookings and
messages end with the last statement made from them; evidence with its hit; what was settled follows its
statements (`manifests.remaining`).

Pure: tables in, tables out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.dispositions import about
from screening.profile.model import Retention
from screening.tables.codes import Clock, Decision, TermKind, TermOutcome
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, HitRow


@dataclass(frozen=True)
class Judged:
    """Whose rows stay longer than those of a traveller without a hit; everybody else is not named.

    Attributes:
        statements: outcome by statement id.
        hits: outcome by hit id; of every hit.
        held_statements: statements under a legal hold.
        held_hits: hits under one.
    """

    statements: Mapping[str, TermOutcome] = field(default_factory=dict)
    hits: Mapping[str, TermOutcome] = field(default_factory=dict)
    held_statements: frozenset[str] = frozenset()
    held_hits: frozenset[str] = frozenset()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "statements": {key: str(value) for key, value in sorted(self.statements.items())},
            "hits": {key: str(value) for key, value in sorted(self.hits.items())},
            "held_statements": sorted(self.held_statements),
            "held_hits": sorted(self.held_hits),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Judged":
        """Read what `plain` gave."""
        return cls(
            {key: TermOutcome(value) for key, value in plain["statements"].items()},
            {key: TermOutcome(value) for key, value in plain["hits"].items()},
            frozenset(plain["held_statements"]),
            frozenset(plain["held_hits"]),
        )


@dataclass(frozen=True)
class Clocks:
    """When the terms of a night's rows began.

    Attributes:
        receipt: start of the night's interval.
        load: its end.
        departures: departure in UTC by leg, as far as known.
    """

    receipt: datetime
    load: datetime
    departures: Mapping[str, datetime] = field(default_factory=dict)

    def began(self, clock: Clock, leg: str | None) -> datetime:
        """Return when the clock of a row began."""
        if clock is Clock.RECEIPT:
            return self.receipt
        if clock is Clock.DEPARTURE and leg is not None:
            return max(self.load, self.departures.get(leg, self.load))
        return self.load


def departures(flights: pa.Table) -> dict[str, datetime]:
    """Return the departure of each leg in UTC, where time and zone are known (FLIGHTS)."""
    columns = (flights[name].to_pylist() for name in ("flight_id", "departure_local", "origin_zone"))
    return {
        leg: local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for leg, local, zone in zip(*columns, strict=True)
        if local is not None and zone
    }


def outcomes_of(hits: pa.Table, dispositions: pa.Table) -> dict[str, TermOutcome]:
    """Judge each hit by what was decided on it.

    Args:
        hits: HITS of all nights; the latest row of a hit counts.
        dispositions: DISPOSITIONS.

    Returns:
        By hit id: confirmed where a true match on its traveller and alert stands; none where the hit was
        decided a false match, later than any true one; hit otherwise.
    """
    rows = rows_of(dispositions, DispositionRow)
    superseded = {row["supersedes"] for row in rows if row["supersedes"]}
    by_subject: dict[tuple[str, str], list[DispositionRow]] = {}
    for row in rows:
        if row["disposition_id"] not in superseded:
            for each in about(row):
                by_subject.setdefault(each, []).append(row)
    found = {}
    for hit in rows_of(hits, HitRow):
        decided = [row for each in about(hit) for row in by_subject.get(each, ())]
        true = [row["decided_at"] for row in decided if row["decision"] == Decision.TRUE_MATCH]
        false = [
            row["decided_at"]
            for row in decided
            if row["decision"] == Decision.FALSE_MATCH and row["evidence_hash"] == hit["evidence_hash"]
        ]
        if true and not (false and max(false) > max(true)):
            found[hit["hit_id"]] = TermOutcome.CONFIRMED
        else:
            found[hit["hit_id"]] = TermOutcome.NONE if false else TermOutcome.HIT
    return found


_STRONGER = (TermOutcome.NONE, TermOutcome.HIT, TermOutcome.CONFIRMED)


def stronger(one: TermOutcome | None, other: TermOutcome) -> TermOutcome:
    """Return the outcome that keeps rows for more reason.

    >>> stronger(TermOutcome.HIT, TermOutcome.NONE)
    <TermOutcome.HIT: 'hit'>
    """
    return other if one is None else max(one, other, key=_STRONGER.index)


@dataclass(frozen=True)
class Terms:
    """The terms of one night at one moment."""

    retention: Retention
    clocks: Clocks
    judged: Judged
    at: datetime

    def end(self, kind: TermKind, outcome: TermOutcome, leg: str | None = None) -> datetime:
        """Return when the term of a row ends."""
        term = self.retention.of(kind, outcome)
        return self.clocks.began(term.clock, leg) + timedelta(hours=term.hours)

    def first_end(self, kind: TermKind) -> datetime:
        """Return before when nothing of a kind ends, whatever the outcome."""
        return min(self.end(kind, outcome) for outcome in TermOutcome)

    def last_end(self, kind: TermKind) -> datetime:
        """Return from when on everything of a kind has ended, but for what is held."""
        legs: list[str | None] = [None, *self.clocks.departures]
        return max(self.end(kind, outcome, leg) for outcome in TermOutcome for leg in legs)

    def ended(self, kind: TermKind, statement: str | None, leg: str | None) -> bool:
        """Say whether a statement's row has come to its end; None for what nobody is named in."""
        if statement in self.judged.held_statements:
            return False
        outcome = self.judged.statements.get(statement or "", TermOutcome.NONE)
        return self.end(kind, outcome, leg) <= self.at


def kept_statements(table: pa.Table, kind: TermKind, terms: Terms) -> pa.Table:
    """Return the STATEMENTS whose term has not ended."""

    @cache
    def over(leg: str) -> bool:
        return terms.ended(kind, None, leg)

    special = {*terms.judged.statements, *terms.judged.held_statements}
    columns = (table[name].to_pylist() for name in ("statement_id", "flight_id"))
    stays = [
        not (terms.ended(kind, one, leg) if one in special else over(leg))
        for one, leg in zip(*columns, strict=True)
    ]
    return table.filter(pa.array(stays, pa.bool_()))


def kept_documents(
    table: pa.Table, before: pa.Table, after: pa.Table, kind: TermKind, terms: Terms
) -> pa.Table:
    """Return the STATEMENT_DOCUMENTS of the statements that stay; those of none have the plain term."""
    stays = pc.is_in(table["statement_id"], pc.unique(after["statement_id"].combine_chunks()))
    if not terms.ended(kind, None, None):
        known = pc.unique(before["statement_id"].combine_chunks())
        stays = pc.or_(stays, pc.invert(pc.is_in(table["statement_id"], known)))
    return table.filter(stays)


def kept_bookings(table: pa.Table, before: pa.Table, after: pa.Table, terms: Terms) -> pa.Table:
    """Return the BOOKINGS of which a statement stays; those that name nobody have the plain term."""
    there, known = _bookings(after), _bookings(before)
    columns = (table[name].to_pylist() for name in ("message_id", "locator", "flight_id"))
    stays = [
        (message, locator) in there
        or ((message, locator) not in known and not terms.ended(TermKind.PNR, None, leg))
        for message, locator, leg in zip(*columns, strict=True)
    ]
    return table.filter(pa.array(stays, pa.bool_()))


def _bookings(statements: pa.Table) -> set[tuple[str, str]]:
    columns = (statements[name].to_pylist() for name in ("message_id", "locator"))
    return set(zip(*columns, strict=True))


def kept_messages(
    table: pa.Table, legs: Mapping[str, Collection[str]], after: pa.Table, kind: TermKind, terms: Terms
) -> pa.Table:
    """Return the rows of messages (MESSAGES, MESSAGE_LEGS) of which a statement stays or the term runs.

    Args:
        table: with a column message_id.
        legs: legs of each message.
        after: the statements that stay.
        kind: of the messages.
        terms: the night's terms.
    """
    there = set(after["message_id"].to_pylist())
    nowhere: tuple[str | None, ...] = (None,)
    stays = [
        message in there or any(not terms.ended(kind, None, leg) for leg in legs.get(message, nowhere))
        for message in table["message_id"].to_pylist()
    ]
    return table.filter(pa.array(stays, pa.bool_()))


def kept_hits(table: pa.Table, terms: Terms) -> pa.Table:
    """Return the HITS whose term has not ended."""
    columns = (table[name].to_pylist() for name in ("hit_id", "flight_id"))
    stays = [
        hit in terms.judged.held_hits
        or terms.end(TermKind.HIT, terms.judged.hits.get(hit, TermOutcome.HIT), leg) > terms.at
        for hit, leg in zip(*columns, strict=True)
    ]
    return table.filter(pa.array(stays, pa.bool_()))
