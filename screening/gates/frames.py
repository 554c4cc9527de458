"""What gates look at: masks and figures of the night, from which no value of a person can come.

A name is `given` or null, a date of birth is `given` and an age, an identifier is the number of its first
occurrence. So whatever Great Expectations reports, it has never seen a person.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NIGHTS_NEEDED = 3  # fewer tell nothing of what is usual
_SHARES = ("surname", "date_of_birth", "document", "nationality")
MEASURES = ("travellers", "legs", *_SHARES)  # of one night; later nights are compared with them
_NONE = float("nan")
_GIVEN = "given"  # mask: stands for any value of a person


def traveller_frame(travellers: pa.Table, flights: pa.Table, documents: pa.Table) -> pd.DataFrame:
    """Masks of the travellers; columns that are missing stay missing, for the gate to say so."""
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    have = set(travellers.column_names)
    if {"flight_id", "traveller_id"} <= have:
        keys = pc.binary_join_element_wise(travellers["flight_id"], travellers["traveller_id"], "|")
        columns["traveller"] = _codes(keys)
        columns["leg"] = pc.index_in(travellers["flight_id"], flights["flight_id"].combine_chunks())
        columns["document"] = _mask(
            pc.is_in(travellers["traveller_id"], documents["traveller_id"].combine_chunks())
        )
    for name in ("surname", "date_of_birth", "nationality"):
        if name in have:
            columns[name] = _mask(_is_given_value(travellers[name]))
    if {"flight_id", "date_of_birth"} <= have:
        columns["age"] = _ages(travellers, flights)
    if "role" in have:
        columns["role"] = travellers["role"]
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    return frame


def _is_given_value(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(values.type):  # an empty surname is none
        return pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), False)
    return pc.is_valid(values)


def _mask(given: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(given, pa.scalar(_GIVEN), pa.scalar(None, pa.string()))


def _codes(keys: pa.ChunkedArray) -> pa.Array:
    return keys.combine_chunks().dictionary_encode().indices


def _ages(travellers: pa.Table, flights: pa.Table) -> pa.ChunkedArray:
    place = pc.index_in(travellers["flight_id"], flights["flight_id"].combine_chunks())
    departed = flights["service_date"].combine_chunks().take(place.combine_chunks())
    days = pc.days_between(travellers["date_of_birth"].combine_chunks(), departed)
    return pc.floor(
        pc.divide(pc.cast(days, pa.float64()), 365.25)
    )  # a day's error at a birthday is no matter


def flight_frame(flights: pa.Table, travellers: pa.Table, erased: Mapping[str, int]) -> pd.DataFrame:
    """Legs with the travellers that they say, and how many of them are neither there nor erased by right."""
    names = [
        n
        for n in ("flight_id", "carrier", "origin", "destination", "travellers")
        if n in flights.column_names
    ]
    frame: pd.DataFrame = flights.select(names).to_pandas()
    if {"flight_id", "travellers"} <= set(names):
        there = Counter(travellers["flight_id"].to_pylist()) + Counter(erased)
        said = zip(frame["flight_id"], frame["travellers"], strict=True)
        frame["travellers_missing"] = pd.Series(
            [number - there[leg] for leg, number in said], dtype="float64"
        )
    return frame


def measured(people: pd.DataFrame, legs: int) -> dict[str, float]:
    """Return the figures of a night that later nights are compared with (`MEASURES`).

    Args:
        people: masks of its travellers (`traveller_frame`).
        legs: number of its legs.
    """
    found: dict[str, float] = {"travellers": float(len(people)), "legs": float(legs)}
    for name in _SHARES:
        if len(people) and name in people:
            found[name] = float(people[name].notna().mean())
    return found


def usual(baseline: Sequence[Mapping[str, float]], measure: str) -> float | None:
    """Return the median of a figure over earlier nights; None where too few of them know it.

    >>> usual([{"travellers": 90.0}, {"travellers": 110.0}, {"travellers": 95.0}], "travellers")
    95.0
    >>> usual([{"travellers": 90.0}, {"travellers": 110.0}], "travellers") is None
    True
    """
    known = [night[measure] for night in baseline if measure in night]
    return median(known) if len(known) >= NIGHTS_NEEDED else None


def manifest_figures(
    people: pd.DataFrame, legs: int, quarantined: int, baseline: Sequence[Mapping[str, float]]
) -> pd.DataFrame:
    """Return the night's figures: share set aside, and each measure against the median of earlier nights."""
    tonight = measured(people, legs)
    row: dict[str, float] = {"quarantined_share": quarantined / max(1, len(people) + quarantined)}
    for name in MEASURES:
        value, before = tonight.get(name, _NONE), usual(baseline, name)
        row[name] = value
        row[f"{name}_usual"] = _NONE if before is None else before
        row[f"{name}_of_usual"] = value / before if before else _NONE
    row["travellers_beyond_usual"] = row["travellers_of_usual"]
    return pd.DataFrame({name: [value] for name, value in row.items()})


def hit_frame(hits: pa.Table, evidence: pa.Table, travellers: pa.Table) -> pd.DataFrame:
    """Figures of the hits; names, dates and documents stay behind."""
    figures: pd.DataFrame = hits.select(["hit_id", "alert_id", "severity", "score", "threshold"]).to_pandas()
    best = evidence.select(["hit_id", "alert_id", "weight"]).to_pandas()
    sums = best.groupby(["hit_id", "alert_id"], as_index=False)["weight"].agg(evidence="size", weights="sum")
    frame = figures.merge(sums, on=["hit_id", "alert_id"], how="left")
    place = pc.index_in(hits["traveller_id"], travellers["traveller_id"].combine_chunks())
    return pd.DataFrame(
        {
            "hit_id": _codes(hits["hit_id"]).to_pandas(),
            "traveller": place.to_pandas(),
            "severity": frame["severity"],
            "margin": frame["score"] - frame["threshold"],
            "evidence": frame["evidence"].fillna(0),
            "evidence_difference": frame["score"] - frame["weights"].fillna(0),
        }
    )


def hit_figures(hits: pa.Table, evidence: pa.Table, travellers: int) -> pd.DataFrame:
    """Return the night's figures: hits in a thousand travellers, evidence without its hit."""
    known: int = pc.is_in(evidence["hit_id"], hits["hit_id"].combine_chunks()).to_pandas().sum()
    return pd.DataFrame(
        {
            "hits_per_1000": [1000 * hits.num_rows / max(1, travellers)],
            "orphaned_evidence": [evidence.num_rows - int(known)],
        }
    )
