"""Dispositions: what a person decided about a hit, by which rules, and what follows from it.

Rules: a decision has a reason. Deciding on an alert of a category that asks for two persons needs a second
one, who confirms what the first has proposed (`proposals`), and never the same person twice (four eyes). A
disposition is never changed: a later one of the same traveller, alert and evidence supersedes it. Who decides
otherwise than the last decision on this traveller and alert, on whatever evidence, says so by its id. A false
match clears the pair for the profile's days, except where a document agrees.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from screening.hits.four_eyes import same_person
from screening.tables.analyst import CLEARANCES, DISPOSITIONS
from screening.tables.codes import Category, Decision, EvidenceKind
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import ClearanceRow, DispositionRow, HitRow, ScoredEvidence


@dataclass(frozen=True, slots=True)
class Disposed:
    """What a decision writes: one DISPOSITIONS row, and a CLEARANCES row where the pair is cleared."""

    disposition: DispositionRow
    clearance: ClearanceRow | None


def dispose(
    hit: HitRow,
    *,
    decision: Decision,
    reason: str,
    analyst: str,
    second: str | None,
    at: datetime,
    second_person: Collection[Category],
    clear_days: int,
    alert_hash: str,
    identity_hash: str | None = None,
    evidence: Sequence[ScoredEvidence],
    earlier: pa.Table,
    instead_of: str | None = None,
    key_id: str | None = None,
) -> Disposed:
    """Decide on a hit.

    Args:
        hit: a HITS row.
        decision: true match, false match or inconclusive.
        reason: the analyst's reason, in words.
        analyst: who decides.
        second: the second person, where one is asked for.
        at: when, UTC.
        second_person: categories that ask for two persons (profile.clearing.second_person).
        clear_days: how long a false match stays silent (profile.clearing.days).
        alert_hash: `content_hash` of the hit's alert.
        identity_hash: content of its compared identity (`cleared_content`).
        evidence: EVIDENCE rows of the hit's alert.
        earlier: DISPOSITIONS so far.
        instead_of: id, or its first digits, of the decision that this one contradicts.
        key_id: key that made the hit's person_key.

    Returns:
        The rows to write.

    Raises:
        UsageError: no reason, a second person is missing or is the analyst, or an earlier decision says
            otherwise and is not named.
        ValueError: `at` has no time zone.
    """
    _check(
        hit, decision=decision, reason=reason, analyst=analyst, second=second, at=at, categories=second_person
    )
    check_contrary(hit, decision, earlier, instead_of)
    bound = hit["person_key"], hit["alert_id"], hit["evidence_hash"]
    before = in_force(earlier).get(bound)
    key = "|".join([hit["hit_id"], *bound, str(decision), analyst, at.isoformat()])
    disposition: DispositionRow = {
        "disposition_id": hashlib.sha256(key.encode()).hexdigest()[:32],
        "hit_id": hit["hit_id"],
        "person_key": hit["person_key"],
        "alert_id": hit["alert_id"],
        "decision": str(decision),
        "reason": reason.strip(),
        "analyst": analyst,
        "second": second,
        "decided_at": at,
        "evidence_hash": hit["evidence_hash"],
        "supersedes": before["disposition_id"] if before else None,
        "key_id": key_id,
    }
    by_document = any(piece["kind"] == EvidenceKind.DOCUMENT and piece["weight"] != 0 for piece in evidence)
    if decision is not Decision.FALSE_MATCH or by_document:
        return Disposed(disposition, None)
    until = (at + timedelta(days=clear_days)).date()
    return Disposed(disposition, _clearance(disposition, alert_hash, identity_hash, until))


def _clearance(
    disposition: DispositionRow, alert_hash: str, identity_hash: str | None, until: date
) -> ClearanceRow:
    text = f"clearance|{disposition['disposition_id']}"
    return {
        "clearance_id": hashlib.sha256(text.encode()).hexdigest()[:32],
        "person_key": disposition["person_key"],
        "alert_id": disposition["alert_id"],
        "alert_hash": alert_hash,
        "evidence_hash": disposition["evidence_hash"],
        "until": until,
        "disposition_id": disposition["disposition_id"],
        "key_id": disposition["key_id"],
        "identity_hash": identity_hash,
    }


def _check(
    hit: HitRow,
    *,
    decision: Decision,
    reason: str,
    analyst: str,
    second: str | None,
    at: datetime,
    categories: Collection[Category],
) -> None:
    where = f"hit {hit['hit_id']}"
    if not reason.strip():
        raise UsageError(
            "a decision needs a reason", where=where, effect="nothing was decided", remedy="add --reason TEXT"
        )
    if at.tzinfo is None:
        raise ValueError("the time of a decision carries a time zone")
    if second is not None and same_person(second, analyst):
        raise UsageError(
            "the second person is the analyst",
            where=where,
            effect="nothing was decided",
            remedy="a different person has to confirm it: `screening confirm HIT`",
        )
    if needs_second(hit, decision, categories) and not (second and second.strip()):
        raise UsageError(
            f"alerts of the category {hit['category']} are decided by two persons",
            where=where,
            effect="nothing was decided",
            remedy="propose it, and another person confirms it: `screening confirm HIT`",
        )


def needs_second(hit: HitRow, decision: Decision, categories: Collection[Category]) -> bool:
    """Say whether a decision needs a second person.

    Setting a hit aside needs no fewer eyes than confirming it; only "inconclusive" leaves the hit open.
    """
    return Category(hit["category"]) in categories and decision is not Decision.INCONCLUSIVE


def last_decision(hit: HitRow, earlier: pa.Table) -> DispositionRow | None:
    """Return the last decision in force on a hit's traveller and alert, on whatever evidence."""
    return max(
        (
            row
            for row in in_force(earlier).values()
            if row["decision"] != Decision.INCONCLUSIVE and not about(hit).isdisjoint(about(row))
        ),
        key=lambda row: (row["decided_at"], row["disposition_id"]),
        default=None,
    )


def check_contrary(hit: HitRow, decision: Decision, earlier: pa.Table, instead_of: str | None) -> None:
    """Refuse to decide otherwise than the last decision on the pair, unless it is named.

    Raises:
        UsageError: it is not named, or another one is.
    """
    last = last_decision(hit, earlier)
    if instead_of is not None and not (last and instead_of and last["disposition_id"].startswith(instead_of)):
        raise UsageError(
            f"{instead_of[:40]} is not the last decision on this traveller and alert",
            where=f"hit {hit['hit_id']}",
            effect="nothing was decided",
            remedy="leave --instead-of out: what it has to name is said then",
        )
    if last is None or last["decision"] == decision or instead_of is not None:
        return
    raise UsageError(
        f"{last['analyst']} decided {last['decision']} on this traveller and alert, "
        f"{last['decided_at']:%Y-%m-%d %H:%M} UTC",
        where=f"hit {hit['hit_id']}",
        effect="nothing was decided",
        remedy=f"`screening trace {hit['hit_id']}` shows why; to decide otherwise, say so: add "
        f"--instead-of {last['disposition_id'][:12]}",
    )


def reopened(row: DispositionRow, *, reason: str, actor: str, at: datetime, key: str) -> DispositionRow:
    """Return the act that takes a decision back: `inconclusive` in its place, which leaves the hit open.

    Args:
        row: the decision.
        reason: why.
        actor: who takes it back.
        at: when, UTC.
        key: what sets the act apart from others on the same decision at the same moment.
    """
    text = f"{key}|{row['disposition_id']}|{actor}|{at.isoformat()}"
    return {
        **row,
        "disposition_id": hashlib.sha256(text.encode()).hexdigest()[:32],
        "decision": str(Decision.INCONCLUSIVE),
        "reason": reason.strip(),
        "analyst": actor,
        "second": None,
        "decided_at": at,
        "supersedes": row["disposition_id"],
    }


def about(row: HitRow | DispositionRow) -> set[tuple[str, str]]:
    """Return whom and which alert it is about: a person's key follows their document, a hit stays theirs."""
    return {(row["person_key"], row["alert_id"]), (row["hit_id"], row["alert_id"])}


def standing(dispositions: pa.Table) -> list[str]:
    """Return the ids of dispositions whose clearance stands: those that nothing takes back."""
    gone = taken_back(dispositions)
    named = zip(*(dispositions[name].to_pylist() for name in ("disposition_id", "person_key")), strict=True)
    return [one for one, person in named if (one, person) not in gone]


def taken_back(dispositions: pa.Table) -> frozenset[tuple[str, str]]:
    """Return (disposition_id, person_key) of dispositions whose clearance stands no more.

    It is taken back by what supersedes the disposition, and by a later true match on the same traveller and
    alert, whatever the evidence of either. Where a disposition stands under several keys of people
    (`person_keys.bind`), it is taken back for those of whom the true match is.
    """
    rows = rows_of(dispositions, DispositionRow)
    superseded = {row["supersedes"] for row in rows}
    confirmed: dict[tuple[str, str], datetime] = {}
    for row in rows:
        if row["decision"] == Decision.TRUE_MATCH and row["disposition_id"] not in superseded:
            for each in about(row):
                confirmed[each] = max(row["decided_at"], confirmed.get(each, row["decided_at"]))
    return frozenset(
        (row["disposition_id"], row["person_key"])
        for row in rows
        if row["disposition_id"] in superseded
        or any(row["decided_at"] < confirmed.get(each, row["decided_at"]) for each in about(row))
    )


def confirmed(dispositions: pa.Table) -> frozenset[tuple[str, str]]:
    """Return (person_key, alert_id) of the true matches that nothing supersedes."""
    rows = rows_of(dispositions, DispositionRow)
    superseded = {row["supersedes"] for row in rows}
    return frozenset(
        (row["person_key"], row["alert_id"])
        for row in rows
        if row["decision"] == Decision.TRUE_MATCH and row["disposition_id"] not in superseded
    )


def in_force(dispositions: pa.Table) -> dict[tuple[str, str, str], DispositionRow]:
    """Return the last unsuperseded disposition of each (person_key, alert_id, evidence_hash)."""
    in_order = dispositions.sort_by([("decided_at", "ascending"), ("disposition_id", "ascending")])
    rows = rows_of(in_order, DispositionRow)
    superseded = {row["supersedes"] for row in rows if row["supersedes"]}
    return {
        (row["person_key"], row["alert_id"], row["evidence_hash"]): row
        for row in rows
        if row["disposition_id"] not in superseded
    }


def disposition_table(rows: Sequence[DispositionRow]) -> pa.Table:
    """Return DISPOSITIONS of rows."""
    return DISPOSITIONS.table(rows)


def clearance_table(rows: Sequence[ClearanceRow]) -> pa.Table:
    """Return CLEARANCES of rows."""
    return CLEARANCES.table(rows)
