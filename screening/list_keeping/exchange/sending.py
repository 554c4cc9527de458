"""Make a package of a list for a partner; the same package again while there is nothing new."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from screening.alerts.exchange.archive import pack
from screening.alerts.exchange.model import (
    ALERTS_FILE,
    PACKAGE_KIND,
    WITHDRAWALS_FILE,
    FileEntry,
    Manifest,
    Withdrawal,
    WithdrawalReason,
)
from screening.alerts.exchange.sharing import Origin, Shared, share, withdrawn_since
from screening.alerts.export import objects
from screening.list_keeping.exchange.state import (
    MOST_REMEMBERED,
    Outgoing,
    Withdrawn,
    exchanging,
    keep_outgoing,
    known_partner,
    origin_of,
    our_id,
    outgoing,
)
from screening.list_keeping.versions import active_version, checked_id, open_version
from screening.profile.exchange import Exchange, Partner
from screening.protection.audit import append
from screening.protection.keys import key_folder
from screening.protection.signing import current_signing_key
from screening.store.files import write_bytes
from screening.store.zones import Store
from screening.tables.codes import Tier
from screening.tables.errors import UsageError


@dataclass(frozen=True, slots=True)
class Packaged:
    """What was made.

    Attributes:
        new: whether it is another package than the last; the same bytes where not.
        kept: alerts that stay here, by reason.
        unfit: alerts that do not fit into the format (reason `schema`), with the field.
    """

    list_id: str
    recipient: str
    sequence: int
    new: bool
    version: str
    alerts: int
    withdrawn: int
    kept: Mapping[str, int]
    tier: Tier
    valid_until: datetime
    unfit: tuple[str, ...] = ()


def package(
    store: Store,
    exchange: Exchange,
    list_id: str,
    recipient: str,
    out: Path,
    *,
    actor: str,
    at: datetime,
    anew: bool = False,
    after: int | None = None,
) -> Packaged:
    """Write the version in use, as far as the partner may have it, as one signed package.

    While nothing has changed and the last package is still valid, the same one is written again: same number,
    same bytes.

    Args:
        store: the store.
        exchange: what the agency decided about partners.
        list_id: our list.
        recipient: the partner.
        out: file to write.
        actor: who hands it out.
        at: when, UTC.
        anew: make another package although nothing has changed.
        after: the number that the partner accepted last, where our own counter was lost.

    Raises:
        UsageError: the list does not go to this partner, has no version in use, or nothing of it may leave.
        StoreError: there is no key to sign with, or the store cannot be used.
    """
    partner = _recipient(exchange, checked_id(list_id), recipient)
    with exchanging(store):
        before = outgoing(store, recipient, list_id)
        version, shared, origin = _shared(store, exchange, partner, list_id, at)
        state = (
            before
            if before and not anew and after is None and _holds(before, shared, partner, origin, at)
            else None
        )
        new = state is None
        if state is None:
            state = _next(exchange, partner, list_id, version, shared, origin, before, at, after)
            objects_of = [f"partner:{recipient}", f"list:{list_id}={version}", f"sequence:{state.sequence}"]
            append(store, actor, "exchange.package", [*objects_of, f"manifest:{state.digest}"], None, at)
            keep_outgoing(store, recipient, list_id, state)
        write_bytes(
            out,
            pack(
                state.manifest,
                {ALERTS_FILE: shared.lines, WITHDRAWALS_FILE: _withdrawal_lines(state.withdrawals)},
            ),
        )
    return Packaged(
        list_id=list_id,
        recipient=recipient,
        sequence=state.sequence,
        new=new,
        version=state.version,
        alerts=len(shared.digests),
        withdrawn=len(state.withdrawals),
        kept=shared.kept,
        tier=partner.tier,
        valid_until=state.valid_until,
        unfit=tuple(f"{source_id}: {why}" for source_id, why in sorted(shared.unfit.items())),
    )


def _recipient(exchange: Exchange, list_id: str, recipient: str) -> Partner:
    our_id(exchange)
    partner = known_partner(exchange, recipient, "--to")
    what = remedy = None
    if partner.tier is Tier.HIT_NO_HIT:
        what = f"`{recipient}` gets answers, no alerts (tier hit_no_hit)"
        remedy = (
            "it asks, `screening alerts answer` answers; change `tier` of the partner in the profile if "
            "more is agreed"
        )
    elif list_id not in partner.gives:
        what = f"the list `{list_id}` does not go to `{recipient}`"
        remedy = (
            f"lists that do: {', '.join(partner.gives) or 'none'} (`gives` of the partner in the profile)"
        )
    if what is not None and remedy is not None:
        raise UsageError(what, where="--list, --to", effect="nothing was written", remedy=remedy)
    return partner


def _shared(
    store: Store, exchange: Exchange, partner: Partner, list_id: str, at: datetime
) -> tuple[str, Shared, Origin | None]:
    version = active_version(store, list_id)
    if version is None:
        raise UsageError(
            f"the list `{list_id}` has no version in use",
            where="--list",
            effect="nothing was written",
            remedy=f"`screening alerts versions --list {list_id}`; `screening alerts import SOURCE PATH "
            f"--list {list_id}`",
        )
    origin = origin_of(store, exchange, list_id, version)
    shared = share(
        objects(open_version(store, list_id, version), version),
        partner,
        list_id=list_id,
        issuer=our_id(exchange),
        onward=exchange.may_go_on(),
        origin=origin,
        today=at.date(),
    )
    return version, shared, origin


def _signed_terms(shared: Shared, partner: Partner, origin: Origin | None) -> str:
    return json.dumps(
        [
            partner.tier,
            origin.agency if origin else None,
            shared.terms,
            [use.model_dump() for use in shared.caveats],
        ],
        ensure_ascii=False,
    )


def _holds(last: Outgoing, shared: Shared, partner: Partner, origin: Origin | None, at: datetime) -> bool:
    """Say whether the last package still says all there is to say."""
    return (
        at < last.valid_until
        and last.alerts_sha256 == hashlib.sha256(shared.lines).hexdigest()
        and last.terms_of_exchange == _signed_terms(shared, partner, origin)
        and not set(last.withdrawals) & set(shared.digests)
    )


def _next(
    exchange: Exchange,
    partner: Partner,
    list_id: str,
    version: str,
    shared: Shared,
    origin: Origin | None,
    last: Outgoing | None,
    at: datetime,
    after: int | None,
) -> Outgoing:
    sequence = _sequence(last, after)
    withdrawals = _withdrawals(last, shared, sequence, at)
    if not shared.digests and not withdrawals:
        told = ", ".join(f"{count} by {why}" for why, count in shared.kept.items()) or "it is empty"
        raise UsageError(
            f"nothing of the list `{list_id}` may go to `{partner.id}`: {told}",
            where="--list, --to",
            effect="nothing was written",
            remedy="look at `caveats` and `categories` of the partner in the profile, and at exchange.onward",
        )
    files = {ALERTS_FILE: shared.lines, WITHDRAWALS_FILE: _withdrawal_lines(withdrawals)}
    us = our_id(exchange)
    at = at.replace(microsecond=0)
    manifest = Manifest(
        issuer=us,
        recipient=partner.id,
        originator=origin.agency if origin else us,
        list=list_id,
        version=version,
        sequence=sequence,
        previous=last.digest if last and sequence == last.sequence + 1 else None,
        created=at,
        valid_until=at + timedelta(hours=exchange.valid_hours),
        tier=Tier.FULL if partner.tier is Tier.FULL else Tier.IDENTITY_ONLY,
        caveats=shared.caveats,
        terms=shared.terms,
        files=tuple(
            FileEntry.model_validate(
                {
                    "name": name,
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "bytes": len(data),
                    "count": data.count(b"\n"),
                }
            )
            for name, data in files.items()
        ),
    )
    payload = manifest.model_dump_json().encode()
    digest = hashlib.sha256(payload).hexdigest()
    made = {**(last.made if last else {}), sequence: digest}
    return Outgoing(
        sequence=sequence,
        manifest=current_signing_key(key_folder()).sign(payload, PACKAGE_KIND),
        digest=digest,
        version=version,
        created=manifest.created,
        valid_until=manifest.valid_until,
        alerts_sha256=manifest.file(ALERTS_FILE).sha256,
        terms_of_exchange=_signed_terms(shared, partner, origin),
        sent=tuple(shared.digests),
        withdrawals=withdrawals,
        made=dict(sorted(made.items())[-MOST_REMEMBERED:]),
        receipt=last.receipt if last else None,
    )


def _sequence(last: Outgoing | None, after: int | None) -> int:
    known = last.sequence if last else 0
    if after is not None and after < known:
        raise UsageError(
            f"{known} packages were made already",
            where="--after",
            effect="nothing was written: a number must not be used twice",
            remedy="without --after the counter goes on from there",
        )
    return (known if after is None else after) + 1


def _withdrawals(last: Outgoing | None, shared: Shared, sequence: int, at: datetime) -> dict[str, Withdrawn]:
    """Return what travels as withdrawn: news, and what was not acknowledged yet."""
    if last is None:
        return {}
    open_ones = {key: one for key, one in last.withdrawals.items() if not one.acknowledged}
    now: Mapping[str, WithdrawalReason] = withdrawn_since(
        last.sent, shared, {key: one.reason for key, one in open_ones.items()}
    )
    moment = at.replace(microsecond=0)
    return {
        key: open_ones.get(key) or Withdrawn(reason=why, at=moment, since_sequence=sequence)
        for key, why in now.items()
    }


def _withdrawal_lines(withdrawals: Mapping[str, Withdrawn]) -> bytes:
    lines = (
        Withdrawal(
            source_id=source_id, reason=one.reason, at=one.at, since_sequence=one.since_sequence
        ).model_dump_json()
        for source_id, one in sorted(withdrawals.items())
    )
    return "".join(f"{line}\n" for line in lines).encode()
