"""When are two statements about the same person? Only on evidence, never by the look of it.

Names agree when surname and given names are equal, when the surnames are equal and one given name begins
with the other (second names are dropped, `J` stands for `JOHN`), or when both written as one word are equal
(the border between surname and given names is drawn differently); each up to transliteration.

A birth date contradicts when both are known and differ. Nobody is taken for another whose birth date
contradicts, unless name and document say it is: two wrong joins of a father and a son who share a
name would leave one of them unscreened.
"""

from collections.abc import Callable, Hashable
from enum import IntEnum

from screening.identity.names import merge_transliterations
from screening.manifests.statements import OrderedStatements

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


def _all(ordered: OrderedStatements, row: int) -> list[Key]:
    name, born = ordered.name[row], ordered.born[row]
    return [(document, name, born) for document in ordered.document_keys[row]] if name else []


def _name_and_birth_date(ordered: OrderedStatements, row: int) -> list[Key]:
    name, born = ordered.name[row], ordered.born[row]
    return [(name, born)] if name and born is not None else []


def _document_and_name(ordered: OrderedStatements, row: int) -> list[Key]:
    return (
        [(document, ordered.name[row]) for document in ordered.document_keys[row]]
        if ordered.name[row]
        else []
    )


def _locator_and_name(ordered: OrderedStatements, row: int) -> list[Key]:
    return [(ordered.locator[row], ordered.name[row])] if ordered.locator[row] and ordered.name[row] else []


def _document(ordered: OrderedStatements, row: int) -> list[Key]:
    return [(document,) for document in ordered.document_keys[row]]


def _reference(ordered: OrderedStatements, row: int) -> list[Key]:
    locator, booked = ordered.locator[row], ordered.booking_reference[row]
    found: list[Key] = [("booking", locator, booked)] if locator and booked else []
    if ordered.traveller_reference[row]:
        found.append(("traveller", ordered.traveller_reference[row]))
    return found


_KEYS: dict[Tier, Callable[[OrderedStatements, int], list[Key]]] = {
    Tier.ALL: _all,
    Tier.NAME_AND_BIRTH_DATE: _name_and_birth_date,
    Tier.DOCUMENT_AND_NAME: _document_and_name,
    Tier.LOCATOR_AND_NAME: _locator_and_name,
    Tier.DOCUMENT: _document,
    Tier.REFERENCE: _reference,
    Tier.NAME: lambda ordered, row: [(ordered.name[row],)] if ordered.name[row] else [],
    Tier.SURNAME: lambda ordered, row: (
        [(merge_transliterations(ordered.surname[row]),)] if ordered.surname[row] else []
    ),
}


def keys(ordered: OrderedStatements, row: int, tier: Tier) -> list[Key]:
    """Return the keys of a statement at a tier; none where it lacks what they are made of."""
    return _KEYS[tier](ordered, row)


def contradicts(ordered: OrderedStatements, one: int, other: int) -> bool:
    """Are both birth dates known, and different? One that is stated beside another may be the right one."""
    born, also = ordered.born[one], ordered.born[other]
    if born is None or also is None or born == also:
        return False
    beside = ordered.other_births
    none: frozenset[int] = frozenset()
    return not beside or not ({born} | beside.get(one, none)) & ({also} | beside.get(other, none))


def names_agree(ordered: OrderedStatements, one: int, other: int) -> bool:
    """Do the names agree in the sense of the module?"""
    names, surnames = (ordered.name[one], ordered.name[other]), (ordered.surname[one], ordered.surname[other])
    if names[0] == names[1]:
        return bool(names[0])
    if merge_transliterations(names[0]) == merge_transliterations(names[1]):
        return True
    if not surnames[0] or merge_transliterations(surnames[0]) != merge_transliterations(surnames[1]):
        return False
    given, also = merge_transliterations(ordered.given[one]), merge_transliterations(ordered.given[other])
    return given.startswith(also) or also.startswith(given)


def touches(ordered: OrderedStatements, one: int, other: int) -> bool:
    """Is there, beside a shared document or reference, a second thing that says it is one person?

    Names that agree, or the same given names (married), or the same birth date (corrected, or fields
    swapped).
    A surname alone is not enough: families book on one document.
    """
    if names_agree(ordered, one, other):
        return True
    if contradicts(ordered, one, other):
        return False
    same_given = bool(ordered.given[one]) and ordered.given[one] == ordered.given[other]
    return same_given or (ordered.born[one] is not None and ordered.born[one] == ordered.born[other])


def same_document(ordered: OrderedStatements, one: int, other: int) -> bool:
    """Do both state the same document (number and state)?"""
    documents = ordered.document_keys[other]
    return any(document in documents for document in ordered.document_keys[one])


def documents_differ(ordered: OrderedStatements, one: int, other: int) -> bool:
    """Do both state documents, and none in common?"""
    return bool(ordered.document_keys[one] and ordered.document_keys[other]) and not same_document(
        ordered, one, other
    )


def fits(ordered: OrderedStatements, tier: Tier, one: int, other: int) -> bool:
    """May two statements that share a key of this tier be taken for one person's?"""
    if tier in STRICT:
        return True
    if contradicts(ordered, one, other) and not (
        names_agree(ordered, one, other) and same_document(ordered, one, other)
    ):
        return False
    if tier in _NAME_ALONE:
        return names_agree(ordered, one, other) and not documents_differ(ordered, one, other)
    return tier not in _LOOSE or touches(ordered, one, other)
