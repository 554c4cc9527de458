"""A published night of which some bytes have come to the end of their term: what of it can still be settled.

A night's inputs end at different times: API after days, bookings after months. A file that comes later is
settled with what remains: rows that the published revision still holds about its legs are drawn in as those
of earlier nights are. Whoever stood in bytes that are gone was compared when they were there; their hits
stay.

A leg of which statements are gone is not screened again for the asking: the result would name fewer people
than the one that is published.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from screening.messages.read import read_parts
from screening.night.frozen import EarlierNight, Frozen, FrozenInput
from screening.night.inbox import Arrival
from screening.night.opening import carried, parts_of
from screening.night.quarantine_entries import row_of_input
from screening.night.scope import draw
from screening.profile.model import Intake
from screening.protection.retention import proofs
from screening.protection.subject_rules import erased_of
from screening.store.current_json import Current
from screening.store.landing import missing
from screening.store.mapped import mapped
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.codes import Level, RetentionClass
from screening.tables.errors import ScreeningError, StoreError
from screening.tables.findings import Finding
from screening.tables.model import TableSpec

_REMAINS = "settled_from_remains"


def classes(store: Store, night: date, lost: Collection[FrozenInput]) -> tuple[str, ...]:
    """Return the retention classes whose end took these inputs, sorted."""
    rows = carried(store, night).inputs.select(["input_id", "container"]).to_pylist()
    own = {entry.input_id for entry in lost}
    ids = own | {row["input_id"] for row in rows if row["container"] in own}
    found = {str(piece.cls) for input_id in ids for piece in missing(store, input_id)}
    return tuple(sorted(found or {str(RetentionClass.UNREAD)}))


def base_of(frozen: Frozen) -> tuple[EarlierNight, ...]:
    """Return the revision whose remaining rows are drawn in; none where everything is read again."""
    if not frozen.gone or frozen.base is None:
        return ()
    return (EarlierNight(frozen.night.isoformat(), frozen.base, ""),)


def legs_in(store: Store, arrival: Arrival, intake: Intake) -> list[tuple[str, str]]:
    """Pairs of message and leg of a file, as `message_legs` would hold them."""
    if arrival.refused or arrival.size > intake.max_file_bytes:
        return []
    try:
        return list(_pairs_in(store, arrival, intake))
    except ScreeningError:
        raise
    except Exception:  # noqa: BLE001  (a run over all inputs sets it aside and names it)
        return []


def _pairs_in(store: Store, arrival: Arrival, intake: Intake) -> Iterator[tuple[str, str]]:
    with mapped(arrival.path) as data:
        yield from (
            (f"{part.input_id}:{message.offset}", leg.flight_id)
            for part in parts_of(store, data, arrival.name, arrival.input_id, intake, [])
            for reading in read_parts(part.data, intake, input_id=part.input_id)
            for message in reading.messages
            for leg in message.legs
            if leg.flight_id
        )


def lost_legs(
    store: Store,
    before: Current,
    earlier: Sequence[EarlierNight],
    legs: Collection[str],
    lost: Collection[FrozenInput],
) -> set[str]:
    """Return those of the legs about which less is held than they were settled from.

    Args:
        store: the store.
        before: the published revision.
        earlier: nights that it draws from.
        legs: rows of `outcomes`.
        lost: inputs that are gone.
    """
    base = EarlierNight(before.night.isoformat(), before.revision, "")
    held = draw(store, (*earlier, base), sorted(legs), individual.MESSAGE_LEGS.empty()).stated["statements"]
    ids, names = {entry.input_id for entry in lost}, {row_of_input(entry.input_id) for entry in lost}
    aside = {
        row["flight_id"]
        for row in read_current(store, before.night, individual.QUARANTINE).to_pylist()
        if row["input_id"] in ids
    }
    return fewer(store, before.night, held, legs) | {leg for leg in legs if leg in aside or leg in names}


def fewer(store: Store, night: date, held: pa.Table, legs: Collection[str]) -> set[str]:
    """Return those of the legs that the published revision settled from more statements.

    Args:
        store: the store.
        night: the night.
        held: STATEMENTS that are still held about them.
        legs: flight ids.
    """
    there = Counter(held["flight_id"].to_pylist())
    ledger = read_current(store, night, individual.LEDGER)
    erased = erased_of(ledger)  # by right, not by rule: their leg is not settled from less for it
    drawn = {
        row["unit"]: row["received"] - erased[row["unit"]]
        for row in ledger.to_pylist()
        if row["stage"] == "draw" and row["received"]
    }
    return {leg for leg in legs if there[leg] < drawn.get(leg, 0)}


def refusal(store: Store, night: date, lost: Collection[FrozenInput], what: str) -> StoreError:
    """Make the error that names the rule.

    Args:
        store: the store.
        night: the night.
        lost: inputs that are gone.
        what: what cannot be done.
    """
    named = classes(store, night, lost)
    ends = {cls: at for cls in named if (at := _ended(store, night, lost, cls)) is not None}
    told = ", ".join(f"{cls} on {ends[cls]:%Y-%m-%d %H:%M} UTC" if cls in ends else cls for cls in named)
    return StoreError(
        f"{what}: {len(lost)} of its inputs came to the end of their term ({told})",
        where=f"night {night}",
        effect="nothing was run; what is published stays",
        remedy=f"what comes anew is settled with what remains: put it into the inbox under "
        f"night={night}/ and `screening run --night {night}`",
    )


def _ended(store: Store, night: date, lost: Collection[FrozenInput], cls: str) -> datetime | None:
    """Return when a class of the night came to its end, by the proofs of purges."""
    ids = {entry.input_id for entry in lost}
    moments = [
        item.due
        for proof in proofs(store)
        for item in proof.files
        if item.cls == cls and (item.night == night or item.path.rpartition("/")[2][:64] in ids)
    ]
    return min(moments).astimezone(UTC) if moments else None


def with_known_ids(travellers: pa.Table, documents: pa.Table, hits: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Give people on hits of the published revision the ids that they had, as far as they can be told.

    Ids follow from statements. Where a person's first statement is gone, or an older one has come, the hit
    still holds id and key.

    Args:
        travellers: as settled anew.
        documents: theirs.
        hits: HITS of the night as they were published.

    Returns:
        Travellers and documents.
    """
    columns = ("flight_id", "person_key", "traveller_id")
    rows = list(zip(*(travellers[name].to_pylist() for name in columns), strict=True))
    stands = Counter((leg, key) for leg, key, _ in rows)
    known = {
        (leg, key): one for leg, key, one in zip(*(hits[name].to_pylist() for name in columns), strict=True)
    }
    taken = {one for _, _, one in rows}
    renamed = {
        one: known[leg, key]
        for leg, key, one in rows
        if stands[leg, key] == 1 and known.get((leg, key), one) not in taken
    }
    return (
        _renamed(travellers, renamed, individual.TRAVELLERS),
        _renamed(documents, renamed, individual.DOCUMENTS),
    )


def _renamed(table: pa.Table, renamed: dict[str, str], spec: TableSpec) -> pa.Table:
    column = [renamed.get(one, one) for one in table["traveller_id"].to_pylist()]
    place = table.schema.get_field_index("traveller_id")
    return spec.conform(table.set_column(place, "traveller_id", pa.array(column, pa.string())))


def told(flights: pa.Table, legs: Collection[str], ended: Sequence[str]) -> pa.Table:
    """Say on each leg of which statements are gone that it was settled from what remains.

    Args:
        flights: FLIGHTS as settled.
        legs: legs of which statements are gone.
        ended: retention classes that came to their end.
    """
    text = (
        f"earlier messages about this leg came to the end of their term ({', '.join(ended)}); it was settled "
        "from what remains, and hits found before stay"
    )
    row = Finding(_REMAINS, Level.WARNING, 0, None, text).row()
    column = [
        [*found, row] if leg in legs else found
        for leg, found in zip(flights["flight_id"].to_pylist(), flights["findings"].to_pylist(), strict=True)
    ]
    place = flights.schema.get_field_index("findings")
    kind = individual.FLIGHTS.schema.field("findings").type
    return individual.FLIGHTS.conform(flights.set_column(place, "findings", pa.array(column, kind)))


def remembered(base: pa.Table, fresh: pa.Table, scope: pa.Array) -> pa.Table:
    """Return hits of the published revision on these legs that the new one does not raise again.

    Args:
        base: HITS as published.
        fresh: HITS as raised anew.
        scope: legs that were settled from what remains.
    """
    columns = ("flight_id", "person_key", "alert_id")
    again = set(fresh["hit_id"].to_pylist())
    pairs = set(zip(*(fresh[name].to_pylist() for name in columns), strict=True))
    before = zip(*(base[name].to_pylist() for name in columns), strict=True)
    stays = [
        hit not in again and pair not in pairs
        for hit, pair in zip(base["hit_id"].to_pylist(), before, strict=True)
    ]
    return base.filter(pc.and_(pc.is_in(base["flight_id"], scope), pa.array(stays, pa.bool_())))
