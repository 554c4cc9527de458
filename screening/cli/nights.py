"""`screening run`, `rerun`, `status`, `report`: one night, from start to what became of each flight."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.looking import looked, of_night
from screening.cli.options import (
    Actor,
    Flights,
    Inbox,
    LatestNight,
    LetThrough,
    Night,
    Purpose,
    Reason,
    Shape,
    label,
    named_or_latest,
)
from screening.cli.output import Format, progress, say, show, warn
from screening.cli.signals import night_under_way
from screening.protection.actor import who
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.night.settings import Settings


def run(
    night: Night,
    inbox: Inbox = None,
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", help="List to screen against; repeatable. Default: all active."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Although nothing is new: mends damaged published files.")
    ] = False,
    let_through: LetThrough = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Run a whole night: receive, read, settle, screen, publish, report.

    Takes in every file that no earlier night received. A run that was killed is taken up again. A night that
    fails a gate is published as incomplete; with --let-through its traffic tables follow. Exits 1 if
    something needs a person, 2 on wrong use, 3 if the store or the inbox cannot be used.

    Example: screening run --night 2026-11-23 --inbox inbox
    """
    from screening.night.notices import watched
    from screening.night.session import run_night
    from screening.night.settings import load_settings

    settings = load_settings(inbox=inbox)
    with night_under_way(label(night)), watched(settings, label(night), say=warn):
        session = run_night(
            settings,
            label(night),
            actor=who(actor),
            tell=progress,
            chosen=lists,
            let_through=_gates(let_through, reason),
            reason=reason,
            again=again,
        )
    for path in session.mended:
        say(f"Damaged, now written anew: {path}")
    if session.gates:
        let = ", ".join(session.gates)
        say(f"Night {label(night)} is let through: {let}. What nothing else holds back is published.")
    elif not session.fresh:
        say(f"Night {label(night)}: nothing is new; what is published stands.")
    _tell_lists(session.other_lists)
    _tell_result(settings, label(night), session.seconds)


def rerun(
    night: LatestNight = None,
    flights: Flights = None,
    failed: Annotated[bool, typer.Option("--failed", help="All quarantined and failed flights.")] = False,
    inbox: Inbox = None,
    let_through: LetThrough = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Screen flights again, and those that share a message with them; all other rows stay as they are.

    Of the latest night, where none is named. Keeps the night's lists, profile and model; takes today's inputs
    (new files of the inbox that speak of these flights) and code.

    Example: screening rerun --night 2026-11-23 --flight UA988-20261123-FRA-IAD
    """
    from screening.night.notices import watched
    from screening.night.session import rerun_flights
    from screening.night.settings import load_settings

    if not flights and not failed:
        raise UsageError(
            "neither --flight nor --failed is given",
            where="screening rerun",
            effect="nothing was run",
            remedy="name flights (`screening status` lists them) or give --failed",
        )
    settings = load_settings(inbox=inbox)
    chosen = named_or_latest(settings.store, night)
    with night_under_way(chosen), watched(settings, chosen, say=warn):
        session = rerun_flights(
            settings,
            chosen,
            flights=flights or [],
            failed=failed,
            actor=who(actor),
            tell=progress,
            let_through=_gates(let_through, reason),
            reason=reason,
        )
    if session.along:
        say(f"Came along, as they share messages: {', '.join(session.along)}")
    if session.code_differs:
        say("The code differs from that of the published revision: rows may differ for that reason alone.")
    if session.ended:
        say(f"Not again, as what they were screened from is gone by rule: {', '.join(session.ended)}")
    if not session.fresh:
        say(f"Night {chosen}: the result is the same; what is published stands.")
    _tell_lists(session.other_lists)
    _tell_result(settings, chosen, session.seconds)


def _tell_lists(ended: Sequence[str]) -> None:
    if ended:
        say(f"Lists whose copy has ended, compared as they are in use now: {', '.join(ended)}")


def status(night: LatestNight = None, shape: Shape = Format.TABLE) -> None:
    """Show every flight of a night, what became of it, and the command that mends it.

    Of the latest night, where none is named. Exits 1 if something needs a person.

    Example: screening status --night 2026-11-23 --format json
    """
    from screening.casework.status import COLUMNS, flights_of
    from screening.night.attention import headline_of, left_lying, needs_attention
    from screening.night.reporting import asked_of_people, held_back
    from screening.night.settings import load_settings

    settings = load_settings()
    store = settings.store
    chosen = named_or_latest(store, night)
    rows, left = flights_of(store, chosen), left_lying(settings, chosen + timedelta(days=1))
    if shape is Format.TABLE:
        asked = asked_of_people(store, settings.profile, datetime.now(UTC).date())
        notes = [f"! {note}\n" for note in (*held_back(store, chosen), *left, *asked)]
        say(f"Night {chosen}: {headline_of(store, chosen).text}\n{''.join(notes)}\n")
    show(rows, shape, COLUMNS)
    raise typer.Exit(1 if left or needs_attention(store, chosen) else 0)


def nights(shape: Shape = Format.TABLE) -> None:
    """Show each night, the latest first: its state, flights, travellers, people not screened, hits.

    States: in order, needs a person, incomplete, running, failed (never published, and nothing runs it).

    Example: screening nights --format json
    """
    from screening.casework.status import NIGHTS, nights_of
    from screening.night.settings import load_settings

    show(nights_of(load_settings().store), shape, NIGHTS)


def standing() -> None:
    """Say how the latest night stands and which command comes next; exits as `status` does."""
    from screening.casework.status import where_it_stands
    from screening.night.settings import load_settings

    lines, calls = where_it_stands(load_settings())
    say("\n".join([*lines, "All commands: screening --help"]))
    raise typer.Exit(1 if calls else 0)


def report(
    night: LatestNight = None,
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M"], help="Seen from this moment, UTC; by default from now."),
    ] = None,
    actor: Actor = None,
    reason: Purpose = None,
) -> None:
    """Write the night's report again (one HTML file that opens offline) and say where it is. Recorded.

    Of the latest night, where none is named. With the decisions so far, and in the order of what lands next.

    Example: screening report --night 2026-11-23
    """
    from screening.night.reporting import write_report
    from screening.night.settings import load_settings

    store = load_settings().store
    chosen = named_or_latest(store, night)
    moment = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    path = write_report(store, chosen, moment)
    looked(store, "report.write", [of_night(store, chosen)], actor, reason)
    say(f"{path}\nAs of {moment:%Y-%m-%d %H:%M} UTC")


def _gates(let_through: list[str] | None, reason: str | None) -> list[str]:
    from screening.gates.judging import GATES

    for gate in let_through or []:
        if gate not in GATES:
            raise UsageError(
                f"--let-through {gate}: there is no such gate",
                where="screening run",
                effect="nothing was run",
                remedy=f"gates are: {', '.join(GATES)}",
            )
    if let_through and not (reason or "").strip():
        raise UsageError(
            "--let-through needs --reason",
            where="screening run",
            effect="nothing was run",
            remedy='say why: --reason "…"; it is recorded under your name',
        )
    return let_through or []


def _tell_result(settings: "Settings", night: date, seconds: dict[str, float]) -> None:
    from screening.night.attention import left_lying, needs_attention
    from screening.night.reporting import tell

    left = left_lying(settings, night)
    for phrase in left:
        say(f"! {phrase}")
    say(tell(settings.store, night, seconds))
    raise typer.Exit(1 if left or needs_attention(settings.store, night) else 0)
