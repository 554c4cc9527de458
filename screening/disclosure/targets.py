"""What must stay uncertain, for whom: unsafe cells, small sums of withheld cells, people who know their own.

A target is a sum of cells with its true value. It is protected when the tables that fit everything published
show it low enough or high enough (lenient: one of both; strict: both). Who knows a cell (a single traveller,
a family in two cells) is a reader for whom that cell is fixed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from screening.disclosure.cells import Cells, Flags
from screening.disclosure.rules import Rules, Width


@dataclass(frozen=True)
class Target:
    """A sum of cells that readers must not learn.

    Attributes:
        cells: its cells.
        up: how far above its true value some fitting table must reach; None where that is not asked.
        down: how far below.
        both: both are needed (strict), else one is enough.
        known: cells that the reader knows besides what is published.
    """

    cells: tuple[int, ...]
    up: int | None
    down: int | None
    both: bool
    known: tuple[int, ...] = ()


@dataclass(frozen=True)
class Insider:
    """A reader who is in the table.

    Attributes:
        own: cell -> how many of its people are the insider's own party.
        known: cells that hold nobody else: the insider knows their counts.
    """

    own: Mapping[int, int]
    known: tuple[int, ...]


def unsafe_cells(cells: Cells, rules: Rules) -> Flags:
    """Say which cells are unsafe by themselves: 1..threshold-1, and zeros where the rules say so.

    A difference between revisions may be negative: people were taken away.
    """
    size = np.abs(cells.counts)
    small: Flags = (size >= 1) & (size < rules.threshold)
    return small | ((size == 0) & ~cells.hidden) if rules.zeros_unsafe else small


def target(members: Iterable[int], value: int, rules: Rules, known: tuple[int, ...] = ()) -> Target:
    """Make the target of a sum of cells with an unsafe true value, for readers who know some cells."""
    if value < 0:  # a difference between revisions: people were taken away
        up, down = -value, value + rules.threshold
    else:
        up, down = rules.threshold - value, value
    strict = rules.rule is Width.STRICT
    if rules.zeros_unsafe and value >= 0 and not (strict and value):
        return Target(tuple(members), up, None, False, known)  # 0 is inside the unsafe range too
    return Target(tuple(members), up, down, strict, known)


def targets_of(
    cells: Cells, rules: Rules, withheld: Flags, respondents: Sequence[Insider] = ()
) -> list[Target]:
    """List all targets, given which cells are withheld.

    Args:
        cells: the tables.
        rules: what is unsafe.
        withheld: cells that readers do not see.
        respondents: who stands in several cells and speaks with one voice (a family, a crew).
    """
    unsafe = unsafe_cells(cells, rules)
    found = [target([cell], int(cells.counts[cell]), rules) for cell in np.flatnonzero(unsafe).tolist()]
    found += [_of_party(cell, size, cells, rules) for cell, size in cells.parties.items()]
    if rules.implied:
        found += _small_sums(cells, rules, withheld)
    for respondent in respondents:
        members = tuple(sorted(respondent.known))
        value = int(cells.counts[list(members)].sum())
        if len(members) > 1 and 0 < value < rules.threshold:
            found.append(target(members, value, rules))
    if rules.homogeneity:
        found += _homogeneous(cells, rules)
    return found


def _of_party(cell: int, size: int, cells: Cells, rules: Rules) -> Target:
    """A cell whose largest party counts as one respondent: what it holds besides the others of that party."""
    return target((cell,), int(cells.counts[cell]) - size + 1, rules)


def _small_sums(cells: Cells, rules: Rules, withheld: Flags) -> list[Target]:
    """The small withheld parts of each equation whose sum is small: a cell that nobody listed.

    A sum that is small only for one who is part of it counts too.
    """
    found: dict[tuple[int, ...], Target] = {}
    for _, parts in cells.equations:
        small = tuple(
            sorted(part for part in parts if withheld[part] and 0 <= cells.counts[part] < rules.threshold)
        )
        value = int(cells.counts[list(small)].sum())
        if len(small) > 1 and 0 < value < rules.threshold + rules.insiders:
            unsafe = value < rules.threshold
            found[small] = target(small, value, rules) if unsafe else Target(small, 0, None, False)
    return list(found.values())


def insiders_of(cells: Cells, rules: Rules, withheld: Flags) -> list[Insider]:
    """List who knows withheld cells: everybody who alone, or with the own party, makes up a cell.

    Such a one is in the margins above too, and knows those that hold nobody else; and where a margin holds
    nobody else, all its parts are the own ones, in every table that splits it.
    """
    if not rules.insiders:
        return []
    above, below = _above(cells), _below(cells)
    own = withheld & (cells.counts >= 1) & (cells.counts <= rules.insiders) & ~cells.hidden
    found: dict[tuple[int, ...], Insider] = {}
    for cell in np.flatnonzero(own).tolist():
        size = int(cells.counts[cell])
        within = dict.fromkeys(_everywhere(cell, size, cells, above, below), size)
        known = tuple(sorted(one for one in within if cells.counts[one] == size))
        found[known] = Insider(within, known)
    return [
        one
        for one in found.values()
        if not any(set(one.known) < set(other.known) for other in found.values())
    ]


def respondent(cells: Cells, stands_in: Mapping[int, int]) -> Insider:
    """Make the insider of people who stand in several cells.

    Args:
        cells: the tables.
        stands_in: cell -> people of the respondent in it; cells of which none holds another.
    """
    above = _above(cells)
    own: dict[int, int] = {}
    for cell, people in stands_in.items():
        for whole in _closure(cell, above):
            own[whole] = own.get(whole, 0) + people
    return Insider(own, tuple(sorted(cell for cell, people in own.items() if people == cells.counts[cell])))


def left_to(insider: Insider, each: Target, cells: Cells, rules: Rules) -> Target | None:
    """Give the target as an insider has it: less the own people; None where nobody else is in it.

    A sum that is safe by itself may leave a small rest.
    """
    value = int(cells.counts[list(each.cells)].sum())
    own = sum(insider.own.get(cell, 0) for cell in each.cells)
    if not own:
        return replace(each, known=insider.known)
    return (
        target(each.cells, value - own, rules, insider.known) if 0 < value - own < rules.threshold else None
    )


def _everywhere(
    cell: int,
    size: int,
    cells: Cells,
    above: Mapping[int, list[int]],
    below: Mapping[int, list[tuple[int, ...]]],
) -> set[int]:
    """Cells that hold a party which makes up this one: up to the margins, and down where it is alone."""
    found, waiting = set[int](), {cell}
    while waiting:
        fresh = set[int]().union(*(_closure(one, above) for one in waiting)) - found
        found |= fresh
        alone = [one for one in fresh if cells.counts[one] == size]
        waiting = {
            part
            for one in alone
            for parts in below.get(one, ())
            for part in parts
            if cells.counts[part] == size
        } - found
    return found


def _below(cells: Cells) -> dict[int, list[tuple[int, ...]]]:
    below: dict[int, list[tuple[int, ...]]] = {}
    for whole, parts in cells.equations:
        below.setdefault(whole, []).append(parts)
    return below


def _above(cells: Cells) -> dict[int, list[int]]:
    above: dict[int, list[int]] = {}
    for whole, parts in cells.equations:
        for part in parts:
            above.setdefault(part, []).append(whole)
    return above


def _closure(cell: int, above: Mapping[int, list[int]]) -> set[int]:
    found, waiting = {cell}, [cell]
    while waiting:
        for whole in above.get(waiting.pop(), ()):
            if whole not in found:
                found.add(whole)
                waiting.append(whole)
    return found


def _homogeneous(cells: Cells, rules: Rules) -> list[Target]:
    """A group of which all stand in one cell: that some stand elsewhere must stay possible."""
    found = []
    for whole, parts in cells.equations:
        held = [part for part in parts if cells.counts[part] != 0]
        if len(parts) > 1 and len(held) == 1 and cells.counts[whole] >= rules.threshold:
            found.append(Target(tuple(part for part in parts if part != held[0]), 1, None, False))
    return found
