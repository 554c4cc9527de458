"""Answer a partner: the receipt of a package, and the alerts of it that we do not act on."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from screening.alerts.exchange.model import RECEIPT_KIND, Receipt, RefusedAlert, WaitingAlert
from screening.list_keeping.exchange.state import (
    Incoming,
    exchanging,
    incoming,
    keep_incoming,
    our_id,
    outgoing,
    taken_as,
)
from screening.list_keeping.versions import active_version, checked_id, open_version
from screening.profile.exchange import Exchange
from screening.protection.audit import append
from screening.protection.keys import key_folder
from screening.protection.signing import current_signing_key
from screening.store.files import write_bytes
from screening.store.zones import Store
from screening.tables.codes import Tier
from screening.tables.errors import UsageError


@dataclass(frozen=True, slots=True)
class Standing:
    """How one exchange stands, as `screening alerts exchange` shows it.

    Attributes:
        direction: `to` or `from` the partner.
        list_id: our id of the list.
        open: withdrawals that are not acknowledged (to), alerts that wait for a person (from).
        refused: alerts that the recipient does not act on.
        notes: what the other side said of single alerts: refused with the reason, waiting for a word.
        mend: what is to be done, None where nothing is.
    """

    partner: str
    direction: str
    list_id: str
    sequence: int | None
    valid_until: datetime | None
    alerts: int | None
    acknowledged: int | None
    open: int
    refused: int
    notes: tuple[str, ...] = ()
    mend: str | None = None


def _taken(store: Store, exchange: Exchange, into: str) -> tuple[str, str, Incoming]:
    taken = taken_as(exchange, checked_id(into))
    state = incoming(store, taken[0].id, taken[1]) if taken else None
    if taken is None or state is None:
        raise UsageError(
            f"no package of the list `{into}` was accepted",
            where="--list",
            effect="nothing was done",
            remedy="name a list that is taken from a partner (`takes` in the profile); `screening alerts "
            "exchange` shows them",
        )
    return taken[0].id, taken[1], state


def acknowledge(
    store: Store, exchange: Exchange, into: str, out: Path, *, actor: str, at: datetime
) -> Receipt:
    """Write the signed receipt of the last package that was accepted.

    It says what became of the package, which withdrawals were done, which alerts wait and which are not acted
    on. The same state gives the same bytes.

    Args:
        store: the store.
        exchange: partners.
        into: our id of the list.
        out: file to write.
        actor: who acknowledges.
        at: when, UTC.

    Raises:
        UsageError: no package of the list was accepted.
        StoreError: there is no key to sign with, or the store cannot be used.
    """
    with exchanging(store):
        issuer, theirs, state = _taken(store, exchange, into)
        receipt = Receipt(
            issuer=our_id(exchange),
            recipient=issuer,
            list=theirs,
            sequence=state.sequence,
            package=state.digest,
            accepted=state.accepted.astimezone(UTC),
            outcome="in_use" if active_version(store, into) == state.version else "held",
            alerts=state.alerts,
            withdrawn=state.withdrawn,
            waiting=state.waiting,
            refused=tuple(one for _, one in sorted(state.refused.items())),
        )
        document = current_signing_key(key_folder()).sign(receipt.model_dump_json().encode(), RECEIPT_KIND)
        named = [f"partner:{issuer}", f"list:{into}", f"sequence:{state.sequence}"]
        append(store, actor, "exchange.acknowledge", [*named, f"refused:{len(state.refused)}"], None, at)
        write_bytes(out, document.encode() + b"\n")
    return receipt


def flag(
    store: Store,
    exchange: Exchange,
    into: str,
    source_id: str,
    reason: str,
    *,
    actor: str,
    at: datetime,
    end: bool = False,
) -> bool:
    """Record that we do not act on an alert of a partner's, or that we do again; the next receipt says so.

    The alert stays in the list and raises hits: a person sees the flag beside it in the receipt, and nobody
    goes unseen. Source: Regulation (EU) 2018/1862 art. 24 and 25 (flagging).

    Returns:
        Whether anything changed.

    Raises:
        UsageError: no reason is given, or the list in use holds no such alert.
    """
    if not reason.strip():
        raise UsageError(
            "no reason is given",
            where="--reason",
            effect="nothing was recorded",
            remedy="say why in a sentence; the partner reads it",
        )
    with exchanging(store):
        issuer, theirs, state = _taken(store, exchange, into)
        known = open_version(store, into, state.version).alerts["source_id"].to_pylist()
        if source_id not in known:
            raise UsageError(
                f"the list `{into}` holds no such alert",
                where="ALERT",
                effect="nothing was recorded",
                remedy=f"name its source id, as `screening alerts export --list {into} --out FILE` writes it",
            )
        if end == (source_id not in state.refused):
            return False
        act = "exchange.unflag" if end else "exchange.flag"
        name = hashlib.sha256(f"{into}:{source_id}".encode()).hexdigest()[:32]
        append(store, actor, act, [f"partner:{issuer}", f"list:{into}", f"alert:{name}"], reason.strip(), at)
        refused = {key: one for key, one in state.refused.items() if key != source_id}
        if not end:
            moment = at.astimezone(UTC).replace(microsecond=0)
            refused[source_id] = RefusedAlert(source_id=source_id, reason=reason.strip(), at=moment)
        keep_incoming(store, issuer, theirs, state.model_copy(update={"refused": refused}))
    return True


def standings(store: Store, exchange: Exchange, now: datetime) -> list[Standing]:
    """Say how every exchange of the profile stands, and what is to be done.

    Args:
        store: the store.
        exchange: partners.
        now: moment to judge validity by, UTC.
    """
    found = []
    for partner in exchange.partners:
        if partner.tier is not Tier.HIT_NO_HIT:
            found += [_given(store, partner.id, list_id, now) for list_id in partner.gives]
        found += [
            _got(store, partner.id, theirs, into, now) for theirs, into in sorted(partner.takes.items())
        ]
    return found


def _given(store: Store, partner: str, list_id: str, now: datetime) -> Standing:
    state = outgoing(store, partner, list_id)
    make = f"`screening alerts package --list {list_id} --to {partner} --out FILE`"
    if state is None:
        return Standing(
            partner, "to", list_id, None, None, None, None, 0, 0, (), f"hand out the first: {make}"
        )
    receipt = state.receipt
    unheard = sum(not one.acknowledged for one in state.withdrawals.values())
    mend = None
    if state.valid_until < now:
        mend = f"the last package has expired; {make} makes a new one"
    elif unheard and (receipt is None or receipt.sequence < state.sequence):
        mend = f"ask {partner} for the receipt of package {state.sequence}: it holds withdrawals"
    return Standing(
        partner,
        "to",
        list_id,
        state.sequence,
        state.valid_until,
        len(state.sent),
        receipt.sequence if receipt else None,
        unheard,
        len(receipt.refused) if receipt else 0,
        _notes(receipt.waiting, receipt.refused) if receipt else (),
        mend,
    )


def _got(store: Store, partner: str, theirs: str, into: str, now: datetime) -> Standing:
    state = incoming(store, partner, theirs)
    if state is None:
        return Standing(
            partner, "from", into, None, None, None, None, 0, 0, (), f"ask {partner} for its list `{theirs}`"
        )
    mend = None
    if active_version(store, into) != state.version:
        mend = (
            f"held back: `screening alerts check --list {into} --version {state.version}`, then `screening "
            f"alerts release --list {into} --version {state.version} --reason WHY`"
        )
    elif state.valid_until < now:
        mend = f"what {partner} sent is valid no longer: ask for a new package"
    elif state.waiting:
        mend = f"add the missing rows to the terms of {partner}, then accept the same file again"
    return Standing(
        partner,
        "from",
        into,
        state.sequence,
        state.valid_until,
        state.alerts,
        None,
        len(state.waiting),
        len(state.refused),
        _notes(state.waiting, state.refused.values()),
        mend,
    )


def _notes(waiting: Iterable[WaitingAlert], refused: Iterable[RefusedAlert]) -> tuple[str, ...]:
    return (
        *(f"{one.source_id} waits: no word for its {one.field}" for one in waiting),
        *(f"{one.source_id} is not acted on: {one.reason}" for one in refused),
    )
