"""One run for a night at a time.

`flock` binds the lock to an open file: the system frees it when the process ends, however it ends, so a
killed run can be started again at once and no stale lock is ever left. The lock's file stays; removing it
would let two processes lock two files of one name.

A forked child shares its parent's lock, so a night stays held until the last process of its pool has ended:
that is meant, they may still write.

Limits: one machine, or a shared file system that carries flock between machines (NFS version 4 does). On
object storage the same locks are leases (`screening.store.leases`).

Source: flock(2).
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from screening.store import leases
from screening.store.files import disk_faults, is_locked, make_folder
from screening.store.object_path import ObjectPath
from screening.store.zones import Store
from screening.tables.errors import BusyError


@contextmanager
def night_lock(store: Store, night: date) -> Iterator[None]:
    """Hold a night for the run in this block.

    Raises:
        BusyError: another process holds it; the text says which and since when.
        StoreError: the lock's file cannot be opened.
    """
    with exclusive(store.night_folder(night) / ".lock", what=f"the night {night.isoformat()}", wait=False):
        yield


@contextmanager
def undisturbed(store: Store) -> Iterator[None]:
    """Let no purge begin while the block works with nights; a purge that goes on is waited for.

    Raises:
        StoreError: the lock's file cannot be opened.
    """
    with shared(_retention(store)):
        yield


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold a lock together with others for the block; one who holds it alone is waited for.

    Raises:
        StoreError: the lock's file cannot be opened.
    """
    if isinstance(path, ObjectPath):
        with leases.shared(path):
            yield
        return
    handle = _opened(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextmanager
def purging(store: Store, again: str = "screening retention purge") -> Iterator[None]:
    """Hold every night for a purge, or for another act on all nights.

    Args:
        store: the store.
        again: the command that is to be given again where a run works with the store.

    Raises:
        BusyError: a run works with the store; the text says of which night.
        StoreError: the lock's file cannot be opened.
    """
    path = _retention(store)
    if isinstance(path, ObjectPath):
        with _leased(path, "the store", wait=False):
            if leases.is_shared(path):
                raise _in_use(store, again)
            yield
        return
    handle = _opened(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(store, again) from None
        yield
    finally:
        os.close(handle)


def _retention(store: Store) -> Path:
    return store.nights_folder / ".retention"


def _opened(path: Path) -> int:
    with disk_faults(path, effect="nothing was begun or changed"):
        make_folder(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def under_way(store: Store) -> list[str]:
    """Return the labels of the nights that a process runs now, sorted.

    Between two tasks of Airflow none does: such a night is begun and not published.
    """
    held = {path.parent.name for path in store.nights_folder.glob("*/.run") if is_locked(path)}
    held |= {path.parent.name[:10] for path in store.root.glob("work/*/.alive") if is_locked(path)}
    return sorted(held)


def _in_use(store: Store, again: str) -> BusyError:
    held = under_way(store)
    return BusyError(
        f"the store is held by {'a run of night ' + held[0] if held else 'another process'}",
        where=str(_retention(store)),
        effect="nothing was changed: a run must not lose what it reads",
        remedy=f"wait until it ends, then start this again: `{again}`",
    )


@contextmanager
def exclusive(path: Path, *, what: str, wait: bool) -> Iterator[None]:
    """Hold a lock for the block.

    Args:
        path: the lock's file; made where missing.
        what: what it guards, for the error.
        wait: wait for the holder, or refuse at once.

    Raises:
        BusyError: another process holds it and `wait` is false.
        StoreError: the lock's file cannot be opened.
    """
    if isinstance(path, ObjectPath):
        with _leased(path, what, wait=wait):
            yield
        return
    handle = _opened(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise _busy(path, what, os.pread(handle, 1000, 0)) from None
        _sign(handle)
        yield
    finally:
        os.close(handle)


@contextmanager
def _leased(path: ObjectPath, what: str, *, wait: bool) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(leases.lease(path, wait=wait))
        except BlockingIOError:
            raise _busy(path, what, leases.holder(path)) from None
        yield


def _sign(handle: int) -> None:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "started": started}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(holder).encode(), 0)


def _busy(path: Path, what: str, signed: bytes) -> BusyError:
    try:
        holder = json.loads(signed)
        who = f"process {holder['pid']} on {holder['host']}, since {holder['started']}"
        remedy = (
            f"wait until it ends, or end it (kill {holder['pid']}) and start again: the lock goes with it"
        )
    except (ValueError, KeyError, TypeError):  # the holder has the lock and has not signed yet
        who = "another process, which has just begun"
        remedy = "wait until it ends, then start again"
    return BusyError(
        f"{what} is held by {who}", where=str(path), effect="nothing was begun or changed", remedy=remedy
    )
