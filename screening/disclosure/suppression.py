"""Complementary suppression: which cells are withheld so that unsafe ones stay uncertain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from screening.disclosure.adversary import Adversary, Open
from screening.disclosure.cells import Cells, Flags
from screening.disclosure.cheapest import Cheapest
from screening.disclosure.counted import NOT_WRITTEN
from screening.disclosure.optimum import HittingSet
from screening.disclosure.rules import Cost, Rules
from screening.disclosure.targets import Insider, Target, insiders_of, targets_of, unsafe_cells
from screening.disclosure.witnesses import Witnesses
from screening.tables.errors import UnprotectableError

_SEARCHES = 60  # patterns that are tried before what is open is closed one by one
_CLOSINGS = 60
MANY = 5_000
"""Cells above which a pattern may cost a fifth more than the bound, and few are tried: a limit of work."""
_GAP_OF_MANY = 0.2
_SEARCHES_OF_MANY = 6


@dataclass(frozen=True)
class Pattern:
    """What is withheld.

    Attributes:
        withheld: cells that readers do not see, hidden ones among them.
        unsafe: those that are unsafe by themselves.
        optimal: whether no cheaper pattern protects as much (but for ties).
        lost: targets that what was published earlier gives away already.
        fitting: tables that fit what is published, as rows of differences from the true counts.
    """

    withheld: Flags
    unsafe: Flags
    optimal: bool
    lost: tuple[Target, ...]
    fitting: csr_array


def suppress(cells: Cells, rules: Rules, respondents: Sequence[Insider] = ()) -> Pattern:
    """Choose the cells to withhold; the same tables give the same pattern.

    Args:
        cells: all tables, with what was published earlier.
        rules: what is unsafe and what protection is asked.
        respondents: who stands in several cells.

    Raises:
        UnprotectableError: no pattern protects all unsafe cells.
    """
    unsafe = unsafe_cells(cells, rules)
    forced = (unsafe | cells.closed) & ~cells.open
    banned = cells.open | (np.zeros_like(unsafe) if rules.may_withhold_zeros else cells.counts == 0)
    free_of_cost = (cells.counts == 0) & ~banned & (rules.cost is Cost.COUNTS)
    start = forced | free_of_cost  # what costs nothing is withheld first, and released at the end
    witnesses = Witnesses(cells)
    lost = _lost(cells, rules, respondents, witnesses) if cells.open.any() else ()
    cost = np.ones(len(unsafe)) if rules.cost is Cost.CELLS else np.abs(cells.counts).astype(np.float64)
    many = len(unsafe) > MANY
    gap = max(rules.gap, _GAP_OF_MANY) if many else rules.gap
    searches = _SEARCHES_OF_MANY if many else _SEARCHES
    program = HittingSet(cells, start, ~start & ~banned, unsafe & ~_given_away(lost, unsafe), cost, gap=gap)
    withheld, ended = start, False
    grown: Flags | None = None
    for search in range(1, searches + 1):
        withheld = program.pattern()
        open_ones: list[Open] = []
        for whole in (False, True):  # programs over fractions are quick, and what they prove open is open
            reader = Adversary(cells, withheld, witnesses, whole=whole, may=None if whole else ~banned)
            open_ones = list(_open(reader, cells, rules, withheld, respondents, lost))
            program.proved &= reader.certain
            if open_ones:
                break
        if not open_ones:
            ended = True
            break
        if whole and program.large:
            break
        new = [program.require(needed) for each in open_ones for needed in each.needed]
        if not program.possible:
            raise _impossible(cells, open_ones[0])
        if not any(new):
            break
        near = (program.bound + float(cost[start].sum())) * (1 + gap)
        if not whole and (float(cost[reader.pattern].sum()) <= near or (many and search == searches)):
            grown = reader.pattern
            break
    chosen = withheld
    if not ended:
        if grown is not None:
            withheld = chosen = grown
        withheld = _close_all(cells, rules, withheld, ~banned, respondents, lost, witnesses)
    spare = withheld & ~forced & (~chosen | (cells.counts == 0))
    withheld = _release(cells, rules, withheld, spare, respondents, lost, witnesses)
    fitting = witnesses.rows(witnesses.fitting(withheld, whole=True))
    return Pattern(withheld, unsafe, ended and program.proved, lost, fitting)


def _open(
    reader: Adversary,
    cells: Cells,
    rules: Rules,
    withheld: Flags,
    respondents: Sequence[Insider],
    lost: tuple[Target, ...],
) -> Iterator[Open]:
    targets = [each for each in targets_of(cells, rules, withheld, respondents) if each not in lost]
    return reader.open_targets(targets, [*insiders_of(cells, rules, withheld), *respondents], rules)


def _lost(
    cells: Cells, rules: Rules, respondents: Sequence[Insider], witnesses: Witnesses
) -> tuple[Target, ...]:
    """Name what is open even if everything but what was published earlier is withheld."""
    everything = ~cells.open
    reader = Adversary(cells, everything, witnesses)
    targets = targets_of(cells, rules, everything, respondents)
    return tuple(found.target for found in reader.open_targets(targets, (), rules))


def _given_away(lost: tuple[Target, ...], unsafe: Flags) -> Flags:
    flags = np.zeros_like(unsafe)
    flags[[cell for each in lost if len(each.cells) == 1 for cell in each.cells]] = True
    return flags


def _close_all(
    cells: Cells,
    rules: Rules,
    withheld: Flags,
    may: Flags,
    respondents: Sequence[Insider],
    lost: tuple[Target, ...],
    witnesses: Witnesses,
) -> Flags:
    """Close what is open by the least costly witness, target by target."""
    withheld = withheld.copy()
    closer = Cheapest(cells, may | withheld)
    found: list[Open] = []
    for _ in range(_CLOSINGS):
        reader = Adversary(cells, withheld, witnesses)
        found = list(_open(reader, cells, rules, withheld, respondents, lost))
        if not found:
            return withheld
        for each in found:
            new = closer.witness(each.target, withheld)
            if new is None:
                raise _impossible(cells, each)
            for moves in new:
                witnesses.keep(moves, whole=True)
                withheld |= moves != 0
    raise _impossible(cells, found[0])


def _release(
    cells: Cells,
    rules: Rules,
    withheld: Flags,
    spare: Flags,
    respondents: Sequence[Insider],
    lost: tuple[Target, ...],
    witnesses: Witnesses,
) -> Flags:
    """Publish again which of the spare cells no target needs, the most costly first."""
    withheld = withheld.copy()
    order = sorted(np.flatnonzero(spare).tolist(), key=lambda cell: (-int(cells.counts[cell]), cell))
    if not order:
        return withheld
    reader = Adversary(cells, withheld, witnesses)
    for cell in order:
        aside = reader.publish(cell)
        withheld[cell] = False
        if next(_open(reader, cells, rules, withheld, respondents, lost), None) is not None:
            reader.withhold(cell, aside)
            withheld[cell] = True
    return withheld


def _impossible(cells: Cells, fault: Open) -> UnprotectableError:
    told = "; ".join(cells.told(cell) for cell in fault.target.cells[:3])
    insider = " from somebody who knows the own cell" if fault.target.known else ""
    return UnprotectableError(
        f"a cell cannot be protected{insider}, whatever is withheld: {told}",
        where="the tables together",
        effect=NOT_WRITTEN,
        remedy="leave out this detail or put values together (or let zeros be withheld: zeros)",
    )
