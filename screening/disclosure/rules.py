"""Rules by which a table of counts is protected: what is unsafe, from whom, and what protection may cost.

Source: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC), 4.2 (primary), 4.4
(secondary), 5.4 (cell key), 5.5 (rounding).
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Method(StrEnum):
    """How a table is protected."""

    SUPPRESSION = "suppression"
    ROUNDING = "rounding"
    CELL_KEY = "cell_key"


class Width(StrEnum):
    """How wide the interval of an unsafe cell must stay for a reader."""

    LENIENT = "lenient"  # not exact and not inside 1..threshold-1: low = 0 or high >= threshold
    STRICT = "strict"  # low = 0 and high >= threshold


class Zeros(StrEnum):
    """Whether a cell of nobody may be withheld to protect others."""

    PUBLISHED = "published"
    WITHHELD = "withheld"


class Cost(StrEnum):
    """What withholding a cell costs."""

    COUNTS = "counts"  # its count; a zero is free
    CELLS = "cells"  # one


class Rules(BaseModel):
    """How tables are protected.

    Attributes:
        threshold: counts of 1..threshold-1 are unsafe.
        zeros_unsafe: zeros are unsafe too.
        method: suppression, rounding or cell_key.
        rule: lenient or strict (suppression).
        zeros: a zero protects only where readers cannot know that the cell must be empty, so by default
            zeros stay published.
        cost: what the suppression keeps small.
        implied: the sum of the small withheld cells of one line is an unsafe cell too where it is small.
        insiders: a cell of up to so many people may be one person (1) or one party (2, 3, …) that knows its
            own count and subtracts it.
        by_respondent: the largest respondent of a cell counts as one: a cell of fewer respondents than the
            threshold is unsafe, however many people they are (dominance of one).
        named: withheld cells are named and cells of nobody are shown, so readers know that a withheld cell
            holds somebody: an unsafe cell must be able to reach the threshold.
        homogeneity: that a whole group stands in one cell is unsafe (needs zeros = "withheld").
        gap: how far above the least cost a pattern may be, as a share: large sets of tables end sooner.
        base: step of the rounding; by default the larger of 5 and the threshold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: Annotated[int, Field(ge=2, le=1000)] = 5
    zeros_unsafe: bool = False
    method: Method = Method.SUPPRESSION
    rule: Width = Width.LENIENT
    zeros: Zeros = Zeros.PUBLISHED
    cost: Cost = Cost.COUNTS
    implied: bool = False
    insiders: Annotated[int, Field(ge=0, le=1000)] = 0
    by_respondent: bool = False
    named: bool = False
    homogeneity: bool = False
    gap: Annotated[float, Field(ge=0, le=1)] = 0.0
    base: Annotated[int, Field(ge=2, le=10_000)] | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.homogeneity and self.zeros is not Zeros.WITHHELD:
            raise ValueError('homogeneity needs zeros = "withheld": published zeros tell all')
        if self.named and self.may_withhold_zeros:
            raise ValueError("named needs zeros that are published: else a withheld cell may be nobody")
        if self.insiders >= self.threshold:
            raise ValueError("insiders must be below threshold: larger cells are safe and known to all")
        if self.base is not None and self.base < self.threshold:
            raise ValueError("base must not be below threshold: a rounded value would tell a small count")
        return self

    @property
    def step(self) -> int:
        """Base of the rounding."""
        return self.base or max(5, self.threshold)

    @property
    def may_withhold_zeros(self) -> bool:
        """Whether cells of nobody may be withheld."""
        return self.zeros_unsafe or self.zeros is Zeros.WITHHELD
