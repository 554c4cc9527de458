"""Rates of the months that a night closes: counted once, when there was time to decide, and never again."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.definitions import VALUES
from screening.aggregates.rates import group, months_due, protect_rates
from screening.hits.dispositions import in_force
from screening.list_keeping.traffic_models import lists_of
from screening.night.frozen import Frozen
from screening.night.solver import start_solver
from screening.store import acts
from screening.store.current_json import current, nights
from screening.store.published import read_columns, read_current
from screening.store.zones import Store
from screening.tables.aggregate import RATES
from screening.tables.analyst import HITS
from screening.tables.codes import Precision
from screening.tables.errors import StoreError, UnprotectableError
from screening.tables.individual import NIGHT_HEALTH

_Exact = dict[str, Counter[tuple[str, ...]]]


def rates(store: Store, frozen: Frozen) -> pa.Table:
    """Make the rates of the months that are due and that no night has published.

    Args:
        store: the store; hits and figures of the months' nights are read, and decisions up to the frozen
            moment.
        frozen: the frozen set of the night that is published.

    Returns:
        RATES; what the night itself published before stays. No new month where a published file of another
        night is damaged, or rounded tables do not hold: its page says that it is not published yet.
    """
    own = _own(store, frozen.night)
    known = sorted(nights(store))
    parts = [own]
    try:
        told = {*own["period"].to_pylist(), *_told(store, known, frozen.night)}
        due = [period for period in months_due(known, frozen.night) if period not in told]
        parts += [_of_month(store, frozen, known, period) for period in due]
    except (
        StoreError,
        UnprotectableError,
    ):  # hits do not wait for figures: a later night makes them
        return own
    return RATES.conform(pa.concat_tables(parts))


def _of_month(store: Store, frozen: Frozen, known: list[date], period: str) -> pa.Table:
    """Count a month and round it."""
    start_solver()
    exact: _Exact = {"hits_by_decision": Counter(), "people_screened": Counter(), **_lists(store, frozen)}
    decided = in_force(acts.dispositions(store, until=frozen.moment))
    decisions = {key: row["decision"] for key, row in decided.items()}
    of_month = [night for night in known if f"{night:%Y-%m}" == period]
    for night in of_month:
        _add_night(store, night, decisions, exact)
    threshold = frozen.agency_profile().disclosure.threshold
    return protect_rates(exact, period=period, nights=len(of_month), threshold=threshold)


def _own(store: Store, night: date) -> pa.Table:
    """What the night published before; a damaged file is left out, since it is made again as it was."""
    try:
        return read_current(store, night, RATES)
    except StoreError:
        return RATES.empty()


def _told(store: Store, known: list[date], own: date) -> Iterator[str]:
    for night in known:
        now = current(store, night)
        if night != own and now is not None and any(file.rows for file in now.of(RATES)):
            yield from read_current(store, night, RATES)["period"].to_pylist()


def _add_night(
    store: Store, night: date, decisions: Mapping[tuple[str, str, str], str], exact: _Exact
) -> None:
    hits = read_columns(store, night, HITS, ["person_key", "alert_id", "evidence_hash", "category"])
    held = Counter[str]()
    for person, alert, evidence, category in zip(
        *(hits[name].to_pylist() for name in hits.column_names), strict=True
    ):
        decision = decisions.get((person, alert, evidence), "undecided")
        exact["hits_by_decision"][group(category), decision] += 1
        held[group(category)] += 1
    rows = read_current(store, night, NIGHT_HEALTH).to_pylist()
    figures = {row["measure"]: round(row["value"]) for row in rows}
    by_group = {name: figures[f"hits_{name}"] for name in VALUES["category"] if f"hits_{name}" in figures}
    if not by_group:  # a night of an earlier version
        by_group = {"other": figures.get("hits", 0) - held.total() + held["other"]}
    for name, raised in by_group.items():
        if raised > held[name]:  # their term has ended
            exact["hits_by_decision"][name, "no_longer_held"] += raised - held[name]
    exact["people_screened"]["screened",] += figures.get("travellers", 0)
    exact["people_screened"]["not_screened",] += figures.get("travellers_quarantined", 0)


def _lists(store: Store, frozen: Frozen) -> _Exact:
    """What the alerts in use identify by; nothing where their versions are gone by rule."""
    try:
        tables, _ = lists_of(store, frozen.pins.lists)
    except StoreError:
        return {}
    dates = tables.dates.filter(pc.is_valid(tables.dates["value"]))
    by_day = dates.filter(pc.equal(dates["precision"], str(Precision.DAY)))
    best = [
        ("document", set(tables.documents["alert_id"].to_pylist())),
        ("birth_day", set(by_day["alert_id"].to_pylist())),
        ("birth_partly", set(dates["alert_id"].to_pylist())),
    ]
    found = Counter[tuple[str, ...]]()
    columns = (tables.alerts[name].to_pylist() for name in ("alert_id", "category"))
    for alert, category in zip(*columns, strict=True):
        held = next((name for name, alerts in best if alert in alerts), "name_only")
        found[group(category), held] += 1
    return {"list_quality": found}
