"""After versions of lists are purged: what no version has any more goes from the files that others still use.

A layer's file may be named by many versions, and hold alerts that the later ones have no more
(`list_keeping.layers`). When the last version that had such an alert is gone, the layer is written without
it, in every version that names it. The rows of the versions stay the same, and so their hashes.
`version.json` is replaced by one rename, last; files that it does not name are left from a kill and go.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from screening.list_keeping.layers import Layer, Marks, documents, file_name, read_layer, write_layer
from screening.list_keeping.versions import VERSION_FILE, known_lists, laid, locked, meta_of
from screening.store.files import link_file, write_json
from screening.store.zones import Store
from screening.tables.alerts import TABLES

_Named = tuple[Path, Layer]


def fold(store: Store) -> int:
    """Write each layer anew that holds an alert which no version has any more; again, it does nothing.

    Args:
        store: the store.

    Returns:
        How many layers were written.

    Raises:
        StoreError: a file of a version cannot be read or written; start again, it goes on where it stood.
    """
    return sum(_fold_list(store, list_id) for list_id in known_lists(store))


def _fold_list(store: Store, list_id: str) -> int:
    with locked(store, list_id) as folder:
        places = sorted(path.parent for path in folder.glob(f"version=*/{VERSION_FILE}"))
        layers = {place: laid(place, meta_of(place)) for place in places}
        for place in places:
            _sweep(place, layers[place])
        named: dict[tuple[str, ...], list[_Named]] = {}
        for place in places:
            for layer in layers[place]:
                named.setdefault(tuple(layer.files.values()), []).append((place, layer))
        unwanted = [users for users in named.values() if _nobodys(users).any()]
        for users in unwanted:
            _write_anew(users, layers)
        for place in {place for users in unwanted for place, _ in users}:
            _put(place, layers[place])
        return len(unwanted)


def _nobodys(users: Sequence[_Named]) -> Marks:
    """Return which alerts of a layer no version has that names it."""
    marks: Marks = np.logical_and.reduce([layer.gone for _, layer in users])
    return marks


def _write_anew(users: Sequence[_Named], layers: dict[Path, list[Layer]]) -> None:
    """Write a layer without what nobody has, under a new number in each version that names it."""
    nobodys = _nobodys(users)
    first, old = users[0]
    tables = read_layer(first, old, gone=nobodys)
    made: tuple[Path, Layer] | None = None
    for place, layer in users:
        at = next(n for n, one in enumerate(layers[place]) if one.number == layer.number)
        if nobodys.all():
            del layers[place][at]
            continue
        number = 1 + max(one.number for one in layers[place])
        if made is None:
            made = place, write_layer(place, number, tables)
        else:
            for name in made[1].files:
                target = place / file_name(name, number)
                target.unlink(missing_ok=True)
                link_file(made[0] / file_name(name, made[1].number), target)
        layers[place][at] = replace(made[1], number=number, gone=layer.gone[~nobodys])


def _put(place: Path, layers: Sequence[Layer]) -> None:
    meta = meta_of(place)
    told = meta.pop("tables")
    meta.pop("layers", None)
    rows = {name: int(table["rows"]) for name, table in told.items()} if isinstance(told, dict) else {}
    write_json(place / VERSION_FILE, {**meta, **documents(layers, rows)})
    _sweep(place, layers)


def _sweep(place: Path, layers: Sequence[Layer]) -> None:
    """Take away files of tables that the version does not name."""
    names = {file_name(spec.name, layer.number) for spec in TABLES for layer in layers}
    for path in place.glob("*.parquet"):
        if path.name not in names:
            path.unlink()
