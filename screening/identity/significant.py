r"""Which tokens of a name carry it, and which only lead to the next (al, bin, de la, van der).

A particle is left out where another token follows it, because carriers, lists and documents keep, drop or
join it as they please (measured on public lists: the same alias stands with and without `al-`); joined to its
token it stays as a second spelling. ABD and its article are one token, ABDUL, for the same reason, and
ABDELKADER or ABDURRAHMAN are two (before a sun letter the article takes its sound: ALA-LC romanisation of
Arabic, rule 17), as ABDIRAHMAN and CABDIRAXMAAN are (Somali). What is said about a name is no name: JUNIOR
and OGLU behind it, ALIAS and NEE between two, FNU in the place of one.

>>> [(part.token, part.with_particles) for part in significant(("VAN", "DER", "BERG"))]
[('BERG', 'VANDERBERG')]
>>> [part.token for part in significant(("ABD", "AL", "RAHMAN", "AL", "MASRI"))]
['ABDUL', 'RAHMAN', 'MASRI']
>>> [part.token for part in significant(("ABDELKADER", "ABDERRAHMANE", "ABDULLAH"))]
['ABDUL', 'KADER', 'ABDUL', 'RAHMANE', 'ABDULLAH']
>>> [part.token for part in significant(("ALIYEV", "ILHAM", "OGLU"))]
['ALIYEV', 'ILHAM']
>>> [part.token for part in significant(("COSTA", "JUNIOR"))]
['COSTA']
>>> [part.token for part in significant(("ADAMS", "NEE", "BROWN"))]
['ADAMS', 'BROWN']
>>> [part.token for part in significant(("BEN",))]
['BEN']
"""

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

SERVANT = frozenset({"ABD", "ABDAL", "ABDEL", "ABDUL", "ABDOL", "ABDOUL", "ABED"})
_ARTICLES = frozenset({"AL", "EL", "UL", "AR", "AS", "AD", "ASH", "EZ", "AZ", "OL"})
_SERVANT_OF = re.compile(r"^ABD(?:OU|[AEOU])(?:L|([DNRSTZ])(?=\1))([A-Z]{3,})$")
_SOMALI_SERVANT_OF = re.compile(r"^C?ABDI()(?=[^AEIOUYL])([A-Z]{4,})$")
_OF_GOD = re.compile(r"^C?ABD(?:OU|[AEIOU])LL?AA?(?:HI?)?$")


@dataclass(frozen=True, slots=True)
class Significant:
    """A token that carries the name, and its spelling joined with the particles before it, if any."""

    token: str
    with_particles: str | None = None


@dataclass(frozen=True, slots=True)
class Variants:
    """Groups of spellings and short forms, and words that are no name.

    Attributes:
        spelling: spellings of one name.
        short: a name and its short forms.
        particles: lead to the next token.
        trailing: generations and the like; no name behind another one.
        leading: lead to the next token at the beginning (U and DAW of Burmese names).
        between: no name between two others (ALIAS, NEE).
        stand_in: no name beside another one (FNU).
    """

    spelling: tuple[tuple[str, ...], ...]
    short: tuple[tuple[str, ...], ...]
    particles: frozenset[str]
    trailing: frozenset[str]
    leading: frozenset[str]
    between: frozenset[str]
    stand_in: frozenset[str]


@cache
def variants() -> Variants:
    """Read identity/data/variants.json."""
    read = json.loads(files("screening.identity").joinpath("data/variants.json").read_text("utf-8"))
    return Variants(
        spelling=tuple(tuple(group) for group in read["spelling"]),
        short=tuple(tuple(group) for group in read["short"]),
        particles=frozenset(read["particles"]),
        trailing=frozenset(read["trailing"]),
        leading=frozenset(read["leading"]),
        between=frozenset(read["between"]),
        stand_in=frozenset(read["stand_in"]),
    )


@lru_cache(maxsize=200_000)
def significant(parts: tuple[str, ...]) -> tuple[Significant, ...]:
    """Return the tokens that carry a name (or one field of it), each with its particles joined."""
    words = variants()
    parts = _names_only(parts, words)
    end = len(parts)
    while end > 1 and parts[end - 1] in words.trailing:
        end -= 1
    found: list[Significant] = []
    before: list[str] = []
    at = 0
    while at < end:
        token = parts[at]
        if token in SERVANT and at + 1 < end:
            found.append(Significant("ABDUL"))
            at += 2 if parts[at + 1] in _ARTICLES and at + 2 < end else 1
            before = []
            continue
        of = _servant_of(token)
        if of:
            found += [Significant("ABDUL"), Significant(of[2])]
            before = []
        elif at + 1 < end and (token in words.particles or (at == 0 and token in words.leading)):
            before.append(token)
        else:
            found.append(Significant(token, "".join(before) + token if before else None))
            before = []
        at += 1
    return tuple(found)


def _servant_of(token: str) -> re.Match[str] | None:
    """Return what ABD is the servant of as group 2; None for ABDULLAH, which is one name everywhere."""
    if _OF_GOD.match(token):
        return None
    return _SERVANT_OF.match(token) or _SOMALI_SERVANT_OF.match(token)


def _names_only(parts: tuple[str, ...], words: Variants) -> tuple[str, ...]:
    kept = tuple(part for part in parts if part not in words.stand_in) or parts
    last = len(kept) - 1
    return tuple(part for at, part in enumerate(kept) if at in {0, last} or part not in words.between)
