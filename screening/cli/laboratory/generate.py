"""The command `screening generate`: a synthetic night of any size."""

import shlex
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

_PER_FLIGHT = 100


def generate(
    out: Annotated[Path, typer.Option(help="Folder to write; an earlier generation in it is replaced.")],
    night: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Date of the night.")],
    flights: Annotated[
        int | None,
        typer.Option(min=1, help="Flights.  [default: one for 100 travellers]", show_default=False),
    ] = None,
    travellers: Annotated[int, typer.Option(min=1, help="Seats sold on all flights together.")] = 4000,
    alerts: Annotated[
        int | None, typer.Option(min=10, help="Alerts on all lists.  [default: 600]", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed and sizes: same bytes.")] = 1,
) -> None:
    """Write a synthetic night: inbox, alert lists, profile and truth; everybody is invented.

    Example: screening generate --out night --night 2026-11-23 --travellers 25000 --alerts 10000
    """
    from screening.cli.output import progress
    from screening.lab.generate.night import Size
    from screening.lab.generate.night import generate as write_night

    size = Size(flights or max(1, round(travellers / _PER_FLIGHT)), travellers, alerts or 600)
    progress(f"writing {size.travellers} travellers on {size.flights} flights")
    done = write_night(out, night.date(), size, seed)
    typer.echo(
        f"{out}: {done.files} files ({done.bytes / 1e6:.1f} MB), {done.flights} flights, "
        f"{done.travellers} travellers, {done.planted} of them planted, {done.alerts} alerts, "
        f"{done.faults} deviations. Next:\n{_next(out, night)}"
    )


def _next(out: Path, night: datetime) -> str:
    """Write the command that screens it, whatever the folder and the environment it is pasted in."""
    places = {"SCREENING_PROFILE": out / "profile.toml", "SCREENING_STORE": out / "store"}
    named = " ".join(f"{name}={shlex.quote(str(path.absolute()))}" for name, path in places.items())
    inbox = shlex.quote(str((out / "inbox").absolute()))
    return f"{named} screening run --night {night:%Y-%m-%d} --inbox {inbox}"
