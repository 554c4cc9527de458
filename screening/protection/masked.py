"""Masked columns: a file of their own for each night, sealed under its own key, which lies outside the store.

    individual/masked/store.json        names the folder of this store's keys; made once
    individual/masked/night=D.sealed    one line of JSON (night, key, nonce), then AES-256-GCM over the tables
    <key folder>/masking/<store>/<key>  the key: 32 random bytes in hex, mode 0600

The key folder is that of the pseudonyms' keys (SCREENING_KEYS). Each time a night's masked columns are
written they get a new key, and the key before is dropped: whoever still has the file as it was before (a
backup) cannot read it any more. That is the second line; the first is that the file itself goes. Without a
key folder the key follows from the demonstration key, which everybody can compute: it protects nobody, and
dropping it is not possible.

A night's masked columns are held in memory at once; AES-GCM takes less than 2 GiB a message.

Source: Directive (EU) 2016/681 art. 12(2); NIST SP 800-38D (a key seals one message here, so no nonce comes
twice); NIST SP 800-88 r1, 2.5 (cryptographic erase).
"""

import io
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from screening.protection.keys import demonstration_secret, masking_folder
from screening.store.files import disk_faults, make_folder, read_json, sync_folder, write_bytes, write_json
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

Masked = Mapping[str, pa.Table]
"""Table name -> its key columns and its masked columns; one row for each row of which something is masked."""

_KEY_HEX = 64
_ENDING = ".sealed"


def masked_path(store: Store, night: date) -> Path:
    """Return where a night's masked columns lie."""
    return store.root / Zone.INDIVIDUAL / "masked" / f"night={night.isoformat()}{_ENDING}"


def masked_nights(store: Store) -> list[date]:
    """Return the nights that hold masked columns, oldest first."""
    found = []
    for path in masked_path(store, date.min).parent.glob(f"night=*{_ENDING}"):
        with suppress(ValueError):
            found.append(date.fromisoformat(path.name.removeprefix("night=").removesuffix(_ENDING)))
    return sorted(found)


def read_masked(store: Store, night: date) -> dict[str, pa.Table]:
    """Open a night's masked columns.

    Returns:
        Tables by name; none where nothing is masked.

    Raises:
        StoreError: their key is not there (dropped, or the key folder is another), or the file was changed.
    """
    path = masked_path(store, night)
    if not path.exists():
        return {}
    with disk_faults(path, effect="nothing was shown"):
        head, _, sealed = path.read_bytes().partition(b"\n")
    try:
        stated = json.loads(head)
        key, nonce = str(stated["key"]), bytes.fromhex(stated["nonce"])
        plain = AESGCM(_secret(store, key)).decrypt(nonce, sealed, head)
    except (ValueError, KeyError, TypeError, InvalidTag):
        raise StoreError(
            "the file of masked columns was changed or damaged",
            where=str(path),
            effect="nothing was shown",
            remedy="restore it and its key from the backup of the same day",
        ) from None
    outer = pa.ipc.open_stream(plain).read_all()
    names, contents = outer["table"].to_pylist(), outer["content"].to_pylist()
    return {name: pq.read_table(io.BytesIO(content)) for name, content in zip(names, contents, strict=True)}


def key_is_there(store: Store, night: date) -> bool:
    """Say whether a night's masked columns can be read: their key was not dropped or lost."""
    try:
        read_masked(store, night)
    except StoreError:
        return False
    return True


def write_masked(store: Store, night: date, tables: Masked) -> None:
    """Seal a night's masked columns under a new key, drop the one before; without rows the file goes.

    Args:
        store: the store.
        night: the night.
        tables: all that is masked of the night; equal content writes nothing.

    Raises:
        StoreError: the disk or the key folder cannot be written.
    """
    path = masked_path(store, night)
    held = {name: table for name, table in sorted(tables.items()) if table.num_rows}
    if not held:
        with disk_faults(path, effect="the masked columns are still there"):
            path.unlink(missing_ok=True)
            if path.parent.exists():
                sync_folder(path.parent)
        drop_unused_keys(store)
        return
    if path.exists() and key_is_there(store, night):
        before = read_masked(store, night)
        if before.keys() == held.keys() and all(before[name].equals(held[name]) for name in held):
            return
    open_zones(store, [Zone.INDIVIDUAL])
    make_folder(path.parent)
    key = _new_key(store, night)
    nonce = secrets.token_bytes(12)
    stated = {"key": key, "night": night.isoformat(), "nonce": nonce.hex(), "seal": "AES-256-GCM"}
    head = json.dumps(stated, sort_keys=True).encode()
    sealed = AESGCM(_secret(store, key)).encrypt(nonce, _plain(held), head)
    write_bytes(path, head + b"\n" + sealed)
    drop_unused_keys(store)


def drop_key(store: Store, night: date) -> bool:
    """Drop the key of a night's masked columns: nobody can read them again, wherever copies of them are.

    Returns:
        Whether there was one. The demonstration key cannot be dropped.
    """
    path = masked_path(store, night)
    folder = _folder(store)
    if not path.exists() or folder is None:
        return False
    with path.open("rb") as stream:
        key = folder / str(json.loads(stream.readline())["key"])
    there = key.exists()
    _unlink(key)
    return there


def drop_unused_keys(store: Store) -> int:
    """Drop the keys of this store that no file of masked columns names any more.

    Returns:
        How many there were.
    """
    folder = _folder(store)
    if folder is None or not folder.is_dir():
        return 0
    named = set()
    for night in masked_nights(store):
        with masked_path(store, night).open("rb") as stream:
            named.add(str(json.loads(stream.readline())["key"]))
    unused = [path for path in sorted(folder.glob("mask-*")) if path.name not in named]
    for path in unused:
        _unlink(path)
    return len(unused)


def _plain(tables: Masked) -> bytes:
    contents = []
    for table in tables.values():
        buffer = io.BytesIO()
        pq.write_table(table.combine_chunks(), buffer, compression="zstd")
        contents.append(buffer.getvalue())
    outer = pa.table({"table": pa.array(list(tables)), "content": pa.array(contents, pa.large_binary())})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, outer.schema) as stream:
        stream.write_table(outer)
    return sink.getvalue()


def _new_key(store: Store, night: date) -> str:
    name = f"mask-{night.isoformat()}-{secrets.token_hex(4)}"
    folder = _folder(store)
    if folder is not None:
        with disk_faults(folder, effect="nothing was masked"):
            make_folder(folder)
        write_bytes(folder / name, secrets.token_hex(_KEY_HEX // 2).encode() + b"\n")
    return name


def _secret(store: Store, key: str) -> bytes:
    folder = _folder(store)
    if folder is None:
        return demonstration_secret(f"masking|{key}")
    path = folder / key
    if not path.is_file():
        raise StoreError(
            "the key of these masked columns is not there: it was dropped, or the key folder is another one",
            where=str(path),
            effect="nothing was shown; what is not masked can be read",
            remedy="if the key folder was replaced, restore it from its backup; a dropped key stays dropped",
        )
    with disk_faults(path, effect="nothing was shown"):
        return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _folder(store: Store) -> Path | None:
    """Folder of this store's masking keys; None with the demonstration key."""
    keys = masking_folder(store.root)
    if keys is None:
        return None
    named = masked_path(store, date.min).with_name("store.json")
    if not named.exists():
        open_zones(store, [Zone.INDIVIDUAL])
        make_folder(named.parent)
        write_json(named, {"keys": f"store-{secrets.token_hex(8)}"})
    stated = read_json(named)
    return keys / str(stated["keys"]) if isinstance(stated, dict) else None


def _unlink(path: Path) -> None:
    with disk_faults(path, effect="the key is still there"):
        if path.exists():
            # overwritten first: a key is short, and file systems that write in place lose it for good
            with path.open("r+b") as stream:
                stream.write(b"0" * _KEY_HEX)
                os.fsync(stream.fileno())
        path.unlink(missing_ok=True)
        if path.parent.exists():
            sync_folder(path.parent)
