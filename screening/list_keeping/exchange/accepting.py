"""Take in what a partner sends: a package becomes a version of a list, a receipt closes what it acknowledges.

In this order, and nothing is stored before all of it holds: size, archive, signature, schema, recipient,
time, list, sequence, hashes, lines, terms. Then the import gate judges the list as it judges every other.
What is refused is recorded with its reason and the hash of the file.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from screening.alerts.exchange.archive import Archive, is_archive
from screening.alerts.exchange.judging import (
    Last,
    content_of,
    judge_files,
    judge_manifest,
    judge_order,
    judge_receipt,
    parsed,
)
from screening.alerts.exchange.model import (
    PACKAGE_KIND,
    RECEIPT_KIND,
    Manifest,
    Receipt,
    WaitingAlert,
    Withdrawal,
)
from screening.alerts.exchange.questions import ANSWER_KIND
from screening.alerts.exchange.refusals import Refusal, RefusedError
from screening.alerts.exchange.terms import InOurWords, in_our_words
from screening.alerts.terms import TermsTable, parse_terms
from screening.list_keeping.exchange.asking import Told, take_answer
from screening.list_keeping.exchange.checking import judged, signed
from screening.list_keeping.exchange.state import (
    MOST_REMEMBERED,
    Incoming,
    Received,
    arriving,
    incoming,
    keep_incoming,
    keep_outgoing,
    our_id,
    outgoing,
)
from screening.list_keeping.lists import ImportResult, import_list
from screening.profile.exchange import ANY
from screening.profile.model import Profile
from screening.protection.audit import append
from screening.protection.signing import kind_of
from screening.store.files import disk_faults, make_folder
from screening.store.zones import Store
from screening.tables.codes import AlertStatus, Category
from screening.tables.errors import ProfileError, StoreError

_WITHDRAWN_SEVERITY = 1


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came in.

    Attributes:
        issuer: partner that signed it.
        theirs: id of the list there.
        imported: what the import gate said.
        withdrawn: alerts that the partner withdrew.
        waiting: alerts that wait for a person, as no row of the terms knows a word of them.
    """

    issuer: str
    theirs: str
    sequence: int
    imported: ImportResult
    withdrawn: int
    waiting: int
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a receipt said of a package of ours."""

    recipient: str
    list_id: str
    sequence: int
    outcome: str
    alerts: int
    withdrawn: int
    waiting: int
    refused: int


def accept(
    store: Store,
    profile: Profile,
    path: Path,
    *,
    folder: Path,
    actor: str,
    at: datetime,
    after_gap: str | None = None,
) -> Accepted | Acknowledged | Told:
    """Take in a package, a receipt, or the answer to a question.

    Args:
        store: the store.
        profile: partners, lists and their gates.
        path: the file.
        folder: the profile's folder, which terms are relative to.
        actor: who takes it in.
        at: when, UTC.
        after_gap: why a package is taken although one before it is missing.

    Raises:
        InputError: it is refused; recorded. Nothing of it was stored.
        UsageError: the profile names no exchange.
        StoreError: the store cannot be used.
    """
    our_id(profile.exchange)
    terms = _terms(profile, folder)

    def take(data: bytes) -> Accepted | Acknowledged | Told:
        if is_archive(data):
            return _package(store, profile, data, terms, actor, at, after_gap)
        if kind_of(data.strip()) == ANSWER_KIND:
            return take_answer(store, profile.exchange, data, actor=actor, at=at)
        return _receipt(store, profile, data, actor, at)

    return judged(store, path, profile.exchange.max_bytes, take, actor=actor, at=at)


def _package(
    store: Store,
    profile: Profile,
    data: bytes,
    terms: Mapping[str, TermsTable],
    actor: str,
    at: datetime,
    after_gap: str | None,
) -> Accepted:
    archive = Archive(data, profile.exchange.max_bytes)
    payload, partner, until = signed(archive.manifest(), profile.exchange, PACKAGE_KIND)
    manifest = parsed(payload, Manifest, "the manifest")
    judge_manifest(
        manifest,
        signer=partner.id,
        key_until=until,
        us=our_id(profile.exchange),
        takes=partner.takes,
        now=at,
    )
    before = incoming(store, partner.id, manifest.list)
    gap = bool(after_gap and after_gap.strip())
    digest = hashlib.sha256(payload).hexdigest()
    judge_order(
        manifest,
        Last(before.sequence, before.digest) if before else None,
        after_gap=gap,
        again=digest if before and before.waiting else None,
    )
    judge_files(manifest, archive)
    into = partner.takes[manifest.list]
    folder = arriving(store)
    shutil.rmtree(folder, ignore_errors=True)  # what a killed act left
    try:
        path = folder / f"{into}.jsonl"
        taken = _written(path, manifest, archive, terms.get(partner.id))
        named = [
            f"partner:{partner.id}",
            f"list:{into}",
            f"sequence:{manifest.sequence}",
            f"manifest:{digest}",
        ]
        append(store, actor, "exchange.accept", named, f"after a gap: {after_gap}" if gap else None, at)
        imported = import_list(store, profile.policy(into), "canonical", path, actor=actor, at=at)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    lines = len(taken.alerts) + len(taken.withdrawn)
    if imported.alerts != lines:
        raise StoreError(
            f"{imported.alerts} alerts of {lines} lines were read",
            where=f"list {into}, version {imported.version}",
            effect="the package does not count as accepted; the version is stored",
            remedy="report it: the importer passed over a line that the schema allows. `screening alerts "
            f"check --list {into}` shows it; `screening alerts activate` goes back to the version before",
        )
    onward = dict(before.onward) if before else {}
    onward.pop(imported.version, None)
    onward[imported.version] = taken.onward
    state = Incoming(
        sequence=manifest.sequence,
        digest=digest,
        into=into,
        version=imported.version,
        originator=manifest.originator,
        created=manifest.created,
        valid_until=manifest.valid_until,
        accepted=at.replace(microsecond=0),
        outcome="in_use" if imported.active else "held",
        alerts=len(taken.alerts),
        withdrawn=tuple(taken.withdrawn),
        waiting=tuple(taken.waiting),
        terms=table.name if (table := terms.get(partner.id)) else None,
        refused={key: one for key, one in before.refused.items() if key in taken.alerts} if before else {},
        onward=dict(list(onward.items())[-MOST_REMEMBERED:]),
    )
    keep_incoming(store, partner.id, manifest.list, state)
    return Accepted(
        issuer=partner.id,
        theirs=manifest.list,
        sequence=manifest.sequence,
        imported=imported,
        withdrawn=len(taken.withdrawn),
        waiting=len(taken.waiting),
        valid_until=manifest.valid_until,
    )


@dataclass(slots=True)
class _Taken:
    """What is kept of a package while its lines go by.

    Attributes:
        alerts: source ids.
        withdrawn: source ids of the withdrawals.
        waiting: alerts with a word that the terms do not know.
        onward: to whom alerts of each caveat of ours may go on.
    """

    alerts: set[str] = field(default_factory=set)
    withdrawn: list[str] = field(default_factory=list)
    waiting: list[WaitingAlert] = field(default_factory=list)
    onward: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def allow(self, theirs: str | None, ours: str | None, allowed: Mapping[str, tuple[str, ...]]) -> None:
        """Let alerts of a caveat of ours go on to those only whom all of its originals allow."""
        if theirs is None or ours is None:
            return
        may = allowed[theirs]
        known = self.onward.get(ours, may)
        self.onward[ours] = (
            may if ANY in known else known if ANY in may else tuple(one for one in known if one in may)
        )


def _written(path: Path, manifest: Manifest, archive: Archive, terms: TermsTable | None) -> _Taken:
    """Write the lines of a package for our importer, one at a time, in our words.

    Raises:
        RefusedError: a line or a count is not what it should be; the file counts for nothing then.
    """
    taken, allowed = _Taken(), manifest.onward()
    make_folder(path.parent)
    with disk_faults(path, effect="nothing was taken in"), path.open("w", encoding="utf-8") as out:
        for one in content_of(manifest, archive):
            if isinstance(one, Withdrawal):
                taken.withdrawn.append(one.source_id)
                item = _withdrawn(one)
            else:
                said = in_our_words(one, terms)
                taken.alerts.add(one.source_id)
                taken.allow(one.caveat, said.line.caveat, allowed)
                if said.waits is not None:
                    taken.waiting.append(WaitingAlert(source_id=one.source_id, field=said.waits))
                item = _alert(said, manifest)
            out.write(f"{json.dumps(item, ensure_ascii=False)}\n")
    return taken


def _terms(profile: Profile, folder: Path) -> dict[str, TermsTable]:
    """Read the tables of words of all partners, so that a damaged one is told before a file is opened."""
    found = {}
    for partner in profile.exchange.partners:
        if partner.terms is not None:
            path = folder / partner.terms
            try:
                found[partner.id] = parse_terms(path.read_bytes())
            except OSError as fault:
                raise ProfileError(
                    f"the terms of `{partner.id}` cannot be read ({type(fault).__name__})",
                    where=str(path),
                    effect="nothing was taken in",
                    remedy="name a readable CSV file under `terms` of the partner in the profile",
                ) from None
    return found


def _alert(said: InOurWords, manifest: Manifest) -> dict[str, object]:
    """Return a line for our importer; what waits is stored and raises no hit."""
    item = said.line.model_dump(mode="json", by_alias=True, exclude_none=True)
    provenance = item.setdefault("provenance", {"file": "package", "remarks": {}})
    remarks = {"originator": [manifest.originator], "in our words": list(said.remarks)}
    provenance["remarks"] = {**provenance.get("remarks", {}), **remarks}
    if said.waits is not None:
        item["status"] = AlertStatus.HELD
    return item


def _withdrawn(one: Withdrawal) -> dict[str, object]:
    """Return the row that stands for an alert that is gone: it names nobody and raises no hit."""
    return {
        "source_id": one.source_id,
        "category": Category.INFORM,
        "severity": _WITHDRAWN_SEVERITY,
        "status": AlertStatus.WITHDRAWN,
        "provenance": {"file": "withdrawals", "remarks": {"withdrawn": [one.reason]}},
    }


def _receipt(store: Store, profile: Profile, data: bytes, actor: str, at: datetime) -> Acknowledged:
    payload, partner, _ = signed(data.strip(), profile.exchange, RECEIPT_KIND)
    receipt = parsed(payload, Receipt, "the receipt")
    state = outgoing(store, partner.id, receipt.list)
    judge_receipt(receipt, signer=partner.id, us=our_id(profile.exchange), made=state.made if state else {})
    if state is None:
        raise RefusedError(Refusal.NOT_OURS, "no package of this list was made")
    if state.receipt is not None and receipt.sequence < state.receipt.sequence:
        raise RefusedError(
            Refusal.REPLAYED, f"package {state.receipt.sequence}, a later one, is acknowledged already"
        )
    named = [f"partner:{partner.id}", f"list:{receipt.list}", f"sequence:{receipt.sequence}"]
    counted = [f"withdrawn:{len(receipt.withdrawn)}", f"refused:{len(receipt.refused)}"]
    append(store, actor, "exchange.receipt", [*named, *counted], receipt.outcome, at)
    told = set(receipt.withdrawn)
    withdrawals = {
        key: one.model_copy(update={"acknowledged": True})
        if key in told and one.since_sequence <= receipt.sequence
        else one
        for key, one in state.withdrawals.items()
    }
    received = Received(
        sequence=receipt.sequence,
        accepted=receipt.accepted,
        outcome=receipt.outcome,
        waiting=receipt.waiting,
        refused=receipt.refused,
    )
    keep_outgoing(
        store,
        partner.id,
        receipt.list,
        state.model_copy(update={"withdrawals": withdrawals, "receipt": received}),
    )
    return Acknowledged(
        recipient=partner.id,
        list_id=receipt.list,
        sequence=receipt.sequence,
        outcome=receipt.outcome,
        alerts=receipt.alerts,
        withdrawn=len(receipt.withdrawn),
        waiting=len(receipt.waiting),
        refused=len(receipt.refused),
    )
