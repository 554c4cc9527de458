"""Tables of the aggregate zone: what everyone may know."""

from screening.tables import dimensions
from screening.tables.codes import PublishedStatus, RetentionClass, TableState, Zone
from screening.tables.model import DATE, FLOAT, INT64, Column, TableSpec

_CLASS = (RetentionClass.AGGREGATE,)

PUBLISHED = TableSpec(
    name="published",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("definition", "period", *dimensions.NAMES),
    meaning="Protected traffic tables by service date; `Total` in margins. A cell without a row is 0.",
    columns=(
        Column("definition", "name of the aggregate definition; its population and unit stand in docs"),
        Column("period", "service date", unit="YYYY-MM-DD"),
        *dimensions.DIMENSIONS,
        Column("value", "travellers; null where withheld", INT64, nullable=True),
        Column("status", "what became of the cell", values=PublishedStatus),
        *dimensions.LATER,
    ),
    version="1.1",
)

PROTECTION = TableSpec(
    name="protection",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("definition", "period"),
    meaning="What protection cost each published table, told from published figures alone.",
    columns=(
        Column("definition", "name of the aggregate definition"),
        Column("period", "service date", unit="YYYY-MM-DD"),
        Column("state", "how much of the table is published, and why", values=TableState),
        Column("cells", "cells with a row, margins included", INT64),
        Column("withheld", "of them without a value", INT64),
        Column("travellers", "grand total; null where withheld", INT64, nullable=True),
        Column("travellers_withheld", "of them in inner cells without a value", INT64, nullable=True),
    ),
)

MONTHLY = TableSpec(
    name="monthly",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("definition", "period", *dimensions.NAMES),
    meaning="Traffic of a month: sums of its published days, which say the same.",
    columns=(
        Column("definition", "name of the aggregate definition"),
        Column("period", "month of the service dates", unit="YYYY-MM"),
        *dimensions.DIMENSIONS,
        *dimensions.LATER,
        Column("value", "travellers; null where a day is withheld", INT64, nullable=True),
        Column("at_least", "travellers of the days that are not withheld", INT64),
        Column("days", "service dates of which the definition is published", INT64),
        Column("days_withheld", "of them, days on which the cell is withheld", INT64),
        Column("status", "what became of the cell", values=PublishedStatus),
    ),
)

CARRIER_QUALITY = TableSpec(
    name="carrier_quality",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("carrier", "night", "measure"),
    meaning="Completeness, lateness and findings of each carrier and night. Legs are exact, as timetables "
    "tell them; travellers behind a share, and messages, rounded to multiples of 5 (of a larger threshold).",
    columns=(
        Column("carrier", "carrier designator"),
        Column("night", "night", DATE),
        Column("measure", "measure; findings as finding:CODE"),
        Column("value", "value; shares of two decimals", FLOAT),
        Column("unit", "unit of the value"),
    ),
    version="1.1",
)

RATES = TableSpec(
    name="rates",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("definition", "period", "category", "decision", "screening", "identity"),
    meaning="Hits and decisions, people not screened, quality of lists by month, told once; every count "
    "is rounded to a multiple of 5 (of a larger threshold), and sums hold.",
    columns=(
        Column("definition", "name of the aggregate definition"),
        Column("period", "month of the nights", unit="YYYY-MM"),
        Column("category", "group of categories of the alert", nullable=True),
        Column("decision", "what was decided on the hit", nullable=True),
        Column("screening", "whether the person was screened", nullable=True),
        Column("identity", "best that the alert identifies by", nullable=True),
        Column("value", "rounded count", INT64),
        Column("step", "what it is a multiple of", INT64),
        Column("nights", "nights that were counted", INT64),
        Column("status", "what became of the cell", values=PublishedStatus),
    ),
)

MONTHLY_QUALITY = TableSpec(
    name="monthly_quality",
    zone=Zone.AGGREGATE,
    classes=_CLASS,
    key=("carrier", "period", "measure"),
    meaning="Quality of a carrier's data in a month, from `carrier_quality` of its nights alone.",
    columns=(
        Column("carrier", "carrier designator"),
        Column("period", "month of the nights", unit="YYYY-MM"),
        Column("measure", "measure; findings as finding:CODE"),
        Column("value", "sum of the nights' numbers; mean of the nights' shares, medians", FLOAT),
        Column("unit", "unit of the value"),
        Column("nights", "nights that show the measure", INT64),
    ),
)

TABLES = (PUBLISHED, PROTECTION, CARRIER_QUALITY, RATES)
REPORTED = (MONTHLY, MONTHLY_QUALITY)  # made with the reports, not published with a night
