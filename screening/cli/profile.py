"""`screening profile check` and `notify`: what the agency decided, and whether its notices arrive."""

from pathlib import Path
from typing import Annotated

import typer

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
