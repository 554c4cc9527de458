"""Alerts of hits: as their night had them, and what became of them since.

A hit whose alerts have all ended (withdrawn, expired, no longer on the list in use) is closed, with the
reason. It is told, never written into the night: what is published stays, and an alert that comes back opens
it again. An alert that was merged into another one goes on as that one.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.approved import ended_words
from screening.hits.audience import PROTECTS, closed_to, protects
from screening.hits.cleared_content import earlier_ids
from screening.list_keeping.versions import active_version, open_alerts
from screening.profile.authoring import Visibility
from screening.store.zones import Store
from screening.tables.errors import StoreError, UsageError
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow, HitRow


@dataclass(frozen=True, slots=True)
class HitState:
    """How a hit is shown to somebody.

    Attributes:
        closed: why it needs nobody any more; None while it does.
        call: whom to call, where the hit is not shown to the reader; None where it is.
        instructions: what to do, of an alert that protects.
    """

    closed: str | None = None
    call: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True)
class AlertsOfHits:
    """Alerts by id: of the night, of the version in use now, and whom they were merged into.

    Attributes:
        listed: lists whose version in use could be read.
    """

    then: Mapping[str, AlertRow]
    now: Mapping[str, AlertRow]
    successors: Mapping[str, AlertRow]
    listed: frozenset[str]

    def rows(self, hit: HitRow) -> list[AlertRow]:
        """Return the alerts of a hit as its night had them, else as they are now."""
        found = (self.then.get(one) or self.now.get(one) for one in hit["alert_ids"])
        return [row for row in found if row is not None]

    def closed(self, hit: HitRow, day: date) -> str | None:
        """Say why a hit is closed; None where one of its alerts may still raise it."""
        reasons = {}
        for alert_id in hit["alert_ids"]:
            if alert_id.partition(":")[0] not in self.listed:
                return None
            reason = ended_words(self.now.get(alert_id) or self.successors.get(alert_id), day)
            if reason is None:
                return None
            reasons[alert_id] = reason
        return reasons.get(hit["alert_id"])

    def state(self, hit: HitRow, visibility: Visibility, actor: str | None, day: date) -> HitState:
        """Return how a hit is shown to an actor on a day; None is everybody."""
        rows = self.rows(hit)
        helping = [row for row in rows if protects(row["category"], visibility)]
        told = " ".join([PROTECTS, *(row["instructions"] or "" for row in helping)]).strip()
        return HitState(self.closed(hit, day), closed_to(actor, rows, visibility), told if helping else None)


def alerts_of_hits(store: Store, hits: Sequence[HitRow]) -> AlertsOfHits:
    """Read the alerts of hits; a version that is gone or damaged leaves them out."""
    wanted = pa.array(sorted({one for hit in hits for one in hit["alert_ids"]}), pa.string())
    pinned = {(name, v) for hit in hits for name, _, v in [t.partition("=") for t in hit["list_versions"]]}
    then: dict[str, AlertRow] = {}
    for list_id, version in sorted(pinned):
        then |= _by_id(_rows(store, list_id, version), wanted)
    now: dict[str, AlertRow] = {}
    listed, gone = set[str](), dict[str, AlertRow]()
    for list_id in sorted({one.partition(":")[0] for one in wanted.to_pylist()}):
        table = _rows(store, list_id, active_version(store, list_id))
        if table is not None:
            listed.add(list_id)
            now |= _by_id(table, wanted)
            if any(one not in now for one in wanted.to_pylist() if one.startswith(f"{list_id}:")):
                gone |= _successors(table)
    return AlertsOfHits(then, now, gone, frozenset(listed))


def _rows(store: Store, list_id: str, version: str | None) -> pa.Table | None:
    with suppress(UsageError, StoreError):  # hits are shown without it
        return open_alerts(store, list_id, version) if version is not None else None
    return None


def _by_id(table: pa.Table | None, wanted: pa.Array) -> dict[str, AlertRow]:
    if table is None:
        return {}
    return {
        row["alert_id"]: row for row in rows_of(table.filter(pc.is_in(table["alert_id"], wanted)), AlertRow)
    }


def _successors(table: pa.Table) -> dict[str, AlertRow]:
    told = pc.match_substring_regex(table["provenance"], '"(merged_from|referents)"')
    return {earlier: row for row in _merged(table.filter(told)) for earlier in earlier_ids(row)}


def _merged(table: pa.Table) -> Iterable[AlertRow]:
    return rows_of(table, AlertRow)
