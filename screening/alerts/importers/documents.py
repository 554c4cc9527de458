"""Lists of stolen, lost and revoked documents: number, issuing state, status; no names.

One alert a document; its source_id is number and state, so that a document which is reported twice is one
alert. A document without its state is kept and flagged; one without its number is set aside with a finding.

Source: INTERPOL SLTD's fields (type, number, state, status, date) as docs/alert-lists.md names them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from screening.alerts.assembling import assemble
from screening.alerts.births import is_endless, term_day
from screening.alerts.mapping import encoding_of, terms_of
from screening.alerts.model import (
    AlertFinding,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Record,
)
from screening.alerts.number_cells import NumberCell, budget, read_numbers
from screening.alerts.numbers import kind_of
from screening.alerts.source import SourceRow, by_header, only_file, refused, stream_rows
from screening.alerts.states import state_named
from screening.alerts.terms import translate
from screening.alerts.text import clean, decode, word_key
from screening.identity.documents import normalise_number
from screening.tables.codes import Category, ListedDocumentStatus, ListedDocumentType

_ROLE = "documents"
_HEADERS = {
    "type": ("document type", "type", "doc type"),
    "number": (
        "document number",
        "number",
        "doc number",
        "passport number",
        "document number from",
        "number from",
        "from number",
        "first number",
        "range start",
        "number start",
        "start number",
    ),
    "number_to": (
        "document number to",
        "number to",
        "to",
        "last number",
        "number until",
        "until",
        "to number",
        "range end",
        "number end",
        "end number",
        "document number end",
        "document number last",
    ),
    "state": ("issuing state", "state", "country", "issuing country", "doc country"),
    "status": ("status", "reason"),
    "reported": ("reported on", "reported", "date", "date of theft", "reported date"),
    "expires": ("expires", "expiry", "date of expiry"),
}
_TYPES = {
    "p": ListedDocumentType.PASSPORT, "passport": ListedDocumentType.PASSPORT, "v": ListedDocumentType.VISA,
    "visa": ListedDocumentType.VISA, "i": ListedDocumentType.NATIONAL_ID,
    "id": ListedDocumentType.NATIONAL_ID,
    "national id": ListedDocumentType.NATIONAL_ID, "identity card": ListedDocumentType.NATIONAL_ID,
    "t": ListedDocumentType.TRAVEL_DOCUMENT, "travel document": ListedDocumentType.TRAVEL_DOCUMENT,
}  # fmt: skip
_STATUSES = (
    ("stolen", ListedDocumentStatus.STOLEN), ("lost", ListedDocumentStatus.LOST),
    ("revoked", ListedDocumentStatus.REVOKED), ("invalidated", ListedDocumentStatus.REVOKED),
    ("cancelled", ListedDocumentStatus.REVOKED), ("false", ListedDocumentStatus.FALSE),
    ("counterfeit", ListedDocumentStatus.FALSE), ("forged", ListedDocumentStatus.FALSE),
    ("expired", ListedDocumentStatus.EXPIRED), ("valid", ListedDocumentStatus.VALID),
)  # fmt: skip


def _columns(header: list[str]) -> dict[str, str]:
    """Return our field for each column name that is known."""
    fields = {word: field for field, words in _HEADERS.items() for word in words}
    return {name: fields[word_key(name)] for name in header if word_key(name) in fields}


class _Reader:
    """Rows to records; a range is as many records as it has numbers."""

    def __init__(
        self, columns: Mapping[str, str], options: ImportOptions, findings: list[AlertFinding]
    ) -> None:
        self.columns, self.findings = columns, findings
        self.terms, self.today = terms_of(options), options.today
        self.spend = budget()

    def note(self, code: str, row: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, row, text))

    def read(self, values: Mapping[str, str], row: str) -> list[Record] | None:
        """Return a record for each number of a row; None where no number of it can be sought."""
        written = values.get("number", "")
        cell = read_numbers(written, values.get("number_to", ""))
        if cell.code is not None and not cell.refused and not self.spend(len(cell.numbers)):
            cell = NumberCell(
                (), "list_document_range_refused", "the import holds too many numbers of ranges"
            )
        numbers = [number for number in cell.numbers if normalise_number(number)]
        if cell.refused or not numbers:
            self.note(cell.code or "list_document_refused", row, cell.refused or "no document number")
            return None
        if cell.code is not None:
            self.note(cell.code, row, f"{len(numbers)} numbers")
        holder = Record("", _ROLE, category=Category.DOCUMENT)
        document = self._document(values, row, holder)
        return [self._record(document, number, written, holder) for number in numbers]

    def _record(self, document: ListedDocument, number: str, written: str, holder: Record) -> Record:
        record = Record(
            f"{normalise_number(number)}@{document.state or ''}", _ROLE, category=Category.DOCUMENT,
            status=holder.status, terms=holder.terms,
            remarks={name: list(texts) for name, texts in holder.remarks.items()},
        )  # fmt: skip
        record.own.documents.append(replace(document, number=number, source=f"{_ROLE} {written}"))
        return record

    def _code(self, field: str, written: str, holder: Record, row: str) -> str | None:
        """Return our term by the table of terms; a row whose code it lacks waits."""
        findings: list[AlertFinding] = []
        ours = translate(self.terms, field, written, holder, findings)
        self.findings.extend(replace(finding, record=row) for finding in findings)
        return ours

    def _document(self, values: Mapping[str, str], row: str, holder: Record) -> ListedDocument:
        words = values.get("type", "")
        ours = self._code("document_type", words, holder, row)
        kind = ListedDocumentType(ours) if ours else _TYPES.get(word_key(words)) or kind_of(words)
        if kind is None and words:
            self.note("list_unknown_code", row, "type of document")
        ours = self._code("document_status", values.get("status", ""), holder, row)
        said = word_key(values.get("status", ""))
        status = (
            ListedDocumentStatus(ours)
            if ours
            else next((code for word, code in _STATUSES if word in said), None)
        )
        if status is None:
            self.note("list_unknown_code", row, "status of a document; taken as lost")
        state = self._code("state", values.get("state", ""), holder, row) or state_named(values.get("state"))
        if state is None:
            self.note("list_state_unread", row, "issuing state is missing or unknown")
        note = [f"{name}: {values[name]}" for name in ("status", "reported") if values.get(name)]
        if state is None and values.get("state"):
            note.append(f"state: {values['state']}")
        expires = term_day(values.get("expires", ""), last=True, order="dmy", today=self.today)
        if expires is None and values.get("expires") and not is_endless(values["expires"]):
            note.append(f"expires: {values['expires']}")
            self.note("list_validity_unread", row, "the document's expiry kept as text")
        return ListedDocument(
            kind or ListedDocumentType.OTHER,
            "",
            state,
            status or ListedDocumentStatus.LOST,
            expires=expires,
            note="; ".join(note) or None,
        )


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read a CSV of documents; the separator is the one that gives the header most columns.

    Raises:
        InputError: there is not one file, or its header names no number or no state.
    """
    name, data = only_file(files, (".csv", ".txt"), "documents")
    findings: list[AlertFinding] = []
    lines = decode(data[:65_536], encoding_of(options))[0].splitlines()
    first = next((line for line in lines if line.strip() and not line.lower().startswith("sep=")), "")
    delimiter = max(",;\t|", key=first.count)
    rows = stream_rows(data, _ROLE, findings, delimiter=delimiter, encoding=encoding_of(options))
    header = next(rows)
    columns = _columns(list(header.values))
    if not {"number", "state"} <= set(columns.values()):
        raise refused(
            "the header names no document number or no issuing state", name, "check SOURCE and file"
        )
    findings.extend(
        AlertFinding("list_unknown_column", _ROLE, None, "column kept as text")
        for column in header.values
        if column.strip() and column.strip() not in columns
    )
    counts: Counter[str] = Counter(entries=0)
    reader = _Reader(columns, options, findings)

    def ending() -> None:
        counts["malformed"] = sum(finding.code == "list_row_malformed" for finding in findings)
        counts["entries"] += counts["malformed"]

    records = _records(by_header(rows, header, _ROLE, findings), reader, findings, counts)
    return assemble(records, options, findings=findings, counts=counts, sets=True, ending=ending)


def _records(
    rows: Iterator[tuple[SourceRow, dict[str, str]]],
    reader: _Reader,
    findings: list[AlertFinding],
    counts: Counter[str],
) -> Iterator[Record]:
    """Yield a record for each number; a row that stood before is counted once."""
    seen: set[bytes] = set()
    for row, cells in rows:
        counts["entries"] += 1
        key = hashlib.blake2b("\x1f".join(map(clean, row.values)).encode(), digest_size=12).digest()
        if key in seen:
            counts["doubled"] += 1
            findings.append(AlertFinding("list_row_doubled", _ROLE, str(row.number), "the row stood before"))
            continue
        seen.add(key)
        values = {
            reader.columns[column]: clean(text) for column, text in cells.items() if column in reader.columns
        }
        records = reader.read(values, str(row.number))
        if records is None:
            counts["rejected"] += 1
            continue
        for record in records:
            for column, text in cells.items():
                if column not in reader.columns and column:
                    record.remark(column, clean(text))
            yield record


IMPORTER = Importer("documents", (".csv", ".txt"), read)
