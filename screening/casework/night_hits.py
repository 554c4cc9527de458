"""The hits of a night as they stand: best first, with what people have decided or proposed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from screening.hits.decided import is_decided, latest
from screening.hits.proposals import waiting
from screening.identity.airports import utc
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.night.receive import published
from screening.profile.authoring import Visibility
from screening.store import acts
from screening.store.once import night_table
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, FlightRow, HitRow, ProposalRow

COLUMNS = (
    "hit_id",
    "flight_id",
    "traveller_id",
    "surname",
    "given_names",
    "date_of_birth",
    "alert_id",
    "list",
    "category",
    "severity",
    "score",
    "late",
    "decision",
    "standing",
    "standing_reason",
    "last_named_by",
    "evidence_hash",
    "near_miss",
    "state",
    "closed",
    "call",
    "instructions",
    "rescreened",
    "proposed",
    "lands_at",
)
OPEN, PROPOSED, DECIDED, CLOSED = "open", "proposed", "decided", "closed"
_SHOWN_TO_ALL = frozenset({"hit_id", "flight_id", "severity", "late"})


def hits_of(
    store: Store,
    night: date,
    *,
    visibility: Visibility | None = None,
    actor: str | None = None,
    today: date | None = None,
) -> list[dict[str, object]]:
    """Return the hits of a night, best first: severity, then score above the threshold; near misses last.

    Args:
        store: the store.
        night: the night.
        visibility: who sees what is shown to few; by default the profile's defaults.
        actor: who looks.
        today: the day on which alerts have ended; by default the night.

    Returns:
        Rows (COLUMNS). Of a hit that is not shown to the actor: id, flight, severity, and whom to call.

    Raises:
        UsageError: the night was never published.
    """
    published(store, night)
    rows = rows_of(night_table(store, night, analyst.HITS), HitRow)
    rows.sort(
        key=lambda row: (
            row["near_miss"] is not None,
            -row["severity"],
            row["threshold"] - row["score"],
            row["hit_id"],
        )
    )
    decided = rows_of(acts.dispositions(store), DispositionRow)
    last = latest(decided)
    proposed = waiting(rows_of(acts.acts_on_hits(store, PROPOSALS), ProposalRow), decided)
    alerts = alerts_of_hits(store, rows)
    lands = {
        row["flight_id"]: utc(row["arrival_local"], row["destination_zone"])
        for row in rows_of(read_current(store, night, individual.FLIGHTS), FlightRow)
    }
    found = []
    for row in rows:
        own = last.get(row["hit_id"])
        decision = own["decision"] if own else row["decision"]
        told = alerts.state(row, visibility or Visibility(), actor, today or night)
        shown = {name: value for name, value in row.items() if name in COLUMNS} | {"decision": decision}
        if told.call is not None:
            shown = {name: value for name, value in shown.items() if name in _SHOWN_TO_ALL}
        waits = proposed.get((row["hit_id"], row["alert_id"], row["evidence_hash"]))
        state = CLOSED if told.closed else state_of(row, own, waits)
        about = {"state": state, "call": told.call, "lands_at": lands.get(row["flight_id"])}
        if told.call is None:
            about |= {"closed": told.closed, "instructions": told.instructions}
            about |= {"proposed": waits["decision"] if waits else None}
        found.append(shown | about)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which hits of a night to list; None and False leave all in.

    Attributes:
        open_: those that need somebody: open, or proposed.
        decided: those that are decided or closed.
        severity: at least this.
        lists: of these lists.
        flights: on these legs, by id or the beginning of it.
        lands_after: that land later, UTC; those whose landing is not known too.
        near_misses: near misses alone.
    """

    open_: bool = False
    decided: bool = False
    severity: int | None = None
    lists: frozenset[str] = frozenset()
    flights: tuple[str, ...] = ()
    lands_after: datetime | None = None
    near_misses: bool = False

    def takes(self, row: Mapping[str, object]) -> bool:
        """Say whether a row of `hits_of` is wanted; what is not told of one shown to few is no bar."""
        waits = row["state"] in {OPEN, PROPOSED}
        if (self.open_ or self.decided) and not (self.open_ if waits else self.decided):
            return False
        lands, severity = row["lands_at"], row["severity"]
        told = row.get("call") is None
        return (
            (self.severity is None or (isinstance(severity, int) and severity >= self.severity))
            and (not self.lists or not told or row["list"] in self.lists)
            and (not self.flights or str(row["flight_id"]).startswith(self.flights))
            and (self.lands_after is None or not isinstance(lands, datetime) or lands > self.lands_after)
            and (not self.near_misses or not told or row["near_miss"] is not None)
        )


def ordered(rows: Sequence[dict[str, object]], order: str) -> list[dict[str, object]]:
    """Return rows of `hits_of` by `landing`, `score` or `severity`; equal ones stay best first.

    A landing that is not known counts as the first.
    """

    def key(row: dict[str, object]) -> float:
        lands, value = row["lands_at"], row.get(order)
        if order == "landing":
            return lands.timestamp() if isinstance(lands, datetime) else 0
        return -float(value) if isinstance(value, int) else 0

    return sorted(rows, key=key)


def state_of(row: HitRow, own: DispositionRow | None, waits: ProposalRow | None) -> str:
    """Return how a hit stands: proposed (it waits for a second person), decided, or open.

    Args:
        row: the hit.
        own: the last decision on it that nothing supersedes.
        waits: the proposal on it and its evidence that waits.
    """
    if waits is not None:
        return PROPOSED
    return DECIDED if is_decided(row, own) else OPEN


def decisions_by_hit(store: Store) -> dict[str, str]:
    """Return the decision that stands on each hit that was decided."""
    return {hit_id: row["decision"] for hit_id, row in latest_decisions(store).items()}


def latest_decisions(store: Store) -> dict[str, DispositionRow]:
    """Return the last decision on each hit that nothing supersedes."""
    return latest(rows_of(acts.dispositions(store), DispositionRow))
