"""Keys of tokens: two tokens agree in a kind when they have a key of that kind in common.

Known spellings, transliteration classes and readings by syllables come from `screening.identity`, sounds
are metaphone keys (jellyfish). Keys are made for all tokens of a vocabulary together, since a rule that
changes all of them at once is several times as fast.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import jellyfish

from screening.identity.significant import variants
from screening.identity.skeleton import frames, keys
from screening.identity.spellings import spellings
from screening.identity.syllables import readings

_ARTICLES = ("AL", "EL", "UL")
Group = tuple[str, ...]


class Keys(NamedTuple):
    """Keys of one token.

    Attributes:
        transliteration: known spellings, readings by syllables, skeletons, and those of what follows a joined
            article.
        sound: its consonants, its metaphone key, and skeletons with the marks of hissing letters lost.
        skeleton: the skeleton of a token of five letters or more.
    """

    transliteration: tuple[str, ...]
    sound: tuple[str, ...]
    skeleton: tuple[str, ...]


@lru_cache(maxsize=100_000)
def transliterations(token: str) -> tuple[str, ...]:
    """Return the keys of one token by which it is the same name by another published table."""
    return keys_of((token,))[0].transliteration


def keys_of(tokens: Sequence[str]) -> list[Keys]:
    """Return the keys of each token of A-Z."""
    spelt = spellings(tokens)
    framed = frames([own[0] for own in spelt])
    return [
        Keys(
            _transliterations(token, own),
            _sounds(token, own, frame) if len(token) > 3 else (),
            own[:1] if len(token) > 4 else (),
        )
        for token, own, frame in zip(tokens, spelt, framed, strict=True)
    ]


def _transliterations(token: str, spelt: Sequence[str]) -> tuple[str, ...]:
    known = (*_spelling_groups().get(token, ()), *readings(token))
    if len(token) < 3:
        return known
    found = {key for key in spelt if len(key) > 1}
    if token.startswith(_ARTICLES) and len(token) >= 6:
        found.update(key for key in keys(token[2:]) if len(key) > 2)
    return (*sorted(found), *known)


def _sounds(token: str, spelt: Sequence[str], frame: str) -> tuple[str, ...]:
    sound = jellyfish.metaphone(token)
    # Marks lost: s, z and c for sh, zh and ch (ISO 9, Slavic and Turkic letters).
    hiss = {"~" + key.replace("X", "S") for key in spelt if len(key) > 3}
    return (
        *((f"-{frame}",) if len(frame) > 2 else ()),
        *((sound,) if len(sound) > 2 else ()),
        *sorted(hiss),
    )


def short_forms(token: str) -> Group:
    """Return the groups of short forms that a token belongs to."""
    return _short_groups().get(token, ())


@cache
def _spelling_groups() -> Mapping[str, Group]:
    return _by_token(variants().spelling, "=")


@cache
def _short_groups() -> Mapping[str, Group]:
    return _by_token(variants().short, "")


def _by_token(groups: Sequence[Sequence[str]], sign: str) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for number, group in enumerate(groups):
        for token in group:
            found[token] = (*found.get(token, ()), f"{sign}{number}")
    return found
