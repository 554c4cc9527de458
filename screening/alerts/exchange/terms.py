"""A partner's words and ours: a table that people of both agencies have agreed on.

A CSV file with the columns `field`, `code`, `ours`, `relation`: field is `category`, `caveat`,
`document_type`, `sex` or `state`; relation says what our word is against theirs (`exact`, `broader`,
`narrower`). Each category and each caveat must have a row, and each word of another field that the table
speaks of. No row, no guess: the alert waits for a person.

What was translated by a word that is not exact is kept as a remark with the partner's own word.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from screening.alerts.exchange.model import AlertLine, WaitingAlert
from screening.tables.codes import Category, ListedDocumentType, Sex
from screening.tables.errors import ProfileError

_COLUMNS = ["field", "code", "ours", "relation"]
_LONGEST = 200


class Field(StrEnum):
    """Fields whose words are translated."""

    CATEGORY = "category"
    CAVEAT = "caveat"
    DOCUMENT_TYPE = "document_type"
    SEX = "sex"
    STATE = "state"


class Relation(StrEnum):
    """What our word is against the partner's."""

    EXACT = "exact"
    BROADER = "broader"
    NARROWER = "narrower"


_CLOSED: dict[Field, frozenset[str]] = {
    Field.CATEGORY: frozenset(Category),
    Field.DOCUMENT_TYPE: frozenset(ListedDocumentType),
    Field.SEX: frozenset(Sex),
}
_ALWAYS = (Field.CATEGORY, Field.CAVEAT)


@dataclass(frozen=True, slots=True)
class Terms:
    """A table of words.

    Attributes:
        rows: our word and its relation, by field and the partner's word.
        version: first 16 digits of the hash over its sorted rows.
    """

    rows: Mapping[tuple[Field, str], tuple[str, Relation]]
    version: str

    @property
    def fields(self) -> frozenset[Field]:
        """Fields of which every word must have a row."""
        return frozenset({*_ALWAYS, *(field for field, _ in self.rows)})


def read_terms(data: bytes, name: str) -> Terms:
    """Read a table.

    Args:
        data: the file, UTF-8.
        name: what to call it in errors.

    Raises:
        ProfileError: it is no such table; names the row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong("the file is not UTF-8", name) from None
    read = csv.DictReader(io.StringIO(text, newline=""))
    if read.fieldnames != _COLUMNS:
        raise _wrong(f"the columns are not {', '.join(_COLUMNS)}", name)
    rows: dict[tuple[Field, str], tuple[str, Relation]] = {}
    for number, row in enumerate(read, start=2):
        try:
            field, relation = Field(row["field"]), Relation(row["relation"])
        except ValueError:
            raise _wrong(f"row {number}: field or relation is no word of the format", name) from None
        code, ours = (row["code"] or "").strip(), (row["ours"] or "").strip()
        allowed = _CLOSED.get(field)
        if not code or not ours or len(ours) > _LONGEST or (allowed and ours not in allowed):
            raise _wrong(f"row {number}: a word is missing, or ours is none of the closed set", name)
        if (field, code) in rows:
            raise _wrong(f"row {number}: the word stands twice", name)
        rows[field, code] = ours, relation
    canonical = "\n".join(sorted("\t".join((*key, *value)) for key, value in rows.items()))
    return Terms(rows, hashlib.sha256(canonical.encode()).hexdigest()[:16])


def _wrong(what: str, name: str) -> ProfileError:
    return ProfileError(
        what,
        where=name,
        effect="nothing was taken in",
        remedy="columns field,code,ours,relation; fields category, caveat, document_type, sex, state; "
        "relations exact, broader, narrower (docs/exchange.md)",
    )


def translate(
    alerts: Iterable[AlertLine], terms: Terms
) -> tuple[tuple[AlertLine, ...], tuple[WaitingAlert, ...], dict[str, tuple[str, ...]]]:
    """Put a partner's words into ours.

    Args:
        alerts: lines as they came.
        terms: the table.

    Returns:
        The lines, those that have a word without a row as they came; which of them wait, with the first such
        field; remarks by source_id on words that are not exact.
    """
    lines, waiting, remarks = [], [], {}
    for alert in alerts:
        said = _Said(terms)
        line = _line(alert, said)
        if said.missing:
            waiting.append(WaitingAlert(source_id=alert.source_id, field=said.missing[0]))
            line = alert
        elif said.inexact:
            remarks[alert.source_id] = tuple(dict.fromkeys(said.inexact))
        lines.append(line)
    return tuple(lines), tuple(waiting), remarks


class _Said:
    """What is said about one alert while its words are put into ours."""

    def __init__(self, terms: Terms) -> None:
        self._terms, self._fields = terms, terms.fields
        self.missing: list[str] = []
        self.inexact: list[str] = []

    def word(self, field: Field, code: str) -> str:
        if field not in self._fields:
            return code
        found = self._terms.rows.get((field, code))
        if found is None:
            self.missing.append(field)
            return code
        ours, relation = found
        if relation is not Relation.EXACT:
            self.inexact.append(f"{field} {code}: {ours} is {relation}")
        return ours


def _line(alert: AlertLine, said: _Said) -> AlertLine:
    documents = tuple(
        one.model_copy(
            update={
                "type": ListedDocumentType(said.word(Field.DOCUMENT_TYPE, one.type)),
                "issuing_state": said.word(Field.STATE, one.issuing_state) if one.issuing_state else None,
            }
        )
        for one in alert.documents
    )
    facts = tuple(
        one.model_copy(update={"value": said.word(Field(_FACTS[one.kind]), one.value)})
        if one.kind in _FACTS
        else one
        for one in alert.facts
    )
    return alert.model_copy(
        update={
            "category": Category(said.word(Field.CATEGORY, alert.category)),
            "caveat": said.word(Field.CAVEAT, alert.caveat) if alert.caveat is not None else None,
            "documents": documents,
            "facts": facts,
            "sex": tuple(said.word(Field.SEX, one) for one in alert.sex),
            "nationalities": tuple(said.word(Field.STATE, one) for one in alert.nationalities),
        }
    )


_FACTS = {"sex": Field.SEX, "nationality": Field.STATE}
