r"""Designators of legs: what flies, sails or runs, however the sender writes it.

Rule: an airline's code with a number is parted; the element of the carrier wins over the prefix; leading
zeros go, a suffix of letters stays. What is no airline's flight is kept whole as the number, without a
carrier: a registration (OO-TST, N123AB), a general-aviation call sign (GLEX01). What has neither a figure nor
the shape of a registration names no flight.

Source: WCO/IATA/ICAO API guide, TDT; ICAO Annex 7 (registrations) and Annex 10 (call signs); IATA SSIM.

>>> designator("UA0989", "UA"), designator("AAL12B", "")
(('UA', '989', ()), ('AAL', '12B', ('tdt_without_carrier',)))
>>> designator("ZX877", "XZ")
('XZ', '877', ('carrier_differs_from_flight_number',))
>>> designator("OO-TST", ""), designator("QXA41AB", "")
(('', 'OOTST', ('flight_is_a_registration',)), ('QXA', '41AB', ('tdt_without_carrier',)))
>>> designator("QX#412", "QX"), designator("QX412/QX413", "QX")
(('QX', '412', ('flight_number_repaired',)), ('QX', '412', ('flight_number_repaired',)))
>>> designator("412", ""), designator("", "QX")
(('', '412', ('flight_without_carrier',)), ('QX', '', ('flight_number_unreadable',)))
"""

import re
from functools import lru_cache

from screening.identity.airports import iata_code

_PREFIXED = re.compile(r"^((?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?)([0-9]{1,6})([A-Z]{0,3})$")
_CALL_SIGN = re.compile(r"^([A-Z]{3})([0-9][A-Z0-9]{0,4})$")
_BARE = re.compile(r"^([0-9]{1,6})([A-Z]{0,3})$")
_AFTER_CARRIER = re.compile(r"^[0-9][A-Z0-9]{0,7}$")
_CARRIER = re.compile(r"^(?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?$")
_REGISTRATION = re.compile(
    r"^[A-Z0-9]{1,2}-(?=[A-Z0-9]*[A-Z]{2})[A-Z0-9]{2,5}$|^N[1-9][0-9]{0,3}[A-Z]{2}$|^[A-Z]{5}$"
)
_SEVERAL = re.compile(r"^([A-Z0-9]*[0-9][A-Z]?)[/&,;][A-Z0-9]*[0-9][A-Z]?$")
_SHIP = re.compile(r"^IMO[0-9]{7}(?:V[0-9]{1,6})?$")
_LONGEST = 10  # what is longer is no designator: it may be anything, a name among it
_LONGEST_PLACE = 5
Designator = tuple[str, str, tuple[str, ...]]


@lru_cache(maxsize=4096)
def designator(written: str, carrier: str) -> Designator:
    """Part carrier and number of a designator.

    Args:
        written: as sent, with or without the carrier.
        carrier: code of the carrier from its own element, where there is one.

    Returns:
        carrier, number (either may be empty) and codes of findings.
    """
    codes: list[str] = []
    carrier = carrier.strip().upper()
    if carrier and not _CARRIER.match(carrier):
        carrier, codes = "", ["carrier_unreadable"]
    text = "".join(written.upper().split()).removesuffix("MCL")
    if _REGISTRATION.match(text) and not (carrier and text.startswith(carrier)):
        codes.append("flight_is_a_registration")
        return carrier, text.replace("-", ""), tuple(codes)
    several = _SEVERAL.match(text)
    bare = "".join(filter(_is_plain, several[1] if several else text))
    if bare != text:
        codes.append("flight_number_repaired")
    if not any(map(str.isdigit, bare)) or (len(bare) > _LONGEST and not _SHIP.match(bare)):
        return carrier, "", (*codes, "flight_number_unreadable")
    return _parted(bare, carrier, codes)


def _is_plain(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _parted(text: str, carrier: str, codes: list[str]) -> Designator:
    if carrier and text.startswith(carrier) and _AFTER_CARRIER.match(text[len(carrier) :]):
        return carrier, _without_zeros(text[len(carrier) :]), tuple(codes)
    prefixed = _PREFIXED.match(text) or _CALL_SIGN.match(text)
    if _BARE.match(text) and (carrier or prefixed is None):
        return carrier, _without_zeros(text), (*codes, *(() if carrier else ("flight_without_carrier",)))
    if prefixed is None:
        codes.append("flight_without_airline" if not carrier else "flight_number_repaired")
        return carrier, text, tuple(dict.fromkeys(codes))
    number = _without_zeros(text[len(prefixed[1]) :])
    if carrier:
        return carrier, number, (*codes, "carrier_differs_from_flight_number")
    return prefixed[1], number, (*codes, "tdt_without_carrier")


def _without_zeros(number: str) -> str:
    """Drop leading zeros, keep one digit.

    >>> _without_zeros("0412"), _without_zeros("000"), _without_zeros("012A")
    ('412', '0', '12A')
    """
    bare = number.lstrip("0")
    return bare if bare[:1].isdigit() else f"0{bare}"


@lru_cache(maxsize=4096)
def airport(written: str, *, by_air: bool = True) -> str:
    """Return the IATA code of a place written as IATA (3 letters), ICAO (4) or UN/LOCODE (5).

    A code that is unknown stays as sent. Of an unknown UN/LOCODE the airline's place is its last three
    letters; a ship's or a train's is no airport, and stays whole.

    >>> airport("Somewhere by the sea")
    ''
    >>> airport("NZAKL"), airport("lhr"), airport("EBBR"), airport("GBDVR", by_air=False), airport("")
    ('AKL', 'LHR', 'BRU', 'GBDVR', '')
    """
    code = "".join(filter(str.isalnum, written.upper()))
    if len(code) > _LONGEST_PLACE:
        return ""  # no code but text, which no identifier may hold
    known = iata_code(code)
    if known is None and by_air and len(code) == 5 and code.isalpha():
        return code[2:]
    return known or code
