"""Everything that is known of one hit, for who decides: both sides, evidence, journey, what was done."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.bound import bound
from screening.casework.night_hits import hits_of
from screening.hits.dispositions import about
from screening.list_keeping.versions import open_version
from screening.night.frozen import published_frozen
from screening.night.receive import published
from screening.profile.authoring import Visibility
from screening.reports.hit import AlertSide
from screening.store import acts
from screening.store.once import night_table
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import analyst, hit_acts, individual
from screening.tables.errors import StoreError
from screening.tables.model import rows_of
from screening.tables.rows import (
    AlertDateRow,
    AlertDocumentRow,
    AlertFactRow,
    AlertNameRow,
    AlertRow,
    DispositionRow,
    EvidenceRow,
    FlightRow,
    HitRow,
    NoteRow,
    ProposalRow,
    TravellerRow,
)


@dataclass(frozen=True, slots=True)
class HitCard:
    """One hit.

    Attributes:
        night: its night.
        row: the hit.
        state: open, proposed, decided or closed, as `screening hits` says.
        flight: its leg; None where gone.
        side: what the list says of the alert, as the night had it.
        evidence: pieces of its best alert, in order.
        siblings: further hits of the night on the same person and alert (rows of `hits_of`).
        fellows: others in the same booking on the leg, and the ids of their own hits.
        decisions: decisions on this traveller and alert, oldest first.
        proposals: proposals on the hit, oldest first.
        notes: notes on the hit, oldest first.
    """

    night: date
    row: HitRow
    state: Mapping[str, object]
    flight: FlightRow | None
    side: AlertSide
    evidence: tuple[EvidenceRow, ...]
    siblings: tuple[Mapping[str, object], ...]
    fellows: tuple[tuple[TravellerRow, tuple[str, ...]], ...]
    decisions: tuple[DispositionRow, ...]
    proposals: tuple[ProposalRow, ...]
    notes: tuple[NoteRow, ...]


def card(
    store: Store, night: date, hit: HitRow, *, visibility: Visibility, actor: str, today: date
) -> HitCard:
    """Read what is known of a hit.

    Args:
        store: the store.
        night: its night.
        hit: the hit.
        visibility: who sees what is shown to few.
        actor: who looks; has been let through to this hit (`casework.seen`).
        today: the day on which alerts have ended.

    Raises:
        UsageError: the night was never published.
        StoreError: a file is missing or damaged.
    """
    shown = hits_of(store, night, visibility=visibility, actor=actor, today=today)
    rows = rows_of(night_table(store, night, analyst.HITS), HitRow)
    same = {one["hit_id"] for one in rows if _same(one, hit)}
    flights = rows_of(_own(read_current(store, night, individual.FLIGHTS), "flight_id", hit), FlightRow)
    evidence = _own(night_table(store, night, analyst.EVIDENCE), "hit_id", hit)
    made = acts.acts_on_hits(store, hit_acts.PROPOSALS)
    notes = acts.acts_on_hits(store, hit_acts.NOTES)
    return HitCard(
        night=night,
        row=hit,
        state=next(one for one in shown if one["hit_id"] == hit["hit_id"]),
        flight=flights[0] if flights else None,
        side=_side(store, hit),
        evidence=tuple(rows_of(_own(evidence, "alert_id", hit).sort_by("ordinal"), EvidenceRow)),
        siblings=tuple(one for one in shown if one["hit_id"] in same and one["call"] is None),
        fellows=tuple(_fellows(store, night, hit, rows)),
        decisions=tuple(_decisions(store, night, hit)),
        proposals=tuple(rows_of(_own(made, "hit_id", hit).sort_by("at_utc"), ProposalRow)),
        notes=tuple(rows_of(_own(notes, "hit_id", hit).sort_by("at_utc"), NoteRow)),
    )


def _same(one: HitRow, hit: HitRow) -> bool:
    return (one["person_key"], one["alert_id"]) == (hit["person_key"], hit["alert_id"]) and one[
        "hit_id"
    ] != hit["hit_id"]


def _own(table: pa.Table, column: str, hit: HitRow) -> pa.Table:
    values: Mapping[str, object] = {**hit}
    return table.filter(pc.equal(table[column], values[column]))


def _side(store: Store, hit: HitRow) -> AlertSide:
    versions = dict(text.split("=", 1) for text in hit["list_versions"])
    opened = open_version(store, hit["list"], versions[hit["list"]])
    alerts = rows_of(_own(opened.alerts, "alert_id", hit), AlertRow)
    return AlertSide(
        row=alerts[0] if alerts else None,
        names=tuple(rows_of(_own(opened.names, "alert_id", hit), AlertNameRow)),
        dates=tuple(rows_of(_own(opened.dates, "alert_id", hit), AlertDateRow)),
        documents=tuple(rows_of(_own(opened.documents, "alert_id", hit), AlertDocumentRow)),
        listed_facts=tuple(rows_of(_own(opened.facts, "alert_id", hit), AlertFactRow)),
    )


def _fellows(
    store: Store, night: date, hit: HitRow, rows: list[HitRow]
) -> list[tuple[TravellerRow, tuple[str, ...]]]:
    if not hit["locator"]:
        return []
    table = read_current(store, night, individual.TRAVELLERS)
    booked = rows_of(_own(_own(table, "locator", hit), "flight_id", hit), TravellerRow)
    theirs: dict[str, list[str]] = {}
    for row in rows:
        theirs.setdefault(row["traveller_id"], []).append(row["hit_id"])
    return [
        (one, tuple(theirs.get(one["traveller_id"], ())))
        for one in booked
        if one["traveller_id"] != hit["traveller_id"]
    ]


def _decisions(store: Store, night: date, hit: HitRow) -> list[DispositionRow]:
    decided = _own(acts.dispositions(store), "alert_id", hit)
    frozen = published_frozen(store, night, published(store, night).revision)
    if frozen is not None:
        with suppress(StoreError):  # a key that is gone: those under the hit's own key are shown
            decided = bound(store, frozen, hit, decided)
    found = {
        row["disposition_id"]: row
        for row in rows_of(decided.sort_by("decided_at"), DispositionRow)
        if not about(row).isdisjoint(about(hit))
    }
    return list(found.values())
