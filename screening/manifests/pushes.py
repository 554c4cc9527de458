"""Pushes: which messages are one statement of a whole manifest, and whether it is whole.

A full manifest may come in several messages. What ties them is, in this order:
- parts (UNH 0068 with sequence of transfers, `01:C` … `nn:F`): same sender and transaction; a part number
  that was there already opens the next push, since carriers use one reference for a flight all week;
- API: one interchange (sender, control reference, time as sent);
- PNR: sender and time as sent; or sender and transaction; or EQN, which states the bookings of the whole
  push: messages that state the same number and repeat no booking are one push until the number is reached.

A push is whole, and only then proves that somebody absent has left, when no message lacks travellers, all
parts are there, and the counts that it states hold. EQN counts bookings; senders put travellers, or 1, in
its place (message-formats.md, section 3), so that it speaks against a push only where none of these fits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from screening.manifests.statements import OrderedStatements, SentMessage

# A reader sees one file: that the sequence lacks its last part, or that a count differs, may be a matter of
# the other parts, and is judged here over all of them. With any further reason, or anything set aside (an
# error), the message itself is incomplete.
_JUDGED_HERE = frozenset({"sequence_without_last_part", "cnt_differs", "eqn_differs"})
_REASONS = _JUDGED_HERE | {"unt_missing"}


@dataclass(slots=True)
class Push:
    """Messages that together state a manifest of a leg."""

    messages: list[int]
    rows: list[int] = field(default_factory=list)
    whole: bool = False
    party: bool = False  # one message with a transaction of its own and one party: an interactive one

    @property
    def position(self) -> int:
        """Its place in time: that of its last message."""
        return self.messages[-1]


def pushes(ordered: OrderedStatements, numbers: Sequence[int], rows: dict[int, list[int]]) -> list[Push]:
    """Group the full manifests of one leg, source, sender and function.

    Args:
        ordered: the statements.
        numbers: full messages, in the order of time.
        rows: rows of each message on this leg.

    Returns:
        Pushes in the order of their last message.
    """
    made: list[Push] = []
    open_by: dict[tuple[object, ...], Push] = {}
    for number in numbers:
        message = ordered.messages[number]
        found = None
        for key in _ties(message):
            candidate = open_by.get(key)
            if candidate is not None and _belongs(ordered, candidate, number, key[0], rows):
                found = candidate
                break
        if found is None:
            found = Push([])
            made.append(found)
        found.messages.append(number)
        found.rows.extend(rows.get(number, ()))
        open_by.update(dict.fromkeys(_ties(message), found))
    for push in made:
        push.whole = _whole(ordered, push)
        push.party = _party(ordered, push)
    return sorted(made, key=lambda push: push.position)


def _ties(message: SentMessage) -> Iterable[tuple[object, ...]]:
    if message.part is not None and message.transaction is not None:
        yield "parts", message.transaction
        return
    if message.api:
        if message.control_reference is not None and message.sent is not None:
            yield "interchange", message.control_reference, message.sent
        return
    if message.sent is not None:
        yield "sent", message.sent
    if message.transaction is not None:
        yield "transaction", message.transaction
    if message.stated is not None:
        yield "stated", message.stated


def _belongs(
    ordered: OrderedStatements, push: Push, number: int, tie: object, rows: dict[int, list[int]]
) -> bool:
    message = ordered.messages[number]
    if tie == "parts":
        return all(ordered.messages[other].part != message.part for other in push.messages)
    if tie in {"interchange", "sent"}:
        return True
    # a transaction or a count alone may be used again by the next push: it repeats bookings, a part does not
    held = {ordered.locator[row] for row in push.rows}
    new = {ordered.locator[row] for row in rows.get(number, ())}
    if held & new:
        return False
    return tie == "transaction" or len(held) + len(new) <= (message.stated or 0)


def _whole(ordered: OrderedStatements, push: Push) -> bool:
    messages = [ordered.messages[number] for number in push.messages]
    if not all(message.complete or _judged_here(message) for message in messages):
        return False
    parts = {message.part for message in messages if message.part is not None}
    if parts:
        last = max((message.part or 0 for message in messages if message.last_part), default=0)
        if not last or not parts >= set(range(1, last + 1)):
            return False
    stated = {message.stated for message in messages if message.stated is not None}
    read = sum(message.read for message in messages)
    if not stated:
        return True
    if messages[0].api:
        return stated == {read} or all(message.stated in {None, message.read} for message in messages)
    bookings = sum(ordered.bookings.get(number, 0) for number in push.messages)
    return stated == {1} or max(stated) <= bookings or max(stated) == read


def _judged_here(message: SentMessage) -> bool:
    reasons = message.codes & _REASONS
    return message.part is not None and bool(reasons) and reasons <= _JUDGED_HERE and not message.errors


def _party(ordered: OrderedStatements, push: Push) -> bool:
    if len(push.messages) != 1:
        return False
    message = ordered.messages[push.messages[0]]
    locators = {ordered.locator[row] for row in push.rows}
    one = len(push.rows) == 1 or (len(locators) == 1 and None not in locators)
    return message.api and message.transaction is not None and message.part is None and one


def stated_by(ordered: OrderedStatements, push: Push) -> int | None:
    """Return the travellers that an API push states: the sum of its messages, or the total each states."""
    messages = [ordered.messages[number] for number in push.messages]
    stated = [message.stated for message in messages if message.stated is not None]
    if not stated:
        return None
    read = sum(message.read for message in messages)
    return stated[0] if len(messages) == 1 or set(stated) == {read} else sum(stated)
