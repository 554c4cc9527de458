"""Take in what a partner sends: a package becomes a version of a list, a receipt closes what it acknowledges.

In this order, and nothing is stored before all of it holds: size, archive, signature, schema, recipient,
time, list, sequence, hashes, lines, terms. Then the import gate judges the list as it judges every other.
What is refused is recorded with its reason and the hash of the file.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from screening.alerts.exchange.archive import Archive, is_archive
from screening.alerts.exchange.judging import (
    Content,
    Last,
    content_of,
    judge_manifest,
    judge_order,
    judge_receipt,
    parsed,
)
from screening.alerts.exchange.model import (
    PACKAGE_KIND,
    RECEIPT_KIND,
    AlertLine,
    Manifest,
    Receipt,
    WaitingAlert,
    Withdrawal,
)
from screening.alerts.exchange.questions import ANSWER_KIND
from screening.alerts.exchange.refusals import Refusal, RefusedError
from screening.alerts.exchange.terms import in_our_words
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
from screening.store.files import write_bytes
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
    files = {str(entry.name): archive.read(entry.name, entry.bytes) for entry in manifest.files}
    content = content_of(manifest, files)
    said = _in_our_words(content, terms.get(partner.id))
    into = partner.takes[manifest.list]
    named = [f"partner:{partner.id}", f"list:{into}", f"sequence:{manifest.sequence}", f"manifest:{digest}"]
    append(store, actor, "exchange.accept", named, f"after a gap: {after_gap}" if gap else None, at)
    imported = _import(store, profile, into, manifest, content, said, actor, at)
    if imported.alerts != len(said.alerts) + len(content.withdrawals):
        raise StoreError(
            f"{imported.alerts} alerts of {len(said.alerts) + len(content.withdrawals)} lines were read",
            where=f"list {into}, version {imported.version}",
            effect="the package does not count as accepted; the version is stored",
            remedy="report it: the importer passed over a line that the schema allows. `screening alerts "
            f"check --list {into}` shows it; `screening alerts activate` goes back to the version before",
        )
    onward = dict(before.onward) if before else {}
    onward.pop(imported.version, None)
    onward[imported.version] = _onward(manifest, content.alerts, said)
    still = {one.source_id for one in content.alerts}
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
        alerts=len(content.alerts),
        withdrawn=tuple(one.source_id for one in content.withdrawals),
        waiting=said.waiting,
        terms=said.terms,
        refused={key: one for key, one in before.refused.items() if key in still} if before else {},
        onward=dict(list(onward.items())[-MOST_REMEMBERED:]),
    )
    keep_incoming(store, partner.id, manifest.list, state)
    return Accepted(
        issuer=partner.id,
        theirs=manifest.list,
        sequence=manifest.sequence,
        imported=imported,
        withdrawn=len(content.withdrawals),
        waiting=len(said.waiting),
        valid_until=manifest.valid_until,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """Alerts in our words, those that wait, what was translated by a word that is not exact."""

    alerts: tuple[AlertLine, ...]
    waiting: tuple[WaitingAlert, ...] = ()
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: str | None = None


def _in_our_words(content: Content, terms: TermsTable | None) -> _Said:
    if terms is None:
        return _Said(content.alerts)
    alerts, waiting, remarks = in_our_words(content.alerts, terms)
    return _Said(alerts, waiting, remarks, terms.name)


def _onward(manifest: Manifest, came: Iterable[AlertLine], said: _Said) -> dict[str, tuple[str, ...]]:
    """Return to whom alerts of each caveat of ours may go on: to those whom all of its originals allow."""
    allowed = manifest.onward()
    found: dict[str, tuple[str, ...]] = {}
    for theirs, ours in zip(came, said.alerts, strict=True):
        if theirs.caveat is None or ours.caveat is None:
            continue
        may = allowed[theirs.caveat]
        known = found.get(ours.caveat, may)
        both = may if ANY in known else known if ANY in may else [one for one in known if one in may]
        found[ours.caveat] = tuple(both)
    return found


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


def _import(
    store: Store,
    profile: Profile,
    into: str,
    manifest: Manifest,
    content: Content,
    said: _Said,
    actor: str,
    at: datetime,
) -> ImportResult:
    held = {one.source_id for one in said.waiting}
    folder = arriving(store)
    shutil.rmtree(folder, ignore_errors=True)  # what a killed act left
    try:
        path = folder / f"{into}.jsonl"
        lines = [
            *(_alert(one, manifest, said, held) for one in said.alerts),
            *map(_withdrawn, content.withdrawals),
        ]
        write_bytes(path, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode())
        return import_list(store, profile.policy(into), "canonical", path, actor=actor, at=at)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _alert(line: AlertLine, manifest: Manifest, said: _Said, held: set[str]) -> dict[str, object]:
    """Return a line for our importer; what waits is stored and raises no hit."""
    item = line.model_dump(mode="json", by_alias=True, exclude_none=True)
    provenance = item.setdefault("provenance", {"file": "package", "remarks": {}})
    remarks = {"originator": [manifest.originator], "in our words": said.remarks.get(line.source_id, [])}
    provenance["remarks"] = {**provenance.get("remarks", {}), **remarks}
    if line.source_id in held:
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
