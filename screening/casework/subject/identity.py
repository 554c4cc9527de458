"""Whose rows are these? Nobody is handed another's data, and nobody's own are kept back for a typing error.

Rules:

* The number of a document with its State is one person's, where name or date of birth do not contradict: one
  of the two agrees. A number under which several people stand, or several States, needs more than the number.
* Name and date of birth are compared as person_key compares them (`identity.person_key`): up to
  transliteration. They name one person where no two documents among them contradict; else the document's
  number is needed too, and who has another document stays out.
* What is only like (the same date of birth and a part of the name; the same name and another date of birth or
  none) is counted, never handed out, corrected or erased.

Source: Regulation (EU) 2016/679 art. 12(6); Directive (EU) 2016/680 art. 12(5): doubts about the identity.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from screening.identity.names import tokens
from screening.identity.person_key import texts


class Strength(StrEnum):
    """How surely a row is the person's."""

    DOCUMENT = "document"
    NAME_AND_BIRTH = "name and date of birth"
    SETTLED = "settled with them"
    OTHER = "may be another's"
    LIKE = "only like"


SURE = frozenset({Strength.DOCUMENT, Strength.NAME_AND_BIRTH, Strength.SETTLED})
SEVERAL_STATES = "several States issued a document of this number: give its State"
SEVERAL_PEOPLE = "several people stand under this number: give name and date of birth too"
SEVERAL_DOCUMENTS = (
    "people of this name and date of birth have different documents: give the number of one of them too"
)
OTHERS_BESIDE = "rows of the same name and date of birth have another document: they are left out"
OTHER_NAME = "rows under this number have another name and date of birth: they are left out"


@dataclass(frozen=True, slots=True, repr=False)
class Described:
    """What a row says of who it is about; never printed.

    Attributes:
        key: kind and id of the row (`statement`, `traveller`, `hit`).
        texts: what person_key would be made of; empty where name or birth is missing.
        words: tokens of its names.
        born: date of birth.
        documents: (number, State or empty).
    """

    key: tuple[str, str]
    texts: frozenset[str]
    words: frozenset[str]
    born: date | None
    documents: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """Who is asked for, as `Described` has it; either of document and texts may be missing."""

    texts: frozenset[str]
    words: frozenset[str]
    born: date | None
    document: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Identified:
    """What was found of a person.

    Attributes:
        strength: by key of the row.
        doubts: why rows are left out, or nothing can be handed out, in words without names.
        clear: nothing stands in the way of handing out what is sure.
    """

    strength: dict[tuple[str, str], Strength]
    doubts: tuple[str, ...]
    clear: bool


def described(
    key: tuple[str, str],
    names: Sequence[tuple[str | None, str | None]],
    born: date | None,
    documents: Iterable[tuple[str, str | None]],
) -> Described:
    """Describe a row.

    Args:
        key: kind and id.
        names: surname and given names, and further spellings.
        born: date of birth.
        documents: number and issuing State.
    """
    found = {text for one in names for text in texts(*one, born)} if born else set()
    words = {word for surname, given in names for word in (*tokens(surname), *tokens(given))}
    held = frozenset((number, state or "") for number, state in documents)
    return Described(key, frozenset(found), frozenset(words), born, held)


def identify_rows(wanted: Wanted, rows: Sequence[Described]) -> Identified:
    """Say of each row whether it is about the person.

    Args:
        wanted: who is asked for.
        rows: candidates; their order has no bearing.
    """
    by_document = [row for row in rows if _has_document(wanted, row)]
    by_name = [row for row in rows if wanted.texts & row.texts]
    found = {row.key: Strength.LIKE for row in rows if _is_like(wanted, row)}
    if wanted.document is None:
        several = len(_groups([row.documents for row in by_name if row.documents])) > 1
        strength = Strength.OTHER if several else Strength.NAME_AND_BIRTH
        found |= {row.key: strength for row in by_name}
        return Identified(found, (SEVERAL_DOCUMENTS,) if several else (), not several)
    doubts = []
    states = {state for row in by_document for number, state in row.documents if number == wanted.document[0]}
    if not wanted.document[1] and len(states - {""}) > 1:
        doubts.append(SEVERAL_STATES)
    if not wanted.texts and len(_groups([_marks(row) for row in by_document])) > 1:
        doubts.append(SEVERAL_PEOPLE)
    if doubts:
        return Identified(
            found | {row.key: Strength.OTHER for row in by_document}, tuple(doubts), clear=False
        )
    theirs = [row for row in by_document if not wanted.texts or _agrees(wanted, row)]
    known = {document for row in theirs for document in row.documents}
    found |= {row.key: Strength.OTHER for row in by_document}
    found |= {
        row.key: Strength.OTHER if row.documents and not row.documents & known else Strength.NAME_AND_BIRTH
        for row in by_name
    }
    found |= {row.key: Strength.DOCUMENT for row in theirs}
    beside = any(found[row.key] is Strength.OTHER for row in by_name)
    other = any(found[row.key] is Strength.OTHER for row in by_document)
    told = [text for text, stands in ((OTHERS_BESIDE, beside), (OTHER_NAME, other)) if stands]
    return Identified(found, tuple(told), clear=True)


def _has_document(wanted: Wanted, row: Described) -> bool:
    if wanted.document is None:
        return False
    number, state = wanted.document
    return any(
        held == number and (not state or issuer == state or (not issuer and _agrees(wanted, row)))
        for held, issuer in row.documents
    )


def _agrees(wanted: Wanted, row: Described) -> bool:
    """Under one number: name or date of birth agree, or there is nothing to compare."""
    nothing = not row.words and row.born is None
    return nothing or row.born == wanted.born is not None or bool(row.words & wanted.words)


def _is_like(wanted: Wanted, row: Described) -> bool:
    if not wanted.words:
        return False
    shared = wanted.words & row.words
    return bool(shared) and (row.born == wanted.born or wanted.words <= row.words)


def _marks(row: Described) -> frozenset[object]:
    """What ties rows of one number together: a date of birth, a word of a name."""
    marks: set[object] = {*row.words}
    return frozenset(marks | ({row.born} if row.born else set()))


def _groups(sets: Iterable[frozenset[object]] | Iterable[frozenset[tuple[str, str]]]) -> list[set[object]]:
    """Join sets that share a member, directly or by way of others; empty ones stand with nobody."""
    groups: list[set[object]] = []
    for one in sets:
        if not one:
            continue
        touching = [group for group in groups if not group.isdisjoint(one)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(one).union(*touching))
    return groups
