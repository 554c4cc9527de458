"""Evidence of the date of birth: which relation holds between a traveller's date and a listed one.

Rule (docs/matching.md): the strongest relation of `RELATIONS` that holds counts. Lists know dates by day,
month, year, circa or range; 1 January stands in for an unknown day on both sides (2.7 % of OFAC's exact
dates, 8.1 % of the UN's), so agreement on it says little more than the year.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.matching.model import Model

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

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
)
CODE = {name: number for number, (name, _) in enumerate(RELATIONS)}
PRECISION = {"day": 0, "month": 1, "year": 2, "circa": 3, "range": 4}
NOT_GIVEN = tuple(name for name, _ in RELATIONS[:2])
FAR = ("imprecise_far", "far")
_PLACES = (1000, 100, 10, 1)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates in columns; `first` and `last` are days since 1970, `precision` a number of PRECISION."""

    first: Ints
    last: Ints
    year: Ints
    month: Ints
    day: Ints
    last_year: Ints
    precision: Ints

    def take(self, at: Ints) -> "Dates":
        """Return the rows at these places."""
        return Dates(
            self.first[at], self.last[at], self.year[at], self.month[at], self.day[at], self.last_year[at],
            self.precision[at],
        )  # fmt: skip


def columns(first: Ints, last: Ints, precision: Ints) -> Dates:
    """Split days since 1970 into year, month and day."""
    days = first.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    last_year = last.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return Dates(first, last, year, month, day, last_year, precision)


def weights(model: Model) -> npt.NDArray[np.int32]:
    """Return the weight of each relation, in the order of RELATIONS."""
    return np.array([model.date_of_birth[name] for name, _ in RELATIONS], np.int32)


def relations(traveller: Dates, listed: Dates) -> npt.NDArray[np.int8]:
    """Return the relation of each pair of dates (same length), as a place in RELATIONS."""
    whole = traveller.first == traveller.last
    by_day, by_month, by_year, circa, by_range = (listed.precision == code for code in range(5))
    apart = np.abs(traveller.year - listed.year)
    stand_in = (traveller.day == 1) & (traveller.month == 1)
    listed_stand_in = by_day & (listed.day == 1) & (listed.month == 1)
    same_day_and_month = (traveller.day == listed.day) & (traveller.month == listed.month)
    swapped = (traveller.day == listed.month) & (traveller.month == listed.day)
    same_year = apart == 0
    inside = (traveller.first <= listed.last) & (traveller.last >= listed.first)
    exact = whole & by_day
    holds: tuple[tuple[str, Bools], ...] = (
        ("same_but_stand_in", exact & (traveller.first == listed.first) & stand_in),
        ("same", exact & (traveller.first == listed.first)),
        ("day_and_month_swapped", exact & same_year & swapped),
        ("same_month", whole & by_month & inside),
        ("one_day_off", exact & (np.abs(traveller.first - listed.first) == 1)),
        ("same_day_other_year", exact & same_day_and_month & (apart == 1)),
        ("one_digit", exact & _one_slip(traveller, listed)),
        ("stand_in_for_year", exact & same_year & (stand_in | listed_stand_in)),
        ("stand_in_for_year", whole & by_month & same_year & stand_in),
        ("same_year", by_year & same_year),
        ("same_year", ~whole & (by_day | by_month) & inside),
        ("circa", circa & inside),
        ("in_range", by_range & inside),
        ("circa_near", circa & (apart <= 2)),
        ("year_only_other", (by_day | by_month) & same_year),
        ("year_only_near", ~(by_day | by_month) & (_years_outside(traveller, listed) <= 1)),
        ("near_year", (by_day | by_month) & (apart == 1)),
        ("imprecise_far", ~by_day | ~whole),
    )
    return np.select(
        [condition for _, condition in holds],
        [np.int8(CODE[name]) for name, _ in holds],
        np.int8(CODE["far"]),
    ).astype(np.int8)


def _years_outside(traveller: Dates, listed: Dates) -> Ints:
    outside: Ints = np.maximum(listed.year - traveller.year, traveller.year - listed.last_year)
    return np.maximum(outside, 0)


def _digits(dates: Dates) -> tuple[Ints, ...]:
    year = tuple(dates.year // place % 10 for place in _PLACES)
    return (*year, dates.month // 10, dates.month % 10, dates.day // 10, dates.day % 10)


def _one_slip(traveller: Dates, listed: Dates) -> Bools:
    """One digit of YYYYMMDD differs, or two neighbours of one part are swapped."""
    one, other = _digits(traveller), _digits(listed)
    wrong = [a != b for a, b in zip(one, other, strict=True)]
    total = np.sum(wrong, axis=0)
    slip: Bools = total == 1
    for at in (0, 1, 2, 4, 6):
        slip |= (
            (total == 2) & wrong[at] & wrong[at + 1] & (one[at] == other[at + 1]) & (one[at + 1] == other[at])
        )
    return slip
