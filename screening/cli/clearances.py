"""`screening clearances list`, `end`: pairs that a person cleared, until when, and their end before that."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from screening.cli.looking import looked
from screening.cli.options import Actor, Purpose, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

app = typer.Typer(
    help="Clearances: pairs that stay silent, until when; ended by a person.", no_args_is_help=True
)


@app.command("list")
def list_(
    due: Annotated[int | None, typer.Option(min=0, help="Only those that end within so many days.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those too that silence nothing any more.")] = False,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """List the clearances in force: who cleared what, why, and until when; the first to end first. Recorded.

    States: in_force; run_out; taken_back (ended, or decided otherwise); alert_changed (raised again);
    alert_gone.

    Example: screening clearances list --due 30 --format json
    """
    from screening.casework.clearances import COLUMNS, IN_FORCE, clearances
    from screening.night.settings import load_settings

    store, today = load_settings().store, datetime.now(UTC).date()
    last = today + timedelta(days=due) if due is not None else None
    rows = [
        row
        for row in clearances(store, today)
        if (every or row["state"] == IN_FORCE) and (last is None or str(row["until"]) <= str(last))
    ]
    ids = [str(row["clearance_id"]) for row in rows]
    looked(store, "clearances.list", [f"shown:{len(ids)}", *ids], actor, reason)
    show(rows, shape, COLUMNS)


@app.command("end")
def end_(
    clearance: Annotated[str, typer.Argument(help="Id of the clearance, or its first digits.")],
    reason: Annotated[str, typer.Option(help="Why; recorded.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """End a clearance: the pair is raised again from the next night on. Its hit is open again.

    Example: screening clearances end 4c7a --reason "the document shown was another's" --as ben
    """
    from screening.casework.clearances import end
    from screening.night.settings import load_settings

    row = end(load_settings().store, clearance, reason=reason, actor=who(actor), at=datetime.now(UTC))
    if shape is Format.TABLE:
        say(f"Ended {row['clearance_id']}: the pair is raised again from the next night on.")
        return
    show([{"clearance_id": row["clearance_id"], "state": "taken_back", "alert_id": row["alert_id"]}], shape)
