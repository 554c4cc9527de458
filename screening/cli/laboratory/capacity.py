"""`screening benchmark capacity`: how much machine a night of a size needs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.laboratory.pages import replace, table
from screening.cli.output import Format, progress, say, show
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.lab.capacity import Size

_WORKERS = (1, 2, 4, 8, 16)


def capacity(
    sizes: Annotated[
        list[str] | None,
        typer.Option("--size", help="A night to measure, TRAVELLERSxNAMES; repeatable. Default: six nights."),
    ] = None,
    check: Annotated[
        str | None, typer.Option(help="A night, TRAVELLERSxNAMES, to set the fit beside; all processes.")
    ] = None,
    plan: Annotated[
        list[str] | None, typer.Option(help="A night to plan for, TRAVELLERSxNAMES; repeatable.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for the nights made; used again.")] = None,
    out: Annotated[Path | None, typer.Option(help="Page whose table `capacity` is replaced.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Measure nights of several sizes, fit time and memory, and say what larger ones would need.

    Example: screening benchmark capacity --plan 1000000x100000
    """
    from screening.lab.benchmark import machine_line
    from screening.lab.capacity import GRID, PLAN, Size, cost, fitted
    from screening.night.processes import WORKERS, workers

    def size_of(text: str, option: str) -> Size:
        try:
            return Size.of(text)
        except ValueError:
            raise UsageError(
                f"{text} is no size of a night",
                where=option,
                effect="nothing was measured",
                remedy="write travellers, x, names: 250000x100000",
            ) from None

    grid = [size_of(text, "--size") for text in sizes or GRID]
    planned = [size_of(text, "--plan") for text in plan or PLAN]
    checked = size_of(check, "--check") if check else None
    processes, told = workers(), os.environ.get("SCREENING_WORKERS")
    os.environ[WORKERS] = "1"
    costs = {}
    for size in grid:
        progress(f"{size.travellers:,} travellers, {size.alerts:,} names")
        costs[size] = cost(size, keep, progress)
    model = fitted(costs)
    rows: list[dict[str, object]] = [
        _size(size)
        | {f"with_{number}": round(model.whole(size, number)) for number in _WORKERS}
        | {"mib": round(model.peak(size))}
        for size in planned
    ]
    show(rows, shape, title="seconds of a night by workers; MiB of one process tree")
    lines = [machine_line() + ". One process.", ""]
    stages = tuple(model.seconds)
    nights: list[dict[str, object]] = [
        _size(size)
        | {one.stage: round(one.seconds, 1) for one in measured.stages}
        | {"whole": round(measured.seconds, 1), "mib": round(measured.peak_mib)}
        for size, measured in costs.items()
    ]
    lines += table(
        nights,
        ("travellers", "names", *stages, "whole", "mib"),
        ("travellers", "names", *(f"{stage}, s" for stage in stages), "whole, s", "MiB"),
    )
    fits: list[dict[str, object]] = [
        {"stage": stage, "own": round(line.own, 2), "travellers": round(line.travellers, 4)}
        | {"names": round(line.names, 4), "pairs": round(line.pairs, 6)}
        for stage, line in model.seconds.items()
    ]
    lines += ["", "Fitted, seconds:", ""]
    lines += table(
        fits,
        ("stage", "own", "travellers", "names", "pairs"),
        ("stage", "own", "each 1,000 travellers", "each 1,000 names", "each 1,000 of both"),
    )
    lines += [
        "",
        f"The measured night that fits worst is predicted at {model.largest_miss:.2f} of its seconds.",
    ]
    if checked is not None:
        os.environ[WORKERS] = str(processes)
        progress(f"check: {checked.travellers:,} travellers, {checked.alerts:,} names, {processes} processes")
        found = cost(checked, keep, progress)
        lines += [
            "",
            f"Beside a night that was not fitted, {checked.travellers:,} travellers and {checked.alerts:,} "
            f"names with {processes} processes: predicted {model.whole(checked, processes):,.0f} s, measured "
            f"**{found.seconds:,.0f} s** ("
            + ", ".join(f"{one.stage} {one.seconds:,.0f}" for one in found.stages)
            + f"); predicted {model.peak(checked):,.0f} MiB in one process, measured "
            f"{found.peak_mib:,.0f} MiB over all.",
        ]
    lines += ["", "Planned with this fit, seconds by number of workers:", ""]
    lines += table(
        rows,
        ("travellers", "names", *(f"with_{number}" for number in _WORKERS), "mib"),
        ("travellers", "names", *(f"{number}" for number in _WORKERS), "MiB"),
    )
    if told is None:
        os.environ.pop("SCREENING_WORKERS")
    else:
        os.environ[WORKERS] = told
    if out is not None:
        replace(out, "capacity", lines)
        say(f"written to {out}")


def _size(size: "Size") -> dict[str, object]:
    return {"travellers": size.travellers, "names": size.alerts}
