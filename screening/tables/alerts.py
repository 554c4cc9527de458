"""Tables of the alerts zone: who is sought, by whom, in which version of which list."""

from screening.tables.codes import (
    AlertStatus,
    Category,
    FactKind,
    ListedDocumentStatus,
    ListedDocumentType,
    MergeAct,
    NameKind,
    Precision,
    RetentionClass,
    Zone,
)
from screening.tables.model import BOOL, DATE, INT32, UTC, Column, TableSpec

_LIST = (RetentionClass.LIST,)

ALERTS = TableSpec(
    name="alerts",
    zone=Zone.ALERTS,
    classes=_LIST,
    key=("alert_id",),
    meaning="One row for each sought person or document of a list version.",
    columns=(
        Column("alert_id", "LIST:SOURCE_ID"),
        Column("list", "list"),
        Column("source_id", "the publisher's own stable id"),
        Column("category", "what it asks for", values=Category),
        Column("severity", "1 inform … 5 stop", INT32),
        Column("authority", "who answers for it"),
        Column("visibility", "whom a hit is shown to", nullable=True),
        Column("legal_basis", "legal basis", nullable=True),
        Column("caveat", "what the reader must heed", nullable=True),
        Column("instructions", "what to do", nullable=True),
        Column("valid_from", "first day", DATE, nullable=True),
        Column("review_by", "to be reviewed by", DATE, nullable=True),
        Column("expires", "last day", DATE, nullable=True),
        Column("status", "where it stands in its life", values=AlertStatus),
        Column("sufficient", "enough data to be matched sensibly", BOOL),
        Column("content_hash", "sha256 over the canonical rows of the alert"),
        Column("provenance", "file and record that it came from"),
    ),
)

ALERT_NAMES = TableSpec(
    name="alert_names",
    zone=Zone.ALERTS,
    classes=_LIST,
    key=("alert_id", "ordinal"),
    meaning="Names of alerts, spelt as the publisher spells them.",
    columns=(
        Column("alert_id", "the alert"),
        Column("ordinal", "place, from 0; 0 is the primary name", INT32),
        Column("identity", "identity that it belongs to (0 = the person's own)", INT32),
        Column("full", "whole name as published"),
        Column("surname", "surname, where the source has parts", nullable=True),
        Column("given_names", "given names, where the source has parts", nullable=True),
        Column("kind", "kind of name", values=NameKind),
        Column("script", "script", unit="ISO 15924"),
        Column("quality", "the source's own word for its quality", nullable=True),
        Column("provenance", "file, record and field"),
    ),
)

ALERT_DATES = TableSpec(
    name="alert_dates",
    zone=Zone.ALERTS,
    classes=_LIST,
    key=("alert_id", "ordinal"),
    meaning="Dates of birth of alerts; each with what the source really knows.",
    columns=(
        Column("alert_id", "the alert"),
        Column("ordinal", "place, from 0", INT32),
        Column("identity", "identity that it belongs to", INT32),
        Column("value", "YYYY-MM-DD, YYYY-MM, YYYY or YYYY..YYYY", nullable=True),
        Column("from", "earliest day", DATE, nullable=True),
        Column("to", "latest day", DATE, nullable=True),
        Column("precision", "how exactly it is known", values=Precision),
        Column("calendar", "calendar, where not Gregorian", nullable=True),
        Column("note", "text that could not be read as a date", nullable=True),
        Column("provenance", "file, record and field"),
    ),
)

ALERT_DOCUMENTS = TableSpec(
    name="alert_documents",
    zone=Zone.ALERTS,
    classes=_LIST,
    key=("alert_id", "ordinal"),
    meaning="Documents of alerts.",
    columns=(
        Column("alert_id", "the alert"),
        Column("ordinal", "place, from 0", INT32),
        Column("identity", "identity that it belongs to", INT32),
        Column("type", "kind of document", values=ListedDocumentType),
        Column("number", "number as published"),
        Column("issuing_state", "issuing state", nullable=True, unit="ISO alpha-2, else ICAO 9303"),
        Column("status", "status", values=ListedDocumentStatus),
        Column("from", "issued", DATE, nullable=True),
        Column("to", "expires", DATE, nullable=True),
        Column("note", "what else the source says of it", nullable=True),
        Column("provenance", "file, record and field"),
    ),
)

ALERT_FACTS = TableSpec(
    name="alert_facts",
    zone=Zone.ALERTS,
    classes=_LIST,
    key=("alert_id", "ordinal"),
    meaning="Sex, nationalities and birth places of alerts.",
    columns=(
        Column("alert_id", "the alert"),
        Column("ordinal", "place, from 0", INT32),
        Column("identity", "identity that it belongs to", INT32),
        Column("kind", "what it is", values=FactKind),
        Column("value", "M or F; ISO alpha-2 or ICAO code; text"),
        Column("provenance", "file, record and field"),
    ),
)

MERGE_ACTS = TableSpec(
    name="merge_acts",
    zone=Zone.ALERTS,
    classes=(RetentionClass.RECORD,),
    key=("act_id",),
    meaning="What persons decided on two alerts that may be one person; never changed, only superseded.",
    columns=(
        Column("act_id", "id"),
        Column("act", "merge, keep apart, or take either back", values=MergeAct),
        Column("one", "alert decided on, the smaller id"),
        Column("other", "the other alert"),
        Column("one_content", "content_hash of the one when decided"),
        Column("other_content", "content_hash of the other when decided"),
        Column("one_identity", "hash of what says who the one is (names, dates, facts, documents)"),
        Column("other_identity", "the same of the other"),
        Column("actor", "who decided"),
        Column("reason", "why"),
        Column("at_utc", "when", UTC),
    ),
)

TABLES = (ALERTS, ALERT_NAMES, ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS)
"""The five tables of a list version."""
