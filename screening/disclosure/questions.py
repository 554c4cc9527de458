"""Who asks what: every target, as every reader sees it, and which witnesses answer.

A reader who knows cells of the own asks with these cells at rest; where own people are in the target, for
what is left. Targets and readers are thousands of pairs, so they are kept as one matrix: a witness answers
those targets that it moves far enough, for those readers whose cells it leaves at rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from screening.disclosure.cells import Cells, Flags
from screening.disclosure.rules import Rules
from screening.disclosure.targets import Insider, Target, left_to

_TINY = 1e-6
_AT_ONCE = 256
_Counts = npt.NDArray[np.int32]


class Questions:
    """Targets and readers, and how many witnesses answer each pair.

    Attributes:
        targets: as they were given.
        readers: cells that each reader knows; the first reader knows nothing but what is published.
    """

    def __init__(
        self, cells: Cells, rules: Rules, targets: Sequence[Target], insiders: Sequence[Insider]
    ) -> None:
        self.targets, self.insiders = list(targets), list(insiders)
        self.readers = [(), *(one.known for one in insiders)]
        asked = np.ones((len(self.targets), len(self.readers)), dtype=bool)
        self.rest: dict[int, list[tuple[int, int]]] = {}
        sums = list(self.targets)
        for at, reader in self._own_parts(len(cells.keys)):
            asked[at, reader + 1] = False
            rest = left_to(insiders[reader], self.targets[at], cells, rules)
            if rest is not None:
                self.rest.setdefault(at, []).append((reader + 1, len(sums)))
                sums.append(replace(rest, known=()))
        self.sums, self.asked = sums, asked
        self.members = _rows([each.cells for each in sums], len(cells.keys))
        self.known = _rows(self.readers, len(cells.keys))
        self.up = np.array([np.inf if each.up is None else each.up for each in sums]) - _TINY
        self.down = np.array([np.inf if each.down is None else each.down for each in sums]) - _TINY
        shape = (len(sums), len(self.readers))
        self.ups: _Counts = np.zeros(shape, np.int32)
        self.downs: _Counts = np.zeros(shape, np.int32)
        self.ups += (self.up <= 0)[:, None]  # the true table is a witness as well
        self.downs += (self.down <= 0)[:, None]

    def _own_parts(self, size: int) -> list[tuple[int, int]]:
        """Pairs of target and insider where own people of the insider stand in the target."""
        members = _rows([each.cells for each in self.targets], size)
        own = _rows([tuple(one.own) for one in self.insiders], size)
        shared = (members @ own.T).tocoo()
        return sorted(zip(shared.row.tolist(), shared.col.tolist(), strict=True))

    def take(self, witnesses: csr_array, sign: int = 1) -> None:
        """Count witnesses (rows over all cells) where they answer; with sign -1, take them back."""
        for first in range(0, witnesses.shape[0], _AT_ONCE):
            some = witnesses[first : first + _AT_ONCE]
            moves = (self.members @ some.T).toarray()
            moved = some.copy()
            moved.data = np.ones_like(moved.data)
            rest = ((self.known @ moved.T).toarray() == 0).T.astype(np.float32)
            self.ups += sign * ((moves >= self.up[:, None]).astype(np.float32) @ rest).astype(np.int32)
            self.downs += sign * ((moves <= -self.down[:, None]).astype(np.float32) @ rest).astype(np.int32)

    def missing(self, at: int, reader: int) -> list[bool]:
        """Name the directions (True: up) that a sum still needs for a reader; empty where it is protected."""
        each = self.sums[at]
        wanted = [(True, self.ups)] * (each.up is not None) + [(False, self.downs)] * (each.down is not None)
        lacking = [up for up, counts in wanted if not counts[at, reader]]
        return lacking if each.both or len(lacking) == len(wanted) else []

    def unanswered(self) -> list[int]:
        """Targets that a reader who knows nothing else still reads."""
        return [at for at in range(len(self.targets)) if self.missing(at, 0)]

    def open_to(self, at: int) -> Iterator[tuple[int, int]]:
        """Give sum and reader of what is not yet answered of a target, insiders only."""
        ups, downs = self.ups[at] > 0, self.downs[at] > 0
        done: Flags = ups & downs if self.targets[at].both else ups | downs
        for reader in np.flatnonzero(self.asked[at] & ~done).tolist():
            if reader:
                yield at, reader
        for reader, place in self.rest.get(at, ()):
            yield place, reader


def _rows(groups: Sequence[tuple[int, ...]], size: int) -> csr_array:
    """Put groups of cells as rows of ones."""
    places = np.array([cell for group in groups for cell in group], dtype=np.int64)
    starts = np.cumsum([0, *(len(group) for group in groups)])
    return csr_array((np.ones(len(places)), places, starts), shape=(len(groups), size))
