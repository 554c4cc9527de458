"""Findings of this room: none. A hit's tables carry what deviates: `late` false where a time zone is unknown."""

from screening.tables.findings import FindingKind

KINDS: tuple[FindingKind, ...] = ()
