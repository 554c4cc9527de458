"""Findings of this room."""

from screening.tables.codes import Effect, Level
from screening.tables.findings import FindingKind

KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        "origin_zone_unknown",
        Level.WARNING,
        Effect.NONE,
        "The time zone of the origin is not known, so a hit cannot say whether the leg had departed.",
        "Nothing is lost: the hit is raised and counts as in time; add the airport to the table of airports.",
    ),
)
