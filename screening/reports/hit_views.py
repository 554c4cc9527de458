"""The hits of a night as a person reads them, in the order of work, made from published tables and acts."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.cleared_content import remarks
from screening.hits.decided import is_decided, latest
from screening.reports.cards import order
from screening.reports.hit import (
    AlertSide,
    Fellow,
    HitView,
    Proposed,
    align,
    by_document_alone,
    facts,
    is_weak,
    rate,
    said_rightly,
    sentence,
    standing_sentence,
    traveller_name,
    waterfall,
)
from screening.reports.night_tables import NightTables
from screening.reports.text import bits
from screening.reports.work_order import part, timing, weight
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
    TravellerRow,
)

_OfAlert = TypeVar("_OfAlert")

SHOWN_TO_FEW = "Shown to few"
OPEN, PROPOSED, DECIDED, CLOSED = "open", "proposed", "decided", "closed"


@dataclass(frozen=True, slots=True)
class HitState:
    """What became of a hit's alerts since its night, who may see it, and what waits on it.

    Attributes:
        closed: why it needs nobody any more; None while it does.
        call: whom to call, where not everybody who reads the page may see it.
        protects: its alert is there to protect the person.
        proposed: what waits for a second person.
    """

    closed: str | None = None
    call: str | None = None
    protects: bool = False
    proposed: Proposed | None = None


def hit_views(
    tables: NightTables,
    flights: Mapping[str, FlightRow],
    states: Mapping[str, HitState],
    *,
    moment: datetime | None,
    home: str | None,
) -> tuple[HitView, ...]:
    """Return the hits of a night in the order of work (`work_order`).

    Args:
        tables: published tables of the night, and of the alerts that its hits name.
        flights: its legs by flight_id.
        states: by hit_id, what became of it since.
        moment: the moment that the work is seen from, UTC; None where time does not count.
        home: the agency's country.
    """
    rows = rows_of(tables.hits, HitRow)
    evidence: dict[tuple[str, str], list[EvidenceRow]] = defaultdict(list)
    for piece in rows_of(tables.evidence, EvidenceRow):
        evidence[piece["hit_id"], piece["alert_id"]].append(piece)
    sides = _alert_sides(tables, {alert for row in rows for alert in row["alert_ids"]})
    decided = rows_of(tables.dispositions, DispositionRow)
    seen = _Seen(
        evidence,
        sides,
        flights,
        fellows(tables.travellers, [row for row in rows if _open_to_all(row, states)], rows),
        {row["disposition_id"]: row for row in decided},
        latest(decided),
        states,
        moment,
        home,
    )
    found = sorted((_as_shown(_hit(row, seen), states.get(row["hit_id"])) for row in rows), key=order)
    return tuple(replace(view, rank=rank) for rank, view in enumerate(found, start=1))


def _open_to_all(row: HitRow, states: Mapping[str, HitState]) -> bool:
    state = states.get(row["hit_id"])
    return state is None or state.call is None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What hits are shown with."""

    evidence: Mapping[tuple[str, str], list[EvidenceRow]]
    sides: Mapping[str, AlertSide]
    flights: Mapping[str, FlightRow]
    fellows: Mapping[str, list[Fellow]]
    by_id: Mapping[str, DispositionRow]
    latest: Mapping[str, DispositionRow]
    states: Mapping[str, HitState]
    moment: datetime | None
    home: str | None


def _as_shown(view: HitView, state: HitState | None) -> HitView:
    """Return a hit with what became of its alerts; of one that is shown to few nothing but whom to call."""
    if state is None:
        return view
    if state.call is None:
        return replace(view, closed=state.closed, protects=state.protects)
    return replace(
        view,
        name=SHOWN_TO_FEW,
        alert=None,
        listed_names=(),
        facts=(),
        names=(),
        waterfall=replace(view.waterfall, alert_id="", steps=()),
        others=(),
        fellows=(),
        remarks=(),
        disposition=None,
        decided=None,
        closed=state.closed,
        call=state.call,
    )


def _hit(row: HitRow, seen: _Seen) -> HitView:
    side = seen.sides[row["alert_id"]]
    best = said_rightly(seen.evidence.get((row["hit_id"], row["alert_id"]), []), side)
    others = [
        (
            alert,
            next((name.text for name in seen.sides[alert].shown_names()), "name not known"),
            bits(sum(piece["weight"] for piece in seen.evidence.get((row["hit_id"], alert), []))),
        )
        for alert in row["alert_ids"]
        if alert != row["alert_id"]
    ]
    when = timing(seen.flights.get(row["flight_id"]), seen.home, seen.moment)
    weak = is_weak(best)
    own = seen.latest.get(row["hit_id"])
    before = seen.by_id.get(row["disposition_id"] or "")
    state = seen.states.get(row["hit_id"], HitState())
    settled = is_decided(row, own)
    return HitView(
        rank=0,
        row=row,
        name=traveller_name(row["surname"], row["given_names"]),
        flight=seen.flights.get(row["flight_id"]),
        alert=side.row,
        listed_names=side.shown_names(),
        facts=facts(row, side),
        names=align(best),
        waterfall=waterfall(row["alert_id"], best, row["threshold"]),
        others=tuple(others),
        sentence=sentence(best, row["score"], row["threshold"]),
        rate=rate(row["false_alerts_per_1000"]),
        standing=standing_sentence(row),
        fellows=tuple(seen.fellows.get(row["hit_id"], ())),
        disposition=before,
        timing=when,
        part=part(row, when, weak=weak, apart=state.call is None),
        weight=weight(row, when),
        weak=weak,
        by_document=by_document_alone(best),
        remarks=_remarks(side.row),
        decided=own if own is not None and own["disposition_id"] != row["disposition_id"] else None,
        proposed=state.proposed,
        state=CLOSED if state.closed else PROPOSED if state.proposed else DECIDED if settled else OPEN,
    )


def _remarks(alert: AlertRow | None) -> tuple[tuple[str, str], ...]:
    """Give what else the source says of an alert: field, in its words."""
    if alert is None:
        return ()
    try:
        told = remarks(alert)
    except json.JSONDecodeError:  # written by an earlier version
        return ()
    return tuple(
        (field.replace("_", " ").lower(), "; ".join(map(str, values)))
        for field, values in told.items()
        if values
    )


def _alert_sides(tables: NightTables, wanted: set[str]) -> dict[str, AlertSide]:
    ids = pa.array(sorted(wanted), pa.string())

    def of(table: pa.Table, kind: type[_OfAlert]) -> dict[str, list[_OfAlert]]:
        found: dict[str, list[_OfAlert]] = defaultdict(list)
        own = table.filter(pc.is_in(table["alert_id"], ids))
        for alert, row in zip(own["alert_id"].to_pylist(), rows_of(own, kind), strict=True):
            found[alert].append(row)
        return found

    rows, names = of(tables.alerts, AlertRow), of(tables.alert_names, AlertNameRow)
    dates, documents = of(tables.alert_dates, AlertDateRow), of(tables.alert_documents, AlertDocumentRow)
    listed = of(tables.alert_facts, AlertFactRow)
    return {
        alert: AlertSide(
            row=rows[alert][0] if alert in rows else None,
            names=tuple(names.get(alert, ())),
            dates=tuple(dates.get(alert, ())),
            documents=tuple(documents.get(alert, ())),
            listed_facts=tuple(listed.get(alert, ())),
        )
        for alert in wanted
    }


def fellows(travellers: pa.Table, shown: Sequence[HitRow], hits: Sequence[HitRow]) -> dict[str, list[Fellow]]:
    """Tell who stands in the same booking on the same leg, by API and PNR as settled, and their own hits.

    Hits that are shown to few lead nowhere: a link would tell whose they are.

    Args:
        travellers: TRAVELLERS of the legs.
        shown: hits that the reader may see.
        hits: hits whose fellow travellers are asked for.

    Returns:
        By hit_id.
    """
    locators = pa.array(sorted({row["locator"] for row in hits if row["locator"]}), pa.string())
    booked = rows_of(travellers.filter(pc.is_in(travellers["locator"], locators)), TravellerRow)
    parties: dict[tuple[str, str | None], list[TravellerRow]] = defaultdict(list)
    for row in booked:
        if row["locator"]:
            parties[row["flight_id"], row["locator"]].append(row)
    own: dict[str, list[str]] = defaultdict(list)
    for hit in sorted(shown, key=lambda row: row["hit_id"]):
        own[hit["traveller_id"]].append(hit["hit_id"])
    return {
        hit["hit_id"]: sorted(
            (
                Fellow(traveller_name(row["surname"], row["given_names"]), tuple(own[row["traveller_id"]]))
                for row in parties.get((hit["flight_id"], hit["locator"]), ())
                if row["traveller_id"] != hit["traveller_id"]
            ),
            key=lambda one: (one.name, one.hits),
        )
        for hit in hits
    }
