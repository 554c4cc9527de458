"""API and PNR of one leg joined traveller by traveller, each join with its basis, none by guess.

The order of the bases is that of `JoinBasis` (message-formats.md, section 6): booking locator and name;
traveller reference (API RFF+ABO, PNR REF); document number and state; surname, given-name prefix and birth
date; name and seat. At each of them a pair is joined only if neither side has another candidate. Equal
names go before names that only agree (same.py), so that JOHN and JOHNNY of one booking do not stand in each
other's way. A weaker basis may decide between candidates that a stronger one left open; who is still open
after the last is counted.

Who counts as on the manifest goes first, then everybody: whom a later message left out, or withdrew, in one
source is one traveller with whom the other source names, and never stands in the way of somebody present.

A birth date that contradicts refuses a pair unless the document says otherwise; a document or reference
shared by travellers of whom nothing else agrees is no join but a finding.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from screening.manifests.persons import SourcePerson
from screening.manifests.same import Key, contradicts, names_agree, same_document, touches
from screening.manifests.statements import OrderedStatements
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
    keys: Callable[[OrderedStatements, int], Iterable[Key]]
    fits: Callable[[OrderedStatements, int, int], bool]


def _locator_and_name(ordered: OrderedStatements, row: int) -> Iterable[Key]:
    return ((ordered.locator[row], ordered.name[row]),) if ordered.locator[row] and ordered.name[row] else ()


def _locator(ordered: OrderedStatements, row: int) -> Iterable[Key]:
    return (
        ((ordered.locator[row], ordered.name[row][:1]),) if ordered.locator[row] and ordered.name[row] else ()
    )


def _reference(ordered: OrderedStatements, row: int) -> Iterable[Key]:
    return ((ordered.traveller_reference[row],),) if ordered.traveller_reference[row] else ()


def _document(ordered: OrderedStatements, row: int) -> Iterable[Key]:
    return [(document,) for document in ordered.document_keys[row]]


def _name_and_birth(ordered: OrderedStatements, row: int) -> Iterable[Key]:
    born = ordered.born[row]
    return ((ordered.name[row][:1], born),) if ordered.name[row] and born is not None else ()


def _seat(ordered: OrderedStatements, row: int) -> Iterable[Key]:
    return ((ordered.seat[row],),) if ordered.seat[row] and ordered.name[row] else ()


def _not_refuted(ordered: OrderedStatements, one: int, other: int) -> bool:
    return not contradicts(ordered, one, other) or same_document(ordered, one, other)


def _agreeing(ordered: OrderedStatements, one: int, other: int) -> bool:
    return names_agree(ordered, one, other) and _not_refuted(ordered, one, other)


_BASES = (
    _Basis(JoinBasis.LOCATOR_AND_NAME, _locator_and_name, _not_refuted),
    _Basis(JoinBasis.LOCATOR_AND_NAME, _locator, _agreeing),
    _Basis(JoinBasis.TRAVELLER_REFERENCE, _reference, touches),
    _Basis(JoinBasis.DOCUMENT, _document, touches),
    _Basis(JoinBasis.NAME_AND_BIRTH_DATE, _name_and_birth, names_agree),
    _Basis(JoinBasis.NAME_AND_SEAT, _seat, _agreeing),
)
_TELLING = frozenset({JoinBasis.TRAVELLER_REFERENCE, JoinBasis.DOCUMENT})


def join(ordered: OrderedStatements, api: Sequence[SourcePerson], pnr: Sequence[SourcePerson]) -> Joined:
    """Join the travellers of the API with those of the PNR of one leg.

    Returns:
        Pairs by their numbers in `api` and `pnr`; how many API travellers stayed open because they had
        several candidates, or were asked for by several; how many share a document or reference with
        somebody else.
    """
    joined = Joined()
    ambiguous: set[int] = set()
    refused: set[int] = set()
    present = [{number for number, person in enumerate(side) if person.present} for side in (api, pnr)]
    _join_open(ordered, (api, pnr), (present[0], present[1]), joined, ambiguous, refused)
    taken = {other for other, _ in joined.pairs.values()}
    open_api, open_pnr = set(range(len(api))) - joined.pairs.keys(), set(range(len(pnr))) - taken
    _join_open(ordered, (api, pnr), (open_api, open_pnr), joined, ambiguous, refused)
    open_api -= joined.pairs.keys()
    joined.ambiguous = len(ambiguous & open_api)
    joined.contradicted = len(refused & open_api)
    return joined


def _join_open(
    ordered: OrderedStatements,
    sides: tuple[Sequence[SourcePerson], Sequence[SourcePerson]],
    open_: tuple[set[int], set[int]],
    joined: Joined,
    ambiguous: set[int],
    refused: set[int],
) -> None:
    """Join those open on both sides, basis by basis; who is joined is open no more."""
    open_api, open_pnr = open_
    for basis in _BASES:
        if not (open_api and open_pnr):
            return
        edges = _edges(ordered, basis, sides, open_, refused)
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
                ambiguous.add(number)


def _edges(
    ordered: OrderedStatements,
    basis: _Basis,
    sides: tuple[Sequence[SourcePerson], Sequence[SourcePerson]],
    open_: tuple[set[int], set[int]],
    refused: set[int],
) -> dict[int, list[int]]:
    """Return the candidates of each open API traveller; those refused at a telling basis are noted."""
    api, pnr = sides
    by_key: dict[Key, list[int]] = {}
    for number in sorted(open_[1]):
        for key in dict.fromkeys(key for row in pnr[number].rows for key in basis.keys(ordered, row)):
            by_key.setdefault(key, []).append(number)
    edges: dict[int, list[int]] = {}
    for number in sorted(open_[0]):
        own = dict.fromkeys(key for row in api[number].rows for key in basis.keys(ordered, row))
        candidates = dict.fromkeys(other for key in own for other in by_key.get(key, ()))
        if not candidates:
            continue
        fitting = [other for other in candidates if _any_fits(ordered, basis, api[number], pnr[other])]
        if fitting:
            edges[number] = fitting
        elif basis.basis in _TELLING:
            refused.add(number)
    return edges


def _any_fits(ordered: OrderedStatements, basis: _Basis, one: SourcePerson, other: SourcePerson) -> bool:
    return any(basis.fits(ordered, row, also) for row in one.rows for also in other.rows)
