"""Chains: what one sender says of one traveller over time; and how a new statement finds its chain.

A statement is looked for by the keys of `same.Tier`, strongest first, among the chains of its stream, those
of withdrawn travellers included: who comes back after a cancellation has their history. A key that fits
several chains, or a chain that several statements fit, decides nothing, except where the statements are
alike in all that
could tell them apart: then their order does no harm.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from screening.manifests.same import (
    STRICT,
    Key,
    Tier,
    contradicts,
    documents_differ,
    fits,
    keys,
    names_agree,
)
from screening.manifests.statements import Facts

Unit = list[int]
"""Rows of one push or message that are one traveller, in the order of time."""


@dataclass(slots=True, eq=False)
class Chain:
    """Statements of one sender about one traveller on a leg.

    Attributes:
        home: number of its stream on the leg (a reference would make circles for the collector to find).
        push: number of the push that stated them last.
        current: rows in force.
        old: rows that later ones replaced, and cancellations.
        marks: rows of close-outs that name the traveller; they say nothing but who flew.
    """

    home: int
    crew: bool
    push: int
    current: Unit
    old: Unit = field(default_factory=list)
    marks: Unit = field(default_factory=list)
    present: bool = False
    on_board: bool | None = None

    @property
    def last(self) -> int:
        """The latest statement, in force or not."""
        return self.current[-1]

    def rows(self) -> Unit:
        """Return all rows."""
        return [*self.current, *self.old, *self.marks]


@dataclass(eq=False)
class Stream:
    """Chains of one sender and function on a leg, findable by key, push, transaction.

    Attributes:
        parties: pushes that are one party's.
        alive: travellers on the manifest by the push that stated them last; none without travellers.
    """

    facts: Facts
    number: int
    sender: str | None
    crew: bool
    chains: list[Chain] = field(default_factory=list)
    parties: set[int] = field(default_factory=set)
    alive: dict[int, int] = field(default_factory=dict)
    standing: int = 0
    _members: dict[int, list[Chain]] = field(default_factory=dict)
    _transactions: dict[str, list[Chain]] = field(default_factory=dict)
    _stated: list[tuple[int, Chain]] = field(default_factory=list)
    _index: dict[Tier, dict[Key, list[Chain]]] = field(default_factory=dict)
    _indexed: list[int] = field(default_factory=lambda: [0] * len(Tier))

    def state(self, unit: Unit, chain: Chain | None, push: int) -> Chain:
        """Put a new statement into force; without a chain it begins one."""
        if chain is None:
            chain = Chain(self.number, self.crew, push, [])
            self.chains.append(chain)
        chain.old.extend(chain.current)
        chain.current = list(unit)
        self._stated.append((unit[-1], chain))
        transaction = self.facts.said(unit[-1]).transaction
        if transaction is not None:
            self._transactions.setdefault(transaction, []).append(chain)
        if self.facts.withdrawn[unit[-1]]:
            self.withdraw(chain)
            return chain
        if chain.present:
            self._leave(chain)
        chain.push, chain.present = push, True
        self._members.setdefault(push, []).append(chain)
        self.alive[push] = self.alive.get(push, 0) + 1
        self.standing += 1
        return chain

    def withdraw(self, chain: Chain, *rows: int) -> None:
        """Take a traveller off the manifest; the history stays."""
        chain.old.extend(rows)
        if chain.present:
            chain.present, chain.on_board = False, None
            self._leave(chain)

    def _leave(self, chain: Chain) -> None:
        self.standing -= 1
        self.alive[chain.push] -= 1
        if not self.alive[chain.push]:
            del self.alive[chain.push]

    def of(self, pushes: Iterable[int]) -> list[Chain]:
        """Return the travellers on the manifest whom these pushes stated last."""
        found = dict.fromkeys(
            chain
            for push in sorted(pushes)
            for chain in self._members.get(push, ())
            if chain.present and chain.push == push
        )
        return list(found)

    def of_transaction(self, transaction: str) -> list[Chain]:
        """Return the travellers on the manifest whose statement in force came under a transaction."""
        found = dict.fromkeys(self._transactions.get(transaction, ()))
        return [c for c in found if c.present and self.facts.said(c.last).transaction == transaction]

    def by_key(self, tier: Tier, key: Key) -> list[Chain]:
        """Return the chains with a key; a tier is indexed only once it is asked for."""
        index = self._index.setdefault(tier, {})
        for row, chain in self._stated[self._indexed[tier] :]:
            for own in keys(self.facts, row, tier):
                held = index.setdefault(own, [])
                if chain not in held:
                    held.append(chain)
        self._indexed[tier] = len(self._stated)
        return index.get(key, [])


@dataclass(slots=True)
class Matched:
    """For each unit the chain that it belongs to; `torn` are those that fit several."""

    chains: list[Chain | None]
    torn: set[int]


def match(facts: Facts, units: Sequence[Unit], stream: Stream) -> Matched:
    """Find the chain of each unit, one chain at most for each and one unit at most for each chain."""
    found = Matched([None] * len(units), set())
    if not stream.chains:
        return found
    used: set[int] = set()
    by_row = {unit[-1]: place for place, unit in enumerate(units)}
    for tier in Tier:
        pending = [place for place, chain in enumerate(found.chains) if chain is None]
        if not pending:
            break
        by_key: dict[Key, list[int]] = {}
        for place in pending:
            for key in keys(facts, units[place][-1], tier):
                by_key.setdefault(key, []).append(place)
        for key, places in by_key.items():
            free = [chain for chain in stream.by_key(tier, key) if id(chain) not in used]
            waiting = [units[place][-1] for place in places if found.chains[place] is None]
            pairs, torn = _pairs(facts, tier, waiting, free)
            found.torn.update(by_row[row] for row in torn)
            for row, chain in pairs:
                found.chains[by_row[row]] = chain
                used.add(id(chain))
    return found


def _pairs(
    facts: Facts, tier: Tier, rows: list[int], free: list[Chain]
) -> tuple[list[tuple[int, Chain]], list[int]]:
    """Pair rows with chains of one key; also give the rows that fit several chains, if these suffice."""
    candidates = [chain for chain in free if chain.present] or free
    if tier in STRICT:
        return list(zip(rows, candidates, strict=False)), []
    edges = {row: [chain for chain in candidates if fits(facts, tier, row, chain.last)] for row in rows}
    wanted = Counter(id(chain) for chains in edges.values() for chain in chains)
    one = {row: chains[0] for row, chains in edges.items() if len(chains) == 1}
    pairs = [(row, chain) for row, chain in one.items() if wanted[id(chain)] == 1]
    torn = [row for row, chains in edges.items() if len(chains) > 1 and len(wanted) >= len(rows)]
    return pairs, torn


def units_of(facts: Facts, rows: Sequence[int]) -> list[Unit]:
    """Group the rows of a push by traveller.

    One traveller are rows with the same document and agreeing names, or with the same locator and reference
    (check-in repeats a booking's travellers). Rows of different messages (parts, or a message sent again with
    other bytes) are one traveller too where name and birth date, or locator and name, are equal; within one
    message two travellers of one name are two travellers.
    """
    units: list[Unit] = []
    by_key: dict[Key, Unit] = {}
    for row in rows:
        own: Unit | None = None
        for key in _unit_keys(facts, row):
            unit = by_key.get(key)
            if unit is not None and _same_unit(facts, key, row, unit[-1]):
                own = unit
                break
        if own is None:
            own = []
            units.append(own)
        own.append(row)
        for key in _unit_keys(facts, row):
            by_key.setdefault(key, own)
    return units


def _unit_keys(facts: Facts, row: int) -> list[Key]:
    found: list[Key] = [("document", document) for document in facts.documents[row]]
    locator, reference = facts.locator[row], facts.booking_reference[row]
    if locator and reference:
        found.append(("reference", locator, reference))
    name, born = facts.name[row], facts.born[row]
    if name and born is not None:
        found.append(("born", name, born))
    if name and locator:
        found.append(("locator", locator, name))
    return found


def _same_unit(facts: Facts, key: Key, row: int, other: int) -> bool:
    if contradicts(facts, row, other):
        return False
    if key[0] in {"document", "reference"}:
        return names_agree(facts, row, other) or facts.name[row] == facts.name[other]
    return facts.message[row] != facts.message[other] and not documents_differ(facts, row, other)
