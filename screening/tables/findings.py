"""Findings: what deviated, where, and what was done; never who.

Each room declares its codes in its own `findings.py` as a tuple of `FindingKind`; `docs/findings.md` is
generated from them and a test refuses a finding whose code no room declares.
"""

from dataclasses import dataclass

import pyarrow as pa

from screening.tables.codes import Effect, Level


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One kind of deviation, as a person looks it up in docs/findings.md."""

    code: str
    level: Level
    effect: Effect
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation; `text` never carries a name, date or number of a person.

    Attributes:
        code: name of the deviation, a `FindingKind.code`.
        level: info, warning or error.
        offset: bytes from the start of the input.
        segment: number of the segment in its message, counted from 1 (UNH); None outside a message.
        text: one sentence for the person who acts.
    """

    code: str
    level: Level
    offset: int
    segment: int | None
    text: str

    def row(self) -> dict[str, object]:
        """Return the struct that stands in `findings` columns."""
        return {
            "code": self.code,
            "level": str(self.level),
            "segment": self.segment,
            "offset": self.offset,
            "text": self.text,
        }


FINDINGS_TYPE = pa.list_(
    pa.field(
        "item",
        pa.struct(
            [
                pa.field("code", pa.string(), nullable=False),
                pa.field("level", pa.string(), nullable=False),
                pa.field("segment", pa.int32()),
                pa.field("offset", pa.int64(), nullable=False),
                pa.field("text", pa.string(), nullable=False),
            ]
        ),
        nullable=False,
    )
)
