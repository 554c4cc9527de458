"""Decided hits for a border point: which stand on the sheet, for whom, and that it was handed out.

Handing out is an act: who took what of which night stands in the record before the sheet is made, and where
it cannot be recorded there is no sheet. Nothing of a sheet is kept in the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from screening.hits.audience import closed_to
from screening.hits.decided import Decided
from screening.hits.roles import SEES_DECIDED, check_role
from screening.list_keeping.alerts_of_hits import AlertsOfHits, alerts_of_hits
from screening.night.receive import published
from screening.night.settings import Settings
from screening.protection import audit
from screening.protection.actor import named
from screening.reports.handout import Entry, Sheet, closed_entry, entry, ordered
from screening.store import acts
from screening.store.published import read_current
from screening.tables import analyst, individual
from screening.tables.codes import Decision
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, FlightRow, HitRow

_AIRPORT = 3


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A sheet, and why decided hits are not on it.

    Attributes:
        sheet: the sheet.
        left_out: hit_id and reason, for who hands it out; never for the border point.
    """

    sheet: Sheet
    left_out: tuple[tuple[str, str], ...]


def hand_out(
    settings: Settings,
    night: date,
    *,
    airport: str | None,
    recipient: str,
    actor: str,
    at: datetime,
    reason: str | None = None,
) -> HandedOut:
    """Make the sheet of a night for a border point; recorded.

    Args:
        settings: store and profile.
        night: the night.
        airport: IATA code of the border point; legs that begin or end there, and those of which one end is
            not known. None for all.
        recipient: who takes it.
        actor: who hands it out.
        at: when, UTC.
        reason: why, where it is said; recorded.

    Raises:
        UsageError: the night was never published, the airport is no code of three letters, or the actor has
            no role that sees decided hits.
        StoreError: a table is damaged, or the act cannot be recorded.
    """
    check_role(actor, settings.profile.review, SEES_DECIDED)
    store, place, taker = settings.store, _checked(airport), named(recipient)
    now = published(store, night)
    hits = _there(
        rows_of(read_current(store, night, analyst.HITS), HitRow),
        flights := {
            row["flight_id"]: row
            for row in rows_of(read_current(store, night, individual.FLIGHTS), FlightRow)
        },
        place,
    )
    stands = Decided(rows_of(acts.dispositions(store), DispositionRow))
    wanted = set(settings.profile.handout.decisions)
    decided = [(hit, decision) for hit in hits if (decision := stands.decision(hit)) in wanted and decision]
    entries, left_out = _entries(settings, decided, flights, (actor, taker), at)
    objects = [now.seal, f"to:{taker}", f"airport:{place or 'all'}", *(one.hit_id for one in entries)]
    audit.append(store, actor, "hits.handout", objects, (reason or "").strip() or None, at)
    until = at + timedelta(hours=settings.profile.handout.hours)
    sheet = Sheet(
        agency=settings.profile.agency.name,
        night=str(night),
        revision=now.revision,
        airport=place,
        made_for=taker,
        made_by=actor,
        made_at=f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        valid_until=f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        entries=entries,
    )
    return HandedOut(sheet, left_out)


def _checked(airport: str | None) -> str | None:
    place = airport.strip().upper() if airport is not None else None
    if place is not None and not (len(place) == _AIRPORT and place.isascii() and place.isalpha()):
        raise UsageError(
            "this is no airport",
            where="--airport",
            effect="nothing was handed out",
            remedy="give the IATA code of three letters, as VIE",
        )
    return place


def _there(hits: Iterable[HitRow], flights: Mapping[str, FlightRow], place: str | None) -> list[HitRow]:
    """Return the hits of legs that touch an airport; who may land anywhere is on every sheet."""

    def touches(hit: HitRow) -> bool:
        leg = flights.get(hit["flight_id"])
        ends = {leg["origin"], leg["destination"]} if leg else {None}
        return place in ends or None in ends

    return [hit for hit in hits if place is None or touches(hit)]


def _entries(
    settings: Settings,
    decided: Iterable[tuple[HitRow, Decision]],
    flights: Mapping[str, FlightRow],
    readers: tuple[str, ...],
    at: datetime,
) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
    held = list(decided)
    alerts = alerts_of_hits(settings.store, [hit for hit, _ in held])
    entries, left_out = [], []
    for hit, decision in held:
        made = _entry(settings, hit, decision, flights.get(hit["flight_id"]), alerts, readers, at)
        if isinstance(made, Entry):
            entries.append(made)
        else:
            left_out.append((hit["hit_id"], made))
    return ordered(entries), tuple(left_out)


def _entry(
    settings: Settings,
    hit: HitRow,
    decision: Decision,
    leg: FlightRow | None,
    alerts: AlertsOfHits,
    readers: tuple[str, ...],
    at: datetime,
) -> Entry | str:
    """Return the entry of a hit, or why it has none."""
    rows, shown = alerts.rows(hit), settings.profile.visibility
    state = alerts.state(hit, shown, None, at.date())
    if state.closed is not None:
        return f"its alert has ended: {state.closed}"
    calls = [call for reader in readers if (call := closed_to(reader, rows, shown)) is not None]
    if calls:
        return closed_entry(hit, leg, calls[0])
    alert = next((row for row in rows if row["alert_id"] == hit["alert_id"]), None)
    if alert is None:
        return "its alert cannot be read any more: what may be told of it is not known"
    made = entry(hit, leg, alert, decision, state.instructions)
    return made or "a discreet check without an instruction: nothing of it may be told"
