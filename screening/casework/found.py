"""A hit by its id, or by the beginning of it, in the nights that have it."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from screening.store.current_json import nights
from screening.store.once import hit_ids, night_table
from screening.store.zones import Store
from screening.tables import analyst
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import HitRow

_SHORTEST = 8
"""Digits of a shortened id: nights to come will hardly have another that begins so."""


def find_hit(store: Store, hit_id: str) -> tuple[date, HitRow]:
    """Find a hit in the latest night that has it.

    Raises:
        UsageError: no night has it, or the beginning of an id fits several.
    """
    found = everywhere(store, hit_id)
    if not found:
        raise unknown(hit_id, "all nights of the store")
    return found[-1]


def everywhere(store: Store, hit_id: str) -> list[tuple[date, HitRow]]:
    """Find a hit in all nights, the latest last; the beginning of an id must be one hit's over them all.

    Raises:
        UsageError: it fits several.
    """
    held = {night: ids for night in nights(store) if len(ids := _beginning(hit_ids(store, night), hit_id))}
    if len({one for ids in held.values() for one in ids.to_pylist()}) > 1:
        raise UsageError(
            "the beginning of the hit's id fits several hits",
            where=f"nights {', '.join(str(night) for night in held)}",
            effect="nothing was done",
            remedy="give more of its digits",
        )
    return [(night, row) for night in held for row in _rows(store, night, hit_id)]


def _beginning(ids: pa.ChunkedArray, text: str) -> pa.ChunkedArray:
    return ids.filter(pc.starts_with(ids, text)) if text else ids.slice(0, 0)


def _rows(store: Store, night: date, hit_id: str) -> list[HitRow]:
    table = night_table(store, night, analyst.HITS)
    return rows_of(table.filter(pc.starts_with(table["hit_id"], hit_id)), HitRow)


def short_id(store: Store, hit_id: str) -> str:
    """Return the shortest beginning of a hit's id, of 8 digits at least, that is no other hit's."""
    start = hit_id[:_SHORTEST]
    alike = {
        one
        for night in nights(store)
        for one in _beginning(hit_ids(store, night), start).to_pylist()
        if one != hit_id
    }
    length = (
        next(
            size
            for size in range(_SHORTEST, len(hit_id) + 1)
            if not any(a[:size] == hit_id[:size] for a in alike)
        )
        if len(hit_id) > _SHORTEST
        else len(hit_id)
    )
    return hit_id[:length]


def unknown(hit_id: str, where: str) -> UsageError:
    """Return the refusal of an id that no hit has."""
    return UsageError(
        f"there is no hit {hit_id[:40]}",
        where=where,
        effect="nothing was done",
        remedy="`screening hits --night DATE` lists the hits with their ids",
    )
