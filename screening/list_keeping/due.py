"""Which alerts are to be reviewed, overdue, about to lapse or lapsed; and what of a list waits for approval.

An alert lapses by its own last day: from the next day on it raises no hit, whoever looks or not.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from screening.alerts.approved import said
from screening.list_keeping.proposals import State, proposals
from screening.list_keeping.versions import active_version, known_lists, open_alerts
from screening.store.zones import Store
from screening.tables.codes import AlertStatus
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow

OVERDUE, LAPSED, EXPIRES_SOON, REVIEW_SOON = "review_overdue", "lapsed", "expires_soon", "review_due"
COLUMNS = (
    "state",
    "list",
    "source_id",
    "category",
    "severity",
    "authority",
    "review_by",
    "expires",
    "days",
    "owner",
)
_ORDER = (OVERDUE, EXPIRES_SOON, REVIEW_SOON, LAPSED)


def due(
    store: Store, today: date, notice: int, chosen: Iterable[str] | None = None
) -> list[dict[str, object]]:
    """List the alerts in use that ask their owner for something.

    Args:
        store: the store.
        today: the day that is asked about.
        notice: days beforehand.
        chosen: lists; None for all.

    Returns:
        Rows (COLUMNS), reviews overdue first, the longest of them first; `days` are to the day that `state`
        names.
    """
    rows = [
        row
        for list_id in (known_lists(store) if chosen is None else sorted(set(chosen)))
        for version in [active_version(store, list_id)]
        if version is not None
        for alert in rows_of(open_alerts(store, list_id, version), AlertRow)
        for row in _row(alert, today, notice)
    ]
    return sorted(
        rows, key=lambda row: (_ORDER.index(str(row["state"])), row["days"], row["list"], row["source_id"])
    )


def _row(alert: AlertRow, today: date, notice: int) -> Iterable[dict[str, object]]:
    soon = today + timedelta(days=notice)
    review, ends = alert["review_by"], alert["expires"]
    if alert["status"] != AlertStatus.ACTIVE:
        return
    if ends is not None and ends < today:
        state, day = LAPSED, ends
    elif review is not None and review < today:
        state, day = OVERDUE, review
    elif ends is not None and ends <= soon:
        state, day = EXPIRES_SOON, ends
    elif review is not None and review <= soon:
        state, day = REVIEW_SOON, review
    else:
        return
    named = {name: alert[name] for name in COLUMNS if name in alert}  # type: ignore[literal-required]
    yield {"state": state, **named, "days": (day - today).days, "owner": said(alert, "written_by")}


def waiting(store: Store) -> int:
    """Count the proposals that wait for an approver."""
    return sum(one.state is State.PENDING for one in proposals(store))


def notes(store: Store, today: date, notice: int) -> list[str]:
    """Say in lines what of the lists asks for a person; nothing where nothing does."""
    found = [str(row["state"]) for row in due(store, today, notice)]
    words = {
        OVERDUE: "{} alerts are overdue for review",
        EXPIRES_SOON: f"{{}} alerts lapse within {notice} days",
        LAPSED: "{} alerts have lapsed and raise no hit",
    }
    told = [text.format(found.count(state)) for state, text in words.items() if state in found]
    lines = [f"{'; '.join(told)}: screening alerts due"] if told else []
    if number := waiting(store):
        lines.append(f"{number} proposals on own alerts wait for an approver: screening alerts pending")
    return lines
