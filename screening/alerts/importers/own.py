"""An agency's own list: CSV or XLSX, read by a mapping file that the agency writes once.

Rows with one source_id are one alert: their values are taken together as sets. Columns that the mapping does
not name are kept as text, unless they hold special categories, which are dropped and counted.

Example of a mapping:

    date_order = "dmy"            # or "ymd", "mdy": how dates are written
    separator = "|"               # parts several values in one cell
    [columns]
    source_id = "Case"
    surname = "Name"
    given_names = "First name"
    date_of_birth = "Born"
    document_number = "Passport"
    document_state = "Passport of"
    [values.category]
    "turn back" = "refuse_entry"
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.alerts.dates import ListedDate, exact_day, of_parts, read_date, slashed_date, unread
from screening.alerts.facts import add_birth_place, add_nationality
from screening.alerts.importers.own_rows import Cell, sheet_rows
from screening.alerts.model import (
    AlertFinding,
    BirthDate,
    Fact,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
    assemble,
    unique,
)
from screening.alerts.source import only_file, refused
from screening.alerts.states import state_named
from screening.alerts.text import ascii_digits, clean, word_key
from screening.tables.codes import (
    Category,
    FactKind,
    ListedDocumentStatus,
    ListedDocumentType,
    NameKind,
)
from screening.tables.errors import ProfileError

_ROLE = "own"
_SPECIAL = re.compile(
    r"\b(?:relig|faith|confession|ethnic|race\b|politic|trade union|sexual|health|medical)", re.IGNORECASE
)
_SEXES = {
    "m": "M", "male": "M", "man": "M", "f": "F", "female": "F", "woman": "F", "w": "F", "x": "X", "u": "X",
    "unknown": "X",
}  # fmt: skip
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")
_MDY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
Code = TypeVar("Code", bound=StrEnum)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Section):
    """Which column holds what; only `source_id` and one name column or a document number are needed."""

    source_id: str
    full_name: str | None = None
    surname: str | None = None
    given_names: str | None = None
    aliases: str | None = None
    weak_aliases: str | None = None
    former_names: str | None = None
    original_script: str | None = None
    date_of_birth: str | None = None
    sex: str | None = None
    nationality: str | None = None
    birth_place: str | None = None
    document_type: str | None = None
    document_number: str | None = None
    document_state: str | None = None
    document_status: str | None = None
    document_expiry: str | None = None
    category: str | None = None
    severity: str | None = None
    authority: str | None = None
    visibility: str | None = None
    legal_basis: str | None = None
    caveat: str | None = None
    instructions: str | None = None
    valid_from: str | None = None
    review_by: str | None = None
    expires: str | None = None


class OwnMapping(_Section):
    """A mapping file."""

    columns: Columns
    date_order: Literal["dmy", "mdy", "ymd"] = "ymd"
    separator: Annotated[str, Field(min_length=1, max_length=3)] = "|"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] = 1
    values: dict[str, dict[str, str]] = {}


def parse_mapping(data: bytes | None) -> OwnMapping:
    """Read a mapping file.

    Raises:
        ProfileError: there is none, it is no TOML, or it holds an unknown key.
    """
    problem = "an own list needs a mapping file" if data is None else ""
    if data is not None:
        try:
            return OwnMapping.model_validate(tomllib.loads(data.decode("utf-8-sig")))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
            problem = f"the mapping is no TOML: {fault}" if isinstance(fault, ValueError) else "no text"
        except ValidationError as fault:
            problem = "; ".join(
                f"`{'.'.join(str(part) for part in error['loc'])}`: {error['msg']}"
                for error in fault.errors(include_input=False, include_url=False)
            )
    raise ProfileError(
        problem,
        where="--mapping",
        effect="nothing was imported",
        remedy=f"keys: columns, date_order, separator, delimiter, sheet, header_row, values; "
        f"columns: {', '.join(Columns.model_fields)}",
    )


class _Reader:
    """Rows to records by a mapping."""

    def __init__(self, mapping: OwnMapping, findings: list[AlertFinding], counts: Counter[str]) -> None:
        self.mapping, self.findings, self.counts = mapping, findings, counts
        self.columns = {name: column for name, column in mapping.columns.model_dump().items() if column}
        self.mapped = set(self.columns.values())

    def note(self, code: str, record: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, record, text))

    def text(self, row: Mapping[str, Cell], field: str) -> str:
        column = self.columns.get(field)
        return clean(row[column].text) if column is not None and column in row else ""

    def many(self, row: Mapping[str, Cell], field: str) -> list[str]:
        return [
            part for piece in self.text(row, field).split(self.mapping.separator) if (part := clean(piece))
        ]

    def coded(self, field: str, text: str) -> str:
        table = {word_key(key): value for key, value in self.mapping.values.get(field, {}).items()}
        return table.get(word_key(text), text)

    def code(self, kind: type[Code], row: Mapping[str, Cell], field: str, record: Record) -> Code | None:
        written = self.text(row, field)
        if not written:
            return None
        try:
            return kind(self.coded(field, written).lower().replace(" ", "_"))
        except ValueError:
            record.remark(field, written)
            self.note(
                "list_unknown_code", record.source_id, f"{field} is no word of the mapping; kept as text"
            )
            return None

    def read(self, row: Mapping[str, Cell], source_id: str) -> Record:
        record = Record(source_id, _ROLE)
        self._names(row, record)
        for written in self.many(row, "date_of_birth"):
            known = self.birth(written)
            if known is None:
                self.note("list_date_unread", source_id, "date of birth kept as text")
            record.own.dates.append(
                BirthDate(known or unread(written), f"own {source_id} date_of_birth: {written}")
            )
        self._facts(row, record)
        self._documents(row, record)
        record.category = self.code(Category, row, "category", record)
        self._terms(row, record)
        for column, cell in row.items():
            if column in self.mapped or not clean(cell.text):
                continue
            if _SPECIAL.search(column):
                self.counts["special_categories_dropped"] += 1
            else:
                record.remark(column, clean(cell.text))
        return record

    def _names(self, row: Mapping[str, Cell], record: Record) -> None:
        surname, given, full = (self.text(row, field) for field in ("surname", "given_names", "full_name"))
        source = f"own {record.source_id} name"
        whole = full or " ".join(part for part in (given, surname) if part)
        if whole:
            record.own.names.append(
                Name(whole, NameKind.PRIMARY, surname or None, given or None, source=source)
            )
        for field, kind in (
            ("aliases", NameKind.ALIAS), ("weak_aliases", NameKind.WEAK), ("former_names", NameKind.FORMER),
            ("original_script", NameKind.ORIGINAL_SCRIPT),
        ):  # fmt: skip
            for text in self.many(row, field):
                family, comma, first = (part.strip() for part in text.partition(","))
                surname, given = (family, first) if comma and first else ("", "")
                record.own.names.append(
                    Name(text, kind, surname or None, given or None, source=f"own {record.source_id} {field}")
                )

    def birth(self, written: str) -> ListedDate | None:
        """Read a date in the mapping's order; a form that says its order itself is read as it says."""
        text = ascii_digits(clean(written))
        numbers = _MDY.fullmatch(text)
        if numbers and self.mapping.date_order == "mdy":
            return of_parts(int(numbers[3]), int(numbers[1]), int(numbers[2]))
        if numbers and self.mapping.date_order == "dmy":
            return slashed_date(text.replace("-", "/"))
        if month := _MONTH_YEAR.fullmatch(text):
            return of_parts(int(month[2]), int(month[1]))
        return None if numbers else read_date(text)

    def _day(self, row: Mapping[str, Cell], field: str) -> date | None:
        written = self.text(row, field)
        known = self.birth(written) if written else None
        return known.start if known else exact_day(written)

    def _facts(self, row: Mapping[str, Cell], record: Record) -> None:
        for text in self.many(row, "sex"):
            sex = _SEXES.get(self.coded("sex", text).lower())
            if sex in {"M", "F"}:
                record.own.facts.append(Fact(FactKind.SEX, str(sex), f"own {record.source_id} sex"))
            elif sex is None:
                record.remark("sex", text)
                self.note(
                    "list_unknown_code", record.source_id, "sex is no word of the mapping; kept as text"
                )
        for text in self.many(row, "nationality"):
            source = f"own {record.source_id} nationality: {text}"
            add_nationality(record, self.coded("nationality", text), source, _ROLE, self.findings)
        for text in self.many(row, "birth_place"):
            add_birth_place(record, text, f"own {record.source_id} birth_place")

    def _documents(self, row: Mapping[str, Cell], record: Record) -> None:
        numbers, states = self.many(row, "document_number"), self.many(row, "document_state")
        if not numbers:
            for text in states:
                record.remark("document_state", text)
            return
        if row[self.columns["document_number"]].numeric:
            self.note("list_document_number_numeric", record.source_id, "leading zeros may be lost")
        kind = self.code(ListedDocumentType, row, "document_type", record)
        status = self.code(ListedDocumentStatus, row, "document_status", record)
        for place, number in enumerate(numbers):
            written = states[place] if len(states) == len(numbers) else (states[0] if states else "")
            state = state_named(self.coded("document_state", written))
            if written and state is None:
                record.remark("document_state", written)
                self.note("list_state_unread", record.source_id, "issuing state kept as text")
            record.own.documents.append(
                ListedDocument(
                    kind or ListedDocumentType.OTHER, ascii_digits(number), state,
                    status or ListedDocumentStatus.VALID, expires=self._day(row, "document_expiry"),
                    source=f"own {record.source_id} document_number: {number}",
                )
            )  # fmt: skip

    def _terms(self, row: Mapping[str, Cell], record: Record) -> None:
        if severity := self.coded("severity", self.text(row, "severity")):
            if severity in {"1", "2", "3", "4", "5"}:
                record.severity = int(severity)
            else:
                record.remark("severity", severity)
                self.note("list_unknown_code", record.source_id, "severity is not 1 to 5; kept as text")
        record.authority = self.text(row, "authority") or None
        record.visibility = self.text(row, "visibility") or None
        record.legal_basis = self.text(row, "legal_basis") or None
        record.caveat = self.text(row, "caveat") or None
        record.instructions = self.text(row, "instructions") or None
        record.valid_from, record.review_by, record.expires = (
            self._day(row, field) for field in ("valid_from", "review_by", "expires")
        )


def _merge(first: Record, second: Record) -> None:
    """Take the values of a further row of the same alert; equal ones are one."""
    own, more = first.own, second.own
    own.names = unique([*own.names, *more.names], lambda n: (n.kind, n.full, n.surname, n.given_names))
    own.dates = unique([*own.dates, *more.dates], lambda d: (d.date.value, d.date.precision, d.date.note))
    own.documents = unique([*own.documents, *more.documents], lambda d: (d.type, d.number, d.state, d.status))
    own.facts.extend(more.facts)
    for name, texts in second.remarks.items():
        for text in texts:
            first.remark(name, text)


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read an own list by its mapping.

    Raises:
        InputError: there is not one file, it is no table, or a mapped column is missing.
        ProfileError: the mapping is missing or does not hold.
    """
    mapping = parse_mapping(options.mapping)
    name, data = only_file(files, (".csv", ".xlsx", ".txt"), "own")
    findings: list[AlertFinding] = []
    counts: Counter[str] = Counter()
    reader = _Reader(mapping, findings, counts)
    header, rows = sheet_rows(
        data, name, findings, delimiter=mapping.delimiter, sheet=mapping.sheet, header_row=mapping.header_row
    )
    missing = sorted(reader.mapped - set(header))
    if missing:
        raise refused(
            f"the mapping names columns that the file lacks: {', '.join(missing)}",
            name,
            "correct the mapping",
        )
    records: dict[str, Record] = {}
    for number, row in rows:
        counts["entries"] += 1
        source_id = reader.text(row, "source_id")
        if not source_id:
            counts["malformed"] += 1
            findings.append(AlertFinding("list_row_malformed", _ROLE, str(number), "no source_id"))
            continue
        record = reader.read(row, source_id)
        if records.setdefault(source_id, record) is not record:
            _merge(records[source_id], record)
    counts["malformed"] += sum(f.code == "list_row_malformed" and "columns" in f.text for f in findings)
    if counts["special_categories_dropped"]:
        text = f"{counts['special_categories_dropped']} values"
        findings.append(AlertFinding("list_special_category_dropped", _ROLE, None, text))
    return assemble(records.values(), options, findings=findings, counts=counts)


IMPORTER = Importer("own", (".csv", ".xlsx", ".txt"), read)
