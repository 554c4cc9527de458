"""The name field of a machine-readable zone (ICAO Doc 9303, parts 3 and 4).

The name field of a passport holds 39 characters: primary identifier, `<<`, secondary identifier, `<` between
parts. What does not fit is cut, so the last token of a full field may be the beginning of a name (part 3,
section 4.6; the last position then holds a letter).

>>> parts("ERIKSSON<<ANNA<MARIA<<<<")
('ERIKSSON', 'ANNA MARIA')
>>> parts("ARKFREITH")
('ARKFREITH', '')
>>> maybe_cut("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRA")
True
>>> maybe_cut("SMITH", "JOHN")
False
"""

WIDTH = 39
"""Characters of the name field of a passport (Doc 9303 part 4; other sizes are shorter: 31 and 30)."""


def parts(field: str) -> tuple[str, str]:
    """Split a name field into primary and secondary identifier, fillers as blanks."""
    primary, _, secondary = field.strip().rstrip("<").partition("<<")
    return primary.replace("<", " ").strip(), " ".join(secondary.replace("<", " ").split())


def maybe_cut(surname: str, given_names: str) -> bool:
    """Say whether a name fills the field, so that its last token may be cut off.

    Carriers shorten too: names of one field fill 30 to 39 characters or more before they are cut, and
    exactly how is not said in the message; only a filled passport field is taken as a sign.
    """
    return len(surname) + 2 + len(given_names) >= WIDTH
