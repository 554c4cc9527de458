"""An act on a hit is bound to what its actor saw: night, hit, evidence. It is recorded, then written.

The record of acts gets the hash of the act, so that a file that is gone, changed or slipped in shows
(`casework.record`); texts of notes and opinions do not stand in it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pyarrow.compute as pc

from screening.casework.found import everywhere, unknown
from screening.night.frozen import Frozen, published_frozen
from screening.night.receive import published
from screening.protection import audit
from screening.store import acts
from screening.store.zones import Store
from screening.tables.errors import UsageError
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import TableSpec
from screening.tables.rows import HitRow


def seen(store: Store, hit_id: str, night: date | None, evidence: str | None) -> tuple[date, HitRow]:
    """Find the hit as its actor saw it; refuse where it may have been another one.

    Args:
        store: the store.
        hit_id: the hit, or an unambiguous beginning of its id.
        night: the night whose hit was looked at; None where its evidence is the same in all of them.
        evidence: hash, or its first digits, of the evidence that was looked at.

    Raises:
        UsageError: no such hit, or its evidence is another one now.
    """
    found = everywhere(store, hit_id)
    held = [one for one in found if night in (None, one[0])]
    if not held:
        raise unknown(hit_id, "all nights of the store" if night is None else f"night {night}")
    night, hit = held[-1]
    if len({row["evidence_hash"] for _, row in held}) > 1 and evidence is None:
        raise UsageError(
            f"the hit stands in {len(held)} nights on differing evidence",
            where=f"hit {hit['hit_id']}, nights {', '.join(str(each) for each, _ in held)}",
            effect="nothing was decided",
            remedy="say which you looked at: add --night DATE",
        )
    same = [one for one in held if evidence and one[1]["evidence_hash"].startswith(evidence)]
    if evidence is not None and not same:
        raise UsageError(
            "the evidence has changed since it was looked at",
            where=f"hit {hit['hit_id']}, night {night}",
            effect="nothing was decided",
            remedy=f"look at it again: `screening hits --night {night}`, or that night's report",
        )
    return same[-1] if same else (night, hit)


def frozen_of(store: Store, night: date, hit: HitRow) -> Frozen:
    """Return the frozen set of a hit's night.

    Raises:
        UsageError: it is gone.
        StoreError: it cannot be read.
    """
    frozen = published_frozen(store, night, published(store, night).revision)
    if frozen is None:
        raise unknown(hit["hit_id"], f"the frozen set of night {night}")
    return frozen


def next_moment(store: Store, at: datetime) -> datetime:
    """Return a moment after every decision and proposal so far: who waited for another decides later."""
    said = (
        pc.max(acts.dispositions(store)["decided_at"]).as_py(),
        pc.max(acts.acts_on_hits(store, PROPOSALS)["at_utc"]).as_py(),
    )
    last = max((one for one in said if one is not None), default=None)
    return at if last is None or last < at else last + timedelta(microseconds=1)


def act_on(
    spec: TableSpec,
    night: date,
    hit: HitRow,
    *,
    actor: str,
    at: datetime,
    key_id: str | None,
    name: str | None = None,
    own: Mapping[str, object],
) -> dict[str, object]:
    """Return the row of an act on a hit.

    Args:
        spec: its table, of `screening.tables.hit_acts`.
        night: the night whose hit was looked at.
        hit: the hit.
        actor: who.
        at: when, UTC.
        key_id: key that made the hit's person_key.
        name: what the act's id is made of, where the same act may be told twice; by default the moment.
        own: the table's own columns.

    Raises:
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("the time of an act carries a time zone")
    parts = (spec.name, hit["hit_id"], name or f"{hit['evidence_hash']}|{actor}|{at.isoformat()}")
    text = "|".join([*parts, json.dumps(dict(own), sort_keys=True, default=str)])
    return {
        "act_id": hashlib.sha256(text.encode()).hexdigest()[:32],
        "night": night,
        "hit_id": hit["hit_id"],
        "person_key": hit["person_key"],
        "alert_id": hit["alert_id"],
        "evidence_hash": hit["evidence_hash"],
        "actor": actor,
        "at_utc": at,
        **own,
        "key_id": key_id,
    }


def digest(row: Mapping[str, object]) -> str:
    """Return the hash of an act as the record of acts names it.

    >>> digest({"b": None, "a": 1})[:14], digest({"a": 1, "b": None})[:14]
    ('sha256:0c6b73e', 'sha256:0c6b73e')
    """
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def record(
    store: Store, act: str, spec: TableSpec, row: Mapping[str, object], reason: str | None = None
) -> None:
    """Record an act and write its file; the caller holds `acts.deciding`."""
    said = [str(row["hit_id"]), str(row["act_id"]), digest(row)]
    audit.append(store, str(row["actor"]), act, said, reason, _moment(row))
    acts.record_act(store, spec, row)


def _moment(row: Mapping[str, object]) -> datetime:
    at = row["at_utc"]
    if not isinstance(at, datetime):
        raise TypeError("an act has its moment")
    return at


def given(text: str, option: str, what: str) -> str:
    """Return a text without blanks around it.

    Raises:
        UsageError: it is empty.
    """
    if not text.strip():
        raise UsageError(
            f"{what} is empty", where=option, effect="nothing was recorded", remedy=f"say it: {option} TEXT"
        )
    return text.strip()
