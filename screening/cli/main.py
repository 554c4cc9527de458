"""The command `screening`: groups of commands, one module each; errors become four lines and an exit code.

Exit codes: 0 done; 1 done, but something needs a person; 2 wrong use; 3 broken environment or store; 130 and
143 ended by Ctrl-C or `kill`.
"""

import logging
import os
import sys
from typing import Annotated

import typer

from screening import __version__
from screening.cli import (
    airflow,
    alerts,
    audit,
    clearances,
    deciding,
    exchange,
    handout,
    hit_card,
    hits,
    hold,
    keys,
    lookup,
    model,
    nights,
    profile,
    publish,
    published,
    quarantine,
    read,
    rescreen,
    retention,
    review,
    statement,
    statistics,
    store,
    subject,
    unmask,
)
from screening.cli.laboratory import benchmark, fuzz, generate, match, schemas
from screening.cli.output import fail, say
from screening.cli.signals import ends_with_a_word
from screening.night.exceptions import place_of
from screening.protection.logs import guard
from screening.tables.errors import ScreeningError, StoreError

cli = typer.Typer(
    name="screening",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
_Version = Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)]
NIGHTS = "Nights"
HITS = "Hits and decisions"
MESSAGES = "Messages"
LISTS = "Lists and profile"
STORE = "Store and record"
LABORATORY = "Laboratory"

cli.command("run", rich_help_panel=NIGHTS)(nights.run)
cli.command("rerun", rich_help_panel=NIGHTS)(nights.rerun)
cli.command("rescreen", rich_help_panel=NIGHTS)(rescreen.rescreen)
cli.command("nights", rich_help_panel=NIGHTS)(nights.nights)
cli.command("status", rich_help_panel=NIGHTS)(nights.status)
cli.command("report", rich_help_panel=NIGHTS)(nights.report)
cli.command("tables", rich_help_panel=NIGHTS)(published.tables)
cli.command("publish", rich_help_panel=NIGHTS)(publish.publish)
cli.add_typer(statistics.app, name="statistics", rich_help_panel=NIGHTS)
cli.add_typer(airflow.app, name="airflow", rich_help_panel=NIGHTS)
cli.add_typer(quarantine.app, name="quarantine", rich_help_panel=NIGHTS)

cli.command("hits", rich_help_panel=HITS)(hits.hits)
cli.command("hit", rich_help_panel=HITS)(hit_card.hit)
cli.command("decide", rich_help_panel=HITS)(deciding.decide)
cli.command("confirm", rich_help_panel=HITS)(deciding.confirm)
cli.command("undo", rich_help_panel=HITS)(deciding.undo)
cli.command("note", rich_help_panel=HITS)(deciding.note)
cli.command("outcome", rich_help_panel=HITS)(deciding.outcome)
cli.add_typer(clearances.app, name="clearances", rich_help_panel=HITS)
cli.add_typer(review.app, name="review", rich_help_panel=HITS)
cli.command("trace", rich_help_panel=HITS)(hits.trace)
cli.command("handout", rich_help_panel=HITS)(handout.handout)
cli.add_typer(statement.app, name="statement", rich_help_panel=HITS)
cli.command("shift", rich_help_panel=HITS)(handout.shift)
cli.command("lookup", rich_help_panel=HITS)(lookup.lookup)
cli.command("why", rich_help_panel=HITS)(lookup.why)

cli.command("read", rich_help_panel=MESSAGES)(read.read)
cli.command("explain", rich_help_panel=MESSAGES)(read.explain)

alerts.app.add_typer(exchange.app)
cli.add_typer(alerts.app, name="alerts", rich_help_panel=LISTS)
cli.add_typer(model.app, name="model", rich_help_panel=LISTS)
cli.command("thresholds", rich_help_panel=LISTS)(model.thresholds)
cli.add_typer(profile.app, name="profile", rich_help_panel=LISTS)

cli.add_typer(audit.audit_app, name="audit", rich_help_panel=STORE)
cli.add_typer(keys.keys_app, name="keys", rich_help_panel=STORE)
cli.add_typer(retention.app, name="retention", rich_help_panel=STORE)
cli.add_typer(store.app, name="store", rich_help_panel=STORE)
cli.add_typer(subject.app, name="subject", rich_help_panel=STORE)
cli.add_typer(hold.app, name="hold", rich_help_panel=STORE)
cli.add_typer(unmask.app, name="unmask", rich_help_panel=STORE)

cli.command("generate", rich_help_panel=LABORATORY)(generate.generate)
cli.command("match", rich_help_panel=LABORATORY)(match.match)
cli.command("compare", rich_help_panel=LABORATORY)(match.compare)
cli.command("evaluate", rich_help_panel=LABORATORY)(match.evaluate)
cli.add_typer(benchmark.app, name="benchmark", rich_help_panel=LABORATORY)
cli.command("fuzz", rich_help_panel=LABORATORY)(fuzz.fuzz)
cli.command("schemas", rich_help_panel=LABORATORY)(schemas.schemas)


@cli.callback()
def screening(context: typer.Context, version: _Version = False) -> None:
    """Advance passenger screening: API and PNR messages against alert lists.

    Without a command: how the latest night stands, and the command that comes next.
    """
    if version:
        from screening.store.format import described

        say(described())
        raise typer.Exit
    if context.invoked_subcommand is None:
        nights.standing()


tree = typer.main.get_command(cli)  # to build it takes longer than most commands do


def app() -> None:
    """Run the command line."""
    guard(logging.getLogger())
    try:
        with ends_with_a_word():
            tree()
    except ScreeningError as error:
        fail(error)
        sys.exit(error.exit_code)
    except Exception as fault:
        if os.environ.get("SCREENING_DEBUG"):  # on a developer's machine, with invented people
            raise
        fail(_unforeseen(fault))
        sys.exit(StoreError.exit_code)


def _unforeseen(fault: Exception) -> ScreeningError:
    """Tell of an exception of ours without its text, which may quote what was read."""
    return StoreError(
        f"the program failed: {place_of(fault)}",
        where=f"screening {__version__}",
        effect="the command ended; what was published stays, a run that was going on is taken up again",
        remedy="run it again; if it fails again, report the type and place above "
        "(SCREENING_DEBUG=1 shows the whole text: it may name people, do not send it)",
    )
