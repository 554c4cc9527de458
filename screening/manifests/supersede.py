"""What later messages about a leg say of whom earlier ones named: named again, left out, or withdrawn.

Absence withdraws nobody: carriers send whole lists, parts of one and single travellers, and say so nowhere.
Whom a later manifest leaves out stays, unconfirmed, and is screened; only an explicit word takes somebody off
(a cancellation, a close-out, a booking without content, a cancelled segment). What is worked out of pushes
below decides who counts in traffic, and who is said to be left out; never who is screened.

Rule (WCO/IATA/ICAO guides as far as message-formats.md, sections 2 and 3, knows them). Messages of one
source are taken in the order of time (statements.py); each sender's passengers and crew are a stream of their
own, since only who sent a manifest can leave somebody out of it.

A full manifest replaces the pushes with which it shares a traveller (PNR: or a booking). So
- batch: the whole manifest sent again replaces the one before, and who is absent counts no more;
- interactive: one message a traveller or party; they share nobody, so they add up, and a party sent again
  replaces itself only. Nothing in a message says which of the two it is: carriers put transaction
  references into both, so the travellers decide. A replacement that keeps nobody of the manifest before
  does not occur, and taking an interactive message for one would lose everybody else on the leg.
- one that shares travellers with several pushes is the whole manifest if it names two thirds of those who
  stand, and not one party; else it leaves others out of these pushes, but replaces none.

Who is absent still counts where the full manifest is not whole (pushes.py), would leave out most of ten or
more, or is one party's and would leave out more than it names: a part says nothing of the others. The profile
may say of a carrier that its full manifests always replace, or always add.

An update replaces the statements of whom it names and adds the others (PNR: it restates the bookings it
names). A cancellation withdraws whom it names, without names all of its transaction (RFF+TN); a booking
without content all of that booking. A close-out says who flew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from screening.manifests.pushes import Push, pushes, stated_by
from screening.manifests.same import touches
from screening.manifests.statements import OrderedStatements, SentMessage, order
from screening.manifests.tracks import Matched, Stream, Track, Unit, match, units_of
from screening.tables.codes import Action, Completeness, Function, Meant, StandingReason

_StreamKey = tuple[str | None, str]
_CREW = frozenset({Function.CREW, Function.MASTER_CREW_LIST})
_MANY = 10  # travellers: below it a manifest may well shrink by more than half


@dataclass(eq=False)
class Followed:
    """What became of the statements of one source about one leg.

    Attributes:
        streams: tracks by sender and function.
        unassigned: rows of cancellations and close-outs that name nobody, or not surely.
        emptied: rows that say of a booking that nobody of it is left.
        status: how much of this source is there.
        stated: travellers that API messages state (CNT); None where they state none.
        counts: what is to be reported, by finding code.
    """

    streams: list[Stream] = field(default_factory=list)
    unassigned: list[int] = field(default_factory=list)
    emptied: list[int] = field(default_factory=list)
    status: Completeness = Completeness.MISSING
    stated: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def tracks(self) -> list[Track]:
        """Return all tracks, withdrawn ones included."""
        return [track for stream in self.streams for track in stream.tracks]

    def count(self, code: str, number: int = 1) -> None:
        """Add to what is reported."""
        if number:
            self.counts[code] = self.counts.get(code, 0) + number


def follow(
    ordered: OrderedStatements,
    numbers: Sequence[int],
    rows: dict[int, list[int]],
    *,
    api: bool,
    meant: Meant | None = None,
) -> Followed:
    """Take the messages of one source about one leg in the order of time.

    Args:
        ordered: the statements.
        numbers: messages that speak of the leg, of both sources, in order, quarantined ones left out.
        rows: rows of each message on this leg.
        api: follow the API, else the PNR; a cancellation of the flight counts for both.
        meant: how the carrier means its full manifests; None: as the travellers tell.

    Returns:
        Tracks of all travellers ever stated, and the state of the source.
    """
    return _LegFollower(ordered, rows, api=api, meant=meant).follow(numbers)


class _LegFollower:
    """One leg while its messages are followed."""

    def __init__(
        self, ordered: OrderedStatements, rows: dict[int, list[int]], *, api: bool, meant: Meant | None
    ) -> None:
        self.ordered, self.rows, self.api, self.meant = ordered, rows, api, meant
        self.out = Followed()
        self.by_stream: dict[_StreamKey, Stream] = {}
        self.streams = self.out.streams
        self.last_push: dict[_StreamKey, Push] = {}
        self.pushes: list[Push] = []
        self.closings: list[SentMessage] = []
        self.close_group: tuple[object, ...] | None = None
        self.ambiguous_close = False

    def follow(self, numbers: Sequence[int]) -> Followed:
        fulls: dict[_StreamKey, list[int]] = {}
        events: list[tuple[int, Callable[[], None]]] = []
        own = [number for number in numbers if self.ordered.messages[number].api == self.api]
        for number in own:
            message = self.ordered.messages[number]
            if message.action == Action.FULL:
                fulls.setdefault((message.sender, message.function), []).append(number)
            else:
                events.append((number, self._event(number, message)))
        for number in numbers:
            message = self.ordered.messages[number]
            if message.action == Action.CANCEL_FLIGHT and message.api != self.api:
                events.append((number, self._withdraw_all))
        for key, messages in fulls.items():
            for push in pushes(self.ordered, messages, self.rows):
                events.append((push.position, partial(self._full, push, key)))
        for _, event in sorted(events, key=lambda pair: pair[0]):
            event()
        self._settle_close_out()
        if own:
            self._conclude()
        return self.out

    def _event(self, number: int, message: SentMessage) -> Callable[[], None]:
        acts: dict[str, Callable[[SentMessage, list[int]], None]] = {
            Action.CANCEL: self._cancel,
            Action.CLOSE_ON_BOARD: self._close_out,
            Action.CLOSE_NOT_BOARDED: self._close_out,
            Action.CLOSE: self._close,
            Action.CANCEL_FLIGHT: self._cancel_flight,
            Action.CHANGE_FLIGHT: self._change_flight,
        }
        return partial(acts.get(message.action, self._update), message, self.rows.get(number, []))

    def _stream(self, key: _StreamKey) -> Stream:
        if key not in self.by_stream:
            self.streams.append(Stream(self.ordered, len(self.streams), key[0], key[1] in _CREW))
            self.by_stream[key] = self.streams[-1]
        return self.by_stream[key]

    def _withdraw(self, track: Track, reason: StandingReason, *rows: int) -> None:
        self.streams[track.home].withdraw(track, reason, *rows)

    def _leave_out(self, tracks: Sequence[Track], *, counts: bool) -> None:
        for track in tracks:
            self.streams[track.home].miss(track, counts=counts)
        if counts:
            self.out.count("full_states_part", len(tracks))

    def _new_push(self, push: Push) -> int:
        self.pushes.append(push)
        return len(self.pushes) - 1

    # full manifests

    def _full(self, push: Push, key: _StreamKey) -> None:
        stream = self._stream(key)
        own = self._new_push(push)
        self.last_push[key] = push
        if push.party:
            stream.parties.add(own)
        units = units_of(self.ordered, push.rows)
        found = match(self.ordered, units, stream)
        restated = [track for track in found.tracks if track is not None and track.present]
        booked = [] if self.api else [one for one in self._of_bookings(stream, push.rows) if one.present]
        touched = {track.push for track in (*restated, *booked)}
        before, party_before = stream.headcount, touched <= stream.parties
        replaced, besides = self._concerned(stream, push, touched, len(restated))
        replaced = [*replaced, *booked]
        for unit, track in zip(units, found.tracks, strict=True):
            stream.state(unit, track, own)
        if units and before and not touched:
            self.out.count("full_adds")
        leaving = _still_of_others(replaced, own)
        many = len(leaving) >= _MANY and 2 * len(leaving) > before
        one_party = push.party and not party_before and len(leaving) > len(restated)
        doubtful = self.meant is not Meant.REPLACE and (many or one_party)
        self._leave_out(leaving, counts=not units or not push.whole or doubtful)
        known = {id(track) for track in leaving}
        unsure = [track for track in _still_of_others(besides, own) if id(track) not in known]
        self._leave_out(unsure, counts=True)

    def _of_bookings(self, stream: Stream, rows: Sequence[int]) -> list[Track]:
        named = (self.ordered.locator[row] for row in rows)
        return stream.of_bookings(locator for locator in named if locator is not None)

    def _concerned(
        self, stream: Stream, push: Push, touched: set[int], restated: int
    ) -> tuple[list[Track], list[Track]]:
        """Return of whom a full manifest replaces what was stated, and whom it could have named besides."""
        if self.meant is Meant.ADD:
            return [], []
        whole = self.meant is Meant.REPLACE or not push.rows
        several = len(touched) > 1
        if whole or (several and 3 * restated >= 2 * stream.headcount and not push.party):
            return [track for track in stream.tracks if track.present], []
        return ([], stream.of(touched)) if several else (stream.of(touched), [])

    # updates

    def _update(self, message: SentMessage, rows: list[int]) -> None:
        if not rows:
            return
        stream = self._stream((message.sender, message.function))
        rows = self._without_emptied(stream, rows)
        units = units_of(self.ordered, rows)
        found = match(self.ordered, units, stream)
        self._elsewhere(units, found, message, but=stream)
        self._by_transaction(units, found, stream, message)
        own = self._amended(stream, message, rows) if rows else 0
        booked = [] if self.api else self._of_bookings(stream, rows)
        stated: set[int] = set()
        for unit, track in zip(units, found.tracks, strict=True):
            home = self.streams[track.home] if track is not None else stream
            kept = track.push if track is not None and track.present else own
            stated.add(id(home.state(unit, track, kept)))
        leaving = [track for track in booked if track.present and id(track) not in stated]
        self._leave_out(leaving, counts=not message.complete)

    def _without_emptied(self, stream: Stream, rows: list[int]) -> list[int]:
        """Withdraw everybody of a booking that an update sends without content; return the other rows."""
        if self.api:
            return rows
        emptied = [row for row in rows if self.ordered.withdrawn[row] and not self.ordered.name[row]]
        for track in self._of_bookings(stream, emptied):
            self._withdraw(track, StandingReason.CANCELLED_BOOKING)
        self.out.emptied.extend(emptied)
        return [row for row in rows if row not in emptied]

    def _elsewhere(
        self,
        units: list[Unit],
        found: Matched,
        message: SentMessage,
        *,
        but: Stream | None = None,
        cancelling: bool = False,
    ) -> None:
        """Look for whom a message names in the other streams too: the same sender's first."""
        others = [other for other in self.streams if other is not but]
        others.sort(key=lambda other: other.sender != message.sender)
        for other in others:
            open_ = [place for place, track in enumerate(found.tracks) if track is None]
            if not open_:
                return
            wanted = [units[place] for place in open_]
            further = match(self.ordered, wanted, other, cancelling=cancelling)
            for place, track in zip(open_, further.tracks, strict=True):
                found.tracks[place] = track
            found.ambiguous.update(open_[place] for place in further.ambiguous)

    def _by_transaction(
        self, units: list[Unit], found: Matched, stream: Stream, message: SentMessage
    ) -> None:
        """Find by transaction a traveller of whom only given names or birth date are unchanged."""
        if message.transaction is None:
            return
        taken = {id(track) for track in found.tracks}
        theirs = [track for track in stream.of_transaction(message.transaction) if id(track) not in taken]
        for place, track in enumerate(found.tracks):
            if track is None:
                fitting = [other for other in theirs if touches(self.ordered, units[place][-1], other.last)]
                if len(fitting) == 1:
                    found.tracks[place] = fitting[0]
                    theirs.remove(fitting[0])

    def _amended(self, stream: Stream, message: SentMessage, rows: list[int]) -> int:
        """Return the push that a message amends: whom it adds leaves with the next version of that one."""
        theirs: set[int] = set()
        if message.transaction is not None:
            theirs = {one.push for one in stream.of_transaction(message.transaction) if one.present}
        if len(theirs) != 1 and len(stream.alive) == 1:
            theirs = set(stream.alive)
        return (
            theirs.pop() if len(theirs) == 1 else self._new_push(Push([self.ordered.message[rows[0]]], rows))
        )

    # cancellations

    def _cancel(self, message: SentMessage, rows: list[int]) -> None:
        if not rows:
            theirs = [
                track
                for stream in self.streams
                if stream.sender == message.sender and message.transaction is not None
                for track in stream.of_transaction(message.transaction)
            ]
            for track in theirs:
                self._withdraw(track, StandingReason.CANCELLED)
            self.out.count("cancel_without_traveller", 0 if theirs else 1)
            return
        units = units_of(self.ordered, rows)
        found = Matched([None] * len(units), set())
        self._elsewhere(units, found, message, cancelling=True)
        for unit, named in zip(units, found.tracks, strict=True):
            if named is None:
                self.out.unassigned.extend(unit)
                self.out.count("cancel_without_traveller")
            else:
                self._withdraw(named, StandingReason.CANCELLED, *unit)

    def _cancel_flight(self, _: SentMessage, rows: list[int]) -> None:
        self.out.count("flight_cancelled")
        self.out.unassigned.extend(rows)
        self._withdraw_all()

    def _withdraw_all(self) -> None:
        for stream in self.streams:
            for track in stream.tracks:
                if not track.withdrawn:
                    self._withdraw(track, StandingReason.FLIGHT_CANCELLED)

    def _change_flight(self, message: SentMessage, rows: list[int]) -> None:
        self.out.count("flight_changed")
        self._update(message, rows)

    # close-out

    def _close(self, message: SentMessage, rows: list[int]) -> None:
        self.closings.append(message)
        self._update(message, rows)

    def _close_out(self, message: SentMessage, rows: list[int]) -> None:
        self.closings.append(message)
        self._begin_close_out(message)
        units = units_of(self.ordered, rows)
        found = Matched([None] * len(units), set())
        left = message.action == Action.CLOSE_NOT_BOARDED
        self._elsewhere(units, found, message, cancelling=left)
        for place, (unit, track) in enumerate(zip(units, found.tracks, strict=True)):
            if track is None and place in found.ambiguous:
                self.ambiguous_close = True
                self.out.count("close_out_ambiguous")
                self.out.unassigned.extend(unit)
            else:
                self._mark(unit, track, message)

    def _mark(self, unit: Unit, track: Track | None, message: SentMessage) -> None:
        if track is None:
            stream = self._stream((message.sender, Function.PASSENGERS))
            track = stream.state(unit, None, self._amended(stream, message, unit))
            self.out.count("close_out_adds")
        else:  # what was said of them before stays in force: a close-out gives little but the name
            self.out.count("close_out_adds", 1 if track.withdrawn else 0)
            self.streams[track.home].recall(track)
            track.marks.extend(unit)
        track.on_board = message.action == Action.CLOSE_ON_BOARD
        track.named_as_left = not track.on_board

    def _begin_close_out(self, message: SentMessage) -> None:
        """Forget what the sender's last close-out of this kind said, unless this message is a part of it."""
        tie = (
            (message.transaction,) if message.part is not None else (message.control_reference, message.sent)
        )
        group = (message.sender, message.action, *tie)
        if self.close_group is not None and group != self.close_group and group[:2] == self.close_group[:2]:
            self.ambiguous_close = False
            for stream in self.streams:
                for track in stream.tracks if stream.sender == message.sender else ():
                    track.on_board, track.named_as_left = None, False
        self.close_group = group

    def _settle_close_out(self) -> None:
        """Say of those whom the last close-out does not name what it says by that."""
        named = [message for message in self.closings if message.action != Action.CLOSE]
        if not named or self.ambiguous_close or not named[-1].complete:
            return
        listed = any(message.action == Action.CLOSE_ON_BOARD for message in named)
        for stream in self.streams:
            for track in stream.tracks if not stream.crew else ():
                if track.present and track.on_board is None and self._before(track, named[-1]):
                    track.on_board = not listed

    def _before(self, track: Track, closing: SentMessage) -> bool:
        return order(self.ordered.message_of(track.last)) < order(closing)

    # the state of the source

    def _conclude(self) -> None:
        passengers = {key: push for key, push in self.last_push.items() if key[1] not in _CREW}
        whole = bool(passengers) and all(push.whole for push in passengers.values())
        final = whole
        if self.api:
            listed = any(
                message.action == Action.CLOSE_ON_BOARD and message.complete for message in self.closings
            )
            one_each = all(len(self.by_stream[key].alive) <= 1 for key in passengers)
            closed = bool(self.closings) and (whole or not passengers)
            final = listed or closed or (whole and one_each)
            self.out.stated = self._stated(passengers)
        self.out.status = Completeness.FINAL if final else Completeness.INCOMPLETE

    def _stated(self, passengers: dict[_StreamKey, Push]) -> int | None:
        in_force = [
            push
            for key, last in passengers.items()
            for push in [
                *(self.pushes[n] for n in sorted(self.by_stream[key].alive) if self.pushes[n] is not last),
                last,
            ]
        ]
        stated = [stated_by(self.ordered, push) for push in in_force]
        known = [number for number in stated if number is not None]
        return sum(known) if known else None


def _still_of_others(tracks: Sequence[Track], push: int) -> list[Track]:
    """Return, each once, who counts as present and was not stated by this push."""
    return [track for track in dict.fromkeys(tracks) if track.present and track.push != push]
