"""Tables of the analyst zone: hits with everything an analyst needs to decide, and what was decided."""

import pyarrow as pa

from screening.tables.codes import (
    Category,
    Decision,
    EvidenceKind,
    KeyAct,
    NearMiss,
    RetentionClass,
    Sex,
    Standing,
    StandingReason,
    Zone,
)
from screening.tables.model import BOOL, DATE, FLOAT, INT32, LOCAL, STRINGS, UTC, Column, TableSpec

HIT_DOCUMENTS = pa.list_(
    pa.field(
        "item",
        pa.struct(
            [
                pa.field("type", pa.string(), nullable=False),
                pa.field("number", pa.string(), nullable=False),
                pa.field("issuing_state", pa.string()),
                pa.field("expiry", pa.date32()),
            ]
        ),
        nullable=False,
    )
)

HITS = TableSpec(
    name="hits",
    zone=Zone.ANALYST,
    classes=(RetentionClass.HIT,),
    key=("hit_id",),
    meaning="Travellers whose likeness to an alert is at or above the threshold of its list.",
    columns=(
        Column("hit_id", "keyed pseudonym of traveller and group of alerts"),
        Column("traveller_id", "the traveller"),
        Column("flight_id", "the leg"),
        Column("person_key", "what dispositions and clearances bind to"),
        Column("surname", "copy of the traveller's surname", nullable=True),
        Column("given_names", "copy of the traveller's given names", nullable=True),
        Column("date_of_birth", "copy", DATE, nullable=True),
        Column("sex", "copy", nullable=True, values=Sex),
        Column("nationality", "copy", nullable=True),
        Column("documents", "copy of the traveller's documents", HIT_DOCUMENTS),
        Column("seat", "copy", nullable=True),
        Column("locator", "copy", nullable=True),
        Column("alert_id", "best alert of the group"),
        Column("alert_ids", "all alerts of the group, sorted", STRINGS),
        Column("alert_name", "listed name that fits best", nullable=True),
        Column("list", "list of the best alert"),
        Column("list_versions", "LIST=VERSION of each list in the group", STRINGS),
        Column("category", "category of the best alert", values=Category),
        Column("severity", "1 inform … 5 stop", INT32),
        Column("score", "score of the best alert", INT32, unit="centibits"),
        Column("threshold", "threshold of its list in this night", INT32, unit="centibits"),
        Column("false_alerts_per_1000", "innocent travellers in 1,000 that reach this score", FLOAT),
        Column("evidence_hash", "hash of what was compared; dispositions and clearances bind to it"),
        Column("first_night", "night in which the same traveller, alert and evidence was first a hit", DATE),
        Column("late", "the leg had departed when the night began", BOOL),
        Column("disposition_id", "disposition in force when the night was frozen", nullable=True),
        Column("decision", "its decision", nullable=True, values=Decision),
        Column("message_ids", "messages of the current statements", STRINGS),
        Column("standing", "is the traveller still meant to be on the leg?", nullable=True, values=Standing),
        Column("standing_reason", "why not confirmed", nullable=True, values=StandingReason),
        Column("last_named_by", "last message that names the traveller", nullable=True),
        Column("last_named_local", "UNB time of that message as sent, without zone", LOCAL, nullable=True),
        Column("near_miss", "what differs, where two people often agree so", nullable=True, values=NearMiss),
        Column("rescreened", "found after the night, when a list had changed", BOOL, nullable=True),
    ),
    version="1.3",
)

EVIDENCE = TableSpec(
    name="evidence",
    zone=Zone.ANALYST,
    classes=(RetentionClass.HIT,),
    key=("hit_id", "alert_id", "ordinal"),
    meaning="Why each hit is a hit: pieces of evidence whose weights add up to the score.",
    columns=(
        Column("hit_id", "the hit"),
        Column("alert_id", "alert of its group"),
        Column("ordinal", "order in which to read it, from 0", INT32),
        Column("kind", "kind of evidence", values=EvidenceKind),
        Column("traveller_value", "what the traveller's side says", nullable=True),
        Column("alert_value", "what the alert says", nullable=True),
        Column("relation", "how they relate, in words"),
        Column("weight", "contribution to the score", INT32, unit="centibits"),
    ),
)

DISPOSITIONS = TableSpec(
    name="dispositions",
    zone=Zone.ANALYST,
    classes=(RetentionClass.HIT,),
    key=("disposition_id",),
    meaning="Decisions of persons on hits; never changed, only superseded.",
    columns=(
        Column("disposition_id", "id"),
        Column("hit_id", "the hit decided on"),
        Column("person_key", "whom it binds to"),
        Column("alert_id", "alert decided on"),
        Column("decision", "decision", values=Decision),
        Column("reason", "reason given by the analyst"),
        Column("analyst", "who decided"),
        Column("second", "second person, where one is asked for", nullable=True),
        Column("decided_at", "when", UTC),
        Column("evidence_hash", "evidence decided on"),
        Column("supersedes", "earlier disposition", nullable=True),
        Column("key_id", "key that made person_key; null where not written down", nullable=True),
    ),
    version="1.1",
)

CLEARANCES = TableSpec(
    name="clearances",
    zone=Zone.ANALYST,
    classes=(RetentionClass.HIT,),
    key=("clearance_id",),
    meaning="Pairs that need not be raised again while neither side's evidence changes.",
    columns=(
        Column("clearance_id", "id"),
        Column("person_key", "the traveller"),
        Column("alert_id", "the alert"),
        Column("alert_hash", "content of the alert when cleared"),
        Column("evidence_hash", "evidence that was decided on"),
        Column("until", "last day of the clearance", DATE),
        Column("disposition_id", "decision behind it"),
        Column("key_id", "key that made person_key; null where not written down", nullable=True),
        Column(
            "identity_hash",
            "content of the compared identity of the alert; null where not written down",
            nullable=True,
        ),
    ),
    version="1.2",
)

KEY_ACTS = TableSpec(
    name="key_acts",
    zone=Zone.ANALYST,
    classes=(RetentionClass.RECORD,),
    key=("act_id",),
    meaning="Which keys of pseudonyms are read together, by whose act; ids of keys, none of a person.",
    columns=(
        Column("act_id", "id"),
        Column("act", "link or retire", values=KeyAct),
        Column("key_id", "the key: that is linked with another, or retired"),
        Column("other", "the key that it is linked with", nullable=True),
        Column("actor", "who"),
        Column("second", "second person of a link, where one is asked for", nullable=True),
        Column("reason", "why"),
        Column("at_utc", "when", UTC),
    ),
)

TABLES = (HITS, EVIDENCE, DISPOSITIONS, CLEARANCES, KEY_ACTS)
