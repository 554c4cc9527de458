"""`screening read` and `screening explain`: message files as the readers see them; nothing is stored."""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.looking import looked_at_files
from screening.cli.options import Actor, Purpose
from screening.cli.output import Format, show
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.messages.syntax.segments import Data
    from screening.profile.model import Intake
    from screening.tables.findings import Finding

_COLUMNS = ("file", "index", "type", "version", "function", "status", "flights", "travellers", "findings")


def read(
    paths: Annotated[list[Path], typer.Argument(help="Message files or folders (read recursively).")],
    shape: Annotated[Format, typer.Option("--format", help="json prints one line a message.")] = Format.TABLE,
    actor: Actor = None,
    reason: Purpose = None,
) -> None:
    """Read PAXLST and PNRGOV files, recognised by content, and print what they say.

    JSON names the people in them: recorded, where there is a store.

    Example: screening read inbox/ --format json
    """
    rows: list[dict[str, object]] = []
    files = list(_files(paths))
    if shape is Format.JSON:
        looked_at_files([path for path, _ in files], "message.read", actor, reason)
    for path, shown in files:
        for row in _described(path, shown):
            if shape is Format.JSON:
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                rows.append(_short(row))
    if shape is not Format.JSON:
        show(rows, shape, _COLUMNS)


def explain(
    path: Annotated[Path, typer.Argument(help="A message file.")],
    show_names: Annotated[
        bool, typer.Option("--show-names", help="Show names, numbers and dates of people; recorded.")
    ] = False,
    actor: Actor = None,
    reason: Purpose = None,
) -> None:
    """Print a message segment by segment, with meanings and findings; values of people are masked.

    With --show-names it is recorded, where there is a store.

    Example: screening explain inbox/LH400.edi
    """
    from screening.messages.explain import explain_parts
    from screening.messages.read import number_of_messages, read_parts
    from screening.profile.model import Intake
    from screening.store.mapped import mapped

    if not path.is_file():
        raise _absent(path)
    intake = Intake()
    if show_names:
        looked_at_files([path], "message.explain", actor, reason)
    with mapped(path) as data:
        for _, inner in _opened(path, str(path), data, intake, []):
            lines = explain_parts(
                inner, read_parts(inner, intake), messages=number_of_messages(inner), show_names=show_names
            )
            for line in lines:
                sys.stdout.write(f"{line}\n")


def _absent(path: Path) -> UsageError:
    return UsageError(
        "no such file or folder", where=str(path), effect="nothing was read", remedy="check the path"
    )


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each file and the name it is shown under: as given; for a folder, with the path below it."""
    for path in paths:
        if path.is_dir():
            for below in sorted(path.rglob("*")):
                if below.is_file():
                    yield below, str(path / below.relative_to(path))
        elif path.is_file():
            yield path, str(path)
        else:
            raise _absent(path)


def _described(path: Path, shown: str) -> Iterator[dict[str, object]]:
    from screening.messages.describe import describe, describe_parts
    from screening.messages.finding_kinds import finding
    from screening.messages.model import Reading
    from screening.messages.read import read_parts
    from screening.profile.model import Intake
    from screening.store.mapped import mapped

    intake = Intake()
    findings: list[Finding] = []
    number = 0
    with mapped(path) as data:
        for name, inner in _opened(path, shown, data, intake, findings):
            number += 1
            yield from describe_parts(read_parts(inner, intake), name)
        if findings or not number:
            found = findings or [finding("unb_missing", 0)]
            yield from describe(Reading("", len(data), findings=found), shown)


def _opened(
    path: Path, shown: str, data: "Data", intake: "Intake", findings: "list[Finding]"
) -> "Iterator[tuple[str, Data]]":
    """Yield name and bytes of a file, or of each member of an archive, there until the next is asked for.

    A large member lies in a nameless file beside its archive, where who may read the one may read the other;
    in memory where that folder is closed to us: people's bytes go nowhere else.
    """
    from screening.messages.syntax.unpack import PACKED, kind_of_bytes, members
    from screening.store.mapped import Nameless

    if kind_of_bytes(data) not in PACKED:
        yield shown, data
    elif os.access(path.parent, os.W_OK | os.X_OK):
        for _, name, room in members(data, shown, intake, partial(Nameless, path.parent), findings):
            with closing(room), room.data() as inner:
                yield name, inner
    else:
        for _, name, held in members(data, shown, intake, io.BytesIO, findings):
            yield name, held.getvalue()


def _short(row: dict[str, object]) -> dict[str, object]:
    """Return a row for people: counts, flights and codes."""
    flights, travellers, findings = row["flights"], row["travellers"], row["findings"]
    return {
        **row,
        "flights": [_leg(leg) for leg in (flights if isinstance(flights, list) else [])],
        "travellers": len(travellers) if isinstance(travellers, list) else 0,
        "findings": sorted({one["code"] for one in (findings if isinstance(findings, list) else [])}),
    }


def _leg(leg: Mapping[str, object]) -> str:
    """Return flight, places and departure, else arrival; `?` for what is not known."""
    name = f"{leg['carrier'] or ''}{leg['number'] or ''}" or "?"
    when = leg["departure"] or (f"arrives {leg['arrival']}" if leg["arrival"] else "?")
    return f"{name} {leg['origin'] or '?'}-{leg['destination'] or '?'} {when}"
