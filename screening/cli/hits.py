"""`screening hits`, `decide`, `trace`: what was found, what a person says of it, and where it came from."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from screening.cli.looking import looked, of_night
from screening.cli.options import Actor, LatestNight, Purpose, Shape, named_or_latest
from screening.cli.output import Format, say, show
from screening.protection.actor import named, who
from screening.tables.codes import Decision

_Evidence = Annotated[
    str | None,
    typer.Option(help="Evidence that you looked at: its hash in `screening hits`, or its first digits."),
]
_Hit = Annotated[str, typer.Argument(help="Id of the hit, or its first digits.")]


_RARE = ("closed", "call", "instructions")


def hits(
    night: LatestNight = None, actor: Actor = None, reason: Purpose = None, shape: Shape = Format.TABLE
) -> None:
    """List the hits of a night, best first, near misses last; of the latest, where none is named. Recorded.

    States: open, decided, closed (its alert was withdrawn, expired, or left the list; `closed` says so). A
    hit that is shown to few says whom to call.

    Example: screening hits --night 2026-11-23 --format csv
    """
    from screening.casework.decisions import COLUMNS, hits_of
    from screening.night.settings import load_settings

    settings = load_settings()
    store, shown = settings.store, settings.profile.visibility
    chosen = named_or_latest(store, night)
    today = datetime.now(UTC).date()
    rows = hits_of(store, chosen, visibility=shown, actor=who(actor), today=today)
    ids = [str(row["hit_id"]) for row in rows]
    looked(store, "hits.list", [of_night(store, chosen), *ids], actor, reason)
    columns: tuple[str, ...] = COLUMNS
    if shape is Format.TABLE:  # a person need not read columns that say nothing
        columns = tuple(name for name in COLUMNS if name not in _RARE or any(row.get(name) for row in rows))
    show(rows, shape, columns, title=None if night else f"Night {chosen}")


def decide(
    hit: _Hit,
    decision: Annotated[Decision, typer.Option(help="What you decide.")],
    reason: Annotated[str, typer.Option(help="Why; recorded.")],
    actor: Actor = None,
    second: Annotated[
        str | None, typer.Option(help="Second person, where the category of the alert asks for one.")
    ] = None,
    night: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Night whose hit you looked at, where several have it."),
    ] = None,
    evidence: _Evidence = None,
    instead_of: Annotated[
        str | None, typer.Option(help="Earlier decision that you contradict, by its id or first digits.")
    ] = None,
) -> None:
    """Record a decision on a hit. A false match keeps the pair silent while neither side changes.

    Says back whom, which alert and which flight it was about. Refused where the evidence is not what you
    looked at, or where somebody decided otherwise and you don't say that you contradict them.

    Example: screening decide 3f2a --as anna --decision false_match --reason "other birth place, seen"
    """
    from screening.casework.decisions import decide as record
    from screening.casework.decisions import find_hit
    from screening.casework.seen import check_seen
    from screening.night.settings import load_settings

    settings = load_settings()
    check_seen(settings, find_hit(settings.store, hit)[1], who(actor))
    made = record(
        settings.store,
        hit,
        decision=decision,
        reason=reason,
        analyst_id=who(actor),
        second=named(second) if second and second.strip() else None,
        at=datetime.now(UTC),
        night=night.date() if night else None,
        evidence=evidence,
        instead_of=instead_of,
    )
    about = made.hit
    name = ", ".join(part for part in (about["surname"], about["given_names"]) if part)
    born = about["date_of_birth"] or "birth date not given"
    say(f"{name} ({born}), {about['flight_id']}, night {made.night}")
    say(f"alert {about['alert_id']} ({about['category']}): {about['alert_name'] or ''}")
    silent = f"; the pair stays silent until {made.until} while neither side changes" if made.until else ""
    say(f"Recorded: {decision} as {made.disposition_id}{silent}")


def trace(hit: _Hit, actor: Actor = None, reason: Purpose = None, shape: Shape = Format.TABLE) -> None:
    """Follow a hit back to input bytes, list version, profile and code. Recorded.

    Example: screening trace 3f2a
    """
    from screening.casework.decisions import find_hit
    from screening.casework.decisions import trace as follow
    from screening.casework.seen import check_seen
    from screening.night.settings import load_settings

    settings = load_settings()
    store = settings.store
    check_seen(settings, find_hit(store, hit)[1], who(actor))
    rows = follow(store, hit)
    looked(store, "hit.trace", [str(rows[0]["what"])], actor, reason)
    show(rows, shape)
