"""What an importer gives: records of sought persons and documents, put into the five alert tables.

An importer turns a publisher's files into `Record`s and hands them to `assembling.assemble`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import pyarrow as pa

from screening.alerts.dates import ListedDate
from screening.alerts.finding_kinds import KINDS
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
        mapping: TOML of the mapping file; `own` needs one, the others take its `encoding` and `terms`.
        terms: a table of terms beside the mapping, CSV or TOML.
        today: day of the import; decides the century of years of two figures.
    """

    list_id: str
    category: Category = Category.INFORM
    severity: int = 3
    authority: str = UNKNOWN_AUTHORITY
    mapping: bytes | None = None
    terms: bytes | None = None
    today: date | None = None


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
        terms: name of the table of terms that its codes were read by; kept there too.
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
    terms: str | None = None

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
