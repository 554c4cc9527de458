"""One hit with everything that its reader needs: both sides, the sum, what was said of it before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.model import Imported
from screening.hits.dispositions import about
from screening.list_keeping.versions import open_version
from screening.protection.masked import masked_nights
from screening.reports.hit import HitView
from screening.reports.hit_views import HitState, fellows, hit_views
from screening.reports.night_tables import NightTables
from screening.review.queue import QueueRow
from screening.store import acts
from screening.store.once import night_table
from screening.store.zones import Store
from screening.tables import aggregate, analyst, individual
from screening.tables.codes import Decision
from screening.tables.errors import UsageError
from screening.tables.hit_acts import BORDER_OUTCOMES, CLOSINGS, NOTES, OPINIONS, PROPOSALS
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import DispositionRow, FlightRow, HitRow


@dataclass(frozen=True, slots=True)
class Said:
    """One act on a hit, or an earlier decision on the same person and alert.

    Attributes:
        at: when, UTC.
        who: by whom.
        what: in words.
        text: in their words.
        other: the hit that it was about, where that is another one.
    """

    at: datetime
    who: str
    what: str
    text: str
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A hit as its page shows it.

    Attributes:
        view: both sides and the sum, as in the report.
        hit: its row.
        history: what was said of it, oldest first.
        contrary: the decision in force on this person and alert; who decides otherwise says so.
        masked: were columns of its night masked?
    """

    view: HitView
    hit: HitRow
    history: tuple[Said, ...]
    contrary: DispositionRow | None
    masked: bool


def card(
    store: Store, row: QueueRow, *, protects: bool, home: str, now: datetime, sees: Callable[[str], bool]
) -> Card:
    """Return the card of a hit.

    Args:
        store: the store.
        row: the hit in the index; it must be shown to its reader.
        protects: is its alert there to protect the person?
        home: the agency's country.
        now: the moment that it is seen from, UTC.
        sees: may its reader see another hit, by its id? Only those of fellow travellers that they may see
            are linked.

    Raises:
        UsageError: the hit has gone from its night meanwhile.
        StoreError: a published table is damaged.
    """
    night, hit_id = date.fromisoformat(row.row["night"]), str(row.row["hit_id"])
    mine = pc.field("hit_id") == hit_id
    hits = night_table(store, night, analyst.HITS)
    table = hits.filter(mine)
    if not table.num_rows:
        raise UsageError(
            "this hit has gone from its night",
            where=f"hit {hit_id}, night {night}",
            effect="nothing was shown",
            remedy="go back to the queue: it was read anew",
        )
    [hit] = rows_of(table, HitRow)
    leg = pc.field("flight_id") == hit["flight_id"]
    party = leg & (pc.field("locator") == hit["locator"]) if hit["locator"] else pc.scalar(False)
    tables = NightTables(
        flights=night_table(store, night, individual.FLIGHTS).filter(leg),
        outcomes=individual.OUTCOMES.empty(),
        travellers=night_table(store, night, individual.TRAVELLERS).filter(party),
        hits=table,
        evidence=night_table(store, night, analyst.EVIDENCE).filter(mine),
        published=aggregate.PUBLISHED.empty(),
        dispositions=acts.dispositions(store).filter(mine),
        **_alerts(store, hit),
    )
    state = HitState(row.row["closed"], None, protects)
    flights = {one["flight_id"]: one for one in rows_of(tables.flights, FlightRow)}
    [view] = hit_views(tables, flights, {hit_id: state}, moment=now, home=home)
    history, contrary = _history(store, hit)
    others = [one for one in rows_of(hits.filter(party), HitRow) if sees(one["hit_id"])]
    booked = fellows(tables.travellers, others, [hit])[hit_id]
    stands = replace(view, state=row.row["state"], fellows=tuple(booked))
    return Card(stands, hit, history, contrary, night in set(masked_nights(store)))


def _alerts(store: Store, hit: HitRow) -> dict[str, pa.Table]:
    """Return what the lists say of the alerts of a hit, as its night had them."""
    wanted = pa.array(hit["alert_ids"], pa.string())
    found: dict[str, list[pa.Table]] = {}
    for list_id, _, version in (text.partition("=") for text in hit["list_versions"]):
        opened = _opened(store, list_id, version)
        for name, table in (
            ("alerts", opened.alerts),
            ("alert_names", opened.names),
            ("alert_dates", opened.dates),
            ("alert_documents", opened.documents),
            ("alert_facts", opened.facts),
        ):
            found.setdefault(name, []).append(table.filter(pc.is_in(table["alert_id"], wanted)))
    return {name: pa.concat_tables(tables) for name, tables in found.items()}


@lru_cache(maxsize=8)
def _opened(store: Store, list_id: str, version: str) -> Imported:
    """Open a version of a list; it never changes."""
    return open_version(store, list_id, version)


def _history(store: Store, hit: HitRow) -> tuple[tuple[Said, ...], DispositionRow | None]:
    decided = acts.dispositions(store)
    same = pc.field("alert_id") == hit["alert_id"]
    rows = [
        one for one in rows_of(decided.filter(same), DispositionRow) if not about(one).isdisjoint(about(hit))
    ]
    rows.sort(key=lambda one: (one["decided_at"], one["disposition_id"]))
    superseded = {one["supersedes"] for one in rows}
    found = [
        Said(
            one["decided_at"],
            " and ".join(name for name in (one["analyst"], one["second"]) if name),
            f"decided {_words(one['decision'])}",
            one["reason"],
            one["hit_id"] if one["hit_id"] != hit["hit_id"] else None,
        )
        for one in rows
    ]
    mine = pc.field("hit_id") == hit["hit_id"]
    for spec, words, text in _TOLD:
        for act in acts.acts_on_hits(store, spec).filter(mine).to_pylist():
            found.append(Said(act["at_utc"], act["actor"], _told(spec, act, words), act.get(text) or ""))
    standing = [
        one
        for one in rows
        if one["disposition_id"] not in superseded and one["decision"] != Decision.INCONCLUSIVE
    ]
    return tuple(sorted(found, key=lambda one: one.at)), standing[-1] if standing else None


_TOLD: tuple[tuple[TableSpec, str, str], ...] = (
    (PROPOSALS, "proposed", "reason"),
    (NOTES, "noted", "text"),
    (BORDER_OUTCOMES, "told back from the border:", "remark"),
    (CLOSINGS, "answered at closing:", ""),
    (OPINIONS, "would decide", "reason"),
)


def _told(spec: TableSpec, act: Mapping[str, object], words: str) -> str:
    value = act.get({"closings": "answer", "border_outcomes": "outcome"}.get(spec.name, "decision"))
    if spec is PROPOSALS and value is None:
        return "took the proposal back"
    return f"{words} {_words(str(value))}" if value else words


def _words(code: str) -> str:
    return code.replace("_", " ")
