"""`screening publish`: disclosure control alone, on tables of counts from anywhere."""

import csv
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Shape
from screening.cli.output import Format, progress, show
from screening.tables.errors import UnprotectableError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from screening.cli.publish_spec import PublishSpec
    from screening.disclosure.cell_key import Line
    from screening.disclosure.groupings import Grouping
    from screening.disclosure.protect import Source

_NOT_WRITTEN = "no table was written"


def publish(
    table: Annotated[Path, typer.Option(help="Table of counts, CSV or Parquet: dimensions, count.")],
    spec: Annotated[Path, typer.Option(help="TOML file: dimensions, rules, hierarchies, linked tables.")],
    out: Annotated[Path | None, typer.Option(help="File to write, CSV or Parquet by its ending.")] = None,
    audit: Annotated[
        Path | None, typer.Option(help="Write nothing: audit this file, as it was published from --table.")
    ] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Protect a table of counts, and those linked with it, so that no small count can be worked out.

    Writes the rows of the table with `value` (empty where withheld) and `status`; `status` is for the
    publisher alone. Nothing is written, and the exit code is 1, if one table cannot be protected or the audit
    finds a disclosure. With --audit: what readers learn of unsafe cells from a file that exists (linked
    tables: from their `out`); exit code 1 if anything.

    Example: screening publish --table by_route.csv --spec publish.toml --out published.csv
    """
    from screening.cli.publish_spec import read_spec
    from screening.night.solver import start_solver

    if (out is None) == (audit is None):
        raise UsageError(
            "name either a file to write or a file to audit",
            where="--out or --audit",
            effect=_NOT_WRITTEN,
            remedy="screening publish --help",
        )
    wanted = read_spec(spec)
    start_solver()
    folder = spec.parent
    groupings = {
        dimension: [_grouping(folder / name) for name in files]
        for dimension, files in wanted.hierarchies.items()
    }
    if audit is not None:
        _audit(table, audit, wanted, folder, groupings, shape)
        return
    outs = {str(table): Path(str(out)), **{one.table: folder / one.out for one in wanted.linked}}
    _check_outs(outs, table, wanted, folder)
    _protect(table, outs, wanted, folder, groupings, shape)


def _protect(
    table: Path,
    outs: Mapping[str, Path],
    wanted: "PublishSpec",
    folder: Path,
    groupings: Mapping[str, Sequence["Grouping"]],
    shape: Format,
) -> None:
    from dataclasses import asdict

    from screening.disclosure.cell_key import STANDARD
    from screening.disclosure.protect import protect
    from screening.store.files import write_bytes

    sources = _sources(table, wanted, folder)
    progress(f"protecting {sum(source.table.num_rows for source in sources)} cells")
    done = protect(
        sources,
        wanted.rules,
        groupings=groupings,
        respondents=_respondents(folder / wanted.respondents, sources[0]) if wanted.respondents else (),
        p_table=_p_table(folder / wanted.ptable) if wanted.ptable else STANDARD,
    )
    written = {path: _written(done.tables[name], path) for name, path in outs.items()}
    for path, data in written.items():
        write_bytes(path, data)
    show([{**asdict(done.report), "written": [str(path) for path in written]}], shape)


def _audit(
    table: Path,
    audited: Path,
    wanted: "PublishSpec",
    folder: Path,
    groupings: Mapping[str, Sequence["Grouping"]],
    shape: Format,
) -> None:
    from screening.disclosure.published import disclosures

    sources = _sources(table, wanted, folder)
    outs = {str(table): audited, **{one.table: folder / one.out for one in wanted.linked}}
    published = {name: _read(path) for name, path in outs.items()}
    known = _respondents(folder / wanted.respondents, sources[0]) if wanted.respondents else ()
    found = disclosures(sources, published, wanted.rules, groupings=groupings, respondents=known)
    show(found, shape, ("cell", "low", "high", "exact", "insider"))
    if found:
        raise typer.Exit(UnprotectableError.exit_code)


def _sources(table: Path, wanted: "PublishSpec", folder: Path) -> list["Source"]:
    from screening.disclosure.protect import Source

    return [
        Source(str(table), _read(table), wanted.dimensions),
        *(Source(one.table, _read(folder / one.table), one.dimensions, one.at) for one in wanted.linked),
        *(
            Source(
                one.table,
                _read(folder / one.table),
                one.dimensions,
                one.at,
                _read(folder / one.published),
                one.revision,
            )
            for one in wanted.earlier
        ),
    ]


def _check_outs(outs: Mapping[str, Path], table: Path, wanted: "PublishSpec", folder: Path) -> None:
    others = [one.table for one in wanted.linked] + [one.table for one in wanted.earlier]
    read = [table, *(folder / name for name in others)]
    read += [folder / one.published for one in wanted.earlier]
    taken = {path.resolve() for path in read}
    for path in outs.values():
        if path.resolve() in taken or path.suffix not in {".csv", ".parquet"}:
            told = "ends neither in .csv nor in .parquet" if path.suffix not in {".csv", ".parquet"} else ""
            raise UsageError(
                f"--out: the file {told or 'is read, or written twice'}",
                where=str(path),
                effect=_NOT_WRITTEN,
                remedy="name another file",
            )
        taken.add(path.resolve())
    names = [str(table), *others]
    if len(set(names)) < len(names):
        raise UsageError(
            "one table is named twice", where="--spec", effect=_NOT_WRITTEN, remedy="name each table once"
        )


def _read(path: Path) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.csv as arrow_csv
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file), [])
        kinds = {name: pa.string() for name in names if name not in {"count", "value"}}
        return arrow_csv.read_csv(
            path,
            convert_options=arrow_csv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        )
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as fault:
        raise _unusable(path, type(fault).__name__) from None


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise _unusable(path, type(fault).__name__) from None
    missing = [name for name in columns if name not in names]
    if missing:
        raise _unusable(path, f"no column {', '.join(missing)}")
    return rows


def _grouping(path: Path) -> "Grouping":
    from screening.disclosure.groupings import grouping

    pairs = [(row["parent"] or "", row["child"] or "") for row in _rows(path, ("parent", "child"))]
    return grouping(pairs, named=path.name)


def _p_table(path: Path) -> list["Line"]:
    from screening.disclosure.cell_key import Line

    columns = ("original", "perturbed", "above", "up_to")
    try:
        return [
            Line(int(row["original"]), int(row["perturbed"]), Fraction(row["above"]), Fraction(row["up_to"]))
            for row in _rows(path, columns)
        ]
    except (ValueError, TypeError, ZeroDivisionError):
        raise _unusable(path, "a line holds something else than numbers") from None


def _respondents(path: Path, source: "Source") -> list[dict[tuple[str, int], int]]:
    """Read who stands in which cells of the first table."""
    cells = {
        values: row
        for row, values in enumerate(
            zip(*(source.table[name].to_pylist() for name in source.dimensions), strict=True)
        )
    }
    found: dict[str, dict[tuple[str, int], int]] = {}
    for row in _rows(path, (*source.dimensions, "respondent", "people")):
        at = cells.get(tuple(row[name] for name in source.dimensions))
        if at is None or not (row["people"] or "").isdecimal():
            raise _unusable(path, "a line names no cell of --table, or no number of people")
        found.setdefault(row["respondent"], {})[source.name, at] = int(row["people"])
    return list(found.values())


def _written(table: "pa.Table", path: Path) -> bytes:
    import pyarrow.parquet as pq

    if path.suffix == ".parquet":
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="zstd")
        return sink.getvalue()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(["" if value is None else value for value in row.values()] for row in table.to_pylist())
    return text.getvalue().encode()


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"the file cannot be used ({why})",
        where=str(path),
        effect=_NOT_WRITTEN,
        remedy="name a file of the form that docs/disclosure.md gives",
    )
