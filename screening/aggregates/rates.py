"""Rates of a month: hits and what became of them, people who were not screened, how well lists identify.

Hits are few, and each is a person, decided on later than the night. So they are counted by month and by group
of categories, never by night or route; once, when there was time to decide, and never again: the difference
of two such tables would be the decisions of a few days. Categories that protect or watch somebody have no
line of their own.

Every count is rounded to a multiple of 5 (of the threshold, if larger), with sums that hold (controlled
rounding, room `disclosure`): withholding cells would leave nothing of so small tables. And the populations
are not those of the traffic tables: exact totals of both would be told apart by people whom nobody looked
at, the withdrawn for one. A share of rounded counts is good to within one base of its parts.

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 5.5.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product

import pyarrow as pa

from screening.aggregates.definitions import RATES, TOTAL, VALUES, Definition
from screening.disclosure.protect import Source, protect
from screening.disclosure.rules import Method, Rules
from screening.tables import aggregate
from screening.tables.codes import Category, PublishedStatus

DAYS_TO_DECIDE = 14
"""After the end of a month, until its hits are counted."""
_KEY = ("definition", "category", "decision", "screening")
_NAMED = frozenset({Category.REFUSE_ENTRY, Category.WANTED, Category.DOCUMENT})
Counts = Mapping[tuple[str, ...], int]


def group(category: str) -> str:
    """Give the group under which a category is told; that somebody is watched or protected is not.

    >>> group("wanted"), group("vulnerable_person"), group("discreet_check")
    ('wanted', 'other', 'other')
    """
    return category if category in _NAMED else "other"


def months_due(nights: Iterable[date], last: date) -> list[str]:
    """Name the months whose hits may be counted.

    Args:
        nights: nights that there are.
        last: the night that is published now.

    Returns:
        Months, YYYY-MM, of which there is a night and which ended DAYS_TO_DECIDE before the night or earlier.

    >>> months_due([date(2026, 10, 30), date(2026, 11, 2)], date(2026, 11, 15))
    ['2026-10']
    """
    until = last - timedelta(days=DAYS_TO_DECIDE)
    return sorted({f"{night:%Y-%m}" for night in nights if f"{night:%Y-%m}" < f"{until:%Y-%m}"})


def protect_rates(exact: Mapping[str, Counts], *, period: str, nights: int, threshold: int) -> pa.Table:
    """Make what is published of a month.

    Args:
        exact: definition -> values of its dimensions -> count; a table that is lacking is left out.
        period: the month, YYYY-MM.
        nights: how many nights were counted.
        threshold: counts of 1..threshold-1 are unsafe.

    Returns:
        RATES: every combination of values, and margins.

    Raises:
        UnprotectableError: the rounded tables do not hold; nothing may be published.
        ValueError: a value is none of its dimension.
    """
    rules = Rules(threshold=threshold, method=Method.ROUNDING)
    rows: list[dict[str, object]] = []
    for each in RATES:
        if each.name not in exact:
            continue
        table = _with_margins(each, exact[each.name])
        shown = protect([Source(each.name, table, each.dimensions)], rules).tables[each.name]
        rows += [
            {
                "definition": each.name,
                "period": period,
                **{name: row[name] for name in each.dimensions},
                "value": row["value"],
                "step": rules.step,
                "nights": nights,
                "status": str(PublishedStatus.ROUNDED),
            }
            for row in shown.to_pylist()
        ]
    return aggregate.RATES.table(rows)


def _with_margins(definition: Definition, counts: Counts) -> pa.Table:
    sets = [VALUES[name] for name in definition.dimensions]
    strange = [
        key for key in counts if any(value not in known for value, known in zip(key, sets, strict=True))
    ]
    if strange:
        raise ValueError(f"{definition.name}: a value is none of its dimension")
    keys = list(product(*((*known, TOTAL) for known in sets)))
    return pa.table(
        {
            **{name: [key[at] for key in keys] for at, name in enumerate(definition.dimensions)},
            "count": pa.array([_sum(counts, key) for key in keys], pa.int64()),
        }
    )


def _sum(counts: Counts, key: Sequence[str]) -> int:
    return sum(
        count
        for own, count in counts.items()
        if all(stated in {TOTAL, value} for stated, value in zip(key, own, strict=True))
    )


def shares(rates: pa.Table) -> Iterator[tuple[str, str, float | None]]:
    """Work the rates out from what is published.

    Args:
        rates: RATES of one month.

    Yields:
        Name of the rate, whom it is of, and the share; None where fewer than four steps stand behind it: it
        would be all rounding.
    """
    step = max(rates["step"].to_pylist(), default=1)
    cells = {
        tuple(row[name] for name in _KEY if row[name]): row["value"]
        for row in rates.to_pylist()
        if row["definition"] != "list_quality"
    }

    def part(of: int, whole: int) -> float | None:
        return of / whole if whole >= 4 * step else None

    for category in (*VALUES["category"], TOTAL):
        false, true, open_ = (
            cells.get(("hits_by_decision", category, decision), 0)
            for decision in ("false_match", "true_match", "inconclusive")
        )
        yield "false hits among hits decided on", category, part(false, false + true + open_)
        yield "confirmed hits among hits decided on", category, part(true, false + true + open_)
    aside, everybody = (cells.get(("people_screened", one), 0) for one in ("not_screened", TOTAL))
    yield "people not screened among people named", TOTAL, part(aside, everybody)
