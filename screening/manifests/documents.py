"""Documents: those of the statements, and those of a traveller as they are united from several statements.

Rule: two documents are one when their numbers are equal, their issuing states are equal or one is unknown,
and their kinds are equal or one is unknown (`other`): PNR often lacks kind or state of what the API states
in full. The first one stays, in the order API before PNR and later before earlier statement, and what it
lacks is filled from the other. The key of a person is the best document: passport before national identity
card and so on, visas and unknown kinds last; among equals the lexicographically first, so that it does not
depend on who sent it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.documents import document_key
from screening.tables.codes import CheckDigit, DocumentType

_FIELDS = (
    "type",
    "type_as_sent",
    "number",
    "issuing_state",
    "expiry",
    "check_digit",
    "surname",
    "given_names",
)
_RANK = {
    kind: place
    for place, kind in enumerate(
        (
            DocumentType.PASSPORT,
            DocumentType.NATIONAL_ID,
            DocumentType.TRAVEL_DOCUMENT,
            DocumentType.RESIDENCE,
            DocumentType.MILITARY,
            DocumentType.CREW,
            DocumentType.OTHER,
            DocumentType.VISA,
        )
    )
}


@dataclass(slots=True)
class CarriedDocument:
    """One document, as stated or as united."""

    type: str
    type_as_sent: str | None
    number: str
    issuing_state: str | None
    expiry: date | None
    check_digit: str
    surname: str | None
    given_names: str | None

    @property
    def key(self) -> str:
        """NUMBER@STATE."""
        return document_key(self.number, self.issuing_state)

    def is_also(self, other: "CarriedDocument") -> bool:
        """Is the other one the same document?"""
        return (
            self.number == other.number
            and (
                self.issuing_state == other.issuing_state or None in {self.issuing_state, other.issuing_state}
            )
            and (self.type == other.type or DocumentType.OTHER in {self.type, other.type})
        )

    def united(self, other: "CarriedDocument") -> "CarriedDocument":
        """Fill what this one lacks from the other."""
        kind = other if self.type == DocumentType.OTHER else self
        name = self if self.surname or self.given_names else other
        check = self.check_digit if self.check_digit != CheckDigit.NONE else other.check_digit
        return CarriedDocument(
            type=kind.type,
            type_as_sent=kind.type_as_sent or self.type_as_sent,
            number=self.number,
            issuing_state=self.issuing_state or other.issuing_state,
            expiry=self.expiry or other.expiry,
            check_digit=check,
            surname=name.surname,
            given_names=name.given_names,
        )

    def written_name(self) -> str | None:
        """Return the name in it as SURNAME/GIVEN NAMES; None where it holds none."""
        if not (self.surname or self.given_names):
            return None
        return f"{self.surname or ''}/{self.given_names or ''}"


@dataclass(frozen=True, slots=True)
class DocumentIndex:
    """Documents by statement, in the order of the statement."""

    columns: tuple[list[object], ...]
    places: dict[str, list[int]]
    keys: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, documents: pa.Table, statement_ids: pa.ChunkedArray) -> "DocumentIndex":
        """Index the documents of some statements; doubled rows count once.

        Args:
            documents: STATEMENT_DOCUMENTS in any order; those without number are no documents.
            statement_ids: the statements.
        """
        wanted = pc.and_(
            pc.is_in(documents["statement_id"], statement_ids.combine_chunks().unique()),
            pc.not_equal(documents["number"], ""),
        )
        table = documents.filter(wanted).sort_by([("statement_id", "ascending"), ("ordinal", "ascending")])
        columns = tuple(table[name].to_pylist() for name in _FIELDS)
        places: dict[str, list[int]] = {}
        keys: dict[str, tuple[str, ...]] = {}
        before: tuple[str, int] | None = None
        named = (table[name].to_pylist() for name in ("statement_id", "ordinal", "number", "issuing_state"))
        for place, (identifier, ordinal, number, state) in enumerate(zip(*named, strict=True)):
            if (identifier, ordinal) != before:
                before = identifier, ordinal
                places.setdefault(identifier, []).append(place)
                key = document_key(number, state)
                held = keys.get(identifier, ())
                if key not in held:
                    keys[identifier] = (*held, key)
        return cls(columns, places, keys)

    def document(self, place: int) -> CarriedDocument:
        """Return one document."""
        return CarriedDocument(*(column[place] for column in self.columns))  # type: ignore[arg-type]  # columns of Arrow are untyped

    def unite(self, statement_ids: Iterable[str]) -> list[CarriedDocument]:
        """Return the documents of a traveller, doubles united, in the order of the statements."""
        found: list[CarriedDocument] = []
        for identifier in statement_ids:
            for place in self.places.get(identifier, ()):
                new = self.document(place)
                for number, held in enumerate(found):
                    if held.is_also(new):
                        found[number] = held.united(new)
                        break
                else:
                    found.append(new)
        return found


def best(
    documents: Iterable[CarriedDocument], but: frozenset[str] | set[str] = frozenset()
) -> CarriedDocument | None:
    """Return the document by which a person is known; `but` are keys that tell nobody from others."""
    fitting = [document for document in documents if document.key not in but]
    return min(fitting, key=lambda document: (_RANK[DocumentType(document.type)], document.key), default=None)
