"""Names written syllable by syllable: what a Korean, Chinese or Burmese spelling can be read as.

Two spellings are one name where they have a reading in common, whichever table each follows and whether the
syllables stand joined or apart (EUNJI, UN CHI). Letter rules (`skeleton`) can't do this without throwing
different names together: U is one vowel in JUNG and another in SU.

Sources: Revised Romanization of Korean (2000), McCune-Reischauer (1939) with its marks lost, customary
spellings (survey of the National Institute of Korean Language, 2009); Hanyu Pinyin (ISO 7098), Wade-Giles
with its apostrophes lost, customary Cantonese (Hong Kong Government); Burmese as passports write it, where
U, DAW, KO, MA, MAUNG, SAI and NANG before a name are titles.

>>> set(readings("EUNJI")) & set(readings("UNCHI")) != set()
True
>>> set(readings("TSETUNG")) & set(readings("ZEDONG")) != set()
True
>>> set(readings("UMINOO")) & set(readings("MINOO")) != set()
True
>>> readings("MARGARET"), set(readings("TINA")) & set(readings("DINA"))
((), set())
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product

_MOST = 24  # readings of one token; a spelling with more says too little
_LONGEST = 15  # letters: three syllables

# Letters that end no syllable of the three, or stand before no consonant in them.
_FOREIGN = re.compile("V|[CDFJQSXZ]$|[DFJQX][BCDFGHJKLMNPQRSTXZ]|Z[^HAEIOUWY]|S[^HSZWAEIOUY]|C[^HKAEIOUY]")

# Korean ---------------------------------------------------------------------------------------------------

_KOREAN_INITIALS = {
    "": "", "G": "K", "K": "K", "KK": "K", "N": "N", "D": "T", "T": "T", "R": "R", "L": "R", "M": "M",
    "B": "P", "P": "P", "S": "S", "SS": "S", "SH": "S", "J": "C", "CH": "C", "TCH": "C", "H": "H",
}  # fmt: skip
_KOREAN_VOWELS = {
    "A": "A", "AH": "A", "AE": "AE", "AI": "AE", "E": "AE", "YA": "YA", "YE": "YE", "YAE": "YE", "EO": "EO",
    "UH": "EO", "O": "O EO", "OH": "O EO", "OO": "U", "WOO": "U", "WU": "U", "OU": "EO U", "U": "U EU",
    "EU": "EU", "YEO": "YEO", "YO": "YO YEO", "YOU": "YEO YU", "YOO": "YU", "YU": "YU", "I": "I", "EE": "I",
    "YI": "I", "UI": "UI", "EUI": "UI", "WI": "WI", "WA": "WA", "WO": "WO", "WEO": "WO", "OE": "OE",
    "OI": "OE", "WE": "OE", "WAE": "OE",
}  # fmt: skip
_CLOSED = {"U": "EO", "YU": "YEO", "WOO": "WO"}  # JUNG, HYUN: customary in closed syllables only
_KOREAN_FINALS = {
    "": "", "K": "K", "G": "K", "CK": "K", "N": "N", "L": "L", "R": "L", "M": "M", "P": "P", "B": "P",
    "NG": "NG",
}  # fmt: skip
# Readings of the characters that stand in Korean names, in the Revised Romanization.
_KOREAN_SYLLABLES = """
GA GANG GEON GYEONG GEUM GI GIL GU GUK GWAN GWANG GWON GYU GYUN GEUN GIM GO GWAK NA NAM NO NAE NUNG RO DA
DAE DAL DEOK DO DONG DU RAE RAN RA RYANG RYEONG RYONG RYEOL RYUN RYU RIM RIN RI RYEO MA MAN MI MIN MYEONG MU
MUN MO MAENG MUK BAE BAEK BAN BANG BEOM BYEONG BYEOL BONG BOK BI BIN BO BU BAK BYEON SA SAENG SAM SANG SEO
SEOK SEOL SEON SEONG SE SO SOL SONG SU SUK SUN SEUNG SIK SIN SI SIM A AE AN YANG YEON YEONG YE YONG U UK UN
EUN EUNG I IK IL IN IM WON WAN WOL UI UNG YU YUN YUK YUL YEOL YEOP YEO YEOM OK ON O EOM JA JAE JANG JEON
JEONG JE JO JONG JU JUN JUNG JI JIN JIK CHA CHAN CHANG CHEOL CHEON CHO CHOE CHUN CHUNG CHAE CHIL TAE TAEK
TAK PIL PYEONG PYO HA HAK HAN HANG HAE HEO HEON HYEOK HYEON HYEONG HO HONG HWA HWAN HWANG HOE HUN HUI HEUNG
HYO
"""

# Chinese --------------------------------------------------------------------------------------------------

_PINYIN_INITIALS = "B P M F D T N L G K H J Q X ZH CH SH R Z C S"
_PINYIN_FINALS = {
    "": "A AI AN ANG AO E EN ER OU WA WAI WAN WANG WEI WEN WENG WO WU YA YAN YANG YAO YE YI YIN YING YONG "
    "YOU YU YUAN YUE YUN",
    "B P M F": "A AI AN ANG AO EI EN ENG I IAN IAO IE IN ING O OU U IU",
    "D T N L": "A AI AN ANG AO E EI EN ENG I IA IAN IANG IAO IE IN ING IU ONG OU U UAN UE UI UN UO",
    "G K H": "A AI AN ANG AO E EI EN ENG ONG OU U UA UAI UAN UANG UI UN UO",
    "J Q X": "I IA IAN IANG IAO IE IN ING IONG IU U UAN UE UN",
    "ZH CH SH R Z C S": "A AI AN ANG AO E EI EN ENG I ONG OU U UA UAI UAN UANG UI UN UO",
}
_WADE_INITIALS = {
    "B": "P", "P": "P", "D": "T", "T": "T", "G": "K", "K": "K", "J": "CH", "Q": "CH", "X": "HS", "ZH": "CH",
    "R": "J", "Z": "TS", "C": "TS",
}  # fmt: skip
_WADE_WHOLE = {
    "YAN": "YEN", "YE": "YEH", "YONG": "YUNG", "YOU": "YU", "YUE": "YUEH", "ER": "ERH", "ZHI": "CHIH",
    "CHI": "CHIH", "SHI": "SHIH", "RI": "JIH", "ZI": "TZU", "CI": "TZU", "SI": "SSU SZU SZE", "GE": "KO",
    "KE": "KO", "HE": "HO", "GUI": "KUEI", "KUI": "KUEI", "GUO": "KUO", "YUAN": "YUAN", "XU": "HSU",
    "YI": "I YI", "LUO": "LO", "DUO": "TO", "TUO": "TO", "NUO": "NO", "ZHUO": "CHO", "ZUO": "TSO",
    "SUO": "SO",
}  # fmt: skip
_WADE_FINALS = (("IONG", "IUNG"), ("ONG", "UNG"), ("IAN", "IEN"), ("IE", "IEH"), ("UE", "UEH"))
_CANTONESE = {
    "WAI": "WEI HUI", "MAN": "WEN MIN", "WAH": "HUA", "KWOK": "GUO", "KEUNG": "QIANG", "CHI": "ZHI ZI",
    "KA": "JIA", "CHUN": "JUN ZHEN", "FONG": "FANG", "LAI": "LI", "SAU": "XIU", "SHUK": "SHU",
    "SIU": "XIAO", "WING": "YONG RONG", "KWONG": "GUANG", "TAK": "DE", "YAN": "REN EN XIN", "YEE": "YI",
    "KIN": "JIAN", "LUNG": "LONG", "HOI": "HAI", "SANG": "SHENG", "SHING": "CHENG SHENG", "KIT": "JIE",
    "CHEUNG": "XIANG ZHANG", "FAI": "HUI", "ON": "AN", "CHING": "ZHENG QING JING", "HUNG": "HONG XIONG",
    "WAN": "YUN", "YUET": "YUE", "KAM": "JIN", "PO": "BAO", "MEI": "MEI", "YUK": "YU", "HO": "HAO HE",
    "KUEN": "QUAN JUAN", "LEUNG": "LIANG", "YIU": "YAO", "TSZ": "ZI", "SZE": "SI SHI", "HEI": "XI",
    "YIN": "YAN XIAN", "PUI": "PEI BEI", "SUM": "XIN", "SHUN": "SHUN XIN", "TUNG": "DONG TONG",
    "KWAN": "JUN GUAN", "MUI": "MEI", "NGA": "YA", "OI": "AI", "SHAN": "SHAN", "LOK": "LE",
    "HIN": "XIAN XUAN", "PING": "PING BING", "FUNG": "FENG", "CHOI": "CAI", "FUK": "FU", "KI": "QI JI",
    "KAI": "QI JI", "CHAK": "ZE", "LAP": "LI", "YAU": "YOU", "MING": "MING", "CHAN": "CHEN",
    "WONG": "HUANG WANG", "LAM": "LIN", "LAU": "LIU", "TSANG": "ZENG", "YEUNG": "YANG", "TSE": "XIE",
    "HUI": "XU", "AU": "OU", "KWAI": "GUI", "SUET": "XUE", "CHIU": "ZHAO CHAO",
}  # fmt: skip
# A joined spelling must show whose it is: TINA and DINA would be one by Wade-Giles, MIRA and MILA by Korean.
_SHOWS_KOREAN = re.compile("NG|EO|EU|AE|YO|YU|YE|OO|EE|UI|WO|CH|J|SH|HU|K$|OK|UK|IK")
_SHOWS_CHINESE = re.compile("NG|HS|TS|TZ|CH|ZH|SH|Q|X|J|AO|EI|OU|IE|IU|UA|UO|UE|WE|WA|KW|EU|YU")

# Burmese --------------------------------------------------------------------------------------------------

_BURMESE_TITLES = ("U", "DAW", "KO", "MA", "MAUNG", "MG", "SAI", "NANG")
_BURMESE = """
AUNG AYE BA BO CHAN CHIT CHO EI EAINT GYI HAN HEIN HLA HLAING HNIN HPONE HTAY HTET HTIKE HTOO HTUN HTUT HTWE
HSU KHAING KHANT KHIN KHINE KO KYAING KYAW KYI LATT LAT LAY LIN LWIN MAR MAUNG MIN MOE MON MYA MYAT MYINT
MYO NAING NANDAR NAY NGWE NI NU NWAY NWE NYAN NYEIN NYO NYUNT OHN OO PAING PE PHONE PHYO PHYU PO PYAE SAN
SANDAR SEIN SHEIN SHWE SI SOE SU SWE THA THAN THANDAR THANT THAUNG THAW THEIN THET THEIK THIDA THIHA THIN
THIRI THU THURA THUZAR THWIN TIN TINT TOE TUN WAH WAI WIN WUT YAN YE YEE YI YIN YU ZARNI ZAW ZAYAR ZIN ZON
"""


def readings(token: str) -> tuple[str, ...]:
    """Return what a token of A-Z can be read as in Korean, Chinese and Burmese; () for most tokens."""
    if len(token) > _LONGEST or len(token) < 2 or _FOREIGN.search(token):
        return ()
    most = 2 if _SHOWS_KOREAN.search(token) else 1
    found = {f"ko {reading}" for reading in _read(token, _korean(), most=most)}
    found |= {f"ko {other}" for syllable in _korean().get(token, ()) for other in _onsets(syllable)}
    most = 3 if _SHOWS_CHINESE.search(token) else 1
    for table in (_mandarin(), _cantonese()):
        found |= {f"zh {reading}" for reading in _read(token, table, most=most)}
    for title in _BURMESE_TITLES:
        if token.startswith(title):
            found |= {f"my {r}" for r in _read(token[len(title) :], _burmese(), most=4) if " " in r}
    found |= {f"my {reading}" for reading in _read(token, _burmese(), most=4) if " " in reading}
    return tuple(sorted(found))


def readings_beside(token: str) -> tuple[str, ...]:
    """Return what else a token can be read as beside others: one Burmese syllable.

    >>> readings("TIN"), readings_beside("TIN")
    (('zh DIN', 'zh TIN'), ('my TIN',))
    """
    return tuple(f"my {one}" for one in _burmese().get(token, ()))


@cache
def numbers() -> Mapping[str, int]:
    """Number the syllables that readings are made of, from 1, the same in every process."""
    tables = _korean(), _mandarin(), _cantonese(), _burmese()
    known = {one for table in tables for read in table.values() for one in read}
    known |= {other for one in known if one.count(".") == 2 for other in _onsets(one)}
    return {one: number for number, one in enumerate(sorted(known), start=1)}


def _read(token: str, table: Mapping[str, tuple[str, ...]], *, most: int) -> Iterable[str]:
    """Return every reading of a token as one to `most` syllables of a table; none where too many."""
    found: set[str] = set()
    for cut in _cuts(token, table, most):
        for reading in product(*(table[syllable] for syllable in cut)):
            found.add(" ".join(reading))
            if len(found) > _MOST:
                return ()
    return found


def _cuts(token: str, table: Mapping[str, tuple[str, ...]], most: int) -> list[tuple[str, ...]]:
    if not token:
        return [()]
    if most == 1:  # most tokens end here: whole or not at all
        return [(token,)] if token in table else []
    return [
        (token[:end], *rest)
        for end in range(1, min(len(token), 7) + 1)
        if token[:end] in table
        for rest in _cuts(token[end:], table, most - 1)
    ]


@cache
def _korean() -> Mapping[str, tuple[str, ...]]:
    """Return each spelling of a syllable with its readings."""
    known = {
        f"{_KOREAN_INITIALS[i]}.{_KOREAN_VOWELS[v].split()[0]}.{_KOREAN_FINALS[f]}"
        for i, v, f in (_parts(syllable) for syllable in _KOREAN_SYLLABLES.split())
    }
    table: dict[str, tuple[str, ...]] = {}
    for initial, vowel, final in product(_KOREAN_INITIALS, _KOREAN_VOWELS, _KOREAN_FINALS):
        vowels = _KOREAN_VOWELS[vowel].split()
        if final and vowel in _CLOSED:
            vowels.append(_CLOSED[vowel])
        if initial == "H" and vowel in {"I", "EE"}:
            vowels.append("UI")
        if initial and vowel in {"WOO", "WU", "YI"}:
            continue
        reads = [f"{_KOREAN_INITIALS[initial]}.{sound}.{_KOREAN_FINALS[final]}" for sound in vowels]
        read = known.intersection(reads)
        spelt = initial + vowel + final
        if read and len(spelt) > 1:
            table[spelt] = tuple(sorted({*table.get(spelt, ()), *read}))
    for spelt, reading in (("I", ".I."), ("O", ".O."), ("U", ".U."), ("A", ".A.")):
        table[spelt] = (reading,)
    return table


def _onsets(syllable: str) -> tuple[str, ...]:
    """Return a syllable as North and South write it at the beginning of a name: RI, NI and I; RO and NO."""
    onset, vowel, final = syllable.split(".")
    if onset not in {"R", "N"}:
        return ()
    soft = vowel == "I" or vowel.startswith("Y")
    return (f".{vowel}.{final}",) if soft else (f"R.{vowel}.{final}", f"N.{vowel}.{final}")


def _parts(syllable: str) -> tuple[str, str, str]:
    for initial in sorted(_KOREAN_INITIALS, key=len, reverse=True):
        for final in sorted(_KOREAN_FINALS, key=len, reverse=True):
            vowel = syllable[len(initial) : len(syllable) - len(final)]
            if syllable == initial + vowel + final and vowel in _KOREAN_VOWELS:
                return initial, vowel, final
    raise ValueError(f"syllables.py: {syllable} is no syllable of the Revised Romanization")


@cache
def _mandarin() -> Mapping[str, tuple[str, ...]]:
    """Return each spelling of a syllable with the Pinyin that it can stand for."""
    pinyin = [
        initial + final
        for initials, finals in _PINYIN_FINALS.items()
        for initial in (initials.split() or [""])
        for final in finals.split()
    ]
    table: dict[str, set[str]] = {syllable: {syllable} for syllable in pinyin}
    for syllable in pinyin:
        for spelt in _wade(syllable):
            table.setdefault(spelt, set()).add(syllable)
    return {spelt: tuple(sorted(read)) for spelt, read in table.items()}


@cache
def _cantonese() -> Mapping[str, tuple[str, ...]]:
    return {spelt: tuple(read.split()) for spelt, read in _CANTONESE.items()}


def _wade(syllable: str) -> list[str]:
    if syllable in _WADE_WHOLE:
        return _WADE_WHOLE[syllable].split()
    initial = next((i for i in ("ZH", "CH", "SH") if syllable.startswith(i)), syllable[:1])
    initial = initial if initial in _PINYIN_INITIALS.split() else ""
    final = syllable[len(initial) :]
    for ending, other in _WADE_FINALS:
        if final.endswith(ending):
            final = final.removesuffix(ending) + other
            break
    return [_WADE_INITIALS.get(initial, initial) + final]


@cache
def _burmese() -> Mapping[str, tuple[str, ...]]:
    return {word: (word.replace("TT", "T"),) for word in _BURMESE.split()}
