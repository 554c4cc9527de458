"""A whole night without Airflow: the same functions in a loop, under one lock."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from screening.night import run as stages
from screening.night.frozen import Frozen, published_frozen
from screening.night.let_through import release
from screening.night.opened import Run
from screening.night.pins import refuse_unknown
from screening.night.receive import Receipt, receive
from screening.night.reporting import write_report
from screening.night.rerun import Rerun, receive_again
from screening.night.settings import Settings
from screening.night.statistics import write_statistics
from screening.store.locks import exclusive, undisturbed
from screening.store.published import verify_night
from screening.store.zones import open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

Tell = Callable[[str], None]


@dataclass(slots=True)
class Session:
    """What a session did.

    Attributes:
        night: the night.
        revision: the revision that is published now; 0 where none is.
        fresh: something was new and has been published.
        files: files received.
        seconds: wall time by task.
        along: legs that were run again because they share messages with the named ones.
        code_differs: a re-run by other code than that of the published revision.
        gates: gates that the published night was let through now.
        ended: legs that stay as they are, because what they were screened from is gone by rule.
        mended: damaged published files that were written anew.
        other_lists: lists whose copy that the night had has ended; the version in use took its place.
    """

    night: date
    revision: int = 0
    fresh: bool = False
    files: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    along: tuple[str, ...] = ()
    code_differs: bool = False
    gates: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    other_lists: tuple[str, ...] = ()


def run_night(
    settings: Settings,
    night: date,
    *,
    actor: str,
    tell: Tell,
    chosen: Sequence[str] | None = None,
    let_through: Collection[str] = (),
    reason: str | None = None,
    again: bool = False,
) -> Session:
    """Run a night over everything that came in.

    A run that was killed is taken up first; what has come since then makes a further revision.

    Args:
        settings: store, inbox, profile.
        night: the night.
        actor: who starts it.
        tell: shows a line of progress.
        chosen: lists; None for every active one.
        let_through: gates that a person lets the night through.
        reason: why.
        again: run a published night again although nothing is new.

    Raises:
        ScreeningError: as the stages raise.
    """
    session = Session(night)
    refuse_unknown(settings, chosen or ())
    with _whole(settings, night):
        damaged = verify_night(settings.store, night) if again else []
        for _ in range(2):
            with _timed(session, "receive", tell):
                receipt = receive(
                    settings, night, chosen=chosen, actor=actor, now=datetime.now(UTC), again=again
                )
            _carry_on(settings, session, receipt, actor, tell, let_through, reason)
            if not receipt.resumed:
                break
        if let_through and not session.fresh:
            _let_through(settings, session, actor, tell, let_through, reason)
        session.mended = _mended(settings, night, damaged)
    return session


def _mended(settings: Settings, night: date, damaged: Sequence[str]) -> tuple[str, ...]:
    """Look that files which were damaged before a run are whole after it.

    Raises:
        StoreError: one is not.
    """
    left = verify_night(settings.store, night) if damaged else []
    if left:
        raise StoreError(
            f"{len(left)} published files of night {night} are still missing or damaged",
            where=str(settings.store.root / left[0]),
            effect="the night was screened again; these files could not be written anew",
            remedy="restore them from the backup; `screening audit verify` names each",
        )
    return tuple(damaged)


def rerun_flights(
    settings: Settings,
    night: date,
    *,
    flights: Sequence[str],
    failed: bool,
    actor: str,
    tell: Tell,
    let_through: Collection[str] = (),
    reason: str | None = None,
) -> Session:
    """Run some flights of a night again and publish it anew.

    Raises:
        ScreeningError: as `receive_again` and the stages raise.
    """
    session = Session(night)
    with _whole(settings, night):
        for _ in range(2):
            with _timed(session, "receive", tell):
                again: Rerun = receive_again(
                    settings, night, flights=flights, failed=failed, actor=actor, now=datetime.now(UTC)
                )
            session.along, session.code_differs = again.along, again.code_differs
            session.ended = again.ended
            if again.along:
                tell(f"  these share messages with them and come along: {', '.join(again.along)}")
            _carry_on(settings, session, again.receipt, actor, tell, let_through, reason)
            if not again.receipt.resumed:
                break
    return session


def _let_through(
    settings: Settings,
    session: Session,
    actor: str,
    tell: Tell,
    gates: Collection[str],
    reason: str | None,
) -> None:
    """Release what a published night held back; nothing of it is read or screened again."""
    with _timed(session, "publish", tell):
        released = release(settings.store, session.night, gates, actor=actor, reason=reason)
    session.gates = released
    if released:
        with _timed(session, "report", tell):
            write_report(settings.store, session.night)
            write_statistics(settings.store, session.night)


def _carry_on(
    settings: Settings,
    session: Session,
    receipt: Receipt,
    actor: str,
    tell: Tell,
    let_through: Collection[str],
    reason: str | None,
) -> None:
    session.files += receipt.files
    if receipt.frozen is None:
        return
    session.other_lists = _other_lists(settings, receipt.frozen)
    run = Run(settings, receipt.frozen)
    with _timed(session, "read", tell):
        stages.read_all(run, stages.plan_read(run), counted=_counted("files read", tell))
    with _timed(session, "settle", tell):
        stages.settle_all(run, stages.plan_settle(run), counted=_counted("shares of flights settled", tell))
    with _timed(session, "screen", tell):
        stages.screen_all(run, stages.plan(run), counted=_counted("batches screened", tell))
    with _timed(session, "publish", tell):
        published = stages.publish(run, actor=actor, let_through=let_through, reason=reason)
    session.fresh = session.fresh or published.revision == receipt.frozen.revision
    session.revision = published.revision
    with _timed(session, "report", tell):
        write_report(settings.store, session.night)
        write_statistics(settings.store, session.night)


def _other_lists(settings: Settings, frozen: Frozen) -> tuple[str, ...]:
    """Name the lists that a further revision is screened against in another version than the one before."""
    before = published_frozen(settings.store, frozen.night, frozen.revision - 1)
    known = before.pins.lists if before else frozen.pins.lists
    return tuple(sorted(one for one, of in frozen.pins.lists.items() if known.get(one) != of))


def _counted(what: str, tell: Tell) -> stages.Counted:
    """Tell how far a stage is and since when: at most once a second, and at its end."""
    begun = last = time.monotonic()

    def count(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == of or now - last >= 1:
            last = now
            tell(f"  {done} of {of} {what}, {now - begun:.0f} s")

    return count


@contextmanager
def _whole(settings: Settings, night: date) -> Iterator[None]:
    """Hold the night for a whole run of the command line; the stages' own locks are shorter."""
    open_zones(settings.store, list(Zone))
    folder = settings.store.night_folder(night)
    with exclusive(folder / ".run", what=f"the night {night}", wait=False), undisturbed(settings.store):
        yield


@contextmanager
def _timed(session: Session, task: str, tell: Tell) -> Iterator[None]:
    tell(f"{task} …")
    begun = time.monotonic()
    yield
    session.seconds[task] = session.seconds.get(task, 0.0) + time.monotonic() - begun
