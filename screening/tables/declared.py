"""All declared tables, and each by its name."""

from screening.tables import aggregate, alerts, analyst, hit_acts, individual, landing, traffic, work
from screening.tables.model import TableSpec

ALL: tuple[TableSpec, ...] = (
    landing.INPUTS,
    landing.BYTE_RANGES,
    *individual.TABLES,
    *work.TABLES,
    *analyst.TABLES,
    *hit_acts.TABLES,
    *alerts.TABLES,
    alerts.MERGE_ACTS,
    *traffic.TABLES,
    *aggregate.TABLES,
    *aggregate.REPORTED,
)
BY_NAME: dict[str, TableSpec] = {spec.name: spec for spec in ALL}
