"""Acts of people on hits beside dispositions: proposed, noted, returned from the border, answered at closing.

One immutable file an act below `analyst/acts/`. None of them decides: nights read dispositions alone.
"""

from enum import StrEnum

from screening.tables.codes import Decision, RetentionClass, Zone
from screening.tables.model import DATE, UTC, Column, TableSpec


class BorderOutcome(StrEnum):
    """What became of a decided hit at the border."""

    MET = "met"  # the person was met; nothing is said of who it was
    MISSED = "missed"  # the person was not met
    POSITIVE = "positive"  # met, and it was the person of the alert
    NEGATIVE = "negative"  # met, and it was somebody else


class ClosingAnswer(StrEnum):
    """Did this hit deserve a review?"""

    CONFIRMED = "confirmed"  # it was the person
    VALUABLE = "valuable"  # it was not, and a person had to look
    FALSE = "false"  # it was not, and nobody should have had to look


def _about(act: str) -> tuple[Column, ...]:
    """Return the columns that every act on a hit has."""
    return (
        Column("act_id", "id"),
        Column("night", "night whose hit was looked at", DATE),
        Column("hit_id", f"the hit {act}"),
        Column("person_key", "whom it is about"),
        Column("alert_id", "the alert of the hit"),
        Column("evidence_hash", "evidence of the hit as it stood then"),
        Column("actor", "who"),
        Column("at_utc", "when", UTC),
    )


_KEY = Column("key_id", "key that made person_key; null where not written down", nullable=True)


def _spec(name: str, meaning: str, act: str, *columns: Column) -> TableSpec:
    return TableSpec(
        name=name,
        zone=Zone.ANALYST,
        classes=(RetentionClass.HIT,),
        key=("act_id",),
        meaning=meaning,
        columns=(*_about(act), *columns, _KEY),
    )


PROPOSALS = _spec(
    "proposals",
    "Decisions that a first person proposed and a second one has to confirm; they bind nothing.",
    "that it proposes on",
    Column(
        "decision", "what is proposed; null where a proposal is withdrawn", nullable=True, values=Decision
    ),
    Column("reason", "reason given"),
    Column("replaces", "the waiting proposal that it replaces or withdraws", nullable=True),
    Column("instead_of", "disposition in force that it contradicts", nullable=True),
)

NOTES = _spec(
    "notes",
    "Notes on hits, for whoever goes on with them.",
    "that it is about",
    Column("text", "the note"),
)

BORDER_OUTCOMES = _spec(
    "border_outcomes",
    "What became of hits at the border, as told back by the border points.",
    "that was acted on",
    Column("outcome", "outcome", values=BorderOutcome),
    Column("remark", "remark of the border point", nullable=True),
)

CLOSINGS = _spec(
    "closings",
    "Answers at the closing of a hit: did it deserve a review?",
    "that is closed",
    Column("answer", "answer", values=ClosingAnswer),
)

OPINIONS = _spec(
    "opinions",
    "Second opinions given without sight of the first; they decide nothing.",
    "that it judges",
    Column("decision", "what the second reader would decide", values=Decision),
    Column("reason", "reason given"),
)

TABLES = (PROPOSALS, NOTES, BORDER_OUTCOMES, CLOSINGS, OPINIONS)
