"""Tracks: what one sender says of one traveller over time; and how a new statement finds its track.

A statement is looked for by the keys of `same.Tier`, strongest first, among the tracks of its stream, those
of withdrawn travellers included: who comes back after a cancellation has their history. A key that fits
several tracks, or a track that several statements fit, decides nothing, except where the statements are
alike in all that could tell them apart: then their order does no harm.
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
from screening.manifests.statements import OrderedStatements
from screening.tables.codes import Source, Standing, StandingReason

Unit = list[int]
"""Rows of one push or message that are one traveller, in the order of time."""


@dataclass(slots=True, eq=False)
class Track:
    """Statements of one sender about one traveller on a leg.

    Attributes:
        home: number of its stream on the leg (a reference would make circles for the collector to find).
        push: number of the push that stated them last.
        current: rows in force.
        old: rows that later ones replaced, and cancellations.
        marks: rows of close-outs that name the traveller; they say nothing but who flew.
        present: do they count as on the manifest? An estimate that never decides who is screened.
        standing: whether they are still meant to be on the leg, `reason` why not.
        on_board: what the close-out says of them; `named_as_left` where it names them as not boarded.
    """

    home: int
    crew: bool
    push: int
    current: Unit
    old: Unit = field(default_factory=list)
    marks: Unit = field(default_factory=list)
    present: bool = False
    standing: Standing = Standing.CONFIRMED
    reason: StandingReason | None = None
    on_board: bool | None = None
    named_as_left: bool = False

    @property
    def last(self) -> int:
        """The latest statement, in force or not."""
        return self.current[-1]

    @property
    def withdrawn(self) -> bool:
        """Has an explicit word taken them off?"""
        return self.standing is Standing.WITHDRAWN

    def rows(self) -> Unit:
        """Return all rows."""
        return [*self.current, *self.old, *self.marks]


@dataclass(eq=False)
class Stream:
    """Tracks of one sender and function on a leg, findable by key, push, transaction.

    Attributes:
        parties: pushes that are one party's.
        alive: travellers who count as present by the push that stated them last; none without travellers.
        headcount: travellers who count as present.
    """

    ordered: OrderedStatements
    number: int
    sender: str | None
    crew: bool
    tracks: list[Track] = field(default_factory=list)
    parties: set[int] = field(default_factory=set)
    alive: dict[int, int] = field(default_factory=dict)
    headcount: int = 0
    _members: dict[int, list[Track]] = field(default_factory=dict)
    _transactions: dict[str, list[Track]] = field(default_factory=dict)
    _bookings: dict[str, list[Track]] = field(default_factory=dict)
    _stated: list[tuple[int, Track]] = field(default_factory=list)
    _index: dict[Tier, dict[Key, list[Track]]] = field(default_factory=dict)
    _indexed: list[int] = field(default_factory=lambda: [0] * len(Tier))

    def state(self, unit: Unit, track: Track | None, push: int) -> Track:
        """Put a new statement into force; without a track it begins one."""
        if track is None:
            track = Track(self.number, self.crew, push, [])
            self.tracks.append(track)
        track.old.extend(track.current)
        track.current = list(unit)
        self._stated.append((unit[-1], track))
        transaction = self.ordered.message_of(unit[-1]).transaction
        if transaction is not None:
            self._transactions.setdefault(transaction, []).append(track)
        locator = self.ordered.locator[unit[-1]]
        if locator is not None:
            self._bookings.setdefault(locator, []).append(track)
        if all(self.ordered.withdrawn[row] for row in unit):
            self.withdraw(track, withdrawal(self.ordered, unit[-1]))
            return track
        if track.present:
            self._leave(track)
        track.push = push
        self._enter(track)
        return track

    def recall(self, track: Track) -> None:
        """Count a traveller again whom a message names without restating them (a close-out)."""
        if track.present:
            track.standing, track.reason = Standing.CONFIRMED, None
        else:
            self._enter(track)

    def miss(self, track: Track, *, counts: bool) -> None:
        """Note that something later leaves a traveller out; `counts`: that is no sign that they left."""
        if track.withdrawn:
            return
        track.standing, track.reason = Standing.UNCONFIRMED, StandingReason.NOT_NAMED_AGAIN
        if not counts:
            self._discount(track)

    def withdraw(self, track: Track, reason: StandingReason, *rows: int) -> None:
        """Take a traveller off the manifest by an explicit word; the history stays."""
        track.old.extend(rows)
        track.standing, track.reason = Standing.WITHDRAWN, reason
        self._discount(track)

    def _enter(self, track: Track) -> None:
        track.present, track.standing, track.reason = True, Standing.CONFIRMED, None
        push = track.push
        self._members.setdefault(push, []).append(track)
        self.alive[push] = self.alive.get(push, 0) + 1
        self.headcount += 1

    def _discount(self, track: Track) -> None:
        if track.present:
            track.present, track.on_board, track.named_as_left = False, None, False
            self._leave(track)

    def _leave(self, track: Track) -> None:
        self.headcount -= 1
        self.alive[track.push] -= 1
        if not self.alive[track.push]:
            del self.alive[track.push]

    def of(self, pushes: Iterable[int]) -> list[Track]:
        """Return the travellers on the manifest whom these pushes stated last."""
        found = dict.fromkeys(
            track
            for push in sorted(pushes)
            for track in self._members.get(push, ())
            if track.present and track.push == push
        )
        return list(found)

    def of_transaction(self, transaction: str) -> list[Track]:
        """Return the travellers, but withdrawn ones, whose statement in force came under a transaction."""
        found = dict.fromkeys(self._transactions.get(transaction, ()))
        return [
            track
            for track in found
            if not track.withdrawn and self.ordered.message_of(track.last).transaction == transaction
        ]

    def of_bookings(self, locators: Iterable[str]) -> list[Track]:
        """Return the travellers, but withdrawn ones, whose statement in force is of one of these bookings."""
        wanted = dict.fromkeys(locators)
        found = dict.fromkeys(track for locator in wanted for track in self._bookings.get(locator, ()))
        return [
            track for track in found if not track.withdrawn and self.ordered.locator[track.last] in wanted
        ]

    def by_key(self, tier: Tier, key: Key) -> list[Track]:
        """Return the tracks with a key; a tier is indexed only once it is asked for."""
        index = self._index.setdefault(tier, {})
        for row, track in self._stated[self._indexed[tier] :]:
            for own in keys(self.ordered, row, tier):
                held = index.setdefault(own, [])
                if track not in held:
                    held.append(track)
        self._indexed[tier] = len(self._stated)
        return index.get(key, [])


def withdrawal(ordered: OrderedStatements, row: int) -> StandingReason:
    """Return by what a statement that says `withdrawn` takes its traveller off."""
    if ordered.message_of(row).source == Source.API:
        return StandingReason.CANCELLED
    return StandingReason.CANCELLED_SEGMENT if ordered.name[row] else StandingReason.CANCELLED_BOOKING


@dataclass(slots=True)
class Matched:
    """For each unit the track that it belongs to; `ambiguous` are those that fit several."""

    tracks: list[Track | None]
    ambiguous: set[int]


def match(
    ordered: OrderedStatements, units: Sequence[Unit], stream: Stream, *, cancelling: bool = False
) -> Matched:
    """Find the track of each unit, one track at most for each and one unit at most for each track.

    Who counts as present goes before who does not. For a cancellation all go alike who are not withdrawn: one
    that fits two of them decides nothing.
    """
    found = Matched([None] * len(units), set())
    if not stream.tracks:
        return found
    used: set[int] = set()
    by_row = {unit[-1]: place for place, unit in enumerate(units)}
    for tier in Tier:
        pending = [place for place, track in enumerate(found.tracks) if track is None]
        if not pending:
            break
        by_key: dict[Key, list[int]] = {}
        for place in pending:
            for key in keys(ordered, units[place][-1], tier):
                by_key.setdefault(key, []).append(place)
        for key, places in by_key.items():
            free = [track for track in stream.by_key(tier, key) if id(track) not in used]
            waiting = [units[place][-1] for place in places if found.tracks[place] is None]
            before = [track for track in free if (not track.withdrawn if cancelling else track.present)]
            pairs, ambiguous = _pairs(ordered, tier, waiting, before or free)
            found.ambiguous.update(by_row[row] for row in ambiguous)
            for row, track in pairs:
                found.tracks[by_row[row]] = track
                used.add(id(track))
    return found


def _pairs(
    ordered: OrderedStatements, tier: Tier, rows: list[int], candidates: list[Track]
) -> tuple[list[tuple[int, Track]], list[int]]:
    """Pair rows with tracks of one key; also give the rows that fit several tracks, if these suffice."""
    if tier in STRICT:
        return list(zip(rows, candidates, strict=False)), []
    edges = {row: [track for track in candidates if fits(ordered, tier, row, track.last)] for row in rows}
    wanted = Counter(id(track) for tracks in edges.values() for track in tracks)
    one = {row: tracks[0] for row, tracks in edges.items() if len(tracks) == 1}
    pairs = [(row, track) for row, track in one.items() if wanted[id(track)] == 1]
    ambiguous = [row for row, tracks in edges.items() if len(tracks) > 1 and len(wanted) >= len(rows)]
    return pairs, ambiguous


def units_of(ordered: OrderedStatements, rows: Sequence[int]) -> list[Unit]:
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
        for key in _unit_keys(ordered, row):
            unit = by_key.get(key)
            if unit is not None and _same_unit(ordered, key, row, unit[-1]):
                own = unit
                break
        if own is None:
            own = []
            units.append(own)
        own.append(row)
        for key in _unit_keys(ordered, row):
            by_key.setdefault(key, own)
    return units


def _unit_keys(ordered: OrderedStatements, row: int) -> list[Key]:
    found: list[Key] = [("document", document) for document in ordered.document_keys[row]]
    locator, reference = ordered.locator[row], ordered.booking_reference[row]
    if locator and reference:
        found.append(("reference", locator, reference))
    name, born = ordered.name[row], ordered.born[row]
    if name and born is not None:
        found.append(("born", name, born))
    if name and locator:
        found.append(("locator", locator, name))
    return found


def _same_unit(ordered: OrderedStatements, key: Key, row: int, other: int) -> bool:
    if contradicts(ordered, row, other):
        return False
    if key[0] in {"document", "reference"}:
        return names_agree(ordered, row, other) or ordered.name[row] == ordered.name[other]
    return ordered.message[row] != ordered.message[other] and not documents_differ(ordered, row, other)
