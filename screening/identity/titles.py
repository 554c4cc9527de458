"""Titles glued to names, and words that stand where no name was known.

Reservation systems write the title behind the given names, glued or after a blank (`JOHNMR`, `NINA MS`), some
before them (`MRJONATHON`). A title goes where at least two letters remain; the caller keeps the form as sent
as a second reading, since nothing but knowledge of names tells ADAMS (a name) from ADA MS. Known
names that end or begin like a title are never cut. A generation suffix (`SMITHJR`) is part of the name.

Source: AIRIMP (name element) as far as docs/messages.md quotes it; IATA PNRGOV guide, examples of TIF
(`YY+MOANMISS`, `ATUYETMAIVAN+MISS`).

>>> strip_title("JOHNMR"), strip_title("NINA MS"), strip_title("MRJONATHON ROBERT")
(('JOHN', 'MR'), ('NINA', 'MS'), ('JONATHON ROBERT', 'MR'))
>>> strip_title("LORELEIMRS LISE")
('LORELEI LISE', 'MRS')
>>> strip_title("AMR"), strip_title("ADAMS"), strip_title("MRINAL"), strip_title("LIMR")
(('AMR', None), ('ADAMS', None), ('MRINAL', None), ('LI', 'MR'))
>>> strip_title("ANNAMISS CHD"), strip_title("MISS"), strip_title("")
(('ANNA', 'CHD MISS'), ('', 'MISS'), ('', None))
>>> strip_surname_title("SMITHJR", given=False), strip_surname_title("DOE JOHN MR", given=False)
(('SMITHJR', None), ('DOE JOHN', 'MR'))
>>> is_placeholder("TBA 2"), is_placeholder("SMITH", "FNU"), is_placeholder("TBARI")
(True, True, False)
"""

# Longest first: MRS before MS would not matter, MSTR before MR would.
_WORDS = frozenset({"MR", "MRS", "MS", "MISS", "MSTR", "MDM", "MME", "CHD", "INF", "DR", "PROF"})
_GLUED_BEHIND = ("MSTR", "MISS", "PROF", "MRS", "CHD", "INF", "MR", "MS", "DR")
_GLUED_BEFORE = ("MSTR", "MISS", "MRS", "MR")  # DR and MS begin too many names: DRAGAN, DREW, MSIZI
_AGE = frozenset({"CHD", "INF"})  # stand behind another title: TOMMSTRCHD
_WHOLE = frozenset(
    {"ADAMS", "WILLIAMS", "THOMS", "SIMMS", "SAMS", "TIMS", "AMR", "OMR", "UMR", "SAMR", "THAMR", "NIMR",
     "ALEXANDR", "ALEKSANDR", "OLEKSANDR", "ALIAKSANDR", "ALYAKSANDR", "ANDR", "SANDR", "BADR", "NADR",
     "SADR", "HAIDR", "KHIDR", "QADR", "MISSY", "MISSAEL", "MISSAK"}
)  # fmt: skip
# Sanskrit names of this onset stay whole: MRINAL, MRIDULA, MRUNAL, MRUDULA, MRIGANKA …
_WHOLE_STARTS = ("MRIN", "MRID", "MRIG", "MRIT", "MRUN", "MRUD", "MRUG", "MRUT")
_PLACEHOLDERS = frozenset(
    {"TBA", "TBD", "TBN", "TOBEADVISED", "TOBEANNOUNCED", "FNU", "LNU", "NFN", "NLN", "NOFIRSTNAME",
     "NOLASTNAME", "NONAME", "NOGIVENNAME", "NAMEUNKNOWN", "UNKNOWN", "UNNAMED", "INFANT"}
)  # fmt: skip
_DIGITS_AND_SIGNS = str.maketrans("", "", "0123456789 -./")


def strip_title(given: str) -> tuple[str, str | None]:
    """Part given names from their titles.

    Args:
        given: given names as sent.

    Returns:
        The names without titles, and the titles (None without any). Names that are nothing but a title are
        empty: `ATUYETMAIVAN+MISS`.
    """
    words = given.split()
    titles: list[str] = []
    while words and words[-1].upper() in _WORDS:
        titles.append(words.pop().upper())
    while words and words[0].upper() in _WORDS:
        titles.append(words.pop(0).upper())
    if words:
        words[-1] = _cut_behind(words[-1], titles)
        if len(words) > 1:  # DOCS has the title behind the first of several names: LORELEIMRS/LISE
            words[0] = _cut_behind(words[0], titles)
        words[0] = _cut_before(words[0], titles)
    if not titles:
        return given, None
    return " ".join(words), " ".join(titles)


def strip_surname_title(surname: str, *, given: bool) -> tuple[str, str | None]:
    """Part a surname from its title.

    A glued title is only believed where no given names stand beside it: ADAMS and ABDULAMR are surnames.

    Args:
        surname: surname as sent.
        given: do given names stand beside it?

    Returns:
        The surname without titles, and the titles (None without any).
    """
    words = surname.split()
    titles: list[str] = []
    while len(words) > 1 and words[-1].upper() in _WORDS:
        titles.append(words.pop().upper())
    if words and not given and not titles:
        for title in ("MSTR", "MISS", "MRS", "MR"):
            last = words[-1].upper()
            if last.endswith(title) and len(last) >= len(title) + 3 and last not in _WHOLE:
                words[-1] = words[-1][: -len(title)]
                titles.append(title)
                break
    if not titles:
        return surname, None
    return " ".join(words), " ".join(titles)


def _cut_behind(word: str, titles: list[str]) -> str:
    more = True
    while more:
        more = False
        upper = word.upper()
        if upper in _WHOLE:
            return word
        for title in _GLUED_BEHIND:
            if upper.endswith(title) and len(word) - len(title) >= 2:
                word = word[: -len(title)]
                titles.append(title)
                more = title in _AGE
                break
    return word


def _cut_before(word: str, titles: list[str]) -> str:
    upper = word.upper()
    if upper in _WHOLE or upper.startswith(_WHOLE_STARTS):
        return word
    for title in _GLUED_BEFORE:
        # Three letters: a name of two behind a glued title is rarer than a name such as MRAD.
        if upper.startswith(title) and len(word) - len(title) >= 3:
            titles.append(title)
            return word[len(title) :]
    return word


def is_placeholder(*names: str) -> bool:
    """Say whether any of the names stands where none was known (`TBA`, `FNU`, `INFANT 1`, `XXX`)."""
    return any(_stands_in(name) for name in names)


def _stands_in(name: str) -> bool:
    bare = name.upper().translate(_DIGITS_AND_SIGNS)
    return bare in _PLACEHOLDERS or (len(bare) > 2 and not bare.strip("X"))
