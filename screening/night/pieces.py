"""What the read stage leaves in the work zone: tables of each chunk, and of pieces of large inputs."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pyarrow as pa

from screening.store.work import Work
from screening.tables import individual, landing
from screening.tables.model import TableSpec

_PIECE = "piece"  # stage of the work zone
ReadUnit = tuple[str, str]  # stage and unit of the work zone: a chunk, or a piece
_SUMMED = ("received", "passed", "set_aside")
SPECS: tuple[TableSpec, ...] = (
    landing.INPUTS,
    landing.BYTE_RANGES,
    individual.MESSAGES,
    individual.MESSAGE_LEGS,
    individual.STATEMENTS,
    individual.STATEMENT_DOCUMENTS,
    individual.BOOKINGS,
    individual.QUARANTINE,
    individual.OUTSIDE_MANDATE,
    individual.LEDGER,
)


class Pieces:
    """Tables of a chunk that leave the memory while it is read; they count when the chunk lists them."""

    def __init__(self, work: Work, unit: str) -> None:
        self._work, self._unit = work, unit
        self._names: list[str] = []

    def begin(self) -> Callable[[Mapping[str, pa.Table]], None]:
        """Begin the chunk, forgetting the pieces of an attempt before; return what takes pieces."""
        self._names = []
        return self.write

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        """Write one piece; what a killed run has left under its name is replaced."""
        name = f"{self._unit}-{len(self._names):06}"
        self._work.write(_PIECE, name, tables)
        self._names.append(name)

    def listed(self) -> pa.Table:
        """Return the list that stands with the chunk: one column, the units of stage `piece`."""
        return pa.table({"unit": pa.array(self._names, pa.string())})


def gather(work: Work, chunks: Iterable[str]) -> dict[str, pa.Table]:
    """Put chunks of the read stage together.

    Args:
        work: the run's work folder.
        chunks: their units.

    Returns:
        A table for each of SPECS, by name.
    """
    lying = lying_in(work, read_units(work, chunks), SPECS)
    lying[individual.LEDGER.name] = summed([lying[individual.LEDGER.name]])
    return {spec.name: spec.conform(lying[spec.name]) for spec in SPECS}


def read_units(work: Work, chunks: Iterable[str]) -> list[ReadUnit]:
    """Return what the read stage left of some chunks: themselves, and the pieces that they list."""
    there = set(work.units("read"))
    units = [("read", unit) for unit in sorted(chunks) if unit in there]
    return units + [
        (_PIECE, name) for _, unit in units for name in work.read("read", unit, "pieces")["unit"].to_pylist()
    ]


def lying_in(work: Work, units: Sequence[ReadUnit], specs: Sequence[TableSpec]) -> dict[str, pa.Table]:
    """Return tables of the read stage as they lie in some of its units.

    Units are not joined nor sorted: settling takes rows in any order, and a copy in order of all statements
    of a large night is the largest table there is.

    Returns:
        A table for each of the specs, by name.
    """
    held = {unit: work.tables(*unit) for unit in units}
    return {
        spec.name: pa.concat_tables(
            [spec.empty(), *(work.read(*unit, spec.name) for unit in units if spec.name in held[unit])]
        )
        for spec in specs
    }


def summed(counted: Sequence[pa.Table]) -> pa.Table:
    """Add up ledger lines of one unit: an input tabulated in pieces, equal bytes that came more than once.

    Args:
        counted: tables of the ledger's columns, in any order.

    Returns:
        LEDGER.
    """
    lines = pa.concat_tables([individual.LEDGER.empty(), *counted])
    sums = lines.group_by(list(individual.LEDGER.key), use_threads=False).aggregate(
        [(name, "sum") for name in _SUMMED]
    )
    return individual.LEDGER.conform(
        sums.rename_columns([name.removesuffix("_sum") for name in sums.column_names])
    )
