"""Clearances: which pairs stay silent, by whom and until when; a person ends one before its day.

Ending one is a decision of its own: `inconclusive` supersedes the false match, so the pair is raised again
from the next night on, and the night that was frozen before keeps what it had.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta

import pyarrow.compute as pc

from screening.hits.cleared_content import Contents
from screening.hits.dispositions import reopened, taken_back
from screening.list_keeping import lists
from screening.protection import audit
from screening.store import acts
from screening.store.zones import Store
from screening.tables import analyst
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow, ClearanceRow, DispositionRow

IN_FORCE, RUN_OUT, TAKEN_BACK = "in_force", "run_out", "taken_back"
ALERT_CHANGED, ALERT_GONE = "alert_changed", "alert_gone"
COLUMNS = (
    *("clearance_id", "state", "alert_id", "until", "days", "analyst", "second", "reason", "decided_at"),
    *("hit_id", "key_id", "disposition_id"),
)


def clearances(store: Store, today: date) -> list[dict[str, object]]:
    """List all clearances, those that end first before the others.

    Returns:
        Rows (COLUMNS). Only `in_force` silences, and only while the same is compared; `days` are left of it.
    """
    decided = acts.dispositions(store)
    gone = {one for one, _ in taken_back(decided)}
    made = {row["disposition_id"]: row for row in rows_of(decided, DispositionRow)}
    rows = rows_of(acts.clearances_there(store), ClearanceRow)
    alerts = _alerts(store, {row["alert_id"] for row in rows if row["until"] >= today})
    found: list[dict[str, object]] = []
    for row in rows:
        decision = made.get(row["disposition_id"])
        made_by = dict(decision or {})
        about = {name: made_by.get(name) for name in _OF_DECISION}
        standing = decision is not None and row["disposition_id"] not in gone
        state = _state(row, today, alerts) if standing else TAKEN_BACK
        own = {name: value for name, value in row.items() if name in COLUMNS}
        found.append({**own, **about, "state": state, "days": (row["until"] - today).days})
    return sorted(found, key=lambda row: (row["state"] != IN_FORCE, str(row["until"]), row["clearance_id"]))


_OF_DECISION = ("analyst", "second", "reason", "decided_at", "hit_id")
_Alerts = Mapping[str, tuple[AlertRow, Contents]]


def _state(row: ClearanceRow, today: date, alerts: _Alerts) -> str:
    if row["until"] < today:
        return RUN_OUT
    if row["alert_id"] not in alerts:
        return ALERT_GONE
    alert, contents = alerts[row["alert_id"]]
    if row["identity_hash"] is None:
        return IN_FORCE if row["alert_hash"] == alert["content_hash"] else ALERT_CHANGED
    return IN_FORCE if row["identity_hash"] in contents.all_of(alert) else ALERT_CHANGED


def _alerts(store: Store, wanted: set[str]) -> _Alerts:
    """Read the alerts of clearances from the versions in use."""
    by_list: dict[str, list[str]] = defaultdict(list)
    for alert_id in sorted(wanted):
        by_list[alert_id.partition(":")[0]].append(alert_id)
    found: dict[str, tuple[AlertRow, Contents]] = {}
    for list_id, ids in by_list.items():
        with suppress(UsageError):  # an id that no list could have
            version = lists.active_version(store, list_id)
            if version is None:
                continue
            opened = lists.open_version(store, list_id, version)
            contents = Contents(opened.names, opened.dates, opened.documents, opened.facts, ids)
            for row in rows_of(opened.alerts, AlertRow):
                if row["alert_id"] in wanted:
                    found[row["alert_id"]] = row, contents
    return found


def end(store: Store, prefix: str, *, reason: str, actor: str, at: datetime) -> ClearanceRow:
    """End a clearance: the pair is raised again from the next night on.

    Args:
        store: the store.
        prefix: id of the clearance, or its first digits.
        reason: why; recorded.
        actor: who.
        at: when, UTC.

    Raises:
        UsageError: no reason, no or several such clearances, or it does not stand any more.
        StoreError: the store cannot be used.
    """
    if not reason.strip():
        raise _refused("an end has a reason", "--reason", "say why in a sentence; it is recorded")
    with acts.deciding(store):
        decided = acts.dispositions(store)
        gone = {one for one, _ in taken_back(decided)}
        rows = rows_of(acts.clearances_there(store), ClearanceRow)
        found = [row for row in rows if prefix and row["clearance_id"].startswith(prefix.lower())]
        made = {row["disposition_id"]: row for row in rows_of(decided, DispositionRow)}
        if len(found) != 1:
            raise _refused(f"{len(found)} clearances begin with that", "CLEARANCE", "give more of its digits")
        decision = made.get(found[0]["disposition_id"])
        if decision is None or found[0]["disposition_id"] in gone:
            raise _refused("this clearance does not stand any more", "CLEARANCE", "nothing is to be done")
        last = pc.max(decided["decided_at"]).as_py()
        moment = at if last is None or last < at else last + timedelta(microseconds=1)
        row = reopened(decision, reason=reason, actor=actor, at=moment, key="end")
        said = [row["hit_id"], row["decision"], row["disposition_id"]]
        audit.append(store, actor, "clearance.end", [found[0]["clearance_id"]], reason.strip(), at)
        audit.append(store, actor, "hit.decide", said, reason.strip(), at)
        acts.record(store, analyst.DISPOSITIONS.table([row]), None)
    return found[0]


def _refused(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(
        what, where=where, effect="nothing was ended", remedy=f"{remedy}; `screening clearances list`"
    )
