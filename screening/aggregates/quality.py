"""What of a carrier's data quality may stand in the aggregate zone.

A carrier may be named, its travellers may not: a carrier with one small flight is its travellers, and the
exact number of a carrier's travellers would undo the folding of the traffic tables. So, for threshold t:

* the number of travellers is left to the traffic tables;
* measures about travellers are given for carriers with at least t travellers in the night, as shares of two
  decimals (a share of 0.967 says that there are thirty of them and one is meant).

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 4.2; our own rounding.
"""

from collections.abc import Mapping

import pyarrow as pa

from screening.tables.aggregate import CARRIER_QUALITY

_COUNT = "travellers"
_ABOUT_TRAVELLERS = "share of travellers"


def protect_quality(measured: pa.Table, travellers: Mapping[str, int], *, threshold: int) -> pa.Table:
    """Keep what may be published of the measures.

    Args:
        measured: CARRIER_QUALITY, exact.
        travellers: carrier -> travellers in the night.
        threshold: carriers with fewer travellers show nothing about them.

    Returns:
        CARRIER_QUALITY.
    """
    kept = []
    for row in measured.to_pylist():
        about = row["unit"].startswith(_ABOUT_TRAVELLERS)
        if row["measure"] == _COUNT or (about and travellers.get(row["carrier"], 0) < threshold):
            continue
        kept.append(row | {"value": round(row["value"], 2)})
    return CARRIER_QUALITY.table(kept)
