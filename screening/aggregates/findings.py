"""Findings of aggregates: none.

Whatever deviates in a traveller's data was found before it is counted (a birth date after departure is
counted as `unknown`), and what happens to a cell stands in its own `status`.
"""

from screening.tables.findings import FindingKind

KINDS: tuple[FindingKind, ...] = ()
