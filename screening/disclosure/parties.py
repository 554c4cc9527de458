"""Parties that travel together (a family, a group, a crew) as one respondent.

A cell of 6 who are one family has one respondent: the largest party of a cell counts as one, and the cell is
unsafe where that leaves fewer respondents than the threshold (the frequency rule by group, and with it
dominance: one contributor that makes up nearly all). That a party knows its own cell is `Rules.insiders`.

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 4.2 (holdings,
dominance), 4.4 (singletons, common respondents).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from screening.disclosure.cells import Cells

Party = Mapping[tuple[str, int], int]
"""(table, row) -> own people there: every row in which the party stands, margins among them."""


def few_respondents(count: int, largest: int, threshold: int) -> bool:
    """Say whether a cell that is large enough by its people is unsafe by its parties.

    >>> [few_respondents(count, largest, 5) for count, largest in ((6, 6), (9, 6), (10, 6), (5, 1))]
    [True, True, False, False]
    """
    return largest > 1 and count >= threshold and count - largest + 1 < threshold


def in_cells(cells: Cells, party: Party) -> dict[int, int]:
    """Return a party's people by cell of the tables."""
    return {int(cells.rows[table][row]): people for (table, row), people in party.items()}


def with_parties(cells: Cells, parties: Sequence[Mapping[int, int]], threshold: int) -> Cells:
    """Note the cells that are unsafe by their parties.

    Args:
        cells: the tables.
        parties: cell -> own people there, margins among them, of the largest party of each cell that is
            unsafe by it, at least.
        threshold: of respondents.

    Returns:
        The tables with their unsafe cells.
    """
    largest: dict[int, int] = {}
    for party in parties:
        for cell, people in party.items():
            largest[cell] = max(people, largest.get(cell, 0))
    unsafe = {
        cell: people
        for cell, people in sorted(largest.items())
        if few_respondents(int(cells.counts[cell]), people, threshold)
    }
    closed = cells.closed.copy()  # they are withheld like small ones, unless they are out already
    closed[list(unsafe)] = True
    return replace(cells, parties=unsafe, closed=closed & ~cells.open)
