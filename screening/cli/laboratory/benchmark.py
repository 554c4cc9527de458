"""`screening benchmark …`: what a night and reading cost; matching and accuracy are `examine`'s."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.laboratory import examine
from screening.cli.laboratory.capacity import capacity
from screening.cli.laboratory.pages import replace, table
from screening.cli.output import Format, progress, say, show

app = typer.Typer(help="Speed and memory, measured on nights that it makes itself.", no_args_is_help=True)
app.command("evaluation-set")(examine.evaluation_set)
app.command("match")(examine.match)
app.command("accuracy")(examine.accuracy)
app.command("candidates")(examine.candidates)
app.command("capacity")(capacity)


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
        replace(out, "night", [title, "", *table(rows, ("stage", "seconds", "peak_mib"), _NIGHT_HEADS)])
        say(f"written to {out}")


@app.command("lists")
def lists(
    names: Annotated[int, typer.Option(min=100, help="Names on the list.")] = 1_000_000,
    changed: Annotated[int, typer.Option(min=1, help="Names that differ in each further version.")] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = 1,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Import a large list and two further versions of it, compare two, and show what each step cost.

    Example: screening benchmark lists --names 1000000
    """
    from screening.lab.benchmark_lists import list_cost

    costs, peak = list_cost(names, changed, seed, progress)
    rows: list[dict[str, object]] = [
        {
            "step": cost.step,
            "seconds": round(cost.seconds, 1),
            "cpu_seconds": round(cost.cpu_seconds, 1),
            "stored_mib": round(cost.stored_mib, 1),
        }
        for cost in costs
    ]
    show(rows, shape, title=f"{names:,} names; peak memory {peak:,.0f} MiB")


@app.command("read")
def read(
    travellers: Annotated[int, typer.Option(min=1, help="Travellers.")] = 25_000,
    rounds: Annotated[int, typer.Option(min=1, help="Each figure is the best of so many.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Page whose table `read` is replaced.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Read generated interchanges from bytes to tables on one core, beside pydifact on the same bytes.

    Example: screening benchmark read --out docs/benchmarks.md
    """
    from screening.lab.benchmark import machine_line
    from screening.lab.benchmark_read import read_speeds

    speeds = read_speeds(travellers, seed, rounds, progress)
    rows = [speed.row() for speed in speeds]
    show(
        rows, shape, title=f"{travellers:,} travellers, best of {rounds}; `times`: how often ours is as fast"
    )
    if out is not None:
        sizes = ", ".join(dict.fromkeys(f"{one.type} {one.megabytes:.1f} MB" for one in speeds))
        title = f"{sizes}, best of {rounds}, one core; {machine_line()}."
        replace(out, "read", [title, "", *table(rows, tuple(rows[0]), _READ_HEADS)])
        say(f"written to {out}")


@app.command("large")
def large(
    megabytes: Annotated[
        list[int] | None, typer.Option(min=1, help="Size of the file, again for another. [default: 150, 600]")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Page whose table `large` is replaced.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Read one large file, plain and packed, by the command and in a night: memory must not grow with it.

    Example: screening benchmark large --out docs/benchmarks.md
    """
    from screening.lab.benchmark import machine_line
    from screening.lab.benchmark_large import large_costs

    rows = [cost.row() for cost in large_costs(megabytes or [150, 600], seed, progress)]
    show(rows, shape, title="one large file")
    if out is not None:
        replace(out, "large", [f"{machine_line()}.", "", *table(rows, tuple(rows[0]), _LARGE_HEADS)])
        say(f"written to {out}")


_NIGHT_HEADS = ("stage", "seconds", "peak memory, MiB")
_LARGE_HEADS = ("way", "file", "MB unpacked", "seconds", "peak memory, MiB")
_READ_HEADS = ("type", "reader", "MB/s", "messages/s", "travellers/s", "ours is so many times as fast")
