"""Own alerts are approved: what another person let in becomes the next version of the list.

Rules (docs/alert-lists.md, "Own alerts"); how alerts are proposed: `authoring`.

* Nothing comes into use without an approver who is another person than the author, compared as people.
* An approved proposal is put on the alert as it is then; where somebody has changed the same fields meanwhile
  it is refused and waits, so that neither author loses anything.
* A version is made of the one in use and of all that was approved since that one came into use: what a gate
  held back or a kill cut off is in the next one.
* A version never changes. What was withdrawn or has lapsed leaves the list some time later (profile).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from screening.alerts.approved import ended_before, only, replaced, said, without
from screening.alerts.assembling import assemble
from screening.alerts.export import objects
from screening.alerts.importers.canonical import record_of
from screening.alerts.model import Imported, ImportOptions
from screening.alerts.nomination import NotReadError, Object
from screening.hits.four_eyes import same_person
from screening.list_keeping import lists
from screening.list_keeping.authoring import REFUSED, Author, Told, check_reason, plain, put_on
from screening.list_keeping.proposals import (
    Act,
    Decided,
    Proposal,
    State,
    document_hash,
    proposal_document,
    proposals,
    write_decision,
)
from screening.list_keeping.versions import active_since, active_version, locked, open_version
from screening.profile.model import ListPolicy, Profile
from screening.protection.audit import append
from screening.store.zones import Store
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What decisions on proposals of one list led to.

    Attributes:
        told: a row a proposal.
        result: the version that was made; None where nothing was approved.
    """

    told: tuple[Told, ...]
    result: lists.ImportResult | None


def decide(
    store: Store, profile: Profile, asked: Sequence[Proposal], author: Author, *, approve: bool
) -> list[Outcome]:
    """Approve or reject proposals; approved ones come into use as a new version of each list.

    Args:
        store: the store.
        profile: the agency's decisions.
        asked: proposals, of one list or several.
        author: who decides, why, when.
        approve: False rejects.

    Returns:
        An outcome a list. A proposal on something that has changed meanwhile is refused and waits.

    Raises:
        UsageError: no reason, or the approver is the author or none whom the profile names.
        StoreError: the store cannot be used.
    """
    _check_decider(profile, asked, author, approve=approve)
    outcomes = []
    for list_id in sorted({one.list for one in asked}):
        with locked(store, list_id) as folder:
            wanted = {one.proposal_id for one in asked if one.list == list_id}
            known = proposals(store, list_id)
            mine = [one for one in known if one.proposal_id in wanted]
            outcomes.append(_decide(store, profile, folder, known, mine, author, approve=approve))
    return outcomes


def _check_decider(profile: Profile, asked: Sequence[Proposal], author: Author, *, approve: bool) -> None:
    verb = "approved" if approve else "rejected"

    def refused(what: str, where: str, remedy: str) -> UsageError:
        return UsageError(what, where=where, effect=f"nothing was {verb}", remedy=remedy)

    if not author.reason.strip():
        raise refused("a decision has a reason", "--reason", 'add --reason "…"; it is recorded')
    if not approve:
        return
    own = [one.proposal_id for one in asked if same_person(one.by, author.name)]
    if own:
        raise refused(
            "who wrote a proposal does not approve it",
            f"proposal {', '.join(own[:5])}",
            "another person approves it: --as NAME",
        )
    named = profile.authoring.approvers
    if named and not any(same_person(one, author.name) for one in named):
        raise refused(
            "the profile names who approves, and not this person",
            "authoring.approvers",
            f"one of {', '.join(named)} approves it",
        )


def _decide(
    store: Store,
    profile: Profile,
    folder: Path,
    known: Sequence[Proposal],
    mine: Sequence[Proposal],
    author: Author,
    *,
    approve: bool,
) -> Outcome:
    list_id, told = folder.name, list[Told]()
    policy = profile.policy(list_id)
    active = active_version(store, list_id)
    now = open_version(store, list_id, active) if active else None
    state = _state_of(now, _since(known, store, list_id), [one.source_id for one in mine], list_id)
    approved, moment = 0, _after(known, author.at)
    for one in mine:
        row = Told(REFUSED, one.act, list_id, one.source_id, one.proposal_id)
        if one.decided is not None:
            told.append(replace(row, state=one.decided.state, what=f"{one.decided.by} has decided on it"))
            continue
        try:
            alert = _approved_alert(one, state.get(one.source_id), author) if approve else None
            check_reason(author.reason.strip(), one.alert)
        except NotReadError as fault:
            told.append(replace(row, what=str(fault)))
            continue
        decided = Decided(
            State.APPROVED if approve else State.REJECTED,
            author.name,
            moment.isoformat(timespec="microseconds"),
            author.reason.strip(),
            alert,
        )
        moment += timedelta(microseconds=1)
        named = [one.proposal_id, list_id, document_hash(proposal_document(replace(one, decided=None)))]
        act = "alert.approve" if approve else "alert.reject"
        named.append(document_hash(asdict(decided)))
        append(store, author.name, act, named, author.reason.strip(), author.at)
        write_decision(folder, one.proposal_id, decided)
        if alert is not None:
            state[one.source_id], approved = alert, approved + 1
        told.append(replace(row, state=decided.state, changed=tuple(one.before)))
    waits = approve and bool(_since(proposals(store, list_id), store, list_id))  # approved, and then killed
    result = _publish(store, profile, policy, folder, now, author) if approved or waits else None
    return Outcome(tuple(told), result)


def _after(known: Sequence[Proposal], at: datetime) -> datetime:
    """Return a moment after every decision so far: the later of two on one alert is what it becomes."""
    decided = [datetime.fromisoformat(one.decided.at) for one in known if one.decided]
    return max([at.astimezone(UTC), *(one + timedelta(microseconds=1) for one in decided)])


def _since(known: Sequence[Proposal], store: Store, list_id: str) -> list[Proposal]:
    """Return the proposals that were approved since the version in use came into use, oldest first."""
    since = active_since(store, list_id)
    approved = [one for one in known if one.decided and one.decided.state is State.APPROVED]
    recent = [
        one
        for one in approved
        if one.decided and (since is None or datetime.fromisoformat(one.decided.at) >= since)
    ]
    return sorted(recent, key=lambda one: one.decided.at if one.decided else "")


def _state_of(
    now: Imported | None, since: Sequence[Proposal], wanted: Iterable[str], list_id: str
) -> dict[str, Mapping[str, Any]]:
    """Return alerts as they are in use, with what was approved since put in place of them."""
    found: dict[str, Mapping[str, Any]] = {}
    if now is not None:
        ids = [f"{list_id}:{one}" for one in wanted]
        found = {str(one["source_id"]): one for one in objects(only(now, ids), "")}
    for one in since:
        if one.decided and one.decided.alert is not None:
            found[one.source_id] = one.decided.alert
    return found


def _approved_alert(one: Proposal, now: Mapping[str, Any] | None, approver: Author) -> Object:
    """Return the alert as it is approved: the proposal put on what is there now.

    Raises:
        NotReadError: somebody changed the same meanwhile.
    """
    if one.act is Act.NOMINATE:
        if now is not None:
            raise NotReadError("an alert of this id is on the list meanwhile; reject it and amend that one")
        alert = dict(one.alert)
    else:
        if now is None:
            raise NotReadError("the alert has left the list meanwhile; reject it, or nominate it anew")
        other = [name for name, value in one.before.items() if plain(now.get(name)) != plain(value)]
        if other and one.act is not Act.WITHDRAW:
            raise NotReadError(
                f"somebody has changed {', '.join(other)} meanwhile; reject it and say it again on the alert "
                "as it is now"
            )
        alert, _, _ = put_on(now, one.fields, one.act)
    return _with_provenance(alert, now, one, approver)


def _with_provenance(alert: Object, now: Mapping[str, Any] | None, one: Proposal, approver: Author) -> Object:
    told = dict((now or {}).get("provenance") or {})
    remarks = dict(told.get("remarks") or {})
    remarks |= {"proposal": [one.proposal_id], "reason": [one.reason]}
    for name, person in (("written_by", one.by), ("approved_by", approver.name)):
        remarks[name] = sorted({*remarks.get(name, []), person})
    if one.act is Act.WITHDRAW:
        remarks["withdrawn_on"] = [approver.at.date().isoformat()]
    else:
        remarks.pop("withdrawn_on", None)
    source = f"proposal {one.proposal_id}"
    for name in ("names", "dates_of_birth", "documents", "facts"):
        alert[name] = [{"source": source} | dict(value) for value in alert.get(name, [])]
    return alert | {"provenance": {"file": told.get("file", "proposal"), "remarks": remarks}}


def _publish(
    store: Store, profile: Profile, policy: ListPolicy, folder: Path, now: Imported | None, author: Author
) -> lists.ImportResult:
    """Make a version of the list in use and of what was approved since; the caller holds the list's lock."""
    state: dict[str, Mapping[str, Any]] = {}
    for one in _since(proposals(store, policy.id), store, policy.id):
        if one.decided and one.decided.alert is not None:
            state[one.source_id] = one.decided.alert
    options = ImportOptions(policy.id, policy.category, policy.severity, policy.authority)
    changed = assemble([record_of(one) for one in state.values()], options, findings=[], counts=Counter())
    made = replaced(now, changed)
    last = author.at.date() - timedelta(days=profile.authoring.keep_ended_days)
    gone = set(ended_before(made.alerts, last))
    own = {row["alert_id"] for row in rows_of(made.alerts, AlertRow) if said(row, "proposal")}
    made = without(made, gone & own)
    return lists.keep_approved(store, folder, policy, made, actor=author.name, at=author.at)
