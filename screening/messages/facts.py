"""A fact that is stated again: which value stands, and which are kept beside it.

Rule: a value never gives way to nothing, to a placeholder or to another value; a date of birth gives way to
one that says more. Every other value is kept beside the one that stands, so that it is compared as well.

>>> someone, stated = Traveller(0, 0), (("1971", "710000"), ("1971-04-12", "710412"), ("1980", "800000"))
>>> [take_birth(someone, known, written) for known, written in stated]
[False, False, True]
>>> someone.date_of_birth.isoformat(), someone.birth_as_sent, someone.other_births
('1971-04-12', '710412', ('1980',))
>>> [take_nationality(someone, state) for state in ("XXX", "TN", "FR", "TN")]
[False, False, True, False]
>>> someone.nationality, someone.other_nationalities
('TN', ('FR',))
"""

from datetime import date

from screening.identity.birth_dates import covers
from screening.identity.states import UNSPECIFIED_STATE
from screening.messages.model import Traveller
from screening.tables.codes import Sex

MOST = 16  # further dates of birth that are kept: each is compared with each name


def take_birth(traveller: Traveller, known: str, written: str) -> bool:
    """Take a date of birth (YYYY-MM-DD, YYYY-MM or YYYY); say whether it differs from the one that stands."""
    day = traveller.date_of_birth
    own = day.isoformat() if day is not None else traveller.birth_part
    if own is not None and covers(known, own):
        return False
    if own is None or covers(own, known):
        traveller.date_of_birth = date.fromisoformat(known) if len(known) == len("YYYY-MM-DD") else None
        traveller.birth_part = None if traveller.date_of_birth else known
        traveller.birth_as_sent = written
        return False
    if known not in traveller.other_births and len(traveller.other_births) < MOST:
        traveller.other_births = (*traveller.other_births, known)
    return True


def take_sex(traveller: Traveller, sex: Sex) -> bool:
    """Take a sex; say whether it differs from the one that stands."""
    if traveller.sex is None:
        traveller.sex = sex
    if sex is traveller.sex:
        return False
    if sex not in traveller.other_sexes:
        traveller.other_sexes = (*traveller.other_sexes, sex)
    return True


def take_nationality(traveller: Traveller, state: str) -> bool:
    """Take a nationality; say whether it differs from the one that stands."""
    if traveller.nationality is None or traveller.nationality == UNSPECIFIED_STATE:
        traveller.nationality = state
    if state in {traveller.nationality, UNSPECIFIED_STATE}:
        return False
    if state not in traveller.other_nationalities:
        traveller.other_nationalities = (*traveller.other_nationalities, state)
    return True
