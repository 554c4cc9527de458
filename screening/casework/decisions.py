"""What people decide on hits: decide, confirm what another proposed, undo.

All three hold the one lock of acts, so that whoever decides sees every decision before their own. The command
line and the review application call the same functions; nothing else decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.model import Imported
from screening.casework.acting import act_on, frozen_of, next_moment, record, seen
from screening.casework.bound import bound
from screening.casework.found import everywhere, unknown
from screening.hits.cleared_content import Contents
from screening.hits.decided import latest
from screening.hits.dispositions import (
    check_contrary,
    dispose,
    last_decision,
    needs_second,
    reopened,
)
from screening.hits.four_eyes import same_person
from screening.hits.proposals import check_confirms, check_proposed, waiting
from screening.hits.roles import DECIDES, check_role, roles_of
from screening.list_keeping.versions import open_version
from screening.night.frozen import Frozen
from screening.profile.review import Review
from screening.protection import audit
from screening.store import acts
from screening.store.once import night_table
from screening.store.zones import Store
from screening.tables import analyst
from screening.tables.codes import Decision, ReviewRole
from screening.tables.errors import UsageError
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow, DispositionRow, EvidenceRow, HitRow, ProposalRow

EVERYBODY = Review()


@dataclass(frozen=True, slots=True)
class Decided:
    """A recorded decision.

    Attributes:
        disposition: its row.
        until: the last day on which the pair stays silent; None where nothing is silenced.
        night: the night whose hit was looked at.
        hit: the hit.
    """

    disposition: DispositionRow
    until: str | None
    night: date
    hit: HitRow

    @property
    def disposition_id(self) -> str:
        """Return the id of the decision."""
        return self.disposition["disposition_id"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A recorded proposal: nothing is decided before another person confirms it."""

    proposal: ProposalRow
    night: date
    hit: HitRow


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: a decision, or a proposal that waited; the hit is open again."""

    decision: str
    by: str
    was_proposed: bool
    night: date
    hit: HitRow


@dataclass(frozen=True, slots=True)
class _Case:
    """A hit with what is needed to decide on it, read under the lock."""

    store: Store
    night: date
    hit: HitRow
    frozen: Frozen
    earlier: pa.Table
    waits: ProposalRow | None
    at: datetime


def decide(
    store: Store,
    hit_id: str,
    *,
    decision: Decision,
    reason: str,
    analyst_id: str,
    at: datetime,
    night: date | None = None,
    evidence: str | None = None,
    instead_of: str | None = None,
    stood: str | None = None,
    review: Review = EVERYBODY,
) -> Decided | Proposed:
    """Record a person's decision on a hit, or their proposal where the category asks for a second person.

    Args:
        store: the store.
        hit_id: the hit, or an unambiguous beginning of its id.
        decision: true_match, false_match or inconclusive.
        reason: why, in the analyst's words.
        analyst_id: who decides.
        at: when, UTC.
        night: the night whose hit was looked at; None where its evidence is the same in all of them.
        evidence: hash, or its first digits, of the evidence that was looked at.
        instead_of: the earlier decision or waiting proposal, by id or first digits, that this contradicts.
        stood: the last act on the hit that its actor saw, by id, empty where none was; None: not asked for.
        review: who may decide.

    Returns:
        The decision with the clearance that follows; or the proposal, which binds nothing.

    Raises:
        UsageError: no such hit, its evidence is another one now, or the rules of `hits.dispositions`,
            `hits.proposals` or `hits.roles` refuse.
        ProfileError, StoreError: the key in use is asked for and cannot be loaded.
    """
    check_role(analyst_id, review, DECIDES)
    looked_at = seen(store, hit_id, night, evidence)
    with acts.deciding(store):
        case = _case(store, *looked_at, at)
        _check_stood(case, stood)
        named = check_proposed(case.hit, decision, analyst_id, case.waits, instead_of)
        if named:  # who contradicts a proposal has seen what it contradicted
            last = last_decision(case.hit, case.earlier)
            instead_of = last["disposition_id"] if last and last["decision"] != decision else None
        second_person = case.frozen.agency_profile().clearing.second_person
        if not needs_second(case.hit, decision, second_person):
            return _write(case, decision, reason, analyst_id, None, instead_of, "hit.decide", ())
        if not reason.strip():
            raise UsageError(
                "a decision needs a reason",
                where=f"hit {case.hit['hit_id']}",
                effect="nothing was decided",
                remedy="add --reason TEXT",
            )
        check_contrary(case.hit, decision, case.earlier, instead_of)
        last = last_decision(case.hit, case.earlier)
        row = _proposal(
            case,
            analyst_id,
            {
                "decision": str(decision),
                "reason": reason.strip(),
                "instead_of": last["disposition_id"] if last and last["decision"] != decision else None,
            },
        )
        record(store, "hit.propose", PROPOSALS, row, row["reason"])
        return Proposed(row, case.night, case.hit)


def confirm(
    store: Store,
    hit_id: str,
    *,
    actor: str,
    at: datetime,
    night: date | None = None,
    proposal: str | None = None,
    review: Review = EVERYBODY,
) -> Decided:
    """Confirm what another person has proposed on a hit: now it is decided.

    Args:
        store: the store.
        hit_id: the hit, or an unambiguous beginning of its id.
        actor: the second person.
        at: when, UTC.
        night: the night, where proposals wait on differing evidence.
        proposal: the proposal that was looked at, by id or first digits; None for the one that waits.
        review: who may confirm.

    Raises:
        UsageError: nothing waits, something else does, the first person confirms, the evidence has changed,
            or somebody has decided otherwise since.
        ProfileError, StoreError: the key in use is asked for and cannot be loaded.
    """
    check_role(actor, review, DECIDES)
    found = everywhere(store, hit_id)
    if not found:
        raise unknown(hit_id, "all nights of the store")
    with acts.deciding(store):
        held, case = _waiting_case(store, found, night, proposal, at)
        check_confirms(case.hit, held, actor)
        decision = Decision(str(held["decision"]))
        last = last_decision(case.hit, case.earlier)
        contrary = last if last and last["decision"] != decision else None
        if contrary and contrary["disposition_id"] != held["instead_of"]:
            raise UsageError(
                f"{contrary['analyst']} decided {contrary['decision']} on this traveller and alert since it "
                "was proposed",
                where=f"hit {case.hit['hit_id']}",
                effect="nothing was decided; the proposal waits",
                remedy=f"`screening hit {case.hit['hit_id'][:12]}` shows both; undo the proposal, or "
                f"propose again with --instead-of {held['act_id'][:12]}",
            )
        return _write(
            case,
            decision,
            held["reason"],
            held["actor"],
            actor,
            contrary["disposition_id"] if contrary else None,
            "hit.confirm",
            (f"proposal:{held['act_id']}",),
        )


def undo(
    store: Store,
    hit_id: str,
    *,
    actor: str,
    reason: str,
    at: datetime,
    night: date | None = None,
    review: Review = EVERYBODY,
) -> Undone:
    """Take back the last act on a hit: a proposal that waits, else the decision; the hit is open again.

    Args:
        store: the store.
        hit_id: the hit, or an unambiguous beginning of its id.
        actor: who: one of those who acted, or a supervisor.
        reason: why; recorded.
        at: when, UTC.
        night: the night, where the hit stands in several on differing evidence.
        review: within how many minutes, and who is a supervisor.

    Raises:
        UsageError: nothing is there to undo, it is somebody else's, or too long ago.
    """
    check_role(actor, review, DECIDES)
    if not reason.strip():
        raise _not_undone("an undo has a reason", "--reason", "say why in a sentence; it is recorded")
    looked_at = _undone_at(store, hit_id, night)
    with acts.deciding(store):
        case = _case(store, *looked_at, at)
        if case.waits is not None:
            waits = case.waits
            _check_undo(case, actor, (waits["actor"],), waits["at_utc"], at, review)
            row = _proposal(case, actor, {"decision": None, "reason": reason.strip(), "instead_of": None})
            record(store, "hit.withdraw", PROPOSALS, row, row["reason"])
            return Undone(str(waits["decision"]), waits["actor"], True, case.night, case.hit)
        made = _last_on(case)
        if made is None:
            where = f"hit {case.hit['hit_id']}"
            raise _not_undone("nothing is decided or proposed on this hit", where, "nothing is to be done")
        people = tuple(name for name in (made["analyst"], made["second"]) if name)
        _check_undo(case, actor, people, made["decided_at"], at, review)
        back = reopened(made, reason=reason, actor=actor, at=case.at, key="undo")
        said = [back["hit_id"], back["decision"], back["disposition_id"], f"undone:{made['disposition_id']}"]
        audit.append(store, actor, "hit.undo", said, back["reason"], at)
        acts.record(store, analyst.DISPOSITIONS.table([back]), None)
        return Undone(made["decision"], " and ".join(people), False, case.night, case.hit)


class StandsOtherwiseError(UsageError):
    """Somebody acted on the hit after it was looked at."""


def _check_stood(case: _Case, stood: str | None) -> None:
    """Refuse an act whose actor has not seen the last one on the hit."""
    if stood is None:
        return
    rows = rows_of(case.earlier.filter(pc.field("hit_id") == case.hit["hit_id"]), DispositionRow)
    made = latest(rows).get(case.hit["hit_id"])
    said = (
        (
            case.waits["act_id"],
            f"{case.waits['actor']} proposed {case.waits['decision']}",
            case.waits["at_utc"],
        )
        if case.waits
        else (made["disposition_id"], f"{made['analyst']} decided {made['decision']}", made["decided_at"])
        if made
        else None
    )
    if stood == (said[0] if said else ""):
        return
    raise StandsOtherwiseError(
        f"{said[1]} on this hit, {said[2]:%Y-%m-%d %H:%M} UTC"
        if said
        else "the last act on this hit is gone",
        where=f"hit {case.hit['hit_id']}",
        effect="nothing was decided",
        remedy="look at it again",
    )


def _undone_at(store: Store, hit_id: str, night: date | None) -> tuple[date, HitRow]:
    """Find the night of a hit on whose evidence the last act was; an undo is of what was done last."""
    found = [one for one in everywhere(store, hit_id) if night in (None, one[0])]
    if not found:
        raise unknown(hit_id, "all nights of the store" if night is None else f"night {night}")
    mine = pc.field("hit_id") == found[-1][1]["hit_id"]
    said = [
        *((r["decided_at"], r["evidence_hash"]) for r in _rows(acts.dispositions(store), mine)),
        *((r["at_utc"], r["evidence_hash"]) for r in _rows(acts.acts_on_hits(store, PROPOSALS), mine)),
    ]
    last = max(said, default=(None, None))[1]
    return next((one for one in reversed(found) if one[1]["evidence_hash"] == last), found[-1])


def _rows(table: pa.Table, chosen: pc.Expression) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = table.filter(chosen).to_pylist()
    return rows


def _last_on(case: _Case) -> DispositionRow | None:
    """Return the decision on a hit that stands, other than `inconclusive`."""
    own = rows_of(case.earlier.filter(pc.field("hit_id") == case.hit["hit_id"]), DispositionRow)
    superseded = {row["supersedes"] for row in own}
    standing = [
        row
        for row in own
        if row["disposition_id"] not in superseded
        and row["decision"] != Decision.INCONCLUSIVE
        and row["evidence_hash"] == case.hit["evidence_hash"]
    ]
    return max(standing, key=lambda row: (row["decided_at"], row["disposition_id"]), default=None)


def _check_undo(
    case: _Case, actor: str, people: tuple[str, ...], done: datetime, at: datetime, review: Review
) -> None:
    where = f"hit {case.hit['hit_id']}"
    otherwise = "decide otherwise: `screening decide` says what --instead-of has to name"
    own = any(same_person(actor, one) for one in people)
    if not own and ReviewRole.SUPERVISOR not in roles_of(actor, review):
        raise _not_undone(
            f"it was decided or proposed by {' and '.join(people)}",
            where,
            f"they undo it, or a supervisor (profile: review.supervisors); or {otherwise}",
        )
    if at - done > timedelta(minutes=review.undo_minutes):
        raise _not_undone(
            f"it was done {done:%Y-%m-%d %H:%M} UTC, more than {review.undo_minutes} minutes ago "
            "(profile: review.undo_minutes)",
            where,
            otherwise,
        )


def _not_undone(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(what, where=where, effect="nothing was undone", remedy=remedy)


def _case(store: Store, night: date, hit: HitRow, at: datetime) -> _Case:
    frozen = frozen_of(store, night, hit)
    decided = acts.dispositions(store)
    # Decisions on other alerts say nothing of this one.
    same = decided.filter(pc.equal(decided["alert_id"], hit["alert_id"]))
    return _Case(
        store,
        night,
        hit,
        frozen,
        bound(store, frozen, hit, same),
        _waits(store, same, hit),
        next_moment(store, at),
    )


def _waits(store: Store, decided: pa.Table, hit: HitRow) -> ProposalRow | None:
    proposals = acts.acts_on_hits(store, PROPOSALS)
    own = rows_of(proposals.filter(pc.equal(proposals["hit_id"], hit["hit_id"])), ProposalRow)
    if not own:
        return None
    made = rows_of(decided.filter(pc.equal(decided["hit_id"], hit["hit_id"])), DispositionRow)
    return waiting(own, made).get((hit["hit_id"], hit["alert_id"], hit["evidence_hash"]))


def _waiting_case(
    store: Store, found: list[tuple[date, HitRow]], night: date | None, proposal: str | None, at: datetime
) -> tuple[ProposalRow, _Case]:
    """Return the proposal that waits on a hit as it stands in one of its nights."""
    hit_id = found[-1][1]["hit_id"]
    decided = acts.dispositions(store)
    wanted = [one for one in found if night in (None, one[0])]
    held: dict[str, tuple[ProposalRow, date, HitRow]] = {}
    for label, hit in wanted:
        waits = _waits(store, decided, hit)
        if waits is None or not waits["act_id"].startswith(proposal or ""):
            continue
        if waits["act_id"] not in held or label == waits["night"]:
            held[waits["act_id"]] = (waits, label, hit)
    if len(held) == 1:
        [(waits, label, hit)] = held.values()
        return waits, _case(store, label, hit, at)
    where = f"hit {hit_id}"
    if held:
        raise UsageError(
            f"{len(held)} proposals wait on this hit, on differing evidence",
            where=f"{where}, nights {', '.join(str(label) for _, label, _ in held.values())}",
            effect="nothing was decided",
            remedy="say which you looked at: add --night DATE",
        )
    raise UsageError(
        "this proposal does not wait" if proposal else "nothing is proposed on this hit as it stands",
        where=where,
        effect="nothing was decided",
        remedy=f"`screening hit {hit_id[:12]}` shows what was decided or proposed; a first person proposes "
        "with `screening decide`",
    )


def _proposal(case: _Case, actor: str, own: Mapping[str, object]) -> ProposalRow:
    waits = case.waits["act_id"] if case.waits else None
    row = act_on(
        PROPOSALS,
        case.night,
        case.hit,
        actor=actor,
        at=case.at,
        key_id=case.frozen.pins.key_id,
        own={**own, "replaces": waits},
    )
    return cast("ProposalRow", row)


def _write(
    case: _Case,
    decision: Decision,
    reason: str,
    first: str,
    second: str | None,
    instead_of: str | None,
    act: str,
    more: tuple[str, ...],
) -> Decided:
    """Record a decision and write it with the clearance that follows."""
    profile, hit, store = case.frozen.agency_profile(), case.hit, case.store
    evidence = night_table(store, case.night, analyst.EVIDENCE)
    own = pc.and_(
        pc.equal(evidence["hit_id"], hit["hit_id"]), pc.equal(evidence["alert_id"], hit["alert_id"])
    )
    made = dispose(
        hit,
        decision=decision,
        reason=reason,
        analyst=first,
        second=second,
        at=case.at,
        second_person=profile.clearing.second_person,
        clear_days=profile.clearing.days,
        **_content(store, hit),
        evidence=rows_of(evidence.filter(own), EvidenceRow),
        earlier=case.earlier,
        instead_of=instead_of,
        key_id=case.frozen.pins.key_id,
    )
    row = made.disposition
    said = [hit["hit_id"], str(decision), row["disposition_id"], *more]
    audit.append(store, second or first, act, said, row["reason"], case.at)
    clearance = analyst.CLEARANCES.table([made.clearance]) if made.clearance else None
    acts.record(store, analyst.DISPOSITIONS.table([row]), clearance)
    return Decided(row, str(made.clearance["until"]) if made.clearance else None, case.night, hit)


def _content(store: Store, hit: HitRow) -> dict[str, str]:
    """Return what of the hit's alert a clearance binds to, as its night had it."""
    versions = dict(text.split("=", 1) for text in hit["list_versions"])
    opened = _opened(store, hit["list"], versions[hit["list"]])
    own = pc.equal(opened.alerts["alert_id"], hit["alert_id"])
    [alert] = rows_of(opened.alerts.filter(own), AlertRow)
    contents = Contents(opened.names, opened.dates, opened.documents, opened.facts, [hit["alert_id"]])
    compared = contents.compared(alert, hit["alert_name"])
    return {"alert_hash": alert["content_hash"], "identity_hash": compared[0]}


@lru_cache(maxsize=8)
def _opened(store: Store, list_id: str, version: str) -> Imported:
    """Open a version of a list; it never changes."""
    return open_version(store, list_id, version)
