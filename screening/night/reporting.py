"""The night's report and the summary at the terminal, made from what is published.

The report is one HTML file (with sibling pages where there are very many hits) in
`analyst/reports/night=D/`: it shows hits, so it lies where they lie. It can be made again at any time.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from screening.gates.judging import GATES
from screening.hits.proposals import waiting
from screening.list_keeping import due, lists
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.list_keeping.traffic_models import night_model
from screening.night import fitness
from screening.night.attention import headline_of
from screening.night.frozen import Frozen, published_frozen
from screening.night.overtaken import overtaken, overtaken_by
from screening.night.quarantine_entries import entries, settled
from screening.night.receive import published
from screening.night.settings import load_settings
from screening.profile.model import Profile
from screening.protection.key_links import clearances_by_key, retired
from screening.protection.keys import DEMONSTRATION_ID
from screening.reports.hit import Proposed
from screening.reports.night_html import render
from screening.reports.night_view import (
    NOT_MEASURED,
    HitState,
    ListState,
    NightFigures,
    NightTables,
    NightView,
    build,
)
from screening.reports.summary import Changed, summarise
from screening.store import acts
from screening.store.current_json import current, nights, revision
from screening.store.files import write_bytes
from screening.store.object_path import ObjectPath
from screening.store.published import read_current, read_revision
from screening.store.zones import Store, open_zones
from screening.tables import aggregate, alerts, analyst, individual
from screening.tables.codes import Zone
from screening.tables.errors import StoreError
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import ClearanceRow, DispositionRow, HitRow, ProposalRow

MAIN = "report.html"
_SHOWN = 28


def write_report(store: Store, night: date, moment: datetime | None = None) -> Path:
    """Write the report of a published night.

    Args:
        store: the store.
        night: the night.
        moment: what lands, departs and was decided is seen from here, UTC; None for the moment that the
            night was frozen at, or the last decision on one of its hits, if that is later. So a report that
            is made again without being asked for tells no less, and equal tables and acts give equal bytes.

    Returns:
        Where its first page is.

    Raises:
        UsageError: the night was never published.
        StoreError: a published file is damaged, or the report cannot be written.
    """
    folder = open_zones(store, [Zone.ANALYST]).path(Zone.ANALYST, "reports", f"night={night.isoformat()}")
    pages = render(view(store, night, moment))
    for old in folder.glob("*.html"):
        if old.name not in pages:
            old.unlink()
    for name, text in sorted(pages.items()):
        write_bytes(folder / name, text.encode())
    return folder / MAIN


def report_path(store: Store, night: date) -> Path:
    """Return where the report of a night lies, whether it was written yet or not."""
    return store.root.resolve() / "analyst" / "reports" / f"night={night.isoformat()}" / MAIN


def view(store: Store, night: date, moment: datetime | None = None) -> NightView:
    """Build the view of a published night, seen from a moment (`write_report`)."""
    now = published(store, night)
    frozen = published_frozen(store, night, now.revision)
    named = {spec.name: read_current(store, night, spec) for spec in _TABLES}
    wanted = sorted(set(pc.list_flatten(named["hits"]["alert_ids"]).to_pylist()))
    hits = rows_of(named["hits"], HitRow)
    seen_from = moment or _moment(store, frozen, hits)
    tables = NightTables(
        **named,
        dispositions=acts.dispositions(store, until=seen_from),
        **_alerts_of(store, frozen, wanted),
    )
    return build(
        tables,
        night=night,
        revision=now.revision,
        agency=(frozen.stated("agency", "name") if frozen else None) or "",
        lists=_list_states(store, frozen),
        history=list(_history(store, night)),
        gates=[row for record in fitness.records(store, frozen) for row in record.rows],
        notes=_notes(store, frozen),
        headline=headline_of(store, night),
        settled=settled(store, night),
        promise=_promise(store, frozen),
        states=_states(store, hits, seen_from),
        moment=seen_from,
        home=frozen.stated("agency", "country") if frozen else None,
        expected=len(frozen.expected.waited_for) if frozen and frozen.expected else None,
    )


def _moment(store: Store, frozen: Frozen | None, hits: Sequence[HitRow]) -> datetime | None:
    """Return the moment the night was frozen at, or the last act on its hits if that is later."""
    ids = pa.array([hit["hit_id"] for hit in hits], pa.string())

    def last(table: pa.Table, column: str) -> datetime | None:
        found: datetime | None = pc.max(table.filter(pc.is_in(table["hit_id"], ids))[column]).as_py()
        return found

    moments = (
        frozen.moment if frozen else None,
        last(acts.dispositions(store), "decided_at"),
        last(acts.acts_on_hits(store, PROPOSALS), "at_utc"),
    )
    return max((one for one in moments if one), default=None)


def _states(store: Store, hits: Sequence[HitRow], moment: datetime | None) -> dict[str, HitState]:
    """Say what became of hits and their alerts since, and which hits not every reader of the page may see."""
    alerts_, shown = alerts_of_hits(store, hits), load_settings().profile.visibility
    found, today = {}, datetime.now(UTC).date()
    waits = waiting(
        [
            row
            for row in rows_of(acts.acts_on_hits(store, PROPOSALS), ProposalRow)
            if moment is None or row["at_utc"] <= moment
        ],
        rows_of(acts.dispositions(store, until=moment), DispositionRow),
    )
    for hit in hits:
        state = alerts_.state(hit, shown, None, today)
        own = waits.get((hit["hit_id"], hit["alert_id"], hit["evidence_hash"]))
        found[hit["hit_id"]] = HitState(
            state.closed, state.call, state.instructions is not None, _proposed(own) if own else None
        )
    return found


def _proposed(row: ProposalRow) -> Proposed:
    return Proposed(row["act_id"], row["decision"] or "", row["actor"], row["reason"])


def changed(store: Store, night: date) -> Changed | None:
    """Compare a published night with the revision before it: travellers, hits and flights by their ids.

    Returns:
        What came and what went; None for a first revision, and where the one before was the same night (a
        purge and a night that was let through make revisions too). What has come to the end of its term in
        one of the two, or is damaged in the one before, cannot be compared.
    """
    now = current(store, night)
    before = revision(store, night, now.revision - 1) if now and now.revision > 1 else None
    if now is None or before is None or before.frozen == now.frozen:
        return None
    differences: dict[str, tuple[int, int] | None] = {}
    for name, spec, key in _COUNTED:
        differences[name] = None
        if {file.cls for file in before.of(spec)} == {file.cls for file in now.of(spec)}:
            with suppress(StoreError):  # damaged: the revision that mends it is published and must be told
                held = set(read_revision(store, before, spec, verify=False)[key].to_pylist())
                held_now = set(read_current(store, night, spec, verify=False)[key].to_pylist())
                differences[name] = (len(held_now - held), len(held - held_now))
    return Changed(before.revision, differences)


_COUNTED: tuple[tuple[str, TableSpec, str], ...] = (
    ("flights", individual.FLIGHTS, "flight_id"),
    ("travellers", individual.TRAVELLERS, "traveller_id"),
    ("hits", analyst.HITS, "hit_id"),
)


def tell(store: Store, night: date, seconds: dict[str, float]) -> str:
    """Return the summary for the terminal: what happened, what needs a person, where everything is."""
    root = store.root.resolve()
    found = "<path>" if isinstance(root, ObjectPath) else f"<zone>/current/night={night}/"
    places = {
        "Hit report": str(report_path(store, night)),
        "Parquet": f"{root}/{found}   (screening tables --night {night})",
        "Airflow": "make airflow, or screening airflow serve, then http://127.0.0.1:8080",
    }
    stages = list(seconds.items())
    return summarise(view(store, night), stages=stages, places=places, changed=changed(store, night))


_TABLES: tuple[TableSpec, ...] = (
    individual.FLIGHTS,
    individual.OUTCOMES,
    individual.TRAVELLERS,
    individual.MESSAGES,
    individual.QUARANTINE,
    individual.OUTSIDE_MANDATE,
    analyst.HITS,
    analyst.EVIDENCE,
    aggregate.PUBLISHED,
    aggregate.CARRIER_QUALITY,
)


def _alerts_of(store: Store, frozen: Frozen | None, wanted: Iterable[str]) -> dict[str, pa.Table]:
    """Alerts that the hits name, from the pinned versions."""
    ids = pa.array(wanted, pa.string())
    specs = {
        "alerts": alerts.ALERTS,
        "alert_names": alerts.ALERT_NAMES,
        "alert_dates": alerts.ALERT_DATES,
        "alert_documents": alerts.ALERT_DOCUMENTS,
        "alert_facts": alerts.ALERT_FACTS,
    }
    gathered: dict[str, list[pa.Table]] = {name: [spec.empty()] for name, spec in specs.items()}
    for list_id, version in sorted((frozen.pins.lists if frozen else {}).items()):
        opened = lists.open_version(store, list_id, version)
        for name, table in (
            ("alerts", opened.alerts),
            ("alert_names", opened.names),
            ("alert_dates", opened.dates),
            ("alert_documents", opened.documents),
            ("alert_facts", opened.facts),
        ):
            gathered[name].append(table.filter(pc.is_in(table["alert_id"], ids)))
    return {name: specs[name].conform(pa.concat_tables(found)) for name, found in gathered.items()}


def _list_states(store: Store, frozen: Frozen | None) -> list[ListState]:
    found = []
    for list_id, version in sorted((frozen.pins.lists if frozen else {}).items()):
        known = {entry.version: entry for entry in lists.versions(store, list_id)}
        entry = known.get(version)
        imported = datetime.fromisoformat(str(entry.imported_at)).date() if entry else None
        found.append(ListState(list_id, version, entry.alerts if entry else 0, imported))
    return found


def _history(store: Store, night: date) -> Iterable[NightFigures]:
    """Figures of the last nights, this one included."""
    for found in [label for label in nights(store) if label <= night][-_SHOWN:]:
        now = current(store, found)
        known = fitness.figures(store, found, now.revision) if now else {}
        figures = {measure: int(value) for measure, (value, _) in known.items()}
        yield NightFigures(
            found,
            figures.get("flights", 0),
            figures.get("travellers", 0),
            figures.get("travellers_quarantined", 0),
            figures.get("hits", 0),
        )


def _promise(store: Store, frozen: Frozen | None) -> str:
    """Say on whom the thresholds of the night were measured."""
    if frozen is None or frozen.pins.traffic is None:
        return NOT_MEASURED
    known = night_model(store, frozen.pins.traffic)
    told = f"traffic model {known.version}, nights {' to '.join(known.nights)}"
    missing = sorted(set(frozen.pins.lists) - known.promised)
    left = f"; not measured for {', '.join(missing)} (screening model propose)" if missing else ""
    return f"false alerts per 1,000 measured on {told}{left}"


def _notes(store: Store, frozen: Frozen | None) -> list[str]:
    notes: list[str] = []
    if frozen is None:
        return notes
    if frozen.pins.key_id == DEMONSTRATION_ID:
        notes.append(
            "Demonstration key: anyone can compute the ids that stand for people. Not for real travellers."
        )
    notes += _waiting_alerts(store, frozen)
    notes += _unread_keys(store, frozen)
    records = fitness.records(store, frozen)
    notes += [f"Unusual: {text}." for record in records for text in record.warnings]
    notes += [*_gate_notes(records, frozen.night), *_overtaken(store, frozen.night)]
    silenced, _ = fitness.figures(store, frozen.night, frozen.revision).get("hits_silenced", (0, ""))
    if silenced:
        notes.append(f"{silenced:.0f} pairs stayed silent: cleared by a person, nothing has changed.")
    notes += asked_of_people(store, load_settings().profile, frozen.night)
    done = sum(entry.settled for entry in entries(store, frozen.night))
    if done:
        number = f"{done} quarantine entr{'y is' if done == 1 else 'ies are'}"
        notes.append(f"{number} replayed or released: screening quarantine list --night {frozen.night}")
    return notes


def asked_of_people(store: Store, profile: Profile, day: date) -> list[str]:
    """Say which alerts and clearances end soon or wait for a person, with the command that lists them."""
    return [
        *due.notes(store, day, profile.authoring.notice_days),
        *_clearances_ending(store, day, profile.clearing.notice_days),
    ]


def _clearances_ending(store: Store, day: date, days: int) -> list[str]:
    table = acts.clearances(store, acts.dispositions(store))
    last = day + timedelta(days=days)
    number = sum(day <= row["until"] <= last for row in rows_of(table, ClearanceRow))
    ends = "clearance ends" if number == 1 else "clearances end"
    told = f"{number} {ends} within {days} days, and what it keeps silent is raised again"
    return [f"{told}: screening clearances list --due {days}"] if number else []


def _waiting_alerts(store: Store, frozen: Frozen) -> list[str]:
    """Say how many alerts of each list wait for a person, because nobody has said what their code means."""
    pinned = sorted(frozen.pins.lists.items())
    waiting = (
        (list_id, next((e.waiting for e in lists.versions(store, list_id) if e.version == version), 0))
        for list_id, version in pinned
    )
    return [
        f"{number} {'alert waits' if number == 1 else 'alerts wait'} in the list {list_id} for a person and "
        "can raise no hit: a code has no row in the terms. "
        f"`screening alerts check --list {list_id}` names them and what mends it."
        for list_id, number in waiting
        if number
    ]


def _unread_keys(store: Store, frozen: Frozen) -> list[str]:
    """Say which clearances could not bind, because their key is not linked with the night's, or not there."""
    read = {frozen.pins.key_id, *frozen.pins.linked, *retired(store)}
    return [
        f"{len(cleared)} clearances in force were made with the key {key_id}, which this night did not read: "
        "what they cleared was raised again. `screening keys list` says what mends it."
        for key_id, cleared in sorted(clearances_by_key(store, frozen.night, until=frozen.moment).items())
        if key_id not in read
    ]


def _gate_notes(records: Sequence[fitness.GateRecord], night: date) -> list[str]:
    """Say what waits for a person, and how the night is let through."""
    notes = [
        f"A person let the night through the gate `{record.name}`; who and why: audit record."
        for record in records
        if record.let_through
    ]
    notes += _held_back(records, night)
    if any(str(row["observed"]).startswith("not known") for record in records for row in record.rows):
        notes.append("What is usual is not known yet: fewer than 3 earlier nights.")
    return notes


def held_back(store: Store, night: date) -> list[str]:
    """Say what of a published night waits for a person at a gate, with the command that goes on."""
    now = current(store, night)
    frozen = published_frozen(store, night, now.revision) if now else None
    return [*_held_back(fitness.records(store, frozen), night), *_overtaken(store, night)]


def _overtaken(store: Store, night: date) -> list[str]:
    """Say that the night, or later ones, were made without what has come since, with the command for each."""
    own, notes = overtaken(store, night), []
    if own is not None:
        notes.append(
            "Whom these files name was compared in the night that received them; this night's lists and "
            f"figures are without them. It takes them up by: screening run --night {night}"
        )
    later = [f"screening run --night {one}" for one, _ in overtaken_by(store, night)]
    if later:
        notes.append(f"Later nights were made without what came now. In this order: {'; '.join(later)}")
    return notes


def _held_back(records: Sequence[fitness.GateRecord], night: date) -> list[str]:
    notes = []
    waiting = [record.name for record in records if record.waits and record.name in GATES]
    if waiting:
        gates = " ".join(f"--let-through {name}" for name in waiting)
        notes.append(
            "Incomplete: every hit is here, the traffic tables wait. If what failed is right as it "
            f'is: screening run --night {night} {gates} --reason "…"'
        )
    if any(record.waits and record.name not in GATES for record in records):
        notes.append(
            "Incomplete: every hit is here, the traffic tables could not be made. Report the place; with "
            f"a mended version: screening run --night {night} --again"
        )
    return notes
