r"""What names a person beside documents, and how that was written before.

A traveller without a document of their own is known by name and date of birth: `text` is what their
person_key is the keyed pseudonym of. Clearances and dispositions bind to that key for years, so each way in
which it was ever made stays in `DERIVATIONS`, newest first, and acts made under any of them bind
(`screening.hits.person_keys`). A derivation may go when no act made under it can be in force.

1. First: names romanised by anyascii alone. Another text than today's only for some names beyond ASCII.
2. Now: `names.comparable` (ELOT 743 for Greek, Doc 9303's I for Й, marks and points lost).

No number stands in the text: for a name that both derivations write alike (every ASCII name) both make one
key, and no act ever has to be carried over.

>>> text("PAPADOPOULOS", "MARIA", date(1970, 1, 2))
'PAPADOPOULOS/MARIA/1'
>>> texts("Παπαδόπουλος", "Μαρία", date(1970, 1, 2))
('PAPADOPOULOS/MARIA/1', 'PAPADOPOYLOS/MARIA/1')
>>> texts("OESTERGÅRD", "JÖRG 2", date(1970, 1, 2))
('OSTERGARD/JORG2/1',)
"""

from collections.abc import Callable
from datetime import date

from anyascii import anyascii

from screening.identity.names import comparable, merge_transliterations

_EPOCH = date(1970, 1, 1)


def _first_comparable(written: str | None) -> str:
    """Return a name as the first derivation compared it; never to be changed."""
    name = written or ""
    return "".join(filter(str.isalnum, (name if name.isascii() else anyascii(name)).upper()))


DERIVATIONS: tuple[Callable[[str | None], str], ...] = (comparable, _first_comparable)


def text(
    surname: str | None,
    given_names: str | None,
    born: date,
    derivation: Callable[[str | None], str] = comparable,
) -> str:
    """Return what names a person without a document: names up to transliteration, and date of birth."""
    names = (merge_transliterations(derivation(name)) for name in (surname, given_names))
    return f"{'/'.join(names)}/{(born - _EPOCH).days}"


def texts(surname: str | None, given_names: str | None, born: date) -> tuple[str, ...]:
    """Return the texts of all derivations that find a name, each once, today's first."""
    named = (made for made in DERIVATIONS if made(surname) or made(given_names))
    return tuple(dict.fromkeys(text(surname, given_names, born, made) for made in named))
