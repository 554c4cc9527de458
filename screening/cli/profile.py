"""`screening profile`: what the agency decided, in keys, in words, against another; do notices arrive?"""

from pathlib import Path
from typing import Annotated

import typer

from screening.cli.options import LatestNight, named_or_latest
from screening.cli.output import Format, say, show
from screening.tables.errors import UsageError

app = typer.Typer(help="The agency's decisions (one TOML file).", no_args_is_help=True)


@app.command("check")
def check(
    path: Annotated[
        Path | None, typer.Argument(help="Profile; default: SCREENING_PROFILE, else ./profile.toml.")
    ] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Read a profile and show every key with its value, defaults filled in.

    Exits 2 with file, key and allowed values where it does not hold.

    Example: screening profile check sample_data/profile.toml
    """
    from screening.night.settings import load_settings

    profile = load_settings(profile=path).profile
    show(list(_rows(profile.model_dump(mode="json"), "")), shape, ["key", "value"])


@app.command("explain")
def explain_profile(
    path: Annotated[
        Path | None, typer.Argument(help="Profile; default: SCREENING_PROFILE, else ./profile.toml.")
    ] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Say in words what a profile does, clause by clause, each with its source.

    Example: screening profile explain docs/profiles/eu-pnr.toml
    """
    from screening.night.settings import load_settings
    from screening.profile.explain import explain

    clauses = explain(load_settings(profile=path).profile)
    if shape is Format.TABLE:
        say("\n".join(clause.prose() for clause in clauses))
        return
    show([clause.row() for clause in clauses], shape, ["clause", "says", "source"])


@app.command("diff")
def diff(
    first: Annotated[Path, typer.Argument(help="A profile.")],
    second: Annotated[Path, typer.Argument(help="Another.")],
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Tell in what two profiles differ: in words where a clause says it, and in values.

    Exits 1 where they differ.

    Example: screening profile diff docs/profiles/eu-pnr.toml docs/profiles/uk-pnr.toml
    """
    from screening.night.settings import read_profile
    from screening.profile.explain import differences

    found = differences(read_profile(first), read_profile(second))
    if shape is Format.TABLE:
        say("\n".join(one.prose() for one in found) or "The two profiles decide the same.")
    else:
        show([one.row() for one in found], shape, ["kind", "key", "first", "second"])
    raise typer.Exit(1 if found else 0)


@app.command("outside")
def outside(
    night: LatestNight = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show what of a night the profile left out: messages and travellers by flight and reason.

    Of the latest night, where none is named.

    Example: screening profile outside --night 2026-11-23
    """
    from screening.night.outside import outside_by_leg
    from screening.night.receive import published
    from screening.night.settings import load_settings
    from screening.store.published import read_current
    from screening.tables.individual import OUTSIDE_MANDATE

    store = load_settings().store
    chosen = named_or_latest(store, night)
    published(store, chosen)  # of a night that was never published nobody knows what was outside
    rows = outside_by_leg(read_current(store, chosen, OUTSIDE_MANDATE))
    show(rows, shape, ["flight_id", "source", "reason", "decision", "messages", "travellers", "says"])


@app.command("notify")
def notify() -> None:
    """Send a notice on trial by every way that the profile names (section notify).

    Exits 1 where one was not sent.

    Example: screening profile notify
    """
    from screening.night.notices import trial
    from screening.night.settings import load_settings

    tried = trial(load_settings())
    if not tried:
        raise UsageError(
            "the profile names no way to tell anybody",
            where="section notify of the profile",
            effect="nothing was sent, and nobody is told of a night that needs a person",
            remedy='name a file, a webhook or an e-mail: [notify] file = "notices.jsonl"',
        )
    for way, problem in tried.items():
        say(f"{way}: not sent ({problem})" if problem else f"{way}: sent")
    raise typer.Exit(1 if any(tried.values()) else 0)


def _rows(value: object, key: str) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [
            row for name, inner in value.items() for row in _rows(inner, f"{key}.{name}" if key else name)
        ]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [row for place, inner in enumerate(value) for row in _rows(inner, f"{key}[{place}]")]
    return [{"key": key, "value": value}]
