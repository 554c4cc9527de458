"""What happens to a date of birth between a person and a message.

>>> distorted_date(random.Random(3), date(1980, 2, 11))
('1980-02-11', 'exact')
"""

import random
from datetime import date, timedelta

_OPERATIONS = ("exact", "swapped", "digit", "day_off", "year_off", "first_of_january", "missing")
_WEIGHTS = (72, 4, 6, 3, 4, 5, 6)


def distorted_date(dice: random.Random, born: date) -> tuple[str, str]:
    """Return the date as it arrives (YYYY-MM-DD or empty) and what happened to it; same chances for all."""
    operation = dice.choices(_OPERATIONS, _WEIGHTS)[0]
    if operation == "missing":
        return "", operation
    changed = _changed(dice, born, operation)
    return (
        (born.isoformat(), "exact")
        if changed is None or changed == born
        else (changed.isoformat(), operation)
    )


def _changed(dice: random.Random, born: date, operation: str) -> date | None:
    if operation == "day_off":
        return born + timedelta(days=dice.choice((-1, 1)))
    if operation == "first_of_january":
        return date(born.year, 1, 1)
    if operation == "digit":
        text = born.isoformat()
        at = dice.choice((2, 3, 3, 5, 6, 8, 9, 9))
        return _day(f"{text[:at]}{dice.choice('0123456789')}{text[at + 1 :]}")
    if operation == "swapped":
        return _day(f"{born.year}-{born.day:02}-{born.month:02}")
    if operation == "year_off":
        return _day(f"{born.year + dice.choice((-1, 1))}-{born.month:02}-{born.day:02}")
    return born


def _day(text: str) -> date | None:
    """Read a day; None where the calendar has none, so that the slip did not happen."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


__all__ = ["distorted_date"]
