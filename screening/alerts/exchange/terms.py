"""A partner's words and ours: a table of terms (screening.alerts.terms) that people of both have agreed on.

Each category and each caveat of the partner must have a row, and each word of another field that the table
speaks of. No row, no guess: the alert waits for a person. A word that is not exact is kept as a remark beside
the partner's own.
"""

from dataclasses import dataclass

from screening.alerts.exchange.model import AlertLine
from screening.alerts.terms import Relation, TermField, TermsTable
from screening.tables.codes import Category, FactKind, ListedDocumentStatus, ListedDocumentType

_ALWAYS = (TermField.CATEGORY, TermField.CAVEAT)
_FACTS = {FactKind.SEX: TermField.SEX, FactKind.NATIONALITY: TermField.STATE}


@dataclass(frozen=True, slots=True)
class InOurWords:
    """An alert of a partner in our words.

    Attributes:
        line: the alert; as it came where it waits.
        waits: the first field of which a word has no row, None where all have one.
        remarks: on words that are not exact.
    """

    line: AlertLine
    waits: str | None = None
    remarks: tuple[str, ...] = ()


def in_our_words(alert: AlertLine, table: TermsTable | None) -> InOurWords:
    """Put a partner's words into ours.

    Args:
        alert: as it came.
        table: the table of terms; without one the words are ours.
    """
    if table is None:
        return InOurWords(alert)
    said = _Said(table)
    line = _line(alert, said)
    if said.missing:
        return InOurWords(alert, said.missing[0])
    return InOurWords(line, remarks=tuple(dict.fromkeys(said.inexact)))


class _Said:
    """What is said about one alert while its words are put into ours."""

    def __init__(self, table: TermsTable) -> None:
        self._table = table
        self.missing: list[str] = []
        self.inexact: list[str] = []

    def word(self, field: TermField, code: str) -> str:
        if field not in _ALWAYS and not self._table.covers(field):
            return code
        term = self._table.look(field, code)
        if term is None:
            self.missing.append(field)
            return code
        if term.relation is not Relation.EXACT:
            self.inexact.append(f"{field} {code}: {term.ours} is {term.relation}")
        return term.ours


def _line(alert: AlertLine, said: _Said) -> AlertLine:
    documents = tuple(
        one.model_copy(
            update={
                "type": ListedDocumentType(said.word(TermField.DOCUMENT_TYPE, one.type)),
                "status": ListedDocumentStatus(said.word(TermField.DOCUMENT_STATUS, one.status)),
                "issuing_state": said.word(TermField.STATE, one.issuing_state) if one.issuing_state else None,
            }
        )
        for one in alert.documents
    )
    facts = tuple(
        one.model_copy(update={"value": said.word(_FACTS[one.kind], one.value)})
        if one.kind in _FACTS
        else one
        for one in alert.facts
    )
    return alert.model_copy(
        update={
            "category": Category(said.word(TermField.CATEGORY, alert.category)),
            "caveat": said.word(TermField.CAVEAT, alert.caveat) if alert.caveat is not None else None,
            "documents": documents,
            "facts": facts,
            "sex": tuple(said.word(TermField.SEX, one) for one in alert.sex),
            "nationalities": tuple(said.word(TermField.STATE, one) for one in alert.nationalities),
        }
    )
