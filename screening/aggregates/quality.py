"""What of a carrier's data quality may stand in the aggregate zone.

A carrier may be named, its travellers may not. The traffic tables show how many travellers it has, so a share
of two decimals beside that number is a count: 0.95 of 20 says that one traveller came without a document. So,
for a base of 5, or the threshold if that is larger:

* the number of travellers is left to the traffic tables;
* of the travellers who have a thing and those who lack it, the fewer are rounded to the nearest multiple of
  the base, and the share is made of that. A reader who knows the whole knows their number to within half a
  base: either it may be 0, or it may reach the threshold;
* a share of fewer than two bases is left out: that it is lacking then tells no small number either;
* messages are rounded as well, as one may be about a single traveller; a kind that rounds to 0 has no row;
* legs are exact: timetables tell them.

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 4.2, 5.5 (deterministic
rounding; each figure alone, they need not add up).
"""

from collections.abc import Mapping

import pyarrow as pa

from screening.tables.aggregate import CARRIER_QUALITY

_ALL = "travellers"
_SHARE = "share of travellers"
_COUNTED = frozenset({"travellers", "messages"})  # units of counts that are people, or may be


def protect_quality(measured: pa.Table, wholes: Mapping[str, str], *, threshold: int) -> pa.Table:
    """Keep what may be published of the measures.

    Args:
        measured: CARRIER_QUALITY, exact, with the numbers of travellers that the shares are of.
        wholes: measure of a share -> measure that holds of how many it is; `travellers` for the others.
        threshold: counts of 1..threshold-1 are unsafe.

    Returns:
        CARRIER_QUALITY.
    """
    base = base_of(threshold)
    rows = measured.to_pylist()
    known = {(row["carrier"], row["measure"]): round(row["value"]) for row in rows}
    kept = []
    for row in rows:
        value: float | None = round(row["value"], 2)
        if row["unit"].startswith(_SHARE):
            whole = wholes.get(row["measure"], _ALL)
            value = share(row["value"], known.get((row["carrier"], whole), 0), base)
        elif row["unit"] in _COUNTED:
            value = nearest(round(row["value"]), base) if row["unit"] == "messages" else 0
        if row["unit"] in _COUNTED and not value:
            continue
        if value is not None:
            kept.append(row | {"value": float(value)})
    return CARRIER_QUALITY.table(kept)


def base_of(threshold: int) -> int:
    """Give the step that counts are rounded to: no fewer than the threshold.

    >>> base_of(3), base_of(10)
    (5, 10)
    """
    return max(5, threshold)


def nearest(count: int, base: int) -> int:
    """Round a count to the nearest multiple of the base.

    >>> [nearest(count, 5) for count in (0, 2, 3, 7, 8)]
    [0, 0, 5, 5, 10]
    """
    return (2 * count + base) // (2 * base) * base


def share(exact: float, whole: int, base: int) -> float | None:
    """Give a share from which, with the whole, no small number follows; None where too few stand behind it.

    >>> share(19 / 20, 20, 5), share(17 / 20, 20, 5), share(2 / 40, 40, 5), share(8 / 9, 9, 5)
    (1.0, 0.75, 0.0, None)
    """
    if whole < 2 * base:
        return None
    part = round(exact * whole)
    fewer = nearest(min(part, whole - part), base)
    return round((fewer if 2 * part < whole else whole - fewer) / whole, 2)
