"""`screening airflow run`, `serve`, `dags`: the DAGs in this process, in Airflow's own pages, or in yours."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from screening.cli.options import Actor, Flights, LetThrough, Night, Reason, label
from screening.cli.output import progress, say
from screening.cli.signals import night_under_way
from screening.protection.actor import who

app = typer.Typer(help="The same night under Apache Airflow.", no_args_is_help=True)


@app.command("run")
def run(
    night: Night,
    dag: Annotated[str, typer.Option(help="nightly_screening or rerun_flights.")] = "nightly_screening",
    flights: Flights = None,
    failed: Annotated[bool, typer.Option("--failed", help="rerun_flights: all failed ones.")] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Exit 0 once the night is published, whatever needs a person.")
    ] = False,
    let_through: LetThrough = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Run a DAG to its end in this process (SQLite, no server) and show the result.

    Example: screening airflow run --night 2026-11-23
    """
    from screening.night.attention import left_lying, needs_attention
    from screening.night.reporting import tell
    from screening.night.settings import load_settings
    from screening.orchestration.embedded import run_dag
    from screening.store.current_json import current

    conf: dict[str, object] = {"night": label(night).isoformat()}
    if dag == "rerun_flights":
        conf |= {"flights": flights or [], "all_failed": failed}
    if let_through:
        conf |= {"let_through": let_through, "let_through_by": who(actor), "reason": reason}
    with night_under_way(label(night)):
        ran = run_dag(dag, conf, tell=progress)
    settings = load_settings()
    store = settings.store
    published = current(store, label(night))
    broken = {task: text for task, text in ran.failed.items() if task != "attention"}
    for task, text in broken.items():
        sys.stderr.write(f"task {task} failed: {text}\n")
    if published is None:
        raise typer.Exit(3)
    if "receive" in ran.skipped:
        say(f"Night {label(night)}: nothing is new; what is published stands.")
    left = left_lying(settings, label(night))
    for phrase in left:
        say(f"! {phrase}")
    say(tell(store, label(night), ran.seconds))
    waiting = left or needs_attention(store, label(night))
    code = 3 if broken else (1 if waiting else 0)
    if sample and code == 1:
        say("(`screening status` would exit 1: the sample holds flights that need a person, on purpose.)")
        code = 0
    raise typer.Exit(code)


@app.command("backfill")
def backfill(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First night, local date.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last night, local date.")],
    failed: Annotated[
        bool, typer.Option("--failed", help="Also nights whose DAG run failed; else those without one.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be run.")] = False,
) -> None:
    """Let Airflow's scheduler run the nights of a span, in their order, one at a time.

    A night that is long over takes only what lies in its own folder of the inbox (`night=DATE`).

    Example: screening airflow backfill --from 2026-11-01 --to 2026-11-05 --dry-run
    """
    from screening.orchestration.embedded import backfill as begin

    raise typer.Exit(begin(first.date(), last.date(), failed=failed, dry_run=dry_run, tell=say))


@app.command("dags")
def dags() -> None:
    """Print the setting that adds our DAGs to an Airflow that is there: its bundles of DAGs, and ours.

    The setting is AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST.

    Example: screening airflow dags
    """
    from screening.orchestration.embedded import dag_bundles

    say(dag_bundles())


@app.command("serve")
def serve(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port on this machine.")] = 8080,
) -> None:
    """Start Airflow's own pages with the same DAGs; says the address and how to log in.

    Example: screening airflow serve --port 8080
    """
    from screening.orchestration.embedded import serve as start

    raise typer.Exit(start(port=port, tell=say))
