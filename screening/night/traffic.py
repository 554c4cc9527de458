"""Traffic tables of the service dates that a night closes or corrects, with all that was published of them.

What readers hold of a date are its *editions*: every revision of every night that published it. Their exact
cells lie beside them in the individual zone (table `traffic_cells`). Where these have come to the end of
their term, or were never kept (an earlier version of the software), nothing new is published of the date: a
correction that cannot be held against what is out already might give somebody away.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.cells import cells
from screening.aggregates.counts import EACH
from screening.aggregates.parties import parties
from screening.aggregates.protecting import Edition, balance, protect_date, stands
from screening.night.frozen import Frozen, published_frozen
from screening.night.solver import start_solver
from screening.store.current_json import Current, current, nights, revision
from screening.store.published import read_current, read_revision
from screening.store.zones import Store
from screening.tables.aggregate import PROTECTION, PUBLISHED
from screening.tables.errors import StoreError
from screening.tables.individual import COUNTS, TRAFFIC_CELLS
from screening.tables.model import TableSpec

TABLES = (PUBLISHED, PROTECTION, TRAFFIC_CELLS)


def traffic(store: Store, frozen: Frozen, flights: pa.Table, counts: pa.Table) -> dict[str, pa.Table]:
    """Make the traffic tables of a night.

    Args:
        store: the store, for what earlier nights counted and published.
        frozen: the frozen set.
        flights: FLIGHTS of the night.
        counts: COUNTS of the night.

    Returns:
        `published`, `protection` and `traffic_cells` of the dates that are closed.

    Raises:
        StoreError: a published file is damaged.
    """
    profile = frozen.agency_profile()
    last = frozen.night - timedelta(days=profile.disclosure.nights_to_wait)
    days = {day for day in flights["service_date"].drop_null().to_pylist() if day <= last}
    closed = sorted({last, *days})
    before = [date.fromisoformat(found.night) for found in frozen.pins.earlier]
    latest = _latest_counts(store, before, counts, closed)
    out = _editions(store, frozen, before, {day.isoformat() for day in closed})
    later = _published_later(store, frozen)
    made = []
    for day in closed:
        period, editions = day.isoformat(), out.get(day.isoformat(), [])
        if period in later and (editions or not _is_anew(store, frozen)):
            # readers hold that night's edition, which it corrects itself (`overtaken`)
            made += [stands(editions[-1])] if editions else []
            continue
        of_day = latest.filter(pc.equal(latest["service_date"], pa.scalar(day)))
        if not editions and not of_day.num_rows:
            continue
        if _not_comparable(of_day, editions):
            made += [stands(editions[-1])] if editions else []
            continue
        country = profile.agency.country
        exact = cells(of_day, day=day, country=country)
        threshold = profile.disclosure.threshold
        start_solver()
        made.append(
            protect_date(
                exact,
                period=period,
                country=country,
                threshold=threshold,
                earlier=editions,
                parties=parties(of_day, exact, country=country, threshold=threshold),
            )
        )
    return {
        "published": _joined(PUBLISHED, [one.published for one in made]),
        "protection": _joined(PROTECTION, [one.protection for one in made]),
        "traffic_cells": _joined(TRAFFIC_CELLS, [one.cells for one in made]),
    }


def _published_later(store: Store, frozen: Frozen) -> set[str]:
    """Service dates that a later night has published."""
    later = (night for night in nights(store) if night > frozen.night)
    return {
        period for night in later for period in read_current(store, night, PUBLISHED)["period"].to_pylist()
    }


def _joined(spec: TableSpec, parts: Sequence[pa.Table]) -> pa.Table:
    return spec.conform(pa.concat_tables([spec.empty(), *parts]))


def _not_comparable(counts: pa.Table, editions: Sequence[Edition]) -> bool:
    """Are counts or cells of the date gone, or were they made by an earlier version?"""
    other = pc.any(pc.not_equal(counts["definition"], EACH)).as_py()
    return other is True or any(not one.cells.num_rows for one in editions)


def _latest_counts(
    store: Store, before: Sequence[date], tonight: pa.Table, closed: Sequence[date]
) -> pa.Table:
    """Counts of every leg of the closed dates, each from its latest manifest."""
    days = pa.array(closed, pa.date32())
    seen = set(tonight["flight_id"].to_pylist())
    gathered = [tonight.filter(pc.is_in(tonight["service_date"], days))]
    for night in sorted(before, reverse=True):
        table = read_current(store, night, COUNTS)
        table = table.filter(pc.is_in(table["service_date"], days))
        table = table.filter(pc.invert(pc.is_in(table["flight_id"], pa.array(sorted(seen), pa.string()))))
        seen |= set(table["flight_id"].to_pylist())
        gathered.append(table)
    return COUNTS.conform(pa.concat_tables(gathered))


def _editions(
    store: Store, frozen: Frozen, before: Sequence[date], periods: set[str]
) -> dict[str, list[Edition]]:
    """What readers hold of the closed dates, oldest first; equal ones once."""
    found: dict[str, list[Edition]] = {}
    for held in (*_of_earlier_nights(store, before, periods), *_own(store, frozen)):
        for period in sorted(set(held.published["period"].to_pylist()) & periods):
            edition = Edition(
                *(_of(table, period) for table in (held.cells, held.published, held.protection))
            )
            known = found.setdefault(period, [])
            if not any(_same(edition, other) for other in known):
                known.append(edition)
            elif not _same(edition, known[-1]):  # an edition that came back is the latest again
                known.append(known.pop(next(at for at, one in enumerate(known) if _same(edition, one))))
    return found


def _same(one: Edition, other: Edition) -> bool:
    return bool(one.published.equals(other.published) and one.cells.equals(other.cells))


def _of(table: pa.Table, period: str) -> pa.Table:
    return table.filter(pc.equal(table["period"], period)).combine_chunks()


def _of_earlier_nights(store: Store, before: Sequence[date], periods: set[str]) -> Iterator[Edition]:
    for night in sorted(before):
        now = current(store, night)
        published = read_current(store, night, PUBLISHED)
        if now is None or periods.isdisjoint(published["period"].to_pylist()):
            continue
        for number in range(1, now.revision):
            earlier = revision(store, night, number)
            if earlier is not None and earlier.of(PUBLISHED):
                yield _read(store, earlier)
        yield _read(store, now)


def _own(store: Store, frozen: Frozen) -> Iterator[Edition]:
    """What the night itself has published so far.

    A damaged edition that is only to be written anew is left out: it is made again as it was.
    """
    now = current(store, frozen.night)
    anew = _is_anew(store, frozen)
    for number in range(1, now.revision + 1 if now else 1):
        held = now if now and number == now.revision else revision(store, frozen.night, number)
        if held is None or not held.of(PUBLISHED):
            continue
        try:
            yield _read(store, held)
        except StoreError:
            if not anew:
                raise


def _is_anew(store: Store, frozen: Frozen) -> bool:
    """Is the published revision only written again: from the same inputs, after the same nights?"""
    now = current(store, frozen.night)
    before = published_frozen(store, frozen.night, now.revision) if now is not None else None
    return (
        frozen.flights is None
        and all(entry.carried for entry in frozen.inputs)
        and (before is None or before.pins.earlier == frozen.pins.earlier)
    )


def _read(store: Store, held: Current) -> Edition:
    cells_, published, protection = (
        read_revision(store, held, spec) for spec in (TRAFFIC_CELLS, PUBLISHED, PROTECTION)
    )
    if not protection.num_rows:
        protection = balance(published, {})
    return Edition(cells_, published, protection)
