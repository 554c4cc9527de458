"""What commands print: data on stdout in three shapes, progress and errors on stderr.

Names come from carriers and lists, so no cell is ever read as markup (`[/x]` would raise, `[bold]` would
forge) and control characters, bidirectional overrides included, never reach a terminal. NO_COLOR is
honoured by rich. What does not fit into a terminal is written as blocks (`screening.cli.narrow`). Progress
appears only where somebody watches: when stderr is a terminal.
"""

import csv
import io
import json
import math
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from enum import Enum, StrEnum
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from screening.cli.narrow import blocks, is_too_narrow
from screening.reports.text import clean, steers
from screening.tables.errors import ScreeningError, UsageError

# OWASP "CSV injection": a spreadsheet takes text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")
_WIDEST = 100_000


class Format(StrEnum):
    """Shape of printed data."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def show(
    rows: Sequence[Mapping[str, object]],
    shape: Format,
    columns: Sequence[str] | None = None,
    title: str | None = None,
) -> None:
    """Print rows on stdout.

    Args:
        rows: one mapping a row; dates, times, enumerations, lists and mappings are written as text.
        shape: `table` for people, `json` (array of objects, nulls kept), `csv` (header, nulls empty,
            lists joined by "; ").
        columns: names and order; by default those of the rows in order of first appearance.
        title: heading of a table; the other shapes have none.
    """
    names = (
        list(columns) if columns is not None else list(dict.fromkeys(name for row in rows for name in row))
    )
    if shape is Format.JSON:
        _show_json(rows, names)
    elif shape is Format.CSV:
        _show_csv(rows, names)
    else:
        _show_table(rows, names, title)


def say(text: str) -> None:
    """Print lines of prose on stdout, without control characters."""
    sys.stdout.write("\n".join(clean(line) for line in text.splitlines()) + "\n")


def progress(text: str) -> None:
    """Tell a person at the terminal what is going on; say nothing into a file or pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(clean(text) + "\n")
        sys.stderr.flush()


def warn(text: str) -> None:
    """Tell of something that went wrong and changes nothing of the result, on stderr."""
    sys.stderr.write(clean(text) + "\n")


def fail(error: ScreeningError) -> None:
    """Print the four parts of an error on stderr: what, where, effect, remedy."""
    parts = (("where", error.where), ("effect", error.effect), ("remedy", error.remedy))
    lines = [clean(error.what), *(f"  {name + ':':<7} {clean(text)}" for name, text in parts)]
    sys.stderr.write("\n".join(lines) + "\n")


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Say how to mend it where the file that a command was told to write cannot be written.

    Raises:
        UsageError: names the folder that is missing, or what the system says.
    """
    try:
        yield
    except OSError as fault:
        folder = path.parent
        remedy = (
            "name a file in a folder that this user may write" if folder.is_dir() else f"mkdir -p {folder}"
        )
        raise UsageError(
            f"--out: the file cannot be written ({type(fault).__name__})",
            where=str(path),
            effect="nothing was written",
            remedy=f"{remedy}; then the same command again",
        ) from None


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, from its first byte on."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)


def plain(value: object) -> str:
    """Write one value as text.

    >>> plain(None), plain(True), plain(["A", "B"]), plain({"k": 1})
    ('', 'true', 'A; B', '{"k": 1}')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return json.dumps(_jsonable(value), ensure_ascii=False)
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(plain(item) for item in _in_order(value))
    written = _jsonable(value)
    return "" if written is None else str(written)


def _in_order(values: list[object] | tuple[object, ...] | set[object] | frozenset[object]) -> list[object]:
    return sorted(values, key=str) if isinstance(values, set | frozenset) else list(values)


def _jsonable(value: object) -> object:
    if isinstance(value, Enum):
        value = value.value
    result: object = str(value)
    if value is None or isinstance(value, bool | int):
        result = value
    elif isinstance(value, float):
        result = value if math.isfinite(value) else None
    elif isinstance(value, date | time):  # datetime is a date
        result = value.isoformat()
    elif isinstance(value, Mapping):
        result = {str(key): _jsonable(item) for key, item in value.items()}
    elif isinstance(value, list | tuple | set | frozenset):
        result = [_jsonable(item) for item in _in_order(value)]
    return result


def _show_json(rows: Sequence[Mapping[str, object]], names: list[str]) -> None:
    objects = [{name: _jsonable(row.get(name)) for name in names} for row in rows]
    text = json.dumps(objects, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:  # another charset, or a file name that is no Unicode
        text = json.dumps(objects, indent=2)
    # JSON itself escapes only U+0000 to U+001F; C1 controls steer terminals too.
    escaped = (f"\\u{ord(sign):04x}" if sign != "\n" and steers(sign) else sign for sign in text)
    sys.stdout.write("".join(escaped) + "\n")


def _show_csv(rows: Sequence[Mapping[str, object]], names: list[str]) -> None:
    sys.stdout.write(csv_text(rows, names))


def csv_text(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> str:
    """Write rows as CSV with a header; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue()


def _csv_cell(value: object) -> str:
    text = clean(plain(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _show_table(rows: Sequence[Mapping[str, object]], names: list[str], title: str | None) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in names:
        values = [row.get(name) for row in rows if row.get(name) is not None]
        number = bool(values) and all(_is_number(value) for value in values)
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in rows:
        table.add_row(*(Text(clean(plain(row.get(name)))) for name in names))
    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
    widest = Console(file=sys.stdout, width=_WIDEST, markup=False)
    natural = max(1, min(_WIDEST, widest.measure(table).maximum))
    if title:  # a heading within the table would be folded at the table's own width
        console.print(Text(clean(title), style="bold"), soft_wrap=True)
    if not console.is_terminal:  # a file or pipe has no width: nothing is folded in it
        console.width = natural
    elif is_too_narrow(console.width, natural, names):
        written = [[clean(plain(row.get(name))) for name in names] for row in rows]
        for line, heads in blocks(names, written, console.width):
            console.print(Text(line, style="bold" if heads else ""), soft_wrap=True)
        return
    console.print(table)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
