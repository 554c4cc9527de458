"""An agency's own list: CSV or XLSX, read by a mapping file that the agency writes once.

Rows with one source_id are one alert: their values are taken together as sets. Columns that the mapping does
not name are kept as text, unless they hold special categories, which are dropped and counted.

Example of a mapping:

    date_order = "dmy"            # or "ymd", "mdy": how dates are written
    encoding = "cp1250"           # where names show the signs of a wrong code page
    terms = "terms.csv"           # table of the authority's codes (`screening.alerts.terms`)
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
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from screening.alerts.assembling import assemble, merge_record
from screening.alerts.births import is_endless, listed_births, term_day
from screening.alerts.importers.own_rows import Cell, Rows, sheet_rows
from screening.alerts.mapping import SourceMapping, parse_mapping, terms_of
from screening.alerts.model import (
    AlertFinding,
    Fact,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.alerts.number_cells import NumberCell, budget, read_numbers
from screening.alerts.numbers import kind_of, split_number
from screening.alerts.origins import add_birth_place, add_nationality
from screening.alerts.source import only_file, refused
from screening.alerts.states import state_named
from screening.alerts.terms import Words, translate, wait
from screening.alerts.text import clean, word_key
from screening.tables.codes import (
    Category,
    FactKind,
    ListedDocumentStatus,
    ListedDocumentType,
    NameKind,
)

_ROLE = "own"
_SPECIAL = re.compile(
    r"\b(?:relig|faith|confession|ethnic|race\b|politic|trade union|sexual|health|medical)", re.IGNORECASE
)
_SEXES = {
    "m": "M", "male": "M", "man": "M", "f": "F", "female": "F", "woman": "F", "w": "F", "x": "X", "u": "X",
    "unknown": "X",
}  # fmt: skip
_STATES = re.compile(r"\s*[/,;]\s*")
_TERM_OF = {
    "category": "category", "document_type": "document_type", "document_status": "document_status",
    "document_state": "state", "nationality": "state", "sex": "sex", "caveat": "caveat",
}  # fmt: skip
Code = TypeVar("Code", bound=StrEnum)


class MappedColumns(BaseModel):
    """Which column holds what; only `source_id` and one name column or a document number are needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
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
    document_number_to: str | None = None
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


class OwnMapping(SourceMapping):
    """A mapping file; without `delimiter` the sign is found by the columns that it gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: MappedColumns
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    separator: Annotated[str, Field(min_length=1, max_length=3)] = "|"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] = 1
    values: dict[str, dict[str, str]] = Field(default_factory=dict)


_KEYS = (
    "columns, date_order, separator, delimiter, sheet, header_row, encoding, terms, values; "
    f"columns: {', '.join(MappedColumns.model_fields)}"
)


class _Reader:
    """Rows to records by a mapping."""

    def __init__(
        self,
        mapping: OwnMapping,
        options: ImportOptions,
        findings: list[AlertFinding],
        counts: Counter[str],
    ) -> None:
        self.mapping, self.findings, self.counts = mapping, findings, counts
        self.terms, self.today, self.order = terms_of(options), options.today, mapping.date_order or ""
        self.our = Words(self.terms, findings)
        self.columns = {name: column for name, column in mapping.columns.model_dump().items() if column}
        self.mapped = set(self.columns.values())
        self.spend = budget()
        self.values: dict[str, str] = {}
        self.words = {
            field: {word_key(key): value for key, value in table.items()}
            for field, table in mapping.values.items()
        }

    def note(self, code: str, record: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, record, text))

    def take(self, row: Mapping[str, Cell]) -> None:
        """Clean the values of a row once, by field."""
        self.values = {
            field: text
            for field, column in self.columns.items()
            if column in row and (text := clean(row[column].text))
        }

    def text(self, field: str) -> str:
        return self.values.get(field, "")

    def many(self, field: str) -> list[str]:
        text = self.text(field)
        if not text or self.mapping.separator not in text:
            return [text] if text else []
        return [part for piece in text.split(self.mapping.separator) if (part := clean(piece))]

    def coded(self, field: str, text: str, record: Record | None = None) -> str:
        """Return our word for a code: by the table of terms, else by `values`, else as it is."""
        term = _TERM_OF.get(field)
        if record is not None and term and (ours := translate(self.terms, term, text, record, self.findings)):
            return ours
        table = self.words.get(field)
        return table.get(word_key(text), text) if table else text

    def end(self) -> None:
        """Count what only the whole file tells."""
        wrong = sum(f.code == "list_row_malformed" and "columns" in f.text for f in self.findings)
        self.counts["malformed"] += wrong
        if dropped := self.counts["special_categories_dropped"]:
            self.note_file("list_special_category_dropped", f"{dropped} values")

    def note_file(self, code: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, None, text))

    def waits(self, field: str) -> bool:
        """Say whether the table of terms alone decides about a field."""
        return self.our.decides(_TERM_OF[field])

    def category(self, record: Record) -> None:
        """Read the category; without a row for its code the alert waits: what it asks for is not guessed."""
        if not (written := self.text("category")):
            return
        word = self.coded("category", written, record).lower().replace(" ", "_")
        if word in set(Category):
            record.category = Category(word)
        elif not self.waits("category"):
            wait(record, "category", written, self.findings)

    def code(self, kind: type[Code], field: str, record: Record) -> Code | None:
        written = self.text(field)
        if not written:
            return None
        word = self.coded(field, written, record).lower().replace(" ", "_")
        if word in set(kind):
            return kind(word)
        if not self.waits(field):
            record.remark(field, written)
            self.note(
                "list_unknown_code", record.source_id, f"{field} is no word of the mapping; kept as text"
            )
        return None

    def read(self, row: Mapping[str, Cell], source_id: str) -> Record:
        record = Record(source_id, _ROLE)
        self._names(record)
        for written in self.many("date_of_birth"):
            record.own.dates.extend(
                listed_births(
                    written,
                    f"own {source_id} date_of_birth: {written}",
                    role=_ROLE,
                    record=source_id,
                    findings=self.findings,
                    order=self.order,
                    today=self.today,
                )
            )
        self._facts(record)
        self._documents(row, record)
        self.category(record)
        self._terms(record)
        for column, cell in row.items():
            if column in self.mapped or not cell.text or not column or not (text := clean(cell.text)):
                continue
            if _SPECIAL.search(column):
                self.counts["special_categories_dropped"] += 1
            else:
                record.remark(column, text)
        return record

    def _names(self, record: Record) -> None:
        surname, given, full = (self.text(field) for field in ("surname", "given_names", "full_name"))
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
            for text in self.many(field):
                family, comma, first = (part.strip() for part in text.partition(","))
                surname, given = (family, first) if comma and first else ("", "")
                record.own.names.append(
                    Name(text, kind, surname or None, given or None, source=f"own {record.source_id} {field}")
                )

    def _day(self, field: str, record: Record, *, last: bool) -> date | None:
        """Read a day of validity; one that cannot be read is told, and the alert stays."""
        written = self.text(field)
        if not written or is_endless(written):
            return None
        day = term_day(written, last=last, order=self.order, today=self.today)
        if day is None:
            record.remark(field, written)
            self.note("list_validity_unread", record.source_id, f"{field} kept as text; the alert stays")
        return day

    def _facts(self, record: Record) -> None:
        for text in self.many("sex"):
            sex = _SEXES.get(self.coded("sex", text, record).lower())
            if sex in {"M", "F"}:
                record.own.facts.append(Fact(FactKind.SEX, str(sex), f"own {record.source_id} sex"))
            elif sex is None and not self.waits("sex"):
                record.remark("sex", text)
                self.note(
                    "list_unknown_code", record.source_id, "sex is no word of the mapping; kept as text"
                )
        for text in self.many("nationality"):
            source = f"own {record.source_id} nationality: {text}"
            word = text if self.waits("nationality") else self.coded("nationality", text)
            add_nationality(record, word, source, _ROLE, self.findings, self.our)
        for text in self.many("birth_place"):
            add_birth_place(record, text, f"own {record.source_id} birth_place")

    def _documents(self, row: Mapping[str, Cell], record: Record) -> None:
        cells, states = self.many("document_number"), self.many("document_state")
        if not cells:
            for text in states:
                record.remark("document_state", text)
            return
        kind = self.code(ListedDocumentType, "document_type", record)
        status = self.code(ListedDocumentStatus, "document_status", record)
        expires = self._day("document_expiry", record, last=True)
        told = [self._state(text, record) for text in states]
        last = self.text("document_number_to") if len(cells) == 1 else ""
        numeric = row[self.columns["document_number"]].numeric
        read = [self._numbers(cell, last, record, numeric=numeric) for cell in cells]
        numbers = [number for cell in read for number in cell]
        if len(told) == 1 and len(numbers) > 1 and (parts := _STATES.split(states[0]))[1:]:
            told = [self._state(part, record) for part in parts] if len(parts) == len(numbers) else told
        for place, number in enumerate(numbers):
            state = told[place] if len(told) == len(numbers) else (told[0] if told else None)
            plain = number.isalnum()
            bare, words = (number, None) if plain else split_number(number) or (number, None)
            record.own.documents.append(
                ListedDocument(
                    kind or (None if plain else kind_of(number)) or ListedDocumentType.OTHER,
                    bare, state or state_named(words),
                    status or ListedDocumentStatus.VALID, expires=expires,
                    source=f"own {record.source_id} document_number: {number}",
                )
            )  # fmt: skip

    def _state(self, written: str, record: Record) -> str | None:
        state = state_named(self.coded("document_state", written, record))
        if state is None and not self.waits("document_state"):
            if len(parts := _STATES.split(written)) > 1 and all(map(state_named, parts)):
                return None  # one State for each of several numbers
            record.remark("document_state", written)
            self.note("list_state_unread", record.source_id, "issuing state kept as text")
        return state

    def _numbers(self, written: str, last: str, record: Record, *, numeric: bool) -> tuple[str, ...]:
        """Return the numbers that a cell stands for; what stands for none is kept as text and told."""
        cell = read_numbers(written, last)
        if numeric and cell.code is None:
            self.note("list_document_number_numeric", record.source_id, "leading zeros may be lost")
        if cell.code is not None and not cell.refused and not self.spend(len(cell.numbers)):
            cell = NumberCell(
                (), "list_document_range_refused", "the import holds too many numbers of ranges"
            )
        if cell.refused:
            record.remark("document_number", f"{written} {last}".strip())
        if cell.code is not None:
            text = f"kept as text: {cell.refused}" if cell.refused else f"{len(cell.numbers)} numbers"
            self.note(cell.code, record.source_id, text)
        return cell.numbers

    def _terms(self, record: Record) -> None:
        if severity := self.coded("severity", self.text("severity")):
            if severity in {"1", "2", "3", "4", "5"}:
                record.severity = int(severity)
            else:
                record.remark("severity", severity)
                self.note("list_unknown_code", record.source_id, "severity is not 1 to 5; kept as text")
        record.authority = self.text("authority") or None
        record.visibility = self.text("visibility") or None
        record.legal_basis = self.text("legal_basis") or None
        record.caveat = self.coded("caveat", self.text("caveat"), record) or None
        record.instructions = self.text("instructions") or None
        record.valid_from = self._day("valid_from", record, last=False)
        record.review_by = self._day("review_by", record, last=True)
        record.expires = self._day("expires", record, last=True)


def _records(
    rows: Rows, reader: _Reader, findings: list[AlertFinding], counts: Counter[str]
) -> Iterator[Record]:
    """Yield the record of each row; rows of one alert that follow one another are put together at once."""
    record: Record | None = None
    for number, row in rows:
        counts["entries"] += 1
        reader.take(row)
        source_id = reader.text("source_id")
        if not source_id:
            counts["malformed"] += 1
            findings.append(AlertFinding("list_row_malformed", _ROLE, str(number), "no source_id"))
            continue
        more = reader.read(row, source_id)
        if record is not None and record.source_id == source_id:
            merge_record(record, more, sets=True)
            continue
        if record is not None:
            yield record
        record = more
    if record is not None:
        yield record


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read an own list by its mapping.

    Raises:
        InputError: there is not one file, it is no table, or a mapped column is missing.
        ProfileError: the mapping is missing or does not hold.
    """
    mapping = parse_mapping(options.mapping, OwnMapping, _KEYS)
    name, data = only_file(files, (".csv", ".xlsx", ".txt"), "own")
    findings: list[AlertFinding] = []
    counts: Counter[str] = Counter()
    reader = _Reader(mapping, options, findings, counts)
    header, rows = sheet_rows(
        data,
        name,
        findings,
        delimiter=mapping.delimiter,
        sheet=mapping.sheet,
        header_row=mapping.header_row,
        encoding=mapping.encoding,
        wanted=reader.mapped,
    )
    missing = sorted(reader.mapped - set(header))
    if missing:
        raise refused(
            f"the mapping names columns that the file lacks: {', '.join(missing)}",
            name,
            "correct the mapping",
        )
    return assemble(
        _records(rows, reader, findings, counts),
        options,
        findings=findings,
        counts=counts,
        sets=True,
        ending=reader.end,
    )


IMPORTER = Importer("own", (".csv", ".xlsx", ".txt"), read)
