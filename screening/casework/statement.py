"""A signed statement that a night, or a person of it, was screened (`reports.statement` says what it holds).

It is signed with the agency's key for what leaves (`screening keys signing`), as a JSON Web Signature in
compact form: any JOSE library checks it with the public key. The act is recorded before anything is signed.
Nothing of it is kept in the store.

Source: RFC 7515, RFC 8037.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from screening.casework.lookup import Asked, checked_reason
from screening.casework.subject.certain import certain
from screening.casework.subject.document import ALERTS_TEXT, is_told
from screening.casework.subject.person import find, objects_of
from screening.hits.decided import Decided
from screening.hits.roles import SEES_HITS, check_role
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.list_keeping.traffic_models import lists_of, night_model
from screening.matching.measured import measured_threshold
from screening.night.batches import begins
from screening.night.frozen import Frozen, published_frozen
from screening.night.quarantine_entries import settled
from screening.night.receive import published
from screening.night.settings import Settings
from screening.protection import audit
from screening.protection.keys import key_folder
from screening.protection.signing import PublicKey, UnsignedError, current_signing_key, verified
from screening.reports.headline import after_acts, people_aside
from screening.reports.statement import KIND, VERSION, Answer, Reader, answer, lines_of
from screening.store import acts
from screening.store.current_json import Current
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Decision, Outcome, Standing
from screening.tables.errors import InputError, StoreError, UsageError
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, HitRow, OutcomeRow

_COMPARED = frozenset({Outcome.SCREENED, Outcome.SCREENED_WITH_FINDINGS})


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement as signed.

    Attributes:
        fields: what is signed, plain data.
        document: JWS in compact form.
    """

    fields: Mapping[str, Any]
    document: str

    @property
    def text(self) -> str:
        """The statement for people; it is signed too."""
        return "\n".join(self.fields["text"])


def state_night(settings: Settings, night: date, *, actor: str, at: datetime, reason: str) -> Signed:
    """State that a night was screened, and whether anything was found; recorded.

    Args:
        settings: store and profile.
        night: the night.
        actor: who states it.
        at: when, UTC.
        reason: why; recorded.

    Raises:
        UsageError: the night was never published, no reason is given, or the actor has no role that sees
            hits.
        StoreError: there is no key to sign with, or the act cannot be recorded.
    """
    check_role(actor, settings.profile.review, SEES_HITS)
    checked_reason(reason, Asked())
    now, frozen = _night(settings.store, night)
    hits = rows_of(read_current(settings.store, night, analyst.HITS), HitRow)
    given = _answer(settings, hits, actor, compared=True)
    fields = _fields(settings, now, frozen, Reader.OVERSIGHT, at) | {"answer": given}
    return _sign(settings, fields, actor, at, reason, [now.seal])


def state_person(
    settings: Settings,
    asked: Asked,
    night: date,
    reader: Reader,
    *,
    actor: str,
    at: datetime,
    reason: str,
) -> Signed:
    """State that a person was among the travellers of a night and was screened; recorded.

    Args:
        settings: store and profile.
        asked: who, by document or by name and date of birth.
        night: the night.
        reader: for whom.
        actor: who states it.
        at: when, UTC.
        reason: why; recorded. It must not name the person.

    Raises:
        UsageError: it is not settled who it is, or they are not among the travellers of the night; or the
            actor has no role that sees hits.
        StoreError: there is no key to sign with, or the act cannot be recorded.
    """
    check_role(actor, settings.profile.review, SEES_HITS)
    store = settings.store
    checked_reason(reason, asked)
    now, frozen = _night(store, night)
    subject = certain(find(settings, asked, now=at).subject)
    ids = {one for one, held in subject.travellers.items() if night in held}
    if not ids:
        raise UsageError(
            "the person is not among the travellers of the night",
            where=f"night {night}",
            effect="nothing was stated",
            remedy="`screening subject find` shows the nights that hold them",
        )
    flights = _flights(settings, frozen, night, ids)
    hits = [
        hit
        for hit in rows_of(read_current(store, night, analyst.HITS), HitRow)
        if hit["traveller_id"] in ids and (reader is Reader.OVERSIGHT or is_told(store, hit))
    ]
    compared = all(one["compared"] for one in flights)
    given = _answer(settings, hits, actor, compared=compared)
    about = {
        "name": asked.name,
        "date_of_birth": asked.born,
        "document": asked.document,
        "state": asked.state,
    }
    fields = _fields(settings, now, frozen, reader, at) | {
        "answer": given,
        "person": {"asked": about, "flights": flights},
    }
    return _sign(settings, fields, actor, at, reason, [now.seal, *objects_of(settings, asked, subject)])


def verify(document: bytes, key: str | None = None, trusted: Sequence[PublicKey] = ()) -> Mapping[str, Any]:
    """Check a statement's signature and return what it says.

    Args:
        document: the file.
        key: public key, base64url; None for those that are trusted.
        trusted: our own public keys.

    Raises:
        InputError: it is no statement, or its signature does not hold.
    """
    keys = {one.kid: one for one in ([PublicKey(key.strip())] if key else trusted)}
    try:
        payload, _ = verified(document.strip(), keys, KIND)
    except (UnsignedError, ValueError) as fault:
        code = fault.code if isinstance(fault, UnsignedError) else "bad_key"
        raise InputError(
            f"the statement does not hold: {_WHY[code]}",
            where="FILE",
            effect="nothing that it says is confirmed",
            remedy="ask the agency for it again, and compare the fingerprint of its key by telephone",
        ) from None
    fields: Mapping[str, Any] = json.loads(payload)
    return fields


_WHY = {
    "no_signature": "it is no signed document",
    "unknown_issuer": "it was signed with a key that is not among those it is checked with",
    "wrong_kind": "it is a signed document of another kind",
    "bad_signature": "it was changed, or somebody else signed it",
    "bad_key": "the public key is none",
}


def _night(store: Store, night: date) -> tuple[Current, Frozen]:
    now = published(store, night)
    frozen = published_frozen(store, night, now.revision)
    if frozen is None:
        raise StoreError(
            "the frozen set of the night is gone: what decided its rows cannot be said",
            where=f"nights/{night}/runs",
            effect="nothing was stated",
            remedy="restore the folder from the backup",
        )
    return now, frozen


def _answer(settings: Settings, hits: Sequence[HitRow], actor: str, *, compared: bool) -> Answer:
    """Return what may be said of hits; of one that the actor may not see, nothing."""
    store, shown = settings.store, settings.profile.visibility
    stands = Decided(rows_of(acts.dispositions(store), DispositionRow))
    alerts = alerts_of_hits(store, hits)

    def decision(hit: HitRow) -> Decision | None:
        hidden = alerts.state(hit, shown, actor, date.min).call is not None
        return None if hidden else stands.decision(hit)

    return answer([decision(hit) for hit in hits], compared=compared)


def _flights(settings: Settings, frozen: Frozen, night: date, ids: set[str]) -> list[dict[str, Any]]:
    """Return the person's legs, and whether they were compared on each."""
    store = settings.store
    table = read_current(store, night, individual.TRAVELLERS).select(
        ["flight_id", "traveller_id", "standing"]
    )
    outcomes = {row["flight_id"]: row for row in _outcomes(store, night)}
    screened_too = frozen.stated("screening", "withdrawn") is not False
    found = []
    for row in table.to_pylist():
        if row["traveller_id"] not in ids:
            continue
        outcome = outcomes.get(row["flight_id"])
        withdrawn = row["standing"] == Standing.WITHDRAWN and not screened_too
        compared = outcome is not None and outcome["outcome"] in _COMPARED and not withdrawn
        said = "compared" if compared else "not compared"
        found.append({"flight_id": row["flight_id"], "compared": compared, "said": said})
    return sorted(found, key=lambda one: str(one["flight_id"]))


def _outcomes(store: Store, night: date) -> list[OutcomeRow]:
    stated = rows_of(read_current(store, night, individual.OUTCOMES), OutcomeRow)
    return after_acts(stated, settled(store, night))


def _fields(settings: Settings, now: Current, frozen: Frozen, reader: Reader, at: datetime) -> dict[str, Any]:
    store, night = settings.store, now.night
    rows = _outcomes(store, night)
    screened = [row for row in rows if row["outcome"] in _COMPARED]
    aside = people_aside(read_current(store, night, individual.QUARANTINE), rows, settled(store, night))
    return {
        "kind": KIND,
        "version": VERSION,
        "agency": settings.profile.agency.name,
        "made_at": _utc(at),
        "for": reader,
        "night": {
            "label": str(night),
            "revision": now.revision,
            "run_began": _utc(begins(frozen)),
            "decided_until": _utc(at),
            "frozen": now.frozen,
            "published": now.seal,
        },
        "lists": _lists(store, frozen),
        "program": {**frozen.machine, "model": frozen.pins.model, "traffic_model": frozen.pins.traffic},
        "profile": _digest(frozen.pins.profile),
        "screened": {
            "flights": len(screened),
            "travellers": sum(row["travellers"] for row in screened),
            "not_screened": aside,
            "uncounted": sum(
                row["quarantined"] is None and row["outcome"] != Outcome.EXPECTED for row in rows
            ),
        },
    }


def _lists(store: Store, frozen: Frozen) -> list[dict[str, Any]]:
    """Return the list versions of a night with their thresholds, worked out as the night did."""
    profile, thresholds = frozen.agency_profile(), dict[str, int]()
    try:
        _, sizes = lists_of(store, frozen.pins.lists)
        known = night_model(store, frozen.pins.traffic)
    except StoreError:  # gone at the end of their term
        sizes = {}
    for list_id, size in sizes.items():
        measured = known.measured.get(list_id)
        thresholds[list_id] = measured_threshold(known.model, profile.policy(list_id), size, measured)
    found = []
    for list_id, version in sorted(frozen.pins.lists.items()):
        policy = profile.policy(list_id)
        stated = policy.threshold_bits is not None
        found.append(
            {
                "list": list_id,
                "version": version,
                "threshold_bits": thresholds[list_id] / 100 if list_id in thresholds else None,
                "false_alerts_per_1000": None if stated else policy.false_alerts_per_1000,
            }
        )
    return found


def _sign(
    settings: Settings,
    fields: dict[str, Any],
    actor: str,
    at: datetime,
    reason: str,
    objects: Sequence[str],
) -> Signed:
    key = current_signing_key(key_folder())
    whole = fields | {"text": lines_of(fields, ALERTS_TEXT)}
    payload = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    digest = f"statement:{hashlib.sha256(payload).hexdigest()}"
    said = [digest, f"for:{fields['for']}", key.public.kid, *objects]
    audit.append(settings.store, actor, "statement.sign", said, reason.strip(), at)
    return Signed(whole, key.sign(payload, KIND))


def _digest(plain: object) -> str:
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
