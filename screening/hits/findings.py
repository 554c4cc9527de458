"""Findings of this room: none; a hit's own columns say what deviates (an unknown time zone is not late)."""

from screening.tables.findings import FindingKind

KINDS: tuple[FindingKind, ...] = ()
