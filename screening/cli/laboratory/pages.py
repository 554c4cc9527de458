"""Tables of pages: written between marks, so that no figure is copied by hand."""

from pathlib import Path


def table(rows: list[dict[str, object]], names: tuple[str, ...], heads: tuple[str, ...]) -> list[str]:
    """Write rows as a table of a page; columns of numbers stand right."""
    signs = ["---:" if all(isinstance(row[name], int | float) for row in rows) else "---" for name in names]
    lines = [[str(row[name]) for name in names] for row in rows]
    return [
        f"| {' | '.join(heads)} |",
        f"|{'|'.join(signs)}|",
        *(f"| {' | '.join(line)} |" for line in lines),
    ]


def replace(page: Path, name: str, lines: list[str]) -> None:
    """Replace the section between a page's marks; a page without them gets it at its end."""
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    text = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    before, found, rest = text.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    head = before if found else before.rstrip("\n") + "\n\n"
    page.write_text(head + "\n".join([begin, "", *lines, "", end]) + after, encoding="utf-8")
