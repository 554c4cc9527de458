"""How the rows of a list version lie on the disk, so that a list renewed every hour does not grow the store.

A list of up to WHOLE alerts is one file a table. A larger one is parted by its alert ids into files of some
PART alerts. A part whose rows are those of the version before is a second link to its file, if that file is
still what was written: unchanged rows are stored once, however many versions hold them. Each version keeps
names of its own for all its files, so terms and purges take away names, and the disk is free when the last
version that holds a part is gone.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.alerts.version import digest_of
from screening.store.files import link_file, sha256_file, write_table
from screening.tables.alerts import TABLES
from screening.tables.model import TableSpec

WHOLE = 16_384
PART = 2_048


@dataclass(frozen=True, slots=True)
class PartFile:
    """One file of a version.

    Attributes:
        name: in the version's folder.
        sha256: hash of the file.
        rows: number of rows.
        content: hash over its rows, by which the next version knows them again.
    """

    name: str
    sha256: str
    rows: int
    content: str

    def document(self) -> dict[str, object]:
        """Return the object of `version.json`."""
        return {"name": self.name, "sha256": self.sha256, "rows": self.rows, "content": self.content}


def parts_of(alerts: int, before: int | None) -> int:
    """Return into how many parts a list is parted: as many as before, while they are neither large nor small.

    >>> parts_of(10_000, None), parts_of(1_000_000, None), parts_of(1_100_000, 256), parts_of(100_000, 256)
    (1, 256, 256, 32)
    """
    if alerts <= WHOLE:
        return 1
    if before and before > 1 and PART // 4 * before <= alerts <= PART * 4 * before:
        return before
    return int(2 ** max(1, (alerts // PART).bit_length() - 1))


def _bucket(alert_ids: pa.ChunkedArray, parts: int) -> npt.NDArray[np.int64]:
    encoded = alert_ids.combine_chunks().dictionary_encode()
    numbers = np.fromiter(
        (zlib.crc32(text.encode()) % parts for text in encoded.dictionary.to_pylist()), dtype=np.int64
    )
    places: npt.NDArray[np.int32] = encoded.indices.to_numpy(zero_copy_only=False)
    return numbers[places]


def write_parts(
    folder: Path, tables: Mapping[str, pa.Table], before: tuple[Path, Mapping[str, object]] | None
) -> dict[str, object]:
    """Write the tables of a version; parts that the version before has are linked.

    Args:
        folder: the version's folder.
        tables: the five tables by name.
        before: folder of the version before and `tables` of its version.json.

    Returns:
        `tables` of version.json: hash and rows of each table, its parts where there are several.
    """
    known = _known(before)
    parts = parts_of(tables["alerts"].num_rows, known.parts)
    written: dict[str, object] = {}
    for spec in TABLES:
        table = tables[spec.name]
        if parts == 1:
            one = write_table(folder / f"{spec.name}.parquet", table, spec)
            written[spec.name] = {"sha256": one.sha256, "rows": one.rows}
            continue
        files = [
            _write_part(folder, f"{spec.name}.{number:04}.parquet", part, spec, known)
            for number, part in enumerate(_parted(table, parts))
            if part.num_rows
        ]
        names = hashlib.sha256("".join(one.sha256 for one in files).encode()).hexdigest()
        written[spec.name] = {
            "sha256": names, "rows": table.num_rows, "parts": parts,
            "files": [one.document() for one in files],
        }  # fmt: skip
    return written


@dataclass(frozen=True, slots=True)
class _Known:
    folder: Path | None
    parts: int | None
    files: Mapping[tuple[str, str], tuple[str, str]]


def _known(before: tuple[Path, Mapping[str, object]] | None) -> _Known:
    """Return the files of the version before by table's name and content."""
    if before is None:
        return _Known(None, None, {})
    folder, tables = before
    files: dict[tuple[str, str], tuple[str, str]] = {}
    parts: int | None = None
    for name, told in tables.items():
        if isinstance(told, dict) and "files" in told:
            parts = int(told["parts"])
            for one in told["files"]:
                files[name, one["content"]] = str(one["name"]), str(one["sha256"])
    return _Known(folder, parts, files)


def _parted(table: pa.Table, parts: int) -> list[pa.Table]:
    """Return the rows of each part, in their order."""
    bucket = _bucket(table["alert_id"], parts)
    order = np.argsort(bucket, kind="stable")
    ends = np.searchsorted(bucket[order], np.arange(parts + 1))
    sorted_table = table.take(pa.array(order))
    return [sorted_table.slice(ends[n], ends[n + 1] - ends[n]) for n in range(parts)]


def _write_part(folder: Path, name: str, part: pa.Table, spec: TableSpec, known: _Known) -> PartFile:
    content = digest_of(part)
    if known.folder is not None and (held := known.files.get((spec.name, content))):
        file, sha256 = held
        if (known.folder / file).exists() and sha256_file(known.folder / file) == sha256:
            (folder / name).unlink(missing_ok=True)  # of an import that was killed
            link_file(known.folder / file, folder / name)
            return PartFile(name, sha256, part.num_rows, content)
    one = write_table(folder / name, part, spec)
    return PartFile(name, one.sha256, one.rows, content)


def files_of(spec: TableSpec, told: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return name and hash of each file of a table, by its entry in `tables` of version.json."""
    files = told.get("files")
    if isinstance(files, list):
        return [(str(one["name"]), str(one["sha256"])) for one in files]
    return [(f"{spec.name}.parquet", str(told["sha256"]))]


def joined(spec: TableSpec, tables: list[pa.Table]) -> pa.Table:
    """Put the parts of a table together again, sorted by key."""
    if len(tables) == 1:
        return tables[0]
    return spec.conform(pa.concat_tables(tables)) if tables else spec.empty()
