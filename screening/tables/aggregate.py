"""Tables of the aggregate zone: what everyone may know."""

from screening.tables import dimensions
from screening.tables.codes import PublishedStatus, RetentionClass, Zone
from screening.tables.model import DATE, FLOAT, INT64, Column, TableSpec

_CLASS = (RetentionClass.AGGREGATE,)

PUBLISHED = TableSpec(
    name="published",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("definition", "period", *dimensions.NAMES),
    meaning="Protected traffic tables by service date; `Total` in margins, `Other` for folded cells.",
    columns=(
        Column("definition", "name of the aggregate definition; its population and unit stand in docs"),
        Column("period", "service date", unit="YYYY-MM-DD"),
        *dimensions.DIMENSIONS,
        Column("value", "travellers; null where withheld", INT64, nullable=True),
        Column("status", "what became of the cell", values=PublishedStatus),
    ),
)

CARRIER_QUALITY = TableSpec(
    name="carrier_quality",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("carrier", "night", "measure"),
    meaning="Completeness, lateness and findings of each carrier and night, as a letter to it quotes them.",
    columns=(
        Column("carrier", "carrier designator"),
        Column("night", "night", DATE),
        Column("measure", "measure; findings as finding:CODE"),
        Column("value", "value", FLOAT),
        Column("unit", "unit of the value"),
    ),
)

NIGHT_HEALTH = TableSpec(
    name="night_health",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("night", "measure"),
    meaning="Figures of the night as a whole; gates compare with those of the nights before.",
    columns=(
        Column("night", "night", DATE),
        Column("measure", "measure"),
        Column("value", "value", FLOAT),
        Column("unit", "unit of the value"),
    ),
)

TABLES = (PUBLISHED, CARRIER_QUALITY, NIGHT_HEALTH)
