"""`screening rescreen`: travellers of held nights against what lists have added or changed since."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, progress, show, warn
from screening.protection.actor import who
from screening.tables.errors import ScreeningError

_COLUMNS = ("night", "revision", "travellers", "alerts", "late_hits", "replaced", "closed")


def rescreen(
    days: Annotated[int, typer.Option(min=1, help="Nights of so many days back, as far as they are held.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Compare travellers of held nights with the alerts that lists have added or changed since. Recorded.

    Late hits join the hits of their night and are marked; hits of withdrawn alerts are closed with the
    reason, none is removed. A night that knows the lists in use is left alone. One that cannot be compared
    stops no other. Exits 1 where a night could not be compared.

    Example: screening rescreen --days 3
    """
    from screening.night import rescreen as stages
    from screening.night.settings import load_settings

    settings = load_settings()
    nights = stages.waiting(settings, days, datetime.now(UTC))
    rows: list[dict[str, object]] = []
    failed = []
    for night in nights:
        progress(f"night {night} …")
        try:
            done = stages.rescreen(
                settings,
                night,
                actor=who(actor),
                told=lambda number, of: progress(f"  {number} of {of} travellers compared"),
            )
        except ScreeningError as fault:
            failed.append(night)
            warn(f"night {night} was not compared: {fault}")
            continue
        rows.append(
            {
                "night": done.night,
                "revision": done.revision,
                "travellers": done.travellers,
                "alerts": done.alerts,
                "late_hits": list(done.late),
                "replaced": list(done.replaced),
                "closed": list(done.closed),
            }
        )
    late = sum(len(row["late_hits"]) for row in rows if isinstance(row["late_hits"], list))
    title = (
        f"{late} late hits; `screening hits --night DATE` shows them"
        if rows
        else "No night has to be compared"
    )
    show(rows, shape, _COLUMNS, title)
    if failed:
        raise typer.Exit(1)
