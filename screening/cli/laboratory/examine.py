"""`screening benchmark evaluation-set`, `match`, `accuracy`: how well and how fast people are found."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.laboratory.pages import replace, table
from screening.cli.output import Format, progress, say, show
from screening.tables.errors import UsageError

_HISTORY = 50_000


class SetKind(StrEnum):
    """Which evaluation set; docs/accuracy.md says what each is and what it cannot show."""

    LISTED = "listed"
    UNKNOWN = "unknown"
    TWO_LISTS = "two-lists"


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
    from screening.lab.evaluation import lists, public_lists, sets
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
    read = [public_lists.imported(*_public(one)) for one in named]
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


def match(
    tables: Annotated[
        Path | None, typer.Option(help="Folder of an evaluation set; without it an invented one is made.")
    ] = None,
    names: Annotated[int, typer.Option(min=100, help="Names of the invented list.")] = 10_000,
    travellers: Annotated[int, typer.Option(min=100, help="Travellers of the invented set.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the invented set.")] = 1,
    peers: Annotated[bool, typer.Option(help="The peers beside ours.")] = True,
    out: Annotated[Path | None, typer.Option(help="Page whose table `match` is replaced.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Match one set by ours and its peers: recall at 0.2, 1 and 5 false alerts per 1,000, time, memory.

    The peers are rapidfuzz over every pair of names with a date rule, and an exact join. Some 2,000,000 pairs
    of names a second: 10,000 travellers against 10,000 names take the slowest a minute.

    Example: screening benchmark match --out docs/accuracy.md
    """
    import tempfile

    from screening.lab.benchmark import machine_line
    from screening.lab.benchmark_match import compared
    from screening.lab.evaluation import sets
    from screening.lab.evaluation.write import write
    from screening.lab.peers import Peer

    with tempfile.TemporaryDirectory(prefix="screening-match-") as folder:
        if tables is None:
            tables = Path(folder) / "set"
            progress(f"making {travellers:,} travellers and a list of {names:,} names")
            size = sets.Size(names, travellers, travellers // 10, _HISTORY)
            write(tables, sets.unknown(size, seed))
        rows = [one.row() for one in compared(tables, Path(folder), progress, tuple(Peer) if peers else ())]
        title = _size_of(tables)
    show(rows, shape, title=title)
    if out is not None:
        lines = [f"{title}; {machine_line()}.", "", *table(rows, tuple(rows[0]), tuple(rows[0]))]
        replace(out, "match", lines)
        say(f"written to {out}")


def _size_of(tables: Path) -> str:
    import pyarrow.parquet as pq

    from screening.lab.evaluation.lists import names_in

    alerts, truth = (pq.read_table(tables / f"{name}.parquet") for name in ("alerts", "truth"))
    true = truth["kind"].to_pylist().count("true")
    return f"{truth.num_rows:,} travellers, {true:,} of them listed, {names_in(alerts):,} names"


def accuracy(
    out: Annotated[Path, typer.Option(help="Page whose tables are replaced.")],
    listed: Annotated[
        str | None, typer.Option("--list", help="SOURCE=PATH of the alert list; without it an invented one.")
    ] = None,
    other: Annotated[
        str | None, typer.Option("--other", help="SOURCE=PATH of another list, whose people on both travel.")
    ] = None,
    kinds: Annotated[
        list[SetKind] | None, typer.Option("--set", help="Which set; repeatable. [default: all]")
    ] = None,
    names: Annotated[
        list[int] | None, typer.Option(min=100, help="Size of list; repeatable. [default: 10000, 100000]")
    ] = None,
    history: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Earlier travellers counted; repeatable. [default: 0, 10000, 100000]"),
    ] = None,
    travellers: Annotated[int, typer.Option(min=100, help="Travellers of each set.")] = 48_850,
    true: Annotated[int, typer.Option(min=10, help="Listed people among them.")] = 3_500,
    seed: Annotated[int, typer.Option(help="Seed of the sets.")] = 1,
) -> None:
    """Measure the matcher on all evaluation sets and write the tables of a page (docs/accuracy.md).

    Takes hours of processor time at full size. Real lists are read where they lie; nothing of them is kept.

    Example: screening benchmark accuracy --list ofac=ofac --other un=consolidated.xml --out docs/accuracy.md
    """
    import tempfile

    from screening.lab.accuracy import Plan
    from screening.lab.accuracy import accuracy as measure
    from screening.lab.benchmark import machine_line
    from screening.lab.evaluation import public_lists

    public = [public_lists.imported(*_public(one)) if one else None for one in (listed, other)]
    plan = Plan(
        kinds or list(SetKind),
        public[0],
        public[1],
        names or [10_000, 100_000],
        history or [0, 10_000, 100_000],
        travellers,
        true,
        seed,
    )
    with tempfile.TemporaryDirectory(prefix="screening-accuracy-") as folder:
        found = measure(plan, Path(folder), progress)
    title = f"{travellers:,} travellers, {true:,} of them listed, seed {seed}; {machine_line()}."
    tables = {
        "recall": found.recall,
        "promises": found.promises,
        "calibration": found.calibration,
        "slices": found.slices,
    }
    for name, rows in tables.items():
        if not rows:
            continue
        replace(out, name, [title, "", *table(rows, tuple(rows[0]), tuple(rows[0]))])
    say(f"written to {out}")


def candidates(
    out: Annotated[Path, typer.Option(help="Page whose table `candidates` is replaced.")],
    travellers: Annotated[int, typer.Option(min=100, help="Travellers of the invented set.")] = 50_000,
    names: Annotated[int, typer.Option(min=10, help="Names of the invented list.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Seed of the set.")] = 1,
) -> None:
    """Set the pairs that the search finds beside those of scoring every pair, by culture.

    Every traveller is aligned with every name: 50,000 travellers and 1,000 names take minutes.

    Example: screening benchmark candidates --out docs/accuracy.md
    """
    from screening.lab.benchmark import machine_line
    from screening.lab.candidates import candidates as compared
    from screening.lab.evaluation import sets

    progress(f"making {travellers:,} travellers and a list of {names:,} names")
    rows = compared(sets.unknown(sets.Size(names, travellers, travellers // 10, 0), seed))
    title = f"{travellers:,} travellers, {names:,} names, seed {seed}; {machine_line()}."
    replace(out, "candidates", [title, "", *table(rows, tuple(rows[0]), tuple(rows[0]))])
    say(f"written to {out}")


def _public(text: str) -> tuple[str, Path]:
    source, _, path = text.partition("=")
    return source, Path(path)
