"""`screening profile check`: what the agency decided."""

from pathlib import Path
from typing import Annotated

import typer

from screening.cli.output import Format, show

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


def _rows(value: object, key: str) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [
            row for name, inner in value.items() for row in _rows(inner, f"{key}.{name}" if key else name)
        ]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [row for place, inner in enumerate(value) for row in _rows(inner, f"{key}[{place}]")]
    return [{"key": key, "value": value}]
