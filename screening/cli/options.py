"""Options that several commands share."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.output import Format

if TYPE_CHECKING:
    from screening.store.zones import Store

Night = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Label of the night, YYYY-MM-DD.")]
LatestNight = Annotated[
    datetime | None,
    typer.Option("--night", formats=["%Y-%m-%d"], help="Night, YYYY-MM-DD; by default the latest published."),
]
Shape = Annotated[Format, typer.Option("--format", help="How to print the result.")]
Actor = Annotated[
    str | None,
    typer.Option("--as", help="Who acts (else SCREENING_ACTOR, else the system's user); recorded."),
]
Inbox = Annotated[
    Path | None, typer.Option(help="Folder of carriers' files (else SCREENING_INBOX, else ./inbox).")
]
Flights = Annotated[
    list[str] | None, typer.Option("--flight", help="Flight, as UA988-20261123-FRA-IAD or UA988; repeatable.")
]
LetThrough = Annotated[
    list[str] | None,
    typer.Option(
        "--let-through",
        help="Gate that you let the night through, so that its traffic tables are published; repeatable.",
    ),
]
Reason = Annotated[str | None, typer.Option(help="Why; recorded. Needed with --let-through.")]
Purpose = Annotated[
    str | None, typer.Option("--reason", help="Why you look; recorded. It must not name anybody.")
]

ListOrAny = Annotated[
    str | None, typer.Option("--list", help="Id of the list, where the alert is not written LIST:ID.")
]


def label(night: datetime) -> date:
    """Return the night's label."""
    return night.date()


def named_or_latest(store: "Store", night: datetime | None) -> date:
    """Return the label of the night that was named, else of the latest published one.

    Raises:
        UsageError: none is named, and none was ever published.
    """
    from screening.casework.status import latest

    return label(night) if night else latest(store)
