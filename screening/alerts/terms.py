r"""Tables of terms: an authority's codes and what they mean in ours, in versions.

Authorities name categories, kinds of documents, States, sexes and caveats by their own codes. A table says
what each means here and how well it fits: `exact`; `broader`, where ours says less than theirs; `narrower`,
where ours says more than theirs did. Rule: no row, no guess. An alert whose code has no row is stored and
waits for a person; it raises no hit until the table has the row and the list is imported again. A table
decides for the fields that it has rows for (`Words`); all others are read as the format is without a table.

A table is CSV (field,code,ours,relation) or TOML (version, authority, [[terms]] with the same keys). Fields:
category, document_type, document_status, state, sex, caveat. Source of the relations: W3C SKOS, mapping
properties.

>>> table = parse_terms(b"field,code,ours,relation\ncategory,WL3,refuse_entry,exact\nstate,RUR,RU,exact\n")
>>> table.look("category", " wl3 ").ours, table.look("category", "WL4"), table.covers("sex")
('refuse_entry', None, False)
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.alerts.model import AlertFinding, Record
from screening.alerts.states import state_named
from screening.alerts.text import clean, decode
from screening.tables.codes import AlertStatus, Category, ListedDocumentStatus, ListedDocumentType
from screening.tables.errors import ProfileError

WAITS = "waits_for_term"
"""Name of the remark that says which code an alert waits for."""


class TermField(StrEnum):
    """What a table of terms can translate."""

    CATEGORY = "category"
    DOCUMENT_TYPE = "document_type"
    DOCUMENT_STATUS = "document_status"
    STATE = "state"
    SEX = "sex"
    CAVEAT = "caveat"


class Relation(StrEnum):
    """How our term stands to theirs."""

    EXACT = "exact"
    BROADER = "broader"
    NARROWER = "narrower"


_CLOSED: Mapping[TermField, type[StrEnum]] = {
    TermField.CATEGORY: Category,
    TermField.DOCUMENT_TYPE: ListedDocumentType,
    TermField.DOCUMENT_STATUS: ListedDocumentStatus,
}


class Term(BaseModel):
    """One row: a code of the authority, ours, and how well they fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    field: TermField
    code: Annotated[str, Field(min_length=1, max_length=200)]
    ours: Annotated[str, Field(min_length=1, max_length=500)]
    relation: Relation = Relation.EXACT
    note: str | None = None


class _TermsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    terms: tuple[Term, ...]
    version: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class TermsTable:
    """A table of terms in one version.

    Attributes:
        name: authority and version as the file says them, with the first digits of its hash.
        sha256: of the file.
    """

    name: str
    sha256: str
    rows: Mapping[tuple[TermField, str], Term]

    def covers(self, field: str) -> bool:
        """Say whether the table translates this field at all."""
        return any(each is TermField(field) for each, _ in self.rows)

    def look(self, field: str, code: str) -> Term | None:
        """Return the row of a code, blanks and case apart; None where there is none."""
        return self.rows.get((TermField(field), _key(code)))


def _key(code: str) -> str:
    return clean(code).casefold()


def _refused(problem: str) -> ProfileError:
    return ProfileError(
        f"the table of terms does not hold: {problem}",
        where="--terms, or `terms` of the mapping or the list",
        effect="nothing was imported",
        remedy=f"rows of field, code, ours, relation; fields: {', '.join(TermField)}; relations: "
        f"{', '.join(Relation)}; each code once",
    )


def parse_terms(data: bytes) -> TermsTable:
    """Read a table of terms, CSV or TOML by its content.

    Raises:
        ProfileError: it has another shape, or a row names no term of ours; names the row.
    """
    text, _ = decode(data)
    try:
        if "[[terms]]" in text:
            given: Mapping[str, object] = tomllib.loads(text)
        else:
            first = text.split("\n", 1)[0]
            reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
            given = {
                "terms": [{k: v for k, v in row.items() if k and v} for row in reader if any(row.values())]
            }
        file = _TermsFile.model_validate(given)
    except tomllib.TOMLDecodeError as fault:
        raise _refused(f"no TOML: {fault}") from None
    except ValidationError as fault:
        places = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in fault.errors(include_input=False, include_url=False)[:5]
        )
        raise _refused(places) from None
    sha256 = hashlib.sha256(data).hexdigest()
    return TermsTable(
        " ".join(filter(None, (file.authority, file.version, sha256[:12]))), sha256, _rows(file)
    )


def _rows(file: _TermsFile) -> dict[tuple[TermField, str], Term]:
    rows: dict[tuple[TermField, str], Term] = {}
    for number, term in enumerate(file.terms, start=1):
        closed = _CLOSED.get(term.field)
        if closed is not None and term.ours not in set(closed):
            raise _refused(f"row {number}: `ours` is none of {', '.join(closed)}")
        if term.field is TermField.SEX and term.ours not in {"M", "F", "X"}:
            raise _refused(f"row {number}: `ours` is none of M, F, X")
        if term.field is TermField.STATE and state_named(term.ours) != term.ours:
            raise _refused(f"row {number}: `ours` is no ISO alpha-2 or ICAO code of a State")
        if rows.setdefault((term.field, _key(term.code)), term) is not term:
            raise _refused(f"row {number}: a second row for one code of {term.field}")
    if not rows:
        raise _refused("it has no row")
    return rows


def wait(record: Record, field: str, written: str, findings: list[AlertFinding]) -> None:
    """Let an alert wait for a person: its code has no row, and nobody guesses."""
    record.remark(WAITS, f"{field}: {written}")
    if record.status is AlertStatus.ACTIVE:
        record.status = AlertStatus.HELD
    findings.append(
        AlertFinding(
            "list_term_unknown", record.file, record.source_id, f"{field} has no row in the table of terms"
        )
    )


def translate(
    table: TermsTable | None, field: str, written: str, record: Record, findings: list[AlertFinding]
) -> str | None:
    """Return our term for an authority's code; the record keeps the code where the fit is not exact.

    Args:
        table: the list's table, if it has one.
        field: a TermField.
        written: the code.
        record: waits where the table covers the field and has no row.
        findings: gets what waits, and what we say more exactly than the authority did.

    Returns:
        Our term; None where there is no table for the field (read it as ever), or the alert waits now.
    """
    if table is None or not written or not table.covers(field):
        return None
    record.terms = table.name
    term = table.look(field, written)
    if term is None:
        wait(record, field, written, findings)
        return None
    if term.relation is not Relation.EXACT:
        record.remark(f"term_{field}", f"{written}; ours is {term.relation}: {term.ours}")
    if term.relation is Relation.NARROWER:
        text = f"our {field} says more than the authority's"
        findings.append(AlertFinding("list_term_narrower", record.file, record.source_id, text))
    return term.ours


def take_over(part: Record, record: Record) -> None:
    """Let a record say and wait for what a part of it does that was read before it."""
    for name, texts in part.remarks.items():
        for text in texts:
            record.remark(name, text)
    record.terms = record.terms or part.terms
    if part.status is AlertStatus.HELD and record.status is AlertStatus.ACTIVE:
        record.status = AlertStatus.HELD


class Words:
    """What an authority's words are in ours: by the table for the fields that it covers, else as ever.

    One for each import; every format reads its codes by it.
    """

    def __init__(self, table: TermsTable | None, findings: list[AlertFinding]) -> None:
        """Keep the list's table, if it has one, and the findings of the import."""
        self.table, self.findings = table, findings

    def decides(self, field: str) -> bool:
        """Say whether the table alone decides about a field."""
        return self.table is not None and self.table.covers(field)

    def _ours(self, field: str, written: str, record: Record) -> str | None:
        return translate(self.table, field, written, record, self.findings)

    def state(self, written: str | None, record: Record) -> str | None:
        """Return the code of a State; None where none is read, or the alert waits for the table's row."""
        if written and self.decides(TermField.STATE):
            return self._ours(TermField.STATE, written, record)
        return state_named(written)

    def sex(self, written: str, record: Record, read: Mapping[str, str]) -> str | None:
        """Return M or F; blank where the table says neither or the alert waits, None where it was not read.

        Args:
            written: the authority's word.
            record: waits where the table has no row.
            read: words of the format in small letters.
        """
        if self.decides(TermField.SEX):
            ours = self._ours(TermField.SEX, written, record)
            return ours if ours in {"M", "F"} else ""
        return read.get(written.lower())

    def document_type(
        self, written: str, record: Record, read: Callable[[str], ListedDocumentType | None]
    ) -> ListedDocumentType | None:
        """Return the kind of a document; None where none is read, or the alert waits."""
        if written and self.decides(TermField.DOCUMENT_TYPE):
            ours = self._ours(TermField.DOCUMENT_TYPE, written, record)
            return ListedDocumentType(ours) if ours else None
        return read(written)

    def category(self, codes: Iterable[str], record: Record) -> None:
        """Give a record the category of its programmes or topics, where the table covers categories.

        Without a code it has the list's. Codes that mean several categories wait: nobody chooses among them.
        """
        found = {
            ours
            for code in codes
            if self.decides(TermField.CATEGORY) and (ours := self._ours(TermField.CATEGORY, code, record))
        }
        if len(found) > 1:
            wait(record, TermField.CATEGORY, f"codes of {', '.join(sorted(found))}", self.findings)
        elif found and record.status is not AlertStatus.HELD:
            record.category = Category(found.pop())
