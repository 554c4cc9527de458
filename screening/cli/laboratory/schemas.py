"""`screening schemas`: the files that are generated from declarations in code."""

from pathlib import Path
from typing import Annotated

import typer

from screening.cli.output import say


def schemas(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Repository root: writes schemas/ and generated pages of docs/.")],
) -> None:
    """Write schemas/ and the generated pages of docs/ from the declarations in code.

    Example: screening schemas --out .
    """
    from screening.lab.declarations import write_all

    written = write_all(out, context.find_root().command)
    say(f"{len(written)} files written below {out}")
