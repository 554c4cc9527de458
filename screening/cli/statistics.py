"""`screening statistics`: what everyone may know, from the aggregate zone alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Shape
from screening.cli.output import Format, say, show
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

app = typer.Typer(no_args_is_help=True, help="Traffic tables as published: days and months.")
Period = Annotated[str, typer.Option("--period", help="Service date YYYY-MM-DD, or month YYYY-MM.")]


@app.command("show")
def show_tables(
    period: Period,
    definition: Annotated[
        str | None,
        typer.Option(
            "--table", help="Table, as by_route or, of a month, hits_by_decision; else: what there is."
        ),
    ] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show a traffic table, or which tables there are, how much of them is withheld and why.

    Example: screening statistics show --period 2026-11-23 --table region_sex_age
    """
    from screening.aggregates.definitions import BY_NAME, RATES

    told = {each.name: each for each in RATES}
    if definition in told:
        columns = ["period", *told[definition].dimensions, "value", "step", "nights", "status"]
        show([row for row in _rates(period) if row["definition"] == definition], shape, columns)
        return
    rows, protection = _read(period)
    if definition is None:
        show(protection.to_pylist(), shape)
        return
    if definition not in BY_NAME:
        raise UsageError(
            f"there is no table {definition}",
            where="--table",
            effect="nothing was shown",
            remedy=f"one of: {', '.join((*BY_NAME, *told))}",
        )
    more = [name for name in ("at_least", "days", "days_withheld") if name in rows.column_names]
    columns = ["period", *BY_NAME[definition].dimensions, "value", *more, "status"]
    show([row for row in rows.to_pylist() if row["definition"] == definition], shape, columns)


@app.command("export")
def export(
    period: Period,
    out: Annotated[Path, typer.Option(help="Folder to write to; made if it is not there.")],
) -> None:
    """Copy the files of a service date or month for a statistician: page, CSV, SDMX; of a month also Parquet.

    They are made anew from the published tables, so they hold nothing else.

    Example: screening statistics export --period 2026-11 --out november
    """
    from screening.cli.output import written_to
    from screening.night.settings import load_settings
    from screening.night.statistics import write_period

    _check(period)
    page = write_period(load_settings().store, period)
    with written_to(out):
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(page.parent.iterdir()):
            (out / path.name).write_bytes(path.read_bytes())
    say(f"{len(list(page.parent.iterdir()))} files of {period} are in {out}: begin with {out / page.name}")


def _check(period: str) -> None:
    import re

    if not re.match(r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$", period):
        raise UsageError(
            "the period is neither a day nor a month",
            where="--period",
            effect="nothing was done",
            remedy="give YYYY-MM-DD or YYYY-MM",
        )


def _rates(period: str) -> list[dict[str, object]]:
    """Read the rates of a month; none before they are published."""
    from screening.night.settings import load_settings
    from screening.night.statistics import rates_of

    _check(period)
    found: list[dict[str, object]] = rates_of(load_settings().store, period).to_pylist()
    return found


def _read(period: str) -> "tuple[pa.Table, pa.Table]":
    """Read what is published of a day, or the figures of a month, and what was said of their protection."""
    from screening.aggregates.months import month
    from screening.night.settings import load_settings
    from screening.night.statistics import days_of
    from screening.store.zones import open_zones
    from screening.tables.codes import Zone

    _check(period)
    store = load_settings().store
    open_zones(store, [Zone.AGGREGATE])
    days, protection, _ = days_of(store, period)
    of_month = len(period) == len("2026-11")
    return (month(days, period, protection=protection) if of_month else days), protection
