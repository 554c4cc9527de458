"""Is this package for us, in order, whole, and of the agreed shape? Judged before a row is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from screening.alerts.exchange.archive import Archive
from screening.alerts.exchange.model import (
    ALERTS_FILE,
    WITHDRAWALS_FILE,
    AlertLine,
    Manifest,
    Receipt,
    Withdrawal,
    places_of,
)
from screening.alerts.exchange.refusals import Refusal, RefusedError

CLOCK_TOLERANCE = timedelta(minutes=15)
"""Clocks of two agencies may differ by so much."""
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Last:
    """The last package of a chain that was accepted.

    Attributes:
        sequence: its number.
        manifest: sha256 of its manifest.
    """

    sequence: int
    manifest: str


def parsed(payload: bytes, model: type[Model], what: str) -> Model:
    """Return a signed document as its model.

    Raises:
        RefusedError: it does not keep the schema.
    """
    try:
        return model.model_validate_json(payload)
    except ValidationError as fault:
        raise RefusedError(Refusal.SCHEMA, f"{what} does not keep the schema: {places_of(fault)}") from None


def judge_manifest(
    manifest: Manifest,
    *,
    signer: str,
    key_until: date | None,
    us: str,
    takes: Mapping[str, str],
    now: datetime,
) -> None:
    """Decide whether a package may be looked into.

    Args:
        manifest: the signed manifest.
        signer: partner whose key signed it.
        key_until: last day of that key, None while it is in use.
        us: our own id.
        takes: lists that are taken from this partner.
        now: moment of judging, UTC.

    Raises:
        RefusedError: it is not for us, not of the one who signed, not of this time.
    """
    if manifest.issuer != signer:
        raise RefusedError(Refusal.WRONG_ISSUER, f"the key of `{signer}` signed a package of another issuer")
    if manifest.recipient != us:
        raise RefusedError(Refusal.WRONG_RECIPIENT, "the package is meant for another agency")
    if key_until is not None and manifest.created.date() > key_until:
        raise RefusedError(Refusal.KEY_ENDED, f"the key of `{signer}` that signed it ended on {key_until}")
    if manifest.created > now + CLOCK_TOLERANCE:
        raise RefusedError(Refusal.NOT_YET, f"the package was made at {manifest.created:%Y-%m-%d %H:%M} UTC")
    if manifest.valid_until < now:
        raise RefusedError(
            Refusal.EXPIRED, f"the package was valid until {manifest.valid_until:%Y-%m-%d %H:%M} UTC"
        )
    if manifest.list not in takes:
        raise RefusedError(Refusal.LIST_NOT_TAKEN, f"the list `{manifest.list}` of `{signer}` is not taken")


def judge_order(manifest: Manifest, last: Last | None, *, after_gap: bool, again: str | None = None) -> None:
    """Decide whether a package follows the last one that was accepted.

    Args:
        manifest: the signed manifest.
        last: the last one; None where none was accepted: every number may be the first then.
        after_gap: a named person takes a package although one before it is missing.
        again: hash of the last package where alerts of it wait: the same may be taken with other terms.

    Raises:
        RefusedError: it came before, comes too early, or follows another package.
    """
    if last is None:
        return
    if again is not None and again == last.manifest and manifest.sequence == last.sequence:
        return
    if manifest.sequence <= last.sequence:
        raise RefusedError(
            Refusal.REPLAYED,
            f"package {manifest.sequence} came already: {last.sequence} is the last that was accepted",
        )
    if after_gap:
        return
    if manifest.sequence > last.sequence + 1:
        raise RefusedError(
            Refusal.OUT_OF_ORDER,
            f"package {manifest.sequence} came, {last.sequence + 1} is the next that is awaited",
        )
    if manifest.previous != last.manifest:
        raise RefusedError(
            Refusal.OTHER_CHAIN,
            f"package {manifest.sequence} does not follow the {last.sequence} accepted here",
        )


def judge_files(manifest: Manifest, archive: Archive) -> None:
    """Hold the data files to what was signed, byte by byte.

    Raises:
        RefusedError: a byte of one differs, or both are empty.
    """
    for entry in manifest.files:
        if archive.digest(entry.name, entry.bytes) != entry.sha256:
            raise RefusedError(Refusal.HASH_DIFFERS, f"{entry.name} is not the file that was signed")
    if not any(entry.bytes for entry in manifest.files):
        raise RefusedError(Refusal.SCHEMA, "the package holds neither an alert nor a withdrawal")


def content_of(manifest: Manifest, archive: Archive) -> Iterator[AlertLine | Withdrawal]:
    """Yield the alerts, then the withdrawals, of a package whose files were judged; each keeps the schema.

    Nothing of it counts before the last is there: what only the whole tells is refused at the end.

    Raises:
        RefusedError: a line or a count differs from what the schema allows or the manifest says.
    """
    declared, seen, doubled = manifest.onward(), set[str](), 0
    for number, alert in _lines(manifest, archive, ALERTS_FILE, AlertLine):
        if alert.list != manifest.list:
            raise RefusedError(Refusal.SCHEMA, f"{ALERTS_FILE} line {number}: an alert of another list")
        if alert.caveat is not None and alert.caveat not in declared:
            raise RefusedError(
                Refusal.CAVEAT_UNDECLARED, f"{ALERTS_FILE} line {number}: its caveat is not in the manifest"
            )
        doubled += alert.source_id in seen
        seen.add(alert.source_id)
        yield alert
    for _, withdrawal in _lines(manifest, archive, WITHDRAWALS_FILE, Withdrawal):
        doubled += withdrawal.source_id in seen
        seen.add(withdrawal.source_id)
        yield withdrawal
    if doubled:
        raise RefusedError(Refusal.DOUBLED, f"{doubled} source ids stand more than once")


def _lines(
    manifest: Manifest, archive: Archive, name: str, model: type[Model]
) -> Iterator[tuple[int, Model]]:
    count, number = manifest.file(name).count, 0
    for number, line in enumerate(archive.lines(name), start=1):
        if number <= count:
            yield number, parsed(line, model, f"{name} line {number}")
    if number != count:
        raise RefusedError(Refusal.COUNT_DIFFERS, f"{name} has {number} lines, the manifest says {count}")


def judge_receipt(receipt: Receipt, *, signer: str, us: str, made: Mapping[int, str]) -> None:
    """Decide whether a receipt is of a package of ours.

    Args:
        receipt: the signed receipt.
        signer: partner whose key signed it.
        us: our own id.
        made: sha256 of the manifests handed to this partner, by sequence.

    Raises:
        RefusedError: it is not for us, not of the one who signed, or of no package that we made.
    """
    if receipt.issuer != signer:
        raise RefusedError(Refusal.WRONG_ISSUER, f"the key of `{signer}` signed a receipt of another agency")
    if receipt.recipient != us:
        raise RefusedError(Refusal.WRONG_RECIPIENT, "the receipt is meant for another agency")
    if made.get(receipt.sequence) != receipt.package:
        raise RefusedError(
            Refusal.NOT_OURS,
            f"package {receipt.sequence} of the list `{receipt.list}` is not one that we made",
        )
