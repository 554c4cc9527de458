"""States: any way of writing one to the code used inside (ISO 3166 alpha-2, else the ICAO 9303 code).

Source: ISO 3166-1 (pycountry); ISO 3166-3 (States that are no more: documents and lists still name them as
nationality or place of birth); ICAO Doc 9303 part 3, section 5 (special codes). A code that was given away
again (AI, BQ, BY, GE, SK) is its present bearer's.

>>> state_code("GBR"), state_code("D<<"), state_code("XXB"), state_code("co"), state_code("GBD")
('GB', 'DE', 'XXB', 'CO', 'GB')
>>> state_code("YU"), state_code("CSK"), state_code("ZR"), state_code("SUN")
('YU', 'CS', 'CD', 'SU')
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
UNSPECIFIED_STATE = "XXX"  # ICAO 9303: stands for a State that is not specified
_ALIASES = {
    "D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK", "XKX": "XK",
    "XK": "XK", "ROM": "RO", "UK": "GB", "EU": "EUE",
}  # fmt: skip
# ISO 3166-3. A State that only changed its name, or came to another whole, is its successor …
_SUCCEEDED = {
    "AFI": "DJ", "ATB": "AQ", "ATN": "AQ", "NQ": "AQ", "BU": "MM", "BUR": "MM", "BYS": "BY", "CT": "KI",
    "CTE": "KI", "DY": "BJ", "DHY": "BJ", "FQ": "TF", "FX": "FR", "FXX": "FR", "HV": "BF", "HVO": "BF",
    "JT": "UM", "JTN": "UM", "MI": "UM", "MID": "UM", "NH": "VU", "NHB": "VU", "PU": "UM", "PUS": "UM",
    "PZ": "PA", "PCZ": "PA", "RH": "ZW", "RHO": "ZW", "SKM": "IN", "TP": "TL", "TMP": "TL", "VD": "VN",
    "VDR": "VN", "WK": "UM", "WAK": "UM", "ZR": "CD", "ZAR": "CD",
}  # fmt: skip
# … one that came apart, or that lists still name beside what it joined, stays itself. CS was both
# Czechoslovakia and Serbia and Montenegro; as their codes of three letters differ, the later one is written.
FORMER = {
    "AN": ("ANT",), "CS": ("SCG", "CSK"), "DD": ("DDR",), "NT": ("NTZ",), "PC": ("PCI",), "SU": ("SUN",),
    "YD": ("YMD",), "YU": ("YUG",),
}  # fmt: skip
_KNOWN = (
    _ALIASES
    | _SUCCEEDED
    | {former: former for former in FORMER}
    | {code: former for former, codes in FORMER.items() for code in codes}
)
_TO_ICAO = {"XK": "RKS"} | {former: codes[0] for former, codes in FORMER.items()}


@lru_cache(maxsize=4096)
def state_code(written: str | None) -> str | None:
    """Return the inner code of a state written as two or three letters.

    Returns:
        ISO alpha-2, or the ICAO code where ISO has none; None where the code is unknown.
    """
    if not written:
        return None
    code = written.strip().strip("<").upper()
    if code in _KNOWN:
        return _KNOWN[code]
    if code in SPECIAL:
        return code
    if len(code) == 2:
        return code if pycountry.countries.get(alpha_2=code) else None
    if len(code) == 3:
        found = pycountry.countries.get(alpha_3=code)
        return found.alpha_2 if found else None
    return None


@lru_cache(maxsize=4096)
def state_named(written: str | None) -> str | None:
    """Return the inner code of a State written by its name in ISO 3166-1; None where it is unknown.

    >>> state_named("TUNISIA"), state_named("Islamic Republic of Iran"), state_named("ATLANTIS")
    ('TN', 'IR', None)
    """
    if not written:
        return None
    try:
        return str(pycountry.countries.lookup(written.strip()).alpha_2)
    except LookupError:
        return None


@lru_cache(maxsize=4096)
def icao_code(inner: str | None) -> str | None:
    """Return the ICAO three-letter code of an inner code (`D` is written DEU)."""
    if inner is None:
        return None
    if inner in _TO_ICAO:
        return _TO_ICAO[inner]
    if len(inner) == 3:
        return inner
    found = pycountry.countries.get(alpha_2=inner)
    return found.alpha_3 if found else inner
