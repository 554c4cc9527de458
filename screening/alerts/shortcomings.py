"""What an alert lacks, and which alerts wait for their authority: too little data, review overdue, lapsing.

Rules: minimum data as in `sufficiency`; a review is overdue from the day after `review_by`; an alert lapses
soon when its last day is at most `LAPSING_DAYS` away (SIS tells the issuer four months before: Regulation
(EU) 2018/1861 art. 39). One whose last day is over raises no hit any more and is told as lapsed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from screening.alerts.merging import AlertParts
from screening.alerts.sufficiency import is_usable
from screening.tables.codes import AlertStatus, Category, FactKind
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow

LAPSING_DAYS = 120
TOO_LITTLE, OVERDUE, LAPSING, LAPSED = "too_little_data", "review_overdue", "lapses_soon", "lapsed"


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One thing that one alert waits for.

    Attributes:
        kind: TOO_LITTLE, OVERDUE, LAPSING or LAPSED.
        alert_id: the alert.
        authority: who answers for it.
        text: what is missing, or the date.
        days: days past the date, negative before it; None where it is no date.
    """

    kind: str
    alert_id: str
    authority: str
    text: str
    days: int | None


def shortcomings(parts: AlertParts, today: date) -> list[Shortcoming]:
    """Return what alerts lack: too little data first, then the longest overdue.

    Args:
        parts: alerts and what is said of them.
        today: the agency's day.
    """
    names = _values(parts.names.select(["alert_id", "full"]).to_pylist(), "full")
    dates = _values(parts.dates.select(["alert_id", "value"]).to_pylist(), "value")
    documents: dict[str, list[tuple[str, str | None]]] = {}
    for row in parts.documents.select(["alert_id", "number", "issuing_state"]).to_pylist():
        documents.setdefault(row["alert_id"], []).append((row["number"], row["issuing_state"]))
    nationalities = _values(
        (row for row in parts.facts.to_pylist() if row["kind"] == FactKind.NATIONALITY), "value"
    )
    found: list[Shortcoming] = []
    for alert in rows_of(parts.alerts, AlertRow):
        of = alert["alert_id"]
        if not alert["sufficient"]:
            text = _missing(
                alert["category"],
                names.get(of, []),
                [*dates.get(of, []), *nationalities.get(of, [])],
                documents.get(of, []),
            )
            found.append(Shortcoming(TOO_LITTLE, of, alert["authority"], text, None))
        if alert["status"] == AlertStatus.ACTIVE:
            found += _dates(alert, today)
    order = (TOO_LITTLE, LAPSED, OVERDUE, LAPSING)
    return sorted(found, key=lambda one: (order.index(one.kind), -(one.days or 0), one.alert_id))


def _values(rows: Iterable[Mapping[str, str | None]], column: str) -> dict[str, list[str]]:
    by: dict[str, list[str]] = {}
    for row in rows:
        value = row[column]
        if value:
            by.setdefault(str(row["alert_id"]), []).append(value)
    return by


def _missing(
    category: str,
    names: list[str],
    facts: list[str],
    documents: list[tuple[str, str | None]],
) -> str:
    """Name what the minimum data lack; each piece is needed."""
    if category == Category.DOCUMENT:
        lacks = [
            word
            for word, there in (
                ("number", any(number for number, _ in documents)),
                ("issuing State", any(state for _, state in documents)),
            )
            if not there
        ]
        return " and ".join(lacks) or "number and issuing State of one document"
    lacks = []
    if not any(map(is_usable, names)):
        lacks.append("a second word of the name" if names else "a name")
    if not (facts or documents):
        lacks.append("a date of birth, a nationality or a document")
    return " and ".join(lacks) or "nothing: import it again, it was flagged by an earlier version"


def _dates(alert: AlertRow, today: date) -> Iterable[Shortcoming]:
    review, last = alert["review_by"], alert["expires"]
    if last is not None and last - today <= timedelta(days=LAPSING_DAYS):
        kind = LAPSED if last < today else LAPSING
        text = f"last day {last.isoformat()}"
        yield Shortcoming(kind, alert["alert_id"], alert["authority"], text, (today - last).days)
    if review is not None and review < today:
        text = f"was to be reviewed by {review.isoformat()}"
        yield Shortcoming(OVERDUE, alert["alert_id"], alert["authority"], text, (today - review).days)
