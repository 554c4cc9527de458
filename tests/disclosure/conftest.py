"""Small tables of invented people, with the margins that `screening publish` asks for."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pytest

GOLDEN = Path(__file__).parent / "golden"
CORPUS = Path(__file__).parents[2] / "../shared/data/disclosure"
NEEDS_CORPUS = pytest.mark.skipif(not CORPUS.exists(), reason="the shared tables are not at hand")


def read(path: Path) -> pa.Table:
    """Read a CSV table; all columns but counts are text."""
    names = path.read_text().splitlines()[0].split(",")
    kinds = {name: pa.string() for name in names if name not in {"count", "value"}}
    return pc.read_csv(path, convert_options=pc.ConvertOptions(column_types=kinds))


def summed(
    inner: Mapping[tuple[str, ...], int], dimensions: tuple[str, ...], **parents: Mapping[str, str]
) -> pa.Table:
    """Add all margins to inner cells; `parents` of a dimension: child -> its one parent below Total."""
    cells: dict[tuple[str, ...], int] = {}
    for values, count in inner.items():
        levels = [
            [value, *([parents[name][value]] if name in parents else []), "Total"]
            for name, value in zip(dimensions, values, strict=True)
        ]
        for key in itertools.product(*levels):
            cells[key] = cells.get(key, 0) + count
    columns = {name: [key[at] for key in cells] for at, name in enumerate(dimensions)}
    return pa.table({**columns, "count": list(cells.values())})


def values_of(table: pa.Table, dimensions: tuple[str, ...]) -> dict[tuple[str, ...], int | None]:
    """Give the published values by cell."""
    keys = zip(*(table[name].to_pylist() for name in dimensions), strict=True)
    return dict(zip(keys, table["value"].to_pylist(), strict=True))
