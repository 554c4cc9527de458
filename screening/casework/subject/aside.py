"""A person in bytes that were set aside: which entries of the quarantine hold them, surely or only perhaps.

Nothing was read of these bytes, so their text is searched (`messages.aside_rights`). What is surely the
person's is told to them and erased with the rest; what is only like them is named to the officer and stays.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.matching.evidence.document import SHORTEST
from screening.messages.aside_rights import Sought, Theirs, theirs
from screening.night.quarantine_entries import short
from screening.store.current_json import nights
from screening.store.landing import landed, missing, open_back
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.individual import QUARANTINE

_SHORTEST_WORD = 3  # of a name that texts are searched for


@dataclass(frozen=True, slots=True, repr=False)
class Aside:
    """One entry that holds a person, or somebody like them.

    Attributes:
        night: night that received it.
        quarantine_id, input_id, offset, length: the entry.
        theirs: what of it is surely theirs.
    """

    night: date
    quarantine_id: str
    input_id: str
    offset: int
    length: int
    theirs: Theirs

    @property
    def short(self) -> str:
        """Id that is short enough to type."""
        return short(self.quarantine_id)


def set_aside(store: Store, sought: Sought) -> tuple[Aside, ...]:
    """Find the entries that hold a person; of inputs whose bytes are gone, in part or whole, none.

    Raises:
        StoreError: a file is damaged.
    """
    found: dict[str, Aside] = {}
    for night in nights(store):
        rows = read_current(store, night, QUARANTINE)
        for row in rows.select(["quarantine_id", "input_id", "offset", "length"]).to_pylist():
            if row["quarantine_id"] not in found:
                found |= {one.quarantine_id: one for one in _in_entry(store, night, row, sought)}
    return tuple(found[key] for key in sorted(found))


def _in_entry(store: Store, night: date, row: dict[str, object], sought: Sought) -> Iterator[Aside]:
    name, input_id = str(row["quarantine_id"]), str(row["input_id"])
    offset, length = int(str(row["offset"])), int(str(row["length"]))
    if landed(store, input_id) is None or missing(store, input_id):
        return
    with open_back(store, input_id) as data:
        text = data[offset : offset + length].decode("latin_1")
        words = {word for one in sought.names for word in one}
        like = says(text, words, sought.numbers)
        if not like and words.isdisjoint(tokens(text)):  # most; what is surely theirs has one of them
            return
        found = theirs(data, offset, offset + length, sought)
        if like or found.sure:
            yield Aside(night, name, input_id, offset, length, found)


def says(text: str, words: Collection[str], numbers: Collection[str]) -> bool:
    """Say whether a text holds a number of the person, or two words of their name.

    >>> says("NAD+FL+++DOE:JANE'", {"DOE", "JANE"}, ()), says("DOC+P+X12-345'", (), {"X12345"})
    (True, True)
    """
    bare = normalise_number(text)
    if any(len(number) >= SHORTEST and number in bare for number in numbers):
        return True
    long = {word for word in words if len(word) >= _SHORTEST_WORD}
    return len(long & set(tokens(text))) > 1
