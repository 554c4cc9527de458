"""Our own export read again: JSON Lines of the canonical model to the same rows.

An object of the agreed shape alone is enough; what the export adds (`facts`, `quality`, `source`) makes the
rows equal to those that were exported. The list's id is the one it is imported under.
"""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import TypeVar

from screening.alerts.assembling import assemble
from screening.alerts.births import is_endless, term_day
from screening.alerts.dates import ListedDate, read_date, unread
from screening.alerts.mapping import encoding_of, terms_of
from screening.alerts.model import (
    AlertFinding,
    BirthDate,
    Fact,
    Identity,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.alerts.origins import add_birth_place
from screening.alerts.source import check_bytes, only_file, readable, refused
from screening.alerts.terms import Words, translate, wait
from screening.tables.codes import (
    AlertStatus,
    Category,
    FactKind,
    ListedDocumentStatus,
    ListedDocumentType,
    NameKind,
    Precision,
)

_ROLE = "canonical"
_MOST_IDENTITIES = 1000
_TERMS = {FactKind.SEX: "sex", FactKind.NATIONALITY: "state"}
Code = TypeVar("Code", bound=StrEnum)
_Object = Mapping[str, object]


class _MalformedError(Exception):
    """An object does not keep the shape; the text names the field, never the value."""


def _text(value: object, field: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _MalformedError(f"{field} is no text")
    return value or None


def _day(value: object, field: str) -> date | None:
    text = _text(value, field)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _MalformedError(f"{field} is no day") from None


def _code(kind: type[Code], value: object, field: str) -> Code:
    try:
        return kind(str(value))
    except ValueError:
        raise _MalformedError(f"{field} is no word of {kind.__name__}") from None


def _items(item: _Object, field: str) -> list[_Object]:
    values = item.get(field) or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise _MalformedError(f"{field} is no list of objects")
    return values


def _texts(item: _Object, field: str) -> list[str]:
    values = item.get(field) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _MalformedError(f"{field} is no list of texts")
    return values


class _Identities:
    """Identities by their number in the object."""

    def __init__(self, record: Record) -> None:
        self.known: dict[int, Identity] = {0: record.own}
        self.record = record

    def of(self, value: _Object) -> Identity:
        number = value.get("identity") or 0
        if not isinstance(number, int) or not 0 <= number < _MOST_IDENTITIES:
            raise _MalformedError("identity is no small number")
        if number not in self.known:
            self.known[number] = Identity()
            self.record.others.append(self.known[number])
        return self.known[number]


def _birth_date(value: _Object) -> ListedDate:
    written = _text(value.get("value"), "dates_of_birth.value")
    note = _text(value.get("note"), "dates_of_birth.note")
    start, end = _day(value.get("from"), "dates_of_birth.from"), _day(value.get("to"), "dates_of_birth.to")
    precision = _code(Precision, value.get("precision"), "dates_of_birth.precision")
    if written and start is None:
        known = read_date(written.replace("..", " to ")) if ".." in written else read_date(written)
        if known is None:
            raise _MalformedError("dates_of_birth.value is no date")
        start, end = known.start, known.end
    return ListedDate(written, start, end, precision, _text(value.get("calendar"), "calendar"), note)


def _term(
    item: _Object, field: str, record: Record, findings: list[AlertFinding], *, last: bool
) -> date | None:
    """Read a day of validity: an imprecise one too; one that cannot be read is told, and the alert stays."""
    written = _text(item.get(field), field)
    if written is None or is_endless(written):
        return None
    day = term_day(written, last=last)
    if day is None:
        record.remark(field, written)
        text = f"{field} kept as text; the alert stays"
        findings.append(AlertFinding("list_validity_unread", _ROLE, record.source_id, text))
    return day


def _category(item: _Object, record: Record, words: Words) -> Category | None:
    """Read the category; an authority's own one needs a row in the table of terms, or the alert waits."""
    written = _text(item.get("category"), "category")
    if written is None:
        return None
    if words.decides("category"):
        ours = translate(words.table, "category", written, record, words.findings)
        return Category(ours) if ours else None
    if written in set(Category):
        return Category(written)
    wait(record, "category", written, words.findings)
    return None


def _record(item: _Object, words: Words) -> Record:
    findings = words.findings
    source_id = _text(item.get("source_id"), "source_id")
    if source_id is None:
        raise _MalformedError("source_id is missing")
    provenance = item.get("provenance")
    told: _Object = provenance if isinstance(provenance, dict) else {}
    record = Record(
        source_id,
        str(told.get("file", _ROLE)),
        severity=_severity(item.get("severity")),
        authority=_text(item.get("authority"), "authority"),
        visibility=_text(item.get("visibility"), "visibility"),
        legal_basis=_text(item.get("legal_basis"), "legal_basis"),
        caveat=_text(item.get("caveat"), "caveat"),
        instructions=_text(item.get("instructions"), "instructions"),
        status=_code(AlertStatus, item.get("status") or AlertStatus.ACTIVE, "status"),
        terms=_text(told.get("terms"), "provenance.terms"),
    )
    record.category = _category(item, record, words)
    if record.caveat and (ours := translate(words.table, "caveat", record.caveat, record, findings)):
        record.caveat = ours
    record.valid_from = _term(item, "valid_from", record, findings, last=False)
    record.review_by = _term(item, "review_by", record, findings, last=True)
    record.expires = _term(item, "expires", record, findings, last=True)
    remarks = told.get("remarks")
    for name, texts in (remarks if isinstance(remarks, dict) else {}).items():
        for text in texts if isinstance(texts, list) else []:
            record.remark(str(name), str(text))
    _fill(record, item, words)
    return record


def _severity(value: object) -> int:
    if not isinstance(value, int) or not 1 <= value <= 5:
        raise _MalformedError("severity is no number from 1 to 5")
    return value


def _fill(record: Record, item: _Object, words: Words) -> None:
    identities = _Identities(record)
    for value in _items(item, "names"):
        full = _text(value.get("full"), "names.full")
        if full is None:
            raise _MalformedError("names.full is missing")
        identities.of(value).names.append(
            Name(
                full,
                _code(NameKind, value.get("kind"), "names.kind"),
                _text(value.get("surname"), "names.surname"),
                _text(value.get("given_names"), "names.given_names"),
                _text(value.get("quality"), "names.quality"),
                str(value.get("source", "")),
            )
        )
    for value in _items(item, "dates_of_birth"):
        identities.of(value).dates.append(BirthDate(_birth_date(value), str(value.get("source", ""))))
    for value in _items(item, "unread_dates"):
        note = _text(value.get("note"), "unread_dates.note") or ""
        identities.of(value).dates.append(BirthDate(unread(note), str(value.get("source", ""))))
    for value in _items(item, "documents"):
        identities.of(value).documents.append(_document(value, record, words))
    facts = _items(item, "facts")
    for value in facts:
        kind = _code(FactKind, value.get("kind"), "facts.kind")
        if text := _fact(kind, str(value.get("value")), record, words):
            identities.of(value).facts.append(Fact(kind, text, str(value.get("source", ""))))
    if not facts:
        for field, kind in (("sex", FactKind.SEX), ("nationalities", FactKind.NATIONALITY)):
            for written in _texts(item, field):
                if text := _fact(kind, written, record, words):
                    record.own.facts.append(Fact(kind, text, _ROLE))
        for place in _texts(item, "birth_places"):
            add_birth_place(record, place, _ROLE)


def _fact(kind: FactKind, written: str, record: Record, words: Words) -> str | None:
    """Return a fact in our words; as it is where the table does not cover it."""
    field = _TERMS.get(kind)
    return (
        translate(words.table, field, written, record, words.findings)
        if field and words.decides(field)
        else written
    )


def _word(kind: type[Code], field: str, written: object, record: Record, words: Words, other: Code) -> Code:
    """Return a document's kind or state of ours: by the table where it covers the field."""
    name = f"document_{field}"
    if written is None or not words.decides(name):
        return _code(kind, written if written is not None or field == "type" else other, f"documents.{field}")
    ours = translate(words.table, name, str(written), record, words.findings)
    return kind(ours) if ours else other


def _document(value: _Object, record: Record, words: Words) -> ListedDocument:
    number = _text(value.get("number"), "documents.number")
    if number is None:
        raise _MalformedError("documents.number is missing")
    state = _text(value.get("issuing_state"), "documents.issuing_state")
    return ListedDocument(
        _word(ListedDocumentType, "type", value.get("type"), record, words, ListedDocumentType.OTHER),
        number,
        _fact(FactKind.NATIONALITY, state, record, words) if state else None,
        _word(
            ListedDocumentStatus,
            "status",
            value.get("status") or None,
            record,
            words,
            ListedDocumentStatus.VALID,
        ),
        _day(value.get("from"), "documents.from"),
        _day(value.get("to"), "documents.to"),
        _text(value.get("note"), "documents.note"),
        str(value.get("source", "")),
    )


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read the canonical export; a line that does not keep the shape is set aside with a finding.

    Raises:
        InputError: there is not one file, or no line of it is such an object.
    """
    name, data = only_file(files, (".jsonl", ".json", ".ndjson"), "canonical")
    check_bytes(data, name)
    findings: list[AlertFinding] = []
    data = readable(data, _ROLE, findings, encoding_of(options))
    counts: Counter[str] = Counter()
    records = _records(data, Words(terms_of(options), findings), counts)
    if (first := next(records, None)) is None:
        raise refused("no line is an object of the canonical model", name, "check SOURCE and file")
    return assemble(chain([first], records), options, findings=findings, counts=counts)


def _records(data: bytes, words: Words, counts: Counter[str]) -> Iterator[Record]:
    for number, line in enumerate(io.BytesIO(data), start=1):
        if not line.strip():
            continue
        counts["entries"] += 1
        try:
            item = json.loads(line)
            if not isinstance(item, dict):
                raise _MalformedError("the line is no object")
            record = _record(item, words)
        except (_MalformedError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
            text = str(fault) if isinstance(fault, _MalformedError) else "the line is no JSON"
            counts["malformed"] += 1
            words.findings.append(AlertFinding("list_row_malformed", _ROLE, str(number), text))
            continue
        yield record


def record_of(item: _Object) -> Record:
    """Read one object of the canonical model as its author means it: what cannot be read is no alert.

    Raises:
        ValueError: it does not keep the shape; the text names the field, never the value.
    """
    findings: list[AlertFinding] = []
    try:
        for field in ("valid_from", "review_by", "expires"):
            _day(item.get(field), field)
        record = _record(item, Words(None, findings))
    except _MalformedError as fault:
        raise ValueError(str(fault)) from None
    if findings:
        raise ValueError(findings[0].text)
    return record


IMPORTER = Importer("canonical", (".jsonl", ".json", ".ndjson"), read)
