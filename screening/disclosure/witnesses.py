"""Fitting tables that were found, as deviations from the true one: one serves many sums, readers, patterns.

A deviation fits wherever all cells that it moves are withheld, so what one pattern has shown serves the next.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from screening.disclosure.cells import Cells, Flags

Floats = npt.NDArray[np.float64]
_TINY = 1e-6
_ENDLESS = 1000  # where nothing falls, no threshold is further


def lowest(cells: Cells) -> Floats:
    """Give how far each cell can fall below its true value, as a reader knows it (0 or less)."""
    far = float(np.abs(cells.counts).max(initial=0) * 2 + 2000)
    return np.where(cells.signed, -far, (cells.least - cells.counts).astype(np.float64))


class Witnesses:
    """Deviations, numbered in the order in which they were found.

    Attributes:
        moving: cell -> numbers of the deviations that move it.
        whole: of each, whether it consists of whole numbers.
    """

    def __init__(self, cells: Cells) -> None:
        self.size = len(cells.keys)
        self.lower = lowest(cells)
        self.places: list[npt.NDArray[np.int64]] = []
        self.amounts: list[Floats] = []
        self.whole: list[bool] = []
        self.moving: dict[int, list[int]] = {}

    def keep(self, move: Floats, *, whole: bool) -> list[int]:
        """Keep a deviation and its reverse, each as far as it goes.

        Args:
            move: of every cell; all equations hold for it.
            whole: whether only whole numbers are of use; what is whole stays so anyhow.

        Returns:
            The numbers of what was kept; less than two where one would move a cell below its least.
        """
        places = np.flatnonzero(np.abs(move) >= _TINY)
        step = move[places]
        nearest = np.rint(step)
        integral = bool(np.abs(step - nearest).max(initial=0) <= _TINY)
        step = nearest if integral else step
        kept = []
        for way in (step, -step):
            falling = way < 0
            room = self.lower[places[falling]] / way[falling]
            times = float(room.min()) if len(room) else float(_ENDLESS)
            steps = float(np.floor(times + _TINY)) if integral and times >= 1 - _TINY else times
            is_whole = integral and steps >= 1
            if steps > _TINY and (is_whole or not whole):
                kept.append(self._append(places, steps * way, whole=is_whole))
        return kept

    def _append(self, places: npt.NDArray[np.int64], amounts: Floats, *, whole: bool) -> int:
        number = len(self.places)
        self.places.append(places)
        self.amounts.append(amounts)
        self.whole.append(whole)
        for cell in places.tolist():
            self.moving.setdefault(cell, []).append(number)
        return number

    def fitting(self, withheld: Flags, *, whole: bool) -> list[int]:
        """Give the numbers of those that move withheld cells only (and, if asked, are of whole numbers)."""
        return [
            number
            for number, places in enumerate(self.places)
            if (self.whole[number] or not whole) and withheld[places].all()
        ]

    def rows(self, numbers: Iterable[int]) -> csr_array:
        """Give deviations as rows over all cells."""
        chosen = list(numbers)
        starts = np.cumsum([0, *(len(self.places[number]) for number in chosen)])
        return csr_array(
            (
                np.concatenate([np.zeros(0), *(self.amounts[number] for number in chosen)]),
                np.concatenate([np.zeros(0, np.int64), *(self.places[number] for number in chosen)]),
                starts,
            ),
            shape=(len(chosen), self.size),
        )
