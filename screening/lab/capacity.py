"""How long a night takes and how much memory it needs, by travellers, names and workers: measured and fitted.

Each stage is measured in one process on nights of several sizes. What is fitted, for seconds and for MiB:

    own + each traveller + each name + each traveller beside each name        (none of them negative)

With several workers the stages that Airflow maps share their part that grows with travellers; what each
worker pays by itself (starting, opening the index) and the other stages do not get shorter. A model of this
machine: run it on yours.

Source: non-negative least squares, Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23, by
scipy; Amdahl, Validity of the single processor approach, AFIPS 30 (1967).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from screening.lab.benchmark import Cost, night_cost

GRID = ("10000x10000", "50000x10000", "150000x10000", "10000x100000", "50000x100000", "150000x100000")
PLAN = ("25000x10000", "250000x100000", "1000000x100000", "1000000x1000000", "1000000x10000000")
SHARED = ("read", "settle", "screen")  # mapped by Airflow, shared among processes by the command line
_THOUSAND = 1000.0


@dataclass(frozen=True, slots=True)
class Size:
    """A night's size: travellers and names on the lists."""

    travellers: int
    alerts: int

    @classmethod
    def of(cls, text: str) -> "Size":
        """Read TRAVELLERSxNAMES.

        Raises:
            ValueError: it is not written so.

        >>> Size.of("25000x10000")
        Size(travellers=25000, alerts=10000)
        """
        travellers, alerts = text.split("x")
        return cls(int(travellers), int(alerts))


@dataclass(frozen=True, slots=True)
class Line:
    """What a stage costs, in seconds or MiB.

    Attributes:
        own: whatever the size.
        travellers: for each 1,000 travellers.
        names: for each 1,000 names.
        pairs: for each 1,000 travellers beside each 1,000 names.
    """

    own: float
    travellers: float
    names: float
    pairs: float

    def at(self, size: Size, workers: int = 1) -> float:
        """Return the cost at a size, its part by travellers shared among workers."""
        travellers, names = size.travellers / _THOUSAND, size.alerts / _THOUSAND
        growing = self.travellers * travellers + self.pairs * travellers * names
        return self.own + self.names * names + growing / workers


@dataclass(frozen=True, slots=True)
class Model:
    """Fitted costs of each stage.

    Attributes:
        seconds: wall time in one process, by stage.
        mib: peak of the process tree, by stage.
        largest_miss: the measured night that fits worst: predicted by measured seconds of the whole.
    """

    seconds: Mapping[str, Line]
    mib: Mapping[str, Line]
    largest_miss: float

    def whole(self, size: Size, workers: int = 1) -> float:
        """Return the seconds of a night."""
        return sum(line.at(size, workers if stage in SHARED else 1) for stage, line in self.seconds.items())

    def peak(self, size: Size) -> float:
        """Return the MiB of a night in one process."""
        return max(line.at(size) for line in self.mib.values())


def fitted(measured: Mapping[Size, Cost]) -> Model:
    """Fit the costs of measured nights.

    Args:
        measured: at least four sizes, in two numbers of travellers and two of names.

    Raises:
        ValueError: too few sizes to tell travellers from names.
    """
    sizes = sorted(measured, key=lambda size: (size.travellers, size.alerts))
    if min(len({size.travellers for size in sizes}), len({size.alerts for size in sizes})) < 2:
        raise ValueError("two numbers of travellers and two of names are needed")
    stages = [one.stage for one in measured[sizes[0]].stages]
    costs = {size: {one.stage: one for one in cost.stages} for size, cost in measured.items()}
    seconds = {stage: _line(sizes, [costs[size][stage].seconds for size in sizes]) for stage in stages}
    mib = {stage: _line(sizes, [costs[size][stage].peak_mib for size in sizes]) for stage in stages}
    model = Model(seconds, mib, 1.0)
    ratios = [model.whole(size) / measured[size].seconds for size in sizes]
    return Model(seconds, mib, max(ratios, key=lambda ratio: abs(np.log(ratio))))


def _line(sizes: Sequence[Size], costs: Sequence[float]) -> Line:
    """Fit one stage, each night by its share of what it cost: a large one must not outweigh the small."""
    rows = np.array(
        [
            [
                1.0,
                size.travellers / _THOUSAND,
                size.alerts / _THOUSAND,
                size.travellers * size.alerts / _THOUSAND**2,
            ]
            for size in sizes
        ]
    )
    wanted = np.maximum(np.array(costs), 0.05)
    found, _ = nnls(rows / wanted[:, None], np.ones(len(sizes)))
    return Line(*(float(one) for one in found))


def cost(size: Size, keep: Path | None, tell: Callable[[str], None]) -> Cost:
    """Measure a night of a size, with a flight for each 167 travellers.

    Args:
        size: the night.
        keep: folder in which nights stay for another time; None keeps none.
        tell: shows a line of progress.
    """
    return night_cost(
        date(2026, 11, 23),
        flights=max(1, size.travellers // 167),
        travellers=size.travellers,
        alerts=size.alerts,
        seed=1,
        tell=tell,
        kept=None if keep is None else keep / f"{size.travellers}x{size.alerts}",
    )
