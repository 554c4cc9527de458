"""What people do with hits between nights: dispositions, clearances and more, one immutable file an act.

They lie in `analyst/acts/`, outside the nights: a later decision never changes a published table. A night
freezes which of them count by the moment up to which they were decided.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.dispositions import standing
from screening.store.locks import exclusive
from screening.store.once import acts_in, gather, read_apart
from screening.store.parquet import write_table
from screening.store.zones import Store, open_zones
from screening.tables.analyst import CLEARANCES, DISPOSITIONS, KEY_ACTS
from screening.tables.codes import Zone
from screening.tables.hit_acts import TABLES
from screening.tables.model import TableSpec

_GATHERED = (DISPOSITIONS, CLEARANCES, *TABLES)


def _folder(store: Store, spec: TableSpec) -> Path:
    return open_zones(store, [Zone.ANALYST]).path(Zone.ANALYST, "acts", spec.name)


@contextmanager
def deciding(store: Store) -> Iterator[None]:
    """Hold what people decided for the block: who reads it to decide sees every decision before their own."""
    folder = open_zones(store, [Zone.AUDIT]).path(Zone.AUDIT)
    with exclusive(folder / ".decisions.lock", what="the record of decisions", wait=True):
        yield


def record(store: Store, disposition: pa.Table, clearance: pa.Table | None) -> None:
    """Write a disposition and the clearance that follows from it, each as a file of its own.

    Args:
        store: the store.
        disposition: DISPOSITIONS, one row.
        clearance: CLEARANCES, one row, or None. It is written first: a disposition without its clearance
            and a clearance without its disposition counts for nothing, whatever moment a kill picks.
    """
    if clearance is not None:
        cleared = clearance["clearance_id"][0].as_py()
        write_table(_folder(store, CLEARANCES) / f"{cleared}.parquet", clearance, CLEARANCES)
    name = disposition["disposition_id"][0].as_py()
    write_table(_folder(store, DISPOSITIONS) / f"{name}.parquet", disposition, DISPOSITIONS)


def dispositions(store: Store, *, until: datetime | None = None) -> pa.Table:
    """Read all dispositions decided up to a moment.

    Returns:
        DISPOSITIONS; those that another one supersedes are still in it.
    """
    table = _all(store, DISPOSITIONS)
    return table if until is None else table.filter(pc.less_equal(table["decided_at"], pa.scalar(until)))


def clearances(store: Store, among: pa.Table) -> pa.Table:
    """Read the clearances that follow from the given dispositions and were not taken back.

    One is taken back by what supersedes its decision, and by a later true match of the same traveller and
    alert, on whatever evidence.

    Args:
        store: the store.
        among: DISPOSITIONS up to the frozen moment.

    Returns:
        CLEARANCES.
    """
    table = _all(store, CLEARANCES)
    return table.filter(pc.is_in(table["disposition_id"], pa.array(standing(among), pa.string())))


def record_key_act(store: Store, act: pa.Table) -> None:
    """Write what a person did with keys of pseudonyms: KEY_ACTS, one row."""
    name = act["act_id"][0].as_py()
    write_table(_folder(store, KEY_ACTS) / f"{name}.parquet", act, KEY_ACTS)


def key_acts(store: Store) -> pa.Table:
    """Read what people did with keys of pseudonyms: KEY_ACTS, in the order of time."""
    return _all(store, KEY_ACTS).sort_by([("at_utc", "ascending"), ("act_id", "ascending")])


def clearances_there(store: Store) -> pa.Table:
    """Read all clearances, those that were taken back too (CLEARANCES)."""
    return _all(store, CLEARANCES)


def gather_acts(store: Store) -> None:
    """Write acts into one file a table, where many lie apart; within a run, which keeps purges away.

    Raises:
        StoreError: a file is damaged, or cannot be written.
    """
    for spec in _GATHERED:
        gather(_folder(store, spec), spec)


def differing_copies(store: Store) -> list[Path]:
    """Read each act from its own file from now on, and return gathered copies that say something else.

    Raises:
        StoreError: a file is damaged.
    """
    found = (read_apart(_folder(store, spec), spec) for spec in _GATHERED)
    return [path for path in found if path is not None]


def decisions_hash(among: pa.Table) -> str:
    """Return a hash over the ids of dispositions: it stands in the frozen set."""
    return hashlib.sha256("\n".join(sorted(among["disposition_id"].to_pylist())).encode()).hexdigest()


def record_act(store: Store, spec: TableSpec, row: Mapping[str, object]) -> None:
    """Write an act on a hit: one row of a table of `screening.tables.hit_acts`, a file of its own."""
    write_table(_folder(store, spec) / f"{row['act_id']}.parquet", spec.table([row]), spec)


def acts_on_hits(store: Store, spec: TableSpec) -> pa.Table:
    """Read all acts of one table of `screening.tables.hit_acts`."""
    return _all(store, spec)


def _all(store: Store, spec: TableSpec) -> pa.Table:
    return acts_in(_folder(store, spec), spec)
