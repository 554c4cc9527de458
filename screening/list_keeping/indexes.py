"""The index of the lists that a night watches: built once for their versions, and kept.

Rule: an index follows from the pinned list versions, the model (shipped data files and the traffic version in
use) and the code of `screening.identity` and `screening.matching`; the hash of these names it. So nothing has
to be updated or forgotten: a changed list is another index, and the one before goes when nobody opens it.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import cast

import numpy as np

from screening.matching.index import AlertTables, Index, build_index
from screening.matching.kept import Array, put_together, taken_apart
from screening.matching.model import Model
from screening.store.files import canonical_json
from screening.store.kept_indexes import kept_or_built
from screening.store.zones import Store

_ROOMS = ("screening.identity", "screening.matching")


def kept_index(
    store: Store, pinned: Mapping[str, str], tables: AlertTables, model: Model, *, traffic: str | None
) -> Index:
    """Return the index of list versions: mapped where it is kept, else built and kept.

    Args:
        store: the store.
        pinned: versions of the lists.
        tables: their alerts together.
        model: weights and shares.
        traffic: version of the counts that the model has; None for the shipped model.

    Raises:
        StoreError: the zone of the lists cannot be opened.
    """
    made_of = {"lists": dict(pinned), "traffic": traffic, "model": model.version, "code": code()}
    name = hashlib.sha256(canonical_json(made_of)).hexdigest()
    found = kept_or_built(store, name, made_of, lambda: taken_apart(build_index(tables, model)))
    return put_together(found[0], cast(list[Array], found[1]), model)


@cache
def code() -> str:
    """Return the hash of the code and data that make an index of alerts."""
    digest = hashlib.sha256(np.__version__.encode())
    for room in _ROOMS:
        for path, data in sorted(_sources(files(room), room)):
            digest.update(f"{path} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for each in folder.iterdir():
        if each.is_dir() and each.name != "__pycache__":
            found += _sources(each, f"{path}/{each.name}")
        elif each.name.endswith((".py", ".json", ".csv", ".txt")):
            found.append((f"{path}/{each.name}", each.read_bytes()))
    return found
