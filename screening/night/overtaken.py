"""Nights that an earlier one has overtaken: what they were made from is not any more what is published.

A file may come late, into a night whose successors are published. They have drawn its flights in, and counted
its travellers in days that they closed, as all that stood then. Whom the late file names was compared in the
night that received it; here the flight stands without them, and the statistics too. So the later night needs
a person: running it again takes up what the earlier ones hold now.

Looked at are nights up to a fortnight before: no push is sooner, and no day waits longer for its statistics
than the profile says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from screening.night.expected import without_missing
from screening.night.frozen import EarlierNight, Frozen, published_frozen
from screening.night.scope import draw, read_earlier
from screening.store.current_json import Current, current, nights, revision
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.aggregate import PUBLISHED
from screening.tables.errors import StoreError
from screening.tables.individual import COUNTS, MESSAGE_LEGS, OF_INPUT, OUTCOMES, TRAVELLERS

_NEAR = timedelta(days=14)
_NAMED = 3
_STATED = ("message_id", "flight_id")
_SETTLED = ("traveller_id", "flight_id", "statement_ids")
Held = TypeVar("Held")
Both = tuple[EarlierNight | None, EarlierNight]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What of a night earlier ones have overtaken.

    Attributes:
        by: nights that have published since, and what it changes.
        legs: flights of which they hold other messages than the night was settled from.
        days: service dates that the night closed, and of which they count other travellers.
    """

    by: tuple[date, ...]
    legs: tuple[str, ...]
    days: tuple[date, ...]

    @property
    def text(self) -> str:
        """A phrase: which nights, which flights, which days; nobody's name."""
        flights = sorted({leg.split("-")[0] for leg in self.legs})
        parts = [f"flight{'' if len(flights) == 1 else 's'} {_some(flights)}"] if flights else []
        parts += [f"the traffic of {_some(self.days)}"] if self.days else []
        return f"night {_some(self.by)} has since received more of {' and '.join(parts)}"


def overtaken(store: Store, night: date) -> Overtaken | None:
    """Say what of a published night earlier ones have overtaken; None where it stands."""
    now = current(store, night)
    frozen = published_frozen(store, night, now.revision) if now is not None else None
    if now is None or frozen is None:
        return None
    pinned = {date.fromisoformat(one.night): one for one in frozen.pins.earlier}
    changed = []
    for one in nights(store):
        held = current(store, one) if night - _NEAR - _wait(frozen) <= one < night else None
        if held is not None and not _stands(store, pinned.get(one), held):
            both = pinned.get(one), EarlierNight(one.isoformat(), held.revision, held.frozen)
            changed.append((one, _legs(store, night, both), _days(store, frozen, both)))
    changed = [(one, legs, days) for one, legs, days in changed if legs or days]
    if not changed:
        return None
    return Overtaken(
        tuple(one for one, _, _ in changed),
        tuple(sorted({leg for _, legs, _ in changed for leg in legs})),
        tuple(sorted({day for _, _, days in changed for day in days})),
    )


def overtaken_by(store: Store, night: date) -> list[tuple[date, Overtaken]]:
    """Return the later nights that a published night has overtaken, oldest first: to be run in this order."""
    now = current(store, night)
    frozen = published_frozen(store, night, now.revision) if now is not None else None
    last = night + _NEAR + (_wait(frozen) if frozen is not None else timedelta())
    found = ((one, overtaken(store, one)) for one in nights(store) if night < one <= last)
    return [(one, what) for one, what in found if what is not None and night in what.by]


def _stands(store: Store, was: EarlierNight | None, held: Current) -> bool:
    """Is what a night was made from still what is published, by the hashes of the files?

    A purge, a re-screen against new lists and a night that is let through make revisions too.
    """
    before = revision(store, held.night, was.revision) if was is not None else None
    if was is None or was.frozen == held.frozen:
        return was is not None
    return before is not None and all(
        {(file.name, file.sha256) for file in before.of(spec)}
        == {(file.name, file.sha256) for file in held.of(spec)}
        for spec in (MESSAGE_LEGS, TRAVELLERS, COUNTS)
    )


def _wait(frozen: Frozen) -> timedelta:
    return timedelta(days=frozen.stated("disclosure", "nights_to_wait") or 0)


def _closed(store: Store, frozen: Frozen) -> set[date]:
    """Service dates that a night has closed, also where nobody was counted on one."""
    periods = set(read_current(store, frozen.night, PUBLISHED)["period"].to_pylist())
    return {date.fromisoformat(period) for period in periods} | {frozen.night - _wait(frozen)}


def _legs(store: Store, night: date, both: Both) -> set[str]:
    """Flights of a night about which an earlier one holds other messages or travellers than it did."""
    outcomes = without_missing(read_current(store, night, OUTCOMES))
    legs = [leg for leg in outcomes["flight_id"].to_pylist() if not leg.startswith(OF_INPUT)]
    tonight = read_current(store, night, MESSAGE_LEGS)

    def held(one: EarlierNight) -> set[tuple[str, ...]]:
        drawn = draw(store, [one], legs, tonight)
        stated = (drawn.stated["message_legs"][name].to_pylist() for name in _STATED)
        settled = (drawn.travellers[name].to_pylist() for name in _SETTLED)
        people = {(one_id, leg, *said) for one_id, leg, said in zip(*settled, strict=True)}
        return people | set(zip(*stated, strict=True))

    nothing: set[tuple[str, ...]] = set()
    was, now = (_held(held, one, nothing) for one in both)
    return {row[1] for row in was ^ now}


def _days(store: Store, frozen: Frozen, both: Both) -> set[date]:
    """Service dates closed by a night, of which an earlier one counts other travellers than it did."""
    own = read_current(store, frozen.night, COUNTS)["flight_id"].combine_chunks()

    def held(one: EarlierNight) -> pa.Table:
        counts = read_earlier(store, one, COUNTS)
        return counts.filter(pc.invert(pc.is_in(counts["flight_id"], own)))

    was, now = (_held(held, one, COUNTS.empty()) for one in both)
    return {day for day in _closed(store, frozen) if not _of(was, day).equals(_of(now, day))}


def _held(held: Callable[[EarlierNight], Held], one: EarlierNight | None, nothing: Held) -> Held:
    """Return what a revision holds; nothing where there was none or it is gone: what is held now is new."""
    try:
        return held(one) if one is not None else nothing
    except StoreError:
        return nothing


def _of(counts: pa.Table, day: date) -> pa.Table:
    return counts.filter(pc.equal(counts["service_date"], pa.scalar(day))).combine_chunks()


def _some(named: Sequence[object]) -> str:
    """Name a few of many."""
    told = ", ".join(map(str, named[:_NAMED]))
    return f"{told} and {len(named) - _NAMED} more" if len(named) > _NAMED else told
