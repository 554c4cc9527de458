"""The tables that a night's report is made from."""

from dataclasses import dataclass, field, fields

import pyarrow as pa

from screening.tables import aggregate, analyst, individual
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.declared import BY_NAME


@dataclass(frozen=True)
class NightTables:
    """Tables of one published night, and of the alerts that its hits name."""

    flights: pa.Table
    outcomes: pa.Table
    travellers: pa.Table
    hits: pa.Table
    evidence: pa.Table
    published: pa.Table
    messages: pa.Table = field(default_factory=individual.MESSAGES.empty)
    quarantine: pa.Table = field(default_factory=individual.QUARANTINE.empty)
    outside_mandate: pa.Table = field(default_factory=individual.OUTSIDE_MANDATE.empty)
    carrier_quality: pa.Table = field(default_factory=aggregate.CARRIER_QUALITY.empty)
    dispositions: pa.Table = field(default_factory=analyst.DISPOSITIONS.empty)
    alerts: pa.Table = field(default_factory=ALERTS.empty)
    alert_names: pa.Table = field(default_factory=ALERT_NAMES.empty)
    alert_dates: pa.Table = field(default_factory=ALERT_DATES.empty)
    alert_documents: pa.Table = field(default_factory=ALERT_DOCUMENTS.empty)
    alert_facts: pa.Table = field(default_factory=ALERT_FACTS.empty)

    def __post_init__(self) -> None:
        """Hold each table to its declaration, so that the order in which rows came never shows."""
        for name in (each.name for each in fields(self)):
            object.__setattr__(self, name, BY_NAME[name].conform(getattr(self, name)))
