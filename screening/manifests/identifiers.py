"""Identifiers that stay: a traveller keeps the id while messages add up, a person the key from leg to leg.

traveller_id: the id under which any of their statements stood in an earlier night; of several the one whose
earliest statement was sent first, the others are lost to it. Where one id's statements are now several
travellers', who holds its earliest statement keeps it. Else HMAC of first statement and of the
leg under which it was first settled.

person_key, what dispositions and clearances bind to: HMAC of the best document, where nobody else on the
leg states it; else of name and birth date (identity.person_key). A name without a birth date names no
person: clearing one KIM MIN of unknown birth must not silence the next one, so then the key is the
traveller's own.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.person_key import text
from screening.manifests.documents import best
from screening.manifests.settled import SettledTraveller
from screening.manifests.statements import OrderedStatements

Pseudonym = Callable[[str, str], str]
_NOWHERE_ELSE: Mapping[int, str] = MappingProxyType({})
Earlier = dict[str, dict[str, str]]
"""Operating leg -> statement -> traveller_id."""


def earlier_ids(earlier: pa.Table, root: Mapping[str, str], scope: Collection[str]) -> Earlier:
    """Index the travellers of earlier nights by their statements.

    Args:
        earlier: traveller_id, flight_id, statement_ids.
        root: operating leg of each marketing leg; an id given on the latter stays.
        scope: operating legs.
    """
    rows = earlier.select(["traveller_id", "flight_id", "statement_ids"]).combine_chunks()
    parents = pc.list_parent_indices(rows["statement_ids"])
    statements = pc.list_flatten(rows["statement_ids"]).to_pylist()
    columns = (pc.take(rows[name], parents).to_pylist() for name in ("traveller_id", "flight_id"))
    found: Earlier = {}
    # sorted: where two nights gave one statement different ids, the outcome must not depend on their order
    for traveller, flight, statement in sorted(zip(*columns, statements, strict=True)):
        leg = root.get(flight, flight)
        if leg in scope:
            found.setdefault(leg, {}).setdefault(statement, traveller)
    return found


def assign_ids(
    ordered: OrderedStatements,
    flight_id: str,
    travellers: Sequence[SettledTraveller],
    *,
    held: Mapping[str, str],
    pseudonym: Pseudonym,
    stood_on: Mapping[int, str] = _NOWHERE_ELSE,
) -> tuple[int, int]:
    """Assign each traveller of a leg their id.

    Args:
        ordered: the statements.
        flight_id: the leg.
        travellers: who was ever named on it, in the order of their first statements.
        held: statement -> id of earlier nights.
        pseudonym: purpose and text -> keyed pseudonym.
        stood_on: message -> provisional leg under which its travellers were given ids (StatedLeg.stood_on).

    Returns:
        How many earlier ids were lost to an older one, and how many were claimed by several travellers.
    """
    if not held:
        _mint(ordered, flight_id, travellers, set(), pseudonym, stood_on)
        return 0, 0
    claims: dict[str, dict[int, int]] = {}
    for number, traveller in enumerate(travellers):
        for row in traveller.every():
            identifier = held.get(ordered.statement_id[row])
            if identifier is not None:
                own = claims.setdefault(identifier, {})
                own[number] = min(own.get(number, row), row)
    granted: dict[int, list[tuple[int, str]]] = {}
    split = 0
    for identifier, own in claims.items():
        first, number = min((row, number) for number, row in own.items())
        granted.setdefault(number, []).append((first, identifier))
        split += len(own) > 1
    merged = 0
    for number, traveller in enumerate(travellers):
        if number in granted:
            traveller.traveller_id = min(granted[number])[1]
            merged += len(granted[number]) - 1
    _mint(ordered, flight_id, travellers, set(claims), pseudonym, stood_on)
    return merged, split


def _mint(
    ordered: OrderedStatements,
    flight_id: str,
    travellers: Sequence[SettledTraveller],
    taken: set[str],
    pseudonym: Pseudonym,
    stood_on: Mapping[int, str],
) -> None:
    for traveller in travellers:
        if traveller.traveller_id:
            continue
        leg = stood_on.get(ordered.message[traveller.first], flight_id)
        text = f"{leg}|{ordered.statement_id[traveller.first]}"
        identifier, again = pseudonym("traveller", text), 1
        while identifier in taken:  # the id of this statement went to another when a traveller was split
            again += 1
            identifier = pseudonym("traveller", f"{text}|{again}")
        taken.add(identifier)
        traveller.traveller_id = identifier


def assign_keys(
    ordered: OrderedStatements, travellers: Sequence[SettledTraveller], pseudonym: Pseudonym
) -> None:
    """Assign each traveller of a leg, who has an id, the key of their person."""
    holders = Counter(
        key for traveller in travellers for key in {document.key for document in traveller.documents}
    )
    shared = {key for key, number in holders.items() if number > 1}
    for traveller in travellers:
        document = best(traveller.documents, shared)
        if document is not None:
            traveller.person_key = pseudonym("person", document.key)
            continue
        named = next((row for row in traveller.rows if ordered.name[row]), None)
        dated = next((row for row in traveller.rows if ordered.born[row] is not None), None)
        if named is None or dated is None:
            traveller.person_key = pseudonym("person", traveller.traveller_id)
        else:
            surname, given, day = (
                ordered.table[column][row].as_py()
                for column, row in (("surname", named), ("given_names", named), ("date_of_birth", dated))
            )
            traveller.person_key = pseudonym("person", text(surname, given, day))
