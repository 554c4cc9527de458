"""What a shift report is made of: hits with the moment they came, and what people did with them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from screening.hits.proposals import waiting
from screening.hits.roles import SEES_HITS, check_role
from screening.identity.airports import utc
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.night.frozen import load_frozen
from screening.night.settings import Settings
from screening.protection import audit
from screening.reports.shift import Acts, Came, Row, shift
from screening.store import acts
from screening.store.current_json import current, nights, revision
from screening.store.published import read_current, read_revision
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.errors import UsageError
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, FlightRow, HitRow, ProposalRow

_Moments = dict[tuple[date, int], datetime]
"""When each revision of a night was published."""


def shift_report(settings: Settings, actor: str, first: datetime, last: datetime) -> list[Row]:
    """Return the figures of a shift.

    Args:
        settings: store and profile.
        actor: who asks.
        first: begin of the shift, with time zone; it belongs to it.
        last: its end, which does not.

    Raises:
        UsageError: the shift ends before it begins, or the actor has no role that sees hits.
        StoreError: a published file is damaged.
    """
    check_role(actor, settings.profile.review, SEES_HITS)
    store = settings.store
    if first.tzinfo is None or last.tzinfo is None or first >= last:
        raise UsageError(
            "the shift ends before it begins",
            where="--from and --to",
            effect="nothing was shown",
            remedy="write the earlier moment first, as 2026-11-24T06:00",
        )
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    published, undos = _recorded(store)
    decided = rows_of(acts.dispositions(store, until=last), DispositionRow)
    proposed = rows_of(acts.acts_on_hits(store, PROPOSALS), ProposalRow)
    waits = waiting([row for row in proposed if row["at_utc"] < last], decided)
    done = Acts(decided, undos, len(waits))
    return shift(list(_came(store, last, published)), done, first, last)


def _came(store: Store, last: datetime, published: _Moments) -> Iterator[Came]:
    """Return each hit, once for each evidence that it had, with the moment that it was published so first."""
    seen = set[tuple[str, str]]()
    for night in nights(store):
        fresh = [
            (hit, at)
            for hit, at in _of_night(store, night, published)
            if at < last and (hit["hit_id"], hit["evidence_hash"]) not in seen
        ]
        seen |= {(hit["hit_id"], hit["evidence_hash"]) for hit, _ in fresh}
        flights = {
            row["flight_id"]: row
            for row in rows_of(read_current(store, night, individual.FLIGHTS), FlightRow)
        }
        alerts = alerts_of_hits(store, [hit for hit, _ in fresh])
        day = last.date()
        for hit, at in fresh:
            leg = flights.get(hit["flight_id"])
            lands = utc(leg["arrival_local"], leg["destination_zone"]) if leg else None
            yield Came(hit, at, lands, alerts.closed(hit, day) is not None)


def _of_night(store: Store, night: date, published: _Moments) -> Iterable[tuple[HitRow, datetime]]:
    """Return the hits of a night in force, each with the moment of the first revision that held it so."""
    now = current(store, night)
    if now is None:
        return []
    hits = {
        (row["hit_id"], row["evidence_hash"]): row
        for row in rows_of(read_current(store, night, analyst.HITS), HitRow)
    }
    came: dict[tuple[str, str], datetime] = {}
    for number in range(1, now.revision):
        kept = revision(store, night, number)
        at = _moment(store, night, number, published)
        if kept is None or at is None:
            continue
        table = read_revision(store, kept, analyst.HITS).select(["hit_id", "evidence_hash"])
        for one, evidence in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
            came.setdefault((one, evidence), at)
    latest = _moment(store, night, now.revision, published) or min(came.values(), default=None)
    if latest is None:  # neither the record nor the frozen set says when: the night's own day
        latest = datetime.combine(night, datetime.min.time(), UTC)
    return [(row, came.get(key, latest)) for key, row in hits.items()]


def _recorded(store: Store) -> tuple[_Moments, frozenset[str]]:
    """Return when each revision was published, and which dispositions take another one back."""
    found: _Moments = {}
    undos = set[str]()
    for record in audit.records(store):
        if record["act"] == "hit.undo":
            undos.update(record["objects"][2:3])
        for seal in (text for text in record["objects"] if text.startswith("published:")):
            _, night, number, _ = seal.split(":")
            key = date.fromisoformat(night), int(number)
            found.setdefault(key, datetime.fromisoformat(record["at"]))
    return found, frozenset(undos)


def _moment(store: Store, night: date, number: int, published: _Moments) -> datetime | None:
    """Return when a revision was published; where the record is gone at its term, when its run began."""
    if (night, number) in published:
        return published[night, number]
    frozen = load_frozen(store, night, number)
    return frozen.moment if frozen else None
