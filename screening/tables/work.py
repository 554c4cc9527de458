"""Tables that live only while a night runs."""

import pyarrow as pa

from screening.tables.codes import EvidenceKind, RetentionClass, Zone
from screening.tables.model import BOOL, DATE, INT32, STRINGS, Column, TableSpec

IDENTITIES = TableSpec(
    name="identities",
    zone=Zone.WORK,
    classes=(RetentionClass.WORK,),
    key=("traveller_id", "reading"),
    meaning="Travellers made comparable; several readings where a name can be read in several ways.",
    columns=(
        Column("traveller_id", "the traveller"),
        Column("flight_id", "the leg"),
        Column("reading", "ordinal of the reading; 0 is the name as settled", INT32),
        Column("surname_tokens", "tokens of the surname", STRINGS),
        Column("given_tokens", "tokens of the given names", STRINGS),
        Column("maybe_cut", "last token may be cut off (machine-readable zone, line length)", BOOL),
        Column("placeholder", "no real name (TBA, FNU …): not screened by name", BOOL),
        Column("born_from", "earliest date of birth", DATE, nullable=True),
        Column("born_to", "latest date of birth", DATE, nullable=True),
        Column("sex", "M or F; null where unknown or X", nullable=True),
        Column("nationalities", "nationality and issuing states", STRINGS, unit="ISO alpha-2 or ICAO"),
        Column("document_keys", "NUMBER@STATE and NUMBER@ of each document, normalised", STRINGS),
    ),
)

EVIDENCE_STRUCT = pa.struct(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("traveller_value", pa.string()),
        pa.field("alert_value", pa.string()),
        pa.field("relation", pa.string(), nullable=False),
        pa.field("weight", pa.int32(), nullable=False),
    ]
)

BORROWED = 16
"""Route of a pair that stands on what an alert has by a merge alone (screening.matching.merged)."""

CANDIDATES = TableSpec(
    name="candidates",
    zone=Zone.WORK,
    classes=(RetentionClass.WORK,),
    key=("traveller_id", "alert_id", "alert_name"),
    meaning="Pairs worth comparing and the routes that found them.",
    columns=(
        Column("traveller_id", "the traveller"),
        Column("alert_id", "the alert"),
        Column("alert_name", "ordinal of the alert's best name; -1 where only a document led here", INT32),
        Column("routes", "bits: 1 name, 2 date of birth, 4 document, 8 exhaustive, 16 by a merge", INT32),
    ),
)

SCORED = TableSpec(
    name="scored",
    zone=Zone.WORK,
    classes=(RetentionClass.WORK,),
    key=("traveller_id", "alert_id"),
    meaning="Scored pairs; the evidence adds up to the score.",
    columns=(
        Column("traveller_id", "the traveller"),
        Column("alert_id", "the alert"),
        Column("alert_name", "ordinal of the alert's best name; -1 for none", INT32),
        Column("routes", "as in candidates", INT32),
        Column("score", "sum of the weights", INT32, unit="centibits (log2 odds x 100)"),
        Column(
            "evidence",
            f"pieces of evidence in order: {', '.join(EvidenceKind)}",
            pa.list_(pa.field("item", EVIDENCE_STRUCT, nullable=False)),
        ),
    ),
)

TABLES = (IDENTITIES, CANDIDATES, SCORED)
