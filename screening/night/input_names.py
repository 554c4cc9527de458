"""Names of a run's inputs, kept in landing while the run needs them: one may hold the name of a person.

    landing/named/<run>.json     names in the order of the frozen set, until its revision is published

night.json stays as long as its night and holds no name. Once the revision is published its table `inputs`
says what each file was called; what a dead run has left here goes with the shortest term, as its bytes do.
"""

import dataclasses
from datetime import date
from pathlib import Path

from screening.night.frozen import Frozen, FrozenInput
from screening.store.files import by_hand, read_json, write_json
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError


def keep(store: Store, frozen: Frozen) -> None:
    """Write down the names of a run that is about to begin; before its night.json."""
    names = [entry.name for entry in (*frozen.inputs, *frozen.kept)]
    write_json(_path(store, frozen.run), names)


def restored(store: Store, frozen: Frozen) -> Frozen:
    """Return a frozen set with the names of its inputs; without them where they are gone.

    Raises:
        StoreError: they are there and are not those that were frozen.
    """
    path = _path(store, frozen.run)
    if not frozen.nameless or not path.exists():
        return frozen
    names = read_json(path, remedy=_remedy(frozen, path))
    entries = (*frozen.inputs, *frozen.kept)
    if isinstance(names, list) and len(names) == len(entries):
        again = [_called(entry, name) for entry, name in zip(entries, names, strict=True)]
        found = dataclasses.replace(
            frozen,
            inputs=tuple(again[: len(frozen.inputs)]),
            kept=tuple(again[len(frozen.inputs) :]),
            sealed="",
        )
        if found.hash == frozen.hash:
            return found
    raise StoreError(
        "the names of a run's inputs are not those that were frozen",
        where=str(path),
        effect="this run cannot go on; what is published stays",
        remedy=_remedy(frozen, path),
    )


def forget(store: Store, run: str) -> None:
    """Remove the names of a run that is published."""
    _path(store, run).unlink(missing_ok=True)


def sweep_names(store: Store, night: date, *, keep: str | None) -> None:
    """Remove what runs of a night have left that nobody takes up; the caller holds the night's lock."""
    for path in _path(store, "any").parent.glob(f"{night.isoformat()}-*.json"):
        if path.stem != keep:
            path.unlink(missing_ok=True)


def _called(entry: FrozenInput, name: object) -> FrozenInput:
    return dataclasses.replace(entry, name=str(name))


def _remedy(frozen: Frozen, path: Path) -> str:
    return f"{by_hand('rm', path)}, then `screening run --night {frozen.night}`: the run is frozen anew"


def _path(store: Store, run: str) -> Path:
    return open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "named", f"{run}.json")
