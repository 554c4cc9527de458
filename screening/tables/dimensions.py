"""Dimensions of traffic tables: one nullable column each; null where a definition does not use it."""

from screening.tables.model import Column

DIMENSIONS = (
    Column("carrier", "operating carrier", nullable=True),
    Column("route", "ORIGIN-DESTINATION of the leg", nullable=True),
    Column("origin", "airport of departure", nullable=True, unit="IATA"),
    Column("destination", "airport of arrival", nullable=True, unit="IATA"),
    Column("nationality", "nationality", nullable=True, unit="ISO 3166 alpha-2, else the ICAO 9303 code"),
    Column("sex", "M, F, X or unknown", nullable=True),
    Column("age_band", "age on the service date in bands of the definition", nullable=True),
    Column("role", "passenger, crew or transit", nullable=True),
    Column("hour", "local hour of departure", nullable=True, unit="00..23"),
)
# Columns that came later stand at the end of each table (docs/extending.md, a column).
PARTY_SIZE = Column("party_size", "travellers of one booking on the leg, in bands", nullable=True)
LATER = (
    Column("region", "world region of the nationality", nullable=True, unit="UN M49 code, other or unknown"),
    Column("direction", "of the leg as the agency's State sees it", nullable=True),
    PARTY_SIZE,
)
NAMES = tuple(column.name for column in (*DIMENSIONS, *LATER))
