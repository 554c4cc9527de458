"""When are two statements about the same person? Only on evidence, never by the look of it.

Names agree when surname and given names are equal, when the surnames are equal and one given name begins
with the other (second names are dropped, `J` stands for `JOHN`), or when both written as one word are equal
(the border between surname and given names is drawn differently); each up to transliteration.

A birth date contradicts when both are known and differ. Nobody is taken for another whose birth date
contradicts, unless name and document say that it is he: two wrong joins of a father and a son who share a
name would leave one of them unscreened.
"""

from collections.abc import Callable, Hashable
from enum import IntEnum

from screening.identity.names import merge_transliterations
from screening.manifests.facts import Facts

Key = tuple[Hashable, ...]


class Tier(IntEnum):
    """Keys by which a statement is found again among those of the same source, strongest first."""

    ALL = 0  # document, name and birth date
    NAME_AND_BIRTH_DATE = 1
    DOCUMENT_AND_NAME = 2
    LOCATOR_AND_NAME = 3
    DOCUMENT = 4
    REFERENCE = 5
    NAME = 6
    SURNAME = 7


STRICT = frozenset({Tier.ALL, Tier.NAME_AND_BIRTH_DATE})
_LOOSE = frozenset({Tier.DOCUMENT, Tier.REFERENCE})
_NAME_ALONE = frozenset({Tier.NAME, Tier.SURNAME})


def _all(facts: Facts, row: int) -> list[Key]:
    name, born = facts.name[row], facts.born[row]
    return [(document, name, born) for document in facts.documents[row]] if name else []


def _name_and_birth_date(facts: Facts, row: int) -> list[Key]:
    name, born = facts.name[row], facts.born[row]
    return [(name, born)] if name and born is not None else []


def _document_and_name(facts: Facts, row: int) -> list[Key]:
    return [(document, facts.name[row]) for document in facts.documents[row]] if facts.name[row] else []


def _locator_and_name(facts: Facts, row: int) -> list[Key]:
    return [(facts.locator[row], facts.name[row])] if facts.locator[row] and facts.name[row] else []


def _document(facts: Facts, row: int) -> list[Key]:
    return [(document,) for document in facts.documents[row]]


def _reference(facts: Facts, row: int) -> list[Key]:
    locator, booked = facts.locator[row], facts.booking_reference[row]
    found: list[Key] = [("booking", locator, booked)] if locator and booked else []
    if facts.traveller_reference[row]:
        found.append(("traveller", facts.traveller_reference[row]))
    return found


_KEYS: dict[Tier, Callable[[Facts, int], list[Key]]] = {
    Tier.ALL: _all,
    Tier.NAME_AND_BIRTH_DATE: _name_and_birth_date,
    Tier.DOCUMENT_AND_NAME: _document_and_name,
    Tier.LOCATOR_AND_NAME: _locator_and_name,
    Tier.DOCUMENT: _document,
    Tier.REFERENCE: _reference,
    Tier.NAME: lambda facts, row: [(facts.name[row],)] if facts.name[row] else [],
    Tier.SURNAME: lambda facts, row: (
        [(merge_transliterations(facts.surname[row]),)] if facts.surname[row] else []
    ),
}


def keys(facts: Facts, row: int, tier: Tier) -> list[Key]:
    """Give the keys of a statement at a tier; none where it lacks what they are made of."""
    return _KEYS[tier](facts, row)


def contradicts(facts: Facts, one: int, other: int) -> bool:
    """Are both birth dates known, and different?"""
    born, also = facts.born[one], facts.born[other]
    return born is not None and also is not None and born != also


def names_agree(facts: Facts, one: int, other: int) -> bool:
    """Do the names agree in the sense of the module?"""
    names, surnames = (facts.name[one], facts.name[other]), (facts.surname[one], facts.surname[other])
    if names[0] == names[1]:
        return bool(names[0])
    if merge_transliterations(names[0]) == merge_transliterations(names[1]):
        return True
    if not surnames[0] or merge_transliterations(surnames[0]) != merge_transliterations(surnames[1]):
        return False
    given, also = merge_transliterations(facts.given[one]), merge_transliterations(facts.given[other])
    return given.startswith(also) or also.startswith(given)


def touches(facts: Facts, one: int, other: int) -> bool:
    """Is there, beside a shared document or reference, a second thing that says it is one person?

    Names that agree, or the same given names (married), or the same birth date (corrected, or fields
    swapped).
    A surname alone is not enough: families book on one document.
    """
    if names_agree(facts, one, other):
        return True
    if contradicts(facts, one, other):
        return False
    same_given = bool(facts.given[one]) and facts.given[one] == facts.given[other]
    return same_given or (facts.born[one] is not None and facts.born[one] == facts.born[other])


def same_document(facts: Facts, one: int, other: int) -> bool:
    """Do both state the same document (number and state)?"""
    documents = facts.documents[other]
    return any(document in documents for document in facts.documents[one])


def documents_differ(facts: Facts, one: int, other: int) -> bool:
    """Do both state documents, and none in common?"""
    return bool(facts.documents[one] and facts.documents[other]) and not same_document(facts, one, other)


def fits(facts: Facts, tier: Tier, one: int, other: int) -> bool:
    """May two statements that share a key of this tier be taken for one person's?"""
    if tier in STRICT:
        return True
    if contradicts(facts, one, other) and not (
        names_agree(facts, one, other) and same_document(facts, one, other)
    ):
        return False
    if tier in _NAME_ALONE:
        return names_agree(facts, one, other) and not documents_differ(facts, one, other)
    return tier not in _LOOSE or touches(facts, one, other)
