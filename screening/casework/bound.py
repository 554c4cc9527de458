"""Decisions on a hit's person, those under other keys too."""

import pyarrow as pa

from screening.hits.person_keys import bind, other_keys
from screening.night.frozen import Frozen
from screening.protection.key_links import linked_with
from screening.store.zones import Store
from screening.tables.rows import HitRow


def bound(store: Store, frozen: Frozen, hit: HitRow, decided: pa.Table) -> pa.Table:
    """Return DISPOSITIONS, those on the hit's person under other keys also under the hit's own.

    Raises:
        StoreError: the night's key, or one that is linked with it now, is asked for and cannot be loaded.
    """

    def pseudonym(purpose: str, text: str) -> str:  # without links asked for few people only
        return frozen.keys(store, linked=()).pseudonym(purpose, text)

    also = linked_with(store, frozen.pins.key_id)
    linked = [one.pseudonym for one in frozen.keys(store, linked=also).linked] if also else []
    return bind(decided, other_keys([hit], {hit["traveller_id"]: hit["documents"]}, pseudonym, linked))
