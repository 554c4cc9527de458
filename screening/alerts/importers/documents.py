"""Lists of stolen, lost and revoked documents: number, issuing state, status; no names.

One alert a document; its source_id is number and state, so that a document which is reported twice is one
alert. A document without its state is kept and flagged; one without its number is set aside with a finding.

Source: INTERPOL SLTD's fields (type, number, state, status, date) as docs/alert-lists.md names them.
"""

from collections import Counter
from collections.abc import Mapping

from screening.alerts.dates import exact_day
from screening.alerts.model import (
    AlertFinding,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Record,
    assemble,
)
from screening.alerts.source import by_header, csv_rows, only_file, refused
from screening.alerts.states import state_named
from screening.alerts.text import ascii_digits, clean, word_key
from screening.identity.documents import normalise_number
from screening.tables.codes import Category, ListedDocumentStatus, ListedDocumentType

_ROLE = "documents"
_HEADERS = {
    "type": ("document type", "type", "doc type"),
    "number": ("document number", "number", "doc number", "passport number"),
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
    """Give our field for each column name that is known."""
    fields = {word: field for field, words in _HEADERS.items() for word in words}
    return {name: fields[word_key(name)] for name in header if word_key(name) in fields}


def _document(values: Mapping[str, str], row: str, findings: list[AlertFinding]) -> ListedDocument:
    kind = _TYPES.get(word_key(values.get("type", "")))
    if kind is None and values.get("type"):
        findings.append(AlertFinding("list_unknown_code", _ROLE, row, "type of document"))
    said = word_key(values.get("status", ""))
    status = next((code for word, code in _STATUSES if word in said), None)
    if status is None:
        findings.append(AlertFinding("list_unknown_code", _ROLE, row, "status of a document; taken as lost"))
    state = state_named(values.get("state"))
    if state is None:
        findings.append(AlertFinding("list_state_unread", _ROLE, row, "issuing state is missing or unknown"))
    note = [f"{name}: {values[name]}" for name in ("status", "reported") if values.get(name)]
    if state is None and values.get("state"):
        note.append(f"state: {values['state']}")
    return ListedDocument(
        kind or ListedDocumentType.OTHER,
        ascii_digits(values["number"]),
        state,
        status or ListedDocumentStatus.LOST,
        expires=exact_day(values.get("expires")),
        note="; ".join(note) or None,
        source=f"{_ROLE} {values['number']}",
    )


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read a CSV of documents; the separator is the one that gives the header most columns.

    Raises:
        InputError: there is not one file, or its header names no number or no state.
    """
    name, data = only_file(files, (".csv", ".txt"), "documents")
    findings: list[AlertFinding] = []
    first = data.split(b"\n", 1)[0]
    delimiter = max(",;\t|", key=lambda sign: first.count(sign.encode()))
    rows = csv_rows(data, _ROLE, findings, delimiter=delimiter)
    columns = _columns(list(rows[0].values))
    if not {"number", "state"} <= set(columns.values()):
        raise refused(
            "the header names no document number or no issuing state", name, "check SOURCE and file"
        )
    findings.extend(
        AlertFinding("list_unknown_column", _ROLE, None, "column kept as text")
        for column in rows[0].values
        if column.strip() and column.strip() not in columns
    )
    counts: Counter[str] = Counter(entries=len(rows) - 1)
    records: dict[str, Record] = {}
    seen: set[tuple[str, ...]] = set()
    for row, cells in by_header(rows[1:], rows[0], _ROLE, findings):
        values = {columns[column]: clean(text) for column, text in cells.items() if column in columns}
        number = normalise_number(values.get("number", ""))
        if not number:
            counts["rejected"] += 1
            findings.append(
                AlertFinding("list_document_refused", _ROLE, str(row.number), "no document number")
            )
            continue
        key = tuple(clean(text) for text in row.values)
        if key in seen:
            counts["doubled"] += 1
            findings.append(AlertFinding("list_row_doubled", _ROLE, str(row.number), "the row stood before"))
            continue
        seen.add(key)
        document = _document(values, str(row.number), findings)
        source_id = f"{number}@{document.state or ''}"
        record = records.setdefault(source_id, Record(source_id, _ROLE, category=Category.DOCUMENT))
        record.own.documents.append(document)
        for column, text in cells.items():
            if column not in columns:
                record.remark(column, clean(text))
    counts["malformed"] = sum(finding.code == "list_row_malformed" for finding in findings)
    return assemble(records.values(), options, findings=findings, counts=counts)


IMPORTER = Importer("documents", (".csv", ".txt"), read)
