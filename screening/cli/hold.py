"""`screening hold set`, `release`, `list`: rows that no term ends while the hold stands."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

app = typer.Typer(help="Legal holds: rows that stay beyond their term.", no_args_is_help=True)
Travellers = Annotated[
    list[str] | None, typer.Option("--traveller", help="Id of a traveller, or its first digits; repeatable.")
]
Hits = Annotated[
    list[str] | None, typer.Option("--hit", help="Id of a hit, or its first digits; repeatable.")
]
Why = Annotated[str, typer.Option("--reason", help="Why, without names; recorded.")]


@app.command("set")
def set_(
    reason: Why,
    traveller: Travellers = None,
    hit: Hits = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; without it until released.")
    ] = None,
    actor: Actor = None,
) -> None:
    """Hold the rows of travellers and hits: statements, bookings, documents, hits, decisions.

    Bytes as received hold everybody of a message; they go at their term all the same.

    Example: screening hold set --hit 3f2a --reason "proceedings 12/26" --until 2027-12-31 --as anna
    """
    from screening.casework.protected_rows import hold
    from screening.night.settings import load_settings

    hold_id = hold(
        load_settings().store,
        travellers=traveller or (),
        hits=hit or (),
        reason=reason,
        until=until.date() if until else None,
        actor=who(actor),
        at=datetime.now(UTC),
    )
    say(f"Held as {hold_id}")


@app.command("release")
def release(
    hold: Annotated[str, typer.Argument(help="Id of the hold, or its first digits.")],
    reason: Why,
    actor: Actor = None,
) -> None:
    """Release a hold: the next purge ends what is over its term.

    Example: screening hold release 7c1e --reason "proceedings closed" --as anna
    """
    from screening.night.settings import load_settings
    from screening.protection.holds import release_hold

    store = load_settings().store
    hold_id = release_hold(store, hold, reason=reason, actor=who(actor), at=datetime.now(UTC))
    say(f"Released {hold_id}")


@app.command("list")
def list_(shape: Shape = Format.TABLE) -> None:
    """List all holds and whether they stand.

    Example: screening hold list --format csv
    """
    from screening.night.settings import load_settings
    from screening.protection.holds import COLUMNS, holds

    show(holds(load_settings().store, datetime.now(UTC)), shape, COLUMNS)
