"""`screening retention due` and `purge`: what came to the end of its term, and its removal with a proof."""

from datetime import UTC, datetime

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

app = typer.Typer(help="Terms of each retention class: what is due, and its removal.", no_args_is_help=True)


@app.command("due")
def due(shape: Shape = Format.TABLE) -> None:
    """List the files whose term has ended by the profile.

    Example: screening retention due --format csv
    """
    from screening.night.purge import due_now
    from screening.night.settings import load_settings

    columns = ["path", "class", "due", "night", "table", "sha256"]
    show([item.row() for item in due_now(load_settings(), datetime.now(UTC))], shape, columns)


@app.command("purge")
def purge(actor: Actor = None) -> None:
    """Remove them, look that they are gone, and keep the proof. Safe to kill and to start again.

    Example: screening retention purge --as retention-officer
    """
    from screening.night.purge import purge_now
    from screening.night.settings import load_settings

    proofs = purge_now(load_settings(), datetime.now(UTC), who(actor))
    say(f"{sum(len(proof.files) for proof in proofs)} files removed; {len(proofs)} proofs in audit/purges/")
