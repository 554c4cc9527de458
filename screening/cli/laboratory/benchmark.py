"""`screening benchmark …`: what a night, reading and matching cost, and the sets that measure the matcher."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.output import Format, progress, say, show
from screening.tables.errors import UsageError

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
        _replace(out, "night", [title, "", *_table(rows, ("stage", "seconds", "peak_mib"), _NIGHT_HEADS)])
        say(f"written to {out}")


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
        _replace(out, "read", [title, "", *_table(rows, tuple(rows[0]), _READ_HEADS)])
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
        _replace(out, "large", [f"{machine_line()}.", "", *_table(rows, tuple(rows[0]), _LARGE_HEADS)])
        say(f"written to {out}")


class SetKind(StrEnum):
    """Which evaluation set; docs/accuracy.md says what each is and what it cannot show."""

    LISTED = "listed"
    UNKNOWN = "unknown"
    TWO_LISTS = "two-lists"


@app.command("evaluation-set")
def evaluation_set(
    kind: Annotated[SetKind, typer.Option("--set", help="Which set (docs/accuracy.md).")],
    out: Annotated[Path, typer.Option(help="Folder to write; tables in it are replaced.")],
    public: Annotated[
        list[str] | None,
        typer.Option("--list", help="SOURCE=PATH of a public list; for two-lists twice, travellers first."),
    ] = None,
    names: Annotated[int, typer.Option(min=1, help="Names of the list, invented ones mixed in.")] = 10_000,
    travellers: Annotated[int, typer.Option(min=1, help="Travellers in all.")] = 48_850,
    true: Annotated[int, typer.Option(min=1, help="Listed persons among them.")] = 3_500,
    history: Annotated[
        int, typer.Option(min=0, help="Earlier travellers, who are in no other table.")
    ] = 100_000,
    seed: Annotated[int, typer.Option(help="Same seed, sizes and lists: same tables.")] = 1,
) -> None:
    """Write an evaluation set of the matcher: travellers, alerts, truth, history (docs/interfaces.md).

    Without --list everybody is invented. Real lists are read where they lie and nothing of them is kept.

    Example: screening benchmark evaluation-set --set unknown --travellers 250000 --names 100000 --out unknown
    """
    from screening.lab.evaluation import lists, sets
    from screening.lab.evaluation.write import write

    named = public or []
    expected = {SetKind.LISTED: (0, 1), SetKind.UNKNOWN: (0,), SetKind.TWO_LISTS: (2,)}[kind]
    if len(named) not in expected:
        raise UsageError(
            f"--list: the set {kind} takes {' or '.join(map(str, expected))} lists, {len(named)} are named",
            where="--list",
            effect="nothing was written",
            remedy="name them as SOURCE=PATH, for two-lists the one whose entries travel first",
        )
    read = [lists.imported(*_public(one)) for one in named]
    size = sets.Size(names, travellers, true, history)
    progress(f"making {travellers:,} travellers and a list of {names:,} names")
    if kind is SetKind.UNKNOWN:
        made = sets.unknown(size, seed)
    elif kind is SetKind.TWO_LISTS:
        made = sets.two_lists(read[0], read[1], size, seed)
    else:
        made = sets.listed(read[0] if read else None, size, seed)
    write(out, made)
    say(
        f"{out}: {made.travellers.num_rows} travellers, {made.alerts.num_rows} alerts with "
        f"{lists.names_in(made.alerts)} names, {made.history.num_rows} earlier travellers"
    )


def _public(text: str) -> tuple[str, Path]:
    from screening.alerts.importers import IMPORTERS

    source, _, path = text.partition("=")
    if source not in IMPORTERS or not Path(path).exists():
        raise UsageError(
            "--list: no such source or path",
            where=text,
            effect="nothing was written",
            remedy=f"write SOURCE=PATH; SOURCE is one of {', '.join(sorted(IMPORTERS))}",
        )
    return source, Path(path)


_NIGHT_HEADS = ("stage", "seconds", "peak memory, MiB")
_LARGE_HEADS = ("way", "file", "MB unpacked", "seconds", "peak memory, MiB")
_READ_HEADS = ("type", "reader", "MB/s", "messages/s", "travellers/s", "ours is so many times as fast")


def _table(rows: list[dict[str, object]], names: tuple[str, ...], heads: tuple[str, ...]) -> list[str]:
    """Write rows as a table of a page; columns of numbers stand right."""
    signs = ["---:" if all(isinstance(row[name], int | float) for row in rows) else "---" for name in names]
    lines = [[str(row[name]) for name in names] for row in rows]
    return [
        f"| {' | '.join(heads)} |",
        f"|{'|'.join(signs)}|",
        *(f"| {' | '.join(line)} |" for line in lines),
    ]


def _replace(page: Path, name: str, lines: list[str]) -> None:
    """Replace the section between a page's marks; a page without them gets it at its end."""
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    text = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    before, found, rest = text.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    head = before if found else before.rstrip("\n") + "\n\n"
    page.write_text(head + "\n".join([begin, "", *lines, "", end]) + after, encoding="utf-8")
