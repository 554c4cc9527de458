"""Counts of an agency's own traffic: how often a name token and a State occur among earlier travellers."""

from screening.tables.codes import CountKind, RetentionClass, Zone
from screening.tables.model import INT64, Column, TableSpec

EVERYWHERE = "*"
"""Stands for all States together."""
UNKNOWN_STATE = ""

TRAFFIC_COUNTS = TableSpec(
    name="traffic_counts",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.MODEL,),
    key=("kind", "state", "token"),
    meaning="How often name tokens and States occur among earlier travellers; small counts are left out.",
    columns=(
        Column("kind", "what is counted", values=CountKind),
        Column(
            "state",
            f"State that the counted travellers hold; `{EVERYWHERE}` all together, empty where unknown",
            unit="ISO alpha-2 or ICAO",
        ),
        Column("token", "the name token; null unless kind is `token`", nullable=True),
        Column("count", "travellers; of kind `tokens`: their different tokens, added up", INT64),
    ),
)

TABLES = (TRAFFIC_COUNTS,)
