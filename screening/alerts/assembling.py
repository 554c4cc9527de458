"""Records become rows: order, ordinals and hashes are decided here alone.

Records are taken one at a time and written into Arrow in stretches, so that a list of a million needs
memory for
its rows and not for its records. A record whose id was met before is put together with what that id has, from
its rows; equal content gives equal rows, in whatever order the publisher wrote it.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.damage import likely_pages
from screening.alerts.dates import ListedDate
from screening.alerts.mending import mend
from screening.alerts.model import (
    UNKNOWN_AUTHORITY,
    AlertFinding,
    BirthDate,
    Fact,
    Identity,
    Imported,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
    unique,
)
from screening.alerts.number_cells import budget
from screening.alerts.sufficiency import is_sufficient
from screening.alerts.text import script
from screening.tables import alerts as t
from screening.tables.codes import (
    AlertStatus,
    Category,
    FactKind,
    ListedDocumentStatus,
    ListedDocumentType,
    NameKind,
    Precision,
)
from screening.tables.model import TableSpec

STRETCH = 20_000
"""Records that are held as Python values at a time."""
_NAME_RANK = {kind: rank for rank, kind in enumerate(NameKind)}
_FACT_RANK = {kind: rank for rank, kind in enumerate(FactKind)}
_SPECS = (t.ALERTS, t.ALERT_NAMES, t.ALERT_DATES, t.ALERT_DOCUMENTS, t.ALERT_FACTS)


def _sorted_identity(identity: Identity) -> Identity:
    """Order by content, so that the publisher's order leaves no trace.

    What a source says twice is two rows, as nothing may go missing; facts are sets.
    """
    if max(len(identity.names), len(identity.dates), len(identity.documents), len(identity.facts)) < 2:
        return identity
    names = sorted(
        identity.names,
        key=lambda n: (
            _NAME_RANK[n.kind],
            n.full,
            n.surname or "",
            n.given_names or "",
            n.quality or "",
            n.source,
        ),
    )
    dates = sorted(
        identity.dates,
        key=lambda d: (
            d.date.start or date.max,
            d.date.value or "",
            d.date.precision,
            d.date.note or "",
            d.source,
        ),
    )
    documents = sorted(
        identity.documents,
        key=lambda d: (
            d.type,
            d.number,
            d.state or "~",
            d.status,
            str(d.issued),
            str(d.expires),
            d.note or "",
            d.source,
        ),
    )
    facts = sorted(identity.facts, key=lambda f: (_FACT_RANK[f.kind], f.value, f.source))
    return Identity(names, dates, documents, unique(facts, lambda f: (f.kind, f.value)))


def _content(identity: Identity) -> list[object]:
    """Return what a matcher or the reader of a hit acts on, without where it stood."""
    return [
        [[n.kind, n.full, n.surname, n.given_names, n.quality] for n in identity.names],
        [[d.date.value, d.date.precision, d.date.note, d.date.calendar] for d in identity.dates],
        [
            [d.type, d.number, d.state, d.status, str(d.issued), str(d.expires), d.note]
            for d in identity.documents
        ],
        [[f.kind, f.value] for f in identity.facts],
    ]


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _text(content: object) -> str:
    return _JSON.encode(content)


def _authority(record: Record, options: ImportOptions) -> str:
    """Return the agency's word for who answers; without one the publisher's own."""
    if options.authority != UNKNOWN_AUTHORITY:
        return options.authority
    return record.authority or UNKNOWN_AUTHORITY


class _Columns:
    """Rows of one table, by column, until they are a stretch of Arrow."""

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self.rows: list[tuple[object, ...]] = []
        self.batches: list[pa.RecordBatch] = []

    def flush(self) -> None:
        if self.rows:
            columns = zip(*self.rows, strict=True)
            arrays = [
                pa.array(values, field.type) for field, values in zip(self.spec.schema, columns, strict=True)
            ]
            self.batches.append(pa.RecordBatch.from_arrays(arrays, names=self.spec.schema.names))
            self.rows = []

    def table(self) -> pa.Table:
        self.flush()
        plain = pa.schema([(field.name, field.type) for field in self.spec.schema])
        return pa.Table.from_batches(self.batches, plain)


class Assembly:
    """Takes records one at a time; `finish` gives the tables."""

    def __init__(self, options: ImportOptions, findings: list[AlertFinding], *, sets: bool = False) -> None:
        """Begin.

        Args:
            options: the agency's terms for the list.
            findings: deviations; grows.
            sets: whether further records of an id are more values of the same alert, as in lists of one
                row for each value; else two entries share an id, and that is a finding.
        """
        self.options, self.findings, self.sets = options, findings, sets
        self.columns = [_Columns(spec) for spec in _SPECS]
        self.ids: set[str] = set()
        self.late: dict[str, list[Record]] = {}
        self.nameless: dict[str, str] = {}
        self.spend = budget()
        self.damaged: list[str] = []

    def add(self, record: Record) -> None:
        """Take one record."""
        mend(record, self.findings, self.spend, self.damaged)
        if record.source_id in self.ids:
            self.late.setdefault(record.source_id, []).append(record)
            return
        self.ids.add(record.source_id)
        self._rows(record)
        if len(self.columns[0].rows) >= STRETCH:
            for columns in self.columns:
                columns.flush()

    def finish(self) -> list[pa.Table]:
        """Return the five tables, conforming and sorted by key."""
        tables = [columns.table() for columns in self.columns]
        if self.late:
            again = _records(tables, self.options.list_id, sorted(self.late))
            held = pa.array([f"{self.options.list_id}:{key}" for key in self.late])
            kept = [[table.filter(pc.invert(pc.is_in(table["alert_id"], held)))] for table in tables]
            self.columns = [_Columns(spec) for spec in _SPECS]
            for key, records in self.late.items():
                for record in records:
                    merge_record(again[key], record, sets=self.sets)
                    if not self.sets:
                        self.findings.append(
                            AlertFinding(
                                "list_record_doubled", record.file, key, "put together with the first"
                            )
                        )
                self._rows(again[key])
            tables = [
                pa.concat_tables([*before, columns.table()])
                for before, columns in zip(kept, self.columns, strict=True)
            ]
        self.findings.extend(
            AlertFinding("list_no_name", file, key, "entry without a name")
            for key, file in self.nameless.items()
        )
        if self.damaged and (pages := likely_pages(self.damaged)):
            text = f"read as {' or '.join(pages)} the damaged names show no sign"
            self.findings.append(AlertFinding("list_encoding_likely", "file", None, text))
        return [spec.conform(table) for spec, table in zip(_SPECS, tables, strict=True)]

    def _rows(self, record: Record) -> None:
        options = self.options
        alert_id = f"{options.list_id}:{record.source_id}"
        others = [_sorted_identity(other) for other in record.others]
        if len(others) > 1:
            others.sort(key=lambda other: _text(_content(other)))
        identities = [_sorted_identity(record.own), *others]
        if record.own.names or record.own.documents:
            self.nameless.pop(record.source_id, None)
        else:
            self.nameless[record.source_id] = record.file
        category = record.category or options.category
        severity = record.severity or options.severity
        authority = _authority(record, options)
        material = {
            "category": str(category), "severity": str(severity), "authority": authority,
            "visibility": str(record.visibility), "caveat": str(record.caveat),
            "instructions": str(record.instructions), "valid_from": str(record.valid_from),
            "review_by": str(record.review_by), "expires": str(record.expires), "status": str(record.status),
        }  # fmt: skip
        content = _text([material, [_content(i) for i in identities]])
        remarks = {name: sorted(texts) for name, texts in record.remarks.items() if texts}
        told: dict[str, object] = {"file": record.file, "record": record.source_id, "remarks": remarks}
        if record.terms:
            told["terms"] = record.terms
        sufficient = is_sufficient(
            category,
            names=[name.full for i in identities for name in i.names],
            dates=sum(d.date.value is not None for i in identities for d in i.dates),
            nationalities=sum(f.kind is FactKind.NATIONALITY for i in identities for f in i.facts),
            documents=[(d.number, d.state) for i in identities for d in i.documents],
        )
        self.columns[0].rows.append(
            (
                alert_id, options.list_id, record.source_id, category, severity, authority, record.visibility,
                record.legal_basis, record.caveat, record.instructions, record.valid_from, record.review_by,
                record.expires, record.status, sufficient, hashlib.sha256(content.encode()).hexdigest(),
                _text(told),
            )
        )  # fmt: skip
        self._values(alert_id, identities)

    def _values(self, alert_id: str, identities: list[Identity]) -> None:
        _, names, dates, documents, facts = (columns.rows for columns in self.columns)
        starts = [len(rows) for rows in (names, dates, documents, facts)]
        for number, identity in enumerate(identities):
            for name in identity.names:
                names.append(
                    (alert_id, len(names) - starts[0], number, name.full, name.surname, name.given_names,
                     name.kind, script(name.full), name.quality, name.source)
                )  # fmt: skip
            for known in identity.dates:
                d = known.date
                dates.append(
                    (alert_id, len(dates) - starts[1], number, d.value, d.start, d.end, d.precision,
                     d.calendar, d.note, known.source)
                )  # fmt: skip
            for document in identity.documents:
                documents.append(
                    (alert_id, len(documents) - starts[2], number, document.type, document.number,
                     document.state, document.status, document.issued, document.expires, document.note,
                     document.source)
                )  # fmt: skip
            for fact in identity.facts:
                facts.append((alert_id, len(facts) - starts[3], number, fact.kind, fact.value, fact.source))


def merge_record(first: Record, record: Record, *, sets: bool = False) -> None:
    """Put what a further record of an id says to the first; as sets, equal values are one."""
    for name in ("names", "dates", "documents", "facts"):
        getattr(first.own, name).extend(getattr(record.own, name))
    first.others.extend(record.others)
    for key, texts in record.remarks.items():
        for text in texts:
            first.remark(key, text)
    if record.status is AlertStatus.HELD:
        first.status = AlertStatus.HELD
    first.terms = first.terms or record.terms
    if sets:
        own = first.own
        own.names = unique(own.names, lambda n: (n.kind, n.full, n.surname, n.given_names))
        own.dates = unique(own.dates, lambda d: (d.date.value, d.date.precision, d.date.note))
        own.documents = unique(own.documents, lambda d: (d.type, d.number, d.state, d.status))


def _records(tables: list[pa.Table], list_id: str, source_ids: list[str]) -> dict[str, Record]:
    """Return the records of some ids from their rows."""
    wanted = pa.array([f"{list_id}:{key}" for key in source_ids])
    picked = [table.filter(pc.is_in(table["alert_id"], wanted)).to_pylist() for table in tables]
    found: dict[str, Record] = {}
    by_alert: dict[str, dict[int, Identity]] = {}
    for row in picked[0]:
        told = json.loads(row["provenance"])
        record = Record(
            row["source_id"], told["file"], category=Category(row["category"]), severity=row["severity"],
            authority=row["authority"], visibility=row["visibility"], legal_basis=row["legal_basis"],
            caveat=row["caveat"], instructions=row["instructions"], valid_from=row["valid_from"],
            review_by=row["review_by"], expires=row["expires"], status=AlertStatus(row["status"]),
            remarks=told["remarks"], terms=told.get("terms"),
        )  # fmt: skip
        found[record.source_id] = record
        by_alert[row["alert_id"]] = defaultdict(Identity, {0: record.own})
    for kind, rows in zip(("names", "dates", "documents", "facts"), picked[1:], strict=True):
        for row in rows:
            getattr(by_alert[row["alert_id"]][row["identity"]], kind).append(_VALUES[kind](row))
    for row in picked[0]:
        identities = by_alert[row["alert_id"]]
        found[row["source_id"]].others = [identities[number] for number in sorted(identities) if number]
    return found


def _name(row: Mapping[str, Any]) -> Name:
    return Name(
        row["full"],
        NameKind(row["kind"]),
        row["surname"],
        row["given_names"],
        row["quality"],
        row["provenance"],
    )


def _date(row: Mapping[str, Any]) -> BirthDate:
    known = ListedDate(
        row["value"], row["from"], row["to"], Precision(row["precision"]), row["calendar"], row["note"]
    )
    return BirthDate(known, row["provenance"])


def _document(row: Mapping[str, Any]) -> ListedDocument:
    return ListedDocument(
        ListedDocumentType(row["type"]), row["number"], row["issuing_state"],
        ListedDocumentStatus(row["status"]), row["from"], row["to"], row["note"], row["provenance"],
    )  # fmt: skip


def _fact(row: Mapping[str, Any]) -> Fact:
    return Fact(FactKind(row["kind"]), row["value"], row["provenance"])


_VALUES = {"names": _name, "dates": _date, "documents": _document, "facts": _fact}


def assemble(
    records: Iterable[Record],
    options: ImportOptions,
    *,
    findings: list[AlertFinding],
    counts: Counter[str],
    published: date | None = None,
    sets: bool = False,
    ending: Callable[[], None] | None = None,
) -> Imported:
    """Make the five tables from records.

    Args:
        records: any order; records of one source_id are put together.
        options: the agency's terms for the list.
        findings: deviations; may grow while the records are taken.
        counts: what the importer counts (entries, left out, …); may grow meanwhile.
        published: the publisher's date of the file.
        sets: see `Assembly`.
        ending: called when the last record was taken, before counts and findings are.

    Returns:
        Conforming tables, sorted by key; findings sorted by file, record and code.
    """
    assembly = Assembly(options, findings, sets=sets)
    for record in records:
        assembly.add(record)
    if ending is not None:
        ending()
    alerts, names, dates, documents, facts = assembly.finish()
    counts["alerts"] = alerts.num_rows
    return Imported(
        alerts=alerts,
        names=names,
        dates=dates,
        documents=documents,
        facts=facts,
        findings=tuple(sorted(findings, key=lambda f: (f.file, f.record or "", f.code, f.text))),
        counts=dict(sorted((+counts).items())),
        published=published,
    )
