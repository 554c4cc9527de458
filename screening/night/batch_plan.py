"""How legs are grouped into batches: about equally many travellers each, a leg never cut.

A batch compares the names of its travellers with those of the lists once: what that costs (1.2 s with 100,000
alerts) is paid by each batch, so that a batch has a floor of travellers and a small night is one.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from screening.night.opened import Run
from screening.night.settling import flights_in
from screening.night.shares import unit_of

TRAVELLERS_AT_LEAST = 10_000  # of a batch: 3 s


@dataclass(frozen=True, slots=True)
class Batch:
    """Legs of one task.

    Attributes:
        unit: hash of the legs.
        holds: what Airflow shows; numbers and carriers, never people.
        flight_ids: the legs, sorted.
    """

    unit: str
    holds: str
    flight_ids: tuple[str, ...]


def batches_of(run: Run) -> list[Batch]:
    """Return the batches of a run whose legs are settled."""
    most = run.frozen.agency_profile().schedule.batches
    return plan(flights_in(run.work), most, least=TRAVELLERS_AT_LEAST)


def plan(flights: pa.Table, most: int, *, least: int) -> list[Batch]:
    """Group legs into batches of about equally many travellers.

    Args:
        flights: FLIGHTS.
        most: batches at most.
        least: travellers that a batch holds at least, where there are so many.

    Returns:
        Batches in order; none without legs.
    """
    number = max(1, min(most, (pc.sum(flights["travellers"]).as_py() or 0) // least))
    sized = sorted(
        zip(flights["travellers"].to_pylist(), flights["flight_id"].to_pylist(), strict=True),
        key=lambda pair: (-pair[0], pair[1]),
    )
    bins: list[list[str]] = [[] for _ in range(min(number, len(sized)))]
    loads = [0] * len(bins)
    for travellers, leg in sized:
        lightest = loads.index(min(loads))
        bins[lightest].append(leg)
        loads[lightest] += travellers + 1
    carrier = dict(zip(flights["flight_id"].to_pylist(), flights["carrier"].to_pylist(), strict=True))
    batches = []
    for legs in bins:
        carriers = sorted({carrier[leg] for leg in legs if carrier[leg]})
        shown = " ".join(carriers[:4]) + (" …" if len(carriers) > 4 else "")
        batches.append(Batch(unit_of(sorted(legs)), f"{len(legs)} flights {shown}", tuple(sorted(legs))))
    return batches
