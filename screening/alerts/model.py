"""What an importer gives: records of sought persons and documents, put into the five alert tables.

An importer turns a publisher's files into `Record`s and hands them to `assemble`, which alone decides order,
ordinals and hashes: equal content gives equal rows, in whatever order the publisher wrote it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import pyarrow as pa

from screening.alerts.dates import ListedDate
from screening.alerts.finding_kinds import KINDS
from screening.alerts.sufficiency import is_sufficient
from screening.alerts.text import script
from screening.tables import alerts as t
from screening.tables.codes import (
    AlertStatus,
    Category,
    FactKind,
    Level,
    ListedDocumentStatus,
    ListedDocumentType,
    NameKind,
)

T = TypeVar("T")
UNKNOWN_AUTHORITY = "unknown"
LEVELS: Mapping[str, Level] = {kind.code: kind.level for kind in KINDS}
_NAME_RANK = {kind: rank for rank, kind in enumerate(NameKind)}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the agency decided about a list (from its ListPolicy).

    Attributes:
        list_id: id of the list; first half of each alert_id.
        category: what its alerts ask for, unless a record says otherwise.
        severity: 1 inform … 5 stop.
        authority: who answers for the list, unless the source names it.
        mapping: TOML of the mapping file; only `own` reads it.
    """

    list_id: str
    category: Category = Category.INFORM
    severity: int = 3
    authority: str = UNKNOWN_AUTHORITY
    mapping: bytes | None = None


@dataclass(frozen=True, slots=True)
class AlertFinding:
    """One deviation of a list; names file, record and field, never the value.

    Attributes:
        code: a code of `screening.alerts.finding_kinds.KINDS`.
        file: the publisher's file, by its role (`sdn`, `alt`, …).
        record: the publisher's id of the record, else the row's number; None for the file as a whole.
        text: one sentence for the person who acts.
    """

    code: str
    file: str
    record: str | None
    text: str

    @property
    def level(self) -> Level:
        """How much it matters."""
        return LEVELS[self.code]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the publisher spells it."""

    full: str
    kind: NameKind
    surname: str | None = None
    given_names: str | None = None
    quality: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A date of birth and where it stood."""

    date: ListedDate
    source: str = ""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document of the person, or the sought document itself."""

    type: ListedDocumentType
    number: str
    state: str | None = None
    status: ListedDocumentStatus = ListedDocumentStatus.VALID
    issued: date | None = None
    expires: date | None = None
    note: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Sex, nationality or birth place."""

    kind: FactKind
    value: str
    source: str = ""


@dataclass(slots=True)
class Identity:
    """Values that belong together: the person's own, or those of one alias or one false document."""

    names: list[Name] = field(default_factory=list)
    dates: list[BirthDate] = field(default_factory=list)
    documents: list[ListedDocument] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """One alert before it becomes rows.

    Attributes:
        source_id: the publisher's own stable id.
        file: role of the file that it came from.
        own: identity 0.
        others: further identities (aliases with data of their own).
        remarks: everything else that the source says, by field; kept in the alert's provenance.
    """

    source_id: str
    file: str
    own: Identity = field(default_factory=Identity)
    others: list[Identity] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    category: Category | None = None
    severity: int | None = None
    authority: str | None = None
    visibility: str | None = None
    legal_basis: str | None = None
    caveat: str | None = None
    instructions: str | None = None
    valid_from: date | None = None
    review_by: date | None = None
    expires: date | None = None
    status: AlertStatus = AlertStatus.ACTIVE

    def remark(self, name: str, text: str) -> None:
        """Keep a text that has no column of its own."""
        if text and text not in self.remarks.setdefault(name, []):
            self.remarks[name].append(text)


@dataclass(frozen=True)
class Imported:
    """One state of a list: five Arrow tables, what deviated, what was counted.

    Attributes:
        published: the publisher's own date of the file, where it has one.
    """

    alerts: pa.Table
    names: pa.Table
    dates: pa.Table
    documents: pa.Table
    facts: pa.Table
    findings: tuple[AlertFinding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    published: date | None = None

    def tables(self) -> dict[str, pa.Table]:
        """Return the five tables by the name of their file."""
        return {
            "alerts": self.alerts, "alert_names": self.names, "alert_dates": self.dates,
            "alert_documents": self.documents, "alert_facts": self.facts,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Importer:
    """One list format.

    Attributes:
        source: word for the command line and the profile.
        endings: endings of the files that it takes from a folder.
        read: files by name and options to tables; raises InputError where the files cannot be this list.
    """

    source: str
    endings: tuple[str, ...]
    read: Callable[[Mapping[str, bytes], ImportOptions], Imported]


def unique(values: Iterable[T], key: Callable[[T], object]) -> list[T]:
    """Return the first of the values of each key, in order."""
    seen: dict[object, T] = {}
    for value in values:
        seen.setdefault(key(value), value)
    return list(seen.values())


def _sorted_identity(identity: Identity) -> Identity:
    """Order by content, so that the publisher's order leaves no trace.

    What a source says twice is two rows, as nothing may go missing; facts are sets.
    """
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
    facts = sorted(identity.facts, key=lambda f: (list(FactKind).index(f.kind), f.value, f.source))
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


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _authority(record: Record, options: ImportOptions) -> str:
    """Return the agency's word for who answers; without one the publisher's own."""
    if options.authority != UNKNOWN_AUTHORITY:
        return options.authority
    return record.authority or UNKNOWN_AUTHORITY


class _Rows:
    """Rows of the five tables while records are put in."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, object]] = []
        self.names: list[dict[str, object]] = []
        self.dates: list[dict[str, object]] = []
        self.documents: list[dict[str, object]] = []
        self.facts: list[dict[str, object]] = []

    def add(self, record: Record, options: ImportOptions) -> None:
        alert_id = f"{options.list_id}:{record.source_id}"
        others = sorted(
            (_sorted_identity(other) for other in record.others), key=lambda o: _text(_content(o))
        )
        identities = [_sorted_identity(record.own), *others]
        terms: dict[str, object] = {
            "category": record.category or options.category,
            "severity": record.severity or options.severity,
            "authority": _authority(record, options),
            "visibility": record.visibility,
            "legal_basis": record.legal_basis,
            "caveat": record.caveat,
            "instructions": record.instructions,
            "valid_from": record.valid_from,
            "review_by": record.review_by,
            "expires": record.expires,
            "status": record.status,
        }
        material = {name: str(value) for name, value in terms.items() if name != "legal_basis"}
        content = _text([material, [_content(i) for i in identities]])
        remarks = {name: sorted(texts) for name, texts in record.remarks.items() if texts}
        category = record.category or options.category
        self.alerts.append(
            {
                "alert_id": alert_id, "list": options.list_id, "source_id": record.source_id, **terms,
                "sufficient": is_sufficient(
                    category,
                    names=[name.full for i in identities for name in i.names],
                    dates=sum(d.date.value is not None for i in identities for d in i.dates),
                    nationalities=sum(f.kind is FactKind.NATIONALITY for i in identities for f in i.facts),
                    documents=[(d.number, d.state) for i in identities for d in i.documents],
                ),
                "content_hash": hashlib.sha256(content.encode()).hexdigest(),
                "provenance": _text({"file": record.file, "record": record.source_id, "remarks": remarks}),
            }
        )  # fmt: skip
        self._values(alert_id, identities)

    def _values(self, alert_id: str, identities: list[Identity]) -> None:
        starts = [len(rows) for rows in (self.names, self.dates, self.documents, self.facts)]
        for number, identity in enumerate(identities):
            for name in identity.names:
                self.names.append(
                    {"alert_id": alert_id, "ordinal": len(self.names) - starts[0], "identity": number,
                     "full": name.full, "surname": name.surname, "given_names": name.given_names,
                     "kind": name.kind, "script": script(name.full), "quality": name.quality,
                     "provenance": name.source}
                )  # fmt: skip
            for known in identity.dates:
                d = known.date
                self.dates.append(
                    {"alert_id": alert_id, "ordinal": len(self.dates) - starts[1], "identity": number,
                     "value": d.value, "from": d.start, "to": d.end, "precision": d.precision,
                     "calendar": d.calendar, "note": d.note, "provenance": known.source}
                )  # fmt: skip
            for document in identity.documents:
                self.documents.append(
                    {"alert_id": alert_id, "ordinal": len(self.documents) - starts[2], "identity": number,
                     "type": document.type, "number": document.number, "issuing_state": document.state,
                     "status": document.status, "from": document.issued, "to": document.expires,
                     "note": document.note, "provenance": document.source}
                )  # fmt: skip
            for fact in identity.facts:
                self.facts.append(
                    {"alert_id": alert_id, "ordinal": len(self.facts) - starts[3], "identity": number,
                     "kind": fact.kind, "value": fact.value, "provenance": fact.source}
                )  # fmt: skip


def merge_records(records: Iterable[Record], findings: list[AlertFinding]) -> list[Record]:
    """Put records of one id together, with a finding: two entries of one id must not hide one another."""
    merged: dict[str, Record] = {}
    for record in records:
        first = merged.setdefault(record.source_id, record)
        if first is record:
            continue
        for name in ("names", "dates", "documents", "facts"):
            getattr(first.own, name).extend(getattr(record.own, name))
        first.others.extend(record.others)
        for key, texts in record.remarks.items():
            for text in texts:
                first.remark(key, text)
        findings.append(
            AlertFinding("list_record_doubled", record.file, record.source_id, "put together with the first")
        )
    return list(merged.values())


def assemble(
    records: Iterable[Record],
    options: ImportOptions,
    *,
    findings: Iterable[AlertFinding],
    counts: Mapping[str, int],
    published: date | None = None,
) -> Imported:
    """Make the five tables from records.

    Args:
        records: any order; records of one source_id are put together.
        options: the agency's terms for the list.
        findings: deviations so far.
        counts: what the importer counted (entries, left out, …).
        published: the publisher's date of the file.

    Returns:
        Conforming tables, sorted by key; findings sorted by file, record and code.
    """
    noted = list(findings)
    rows = _Rows()
    kept = merge_records(records, noted)
    for record in kept:
        if not record.own.names and not record.own.documents:
            noted.append(AlertFinding("list_no_name", record.file, record.source_id, "entry without a name"))
        rows.add(record, options)
    tally = Counter(dict(counts)) + Counter({"alerts": len(kept)})
    return Imported(
        alerts=t.ALERTS.table(rows.alerts),
        names=t.ALERT_NAMES.table(rows.names),
        dates=t.ALERT_DATES.table(rows.dates),
        documents=t.ALERT_DOCUMENTS.table(rows.documents),
        facts=t.ALERT_FACTS.table(rows.facts),
        findings=tuple(sorted(noted, key=lambda f: (f.file, f.record or "", f.code, f.text))),
        counts=dict(sorted(tally.items())),
        published=published,
    )
