"""Keys that sign what leaves for another agency, and the signatures of what comes from one.

A signature is a JSON Web Signature in compact form (RFC 7515) with Ed25519 (RFC 8032, as `EdDSA` of RFC
8037). The header names the key by its thumbprint (RFC 7638) and the kind of document, so that a receipt is
never taken for a package. The public key is handed out by `screening keys signing show`, its fingerprint
compared by another way (telephone, letter).

The private keys lie in the key folder beside those of the pseudonyms: one file a key, mode 0600,
`signing-1a2b3c4d`, PKCS 8; `signing-current` names the one in use. A new key is made first and put in use
when the partners have it: until then they know both.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from screening.protection.keys import ENVIRONMENT, read_private
from screening.store.files import disk_faults, make_folder, write_bytes
from screening.store.zones import check_private
from screening.tables.errors import StoreError

ALGORITHM = "EdDSA"
_CURRENT = "signing-current"
_NAME = re.compile(r"signing-[0-9a-f]{8}")
_KID = re.compile(r"[A-Za-z0-9_-]{43}")
_JWS = jwt.PyJWS(algorithms=[ALGORITHM])


class UnsignedError(Exception):
    """A signature does not hold; `code` says in one word why.

    Attributes:
        code: `no_signature` (no such document), `unknown_issuer` (no key of that name), `wrong_kind` (a
            document of another kind), `bad_signature` (it was changed, or somebody else signed it).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures are checked with.

    Attributes:
        x: 32 bytes in base64url without padding, as partners write it into their profile.
    """

    x: str

    @property
    def kid(self) -> str:
        """Name of the key: its thumbprint after RFC 7638, base64url."""
        return _url(self._digest())

    @property
    def fingerprint(self) -> str:
        """Return the same thumbprint for reading out: hex digits in groups of four."""
        digits = self._digest().hex()
        return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))

    def _digest(self) -> bytes:
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": self.x}
        return hashlib.sha256(json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()).digest()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs.

    Attributes:
        name: name of its file.
        public: what partners check with.
    """

    name: str
    public: PublicKey
    _private: Ed25519PrivateKey

    def sign(self, payload: bytes, kind: str) -> str:
        """Return the signed document; equal payload and key give equal text (RFC 8032: no chance in it).

        Args:
            payload: what is signed.
            kind: what it is; stands in the header as `typ`.
        """
        headers = {"kid": self.public.kid, "typ": kind}
        return _JWS.encode(payload, self._private, algorithm=ALGORITHM, headers=headers)


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def verified(document: bytes, keys: Mapping[str, PublicKey], kind: str) -> tuple[bytes, str]:
    """Return what was signed and the name of the key that signed it.

    Args:
        document: JWS in compact form.
        keys: keys that are trusted, by kid.
        kind: `typ` that it must have.

    Raises:
        UnsignedError: it is no such document, or its signature does not hold.
    """
    try:
        header = _JWS.get_unverified_header(document)
    except jwt.InvalidTokenError:
        raise UnsignedError("no_signature") from None
    kid = header.get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise UnsignedError("unknown_issuer")
    if header.get("typ") != kind or "crit" in header:
        raise UnsignedError("wrong_kind")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys[kid].x + "="))
    try:
        payload = _JWS.decode_complete(document, public, algorithms=[ALGORITHM])["payload"]
    except jwt.InvalidTokenError:
        raise UnsignedError("bad_signature") from None
    return bytes(payload), kid


def unverified(document: bytes, kind: str) -> bytes:
    """Return the payload of a document whose signature is not judged: to look at its form only.

    Raises:
        UnsignedError: it is no such document.
    """
    try:
        whole = _JWS.decode_complete(document, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise UnsignedError("no_signature") from None
    if whole["header"].get("typ") != kind or whole["header"].get("alg") != ALGORITHM:
        raise UnsignedError("wrong_kind")
    return bytes(whole["payload"])


def kind_of(document: bytes) -> str | None:
    """Return what a document says it is, to choose who judges it; nothing is checked."""
    try:
        kind = _JWS.get_unverified_header(document).get("typ")
    except jwt.InvalidTokenError:
        return None
    return kind if isinstance(kind, str) else None


def named_key(document: bytes) -> str | None:
    """Return the key that a document says it was signed with, for the record; nothing is checked."""
    try:
        kid = _JWS.get_unverified_header(document).get("kid")
    except jwt.InvalidTokenError:
        return None
    return kid if isinstance(kid, str) and _KID.fullmatch(kid) else None


def make_signing_key(folder: Path) -> SigningKey:
    """Make a key; the first of a folder comes into use at once, every other by `use_signing_key`.

    Raises:
        StoreError: the folder cannot be written or is open to others.
    """
    with disk_faults(folder, effect="no key was made"):
        make_folder(folder)
        check_private(folder)
    private = Ed25519PrivateKey.generate()
    public = _public(private)
    name = f"signing-{hashlib.sha256(public.kid.encode()).hexdigest()[:8]}"
    write_bytes(folder / name, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if not (folder / _CURRENT).exists():
        use_signing_key(folder, name)
    return SigningKey(name, public, private)


def use_signing_key(folder: Path, name: str) -> None:
    """Sign with this key from now on.

    Raises:
        StoreError: the key is missing, damaged or open to others.
    """
    load_signing_key(folder, name)
    with disk_faults(folder, effect="the key in use is the one before"):
        write_bytes(folder / _CURRENT, name.encode() + b"\n")


def signing_key_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the signing keys of a folder, sorted."""
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path.name for path in found if _NAME.fullmatch(path.name)))


def current_signing_key(folder: Path | None) -> SigningKey:
    """Return the key in use.

    Raises:
        StoreError: there is none, or it cannot be used.
    """
    if folder is None or not (folder / _CURRENT).exists():
        raise StoreError(
            "there is no key to sign with",
            where=str(folder) if folder else f"environment variable {ENVIRONMENT}",
            effect="nothing was signed or handed out",
            remedy=f"set {ENVIRONMENT} to a folder outside the store, then `screening keys signing new`",
        )
    name = read_private(folder / _CURRENT).decode("ascii", "replace").strip()
    return load_signing_key(folder, name)


def load_signing_key(folder: Path, name: str) -> SigningKey:
    """Load one key of a folder.

    Raises:
        StoreError: it is missing, damaged or open to others.
    """
    path = folder / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise StoreError(
            "there is no such signing key",
            where=str(folder),
            effect="nothing was signed or changed",
            remedy="`screening keys signing list` shows those that are there; restore a lost one from the "
            "agency's safe copy (chmod 600)",
        )
    try:
        private = load_pem_private_key(read_private(path), password=None)
    except ValueError:
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise StoreError(
            "the signing key is damaged",
            where=str(path),
            effect="nothing was signed or changed",
            remedy="restore it from the agency's safe copy (PKCS 8 with an Ed25519 key)",
        )
    return SigningKey(name, _public(private), private)


def _public(private: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(_url(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)))
