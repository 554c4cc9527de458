"""`screening read` and `screening explain`: message files as the readers see them; nothing is stored."""

import json
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.output import Format, show
from screening.messages.describe import describe
from screening.messages.explain import explain as explain_text
from screening.messages.findings import finding
from screening.messages.model import Reading
from screening.messages.read import read_input
from screening.messages.unpack import unpack
from screening.profile.model import Intake
from screening.tables.errors import UsageError

_MAPPED_FROM = 32 << 20  # bytes from which a plain file is mapped, not loaded
_COLUMNS = ("file", "index", "type", "version", "function", "status", "flights", "travellers", "findings")


def read(
    paths: Annotated[list[Path], typer.Argument(help="Message files or folders (read recursively).")],
    shape: Annotated[Format, typer.Option("--format", help="json prints one line a message.")] = Format.TABLE,
) -> None:
    """Read PAXLST and PNRGOV files, recognised by content, and print what they say.

    Example: screening read inbox/ --format json
    """
    rows: list[dict[str, object]] = []
    for path, shown in _files(paths):
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
        bool, typer.Option("--show-names", help="Show names, numbers and dates of people.")
    ] = False,
) -> None:
    """Print a message segment by segment, with meanings and findings; values of people are masked.

    Example: screening explain inbox/LH400.edi
    """
    if not path.is_file():
        raise _absent(path)
    intake = Intake()
    for member in unpack(path.read_bytes(), str(path), intake).members:
        reading = read_input(member.data, intake)
        sys.stdout.write(explain_text(member.data, reading, show_names=show_names))


def _absent(path: Path) -> UsageError:
    return UsageError(
        "no such file or folder", where=str(path), effect="nothing was read", remedy="check the path"
    )


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Give each file and the name it is shown under: as given; for a folder, with the path below it."""
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
    intake = Intake()
    if path.stat().st_size >= _MAPPED_FROM:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data[:2] not in {b"\x1f\x8b", b"PK"}:
                yield from describe(read_input(data, intake), shown)
                return
    unpacked = unpack(path.read_bytes(), shown, intake)
    if unpacked.findings or not unpacked.members:
        found = unpacked.findings or [finding("unb_missing", 0)]
        yield from describe(Reading("", path.stat().st_size, findings=found), shown)
    for member in unpacked.members:
        yield from describe(read_input(member.data, intake), member.name)


def _short(row: dict[str, object]) -> dict[str, object]:
    """Give a row for people: counts, flights and codes."""
    flights, travellers, findings = row["flights"], row["travellers"], row["findings"]
    return {
        **row,
        "flights": [
            f"{leg['carrier']}{leg['number']} {leg['origin']}-{leg['destination']} {leg['departure']}"
            for leg in (flights if isinstance(flights, list) else [])
        ],
        "travellers": len(travellers) if isinstance(travellers, list) else 0,
        "findings": sorted({one["code"] for one in (findings if isinstance(findings, list) else [])}),
    }
