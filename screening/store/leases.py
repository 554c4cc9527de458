"""Locks on object storage: an object that says who holds it, renewed while they do.

    <path>              held by one alone; `{}` where nobody holds it
    <path>/<token>      held by one of several at once

Whoever wants a lease puts the object on condition that nobody else has since; of many at once one succeeds.
The holder puts it again every `_BEAT` seconds. One that was not renewed for `_TERM` seconds is dead, and so
is one whose process this machine knows to have ended: then the next takes it over at once, as after a kill.
Ages are taken by the storage's own clock, never by this machine's.

A holder that could not renew for that long (paused, cut off) has lost its lease: its next change of any
object is refused (`objects.guards`). What that cannot shut is a pause between this look and the request
itself; so the commit points are put on condition too (`revisions`, `audit_objects`).
"""

import json
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from screening.store import objects
from screening.store.object_path import ObjectPath
from screening.tables.errors import StoreError, UnreachableError

_TERM = 60.0
_BEAT = 15.0
_LONGEST_WAIT = 1.0  # seconds between two looks at a lease that another holds


@dataclass
class _Lease:
    """A lease of this process."""

    path: ObjectPath
    alone: bool
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    tag: str = ""
    renewed: float = 0.0
    beats: int = 0
    lost: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    def document(self) -> bytes:
        """Return what the object says: another content with each beat."""
        return json.dumps(_me() | {"token": self.token, "beat": self.beats}).encode()

    def check(self) -> None:
        """Refuse to go on without the lease.

        Raises:
            StoreError: it was lost.
        """
        if self.lost or _now() - self.renewed > _TERM:
            raise StoreError(
                "this process has lost its lock: it was not renewed in time",
                where=str(self.path),
                effect="nothing more is written: another process may hold what it guards",
                remedy="start the command again, and look why this one stood still or was cut off",
            )

    def beat(self) -> None:
        """Renew the lease until it is given back."""
        while not self.ended.wait(_BEAT):
            began = _now()
            self.beats += 1
            try:
                if self.alone:
                    tag = objects.put_if(self.path, self.document(), self.tag, guarded=False)
                else:
                    tag = objects.put(self.path, self.document(), guarded=False)
            except UnreachableError:
                continue  # the next beat tries again; `check` tells when it is too late
            if tag is None:
                self.lost = True
                return
            self.tag, self.renewed = tag, began

    def give_back(self) -> None:
        """Let the next have it; where that cannot be said, its term ends by itself."""
        with suppress(UnreachableError):
            if self.alone:
                objects.put_if(self.path, b"{}", self.tag, guarded=False)
            else:
                objects.delete(self.path, guarded=False)


@contextmanager
def lease(path: ObjectPath, *, wait: bool) -> Iterator[None]:
    """Hold a lease alone for the block.

    Raises:
        BlockingIOError: another process holds it and `wait` is false; `holder` says which.
        UnreachableError: the storage does not answer.
    """
    held = _Lease(path, alone=True)
    pause = 0.02
    while not _took(held):
        if not wait:
            raise BlockingIOError
        time.sleep(pause * (1 + random.random()))  # noqa: S311  (no secret)
        pause = min(2 * pause, _LONGEST_WAIT)
    with _kept(held):
        yield


@contextmanager
def shared(path: ObjectPath) -> Iterator[None]:
    """Hold a lease that several may hold at once; one who holds it alone is waited for.

    Raises:
        UnreachableError: the storage does not answer.
    """
    held = _Lease(path, alone=False)
    held.path = path / held.token
    while True:
        held.renewed = _now()
        objects.put(held.path, held.document())
        if not _held_alone(path):  # who comes to hold it alone from here on sees this one
            break
        objects.delete(held.path)
        time.sleep(_LONGEST_WAIT)
    with _kept(held):
        yield


def is_held(path: ObjectPath) -> bool:
    """Does a living process hold it, alone or with others?"""
    return _held_alone(path) or is_shared(path)


def is_shared(path: ObjectPath) -> bool:
    """Does a living process hold it, perhaps with others?"""
    holders = (one for one in path.iterdir() if not one.name.startswith("."))
    return any(_lives(one, *found) for one in holders if (found := _read(one)) is not None)


def holder(path: ObjectPath) -> bytes:
    """Return what the object says of its holder."""
    found = _read(path)
    return json.dumps(found[0]).encode() if found else b""


@contextmanager
def _kept(held: _Lease) -> Iterator[None]:
    thread = threading.Thread(target=held.beat, daemon=True)
    objects.guards.append(held.check)
    thread.start()
    try:
        yield
        held.check()
    finally:
        held.ended.set()
        thread.join()
        objects.guards.remove(held.check)
        held.give_back()


def _took(held: _Lease) -> bool:
    found, tag = _read(held.path), None
    held.renewed = _now()
    if found is None:
        tag = objects.put_new(held.path, held.document())
    elif not _lives(held.path, *found):
        tag = objects.put_if(held.path, held.document(), found[1].tag)
    held.tag = tag or ""
    return tag is not None


def _held_alone(path: ObjectPath) -> bool:
    found = _read(path)
    return found is not None and _lives(path, *found)


def _read(path: ObjectPath) -> tuple[dict[str, Any], objects.ObjectStat] | None:
    try:
        data, known = objects.get(path)
    except FileNotFoundError:
        return None
    with suppress(ValueError):
        said = json.loads(data)
        if isinstance(said, dict):
            return said, known
    return {"pid": 0}, known  # nobody of ours wrote this: it is waited for until its term ends


def _lives(path: ObjectPath, said: dict[str, Any], known: objects.ObjectStat) -> bool:
    if not said:
        return False
    if said.get("among") == _me()["among"]:
        return _started(int(said["pid"])) == said.get("clock")
    return _storage_time(path) - known.st_mtime <= _TERM


def _storage_time(path: ObjectPath) -> float:
    """Return the time by the storage's clock: that of an object which is put now."""
    probe = path.with_name(f".clock-{secrets.token_hex(8)}")
    objects.put(probe, b"", guarded=False)
    found = objects.head(probe)
    objects.delete(probe, guarded=False)
    return found.st_mtime if found else time.time()


def _me() -> dict[str, object]:
    return _process(os.getpid())


@lru_cache(maxsize=1)
def _process(pid: int) -> dict[str, object]:
    """Say which process this is, and among which its number means anything (machine, boot, name space)."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    host = socket.gethostname()
    among = f"{host} {boot} {Path('/proc/self/ns/pid').readlink()}"
    started = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": pid, "host": host, "among": among, "clock": _started(pid), "started": started}


def _started(pid: int) -> str | None:
    """Return when a process began, in ticks since boot; None where there is none, or only its remains."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if said[0] in "ZX" else said[19]


def _now() -> float:
    """Return seconds that go on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
