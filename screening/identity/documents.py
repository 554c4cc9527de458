"""Document numbers and types made comparable.

>>> normalise_number(" ab-12.345/6 ")
'AB123456'
>>> document_key("AB123456", "GB")
'AB123456@GB'
>>> document_type("P").value, document_type("ac").value, document_type(None).value
('passport', 'residence', 'other')
"""

import re
import unicodedata

from screening.identity.check_digit import check_digit
from screening.tables.codes import CheckDigit, DocumentType

_SIGNS = re.compile(r"[^0-9A-Z]")
_TYPES = {
    "P": DocumentType.PASSPORT,
    "V": DocumentType.VISA,
    "I": DocumentType.NATIONAL_ID,
    "A": DocumentType.RESIDENCE,
    "C": DocumentType.RESIDENCE,
    "AC": DocumentType.RESIDENCE,
    "IC": DocumentType.NATIONAL_ID,
    "IP": DocumentType.NATIONAL_ID,
    "F": DocumentType.OTHER,
    "L": DocumentType.CREW,
    "M": DocumentType.MILITARY,
    "T": DocumentType.TRAVEL_DOCUMENT,
}


def normalise_number(written: str) -> str:
    """Return a document number in upper case with only A-Z and 0-9 (other scripts' digits as 0-9)."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", written).upper())


def document_key(number: str, state: str | None) -> str:
    """Return NUMBER@STATE, NUMBER@ where the state is unknown."""
    return f"{number}@{state or ''}"


def document_type(sent: str | None) -> DocumentType:
    """Return the kind of document of a code as sent (UN/EDIFACT 1001 as API uses it; ICAO 9303)."""
    if not sent:
        return DocumentType.OTHER
    code = sent.strip().upper()
    return _TYPES.get(code) or _TYPES.get(code[:1], DocumentType.OTHER)


def is_document_type(sent: str) -> bool:
    """Say whether a code of a kind of document is one that is read; another one is kept as `other`."""
    return sent.strip().upper()[:1] in _TYPES


def number_check(number: str, digit: str | None) -> CheckDigit:
    """Say whether a check digit that was sent beside a number fits it (nine places, filler `<`)."""
    if not digit:
        return CheckDigit.NONE
    try:
        return CheckDigit.RIGHT if check_digit(number.ljust(9, "<")) == digit else CheckDigit.WRONG
    except ValueError:
        return CheckDigit.WRONG
