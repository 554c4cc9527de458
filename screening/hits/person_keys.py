"""Acts made under an earlier derivation of a person's key are read as if made under the key in use.

Rule (screening.identity.person_key): where the key of a traveller is that of name and date of birth, all keys
that any derivation gives them are theirs. Rows of the other keys are added once more under the key in use;
they stay under their own as well, since that may be the key in use of somebody else on the night.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.person_key import texts

Other = Mapping[str, frozenset[str]]
"""Key of another derivation -> the keys in use of those whom it names."""


def other_keys(people: Iterable[Mapping[str, Any]], pseudonym: Callable[[str, str], str]) -> Other:
    """Return the further keys of people whose key was made of name and date of birth.

    Args:
        people: rows of TRAVELLERS or HITS: person_key, surname, given_names, date_of_birth.
        pseudonym: keyed pseudonym of (purpose, text).
    """
    found: dict[str, frozenset[str]] = {}
    for row in people:
        if row["date_of_birth"] is None:
            continue
        ways = texts(row["surname"], row["given_names"], row["date_of_birth"])
        if len(ways) == 1:  # nearly everybody: no key is computed
            continue
        keys, own = {pseudonym("person", way) for way in ways}, str(row["person_key"])
        if own in keys:
            for other in keys - {own}:
                found[other] = found.get(other, frozenset()) | {own}
    return found


def bind(acts: pa.Table, others: Other) -> pa.Table:
    """Return rows with a person_key (acts, earlier hits), those of other keys also under the keys in use."""
    if not others:
        return acts
    theirs = acts.filter(pc.is_in(acts["person_key"], pa.array(sorted(others), pa.string())))
    place = acts.schema.get_field_index("person_key")
    tables = [acts]
    for key in sorted({key for keys in others.values() for key in keys}):
        mine = theirs.filter(
            pa.array([key in others[one] for one in theirs["person_key"].to_pylist()], pa.bool_())
        )
        own = pa.array([key] * mine.num_rows, acts.schema.field(place).type)
        tables.append(mine.set_column(place, acts.schema.field(place), own))
    return pa.concat_tables(tables)
