"""`screening unmask request`, `approve`, `show`, `list`: masked columns, shown in a case on approval."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from screening.cli.hold import Hits, Travellers, Why
from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

app = typer.Typer(
    help="Masked columns: asked for, approved by another, shown once asked.", no_args_is_help=True
)
_Request = Annotated[str, typer.Argument(help="Id of the request, or its first digits.")]


@app.command("request")
def request(
    case: Annotated[str, typer.Option(help="Number of the case; recorded.")],
    reason: Why,
    traveller: Travellers = None,
    hit: Hits = None,
    actor: Actor = None,
) -> None:
    """Ask that the masked columns of travellers are shown in a case.

    Example: screening unmask request --hit 3f2a --case 12/26 --reason "suspicion of smuggling" --as anna
    """
    from screening.casework.protected_rows import ask_to_unmask
    from screening.night.settings import load_settings

    settings = load_settings()
    request_id = ask_to_unmask(
        settings.store,
        travellers=traveller or (),
        hits=hit or (),
        case=case,
        reason=reason,
        actor=who(actor),
        at=datetime.now(UTC),
    )
    say(f"Asked as {request_id}. Approves: {settings.profile.masking.approver}")
    say(f"screening unmask approve {request_id[:12]} --reason DECISION --as NAME")


@app.command("approve")
def approve(request: _Request, reason: Why, actor: Actor = None) -> None:
    """Approve a request of another person; the data protection officer is told.

    Example: screening unmask approve 91ab --reason "order of the court, 4 Gs 12/26" --as judge.k
    """
    from screening.night.notices import tell_unmasking
    from screening.night.settings import load_settings
    from screening.protection.unmasking import approve as record

    settings = load_settings()
    found = record(
        settings.store,
        settings.profile.masking,
        request,
        reason=reason,
        actor=who(actor),
        at=datetime.now(UTC),
    )
    say(f"Approved {found['request_id']}; it is shown to {found['by']} alone, for a week")
    tell_unmasking(settings, found["request_id"], say=say)


@app.command("show")
def show_(request: _Request, actor: Actor = None, shape: Shape = Format.TABLE) -> None:
    """Show the masked columns of an approved request to who asked; nothing is written back.

    Example: screening unmask show 91ab --as anna
    """
    from screening.night.settings import load_settings
    from screening.protection.unmasking import show as opened

    rows = opened(load_settings().store, request, actor=who(actor), at=datetime.now(UTC))
    show(rows, shape, ["night", "table", "key", "column", "value"])


@app.command("list")
def list_(shape: Shape = Format.TABLE) -> None:
    """List the requests and how they stand.

    Example: screening unmask list --format json
    """
    from screening.night.settings import load_settings
    from screening.protection.unmasking import COLUMNS, requests

    show(requests(load_settings().store), shape, COLUMNS)
