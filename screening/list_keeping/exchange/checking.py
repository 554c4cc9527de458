"""Files of partners: read, checked for who signed them, and refused in words, with a record."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from screening.alerts.exchange.refusals import Refusal, RefusedError
from screening.list_keeping.exchange.state import exchanging
from screening.profile.exchange import Exchange, Partner
from screening.protection.audit import append
from screening.protection.signing import PublicKey, UnsignedError, named_key, verified
from screening.store.files import disk_faults
from screening.store.zones import Store
from screening.tables.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Trusted:
    """Keys of all partners, and whose each is."""

    keys: Mapping[str, PublicKey]
    partners: Mapping[str, tuple[Partner, date | None]]


def _trusted(exchange: Exchange) -> _Trusted:
    keys, partners = {}, {}
    for partner in exchange.partners:
        for key in partner.keys:
            public = PublicKey(key.public)
            keys[public.kid] = public
            partners[public.kid] = (partner, key.until)
    return _Trusted(keys, partners)


def judged(
    store: Store,
    path: Path,
    most: int,
    work: Callable[[bytes], T],
    *,
    actor: str,
    at: datetime,
) -> T:
    """Read a partner's file and do something with it, one exchange at a time; a refusal is recorded and told.

    Args:
        store: the store.
        path: the file.
        most: bytes that it may have.
        work: what to do with its bytes; raises RefusedError.
        actor: who takes it in.
        at: when, UTC.

    Raises:
        InputError: it is refused; nothing of it was stored.
        StoreError: the store cannot be used.
    """
    size = _size(path)
    with exchanging(store):
        data = b""
        try:
            if size > most:
                raise RefusedError(Refusal.TOO_LARGE, f"the file has {size:,} bytes; {most:,} may be")
            with disk_faults(path, effect="nothing was taken in"):
                data = path.read_bytes()
            return work(data)
        except RefusedError as fault:
            _record_refusal(store, data, fault, actor, at)
            raise _told(fault, path) from None


def _size(path: Path) -> int:
    if not path.is_file():
        raise InputError(
            "there is no such file",
            where=str(path),
            effect="nothing was taken in",
            remedy="name the file that the partner sent",
        )
    return path.stat().st_size


def _told(fault: RefusedError, path: Path) -> InputError:
    return InputError(
        f"refused ({fault.code}): {fault.what}",
        where=str(path),
        effect="nothing of it was stored; the list in use stays. The refusal is recorded",
        remedy=fault.remedy,
    )


def _record_refusal(store: Store, data: bytes, fault: RefusedError, actor: str, at: datetime) -> None:
    digest = hashlib.sha256(data).hexdigest() if data else "unread"
    append(store, actor, "exchange.refuse", [f"refusal:{fault.code}", f"file:{digest}"], fault.what, at)


def signed(document: bytes, exchange: Exchange, kind: str) -> tuple[bytes, Partner, date | None]:
    """Return what was signed, by which partner, and the last day of that key.

    Raises:
        RefusedError: it is no such document, or the signature does not hold.
    """
    trusted = _trusted(exchange)
    try:
        payload, kid = verified(document, trusted.keys, kind)
    except UnsignedError as fault:
        known = named_key(document)
        words = {
            "no_signature": (Refusal.NOT_A_PACKAGE, "the file holds no signed document"),
            "unknown_issuer": (
                Refusal.UNKNOWN_ISSUER,
                f"no partner has the key that it names ({known or 'none'})",
            ),
            "wrong_kind": (Refusal.WRONG_KIND, f"it is signed, and is no {kind.partition('+')[0]}"),
            "bad_signature": (Refusal.BAD_SIGNATURE, "the signature does not hold"),
        }
        raise RefusedError(*words[fault.code]) from None
    partner, until = trusted.partners[kid]
    return payload, partner, until
