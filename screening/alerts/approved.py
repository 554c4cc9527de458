"""Alerts of a list put in place of others by approved proposals, and a file that would lose them held back.

What an author wrote and another person approved carries the proposal in its provenance (`remarks.proposal`).
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.gate import ListGateResult, Reason
from screening.alerts.model import Imported
from screening.tables import alerts as t
from screening.tables.codes import AlertStatus
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow

_SPECS = (t.ALERTS, t.ALERT_NAMES, t.ALERT_DATES, t.ALERT_DOCUMENTS, t.ALERT_FACTS)
_FIELDS = ("alerts", "names", "dates", "documents", "facts")


def replaced(active: Imported | None, changed: Imported) -> Imported:
    """Return a list with changed alerts in place of those of the same id, all other rows as they are."""
    if active is None:
        return changed
    rest = without(active, changed.alerts["alert_id"].to_pylist())
    tables = {
        field: spec.conform(pa.concat_tables([getattr(rest, field), getattr(changed, field)]))
        for field, spec in zip(_FIELDS, _SPECS, strict=True)
    }
    alerts = tables["alerts"].num_rows
    return Imported(
        **tables, findings=(*rest.findings, *changed.findings), counts={"entries": alerts, "alerts": alerts}
    )


def only(found: Imported, alert_ids: Iterable[str]) -> Imported:
    """Return the rows of some alerts."""
    ids = pa.array(sorted(set(alert_ids)), pa.string())
    tables = [getattr(found, field) for field in _FIELDS]
    return Imported(*(table.filter(pc.is_in(table["alert_id"], ids)) for table in tables))


def without(found: Imported, alert_ids: Iterable[str]) -> Imported:
    """Return a list without some alerts."""
    ids = pa.array(sorted(set(alert_ids)), pa.string())
    tables = {field: getattr(found, field) for field in _FIELDS}
    kept = {name: table.filter(pc.invert(pc.is_in(table["alert_id"], ids))) for name, table in tables.items()}
    return replace(found, **kept)


def ended_before(alerts: pa.Table, day: date) -> list[str]:
    """Return the ids of alerts that were withdrawn or lapsed before a day."""
    ended = []
    for row in rows_of(alerts, AlertRow):
        told = said(row, "withdrawn_on") if row["status"] == AlertStatus.WITHDRAWN else []
        days = [date.fromisoformat(one) for one in told] + ([row["expires"]] if row["expires"] else [])
        last = min(days, default=None)
        if last is not None and last < day:
            ended.append(row["alert_id"])
    return ended


def said(alert: AlertRow, name: str) -> list[str]:
    """Return what the provenance of an alert says under a name."""
    told = json.loads(alert["provenance"])
    remarks = told.get("remarks") if isinstance(told, dict) else None
    return [str(one) for one in remarks.get(name, [])] if isinstance(remarks, dict) else []


def keeps_approved(new: Imported, old: Imported | None, gate: ListGateResult) -> ListGateResult:
    """Hold a file back that would lose or change alerts which were approved here.

    Args:
        new: the list as a file brings it.
        old: the version in use; None where it is the same or there is none.
        gate: what the import gate says of the file.
    """
    approved = _approved(old)
    if not approved:
        return gate
    now = dict(zip(*(new.alerts[name].to_pylist() for name in ("alert_id", "content_hash")), strict=True))
    lost = sum(now.get(alert_id) != content for alert_id, content in approved)
    if not lost:
        return gate
    text = f"{lost} alerts that were written and approved here would be lost or changed"
    reasons = (*gate.reasons, Reason("approved_alerts", text))
    return replace(gate, held=True, reasons=reasons)


def _approved(old: Imported | None) -> Collection[tuple[str, str]]:
    if old is None:
        return ()
    likely = old.alerts.filter(pc.match_substring(old.alerts["provenance"], '"proposal"'))
    return [
        (row["alert_id"], row["content_hash"]) for row in rows_of(likely, AlertRow) if said(row, "proposal")
    ]


def ended_words(alert: AlertRow | None, day: date) -> str | None:
    """Say why an alert raises no hit any more; None while it may, or where it is held for a time.

    Args:
        alert: its row in the version in use; None where it is not there.
        day: the day that is asked about.
    """
    if alert is None:
        return "the alert is no longer on its list"
    if alert["status"] == AlertStatus.WITHDRAWN:
        days, reasons = said(alert, "withdrawn_on"), said(alert, "reason")
        when = f" on {days[-1]}" if days else ""
        return f"the alert was withdrawn{when}{f': {reasons[-1]}' if days and reasons else ''}"
    if alert["status"] == AlertStatus.EXPIRED:
        return "the alert has expired"
    if alert["expires"] is not None and alert["expires"] < day:
        return f"the alert expired on {alert['expires']}"
    return None
