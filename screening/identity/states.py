"""States: any way of writing one to the code used inside (ISO 3166 alpha-2, else the ICAO 9303 code).

Source: ISO 3166-1 (pycountry); ICAO Doc 9303 part 3, section 5 (special codes).

>>> state_code("GBR"), state_code("D<<"), state_code("XXB"), state_code("co"), state_code("GBD")
('GB', 'DE', 'XXB', 'CO', 'GB')
>>> state_code("ZZZ") is None
True
>>> icao_code("DE"), icao_code("XXA"), icao_code("GB")
('DEU', 'XXA', 'GBR')
"""

from functools import lru_cache

import pycountry

SPECIAL = frozenset(
    {"XXA", "XXB", "XXC", "XXX", "UNO", "UNA", "UNK", "XOM", "XPO", "XBA", "XIM", "XCC", "XCO", "XEC", "XCE",
     "XMP", "XDC", "EUE", "UTO", "XES", "XAA", "XCT", "XLB"}
)  # fmt: skip
_ALIASES = {
    "D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK", "XKX": "XK",
    "XK": "XK", "ROM": "RO", "ZAR": "CD", "TMP": "TL", "UK": "GB", "EU": "EUE", "NTZ": "NT", "YUG": "YU",
    "SCG": "CS", "BUR": "MM", "ANT": "AN",
}  # fmt: skip
_TO_ICAO = {"XK": "RKS", "YU": "YUG", "CS": "SCG", "AN": "ANT", "NT": "NTZ"}


@lru_cache(maxsize=4096)
def state_code(written: str | None) -> str | None:
    """Give the inner code of a state written as two or three letters.

    Returns:
        ISO alpha-2, or the ICAO code where ISO has none; None where the code is unknown.
    """
    if not written:
        return None
    code = written.strip().strip("<").upper()
    if code in _ALIASES:
        return _ALIASES[code]
    if code in SPECIAL:
        return code
    if len(code) == 2:
        return code if pycountry.countries.get(alpha_2=code) else None
    if len(code) == 3:
        found = pycountry.countries.get(alpha_3=code)
        return found.alpha_2 if found else None
    return None


@lru_cache(maxsize=4096)
def icao_code(inner: str | None) -> str | None:
    """Give the ICAO three-letter code of an inner code (`D` is written DEU)."""
    if inner is None:
        return None
    if inner in _TO_ICAO:
        return _TO_ICAO[inner]
    if len(inner) == 3:
        return inner
    found = pycountry.countries.get(alpha_2=inner)
    return found.alpha_3 if found else inner
