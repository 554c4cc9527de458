"""The travellers' side of matching: readings of names in columns, facts, and documents that agree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.matching.evidence import document
from screening.matching.evidence.date_of_birth import columns
from screening.matching.index import Index
from screening.matching.loops import NO_DATE, Days
from screening.matching.model import Model
from screening.matching.names import UNKNOWN, Names, fielded
from screening.matching.wholes import apart

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Travellers:
    """Readings of travellers in columns, sorted by traveller and reading.

    Attributes:
        ids: traveller of each reading.
        number: place of this traveller among all.
        fields: surname and given names of each reading, normalised.
        names: its tokens; none where the name is a placeholder.
        born: date of birth; `first` is NO_DATE where there is none.
        sexes: M, F or None.
        states: distinct sets of States.
        states_of: the set of each reading.
        keys: NUMBER@STATE of the documents of each reading.
        written_as_one: the token that a reading was cut from (`wholes`), null for all others.
    """

    ids: tuple[str, ...]
    number: Ints
    fields: tuple[pa.StringArray, pa.StringArray]
    names: Names
    born: Days
    sexes: tuple[str | None, ...]
    states: tuple[tuple[str, ...], ...]
    states_of: Ints
    keys: pa.ListArray
    written_as_one: pa.StringArray

    def text(self, reading: int) -> str:
        """Return surname / given names of a reading."""
        return " / ".join(part for field in self.fields if (part := field[reading].as_py()))

    def carried(self, reading: int) -> tuple[tuple[str, str | None], ...]:
        """Return NUMBER and State (or None) of each document of a reading."""
        return _numbers(self.keys[reading].as_py())


def lay_out(identities: pa.Table, index: Index) -> Travellers:
    """Return IDENTITIES in columns of numbers; the order of its rows does not matter.

    Args:
        identities: IDENTITIES.
        index: alerts; names of theirs that are written as one are read apart.
    """
    table = (
        apart(identities, index.wholes)
        .sort_by([("traveller_id", "ascending"), ("reading", "ascending")])
        .combine_chunks()
    )
    ids = one_chunk(table["traveller_id"]).dictionary_encode()
    fields = tuple(_joined(table[name]) for name in ("surname_tokens", "given_tokens"))
    born = [
        pc.fill_null(one_chunk(table[name]).cast(pa.int32()), NO_DATE).to_numpy().astype(np.int64)
        for name in ("born_from", "born_to")
    ]
    born = [np.where((born[0] == NO_DATE) | (born[1] == NO_DATE), NO_DATE, days) for days in born]
    states = _joined(table["nationalities"]).dictionary_encode()
    written = one_chunk(table["written_as_one"])
    names = fielded(*fields, nameless=one_chunk(table["placeholder"]))
    # What is written as one has no fields, so nothing was moved between them.
    cut = written.is_valid().to_numpy(zero_copy_only=False)
    names = replace(names, part=np.where(cut[:, None], np.int8(UNKNOWN), names.part))
    return Travellers(
        ids=tuple(ids.to_pylist()),
        number=ids.indices.to_numpy().astype(np.int64),
        fields=(fields[0], fields[1]),
        names=names,
        born=columns(born[0], born[1], np.zeros(len(born[0]), np.int64)),
        sexes=tuple(table["sex"].to_pylist()),
        states=tuple(tuple(sorted(set(text.split()))) for text in states.dictionary.to_pylist()),
        states_of=states.indices.to_numpy().astype(np.int64),
        keys=one_chunk(table["document_keys"]),
        written_as_one=written,
    )


def _joined(column: pa.ChunkedArray) -> pa.StringArray:
    """Return the items of each list, blanks between."""
    return pc.binary_join(one_chunk(column).cast(pa.list_(pa.string())), " ")


def one_chunk(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _numbers(keys: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Split NUMBER@STATE; NUMBER@ stands beside it and counts only where no state is known."""
    pairs = [key.rpartition("@")[::2] for key in keys]
    with_state = {number for number, state in pairs if state}
    found = {(number, state or None) for number, state in pairs if state or number not in with_state}
    return tuple(sorted(found, key=lambda one: (one[0], one[1] or "")))


@dataclass(frozen=True, slots=True)
class DocumentPairs:
    """Agreeing documents of readings and units, sorted by reading and unit; each pair once, the best.

    Attributes:
        reading: the reading.
        unit: the unit.
        weight: centibits.
        detail: (relation, traveller's document, listed document) of each pair.
    """

    reading: Ints
    unit: Ints
    weight: npt.NDArray[np.int32]
    detail: tuple[tuple[str, str, str], ...]


def document_pairs(travellers: Travellers, index: Index, model: Model) -> DocumentPairs:
    """Find every reading and unit whose documents agree."""
    best: dict[tuple[int, int], tuple[int, str, str, str]] = {}
    listed = index.documents
    carried: list[tuple[int, str, str | None]] = []
    lookups: list[str] = []
    owners: list[int] = []
    for reading, keys in enumerate(travellers.keys.to_pylist() if len(listed.at) else ()):
        for number, state in _numbers(keys) if keys else ():
            for key in document.lookups(number, state):
                lookups.append(key)
                owners.append(len(carried))
            carried.append((reading, number, state))
    places, found_at = listed.alike(lookups)
    alike = {(owners[place], at) for place, at in zip(places.tolist(), found_at.tolist(), strict=True)}
    for owner, at in sorted(alike):
        reading, number, state = carried[owner]
        theirs = listed.number[at].as_py(), listed.state[at].as_py() or None
        relation = document.relation(number, state, *theirs)
        if relation is None:
            continue
        found = (model.document[relation], relation, _shown(number, state), _shown(*theirs))
        for unit in _units_of_document(index, at):
            if found > best.get((reading, unit), (0, "", "", "")):
                best[reading, unit] = found
    pairs = sorted(best.items())
    return DocumentPairs(
        reading=np.array([reading for (reading, _), _ in pairs], np.int64),
        unit=np.array([unit for (_, unit), _ in pairs], np.int64),
        weight=np.array([found[0] for _, found in pairs], np.int32),
        detail=tuple(found[1:] for _, found in pairs),
    )


def _shown(number: str, state: str | None) -> str:
    return f"{number} {state}" if state else number


def _units_of_document(index: Index, at: int) -> range:
    """Return the units that a listed document speaks for: its identity's, else all of its alert."""
    alert, identity = int(index.documents.alert[at]), int(index.documents.identity[at])
    own = index.unit(alert, identity) if identity > 0 else None
    if own is not None and index.names_of_unit(own):
        return range(own, own + 1)
    begin, end = np.searchsorted(index.unit_alert, [alert, alert + 1]).tolist()
    return range(begin, end)
