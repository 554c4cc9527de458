"""The index of the lists that a night watches: built once for their versions, and kept.

Rule: an index follows from the pinned list versions, the traffic version in use and what runs: code and its
data, packages, Unicode tables. (Another version of a package may spell a key otherwise; lists by one and
travellers by the other would miss people in silence.) The hash of these names it. So nothing has to be
updated or forgotten: a changed list is another index, and the one before goes when nobody opens it.
"""

import hashlib
from collections.abc import Mapping
from typing import cast

from screening.matching.index import AlertTables, Index, build_index
from screening.matching.kept import Array, put_together, taken_apart
from screening.matching.model import Model
from screening.store.files import canonical_json
from screening.store.kept_indexes import kept_or_built
from screening.store.zones import Store


def kept_index(
    store: Store,
    pinned: Mapping[str, str],
    tables: AlertTables,
    model: Model,
    *,
    traffic: str | None,
    machine: Mapping[str, str],
) -> Index:
    """Return the index of list versions: mapped where it is kept, else built and kept.

    Args:
        store: the store.
        pinned: versions of the lists.
        tables: their alerts together.
        model: weights and shares.
        traffic: version of the counts that the model has; None for the shipped model.
        machine: versions of what runs here (`screening.night.frozen.machine`).

    Raises:
        StoreError: the zone of the lists cannot be opened.
    """
    made_of = {"lists": dict(pinned), "traffic": traffic, "machine": dict(machine)}
    name = hashlib.sha256(canonical_json(made_of)).hexdigest()
    found = kept_or_built(store, name, made_of, lambda: taken_apart(build_index(tables, model)))
    return put_together(found[0], cast(list[Array], found[1]), model)
