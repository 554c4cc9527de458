"""Four eyes are two different people, however their names are written."""

import unicodedata


def same_person(name: str, other: str) -> bool:
    r"""Say whether two names are one actor's: neither case nor the way letters are composed parts people.

    >>> same_person("Zoë", " ZOE\u0308")
    True
    """
    return comparable(name) == comparable(other)


def comparable(name: str) -> str:
    """Return a name so that all ways to write it are equal."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).strip()
