"""Persons of one source on a leg: chains of several senders, functions and bookings that are one traveller.

Two chains are one person when they state the same document and their names agree and no birth date
contradicts (a passenger list and a crew list, two bookings, two senders); or the same booking locator and
reference; or, from different senders or functions, when name and birth date are equal and no documents
differ. Travellers who share a
document and nothing else stay apart, and the document is counted: somebody may travel on another's.
"""

from dataclasses import dataclass, field

from screening.manifests.same import Key, contradicts, documents_differ, names_agree
from screening.manifests.series import Chain
from screening.manifests.statements import Facts


@dataclass(slots=True, eq=False)
class Person:
    """One traveller of one source: the series about them, and what these say now."""

    chains: list[Chain]
    present: bool
    rows: list[int] = field(default_factory=list)  # in force, latest first

    @property
    def crew(self) -> bool:
        """Are they stated as crew?"""
        return any(chain.crew for chain in self.chains if chain.present)


def persons(facts: Facts, chains: list[Chain]) -> tuple[list[Person], int]:
    """Return the persons of one source, and the number of documents that several of them state.

    Returns:
        Persons in the order of their first statement, withdrawn ones included.
    """
    if not chains:
        return [], 0
    parent = list(range(len(chains)))
    shared: set[str] = set()
    groups: dict[Key, list[int]] = {}
    for number, chain in enumerate(chains):
        for key in _keys(facts, chain.last):
            held = groups.setdefault(key, [])
            for other in held:
                if _one(facts, key, chain, chains[other]):
                    parent[_root(parent, number)] = _root(parent, other)
                elif key[0] == "document" and chain.present and chains[other].present:
                    shared.add(str(key[1]))
            held.append(number)
    made: dict[int, list[Chain]] = {}
    for number, chain in enumerate(chains):
        made.setdefault(_root(parent, number), []).append(chain)
    found = [_person(own) for own in made.values()]
    return sorted(found, key=_first), len(shared)


def _keys(facts: Facts, row: int) -> list[Key]:
    found: list[Key] = [("document", document) for document in facts.documents[row]]
    if facts.locator[row] and facts.booking_reference[row]:
        found.append(("reference", facts.locator[row], facts.booking_reference[row]))
    if facts.name[row] and facts.born[row] is not None:
        found.append(("born", facts.name[row], facts.born[row]))
    return found


def _one(facts: Facts, key: Key, chain: Chain, other: Chain) -> bool:
    if key[0] == "born":
        return chain.home != other.home and not documents_differ(facts, chain.last, other.last)
    agree = names_agree(facts, chain.last, other.last) or not (
        facts.name[chain.last] or facts.name[other.last]
    )
    return agree and not contradicts(facts, chain.last, other.last)


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _person(chains: list[Chain]) -> Person:
    own = sorted(chains, key=lambda chain: min(chain.rows()))
    in_force = [row for chain in own if chain.present for row in chain.current]
    return Person(own, present=bool(in_force), rows=sorted(in_force, reverse=True))


def _first(person: Person) -> int:
    return min(min(chain.rows()) for chain in person.chains)
