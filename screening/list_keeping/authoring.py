"""Own alerts are proposed: nominated, amended, extended, withdrawn; each waits for approval (`approving`).

Rules (docs/alert-lists.md, "Own alerts"):

* A proposal holds what its author wrote and what stood there before.
* Acts name proposals, lists and hashes, never an alert's own words; a reason that names the person is
  refused.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from screening.alerts.approved import only
from screening.alerts.export import objects
from screening.alerts.importers.canonical import record_of
from screening.alerts.model import Imported
from screening.alerts.nomination import NotReadError, Object, Written, amended, lacks, nominated
from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.list_keeping import lists
from screening.list_keeping.proposals import (
    Act,
    Proposal,
    State,
    document_hash,
    proposal_document,
    proposals,
    write_proposal,
)
from screening.list_keeping.versions import active_version, locked, open_version
from screening.profile.model import ListPolicy, Profile
from screening.protection.audit import append
from screening.protection.keys import load_keys
from screening.store.zones import Store
from screening.tables.codes import AlertStatus, Category
from screening.tables.errors import UsageError

OWN_SOURCES = frozenset({"own", "canonical", "documents"})
"""Formats of lists that are the agency's own; a publisher's list is the publisher's to change."""
_SHORTEST_WORD = 3
_MOST_OF_BASIS = 200
COLUMNS = ("proposal_id", "list", "source_id", "act", "state", "changed", "what", "place")
PENDING, UNCHANGED, REFUSED = "pending", "unchanged", "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one alert that was written or decided on; a row of the command line."""

    state: str
    act: Act
    list_id: str
    source_id: str | None = None
    proposal_id: str | None = None
    changed: tuple[str, ...] = ()
    what: str = ""
    place: str = ""

    def row(self) -> dict[str, object]:
        """Return the row (COLUMNS)."""
        return {
            "proposal_id": self.proposal_id,
            "list": self.list_id,
            "source_id": self.source_id,
            "act": self.act,
            "state": self.state,
            "changed": list(self.changed),
            "what": self.what,
            "place": self.place,
        }


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, why, when (UTC)."""

    name: str
    reason: str
    at: datetime


def propose(
    store: Store, profile: Profile, list_id: str, act: Act, written: Sequence[Written], author: Author
) -> list[Told]:
    """Write proposals down; each waits for another person's approval.

    Args:
        store: the store.
        profile: the agency's decisions: policy of the list, terms, legal basis.
        list_id: the list.
        act: what is proposed.
        written: alerts as the author wrote them; of amend, extend and withdraw with their source_id.
        author: who, why (a `reason` of a row goes before it), when.

    Returns:
        What became of each, in order. What is refused is told and stops no other.

    Raises:
        UsageError: the list is a publisher's, or its id is none.
        StoreError: the store cannot be used.
    """
    policy = profile.policy(lists.checked_id(list_id))
    with locked(store, list_id) as folder:
        active = active_version(store, list_id)
        _check_own(store, policy)
        desk = _Desk(store, profile, policy, author, folder, proposals(store, list_id))
        desk.read(open_version(store, list_id, active) if active else None, written)
        return [desk.take(act, one) for one in written]


def import_first(store: Store, profile: Profile, folder: Path, list_id: str, author: Author) -> None:
    """Import a list of the profile that has a file and was never imported: its first alerts are in that file.

    Args:
        store: the store.
        profile: the agency's decisions.
        folder: the profile's folder.
        list_id: the list.
        author: who acts.

    Raises:
        ScreeningError: the list cannot be read.
    """
    named = tuple(one for one in profile.lists if one.id == list_id)
    lists.ensure_lists(store, profile.model_copy(update={"lists": named}), folder, author.name, author.at)


def _check_own(store: Store, policy: ListPolicy) -> None:
    stored = lists.versions(store, policy.id)
    sources = {one.source for one in stored if one.active} or {policy.source}
    if not sources <= OWN_SOURCES | {lists.APPROVED}:
        raise UsageError(
            f"the list `{policy.id}` is a publisher's ({', '.join(sorted(sources))}), not the agency's own",
            where="--list",
            effect="nothing was proposed",
            remedy="name a list of your own; one that is not there yet begins with its first alert",
        )


class _Desk:
    """One author at one list, under its lock."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        policy: ListPolicy,
        author: Author,
        folder: Path,
        known: Sequence[Proposal],
    ) -> None:
        self.store, self.profile, self.policy = store, profile, policy
        self.author, self.folder = author, folder
        self.ids = {one.proposal_id for one in known}
        self.pending = [one for one in known if one.state is State.PENDING]
        self.batch = secrets.token_hex(8)
        self.held: dict[str, Object] = {}
        self._keys = load_keys(profile.agency.production, store_root=store.root)

    def read(self, active: Imported | None, written: Sequence[Written]) -> None:
        """Read the alerts that are written about as they are in use."""
        if active is not None:
            wanted = [f"{self.policy.id}:{self._id(one)}" for one in written if not one.fault]
            self.held = {str(one["source_id"]): one for one in objects(only(active, wanted), "")}

    def take(self, act: Act, one: Written) -> Told:
        """Write one proposal down, or say why not."""
        told = Told(REFUSED, act, self.policy.id, place=one.place)
        if one.fault:
            return replace(told, what=one.fault)
        try:
            source_id = self._id(one)
            told = replace(told, source_id=source_id)
            return self._propose(act, source_id, one, told)
        except NotReadError as fault:
            return replace(told, what=str(fault))

    def _id(self, one: Written) -> str:
        fields = one.fields
        source_id = fields.get("source_id")
        if source_id is None and fields.get("alert_id") is not None:
            source_id = str(fields["alert_id"]).removeprefix(f"{self.policy.id}:")
        if source_id is not None:
            return str(source_id)
        said_ = "|".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "reason")
        return f"n-{self._keys.pseudonym('nomination', said_)[:16]}"

    def _new_id(self, act: Act, source_id: str, fields: Object) -> str:
        """Name a proposal by what it says: one that a kill cut off before its file gets its name again."""
        text = f"{self.policy.id}|{act}|{source_id}|{self.author.name}|{sorted(fields.items())}"
        number = 0
        while (name := self._keys.pseudonym("proposal", f"{text}|{number}")[:16]) in self.ids:
            number += 1
        return name

    def _propose(self, act: Act, source_id: str, one: Written, told: Told) -> Told:
        base, today = self.held.get(source_id), self.author.at.date()
        named = one.fields.get("list")
        if named not in (None, self.policy.id):
            raise NotReadError("the alert names another list than --list")
        if act is Act.NOMINATE:
            if base is not None:
                if base["status"] == AlertStatus.ACTIVE and not put_on(base, one.fields, Act.AMEND)[1]:
                    return replace(told, state=UNCHANGED, what="it is on the list already")
                raise NotReadError("it is on the list already: `screening alerts amend` changes it")
            protecting = self.profile.visibility.protecting
            own = self.profile.authoring
            fields = dict(one.fields)
            alert = nominated(fields, source_id, self.policy, own, protecting, today)
            before: Object = {}
            changed = tuple(name for name in alert if plain(alert[name]) and name not in _ASIDE)
        else:
            if base is None:
                raise NotReadError("there is no such alert in the version in use")
            fields = _changes(act, one.fields, base, self.profile, today)
            alert, changed, before = put_on(base, fields, act)
            if not changed:
                return replace(told, state=UNCHANGED, what="that is how it stands already")
        if act is not Act.WITHDRAW and (short := lacks(alert, self.profile.authoring)):
            raise NotReadError(f"it lacks {'; '.join(short)}")
        return self._write(act, source_id, fields, (before, alert, changed), one, told)

    def _write(
        self,
        act: Act,
        source_id: str,
        fields: Object,
        made: tuple[Object, Object, tuple[str, ...]],
        one: Written,
        told: Told,
    ) -> Told:
        before, alert, changed = made
        reason = str(one.fields.get("reason") or self.author.reason).strip()
        check_reason(reason, alert)
        basis = str(alert.get("legal_basis") or "")
        if basis:
            check_reason(basis, alert, "legal_basis")
        fields = {name: value for name, value in fields.items() if name != "reason"}
        for other in (each for each in self.pending if each.source_id == source_id):
            if (other.act, dict(other.fields)) == (act, fields):
                what = "the same is proposed already and waits"
                return replace(told, state=PENDING, proposal_id=other.proposal_id, changed=changed, what=what)
            if act is Act.NOMINATE:
                raise NotReadError(f"proposal {other.proposal_id} on this alert waits: decide on it first")
        at = self.author.at.astimezone(UTC).isoformat(timespec="microseconds")
        proposal = Proposal(
            proposal_id=self._new_id(act, source_id, fields),
            batch=self.batch,
            list=self.policy.id,
            source_id=source_id,
            act=act,
            by=self.author.name,
            at=at,
            reason=reason,
            fields=fields,
            before=before,
            alert=alert,
        )
        stated = [f"{name}:{alert.get(name)}" for name in ("category", "review_by", "expires")]
        stated.append(f"legal_basis:{basis[:_MOST_OF_BASIS]}")
        objects_ = [proposal.proposal_id, self.policy.id, document_hash(proposal_document(proposal)), *stated]
        append(self.store, self.author.name, f"alert.{act}", objects_, reason, self.author.at)
        write_proposal(self.folder, proposal)
        self.pending.append(proposal)
        self.ids.add(proposal.proposal_id)
        what = "" if alert.get("legal_basis") else "no legal basis is stated: the approver is told"
        return replace(told, state=PENDING, proposal_id=proposal.proposal_id, changed=changed, what=what)


def check_reason(reason: str, alert: Mapping[str, Any], field: str = "reason") -> None:
    """Refuse a reason that is missing, or that the record must not keep as it names the person.

    Raises:
        NotReadError: it is.
    """
    if not reason:
        raise NotReadError("a reason is missing: --reason, or a field `reason`")
    record = record_of(alert)
    identities = [record.own, *record.others]
    words = {word for i in identities for name in i.names for word in tokens(name.full)}
    numbers = {normalise_number(document.number) for i in identities for document in i.documents} - {""}
    plain = normalise_number(reason)
    if {word for word in words if len(word) >= _SHORTEST_WORD} & set(tokens(reason)) or any(
        number in plain for number in numbers if len(number) > _SHORTEST_WORD
    ):
        raise NotReadError(
            f"the {field} holds a part of the alert's names or numbers; say it without them (a case number): "
            "the record keeps it for years"
        )


def _changes(
    act: Act, fields: Mapping[str, Any], base: Mapping[str, Any], profile: Profile, today: date
) -> Object:
    """Return the fields that an act changes; an extension has days of the profile where none are written."""
    if act is Act.WITHDRAW:
        return {"status": str(AlertStatus.WITHDRAWN), "withdrawn_on": today.isoformat()}
    if act is Act.AMEND:
        changes = {
            name: value for name, value in fields.items() if name not in {"source_id", "alert_id", "list"}
        }
        if not set(changes) - {"reason"}:
            raise NotReadError("nothing to change is written")
        return changes
    review, expiry = profile.authoring.days(Category(base["category"]))
    ends = fields.get("expires") or (today + timedelta(days=expiry)).isoformat()
    due = fields.get("review_by") or min((today + timedelta(days=review)).isoformat(), str(ends))
    return {"expires": ends, "review_by": due}


def put_on(
    base: Mapping[str, Any], fields: Mapping[str, Any], act: Act
) -> tuple[Object, tuple[str, ...], Object]:
    """Put changes on an alert.

    Returns:
        The alert, the names of the fields that differ, and what stood in them before.

    Raises:
        NotReadError: the result does not keep the shape.
    """
    alert = amended(base, fields)
    if act is Act.WITHDRAW:
        alert["status"] = str(AlertStatus.WITHDRAWN)
    elif act is Act.EXTEND:
        alert["status"] = str(AlertStatus.ACTIVE)
    written = [name for name in alert if name not in _ASIDE]
    changed = tuple(name for name in written if plain(alert[name]) != plain(base.get(name)))
    return alert, changed, {name: base.get(name) for name in changed}


_ASIDE = frozenset(
    {
        "source_id",
        "alert_id",
        "list",
        "provenance",
        "content_hash",
        "version",
        "sufficient",
        "facts",
        "unread_dates",
    }
)
_OF_VALUES = frozenset({"source", "script"})
_OF_DATES = frozenset({"from", "to"})  # they follow from the value


def plain(value: object) -> object:
    """Return a value without where it stood; what is not given and what is empty are the same."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        aside = _OF_VALUES | (_OF_DATES if "precision" in value else frozenset())
        items = {name: one for name, one in value.items() if name not in aside and one is not None}
        return {name: one for name, one in items.items() if not (name == "identity" and one == 0)}
    return value or None
