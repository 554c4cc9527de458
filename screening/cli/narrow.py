"""A wide table as blocks, for a terminal that cannot hold it: what a row is about, then its values by name.

A table folded into 100 columns spends a dozen lines on a row, and a command folded in its cell cannot be
copied. Here short values share lines, long ones are wrapped at blanks, and a command stands whole on a line
of its own: the terminal may wrap it on the screen, the text that is copied has no break.
"""

import textwrap
from collections.abc import Collection, Iterator, Sequence

WIDE = 120  # columns from which on a table is read as a table, though folded
COMMANDS = frozenset({"mend"})  # columns that hold a command to be copied
_FEW = 3  # columns that stay readable however narrow
_SHORT = 24
_INDENT = "  "
_COMMAND_INDENT = "    "


def is_too_narrow(width: int, natural: int, names: Collection[str]) -> bool:
    """Say whether a table is better written as blocks.

    Args:
        width: columns of the terminal.
        natural: columns that the table needs when nothing is folded.
        names: its columns.
    """
    if natural <= width:
        return False
    return not COMMANDS.isdisjoint(names) or (width < WIDE and len(names) > _FEW)


def blocks(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[tuple[str, bool]]:
    """Write rows as blocks.

    Args:
        names: columns; the first says what a row is about.
        rows: values as text, in the order of the columns; an empty one is left out.
        width: columns of the terminal.

    Yields:
        Each line, and whether it heads a block.
    """
    long = {
        name for place, name in enumerate(names) if any(len(row[place]) > _SHORT for row in rows)
    } - COMMANDS
    for number, row in enumerate(rows):
        if number:
            yield "", False
        yield row[0], True
        rest = [(name, value) for name, value in zip(names[1:], row[1:], strict=True) if value]
        short = [f"{name} {value}" for name, value in rest if name not in long | COMMANDS]
        for line in _packed(short, width - len(_INDENT)):
            yield _INDENT + line, False
        for name, value in rest:
            if name in long:
                yield from ((line, False) for line in _wrapped(f"{name}: {value}", width))
        for name, value in rest:
            if name in COMMANDS:
                yield _COMMAND_INDENT + value, False


def _packed(pieces: Sequence[str], width: int) -> Iterator[str]:
    """Put as many pieces on a line as fit; none is broken."""
    line = ""
    for piece in pieces:
        if line and len(line) + len(piece) + 2 > width:
            yield line
            line = ""
        line = f"{line}, {piece}" if line else piece
    if line:
        yield line


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap at blanks alone: a path or an id stays whole."""
    return textwrap.wrap(
        text,
        max(20, width),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
