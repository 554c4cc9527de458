"""Rows of an own list, CSV or XLSX, as cells that remember whether they were numbers.

A spreadsheet that keeps a document number as a number has lost its leading zeros: the cell says so, and the
importer makes it a finding. Source: ECMA-376 (Office Open XML), part 1, 18.3.1.4 (cell types).
"""

import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from screening.alerts.model import AlertFinding
from screening.alerts.source import MAX_BYTES, MOST_RATIO, by_header, check_bytes, refused, stream_rows
from screening.alerts.text import decode

_ROLE = "own"
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as text, and whether the spreadsheet held a number."""

    text: str
    numeric: bool = False


Rows = Iterator[tuple[int, Mapping[str, Cell]]]
_SIGNS = ",;\t|"
_BETWEEN = "\x1e"  # XML, and so a cell, cannot hold it
_SAMPLE = 65_536


def sheet_rows(
    data: bytes,
    name: str,
    findings: list[AlertFinding],
    *,
    delimiter: str | None,
    sheet: str | None,
    header_row: int,
    encoding: str | None = None,
    wanted: Collection[str] = (),
) -> tuple[list[str], Rows]:
    """Return the column names and an iterator over the rows with their numbers.

    Args:
        data: the file.
        name: what to call it in errors.
        findings: gets encoding, cut ends and rows of another width.
        delimiter: sign between values; None takes the one that gives the header most of `wanted`.
        sheet: name of the sheet of a spreadsheet.
        header_row: row that holds the names, from 1.
        encoding: what the mapping says that the file is written in.
        wanted: columns that the mapping names.

    Raises:
        InputError: the file is no CSV or XLSX, has no such sheet or header, or is packed too tightly.
    """
    check_bytes(data, name)
    if data.startswith(b"PK\x03\x04"):
        return _xlsx(data, name, sheet, header_row, findings, encoding)
    sign = delimiter or _delimiter(data, header_row, encoding, wanted)
    rows = stream_rows(data, _ROLE, findings, delimiter=sign, encoding=encoding)
    header = next(islice(rows, header_row - 1, None), None)
    if header is None:
        raise refused("the file has no header row", name, "correct header_row in the mapping")
    cells = (
        (row.number, {column: Cell(text) for column, text in values.items()})
        for row, values in by_header(rows, header, _ROLE, findings)
    )
    return [column.strip() for column in header.values], cells


def _delimiter(data: bytes, header_row: int, encoding: str | None, wanted: Collection[str]) -> str:
    lines = decode(data[:_SAMPLE], encoding)[0].splitlines()
    headers = [line for line in lines if line.strip()][:header_row]
    if not headers:
        return _SIGNS[0]
    known = {
        sign: len(set(wanted) & {part.strip(' "') for part in headers[-1].split(sign)}) for sign in _SIGNS
    }
    return max(_SIGNS, key=lambda sign: known[sign])


def _check_zip(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            total = sum(member.file_size for member in archive.infolist())
            if total > MAX_BYTES or total > max(len(data), 1) * MOST_RATIO:
                raise refused(f"the spreadsheet unpacks to {total} bytes", name)
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if _DECLARES.search(part.read(4096)):
                            raise refused("the spreadsheet declares a document type", name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as fault:
        raise refused("the spreadsheet is damaged", name) from fault


def _mended(
    lines: list[tuple[object, ...]], findings: list[AlertFinding], encoding: str | None
) -> list[tuple[object, ...]]:
    """Return the cells of a sheet with characters as they were meant, as in CSV (`text.decode`)."""
    texts = [str(value) for values in lines for value in values if isinstance(value, str)]
    if all(text.isascii() for text in texts):
        return lines
    whole, codes = decode(_BETWEEN.join(texts).encode(), encoding)
    findings.extend(AlertFinding(code, _ROLE, None, "of the whole file") for code in codes)
    again = iter(whole.split(_BETWEEN))
    return [tuple(next(again) if isinstance(value, str) else value for value in values) for values in lines]


def _xlsx(
    data: bytes,
    name: str,
    sheet: str | None,
    header_row: int,
    findings: list[AlertFinding],
    encoding: str | None,
) -> tuple[list[str], Rows]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _check_zip(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations that it skips
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            if sheet is not None and sheet not in book.sheetnames:
                raise refused(
                    "the spreadsheet has no such sheet as the mapping names", name, "correct `sheet`"
                )
            table = book[sheet] if sheet is not None else book.worksheets[0]
            lines = _mended(list(table.iter_rows(values_only=True)), findings, encoding)
    except (KeyError, ValueError, InvalidFileException, zipfile.BadZipFile, IndexError) as fault:
        raise refused(f"the spreadsheet cannot be read ({type(fault).__name__})", name) from fault
    if len(lines) < header_row:
        raise refused("the sheet has no header row", name, "correct header_row in the mapping")
    header = [str(value or "").strip() for value in lines[header_row - 1]]
    rows = []
    for number, values in enumerate(lines[header_row:], start=header_row + 1):
        if any(value is not None and str(value).strip() for value in values):
            padded: Sequence[object] = (*values, *(None for _ in range(len(header) - len(values))))
            rows.append(
                (
                    number,
                    {column: _cell(value) for column, value in zip(header, padded, strict=False) if column},
                )
            )
    return header, iter(rows)


def _cell(value: object) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, datetime):
        return Cell(value.date().isoformat())
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, bool):
        return Cell(str(value).lower())
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)), numeric=True)
    return Cell(str(value), numeric=isinstance(value, int | float))
