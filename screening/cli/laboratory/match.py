"""`screening match`, `compare` and `evaluate`: the matcher alone, on tables from anywhere, no store."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.looking import looked, of_night
from screening.cli.options import Actor, Purpose
from screening.cli.output import Format, progress, say, show, written_to
from screening.protection.actor import who
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from screening.matching.model import Model

_Table = Annotated[Path, typer.Option(help="Parquet file of evaluation tables (docs/interfaces.md).")]
_SomeTable = Annotated[
    Path | None, typer.Option(help="Parquet file of evaluation tables (docs/interfaces.md).")
]
_Exhaustive = Annotated[bool, typer.Option("--exhaustive", help="Score every pair, no candidates.")]
_All = Annotated[bool, typer.Option("--all-scored", help="Keep pairs below the floor too.")]
_Counts = Annotated[Path | None, typer.Option(help="Counts of earlier traffic (screening model count).")]
_Rate = Annotated[
    float, typer.Option(min=0.01, max=1000, help="Write pairs down to what N of 1,000 innocents reach.")
]


def match(
    travellers: _Table,
    alerts: _Table,
    out: Annotated[Path, typer.Option(help="Parquet file of hits to write.")],
    exhaustive: _Exhaustive = False,
    all_scored: _All = False,
    counts: _Counts = None,
    false_alerts: _Rate = 50.0,
) -> None:
    """Match travellers with alerts and write scored, explained pairs.

    Pairs are ungrouped and reach down to the score that N of 1,000 innocent travellers reach against a list
    of this size by the shipped table, so that any threshold in use can be chosen afterwards; with
    --all-scored down to 0 bits. Pairs with the same document are written whatever they score.

    Example: screening match --travellers travellers.parquet --alerts alerts.parquet --out hits.parquet
    """
    import pyarrow.parquet as pq

    from screening.lab import evaluation_tables
    from screening.matching.index import build_index
    from screening.matching.match import match as score
    from screening.matching.thresholds import threshold

    model = model_with(counts)
    index = build_index(evaluation_tables.alert_tables(read_parquet(alerts, "--alerts")), model)
    progress(f"{len(index.alert_ids)} alerts with {len(index.name_alert)} names are indexed")
    identities = evaluation_tables.identities(read_parquet(travellers, "--travellers"))
    names = len(index.name_alert)
    floor = 0 if all_scored else max(0, threshold(model, false_alerts, max(names, 1)))
    scored = score(identities, index, floor=floor, exhaustive=exhaustive)
    with written_to(out):
        pq.write_table(evaluation_tables.hits(scored), out)
    say(f"{scored.num_rows} pairs at or above {floor / 100:.2f} bits written to {out}")


def compare(
    pairs: Annotated[Path, typer.Option(help="CSV file with columns name1 and name2.")],
    out: Annotated[Path, typer.Option(help="CSV file to write: the same rows with score and explanation.")],
) -> None:
    """Compare pairs of names alone: score from 0 to 1, on one scale for every row.

    Example: screening compare --pairs pairs.csv --out compared.csv
    """
    from screening.matching.pairs import compare_names

    try:
        with pairs.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), list(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise _unreadable(pairs, "--pairs", type(fault).__name__) from None
    missing = [name for name in ("name1", "name2") if name not in columns]
    if missing:
        raise _unreadable(pairs, "--pairs", f"no column {', '.join(missing)}")
    found = compare_names([(row["name1"] or "", row["name2"] or "") for row in rows])
    with written_to(out), out.open("w", encoding="utf-8", newline="") as file:
        names = [name for name in columns if name not in {"score", "explanation"}]
        writer = csv.DictWriter(
            file, [*names, "score", "explanation"], lineterminator="\n", extrasaction="ignore"
        )
        writer.writeheader()
        for row, alike in zip(rows, found, strict=True):
            pieces = json.dumps(alike.pieces, ensure_ascii=False)
            writer.writerow({**row, "score": f"{alike.score:.4f}", "explanation": pieces})
    say(f"{len(rows)} pairs written to {out}")


def evaluate(
    hits: _SomeTable = None,
    truth: _SomeTable = None,
    decisions: Annotated[
        bool, typer.Option("--from-decisions", help="Decided hits of held nights instead; recorded.")
    ] = False,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First night; by default the oldest held."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last night; by default the latest."),
    ] = None,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.TABLE,
    rate: Annotated[
        list[float] | None, typer.Option("--rate", help="False alerts per 1,000 innocents; repeatable.")
    ] = None,
) -> None:
    """Print recall at given false alerts per 1,000 travellers, over all and by distortion and culture.

    With --from-decisions: what people decided on the hits of held nights. Precision by list, category, score,
    evidence and month; whether each list kept its promise of false alerts; what another N would have cost;
    alerts, worst first. Recall is not known from hits.

    Example: screening evaluate --hits hits.parquet --truth truth.parquet --format csv
    """
    if decisions:
        if hits or truth or rate:
            raise _either("--from-decisions takes the hits of the store", "--hits, --truth, --rate")
        _from_decisions(first, last, actor, reason, shape)
        return
    if hits is None or truth is None or first or last:
        raise _either("nothing says what is to be evaluated", "--hits and --truth")
    from screening.lab.evaluate import RATES
    from screening.lab.evaluate import evaluate as figures

    found, known = read_parquet(hits, "--hits"), read_parquet(truth, "--truth")
    for table, names, option in (
        (found, ("passenger_id", "entity_id", "score"), "--hits"),
        (known, ("passenger_id", "kind", "entity_ids"), "--truth"),
    ):
        missing = [name for name in names if name not in table.column_names]
        if missing:
            raise _unreadable(
                hits if option == "--hits" else truth, option, f"no column {', '.join(missing)}"
            )
    show(figures(found, known, tuple(rate) if rate else RATES), shape)


def _from_decisions(
    first: datetime | None, last: datetime | None, actor: str | None, reason: str | None, shape: Format
) -> None:
    from screening.casework.labels import labelled
    from screening.hits.labels import COLUMNS
    from screening.hits.labels import figures as of_decisions
    from screening.hits.roles import SEES_HITS, check_role
    from screening.night.settings import load_settings
    from screening.tables.codes import ReviewRole

    settings = load_settings()
    check_role(who(actor), settings.profile.review, SEES_HITS | {ReviewRole.LIST_ADMINISTRATOR})
    found = labelled(
        settings,
        first=first.date() if first else None,
        last=last.date() if last else None,
        actor=who(actor),
    )
    nights = [of_night(settings.store, night) for night in found.nights]
    looked(settings.store, "hits.evaluate", nights or ["nights:none"], actor, reason)
    rows = of_decisions(found.labels, found.burdens)
    columns: tuple[str, ...] = COLUMNS
    if shape is Format.TABLE:  # a person need not read columns that say nothing
        columns = tuple(name for name in COLUMNS if any(row[name] is not None for row in rows))
    show(rows, shape, columns)


def _either(what: str, where: str) -> UsageError:
    return UsageError(
        what,
        where=where,
        effect="nothing was evaluated",
        remedy="name --hits and --truth, or --from-decisions with --from and --to for the nights",
    )


def model_with(counts: Path | None) -> "Model":
    """Return the shipped model, or the one with these counts of earlier traffic."""
    from screening.matching.model import load_model
    from screening.matching.traffic import with_traffic
    from screening.tables.model import SchemaError
    from screening.tables.traffic import TRAFFIC_COUNTS

    if counts is None:
        return load_model()
    try:
        return with_traffic(load_model(), TRAFFIC_COUNTS.conform(read_parquet(counts, "--counts")))
    except SchemaError as fault:
        raise _unreadable(counts, "--counts", str(fault)) from None


def read_parquet(path: Path, option: str) -> "pa.Table":
    """Read a table that an option names.

    Raises:
        UsageError: it cannot be read; names the option.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as fault:
        raise _unreadable(path, option, type(fault).__name__) from None


def _unreadable(path: Path, option: str, why: str) -> UsageError:
    return UsageError(
        f"{option}: the file cannot be used ({why})",
        where=str(path),
        effect="nothing was written",
        remedy="name a file with the columns of docs/interfaces.md",
    )
