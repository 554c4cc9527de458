"""The travellers' side of matching: readings of names in columns, facts, and documents that agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.matching.evidence import document
from screening.matching.evidence.date_of_birth import columns
from screening.matching.index import Index
from screening.matching.loops import NO_DATE, Days
from screening.matching.model import Model
from screening.matching.names import Names, parted
from screening.matching.names import columns as name_columns

Ints = npt.NDArray[np.int64]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Travellers:
    """Readings of travellers in columns, sorted by traveller and reading.

    Attributes:
        ids: traveller of each reading.
        number: place of this traveller among all.
        text: surname / given names of each reading, normalised.
        names: its tokens; none where the name is a placeholder.
        born: date of birth; `first` is NO_DATE where there is none.
        sexes: M, F or None.
        nationalities: states of each reading.
        documents: NUMBER, state or None of each document.
    """

    ids: tuple[str, ...]
    number: Ints
    text: tuple[str, ...]
    names: Names
    born: Days
    sexes: tuple[str | None, ...]
    nationalities: tuple[tuple[str, ...], ...]
    documents: tuple[tuple[tuple[str, str | None], ...], ...]


def lay_out(identities: pa.Table) -> Travellers:
    """Return IDENTITIES in columns of numbers; the order of its rows does not matter."""
    table = identities.sort_by([("traveller_id", "ascending"), ("reading", "ascending")])
    surnames, given = table["surname_tokens"].to_pylist(), table["given_tokens"].to_pylist()
    placeholder = table["placeholder"].to_pylist()
    rows = [
        [] if empty else parted(one, other)
        for one, other, empty in zip(surnames, given, placeholder, strict=True)
    ]
    born = [
        np.array([(day - _EPOCH).days if day else NO_DATE for day in table[name].to_pylist()], np.int64)
        for name in ("born_from", "born_to")
    ]
    born = [np.where((born[0] == NO_DATE) | (born[1] == NO_DATE), NO_DATE, days) for days in born]
    ids = table["traveller_id"].combine_chunks().dictionary_encode()
    return Travellers(
        ids=tuple(ids.to_pylist()),
        number=ids.indices.to_numpy().astype(np.int64),
        text=tuple(
            " / ".join(part for part in (" ".join(one), " ".join(other)) if part)
            for one, other in zip(surnames, given, strict=True)
        ),
        names=name_columns(rows, around=True),
        born=columns(born[0], born[1], np.zeros(len(rows), np.int64)),
        sexes=tuple(table["sex"].to_pylist()),
        nationalities=tuple(tuple(sorted(set(states))) for states in table["nationalities"].to_pylist()),
        documents=tuple(_numbers(keys) for keys in table["document_keys"].to_pylist()),
    )


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
    carrying = travellers.documents if index.document_keys else ()
    units = _units_of_documents(index)
    for reading, carried in enumerate(carrying):
        for number, state in carried:
            places = {
                at for key in document.lookups(number, state) for at in index.document_keys.get(key, ())
            }
            for at in sorted(places):
                listed = index.documents[at]
                relation = document.relation(number, state, listed.number, listed.state)
                if relation is None:
                    continue
                found = (
                    model.document[relation],
                    relation,
                    _shown(number, state),
                    _shown(listed.number, listed.state),
                )
                for unit in units[at]:
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


def _units_of_documents(index: Index) -> list[tuple[int, ...]]:
    """Return the units that each listed document speaks for: its identity's, else all of its alert."""
    of_alert: dict[int, list[int]] = {}
    for unit, alert in enumerate(index.unit_alert.tolist()):
        of_alert.setdefault(alert, []).append(unit)
    named = set(index.name_unit.tolist())
    found: list[tuple[int, ...]] = []
    for listed in index.documents:
        own = index.unit_of.get((listed.alert, listed.identity))
        if own is not None and listed.identity > 0 and own in named:
            found.append((own,))
        else:
            found.append(tuple(of_alert[listed.alert]))
    return found
