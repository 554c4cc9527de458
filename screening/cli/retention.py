"""`screening retention due` and `purge`: what came to the end of its term, and its removal with a proof."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

app = typer.Typer(help="Terms of each retention class: what is due, and its removal.", no_args_is_help=True)


@app.command("due")
def due(
    days: Annotated[int, typer.Option(min=0, help="Also what comes due within so many days.")] = 0,
    shape: Shape = Format.TABLE,
) -> None:
    """List the files, and the rows of published files, whose term has ended by the profile.

    With --days also what comes next. `rows` of `of` end or are settled anew (`act` is `end`), or are masked;
    `held` stay for a legal hold.

    Example: screening retention due --days 7 --format csv
    """
    from screening.night.purge import due_now
    from screening.night.settings import load_settings

    columns = ["path", "class", "due", "night", "table", "rows", "of", "held", "act", "sha256"]
    until = datetime.now(UTC) + timedelta(days=days)
    show([item.row() for item in due_now(load_settings(), until)], shape, columns)


@app.command("purge")
def purge(actor: Actor = None) -> None:
    """Remove them, look that they are gone, and keep the proof. Safe to kill and to start again.

    Example: screening retention purge --as retention-officer
    """
    from screening.night.purge import purge_now
    from screening.night.settings import load_settings

    done = purge_now(load_settings(), datetime.now(UTC), who(actor))
    files, rows = sum(len(proof.files) for proof in done.files), sum(proof.rows for proof in done.rows)
    say(f"{files} files removed; {len(done.files)} proofs in audit/purges/")
    if done.copies:
        kept = sum(one.kept for one in done.copies)
        say(f"{len(done.copies)} copies of lists reduced to the alerts of hits ({kept}); on record")
    say(f"{rows} rows removed from published nights; {len(done.rows)} proofs in audit/rewritings/")
