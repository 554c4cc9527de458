"""Does a file keep the package format? For agencies that write it without us, and for a quarrel about one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from screening.alerts.exchange.archive import Archive, is_archive
from screening.alerts.exchange.judging import content_of, judge_files, parsed
from screening.alerts.exchange.model import PACKAGE_KIND, RECEIPT_KIND, Manifest, Receipt
from screening.alerts.exchange.refusals import RefusedError
from screening.profile.exchange import Exchange, PartnerKey
from screening.protection.signing import PublicKey, UnsignedError, unverified, verified
from screening.store.files import disk_faults
from screening.tables.errors import UsageError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        result: `not_judged` without a key, or after a check that failed.
        what: what is wrong, or what it is.
    """

    check: str
    result: Literal["kept", "failed", "not_judged"]
    what: str


class _StopError(Exception):
    """A check failed: those behind it cannot be judged."""


def conforms(path: Path, public: str | None) -> list[Check]:
    """Judge a package or a receipt by the format alone.

    Args:
        path: the file.
        public: public key of its issuer, base64url; None leaves the signature out.

    Raises:
        UsageError: there is no such file, or the key is none.
    """
    if not path.is_file():
        raise UsageError(
            "there is no such file", where="FILE", effect="nothing was judged", remedy="name a file"
        )
    key = _key(public)
    checks: list[Check] = []
    with disk_faults(path, effect="nothing was judged"):
        data = path.read_bytes()
    try:
        if is_archive(data):
            _package(data, key, checks)
        else:
            _document(data.strip(), key, RECEIPT_KIND, Receipt, checks)
    except _StopError:
        pass
    return checks


def _key(public: str | None) -> PublicKey | None:
    if public is None:
        return None
    try:
        return PublicKey(PartnerKey(public=public).public)
    except ValidationError:
        raise UsageError(
            "this is no Ed25519 public key",
            where="--key",
            effect="nothing was judged",
            remedy="32 bytes in base64url: 43 letters, digits, - and _",
        ) from None


def _run(checks: list[Check], name: str, kept: str, work: Callable[[], object]) -> object:
    try:
        result = work()
    except RefusedError as fault:
        checks.append(Check(name, "failed", f"{fault.code}: {fault.what}"))
        raise _StopError from None
    checks.append(Check(name, "kept", kept))
    return result


def _package(data: bytes, key: PublicKey | None, checks: list[Check]) -> None:
    most = Exchange().max_bytes
    archive = _run(checks, "archive", "a ZIP of three members", lambda: Archive(data, most))
    if not isinstance(archive, Archive):
        return
    manifest = _document(archive.manifest(), key, PACKAGE_KIND, Manifest, checks)
    if not isinstance(manifest, Manifest):
        return
    counts = ", ".join(f"{entry.count} lines of {entry.name}" for entry in manifest.files)
    _run(
        checks,
        "content",
        counts,
        lambda: _read_through(manifest, archive),
    )


def _read_through(manifest: Manifest, archive: Archive) -> None:
    judge_files(manifest, archive)
    for _ in content_of(manifest, archive):
        pass


def _document(
    document: bytes, key: PublicKey | None, kind: str, model: type[BaseModel], checks: list[Check]
) -> object:
    try:
        if key is None:
            payload = unverified(document, kind)
            checks.append(Check("signature", "not_judged", "name the issuer's public key with --key"))
        else:
            payload, kid = verified(document, {key.kid: key}, kind)
            checks.append(Check("signature", "kept", f"{kind}, signed by key {kid}"))
    except UnsignedError as fault:
        checks.append(Check("signature", "failed", fault.code))
        raise _StopError from None
    return _run(checks, model.__name__.lower(), "keeps the schema", lambda: parsed(payload, model, "it"))
