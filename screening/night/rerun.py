"""Re-run: screen named flights again, and those that share a message with them; all other rows stay.

It takes today's inputs and code and keeps the night's lists, profile and model. New files of the inbox are
taken in when they speak of these flights (or, with `failed`, of flights that the night did not know); others
wait for `screening run`.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from screening.night import remains
from screening.night.expected import due_again, without_missing
from screening.night.frozen import Frozen, FrozenInput, machine, published_frozen
from screening.night.inbox import Arrival
from screening.night.opening import carried, gone
from screening.night.pins import ids_kept, kept_pins
from screening.night.quarantine_entries import row_of_input
from screening.night.receive import (
    Receipt,
    arrived,
    begin,
    carried_inputs,
    fresh_arrivals,
    frozen_inputs,
    kept_inputs,
    published,
    take_in,
    take_up,
)
from screening.night.scope import linked
from screening.night.settings import Settings
from screening.profile.model import Intake
from screening.protection import audit
from screening.protection.purposes import purpose_of
from screening.reports.headline import LEG_INCOMPLETE
from screening.store.current_json import Current
from screening.store.current_links import mend_links
from screening.store.locks import night_lock, undisturbed
from screening.store.published import read_current
from screening.store.zones import Store, open_zones
from screening.tables import individual, landing
from screening.tables.codes import Outcome, Zone
from screening.tables.errors import UsageError

_SHORT = re.compile(r"^([0-9A-Z]{2,3}?)0*([0-9]{1,4}[A-Z]?)$")


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a re-run will do.

    Attributes:
        receipt: as `receive` gives it.
        flights: legs that are screened again.
        along: those of them that nobody named: they share messages with the named ones.
        code_differs: other code made the published revision.
        ended: legs that stay as they are, because what they were screened from is gone by rule.
    """

    receipt: Receipt
    flights: tuple[str, ...]
    along: tuple[str, ...]
    code_differs: bool
    ended: tuple[str, ...] = ()


def receive_again(
    settings: Settings,
    night: date,
    *,
    flights: Sequence[str],
    failed: bool,
    actor: str,
    now: datetime,
) -> Rerun:
    """Freeze the re-run of some flights.

    Args:
        settings: store and inbox; profile, lists and model are those of the night.
        night: the night.
        flights: flights as an operator writes them (`UA988-20261123-FRA-IAD`, `UA988`, `ua 0988`).
        failed: all quarantined and failed ones, and provisional legs.
        actor: who starts it.
        now: the moment, UTC.

    Raises:
        ProfileError: the profile does not allow screening.
        UsageError: the night was never published, or it knows no such flight.
        BusyError: another process holds the night.
        StoreError: what the flights were screened from is gone by rule, and nothing new speaks of them.
    """
    store = settings.store
    purpose_of(store, "night.rerun")
    open_zones(store, list(Zone))
    with undisturbed(store), night_lock(store, night):
        mend_links(store)
        before = published(store, night)
        pending = take_up(store, night, before, actor)
        if pending is not None:
            receipt = Receipt(pending, resumed=True, files=0)
            return Rerun(receipt, pending.flights or (), (), code_differs=False)
        known = read_current(store, night, individual.OUTCOMES)
        named = resolve(flights, known["flight_id"].to_pylist(), night) if flights else []
        if failed:
            named += [
                row["flight_id"]
                for row in known.to_pylist()
                if row["outcome"] in {Outcome.QUARANTINED, Outcome.FAILED}
                or row["reason_code"] == LEG_INCOMPLETE
            ]
        fresh, new_links = _speaking_of(
            store,
            fresh_arrivals(settings, night, before, arrived(settings, night)),
            set(named),
            set(without_missing(known)["flight_id"].to_pylist()),
            settings.profile.intake,
            unknown=failed,
        )
        lost = gone(store, carried_inputs(store, night), carried(store, night))
        ended = _ended(store, before, named, {leg for _, leg in new_links}, lost)
        if ended and (flights or (not fresh and len(ended) == len(set(named)))):
            raise remains.refusal(store, night, lost, f"{', '.join(ended[:5])}: not to be screened again")
        named = [leg for leg in named if leg not in ended]
        legs = read_current(store, night, individual.MESSAGE_LEGS)
        pairs = zip(legs["message_id"].to_pylist(), legs["flight_id"].to_pylist(), strict=True)
        settled = _settled_on(read_current(store, night, individual.TRAVELLERS))
        scope = linked([*pairs, *settled, *new_links], {*named, *(leg for _, leg in new_links)})
        along = tuple(leg for leg in scope if leg not in set(named))
        if not named and not fresh:
            return Rerun(Receipt(None, resumed=False, files=0), (), (), code_differs=False, ended=ended)
        fresh = take_in(store, fresh)
        due, _ = due_again(settings, night, before)
        frozen = replace(_frozen(store, night, before, scope, fresh, lost), expected=due)
        audit.append(store, actor, "night.rerun", [frozen.run, *scope[:50]], None, now)
        begin(store, frozen)
        earlier = published_frozen(store, night, before.revision)
        differs = earlier is not None and earlier.machine != frozen.machine
        receipt = Receipt(frozen, resumed=False, files=len(fresh))
        return Rerun(receipt, tuple(scope), along, differs, ended)


def _ended(
    store: Store, before: Current, named: Sequence[str], spoken: Collection[str], lost: Sequence[FrozenInput]
) -> tuple[str, ...]:
    """Legs whose statements are gone by rule, and of which nothing new speaks."""
    if not lost:
        return ()
    asked = {leg for leg in named if leg not in spoken}
    earlier = kept_pins(store, before.night, before).earlier
    return tuple(sorted(remains.lost_legs(store, before, earlier, asked, lost)))


def _frozen(
    store: Store,
    night: date,
    before: Current,
    scope: Sequence[str],
    fresh: Sequence[Arrival],
    lost: Sequence[FrozenInput],
) -> Frozen:
    """Freeze a re-run: pins of the night, inputs that speak of the legs, today's code."""
    again = {arrival.input_id for arrival in fresh}
    carried = tuple(entry for entry in _inputs_of(store, night, scope, again) if entry not in lost)
    return Frozen(
        night=night,
        revision=before.revision + 1,
        base=before.revision,
        flights=tuple(leg for leg in scope if not leg.startswith(individual.OF_INPUT)),
        inputs=frozen_inputs(store, night, fresh, carried),
        pins=kept_pins(store, night, before),
        machine=machine(),
        kept=kept_inputs(store, night, carried),
        gone=remains.classes(store, night, lost) if lost else (),
        ids_of=None if lost else ids_kept(store, before, news=bool(fresh)),
    )


def _settled_on(travellers: pa.Table) -> set[tuple[str, str]]:
    """Pairs of message and leg as settled: one that names a leg in part is settled with the whole."""
    parents = pc.list_parent_indices(travellers["statement_ids"])
    legs = travellers["flight_id"].take(parents).to_pylist()
    statements = pc.list_flatten(travellers["statement_ids"]).to_pylist()
    return {(one.rpartition(":")[0], leg) for one, leg in zip(statements, legs, strict=True)}


def resolve(written: Sequence[str], known: Sequence[str], night: date) -> list[str]:
    """Find the legs that an operator means.

    Raises:
        UsageError: no leg of the night fits; names what fits best.

    >>> resolve(["ua 0988"], ["UA988-20261123-FRA-IAD", "UA98-20261123-FRA-IAD"], date(2026, 11, 23))
    ['UA988-20261123-FRA-IAD']
    """
    found = []
    for text in written:
        plain = text.strip()
        exact = [leg for leg in known if leg.upper() == plain.upper()]
        short = _SHORT.match(plain.upper().replace(" ", ""))
        wanted = f"{short[1]}{short[2]}-" if short else None
        fitting = exact or [leg for leg in known if wanted and leg.startswith(wanted)]
        if not fitting:
            near = sorted(leg for leg in known if leg[:2] == plain.upper()[:2])[:5]
            raise UsageError(
                f"--flight {plain[:60]}: the night knows no such flight",
                where=f"night {night}",
                effect="nothing was run",
                remedy=f"`screening status --night {night}` lists the flights"
                + (f"; with the same carrier: {', '.join(near)}" if near else ""),
            )
        found += fitting
    return list(dict.fromkeys(found))


def _speaking_of(
    store: Store,
    arrivals: Sequence[Arrival],
    named: set[str],
    known: set[str],
    intake: Intake,
    *,
    unknown: bool,
) -> tuple[list[Arrival], list[tuple[str, str]]]:
    """Choose the new files that speak of the flights to be run again.

    With `unknown` also those of flights that the night did not know, and whatever somebody has put into the
    night's own folder: the mended file of a flight that is known by its PNR only.
    """
    chosen, links = [], []
    for arrival in arrivals:
        pairs = remains.legs_in(store, arrival, intake)
        legs = {leg for _, leg in pairs}
        fitting = legs and (not legs & known or arrival.addressed)
        if arrival.asked or legs & named or (unknown and fitting):
            chosen.append(arrival)
            links += pairs
    return chosen, links


def _inputs_of(
    store: Store, night: date, scope: Sequence[str], came_again: Collection[str]
) -> tuple[FrozenInput, ...]:
    """Inputs of the published revision whose messages speak of the legs, and those asked for by name.

    Those whose bytes have come again come along: equal bytes are counted together.
    """
    wanted = set(scope)
    messages = read_current(store, night, individual.MESSAGES)
    ids = {
        row["input_id"]
        for row in messages.select(["input_id", "flight_ids"]).to_pylist()
        if not wanted.isdisjoint(row["flight_ids"])
    }
    quarantine = read_current(store, night, individual.QUARANTINE)
    ids |= {
        row["input_id"]
        for row in quarantine.select(["input_id", "flight_id"]).to_pylist()
        if row["flight_id"] in wanted
    }
    ids |= set(came_again)
    table = read_current(store, night, landing.INPUTS)
    named = {leg.removeprefix(individual.OF_INPUT) for leg in wanted if leg.startswith(individual.OF_INPUT)}
    names = {  # by id; by name of an earlier version
        row["name"]
        for row in table.select(["name", "input_id"]).to_pylist()
        if row["name"] in named or row_of_input(row["input_id"]).removeprefix(individual.OF_INPUT) in named
    }
    containers = {
        row["container"] for row in table.to_pylist() if row["input_id"] in ids and row["container"]
    }
    containers |= {row["container"] for row in table.to_pylist() if row["name"] in names and row["container"]}
    return carried_inputs(store, night, only=ids | containers, names=names)
