"""Facts that a traveller's statements state otherwise than they are settled: kept, to be compared too.

Few travellers have any. Rows that differ from the settled one are found for all travellers at once; only they
are looked at one by one.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.birth_dates import covers
from screening.identity.states import UNSPECIFIED_STATE

Places = npt.NDArray[np.int64]
_COLUMNS = {"birth": "other_births", "sex": "other_sexes", "nationality": "other_nationalities"}


def others_of(
    statements: pa.Table, owner: Places, row: Places, chosen: Mapping[str, Places]
) -> dict[str, list[list[str] | None]]:
    """Return `other_births`, `other_sexes` and `other_nationalities` of settled travellers.

    Args:
        statements: STATEMENTS in their order.
        owner: number of the traveller of each row that speaks of one.
        row: these rows, in the order in which they are believed.
        chosen: row of each traveller from which birth, sex and nationality were settled; -1 for none.

    Returns:
        Distinct values beside the settled ones, in the order of the rows; None where there are none.
    """
    day = statements["date_of_birth"]
    birth = pc.coalesce(day.cast(pa.string()), statements["birth_part"])
    stated = {"birth": birth, "sex": statements["sex"], "nationality": statements["nationality"]}
    beside: dict[str, Callable[[str, str], bool]] = {
        "birth": lambda own, other: not covers(other, own),
        "sex": str.__ne__,
        "nationality": lambda own, other: other not in {own, UNSPECIFIED_STATE},
    }
    return {
        _COLUMNS[fact]: _beside(values, statements[_COLUMNS[fact]], owner, row, chosen[fact], beside[fact])
        for fact, values in stated.items()
    }


def _beside(
    values: pa.ChunkedArray,
    within: pa.ChunkedArray,
    owner: Places,
    row: Places,
    chosen: Places,
    differs: Callable[[str, str], bool],
) -> list[list[str] | None]:
    encoded = values.combine_chunks().dictionary_encode()
    words = encoded.dictionary.to_pylist()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    settled = np.where(chosen >= 0, codes[chosen], -1) if len(codes) else np.full(len(chosen), -1, np.int64)
    further = pc.is_valid(within).combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    candidate = ((codes[row] >= 0) & (codes[row] != settled[owner])) | further[row] if len(row) else row > 0
    found: list[list[str] | None] = [None] * len(chosen)
    for at in np.flatnonzero(candidate).tolist():
        place, number = int(row[at]), int(owner[at])
        own = words[settled[number]] if settled[number] >= 0 else ""
        told = [words[codes[place]]] if codes[place] >= 0 else []
        told += (within[place].as_py() or []) if further[place] else []
        for word in told:
            if differs(own, word) and word not in (found[number] or ()):
                found[number] = [*(found[number] or []), word]
    return found


def differing_by_leg(travellers: pa.Table) -> dict[str, int]:
    """Count the travellers of each leg who have a fact that is stated otherwise as well."""
    told = [pc.is_valid(travellers[name]) for name in _COLUMNS.values()]
    differ = travellers["flight_id"].filter(pc.or_(pc.or_(told[0], told[1]), told[2]))
    return dict(Counter(differ.to_pylist()))
