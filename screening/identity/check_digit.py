r"""Check digit of a machine-readable zone (ICAO Doc 9303, part 3, section 4.9).

Weights 7-3-1, digits as themselves, A-Z as 10-35, the filler `<` as 0, modulo 10.

>>> check_digit("AB2134<<<")
'5'
>>> check_digit("AB 134")
Traceback (most recent call last):
...
ValueError: character 3 is outside A-Z, 0-9 and <
"""

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {"<": 0} | {character: value for value, character in enumerate(_SIGNS)}
_WEIGHTS = (7, 3, 1)


def check_digit(field: str) -> str:
    """Return the check digit of a field of the machine-readable zone.

    Raises:
        ValueError: a character may not stand in a machine-readable zone; names its place, not itself.
    """
    total = 0
    for place, character in enumerate(field):
        value = _VALUES.get(character)
        if value is None:
            raise ValueError(f"character {place + 1} is outside A-Z, 0-9 and <")
        total += value * _WEIGHTS[place % 3]
    return str(total % 10)
