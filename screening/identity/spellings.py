"""What else a spelling can stand for: the letters that published tables use for different sounds.

`skeleton.RULES` merge what every table that writes a letter so means by it. Where tables disagree (J is zh in
French, y in German; CH is kh in German and Greek), each other meaning gives a reading of its own: two tokens
agree when they have a reading in common.

>>> agree = lambda *pair: bool(set.intersection(*map(set, spellings(pair))))
>>> agree("CABDIRAXMAAN", "ABDIRAHMAN"), agree("DZHURDZHEVICH", "DURDEVIC"), agree("GAMAL", "JAMAL")
(True, True, True)
>>> agree("CORTES", "ORTIZ"), agree("JING", "YING")
(False, False)
"""

import re
from collections.abc import Callable, Sequence

from screening.identity.skeleton import skeletons

Change = Callable[[str], str]


def _by(*changes: tuple[str, str]) -> Change:
    compiled = [(re.compile(pattern), into) for pattern, into in changes]

    def change(token: str) -> str:
        for pattern, into in compiled:
            token = pattern.sub(into, token)
        return token

    return change


_OTHERWISE: tuple[tuple[re.Pattern[str], Change], ...] = tuple(
    (re.compile(shape), _by(*changes))
    for shape, *changes in (
        # Somali (1972): X is h, C is ayn, doubled vowels are long; no P, V and Z. A C alone shows nothing.
        (
            r"^(?=.*(?:X|AA|EE|II|OO|UU))(?=.*[XC])[^PVZ]{3,}$|^CABD",
            ("C(?!H)", ""),
            ("X", "H"),
            (r"(.)\1", r"\1"),
        ),
        # Serbian and Croatian, marks lost: C for ch, D or DJ for what Russian writes DZH.
        (r"IC$|(?:DZH|DJ).*(?:DZH|DJ)|(?:DZH|DJ).*ICH$", ("C(?!H)", "CH"), ("DZH|DJ|DZ", "D")),
        # French practice of the Maghreb: the last E is not spoken.
        (r"..[^AEIOU]INE$|OUNE$|...ANE$", ("E$", "")),
        # ISO 9 and German: J is y.
        (r"^(?=.{5}).*J", ("J", "Y")),
        # Turkish, Azerbaijani and Slavic, marks lost: C is ch or j.
        (r"^(?=.{5})[^QWX]*C(?=[AEIOU])", ("C(?=[AEIOU])", "CH")),
        # Egypt: G is j.
        (r"^(?=.{5})(?:.*[^N])?G(?=[AEIOU])", ("G(?=[AEIOU])", "J")),
        # Arabic dhal and tha, spoken z and s.
        (r"^(?=.{5}).*[TD]H", ("[TD]H", "S")),
        # German and Greek CH, Azerbaijani X: kh.
        (r"^(?=.{5}).*(?:CH|(?<!K)X)", ("CH|X", "K")),
        # kh that others write H.
        (r"^(?=.{5}).*KH", ("KH", "H")),
        # Greek: eu, au spoken ev, av; mp, nt spoken b, d.
        (r"^(?=.{5}).*[AE]U|^MP|^NT", ("([AE])U", r"\1V"), ("^MP", "B"), ("^NT", "D")),
        # Western Armenian: b, d, g are p, t, k.
        (r"....[IY]AN$", ("B", "P"), ("D", "T"), ("G", "K")),
        # Georgian in German: ds.
        (r"DSE$", ("DSE$", "DZE")),
        # Hindi and Bengali: ksh written x; v spoken b.
        (r"KSH", ("KSH", "X")),
        (r"^(?=.{5})V", ("V", "B")),
        # Turkic u with marks, through Russian: yu.
        (r"[^AEIOUY]Y(?=U)", ("(?<=[^AEIOUY])Y(?=U)", "")),
    )
)


def spellings(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the skeletons of each token of A-Z, and of all that its spelling can stand for."""
    respelt = [
        (at, change(token))
        for at, token in enumerate(tokens)
        for shape, change in _OTHERWISE
        if shape.search(token)
    ]
    both = skeletons([*tokens, *(other for _, other in respelt)])
    found = [dict.fromkeys(own) for own in both[: len(tokens)]]
    for (at, _), other in zip(respelt, both[len(tokens) :], strict=True):
        found[at].update(dict.fromkeys(other))
    return [tuple(of) for of in found]
