"""API and PNR of one leg joined traveller by traveller, each join with its basis, none by guess.

The order of the bases is that of `JoinBasis` (message-formats.md, section 6): booking locator and name;
traveller reference (API RFF+ABO, PNR REF); document number and state; surname, given-name prefix and birth
date; name and seat. At each of them a pair is joined only if neither side has another candidate. Equal
names go before names that only agree (same.py), so that JOHN and JOHNNY of one booking do not stand in each
other's way. A weaker basis may decide between candidates that a stronger one left open; who is still open
after the last is counted.

A birth date that contradicts refuses a pair unless the document says otherwise; a document or reference
shared by travellers of whom nothing else agrees is no join but a finding.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from screening.manifests.persons import Person
from screening.manifests.same import Key, contradicts, names_agree, same_document, touches
from screening.manifests.statements import Facts
from screening.tables.codes import JoinBasis


@dataclass(slots=True)
class Joined:
    """Joins of a leg: number of the API person -> (number of the PNR person, basis)."""

    pairs: dict[int, tuple[int, JoinBasis]] = field(default_factory=dict)
    ambiguous: int = 0
    contradicted: int = 0


@dataclass(frozen=True, slots=True)
class _Basis:
    basis: JoinBasis
    keys: Callable[[Facts, int], Iterable[Key]]
    fits: Callable[[Facts, int, int], bool]


def _locator_and_name(facts: Facts, row: int) -> Iterable[Key]:
    return ((facts.locator[row], facts.name[row]),) if facts.locator[row] and facts.name[row] else ()


def _locator(facts: Facts, row: int) -> Iterable[Key]:
    return ((facts.locator[row], facts.name[row][:1]),) if facts.locator[row] and facts.name[row] else ()


def _reference(facts: Facts, row: int) -> Iterable[Key]:
    return ((facts.traveller_reference[row],),) if facts.traveller_reference[row] else ()


def _document(facts: Facts, row: int) -> Iterable[Key]:
    return [(document,) for document in facts.documents[row]]


def _name_and_birth(facts: Facts, row: int) -> Iterable[Key]:
    born = facts.born[row]
    return ((facts.name[row][:1], born),) if facts.name[row] and born is not None else ()


def _seat(facts: Facts, row: int) -> Iterable[Key]:
    return ((facts.seat[row],),) if facts.seat[row] and facts.name[row] else ()


def _not_refuted(facts: Facts, one: int, other: int) -> bool:
    return not contradicts(facts, one, other) or same_document(facts, one, other)


def _agreeing(facts: Facts, one: int, other: int) -> bool:
    return names_agree(facts, one, other) and _not_refuted(facts, one, other)


_BASES = (
    _Basis(JoinBasis.LOCATOR_AND_NAME, _locator_and_name, _not_refuted),
    _Basis(JoinBasis.LOCATOR_AND_NAME, _locator, _agreeing),
    _Basis(JoinBasis.TRAVELLER_REFERENCE, _reference, touches),
    _Basis(JoinBasis.DOCUMENT, _document, touches),
    _Basis(JoinBasis.NAME_AND_BIRTH_DATE, _name_and_birth, names_agree),
    _Basis(JoinBasis.NAME_AND_SEAT, _seat, _agreeing),
)
_TELLING = frozenset({JoinBasis.TRAVELLER_REFERENCE, JoinBasis.DOCUMENT})


def join(facts: Facts, api: Sequence[Person], pnr: Sequence[Person]) -> Joined:
    """Join the travellers present in the API with those present in the PNR of one leg.

    Returns:
        Pairs by their numbers in `api` and `pnr`; how many API travellers stayed open because they had
        several candidates, or were asked for by several; how many share a document or reference with
        somebody else.
    """
    joined = Joined()
    open_api = {number for number, person in enumerate(api) if person.present}
    open_pnr = {number for number, person in enumerate(pnr) if person.present}
    torn: set[int] = set()
    refused: set[int] = set()
    for basis in _BASES:
        if not (open_api and open_pnr):
            break
        edges = _edges(facts, basis, (api, pnr), (open_api, open_pnr), refused)
        asked: dict[int, int] = {}
        for candidates in edges.values():
            for candidate in candidates:
                asked[candidate] = asked.get(candidate, 0) + 1
        for number, candidates in edges.items():
            if len(candidates) == 1 and asked[candidates[0]] == 1:
                joined.pairs[number] = (candidates[0], basis.basis)
                open_api.discard(number)
                open_pnr.discard(candidates[0])
            else:
                torn.add(number)
    joined.ambiguous = len(torn & open_api)
    joined.contradicted = len(refused & open_api)
    return joined


def _edges(
    facts: Facts,
    basis: _Basis,
    sides: tuple[Sequence[Person], Sequence[Person]],
    open_: tuple[set[int], set[int]],
    refused: set[int],
) -> dict[int, list[int]]:
    """Return the candidates of each open API traveller; those refused at a telling basis are noted."""
    api, pnr = sides
    by_key: dict[Key, list[int]] = {}
    for number in sorted(open_[1]):
        for key in dict.fromkeys(key for row in pnr[number].rows for key in basis.keys(facts, row)):
            by_key.setdefault(key, []).append(number)
    edges: dict[int, list[int]] = {}
    for number in sorted(open_[0]):
        own = dict.fromkeys(key for row in api[number].rows for key in basis.keys(facts, row))
        candidates = dict.fromkeys(other for key in own for other in by_key.get(key, ()))
        if not candidates:
            continue
        fitting = [other for other in candidates if _any_fits(facts, basis, api[number], pnr[other])]
        if fitting:
            edges[number] = fitting
        elif basis.basis in _TELLING:
            refused.add(number)
    return edges


def _any_fits(facts: Facts, basis: _Basis, one: Person, other: Person) -> bool:
    return any(basis.fits(facts, row, also) for row in one.rows for also in other.rows)
