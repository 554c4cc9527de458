"""`screening model …` and `screening thresholds`: what the agency's own earlier traffic tells the matcher."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.laboratory.match import model_with, read_parquet
from screening.cli.options import Actor, Shape
from screening.cli.output import Format, progress, say, show
from screening.protection.actor import who
from screening.tables.errors import UsageError

app = typer.Typer(
    help="Counts of your own traffic: made from held nights, put in use by a person.", no_args_is_help=True
)
_DAY = "%Y-%m-%d"
_From = Annotated[datetime | None, typer.Option("--from", formats=[_DAY], help="First night, YYYY-MM-DD.")]
_To = Annotated[datetime | None, typer.Option("--to", formats=[_DAY], help="Last night, itself included.")]
_Reason = Annotated[str, typer.Option(help="Why; recorded.")]


@app.command("count")
def count(
    out: Annotated[Path, typer.Option(help="Parquet file of counts to write.")],
    travellers: Annotated[
        Path | None, typer.Option(help="Evaluation table of travellers (docs/interfaces.md).")
    ] = None,
    first: _From = None,
    last: _To = None,
    actor: Actor = None,
) -> None:
    """Count names and States of earlier travellers: from a table, or from held nights (recorded).

    Each person counts once. A token of fewer than 5 bearers, and rows of a State of fewer than 50 travellers,
    are left out. Fewer than 1,000 travellers are refused.

    Example: screening model count --from 2026-11-17 --to 2026-11-23 --out counts.parquet
    """
    from screening.lab import evaluation_tables
    from screening.list_keeping import traffic_models
    from screening.night.settings import load_settings
    from screening.store.parquet import write_table
    from screening.tables.traffic import TRAFFIC_COUNTS

    if (travellers is None) == (first is None and last is None):
        raise UsageError(
            "whom to count is not said",
            where="--travellers, or --from and --to",
            effect="nothing was written",
            remedy="name a table of travellers, or the first and last of the nights that are held",
        )
    if travellers is not None:
        identities = evaluation_tables.identities(read_parquet(travellers, "--travellers"))
        counts = traffic_models.counted(identities, where=str(travellers))
    else:
        begin, end = _nights(first, last)
        counts = traffic_models.count_nights(
            load_settings().store, begin, end, actor=who(actor), at=datetime.now(UTC)
        ).counts
    write_table(out, counts, TRAFFIC_COUNTS)
    say(f"{counts.num_rows} counts written to {out}")


@app.command("propose")
def propose(first: _From = None, last: _To = None, actor: Actor = None) -> None:
    """Count held nights, measure each list's thresholds on them, and store both as a version; recorded.

    It screens nobody until a person activates it.

    Example: screening model propose --from 2026-11-17 --to 2026-11-23 --as anna
    """
    from screening.list_keeping import traffic_models
    from screening.night.settings import load_settings

    begin, end = _nights(first, last)
    progress(f"counting and measuring nights {begin} to {end}")
    version, new = traffic_models.propose(
        load_settings().store, begin, end, actor=who(actor), at=datetime.now(UTC)
    )
    told = "is stored" if new else "was stored before"
    say(f'{version} {told}. To use it: screening model activate {version} --reason "…"')


@app.command("versions")
def versions(shape: Shape = Format.TABLE) -> None:
    """List the stored versions, oldest first; `current` says whether its thresholds fit today's weights.

    Example: screening model versions --format json
    """
    from screening.list_keeping import traffic_models
    from screening.night.settings import load_settings

    columns = (
        "version", "active", "travellers", "from", "to", "lists", "current", "proposed_at", "proposed_by",
    )  # fmt: skip
    show(traffic_models.versions(load_settings().store), shape, columns)


@app.command("activate")
def activate(
    version: Annotated[str, typer.Argument(help="A stored version, or its first digits.")],
    reason: _Reason,
    actor: Actor = None,
) -> None:
    """Put a version in use from the next new night on; recorded with your name and reason.

    Example: screening model activate 3a7a39fd --as anna --reason "first two weeks counted"
    """
    from screening.list_keeping import traffic_models
    from screening.night.settings import load_settings

    whole = traffic_models.activate(
        load_settings().store, version, actor=who(actor), reason=reason, at=datetime.now(UTC)
    )
    say(f"The traffic model {whole} is in use from the next new night on.")


@app.command("deactivate")
def deactivate(reason: _Reason, actor: Actor = None) -> None:
    """Go back to the shipped shares and thresholds from the next new night on; recorded.

    Example: screening model deactivate --as anna --reason "counted the wrong weeks"
    """
    from screening.list_keeping import traffic_models
    from screening.night.settings import load_settings

    before = traffic_models.deactivate(
        load_settings().store, actor=who(actor), reason=reason, at=datetime.now(UTC)
    )
    say(f"The traffic model {before} is out of use." if before else "No traffic model was in use.")


def thresholds(
    list_id: Annotated[str | None, typer.Option("--list", help="One list; else all.")] = None,
    travellers: Annotated[
        Path | None, typer.Option(help="Measure on these travellers (evaluation table) …")
    ] = None,
    alerts: Annotated[Path | None, typer.Option(help="… against these alerts (evaluation table).")] = None,
    counts: Annotated[Path | None, typer.Option(help="Counts of earlier traffic (model count).")] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show for each list the score (bits) that N of 1,000 innocent travellers reach, and the recall there.

    Without tables: what the next night would use, and whether it was measured on your own traffic.

    Example: screening thresholds --travellers travellers.parquet --alerts alerts.parquet --format json
    """
    from screening.lab import evaluation_tables
    from screening.list_keeping import lists, promises
    from screening.night.settings import load_settings

    if travellers is not None and alerts is not None:
        identities = evaluation_tables.identities(read_parquet(travellers, "--travellers"))
        tables = evaluation_tables.alert_tables(read_parquet(alerts, "--alerts"))
        rows = promises.of_tables(identities, tables, model_with(counts), where=travellers.name)
        rows = [row for row in rows if list_id in {None, row["list"]}]
    elif travellers is None and alerts is None and counts is None:
        chosen = [lists.checked_id(list_id)] if list_id else None
        rows = promises.of_store(load_settings().store, chosen)
    else:
        raise UsageError(
            "to measure takes both tables",
            where="--travellers and --alerts",
            effect="nothing was measured",
            remedy="name both, or neither for the lists of the store",
        )
    show(rows, shape, promises.COLUMNS)


def _nights(first: datetime | None, last: datetime | None) -> tuple[date, date]:
    if first is None or last is None or first > last:
        raise UsageError(
            "the nights are not said",
            where="--from and --to",
            effect="nothing was done",
            remedy="name the first and the last night, in this order, YYYY-MM-DD",
        )
    return first.date(), last.date()
