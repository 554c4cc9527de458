"""Pseudonyms that nobody can compute or undo without the agency's key.

HMAC-SHA256 (RFC 2104, FIPS 198-1), cut to 128 bits (NIST SP 800-107 r1, 5.1: truncation keeps the left bits).
The purpose is part of the message, so that the pseudonyms of one text for two purposes cannot be joined.

A key folder, outside the store, holds one file a key: 32 random bytes in hex, mode 0600, its name is the key
id; the file `current` names the key in use. A new key makes new pseudonyms from then on; the older keys stay,
because nights made with them name their key id, and because what people decided under them is read with them
where a recorded act says so (screening.protection.key_links).

>>> key = Keys("example", b"0" * 32, demonstration=False)
>>> key.pseudonym("person", "L898902C3@UT") == key.pseudonym("traveller", "L898902C3@UT")
False
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from screening.store.files import disk_faults, make_folder, write_bytes
from screening.store.zones import check_private
from screening.tables.errors import ProfileError, StoreError

ENVIRONMENT = "SCREENING_KEYS"
DEMONSTRATION_ID = "demonstration"
_DEMONSTRATION = hashlib.sha256(b"advance-passenger-screening: demonstration key, known to everyone").digest()
_CURRENT = "current"
_KEY_BYTES = 32
_PSEUDONYM_HEX = 32  # 128 bits: a billion travellers collide with probability 2**-69
_KEY_ID = re.compile(r"key-[0-9a-f]{8}")
_KEY_TEXT = re.compile(rb"[0-9a-f]{64}\n?")
_PURPOSE = re.compile(r"[a-z][a-z_]{0,40}")


@dataclass(frozen=True)
class Keys:
    """The key in use.

    Attributes:
        key_id: its name, which may be published beside pseudonyms.
        secret: the key; never printed.
        demonstration: true for the fixed key that everyone knows.
        linked: keys whose pseudonyms are read as well; none is made with them.
    """

    key_id: str
    secret: bytes = field(repr=False)
    demonstration: bool
    linked: tuple["Keys", ...] = ()

    def pseudonym(self, purpose: str, text: str) -> str:
        """Return the pseudonym of a text for a purpose.

        Args:
            purpose: lower-case word that separates uses: `traveller`, `person`, `hit` …
            text: what is to be named; it cannot be got back.

        Returns:
            32 hexadecimal digits.

        Raises:
            ValueError: the purpose is not a lower-case word.
        """
        if not _PURPOSE.fullmatch(purpose):
            raise ValueError("a purpose is a word of lower-case letters and _")
        message = purpose.encode() + b"\0" + text.encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()[:_PSEUDONYM_HEX]


def load_keys(production: bool, *, store_root: Path | None = None) -> Keys:
    """Load the key in use.

    Args:
        production: the profile's `agency.production`.
        store_root: refuse a key folder that lies in this store.

    Returns:
        The current key of the folder in SCREENING_KEYS; without that variable the demonstration key.

    Raises:
        ProfileError: production without a key folder.
        StoreError: the folder or a key is missing, damaged, open to others, or lies in the store.
    """
    named = os.environ.get(ENVIRONMENT, "")
    if not named and production:
        raise ProfileError(
            f"the profile says production = true, but {ENVIRONMENT} names no key folder",
            where=f"environment variable {ENVIRONMENT}",
            effect="nothing runs: pseudonyms made with the demonstration key could be undone by anyone",
            remedy=f"`screening keys new --folder FOLDER`, then set {ENVIRONMENT}=FOLDER",
        )
    if not named:
        return Keys(DEMONSTRATION_ID, _DEMONSTRATION, demonstration=True)
    folder = _outside(Path(named), store_root)
    return load_key(folder, current_id(folder))


def load_former(key_id: str, *, store_root: Path, night: str) -> Keys:
    """Load the key that a night was frozen with, in use or not.

    Args:
        key_id: its id.
        store_root: refuse a key folder that lies in this store.
        night: the night, for the error.

    Raises:
        StoreError: the key is not there, damaged, open to others, or lies in the store.
    """
    if key_id == DEMONSTRATION_ID:
        return Keys(DEMONSTRATION_ID, _DEMONSTRATION, demonstration=True)
    named = os.environ.get(ENVIRONMENT, "")
    if not named or not (Path(named) / key_id).is_file():
        folder = named or "/etc/screening/keys"
        set_it = "" if named else f", then `export {ENVIRONMENT}={folder}`"
        raise StoreError(
            f"night {night} was frozen with the key `{key_id}`, which is not there",
            where=named or f"environment variable {ENVIRONMENT}",
            effect="the night was not run: its travellers would get other ids; what is published stays",
            remedy=f"copy the file {key_id} from the agency's safe copy to {folder}/ (`chmod 600`){set_it}; "
            "it need not be the one in use. If it is lost, a later night can take what is new",
        )
    return load_key(_outside(Path(named), store_root), key_id)


def masking_folder(store_root: Path) -> Path | None:
    """Return where the keys of masked columns lie: `masking/` of the key folder; None without a key folder.

    Raises:
        StoreError: the key folder lies in this store.
    """
    named = os.environ.get(ENVIRONMENT, "")
    return _outside(Path(named), store_root) / "masking" if named else None


def demonstration_secret(text: str) -> bytes:
    """Return 32 bytes that follow from the demonstration key, so that everybody can compute them."""
    return hmac.new(_DEMONSTRATION, text.encode(), hashlib.sha256).digest()


def load_linked(key_id: str, *, store_root: Path) -> Keys:
    """Load a key that is linked with the one in use, to read what people decided under it.

    Raises:
        StoreError: it is missing, damaged, open to others, or lies in the store.
    """
    named = os.environ.get(ENVIRONMENT, "")
    if not named or not (Path(named) / key_id).is_file():
        raise StoreError(
            f"the linked key `{key_id}` is not there",
            where=named or f"environment variable {ENVIRONMENT}",
            effect="nothing was done: what people decided under it would not be seen",
            remedy=f"copy the file {key_id} from the agency's safe copy to {named or 'the key folder'}/ "
            f"(`chmod 600`). If it is lost: `screening keys retire {key_id} --reason WHY`; what was cleared "
            "under it is raised again",
        )
    return load_key(_outside(Path(named), store_root), key_id)


def _outside(folder: Path, store_root: Path | None) -> Path:
    if store_root is not None and folder.resolve().is_relative_to(store_root.resolve()):
        raise _unusable(
            "the key folder lies in the store", folder, "move it out of the store: who copies one has both"
        )
    return folder


def load_key(folder: Path, key_id: str) -> Keys:
    """Load one key of a folder, also one no longer in use.

    Raises:
        StoreError: the key is missing, damaged or open to others.
    """
    path = folder / key_id
    if not _KEY_ID.fullmatch(key_id):
        raise _unusable("no such key id", folder, "a key id looks like key-1a2b3c4d")
    data = read_private(path)
    if not _KEY_TEXT.fullmatch(data):
        raise _unusable("the key is damaged", path, "restore it from the agency's copy (64 hex digits)")
    return Keys(key_id, bytes.fromhex(data.decode().strip()), demonstration=False)


def make_key(folder: Path) -> str:
    """Make a key that is not yet in use; keys that are there stay.

    Args:
        folder: key folder; made with mode 0700 where missing.

    Returns:
        The new key's id.

    Raises:
        StoreError: the folder cannot be written or is open to others.
    """
    with disk_faults(folder, effect="no key was made"):
        make_folder(folder)
        check_private(folder)
    key_id = f"key-{secrets.token_hex(4)}"
    if (folder / key_id).exists():
        raise _unusable("the new key's id is taken", folder / key_id, "start the command again")
    write_bytes(folder / key_id, secrets.token_hex(_KEY_BYTES).encode() + b"\n")
    return key_id


def put_in_use(folder: Path, key_id: str) -> None:
    """Name the key that makes pseudonyms from now on."""
    with disk_faults(folder, effect="the key in use is the one before"):
        write_bytes(folder / _CURRENT, key_id.encode() + b"\n")


def key_folder() -> Path | None:
    """Return the folder that SCREENING_KEYS names; None without it."""
    named = os.environ.get(ENVIRONMENT, "")
    return Path(named) if named else None


def key_ids(folder: Path) -> tuple[str, ...]:
    """Return the ids of the keys of a folder, usable or not, sorted."""
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path.name for path in found if _KEY_ID.fullmatch(path.name)))


def current_id(folder: Path) -> str:
    """Return the id of the key in use.

    Raises:
        StoreError: no key is in use, or the folder cannot be used.
    """
    return read_private(folder / _CURRENT).decode("ascii", "replace").strip()


def read_private(path: Path) -> bytes:
    """Read a file of the key folder.

    Raises:
        StoreError: it is missing or open to others.
    """
    if not path.is_file():
        raise _unusable(
            "the key folder or a file in it is missing", path, f"`screening keys new --folder {path.parent}`"
        )
    state = path.stat()
    if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _unusable("the key file is open to others", path, f"chmod 600 {path}; think of a new key")
    with disk_faults(path, effect="nothing runs"):
        return path.read_bytes()


def _unusable(what: str, where: Path, remedy: str) -> StoreError:
    return StoreError(what, where=str(where), effect="nothing runs: no pseudonym can be made", remedy=remedy)
