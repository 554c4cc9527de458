"""Who watches nights is told: a night needs a person, is incomplete, failed, or has recovered.

    failed            the program ended without publishing
    late              it is not published by the hour that the profile names
    incomplete        a gate failed, and nobody has let the night through
    needs a person    somebody was not screened, or something waits to be looked at
    recovered         none of it any more; told once

A notice holds night, state, counts and the next command: no name of a person, file or flight. What was told
stands beside the night, in `nights/D/notices.json`, for each way on its own: the same is not told twice, a
state that gets worse is told again, and what could not be sent is due at the next occasion.

Telling never changes what becomes of a night: whatever goes wrong with it is said, and nothing is raised.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from screening.night import fitness
from screening.night.attention import headline_of
from screening.night.deliveries import deliveries
from screening.night.exceptions import place_of
from screening.night.frozen import published_frozen
from screening.night.overtaken import overtaken, overtaken_by
from screening.night.quarantine_entries import settled
from screening.night.settings import Settings
from screening.night.sightings import left_in_folders
from screening.reports.headline import IN_ORDER, NEEDS_A_PERSON, after_acts, is_open, people_aside
from screening.store.current_json import current
from screening.store.files import read_json, write_json
from screening.store.locks import exclusive
from screening.store.published import read_current
from screening.store.zones import Store, open_zones
from screening.tables.codes import Outcome
from screening.tables.errors import (
    BusyError,
    InputError,
    ScreeningError,
    StoreError,
    UnreachableError,
    UsageError,
)
from screening.tables.individual import OUTCOMES, QUARANTINE
from screening.tables.model import rows_of
from screening.tables.rows import OutcomeRow

Say = Callable[[str], None]
FAILED, LATE, RECOVERED, TRIAL, APPROVED = "failed", "late", "recovered", "on trial", "approved"
FETCHING = "fetching"
COUNTS = {
    "not_screened": "travellers not screened",
    "uncounted": "flights and files with an unknown number of travellers",
    "waiting": "flights and files that wait",
    "missing": "expected flights without a message",
    "overtaken": "flights and days overtaken by an earlier night",
    "gates_failed": "gates failed",
    "hits": "hits",
}
_WHY = {
    InputError: "the inbox or an alert list cannot be used",
    StoreError: "the store cannot be used",
    UnreachableError: "the object storage does not answer",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of a night.

    Attributes:
        about: `night 2026-11-23`, `retention` or `fetching`.
        state: in order, needs a person, incomplete, late, failed; recovered where it is none of
            these any more.
        command: what to type next.
        revision: what is published of the night; 0 where nothing is.
        counts: by the keys of `COUNTS`; none of a failure.
        cause: what failed, in our words.
    """

    about: str
    state: str
    command: str
    revision: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    cause: str | None = None

    @property
    def text(self) -> str:
        """One sentence for a person."""
        counts = ", ".join(f"{COUNTS[key]} {number}" for key, number in self.counts.items() if number)
        said = ": ".join(part for part in (self.state, self.cause or counts) if part)
        return f"{self.about}, {said}. Next: {self.command}"


def worse(before: Mapping[str, Any] | None, now: Notice) -> str | None:
    """Say what is due to be told after what was told before.

    Args:
        before: state, counts and cause as last told or seen; None where nothing was.
        now: how it stands.

    Returns:
        The state to tell; None where nothing has to be told.

    >>> bad = Notice("night", "needs a person", "screening status", counts={"not_screened": 2})
    >>> worse(None, bad), worse({"state": "needs a person", "counts": {"not_screened": 2}}, bad)
    ('needs a person', None)
    >>> worse({"state": "needs a person"}, Notice("night", "in order", "screening status"))
    'recovered'
    """
    was = (before or {}).get("state", IN_ORDER)
    if now.state == IN_ORDER:
        return None if was == IN_ORDER else RECOVERED
    counts = (before or {}).get("counts", {})
    grown = any(number > counts.get(key, 0) for key, number in now.counts.items() if key != "hits")
    return now.state if was != now.state or grown or (before or {}).get("cause") != now.cause else None


@contextmanager
def watched(settings: Settings, night: date, *, say: Say) -> Iterator[None]:
    """Tell how a night stands after the block, or that the block failed.

    Wrong use and a night that another run holds are told to the person at the terminal alone.
    """
    try:
        yield
    except (UsageError, BusyError):
        raise
    except ScreeningError as fault:
        why = next(
            (text for kind, text in _WHY.items() if isinstance(fault, kind)), "the profile does not hold"
        )
        tell_failure(settings, night, why, say=say)
        raise
    except Exception as fault:
        tell_failure(settings, night, f"the program failed: {place_of(fault)}", say=say)
        raise
    tell_night(settings, night, say=say)


def tell_night(settings: Settings, night: date, *, say: Say) -> None:
    """Tell what a run of a night leaves (`left_by_run`), if that is due."""
    with harmless(say):
        if deliveries(settings):
            for notice in left_by_run(settings, night):
                _tell(settings, notice, say)


def tell_failure(settings: Settings, night: date, cause: str, *, say: Say) -> None:
    """Tell that a run of a night failed, if that is due.

    Args:
        settings: store and profile.
        night: the night.
        cause: what failed; no text of an exception.
        say: tells the person at the terminal what could not be sent.
    """
    with harmless(say):
        if deliveries(settings):
            _tell(settings, failure(settings.store, night, cause), say)


def tell_late(settings: Settings, night: date, *, say: Say) -> None:
    """Tell that a night is not published by the hour of the profile, if it is not, and if that is due."""
    with harmless(say):
        if deliveries(settings) and current(settings.store, night) is None:
            due = settings.profile.schedule.published_by
            cause = f"not published by {due:%H:%M}" if due else "not published"
            _tell(settings, Notice(f"night {night}", LATE, "screening nights", cause=cause), say)


def tell_retention(settings: Settings, *, failed: bool, say: Say) -> None:
    """Tell that a purge failed, or that purges work again, if that is due."""
    with harmless(say):
        state, cause = (FAILED, "what is due could not be removed") if failed else (IN_ORDER, None)
        if deliveries(settings):
            _tell(settings, Notice("retention", state, "screening retention purge", cause=cause), say)


def tell_fetching(settings: Settings, *, failed: bool, say: Say) -> None:
    """Tell that manifests could not be fetched from a place, or that all could again, if that is due."""
    with harmless(say):
        state, cause = (
            (FAILED, "a place of intake.fetch_from could not be read") if failed else (IN_ORDER, None)
        )
        if deliveries(settings):
            _tell(settings, Notice(FETCHING, state, "airflow dags trigger fetch_manifests", cause=cause), say)


def tell_unmasking(settings: Settings, request_id: str, *, say: Say) -> None:
    """Tell the data protection officer that masked columns may be shown; said where it cannot be sent.

    The act itself stands on the chain; an officer whom no notice reaches reviews it there.
    """
    with harmless(say):
        officer, ways = settings.profile.masking.officer, deliveries(settings)
        notice = Notice(
            f"unmasking {request_id}", APPROVED, "screening unmask list", cause=f"for the {officer}"
        )
        problems = {way: send(_message(notice, APPROVED)) for way, send in ways.items()}
        for way, problem in problems.items():
            if problem:
                say(f"The notice by {way} was not sent ({problem}): tell the {officer} yourself.")
        if not ways:
            say(f"No notice is set up (profile: notify): tell the {officer} yourself.")


def trial(settings: Settings) -> dict[str, str | None]:
    """Send a notice on trial by every way of the profile, whatever was told before.

    Returns:
        What went wrong, by way; None where it was sent.
    """
    notice = Notice("no night", TRIAL, "screening nights")
    return {way: send(_message(notice, TRIAL)) for way, send in deliveries(settings).items()}


@contextmanager
def harmless(say: Say) -> Iterator[None]:
    """Let nothing that goes wrong in the block reach the night; say it."""
    try:
        yield
    except Exception as fault:  # noqa: BLE001  (whatever it is, the night is more than its notice)
        say(f"A notice could not be made ({place_of(fault)}); the night is not affected.")


def counts_of(store: Store, night: date) -> dict[str, int]:
    """Return how a published night stands, by the keys of `COUNTS`.

    Raises:
        StoreError: what is published cannot be read.
    """
    published, done = current(store, night), settled(store, night)
    rows = after_acts(rows_of(read_current(store, night, OUTCOMES), OutcomeRow), done)
    gates = fitness.records(store, published_frozen(store, night, published.revision if published else 0))
    behind = overtaken(store, night)
    return {
        "not_screened": people_aside(read_current(store, night, QUARANTINE), rows, done),
        "uncounted": sum(row["quarantined"] is None and row["outcome"] != Outcome.EXPECTED for row in rows),
        "waiting": sum(is_open(row, done) for row in rows),
        "missing": sum(row["outcome"] == Outcome.EXPECTED and is_open(row, done) for row in rows),
        "overtaken": len(behind.legs) + len(behind.days) if behind is not None else 0,
        "gates_failed": sum(record.waits for record in gates),
        "hits": sum(row["hits"] for row in rows),
    }


def left_by_run(settings: Settings, night: date) -> Iterator[Notice]:
    """Yield how a published night stands, and what else a run of it finds that waits for somebody.

    Later nights that it has overtaken, and earlier ones of which files lie in the inbox that no run took.
    """
    yield _standing(settings.store, night)
    for later, _ in overtaken_by(settings.store, night):
        yield _standing(settings.store, later)
    for earlier in left_in_folders(settings.store, settings.inbox, night):
        yield _left(settings.store, earlier)


def _standing(store: Store, night: date) -> Notice:
    """Return how a published night stands; one whose files cannot be read has failed."""
    try:
        line, published = headline_of(store, night), current(store, night)
        revision, counts = published.revision if published else 0, counts_of(store, night)
    except ScreeningError:
        return failure(store, night, "what is published cannot be read")
    state = line.state if line.calls else IN_ORDER
    return Notice(f"night {night}", state, f"screening status --night {night}", revision, counts)


def _left(store: Store, night: date) -> Notice:
    published = current(store, night)
    return Notice(
        f"night {night}",
        NEEDS_A_PERSON,
        f"screening run --night {night}",
        published.revision if published else 0,
        cause="files lie in its folder of the inbox, and no run has taken them",
    )


def failure(store: Store, night: date, cause: str) -> Notice:
    """Return that a run of a night failed; what was published before stays."""
    try:
        published = current(store, night)
    except ScreeningError:
        published = None
    revision = published.revision if published else 0
    return Notice(f"night {night}", FAILED, f"screening run --night {night}", revision, cause=cause)


def _tell(settings: Settings, notice: Notice, say: Say) -> None:
    path = _path(settings.store, notice)
    if not settings.store.root.exists():  # a first night is late or failed: the store begins with the notice
        open_zones(settings.store, [])
    with exclusive(path.with_name(f".{path.stem}"), what="the notices", wait=True):
        before = _told(path)
        told = dict(before)
        for way, send in deliveries(settings).items():
            event = worse(told.get(way), notice)
            problem = send(_message(notice, event)) if event is not None else None
            if problem:
                say(f"The notice by {way} was not sent ({problem}); it is tried again after the next run.")
                continue
            told[way] = {"state": notice.state, "counts": dict(notice.counts), "cause": notice.cause}
        if told != before:
            write_json(path, told)


def _message(notice: Notice, event: str) -> dict[str, object]:
    told = replace(notice, state=event)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return asdict(told) | {"at_utc": at, "text": f"Screening: {told.text}"}


def _path(store: Store, notice: Notice) -> Path:
    _, _, night = notice.about.partition(" ")
    if notice.about == FETCHING:
        return store.nights_folder / "fetching.json"
    return (store.nights_folder / night if night else store.nights_folder) / "notices.json"


def _told(path: Path) -> dict[str, Any]:
    """Read what was told before, by way; where that cannot be read, it is told again."""
    try:
        plain = read_json(path) if path.exists() else {}
    except StoreError:
        plain = {}
    held = plain if isinstance(plain, dict) else {}
    return {way: was for way, was in held.items() if isinstance(was, dict)}
