"""`screening hits`, `trace`: what was found, and where it came from."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from screening.cli.looking import looked, of_night
from screening.cli.options import Actor, LatestNight, Purpose, Shape, named_or_latest
from screening.cli.output import Format, show
from screening.protection.actor import who


class HitOrder(StrEnum):
    """In which order hits are listed."""

    LANDING = "landing"
    SCORE = "score"
    SEVERITY = "severity"


_Hit = Annotated[str, typer.Argument(help="Id of the hit, or its first digits.")]
# What a person reads in a table; the other shapes have all columns.
_READ = (
    "hit_id",
    "severity",
    "score",
    "lands_at",
    "state",
    "decision",
    "surname",
    "given_names",
    "date_of_birth",
    "flight_id",
    "alert_id",
    "near_miss",
    "standing",
    "proposed",
    "closed",
    "rescreened",
    "call",
    "instructions",
)
_ALWAYS = frozenset(_READ[:5])
_USUAL = {"standing": "confirmed"}


def hits(
    night: LatestNight = None,
    open_: Annotated[bool, typer.Option("--open", help="Only those that need somebody.")] = False,
    decided: Annotated[bool, typer.Option("--decided", help="Only those decided or closed.")] = False,
    severity: Annotated[int | None, typer.Option(min=1, max=5, help="Of at least this severity.")] = None,
    list_: Annotated[list[str] | None, typer.Option("--list", help="Of this list; repeatable.")] = None,
    flight: Annotated[
        list[str] | None, typer.Option(help="On this leg, by its id or the beginning of it; repeatable.")
    ] = None,
    lands_after: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="That land after this time, UTC."),
    ] = None,
    near_misses: Annotated[bool, typer.Option("--near-misses", help="Near misses alone.")] = False,
    sort: Annotated[HitOrder | None, typer.Option(help="In this order; by default best first.")] = None,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """List the hits of a night, best first, near misses last; of the latest, where none is named. Recorded.

    States: open, proposed (it waits for a second person), decided, closed (its alert was withdrawn, expired,
    or left the list; `closed` says so). A hit that is shown to few says whom to call.

    Example: screening hits --open --severity 4 --lands-after 2026-11-24T06:00 --sort landing
    """
    from screening.casework.night_hits import COLUMNS, Wanted, hits_of, ordered
    from screening.night.settings import load_settings

    settings = load_settings()
    store, shown = settings.store, settings.profile.visibility
    chosen = named_or_latest(store, night)
    today = datetime.now(UTC).date()
    rows = hits_of(store, chosen, visibility=shown, actor=who(actor), today=today)
    after = lands_after.replace(tzinfo=UTC) if lands_after else None
    flights = tuple(flight or ())
    wanted = Wanted(open_, decided, severity, frozenset(list_ or ()), flights, after, near_misses)
    rows = [row for row in rows if wanted.takes(row)]
    if sort is not None:
        rows = ordered(rows, str(sort))
    ids = [str(row["hit_id"]) for row in rows]
    looked(store, "hits.list", [of_night(store, chosen), *ids], actor, reason)
    columns: tuple[str, ...] = COLUMNS
    if shape is Format.TABLE:
        rows = [{**row, "lands_at": str(row["lands_at"] or "")[:16].replace("T", " ")} for row in rows]
        columns = tuple(
            name
            for name in _READ
            if name in _ALWAYS or any(row.get(name) not in {None, "", _USUAL.get(name)} for row in rows)
        )
    show(rows, shape, columns, title=f"Night {chosen}, landing in UTC")


def trace(hit: _Hit, actor: Actor = None, reason: Purpose = None, shape: Shape = Format.TABLE) -> None:
    """Follow a hit back to input bytes, list version, profile and code. Recorded.

    Example: screening trace 3f2a
    """
    from screening.casework.found import find_hit
    from screening.casework.seen import check_seen
    from screening.casework.tracing import trace as follow
    from screening.night.settings import load_settings

    settings = load_settings()
    store = settings.store
    check_seen(settings, find_hit(store, hit)[1], who(actor))
    rows = follow(store, hit)
    looked(store, "hit.trace", [str(rows[0]["what"])], actor, reason)
    show(rows, shape)
