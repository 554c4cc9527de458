"""Hits of a night after a list has changed: those that stand, and those that came late.

Rules, for a traveller who reaches an alert that is new or changed:

* A hit of the same alerts on the same evidence stays as it stands, with its id, its row and what was decided.
* Any other hit that is raised now is added and marked (`rescreened`); it takes the place of the hits that
  share an alert with it (a group that has grown, an alert that says something else).
* A hit whose alerts raise nothing any more stays: whether it is closed is told from the list in use
  (withdrawn, expired), never by taking a row away.

Nobody else's hits are touched. So all pairs of a full screening are there, less those that were found before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.raising import Raised
from screening.tables.analyst import EVIDENCE, HITS
from screening.tables.model import rows_of
from screening.tables.rows import EvidenceRow, HitRow


@dataclass(frozen=True, slots=True)
class Late:
    """Hits of a night with those that came late.

    Attributes:
        hits, evidence: HITS, EVIDENCE.
        found: ids of the hits that were added.
        replaced: ids of the hits in whose place they stand.
    """

    hits: pa.Table
    evidence: pa.Table
    found: tuple[str, ...]
    replaced: tuple[str, ...]


def add_late(hits: pa.Table, evidence: pa.Table, raised: Raised) -> Late:
    """Add what is raised now to what stands.

    Args:
        hits: HITS as published.
        evidence: EVIDENCE of them.
        raised: hits, raised now, of travellers who reach an alert that is new or changed: with these alerts,
            and with those that they had reached before.
    """
    before = _compared(rows_of(evidence, EvidenceRow))
    now = _compared(rows_of(raised.evidence, EvidenceRow))
    of_traveller: dict[str, list[HitRow]] = {}
    for hit in rows_of(hits, HitRow):
        of_traveller.setdefault(hit["traveller_id"], []).append(hit)
    added: list[HitRow] = []
    replaced: set[str] = set()
    for hit in rows_of(raised.hits, HitRow):
        known = of_traveller.get(hit["traveller_id"], [])
        if any(_same(hit, old, now, before) for old in known):
            continue
        added.append({**hit, "rescreened": True})
        replaced |= {old["hit_id"] for old in known if set(old["alert_ids"]) & set(hit["alert_ids"])}
    late = pa.array(sorted({hit["hit_id"] for hit in added}), pa.string())
    gone = pa.array(sorted(replaced), pa.string())

    def joined(old: pa.Table, new: pa.Table) -> pa.Table:
        kept = old.filter(pc.invert(pc.is_in(old["hit_id"], gone)))
        return pa.concat_tables([kept, new])

    fresh = raised.evidence.filter(pc.is_in(raised.evidence["hit_id"], late))
    return Late(
        HITS.conform(joined(hits, HITS.table(added))),
        EVIDENCE.conform(joined(evidence, fresh)),
        tuple(late.to_pylist()),
        tuple(gone.to_pylist()),
    )


def withdrawn(hits: pa.Table, removed: Collection[str]) -> list[str]:
    """Return the ids of hits all of whose alerts are on no list any more, sorted."""
    return sorted(hit["hit_id"] for hit in rows_of(hits, HitRow) if set(hit["alert_ids"]) <= set(removed))


def _compared(rows: Sequence[EvidenceRow]) -> dict[str, set[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = {}
    for row in rows:
        compared = (row["alert_id"], row["kind"], row["traveller_value"], row["alert_value"], row["relation"])
        found.setdefault(row["hit_id"], set()).add(compared)
    return found


def _same(
    hit: HitRow,
    old: HitRow,
    now: Mapping[str, set[tuple[object, ...]]],
    before: Mapping[str, set[tuple[object, ...]]],
) -> bool:
    """Are these the same alerts on the same evidence?"""
    return (
        hit["alert_ids"] == old["alert_ids"]
        and hit["alert_id"] == old["alert_id"]
        and now.get(hit["hit_id"]) == before.get(old["hit_id"])
    )
