"""Evidence of the date of birth: which relation holds between a traveller's date and a listed one.

Rule (docs/matching.md): the strongest relation of `RELATIONS` that holds counts (`loops.relation`). Lists
know dates by day, month, year, circa or range; 1 January stands in for an unknown day on both sides (2.7 % of
OFAC's exact dates, 8.1 % of the UN's), so agreement on it says little more than the year.
"""

import numpy as np
import numpy.typing as npt

from screening.matching.loops import Days
from screening.matching.model import Model

Ints = npt.NDArray[np.int64]

RELATIONS: tuple[tuple[str, str], ...] = (
    ("not_given_traveller", "not given by the traveller"),
    ("not_given_listed", "not given by the alert"),
    ("same", "same day"),
    ("day_and_month_swapped", "day and month swapped"),
    ("same_month", "in the listed month"),
    ("one_day_off", "one day apart"),
    ("same_but_stand_in", "both 1 January of the year"),
    ("same_day_other_year", "same day and month, year one apart"),
    ("one_digit", "one digit differs or two are swapped"),
    ("stand_in_for_year", "1 January stands in for the year"),
    ("same_year", "in the listed year"),
    ("circa", "in the circa year"),
    ("in_range", "in the listed range"),
    ("circa_near", "within two years of the circa year"),
    ("year_only_other", "same year, other day"),
    ("year_only_near", "a year beside the listed year"),
    ("near_year", "a year apart, other day"),
    ("imprecise_far", "far from the listed year or range"),
    ("far", "other date"),
    ("generation_apart", "a generation apart"),
    ("stand_in_other_year", "both 1 January, one slip in the year"),
)
PRECISION = {"day": 0, "month": 1, "year": 2, "circa": 3, "range": 4}


def columns(first: Ints, last: Ints, precision: Ints) -> Days:
    """Split days since 1970 into year, month and day."""
    days = first.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    last_year = last.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return Days(first, last, year, month, day, last_year, precision.astype(np.int64))


def weights(model: Model) -> npt.NDArray[np.int32]:
    """Return the weight of each relation, in the order of RELATIONS."""
    return np.array([model.date_of_birth[name] for name, _ in RELATIONS], np.int32)
