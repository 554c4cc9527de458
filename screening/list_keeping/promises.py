"""What each threshold promises: the score for N false alerts in 1,000, and what another N would cost.

Rows of `screening thresholds`: for each list and rate the score, the expected recall beside it, and on
whom it was measured. Nothing here changes what a night does.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from screening.list_keeping import lists
from screening.list_keeping.traffic_models import measure_lists, night_model
from screening.matching.index import AlertTables
from screening.matching.measured import RATES, Measured, expected_recall, measured_threshold, told
from screening.matching.model import Model
from screening.profile.model import ListPolicy
from screening.store.traffic_models import active
from screening.store.zones import Store

Row = dict[str, object]
COLUMNS = ("list", "rate", "score", "expected_recall", "measured_on")


def of_store(store: Store, chosen: Sequence[str] | None = None) -> list[Row]:
    """Return the thresholds that the next night would use, list by list.

    Args:
        store: the store, with the traffic model in use.
        chosen: lists; None for all that have an active version.

    Raises:
        UsageError: a chosen list has no version.
        StoreError: a list or the traffic model is damaged.
    """
    known = night_model(store, active(store))
    where = f"nights {' to '.join(known.nights)}" if known.nights else ""
    rows: list[Row] = []
    for list_id in chosen or [each for each in lists.known_lists(store) if lists.active_version(store, each)]:
        version = lists.resolve(store, list_id, None)
        names = lists.open_version(store, list_id, version).names.num_rows
        rows += _rows(list_id, names, known.model, known.measured.get(list_id), where)
    return rows


def of_tables(identities: pa.Table, alerts: AlertTables, model: Model, *, where: str) -> list[Row]:
    """Measure thresholds on travellers at hand; they need no labels.

    Args:
        identities: IDENTITIES of travellers of whom hardly any is listed.
        alerts: alerts of one list or several.
        model: with the counts of earlier traffic, if there are any.
        where: what the travellers are called.
    """
    list_of = dict(zip(*(alerts.alerts[name].to_pylist() for name in ("alert_id", "list")), strict=True))
    sizes = dict.fromkeys(sorted(set(list_of.values())), 0)
    for alert in alerts.names["alert_id"].to_pylist():
        sizes[list_of[alert]] += 1
    measured: Mapping[str, Measured] = measure_lists(identities, alerts, sizes, model)
    return [
        row
        for list_id, names in sizes.items()
        for row in _rows(list_id, names, model, measured.get(list_id), where)
    ]


def _rows(list_id: str, names: int, model: Model, measured: Measured | None, where: str) -> list[Row]:
    found = []
    for rate in RATES:
        score = measured_threshold(model, ListPolicy(id="any", false_alerts_per_1000=rate), names, measured)
        found.append(
            {
                "list": list_id,
                "rate": rate,
                "score": score / 100,
                "expected_recall": expected_recall(score, names),
                "measured_on": told(measured, rate, where) if names else "documents alone",
            }
        )
    return found
