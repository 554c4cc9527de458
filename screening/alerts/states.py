"""Names of states as lists write them to the codes used inside (ISO alpha-2, else the ICAO 9303 code).

Source: ISO 3166-1 and 3166-3 (pycountry); publishers' own spellings and demonyms below. No guess: an unknown
name gives None and the caller keeps the text with a finding.

>>> state_named("Korea, North"), state_named("United Kingdom of Great Britain and Northern Ireland")
('KP', 'GB')
>>> state_named("Palestinian"), state_named("possibly Palestinian"), state_named("Congo (Brazzaville)")
('PS', 'PS', 'CG')
>>> state_named("Indonesia (as at Dec. 2003)"), state_named("USSR (until 1991)"), state_named("D")
('ID', 'SU', 'DE')
>>> state_named("Atlantis") is None
True
>>> states_in("United States. Also believed to hold Syrian nationality")
('SY', 'US')
"""

import re
from functools import lru_cache

import pycountry

from screening.alerts.text import word_key
from screening.identity.states import state_code

_NAMES: dict[str, str] = {
    "bolivia": "BO", "bosnia": "BA", "bosnia herzegovina": "BA", "bosina herzegovina": "BA", "britain": "GB",
    "brunei": "BN", "burma": "MM", "cabo verde": "CV", "cape verde": "CV", "comoros islands": "KM",
    "congo": "CG", "congo brazzaville": "CG", "congo kinshasa": "CD", "republic of the congo": "CG",
    "congo republic of the": "CG", "congo democratic republic of the": "CD",
    "congo democratic republic": "CD",
    "democratic republic of congo": "CD", "democratic republic of the congo": "CD", "drc": "CD",
    "zaire": "CD",
    "congo democratic republic of the formerly zaire": "CD", "cote d ivoire": "CI", "ivory coast": "CI",
    "czech republic": "CZ", "dprk": "KP", "rpdc": "KP", "north korea": "KP", "korea north": "KP",
    "democratic people s republic of korea": "KP", "democratic peoples republic of korea": "KP",
    "dem people s rep korea": "KP", "south korea": "KR", "korea south": "KR", "republic of korea": "KR",
    "east timor": "TL", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "great britain": "GB", "ex yugoslavia": "YU", "yugoslavia": "YU",
    "federal republic of yugoslavia": "YU", "former yugoslavia": "YU", "serbia and montenegro": "CS",
    "gambia": "GM", "the gambia": "GM", "gaza": "PS", "gaza strip": "PS", "west bank": "PS",
    "palestine": "PS", "state of palestine": "PS", "palestinian territories": "PS",
    "palestinian authority": "PS", "occupied palestinian territories": "PS", "holy see": "VA",
    "vatican": "VA", "hong kong": "HK", "iran": "IR", "kosovo": "XK", "kyrgyz republic": "KG", "laos": "LA",
    "macau": "MO", "macao": "MO", "macedonia": "MK", "macedonia the former yugoslav republic of": "MK",
    "former yugoslav republic of macedonia": "MK", "micronesia": "FM", "moldova": "MD", "persia": "IR",
    "phillipines": "PH", "the philippines": "PH", "russia": "RU", "the russian federation": "RU",
    "soviet union": "SU", "ussr": "SU", "union of soviet socialist republics": "SU",
    "former soviet union": "SU", "st kitts and nevis": "KN", "st lucia": "LC", "swaziland": "SZ",
    "syria": "SY", "taiwan": "TW", "tanzania": "TZ", "turkey": "TR", "turkiye": "TR", "uae": "AE", "uk": "GB",
    "us": "US", "usa": "US", "u s a": "US", "u s": "US", "united states": "US", "america": "US",
    "venezuela": "VE", "vietnam": "VN", "virgin islands british": "VG", "british virgin islands": "VG",
    "virgin islands u s": "VI", "us virgin islands": "VI", "stateless": "XXA", "car": "CF",
    "united nations": "UNO", "european union": "EUE", "refugee": "XXB", "czechoslovakia": "CS",
    "east germany": "DD", "german democratic republic": "DD", "west germany": "DE",
    "federal republic of germany": "DE", "people s republic of china": "CN", "prc": "CN",
    "republic of china": "TW", "south yemen": "YD", "yemen people s democratic republic of": "YD",
    "republic of serbia": "RS", "republic of south sudan": "SS", "sao tome and principe": "ST",
}  # fmt: skip
_DEMONYMS: dict[str, str] = {
    "afghan": "AF", "afghani": "AF", "albanian": "AL", "algerian": "DZ", "american": "US", "angolan": "AO",
    "argentine": "AR", "argentinian": "AR", "armenian": "AM", "australian": "AU", "austrian": "AT",
    "azerbaijani": "AZ", "bahraini": "BH", "bangladeshi": "BD", "belarusian": "BY", "belgian": "BE",
    "bolivian": "BO", "bosnian": "BA", "brazilian": "BR", "british": "GB", "bulgarian": "BG", "burmese": "MM",
    "burundian": "BI", "cambodian": "KH", "cameroonian": "CM", "canadian": "CA", "central african": "CF",
    "chadian": "TD", "chilean": "CL", "chinese": "CN", "colombian": "CO", "comorian": "KM",
    "costa rican": "CR", "croatian": "HR", "cuban": "CU", "cypriot": "CY", "czech": "CZ", "danish": "DK",
    "dutch": "NL", "ecuadorian": "EC", "egyptian": "EG", "emirati": "AE", "english": "GB",
    "eritrean": "ER", "estonian": "EE", "ethiopian": "ET", "filipino": "PH", "finnish": "FI", "french": "FR",
    "georgian": "GE", "german": "DE", "ghanaian": "GH", "greek": "GR", "guatemalan": "GT", "guinean": "GN",
    "haitian": "HT", "honduran": "HN", "hungarian": "HU", "indian": "IN", "indonesian": "ID", "iranian": "IR",
    "iraqi": "IQ", "irish": "IE", "israeli": "IL", "italian": "IT", "ivorian": "CI", "jamaican": "JM",
    "japanese": "JP", "jordanian": "JO", "kazakh": "KZ", "kazakhstani": "KZ", "kenyan": "KE", "kosovar": "XK",
    "kuwaiti": "KW", "kyrgyz": "KG", "lao": "LA", "laotian": "LA", "latvian": "LV", "lebanese": "LB",
    "liberian": "LR", "libyan": "LY", "lithuanian": "LT", "luxembourgish": "LU", "macedonian": "MK",
    "malaysian": "MY", "maldivian": "MV", "malian": "ML", "maltese": "MT", "mauritanian": "MR",
    "mexican": "MX", "moldovan": "MD", "mongolian": "MN", "montenegrin": "ME", "moroccan": "MA",
    "mozambican": "MZ", "nepalese": "NP", "nepali": "NP", "new zealander": "NZ", "nicaraguan": "NI",
    "nigerian": "NG", "nigerien": "NE", "north korean": "KP", "norwegian": "NO", "omani": "OM",
    "pakistani": "PK", "palestinian": "PS", "panamanian": "PA", "paraguayan": "PY", "peruvian": "PE",
    "philippine": "PH", "polish": "PL", "portuguese": "PT", "qatari": "QA", "romanian": "RO",
    "russian": "RU", "rwandan": "RW", "salvadoran": "SV", "saudi": "SA", "saudi arabian": "SA",
    "senegalese": "SN", "serbian": "RS", "singaporean": "SG", "slovak": "SK", "slovenian": "SI",
    "somali": "SO", "somalian": "SO", "south african": "ZA", "south korean": "KR", "south sudanese": "SS",
    "soviet": "SU", "spanish": "ES", "sri lankan": "LK", "sudanese": "SD", "swedish": "SE", "swiss": "CH",
    "syrian": "SY", "taiwanese": "TW", "tajik": "TJ", "tanzanian": "TZ", "thai": "TH", "togolese": "TG",
    "trinidadian": "TT", "tunisian": "TN", "turkish": "TR", "turkmen": "TM", "ugandan": "UG",
    "ukrainian": "UA", "uruguayan": "UY", "uzbek": "UZ", "venezuelan": "VE", "vietnamese": "VN",
    "yemeni": "YE", "yugoslav": "YU", "zambian": "ZM", "zimbabwean": "ZW",
}  # fmt: skip
_BRACKETS = re.compile(r"\([^)]*\)")
_LEAD = re.compile(
    r"^(?:possibly|probably|reportedly|allegedly|formerly|former|citizen of|the)\s+", re.IGNORECASE
)
_TAIL = re.compile(
    r"(?:\.\s+previously\b.*|"
    r"\s+(?:passports?|nationality|citizen(?:ship)?|nationals?|by birth|unknown))$",
    re.IGNORECASE,
)
_WORDS_AT_MOST = 9


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Names of ISO 3166-1 and -3 and our own; a name that two states share stands with its present bearer."""
    names: dict[str, str] = {}
    for old in pycountry.historic_countries:
        names.setdefault(word_key(old.name), getattr(old, "alpha_2", old.alpha_4[:2]))
    for state in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            if written := getattr(state, attribute, None):
                names[word_key(written)] = state.alpha_2
        if "," in state.name:
            last, first = state.name.split(",", 1)
            names[word_key(f"{first} {last}")] = state.alpha_2
    return names | _DEMONYMS | _NAMES


@lru_cache(maxsize=8192)
def state_named(written: str | None) -> str | None:
    """Give the inner code of a state by name, demonym or code; None where it is unknown."""
    if not written or not written.strip():
        return None
    text = written.strip(" .,;:")
    known = _known()
    for attempt in (text, _BRACKETS.sub(" ", text), _LEAD.sub("", text), _TAIL.sub("", _LEAD.sub("", text))):
        if code := known.get(word_key(attempt)):
            return code
    if len(text) <= 3 and text.isascii() and text.isalpha():
        return state_code(text)
    shorter = _TAIL.sub("", _LEAD.sub("", _BRACKETS.sub(" ", text).strip(" .,;:"))).strip(" .,;:")
    return known.get(word_key(shorter))


@lru_cache(maxsize=2048)
def states_in(sentence: str) -> tuple[str, ...]:
    """Give the states that a sentence names, sorted; longer names win over the shorter that they contain."""
    words = word_key(sentence).split()
    known, found, place = _known(), set(), 0
    while place < len(words):
        for size in range(min(_WORDS_AT_MOST, len(words) - place), 0, -1):
            code = known.get(" ".join(words[place : place + size]))
            if code and (size > 1 or len(words[place]) > 3):
                found.add(code)
                place += size - 1
                break
        place += 1
    return tuple(sorted(found))
