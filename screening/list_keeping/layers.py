"""How the rows of a list version lie on the disk, so that a list renewed every hour does not grow the store.

A version lies in layers, the oldest first, each a file a table. An import of a list of more than WHOLE alerts
writes one layer with the alerts that are new or changed; all others stay in the layers of the version before,
as second links to its files. `gone` of a layer says which of its alerts the version has no more, or in a
later layer. Layers are written together so that each is at least twice as large as all that lies on it, and
none holds more than a quarter of gone alerts: there are few, and a change is written a few times at most.

Each version keeps names of its own for all its files, so terms and purges take away names. A file may hold
rows of an alert that later versions have no more: once no version has it, the layer is written without it
(`list_keeping.folding`), so it is gone from the disk with the last version that held it.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.store.files import link_file, sha256_file
from screening.store.parquet import read_table, write_table
from screening.tables.alerts import ALERTS, TABLES
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

WHOLE = 2_048
"""Alerts up to which a version is one layer of its own: some 300 KiB."""
_GONE_SHARE = 4
Marks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a version.

    Attributes:
        number: its files are `TABLE.NUMBER.parquet`, of number 0 `TABLE.parquet`.
        files: sha256 of the file of each table.
        gone: for each row of its alerts whether the version has it no more.
    """

    number: int
    files: Mapping[str, str]
    gone: Marks

    @property
    def left(self) -> int:
        """How many of its alerts the version has."""
        return int(len(self.gone) - self.gone.sum())

    def document(self) -> dict[str, object]:
        """Return the object of `version.json`; `gone` as packed bits, deflated, in base64."""
        packed = base64.b64encode(zlib.compress(np.packbits(self.gone).tobytes(), 9)).decode()
        return {"number": self.number, "alerts": len(self.gone), "gone": packed, "files": dict(self.files)}


def file_name(table: str, number: int) -> str:
    """Return the name of a layer's file.

    >>> file_name("alerts", 0), file_name("alerts", 12)
    ('alerts.parquet', 'alerts.0012.parquet')
    """
    return f"{table}.{number:04}.parquet" if number else f"{table}.parquet"


def layers_of(meta: Mapping[str, object]) -> list[Layer]:
    """Return the layers of a version by its `version.json`, the oldest first.

    Raises:
        KeyError, TypeError, ValueError: it does not have its shape.
    """
    told = meta.get("layers")
    if told is None:
        tables: Mapping[str, Mapping[str, object]] = meta["tables"]  # type: ignore[assignment]
        hashes = {spec.name: str(tables[spec.name]["sha256"]) for spec in TABLES}
        return [Layer(0, hashes, np.zeros(int(str(tables[ALERTS.name]["rows"])), dtype=bool))]
    if not isinstance(told, list):
        raise TypeError("layers are no list")
    return [_layer(one) for one in told]


def _layer(told: Mapping[str, object]) -> Layer:
    files, rows = told["files"], int(str(told["alerts"]))
    if not isinstance(files, dict):
        raise TypeError("files of a layer are no object")
    packed = np.frombuffer(zlib.decompress(base64.b64decode(str(told["gone"]))), dtype=np.uint8)
    gone = np.unpackbits(packed, count=rows).astype(bool)
    return Layer(int(str(told["number"])), {spec.name: str(files[spec.name]) for spec in TABLES}, gone)


def documents(layers: Sequence[Layer], rows: Mapping[str, int]) -> dict[str, object]:
    """Return what `version.json` says of the files: `tables`, and `layers` if it is not one whole layer.

    Args:
        layers: the version's layers.
        rows: number of rows that the version has of each table.
    """
    tables = {}
    for spec in TABLES:
        hashes = [layer.files[spec.name] for layer in layers]
        one = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
        tables[spec.name] = {"sha256": one, "rows": rows[spec.name]}
    if len(layers) == 1 and layers[0].number == 0 and not layers[0].gone.any():
        return {"tables": tables}
    return {"tables": tables, "layers": [layer.document() for layer in layers]}


def read_layer(
    folder: Path, layer: Layer, specs: Sequence[TableSpec] = TABLES, gone: Marks | None = None
) -> dict[str, pa.Table]:
    """Read tables of a layer, without the rows of its gone alerts.

    Args:
        folder: the version's folder.
        layer: the layer.
        specs: which tables; the alerts among them.
        gone: leave out these instead.

    Raises:
        StoreError: a file is missing or is not the one that was written.
    """
    gone = layer.gone if gone is None else gone
    tables = {spec.name: _read(folder, layer, spec) for spec in specs}
    if gone.any():
        ids = tables[ALERTS.name]["alert_id"].filter(pa.array(gone)).combine_chunks()
        for name, table in tables.items():
            tables[name] = table.filter(pc.invert(pc.is_in(table["alert_id"], ids)))
    return tables


def _read(folder: Path, layer: Layer, spec: TableSpec) -> pa.Table:
    path = folder / file_name(spec.name, layer.number)
    table = read_table(path, spec)
    if sha256_file(path) != layer.files[spec.name]:
        raise StoreError(
            "a file of a list version is not the one that was imported",
            where=str(path),
            effect="the version was not opened: nobody is screened against a list that somebody changed",
            remedy="restore it from the backup, or remove the folder and import the list again",
        )
    return table


def read_layers(
    folder: Path, layers: Sequence[Layer], specs: Sequence[TableSpec] = TABLES
) -> dict[str, pa.Table]:
    """Read tables of a version from its layers, sorted by key.

    Raises:
        StoreError: a file is missing or is not the one that was written.
    """
    read = [read_layer(folder, layer, specs) for layer in layers]
    if len(read) == 1:
        return read[0]
    return {spec.name: spec.conform(pa.concat_tables(one[spec.name] for one in read)) for spec in specs}


def write_layers(
    folder: Path,
    tables: Mapping[str, pa.Table],
    before: tuple[Path, Sequence[Layer], Mapping[str, pa.Table]] | None,
) -> list[Layer]:
    """Write the tables of a version; alerts that the version before has alike are linked.

    Args:
        folder: the version's folder.
        tables: the five tables by name.
        before: folder, layers and tables of the version before.

    Returns:
        The version's layers.
    """
    if before is None or tables[ALERTS.name].num_rows <= WHOLE:
        return [write_layer(folder, 0, tables)]
    place, layers, old = before
    same, stale = compared(old, tables)
    ended = old[ALERTS.name]["alert_id"].filter(pa.array(stale)).combine_chunks()
    held, ids = [], []
    for layer in layers:
        there = read_table(place / file_name(ALERTS.name, layer.number), ALERTS)["alert_id"]
        gone = layer.gone | pc.is_in(there, ended).to_numpy().astype(bool)
        held.append(Layer(layer.number, layer.files, gone))
        ids.append(there.filter(pa.array(~gone)).combine_chunks())
    sizes = [(layer.left, len(layer.gone)) for layer in held]
    keep = kept(sizes, int((~same).sum()), [_whole(place, layer) for layer in held])
    for layer in held[:keep]:
        for name in layer.files:
            target = folder / file_name(name, layer.number)
            target.unlink(missing_ok=True)  # of an import that was killed
            link_file(place / file_name(name, layer.number), target)
    if not keep:
        return [write_layer(folder, 0, tables)]
    linked = pa.concat_arrays(ids[:keep])
    fresh = {
        name: table.filter(pc.invert(pc.is_in(table["alert_id"], linked))) for name, table in tables.items()
    }
    if not fresh[ALERTS.name].num_rows:
        return held[:keep]
    return [*held[:keep], write_layer(folder, 1 + max(layer.number for layer in held[:keep]), fresh)]


def write_layer(folder: Path, number: int, tables: Mapping[str, pa.Table]) -> Layer:
    """Write one layer of all five tables; nothing of it is gone."""
    files = {
        spec.name: write_table(folder / file_name(spec.name, number), tables[spec.name], spec).sha256
        for spec in TABLES
    }
    return Layer(number, files, np.zeros(tables[ALERTS.name].num_rows, dtype=bool))


def _whole(folder: Path, layer: Layer) -> bool:
    """Say whether the files of a layer are what was written: else a second name would spread the damage."""
    paths = {name: folder / file_name(name, layer.number) for name in layer.files}
    return all(path.exists() and sha256_file(path) == layer.files[name] for name, path in paths.items())


def kept(layers: Sequence[tuple[int, int]], fresh: int, whole: Sequence[bool]) -> int:
    """Return how many layers of the version before stay; the others are written with what is fresh.

    Args:
        layers: of each layer how many alerts the new version has of it, and how many the files hold.
        fresh: alerts that are new or changed.
        whole: whether the layer's files are what was written.

    >>> kept([(990, 1000), (12, 12)], 10, [True, True]), kept([(990, 1000), (20, 20)], 10, [True, True])
    (1, 2)
    >>> kept([(740, 1000)], 260, [True]), kept([(999, 1000)], 0, [True]), kept([(999, 1000)], 0, [False])
    (0, 1, 0)
    """
    keep = 0
    while keep < len(layers):
        left, held = layers[keep]
        if not left or (held - left) * _GONE_SHARE > held or not whole[keep]:
            break
        keep += 1
    pile = fresh + sum(left for left, _ in layers[keep:])
    while keep and pile and layers[keep - 1][0] < 2 * pile:
        keep -= 1
        pile += layers[keep][0]
    return keep


def compared(old: Mapping[str, pa.Table], new: Mapping[str, pa.Table]) -> tuple[Marks, Marks]:
    """Compare two versions alert by alert, all their rows in all tables.

    Args:
        old: the five tables, each sorted by alert.
        new: the same of the new version.

    Returns:
        For each alert of the new version whether the old one has it alike, and for each of the old one
        whether the new one has it not, or not alike.
    """
    ids, before = new[ALERTS.name]["alert_id"].combine_chunks(), old[ALERTS.name]["alert_id"].combine_chunks()
    found = pc.index_in(ids, before)
    same: Marks = found.is_valid().to_numpy(zero_copy_only=False).copy()
    place: Places = pc.fill_null(found, 0).to_numpy().astype(np.int64)
    if len(before):
        for spec in TABLES:
            _alike(old[spec.name], new[spec.name], (before, ids), place, same)
    stale = np.ones(len(before), dtype=bool)
    stale[place[same]] = False
    return same, stale


def _alike(old: pa.Table, new: pa.Table, ids: tuple[pa.Array, pa.Array], place: Places, same: Marks) -> None:
    """Take out of `same` the alerts of which one table has other rows."""
    (start_old, count_old), (start, count) = _spans(old, ids[0]), _spans(new, ids[1])
    same &= count_old[place] == count
    alerts = np.flatnonzero(same)
    count = count[alerts]
    owner = np.repeat(alerts, count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    here, there = pa.array(start[owner] + within), pa.array(start_old[place[owner]] + within)
    for name in new.column_names:
        if name == "alert_id":
            continue
        one, other = new[name].take(here), old[name].take(there)
        equal = pc.fill_null(pc.equal(one, other), False)
        both = pc.and_(pc.is_null(one), pc.is_null(other))
        same[owner[~pc.or_(equal, both).to_numpy().astype(bool)]] = False


def _spans(table: pa.Table, ids: pa.Array) -> tuple[Places, Places]:
    """Return where the rows of each alert begin in a table that is sorted by alert, and how many they are."""
    owner = pc.index_in(table["alert_id"], ids).to_numpy()
    count = np.bincount(owner.astype(np.int64), minlength=len(ids))
    return np.cumsum(count) - count, count
