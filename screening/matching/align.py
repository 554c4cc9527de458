"""Alignment of the tokens of two names: the assignment with the highest weight.

Dynamic programming over listed tokens × sets of used traveller tokens (at most eight each), for many pairs of
one shape at once. A traveller's token may stand for two neighbouring listed tokens and the other way round.
What is left over on both sides is conflict; what is left over on one side alone is an extra.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.matching.model import NameWeights

Weights = npt.NDArray[np.int32]
NONE = -1_000_000
MOST_TOKENS = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """Weights of possible agreements of pairs of names with m listed and n traveller tokens.

    Attributes:
        single: [pair, listed, traveller]; NONE where they don't agree.
        listed_joined: [pair, listed i and i+1, traveller].
        traveller_joined: [pair, listed, traveller j and j+1 (the last with the first)].
    """

    single: Weights
    listed_joined: Weights
    traveller_joined: Weights

    def take(self, at: npt.NDArray[np.int64]) -> "Grid":
        """Return the grids of these pairs."""
        return Grid(self.single[at], self.listed_joined[at], self.traveller_joined[at])


@dataclass(frozen=True, slots=True)
class Aligned:
    """Best score of each pair, and whether tokens of it contradict; `steps` walks it back by the rest."""

    score: Weights
    conflict: npt.NDArray[np.bool_]
    end: npt.NDArray[np.int64]
    choices: npt.NDArray[np.int16] | None


def align(grid: Grid, weights: NameWeights, *, keep: bool = False) -> Aligned:
    """Find the best alignment of each pair.

    Args:
        grid: weights of all pairs, of one shape.
        weights: penalties for what is left over.
        keep: keep the choices, for explanations.

    Returns:
        Scores in centibits.
    """
    pairs, m, n = grid.single.shape
    states = 1 << n
    best = np.full((pairs, states), NONE, np.int32)
    best[:, 0] = 0
    left = np.zeros((pairs, states), np.int8)
    before: tuple[Weights, npt.NDArray[np.int8]] | None = None
    choices = np.zeros((pairs, m + 1, states), np.int16) if keep else None
    for at in range(m):
        value, over = best.copy(), left + np.int8(1)  # the listed token stays over
        chosen = np.zeros((pairs, states), np.int16)
        for mask, used, weight, code, from_before in _moves(grid, at, n):
            if from_before and before is None:
                continue
            source, rest = before if from_before and before is not None else (best, left)
            gain = source[:, mask] + weight[:, None]
            target = mask | used
            better = gain > value[:, target]
            value[:, target] = np.where(better, gain, value[:, target])
            over[:, target] = np.where(better, rest[:, mask], over[:, target])
            chosen[:, target] = np.where(better, np.int16(code), chosen[:, target])
        before, best, left = (best, left), value, over
        if choices is not None:
            choices[:, at + 1] = chosen
    unused = n - np.array([bin(state).count("1") for state in range(states)], np.int32)
    over = left.astype(np.int32)
    both = np.minimum(over, unused)
    total = best + weights.conflict * both
    total += weights.extra_listed * (over - both) + weights.extra_traveller * (unused - both)
    total += np.where(both > 0, inherited(best, weights), 0)
    end = np.argmax(total, axis=1)
    rows = np.arange(pairs)
    return Aligned(total[rows, end].astype(np.int32), both[rows, end] > 0, end, choices)


def inherited(agreeing: Weights, weights: NameWeights) -> Weights:
    """Return what a conflict takes off the agreeing weight: a part of all beyond `inherited_from`."""
    beyond = np.maximum(agreeing - weights.inherited_from, 0)
    return -(beyond * (100 - weights.inherited_keeps) // 100).astype(np.int32)


def _moves(grid: Grid, at: int, n: int) -> list[tuple[npt.NDArray[np.int64], int, Weights, int, bool]]:
    """Return moves for listed token `at`: states, bits used, weight, code, and whether it takes two listed.

    Codes: 1 + j single; 101 + j listed token at-1 and at joined; 201 + j traveller tokens j and j+1 joined.
    """
    every = np.arange(1 << n)
    moves = []
    for j in range(n):
        free = every[every & (1 << j) == 0]
        moves.append((free, 1 << j, grid.single[:, at, j], 1 + j, False))
        if at > 0:
            moves.append((free, 1 << j, grid.listed_joined[:, at - 1, j], 101 + j, True))
        used = (1 << j) | (1 << ((j + 1) % n))
        if n > 1 and (j + 1 < n or n > 2):
            moves.append((every[every & used == 0], used, grid.traveller_joined[:, at, j], 201 + j, False))
    return moves


def steps(aligned: Aligned, pair: int, m: int, n: int) -> list[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """Walk one pair back: (listed tokens, traveller tokens, code) of each agreement, in listed order."""
    if aligned.choices is None:
        raise ValueError("align with keep=True first")
    found: list[tuple[tuple[int, ...], tuple[int, ...], int]] = []
    at, state = m, int(aligned.end[pair])
    while at > 0:
        code = int(aligned.choices[pair, at, state])
        if code == 0:
            at -= 1
        elif code > 200:
            j = code - 201
            found.append(((at - 1,), (j, (j + 1) % n), code))
            state &= ~((1 << j) | (1 << ((j + 1) % n)))
            at -= 1
        elif code > 100:
            found.append(((at - 2, at - 1), (code - 101,), code))
            state &= ~(1 << (code - 101))
            at -= 2
        else:
            found.append(((at - 1,), (code - 1,), code))
            state &= ~(1 << (code - 1))
            at -= 1
    return found[::-1]
