"""Document numbers and their kinds in publishers' words.

A number is what is left when the words are gone: "French passport number 05AT521433" is 05AT521433 of FR.
Blanks, dots, slashes and check digits in brackets belong to the number as published.

>>> split_number("French passport number 05AT521433")
('05AT521433', 'French passport')
>>> split_number("403062567 (US)"), split_number("Libya B/002210"), split_number("R00012098, South Sudan")
(('403062567', 'US'), ('B/002210', 'Libya'), ('R00012098', 'South Sudan'))
>>> split_number("TR-P 614 166"), split_number("D489833(9)"), split_number("A 0144378")
(('TR-P 614 166', None), ('D489833(9)', None), ('A 0144378', None))
>>> split_number("Numéro") is None
True
>>> kind_of("Número de pasaporte").value, kind_of("Seafarer's Identification Document").value
('passport', 'travel_document')
>>> kind_of("Driver's License No.").value, kind_of("Cedula No.").value, kind_of("Unheard of") is None
('other', 'national_id', True)
"""

import re

from screening.alerts.states import state_named
from screening.alerts.text import ascii_digits, clean, word_key
from screening.tables.codes import ListedDocumentType as Kind

# The first that is found in the folded words wins: what only looks like a passport stands first.
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("driv", Kind.OTHER), ("licen", Kind.OTHER), ("permis de conduire", Kind.OTHER),
    ("deportation", Kind.OTHER),
    ("ration card", Kind.OTHER), ("voter", Kind.OTHER), ("electoral", Kind.OTHER),
    ("birth certificate", Kind.OTHER),
    ("student", Kind.OTHER), ("residen", Kind.OTHER), ("immigration", Kind.OTHER),
    ("registration number", Kind.OTHER),
    ("visa", Kind.VISA), ("visanumberid", Kind.VISA),
    ("stateless person passport", Kind.TRAVEL_DOCUMENT), ("travel document", Kind.TRAVEL_DOCUMENT),
    ("laissez passer", Kind.TRAVEL_DOCUMENT), ("seafarer", Kind.TRAVEL_DOCUMENT),
    ("seaman", Kind.TRAVEL_DOCUMENT),
    ("reiseausweis", Kind.TRAVEL_DOCUMENT), ("passport", Kind.PASSPORT), ("pasaporte", Kind.PASSPORT),
    ("passeport", Kind.PASSPORT),
    ("serviceman", Kind.OTHER), ("military", Kind.OTHER), ("militar", Kind.OTHER),
    ("fiscal", Kind.OTHER), ("tax id", Kind.OTHER), ("r f c", Kind.OTHER), ("rfc", Kind.OTHER),
    ("nit", Kind.OTHER),
    ("national", Kind.NATIONAL_ID), ("cedula", Kind.NATIONAL_ID), ("c u r p", Kind.NATIONAL_ID),
    ("curp", Kind.NATIONAL_ID), ("d n i", Kind.NATIONAL_ID), ("dni", Kind.NATIONAL_ID),
    ("n i e", Kind.NATIONAL_ID), ("c u i p", Kind.OTHER), ("c u i t", Kind.OTHER),
    ("c u i", Kind.NATIONAL_ID),
    ("identification", Kind.NATIONAL_ID), ("identidad", Kind.NATIONAL_ID), ("identite", Kind.NATIONAL_ID),
    ("identity", Kind.NATIONAL_ID), ("id card", Kind.NATIONAL_ID), ("id no", Kind.NATIONAL_ID),
    ("tazkira", Kind.NATIONAL_ID), ("citizen s card", Kind.NATIONAL_ID),
    ("social security", Kind.NATIONAL_ID),
    ("ssn", Kind.NATIONAL_ID), ("personalausweis", Kind.NATIONAL_ID), ("personal id", Kind.NATIONAL_ID),
    ("cnp", Kind.NATIONAL_ID), ("le number", Kind.NATIONAL_ID),
)  # fmt: skip
_HAS_DIGIT = re.compile(r"[0-9]")
_STATE_IN_BRACKETS = re.compile(r"\s*\(([^()0-9]{2,60})\)\s*$")
_PREFIX = re.compile(r"^[A-Z]{1,4}(?:-[A-Z]{1,2})?$")


def kind_of(words: str) -> Kind | None:
    """Give the kind of document that the words name; None where they name none."""
    folded = f" {word_key(words)} "
    for part, kind in _KINDS:
        if (f" {part}" if len(part) > 4 else f" {part} ") in folded:
            return kind
    return None


def split_number(written: str) -> tuple[str, str | None] | None:
    """Give the number and the words that name its state; None where there is no digit.

    Args:
        written: the field as published: a number alone, or words around it.
    """
    text = ascii_digits(clean(written)).strip(" ,;")
    place: str | None = None
    if found := _STATE_IN_BRACKETS.search(text):
        place, text = found[1].strip(), text[: found.start()]
    if "," in text:
        first, rest = (part.strip() for part in text.split(",", 1))
        if _HAS_DIGIT.search(first) and not _HAS_DIGIT.search(rest):
            place, text = place or rest, first
    tokens = text.split()
    start = next((i for i, token in enumerate(tokens) if _HAS_DIGIT.search(token)), None)
    if start is None:
        return None
    while start > 0 and _PREFIX.match(tokens[start - 1]):
        start -= 1
    number = " ".join(tokens[start:])
    number = re.sub(r"^(?:No|Nr|N°|Nº)\.? ?(?=[0-9A-Z])", "", number) if start == 0 else number
    words = re.sub(r"[.:#]+$", "", " ".join(tokens[:start]))
    return number.strip(" .,;:"), place or _state_words(words)


def _state_words(words: str) -> str | None:
    """Give the leading words that name a state: "Russian foreign travel passport number" is Russian."""
    parts = words.split()
    for size in range(min(len(parts), 6), 0, -1):
        candidate = " ".join(parts[:size])
        if state_named(candidate):
            return candidate
    return None
