"""Values that repeat from traveller to traveller, worked out once: dates, names that stand in, titles.

A night of 250,000 travellers has some 30,000 dates of birth and 100,000 names, each read several times; a
look into memory costs a tenth of reading one (measured). What is kept are pure functions' results, in the
memory of the process alone, and never more of them than stand here.
"""

from functools import lru_cache

from screening.identity import birth_dates, dates, titles

_DAYS = 100_000
_NAMES = 50_000

birth = lru_cache(_DAYS)(birth_dates.birth)
expiry_date = lru_cache(_DAYS)(dates.expiry_date)
local_time = lru_cache(_DAYS)(dates.local_time)


@lru_cache(_NAMES)
def placeholder(name: str) -> bool:
    """Say whether a name stands in for one that is not known."""
    return titles.is_placeholder(name)
