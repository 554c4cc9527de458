"""Names made from a father's given name by a productive ending: patronymics and surnames of descent.

A list of frequent names holds IGOR and seldom IGOREVICH; both are about as common among those who use
patronymics. So the rarity of a name that nobody counted is that of the name it is made from.

Sources of the endings: Russian, Ukrainian and Belarusian patronymics (BGN, GOST, French);
Turkic -oglu, -uly, -kyzy; Persian -zadeh, -pour, -nejad; Armenian -yan, Georgian -shvili and -dze, Icelandic
and Nordic -son, -dottir, -sen; Greek -poulos, -idis; Romanian -escu; Slavic -ov, -ev, -ic; Spanish -ez.

>>> made_from("IGOREVICH"), made_from("ANATOLYEVNA"), made_from("ILYICH")
(Made(stem='IGOR', patronymic=True), Made(stem='ANATOL', patronymic=True), Made(stem='ILY', patronymic=True))
>>> made_from("JONSDOTTIR"), made_from("HASANZADEH")
(Made(stem='JON', patronymic=True), Made(stem='HASAN', patronymic=False))
>>> made_from("SMITH") is None, made_from("ERICH") is None
(True, True)
"""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Made:
    """What a name is made from; `patronymic` where every child of the father bears it."""

    stem: str
    patronymic: bool


_PATRONYMIC = re.compile(
    r"^(?P<stem>.{2,}?)(?:[YIJ]?[EOA]V(?:[IY]T?S?CH|N[AY])|S?D[OU]TT?[IE]R)$"
    r"|^(?P<of>ILY|IL|NIKIT|KUZM|FOM|LUK|SAVV)(?:[IY]CH|[IY]CHNA|[IY]NICHNA)$"  # fathers that end in -a
)
_DESCENT = re.compile(
    r"^(?P<stem>.{3,}?)(?:[OU]GH?L[UYI]|UUL?U|ULY|[KQG][YI]Z[YI]|ZADEH?|ZODA|P[OU]+R|NE[JZ]H?AD|S?SSON|SEN|"
    r"[YI]AN(?:TS)?|S?SHVILI|DZE|POU?L(?:OS|OU)|[IA]D[IE]S|ESCU|[YI]?[OE](?:V|FF)A?|ENKO|CHUK|[OE]VIC|EZ)$"
)
_SHORTEST = 6


@lru_cache(maxsize=200_000)
def made_from(token: str) -> Made | None:
    """Return the stem of a name with a productive ending, None for any other."""
    if len(token) < _SHORTEST:
        return None
    if found := _PATRONYMIC.match(token):
        return Made(found["stem"] or found["of"], patronymic=True)
    if found := _DESCENT.match(token):
        return Made(found["stem"], patronymic=False)
    return None
