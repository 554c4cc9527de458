"""The frozen set: everything that decides the outcome of one revision, written down before it starts.

`store/nights/D/runs/NNNN/night.json` is written once, by `receive`. A run that is started again after a kill
takes it up unchanged. Same frozen set, same bytes. Nothing in it names a person: the names of the inputs lie
in landing while the run needs them (`input_names`).
"""

import dataclasses
import hashlib
import importlib.metadata
import json
import socket
import unicodedata
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import screening
from screening.night.schedule_file import DueFlight, Schedule
from screening.profile.model import Profile
from screening.protection.keys import Keys, load_former, load_linked
from screening.store.current_json import revision as recorded
from screening.store.files import by_hand, write_json
from screening.store.zones import Store
from screening.tables.errors import OtherCodeError, StoreError

_FILE = "night.json"
_UNCHANGED = "unchanged.json"


@dataclass(frozen=True, slots=True, order=True)
class FrozenInput:
    """One file that the revision reads.

    Attributes:
        name: path below the inbox; empty as read from night.json (`input_names` knows it).
        input_id: sha256 of its bytes as received.
        size: bytes.
        duplicate: the same bytes were received before, under another name or in an earlier night.
        carried: its bytes come from landing, as an earlier revision of the night stored them.
        refused: finding that says why the entry cannot be taken in; empty where it was.
        mark: which file of the inbox it was (`sightings`); it decides no bytes.
    """

    name: str
    input_id: str
    size: int
    duplicate: bool = False
    carried: bool = False
    refused: str = ""
    mark: str = ""

    @property
    def is_read(self) -> bool:
        """Are there bytes of it to be read?"""
        return bool(self.size) and not self.duplicate and not self.refused


@dataclass(frozen=True, slots=True, order=True)
class EarlierNight:
    """A night before this one, at the revision that this one reads."""

    night: str
    revision: int
    frozen: str


@dataclass(frozen=True, slots=True)
class Pins:
    """What `rerun` keeps from the night's first revision: equal pins and inputs give equal rows.

    Attributes:
        lists: list id -> version.
        profile: the profile as plain data.
        model: version of the matching model; with counts of earlier traffic, of both.
        key_id: which key makes the pseudonyms.
        earlier: nights before this one, from which statements and hits are drawn.
        decided_until: dispositions and clearances decided up to this moment count.
        decisions: hash of their ids; it decides bytes, the moment itself does not.
        traffic: version of the traffic model in use; None for the shipped shares and thresholds.
        linked: keys under whose pseudonyms earlier hits and decisions are read as well.
        merges: hash of the ids of merge acts that count (up to `decided_until`); None for none.
    """

    lists: Mapping[str, str]
    profile: Mapping[str, Any]
    model: str
    key_id: str
    earlier: tuple[EarlierNight, ...]
    decided_until: str
    decisions: str
    traffic: str | None = None
    linked: tuple[str, ...] = ()
    merges: str | None = None


def run_id(night: date, revision: int) -> str:
    """Identifier of the run that makes a revision, `2026-11-23-0001`."""
    return f"{night.isoformat()}-{revision:04d}"


@dataclass(frozen=True, slots=True)
class Frozen:
    """The frozen set of one revision of one night.

    Attributes:
        night: label of the night.
        revision: number of the revision that it will become.
        base: revision that a re-run builds on; None for a run over all inputs.
        flights: legs that a re-run screens anew; None for all.
        inputs: files read.
        kept: files of the base that a re-run does not read again; their rows stay.
        gone: retention classes of the base that came to their end; what remains of it is drawn in (remains).
        pins: what is kept by re-runs.
        machine: code, lock, time zone data and Unicode tables that ran.
        sealed: its hash, of a set as read from night.json; empty where the inputs have their names.
        rescreened: made by a re-screen after a list had changed (`rescreen`): it is never taken up.
        expected: flights that are due by the agency's schedule; None where it has none.
        ids_of: revision of the night whose hits keep their ids, as people have decided on some; else None.
    """

    night: date
    revision: int
    base: int | None
    flights: tuple[str, ...] | None
    inputs: tuple[FrozenInput, ...]
    pins: Pins
    machine: Mapping[str, str]
    kept: tuple[FrozenInput, ...] = ()
    gone: tuple[str, ...] = ()
    sealed: str = ""
    rescreened: bool = False
    expected: Schedule | None = None
    ids_of: int | None = None

    @property
    def nameless(self) -> bool:
        """Are its inputs without their names?"""
        return bool(self.sealed)

    @property
    def run(self) -> str:
        """Identifier of the run, `2026-11-23-0001`."""
        return run_id(self.night, self.revision)

    @property
    def hash(self) -> str:
        """Hash of everything that decides the bytes.

        Not of how the inputs came here, nor of which flights were asked for: a re-run on all inputs has the
        hash of one run on them, unless people have decided on hits in between.
        """
        if self.sealed:
            return self.sealed
        plain = self._plain()
        del plain["pins"]["decided_until"]
        inputs = sorted(
            [entry.name, entry.input_id, entry.duplicate, entry.refused]
            for entry in (*self.inputs, *self.kept)
        )
        ended = [plain["base"], *plain["gone"]] if plain["gone"] else []
        due = [plain["expected"]] if self.expected is not None else []
        ids = [{"ids_of": self.ids_of}] if self.ids_of is not None else []
        return _sha([plain["night"], inputs, plain["pins"], plain["machine"], *ended, *due, *ids])

    @property
    def pins_hash(self) -> str:
        """Hash of pins and machine: with the statements of a leg it decides the leg's rows."""
        plain = self._plain()
        del plain["pins"]["decided_until"]
        return _sha([plain["pins"], plain["machine"]])

    @property
    def moment(self) -> datetime:
        """Moment up to which decisions of persons count."""
        return datetime.fromisoformat(self.pins.decided_until)

    def with_lists(self, revision: int, lists: Mapping[str, str], decided: tuple[datetime, str]) -> "Frozen":
        """Return the set of the same night after a re-screen against other list versions.

        Args:
            revision: number that it becomes.
            lists: list -> version.
            decided: moment up to which decisions count, and the hash of their ids.
        """
        until, decisions = decided[0].isoformat(), decided[1]
        pins = dataclasses.replace(self.pins, lists=dict(lists), decided_until=until, decisions=decisions)
        sealed = _sha([self.hash, dict(sorted(lists.items())), decisions])
        return dataclasses.replace(self, revision=revision, pins=pins, sealed=sealed, rescreened=True)

    def agency_profile(self) -> Profile:
        """Profile as it was frozen.

        Raises:
            StoreError: this version of the program does not know what stands in it.
        """
        try:
            return Profile.model_validate(dict(self.pins.profile))
        except ValidationError as fault:
            keys = sorted({".".join(str(part) for part in error["loc"]) for error in fault.errors()})
            raise StoreError(
                f"the profile of night {self.night} is of another version: {', '.join(keys[:5])}",
                where=f"frozen set {self.run}",
                effect="this night cannot be run again by this version; what is published can be read",
                remedy=f"use the version that froze it, {self.machine.get('code', 'not known')}; "
                "other nights are not touched",
            ) from None

    def stated(self, section: str, key: str) -> Any:  # noqa: ANN401  (plain data of any version)
        """Return a key of the profile as frozen, also by another version; None where there is none."""
        found = self.pins.profile.get(section)
        return found.get(key) if isinstance(found, Mapping) else None

    def keys(self, store: Store, *, linked: Collection[str] | None = None) -> Keys:
        """Load the key that was frozen, also where another is in use now, and keys that are read with it.

        Args:
            store: the store.
            linked: keys to be read as well; None for those that were frozen.

        Raises:
            StoreError: one of them is not in the folder.
        """
        own = load_former(self.pins.key_id, store_root=store.root, night=self.night.isoformat())
        wanted = self.pins.linked if linked is None else linked
        others = tuple(load_linked(one, store_root=store.root) for one in wanted)
        return dataclasses.replace(own, linked=others)

    def as_json(self) -> dict[str, Any]:
        """Plain data, as it stands in night.json: no name of an input, and the hash that they are part of."""
        plain = self._plain() | {"sealed": self.hash}
        for entry in (*plain["inputs"], *plain["kept"]):
            del entry["name"]
        return plain

    def _plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self), default=str))
        if self.pins.traffic is None:  # sets frozen by earlier code keep their hash
            del plain["pins"]["traffic"]
        if not self.pins.linked:  # the same
            del plain["pins"]["linked"]
        if self.pins.merges is None:  # the same
            del plain["pins"]["merges"]
        if not self.rescreened:  # the same
            del plain["rescreened"]
        if self.expected is None:  # the same
            del plain["expected"]
        if self.ids_of is None:  # the same
            del plain["ids_of"]
        return plain


def _sha(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def frozen_path(store: Store, night: date, revision: int) -> Path:
    """Where night.json of a revision lies."""
    return store.root / "nights" / night.isoformat() / "runs" / f"{revision:04d}" / _FILE


def save_frozen(store: Store, frozen: Frozen) -> None:
    """Write night.json atomically."""
    path = frozen_path(store, frozen.night, frozen.revision)
    write_json(path, frozen.as_json())
    path.with_name(_UNCHANGED).unlink(missing_ok=True)


def set_unchanged(store: Store, frozen: Frozen) -> None:
    """Put night.json of a run that became no revision aside: its tasks may be tried again (Airflow)."""
    path = frozen_path(store, frozen.night, frozen.revision)
    with suppress(FileNotFoundError):  # done before
        path.replace(path.with_name(_UNCHANGED))


def load_unchanged(store: Store, night: date, revision: int) -> Frozen | None:
    """Read what `set_unchanged` put aside; None where the run did not end so."""
    return load_frozen(store, night, revision, name=_UNCHANGED)


def load_frozen(store: Store, night: date, revision: int, *, name: str = _FILE) -> Frozen | None:
    """Read night.json of a revision; None where there is none.

    Raises:
        StoreError: it is there but cannot be read.
    """
    path = frozen_path(store, night, revision).with_name(name)
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        raise _damaged(store, night, revision, f"cannot be read ({type(fault).__name__})") from None
    try:
        return _parsed(plain)
    except (KeyError, TypeError, ValueError):
        raise _damaged(store, night, revision, "is damaged or of another version of the program") from None


def _damaged(store: Store, night: date, revision: int, how: str) -> StoreError:
    path = frozen_path(store, night, revision)
    published = recorded(store, night, revision) is not None
    return StoreError(
        f"the frozen set of night {night} {how}",
        where=str(path),
        effect="this revision cannot be run again; published tables can still be read"
        if published
        else "this revision cannot go on; what is published stays",
        remedy="restore the file from the backup"
        if published
        else f"it was not published yet: {by_hand('rm -r', path.parent)}, then "
        f"`screening run --night {night}`",
    )


def _parsed(plain: dict[str, Any]) -> Frozen:
    pins = plain["pins"]
    flights = plain["flights"]
    return Frozen(
        night=date.fromisoformat(plain["night"]),
        revision=plain["revision"],
        base=plain["base"],
        flights=None if flights is None else tuple(flights),
        inputs=_inputs(plain["inputs"]),
        pins=Pins(
            lists=pins["lists"],
            profile=pins["profile"],
            model=pins["model"],
            key_id=pins["key_id"],
            earlier=tuple(EarlierNight(**entry) for entry in pins["earlier"]),
            decided_until=pins["decided_until"],
            decisions=pins["decisions"],
            traffic=pins.get("traffic"),
            linked=tuple(pins.get("linked", ())),
            merges=pins.get("merges"),
        ),
        machine=plain["machine"],
        kept=_inputs(plain["kept"]),
        gone=tuple(plain.get("gone", ())),
        sealed=plain.get("sealed", ""),  # earlier code wrote the names instead
        rescreened=plain.get("rescreened", False),
        expected=_schedule(plain.get("expected")),
        ids_of=plain.get("ids_of"),
    )


def _schedule(plain: dict[str, Any] | None) -> Schedule | None:
    if plain is None:
        return None
    flights = tuple(DueFlight(**{**one, "also": tuple(one["also"])}) for one in plain["flights"])
    return Schedule(flights, tuple(plain["unread"]), plain["fault"])


def _inputs(plain: list[dict[str, Any]]) -> tuple[FrozenInput, ...]:
    return tuple(FrozenInput(**{"name": "", **entry}) for entry in plain)


def published_frozen(store: Store, night: date, revision: int) -> Frozen | None:
    """Return the frozen set of a published revision.

    A purge publishes a night anew without some of its files and freezes nothing: the set before it holds.
    Under the purge's number may lie a set that a killed run has left; its hash is another.
    """
    stated = recorded(store, night, revision)
    latest = None
    for number in range(revision, 0, -1):
        frozen = load_frozen(store, night, number)
        if frozen is not None and stated is not None and frozen.hash == stated.frozen:
            return frozen
        latest = latest or frozen
    return latest


def parse_run(run: str) -> tuple[date, int]:
    """Split a run identifier into night and revision.

    >>> parse_run("2026-11-23-0002")
    (datetime.date(2026, 11, 23), 2)
    """
    return date.fromisoformat(run[:10]), int(run[11:])


@lru_cache(maxsize=1)
def machine() -> dict[str, str]:
    """Return the versions of what runs: code, lock, time zone data, Unicode tables."""
    package = Path(screening.__file__).parent
    code = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".json", ".j2", ".toml", ".csv", ".txt", ".tsv"}:
            code.update(path.relative_to(package).as_posix().encode())
            code.update(hashlib.sha256(path.read_bytes()).digest())
    lock = package.parent / "requirements.lock"
    packages = (
        lock.read_bytes()
        if lock.exists()
        else "\n".join(
            sorted(f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions())
        ).encode()
    )
    return {
        "code": f"{screening.__version__}+{code.hexdigest()[:16]}",
        "lock": hashlib.sha256(packages).hexdigest(),
        "tzdata": importlib.metadata.version("tzdata"),
        "unicode": unicodedata.unidata_version,
    }


def refuse_other_code(frozen: Frozen) -> None:
    """Let nobody go on with a run that other code has begun: half of the night would be the work of each.

    Raises:
        OtherCodeError: names what differs, as frozen and as here.
    """
    here = machine()
    differs = [name for name in here if frozen.machine.get(name) != here[name]]
    if differs:
        told = "; ".join(
            f"{name} {frozen.machine.get(name, 'not known')[:28]} there, {here[name][:28]} here"
            for name in differs
        )
        raise OtherCodeError(
            f"run {frozen.run} was frozen by other code than runs here: {told}",
            where=f"this worker ({socket.gethostname()}), {Path(screening.__file__).parent}",
            effect="this task did nothing; nothing of the run is published",
            remedy=f"bring every worker to one version, then begin the night anew with it: "
            f"screening run --night {frozen.night}",
        )
