"""`screening handout` and `shift`: decided hits for a border point; a shift in numbers."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from screening.cli.options import Actor, LatestNight, Purpose, Shape, named_or_latest
from screening.cli.output import Format, csv_text, say, show, warn, write_private, written_to
from screening.protection.actor import who

if TYPE_CHECKING:
    from screening.reports.handout import Sheet

_MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class SheetFormat(StrEnum):
    """Shape of a sheet."""

    CSV = "csv"
    JSON = "json"
    HTML = "html"


def handout(
    recipient: Annotated[str, typer.Option("--for", help="Who takes it; recorded, and printed on it.")],
    night: LatestNight = None,
    airport: Annotated[
        str | None, typer.Option(help="IATA code of the border point; by default all legs.")
    ] = None,
    shape: Annotated[SheetFormat, typer.Option("--format", help="What to make.")] = SheetFormat.HTML,
    out: Annotated[
        Path | None, typer.Option(help="File to write, mode 0600; by default it is printed.")
    ] = None,
    actor: Actor = None,
    reason: Purpose = None,
) -> None:
    """Hand the decided hits of a night to a border point: who, where, what to do and to heed. Recorded.

    Only hits decided true (profile: handout.decisions), whose alerts are still in force. With a caveat, the
    instruction and the caveat alone; of a discreet check the instruction alone; of a hit that who takes the
    sheet may not see, whom to call. What is left out is named on stderr. HTML is one page, for A4.

    Example: screening handout --night 2026-11-23 --airport VIE --for desk3 --out vie.html --as anna
    """
    from screening.casework.handout import hand_out
    from screening.night.settings import load_settings

    settings, name = load_settings(), who(actor)
    label = named_or_latest(settings.store, night)
    done = hand_out(
        settings,
        label,
        airport=airport,
        recipient=recipient,
        actor=name,
        at=datetime.now(UTC),
        reason=reason,
    )
    text = _text(done.sheet, shape)
    if out is None:
        typer.echo(text, nl=False)
    else:
        with written_to(out):
            write_private(out, text)
        say(f"{len(done.sheet.entries)} hits written to {out}, for its owner alone. {done.sheet.note}")
    for hit, why in done.left_out:
        warn(f"not on the sheet: hit {hit}: {why}")


def _text(sheet: "Sheet", shape: SheetFormat) -> str:
    from screening.reports.handout import COLUMNS, render_sheet

    if shape is SheetFormat.HTML:
        return render_sheet(sheet)
    if shape is SheetFormat.CSV:
        return csv_text(sheet.rows(), COLUMNS)
    return json.dumps(sheet.as_json(), ensure_ascii=True, indent=2) + "\n"


def shift(
    first: Annotated[datetime, typer.Option("--from", formats=_MOMENT, help="Its first moment.")],
    last: Annotated[datetime, typer.Option("--to", formats=_MOMENT, help="Its end, not part of it.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show a shift in numbers: open, came, decided by whom, reversals, what waits, what landed while open.

    Times are in the agency's time zone. Counts and names of who decided; no traveller.

    Example: screening shift --from 2026-11-24T06:00 --to 2026-11-24T14:00
    """
    from screening.casework.shift import shift_report
    from screening.night.settings import load_settings
    from screening.reports.shift import COLUMNS

    settings = load_settings()
    zone = ZoneInfo(settings.profile.agency.time_zone)
    rows = shift_report(settings, who(actor), first.replace(tzinfo=zone), last.replace(tzinfo=zone))
    title = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, {zone.key}"
    show(rows, shape, COLUMNS, title=title)
