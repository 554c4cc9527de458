"""Evidence of documents: the same number, or one that a reader of the page would take for it.

Rule: equal normalised number and State; equal number where a State is unknown; equal after letters and digits
that look alike in OCR-B are merged (O/0, I/1, S/5, B/8, Z/2; ICAO Doc 9303 part 3 warns of O and 0), State
equal; two neighbouring characters swapped, State equal; equal number of another State (numbers are unique
within a State only). Numbers of fewer than five characters say nothing.

>>> sorted(lookups("AB12", "GB"))
[]
>>> relation("AB12O45", "GB", "AB12045", "GB"), relation("AB12345", "GB", "AB12435", "GB")
('look_alike', 'transposed')
>>> relation("AB12345", "GB", "AB12345", "FR"), relation("AB12345", None, "AB12345", "FR")
('same_number_other_state', 'same_number')
>>> relation("AB12345", "GB", "XY12345", "GB") is None
True
"""

from collections.abc import Iterator

SHORTEST = 5
WORDS = {
    "same": "same number and State",
    "same_number": "same number, State not known",
    "look_alike": "number alike in look-alike characters, same State",
    "transposed": "two neighbouring characters swapped, same State",
    "same_number_other_state": "same number, other State",
}
_ALIKE = str.maketrans("OQDILSBZG", "000115826")


def looks(number: str) -> str:
    """Return a number with look-alike characters merged."""
    return number.translate(_ALIKE)


def lookups(number: str, state: str | None) -> Iterator[str]:
    """Yield every key under which a listed document may stand (see `keys`)."""
    if len(number) < SHORTEST:
        return
    yield f"={number}"
    if state:
        yield f"~{looks(number)}@{state}"


def keys(number: str, state: str | None) -> Iterator[str]:
    """Yield the keys under which a listed document is kept, swapped neighbours among them."""
    yield from lookups(number, state)
    if state and len(number) >= SHORTEST:
        for at in range(len(number) - 1):
            if number[at] != number[at + 1]:
                yield f"={number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}"


def relation(number: str, state: str | None, listed: str, listed_state: str | None) -> str | None:
    """Return the strongest relation of two documents, None where they are different ones."""
    same_state = state is not None and state == listed_state
    if number == listed:
        if same_state:
            return "same"
        return "same_number_other_state" if state and listed_state else "same_number"
    if not same_state or len(number) != len(listed):
        return None
    if looks(number) == looks(listed):
        return "look_alike"
    wrong = [at for at in range(len(number)) if number[at] != listed[at]]
    if (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and number[wrong[0]] == listed[wrong[1]]
        and number[wrong[1]] == listed[wrong[0]]
    ):
        return "transposed"
    return None
