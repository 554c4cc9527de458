"""`screening benchmark night`: time and memory of a whole night, stage by stage."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.output import Format, progress, say, show

app = typer.Typer(help="Speed and memory, measured on nights that it makes itself.", no_args_is_help=True)


@app.command("night")
def night(
    flights: Annotated[int, typer.Option(min=1, help="Flights.")] = 150,
    travellers: Annotated[int, typer.Option(min=1, help="Travellers.")] = 25_000,
    alerts: Annotated[int, typer.Option(min=1, help="Names on the alert lists.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = 1,
    profile: Annotated[bool, typer.Option("--profile", help="Profile too; times are then longer.")] = False,
    out: Annotated[Path | None, typer.Option(help="Page whose table `night` is replaced.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Generate a night of a size, screen it from an empty store, and show what each stage cost.

    Example: screening benchmark night --out docs/benchmarks.md
    """
    from screening.lab.benchmark import machine_line, night_cost

    cost = night_cost(
        date(2026, 11, 23),
        flights=flights,
        travellers=travellers,
        alerts=alerts,
        seed=seed,
        tell=progress,
        profile=profile,
    )
    rows: list[dict[str, object]] = [
        {"stage": stage.stage, "seconds": round(stage.seconds, 1), "peak_mib": round(stage.peak_mib)}
        for stage in cost.stages
    ]
    rows.append({"stage": "whole", "seconds": round(cost.seconds, 1), "peak_mib": round(cost.peak_mib)})
    show(rows, shape, title=f"{travellers:,} travellers, {flights} flights, {alerts:,} names")
    if cost.widest:
        show([{"function": place, "share": share} for place, share in cost.widest], shape, title="own time")
    if out is not None:
        title = f"{travellers:,} travellers on {flights} flights against {alerts:,} names; {machine_line()}."
        _replace(out, title, rows)
        say(f"written to {out}")


def _replace(page: Path, title: str, rows: list[dict[str, object]]) -> None:
    begin, end = "<!-- night: generated -->", "<!-- night: end -->"
    table = ["| stage | seconds | peak memory, MiB |", "|---|---:|---:|"]
    table += [f"| {row['stage']} | {row['seconds']} | {row['peak_mib']} |" for row in rows]
    fresh = "\n".join([begin, "", title, "", *table, "", end])
    text = page.read_text(encoding="utf-8") if page.exists() else f"# Benchmarks\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(before + fresh + after, encoding="utf-8")
