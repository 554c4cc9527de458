"""Inputs cut for reading: chunks, units of work that a killed run need not do again, and shares of chunks.

No output depends on the cut. A file is never cut: what a very large one takes, one task takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from screening.night.frozen import FrozenInput
from screening.night.shares import evenly, unit_of

CHUNK_BYTES = 8_000_000
CHUNK_FILES = 64
BYTES_AT_LEAST = 5_000_000  # of a share: 2 s
_FILE_BYTES = 5_000  # what a file takes beside its bytes, in bytes: its scrubbed copy is flushed to the disk


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are read as one unit of work."""

    inputs: tuple[FrozenInput, ...]

    @property
    def unit(self) -> str:
        """Hash of the inputs' names and bytes."""
        return unit_of(
            f"{entry.name}\t{entry.input_id}\t{entry.duplicate}\t{entry.refused}" for entry in self.inputs
        )


def chunks(inputs: Sequence[FrozenInput]) -> Iterator[Chunk]:
    """Cut inputs into chunks of bounded size, in the order of their names."""
    gathered: list[FrozenInput] = []
    size = 0
    for entry in sorted(inputs):
        if gathered and (size + entry.size > CHUNK_BYTES or len(gathered) >= CHUNK_FILES):
            yield Chunk(tuple(gathered))
            gathered, size = [], 0
        gathered.append(entry)
        size += entry.size
    if gathered:
        yield Chunk(tuple(gathered))


def units_of(inputs: Sequence[FrozenInput]) -> list[str]:
    """Return the units of all chunks."""
    return [chunk.unit for chunk in chunks(inputs)]


@dataclass(frozen=True, slots=True)
class Share:
    """Chunks that are read by one task."""

    chunks: tuple[Chunk, ...]

    @property
    def unit(self) -> str:
        """Hash of the chunks."""
        return unit_of(chunk.unit for chunk in self.chunks)

    @property
    def files(self) -> int:
        """Number of inputs."""
        return sum(len(chunk.inputs) for chunk in self.chunks)


def shares(inputs: Sequence[FrozenInput]) -> list[Share]:
    """Cut inputs into shares of whole chunks, in the order of their names."""
    cut = list(chunks(inputs))
    weights = [sum(entry.size + _FILE_BYTES for entry in chunk.inputs) for chunk in cut]
    return [Share(tuple(cut[places.start : places.stop])) for places in evenly(weights, least=BYTES_AT_LEAST)]
