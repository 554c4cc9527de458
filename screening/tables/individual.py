"""Tables of the individual zone: what carriers said of each traveller, and what was settled from it."""

import pyarrow as pa

from screening.tables import dimensions
from screening.tables.codes import (
    Action,
    CheckDigit,
    Completeness,
    Counted,
    DocumentType,
    Function,
    JoinBasis,
    LedgerUnit,
    MessageStatus,
    MessageType,
    Outcome,
    OutsideReason,
    QuarantineAct,
    QuarantineUnit,
    RetentionClass,
    Role,
    Says,
    Sex,
    Source,
    Standing,
    StandingReason,
    Zone,
)
from screening.tables.findings import FINDINGS_TYPE
from screening.tables.model import BOOL, DATE, FLOAT, INT32, INT64, LOCAL, STRINGS, UTC, Column, TableSpec

_BY_SOURCE = (RetentionClass.API, RetentionClass.PNR)

_FLIGHT_ID = (
    "CARRIERNUMBER-YYYYMMDD-ORIGIN-DESTINATION; of a provisional leg what is known of these, and a hash"
)
_PROVISIONAL = "true where flight, date or places cannot be read: the leg holds what is known"

MESSAGES = TableSpec(
    name="messages",
    zone=Zone.INDIVIDUAL,
    classes=_BY_SOURCE,
    key=("message_id",),
    meaning="Every message read in the night, quarantined ones included.",
    columns=(
        Column("message_id", "input_id:offset"),
        Column("input_id", "the input that holds it"),
        Column("offset", "first byte of its UNH", INT64, unit="bytes from the start of the input"),
        Column("length", "to the end of its UNT", INT64, unit="bytes"),
        Column("source", "API or PNR", values=Source),
        Column("type", "message type", values=MessageType),
        Column("version", "version and release as sent, D:12B or 13:1"),
        Column("dialect", "table that it was read with"),
        Column("function", "what it is about", values=Function),
        Column("action", "what it does to what was said before", values=Action),
        Column("reference", "UNH reference", nullable=True),
        Column("transaction", "transaction or common access reference that ties messages", nullable=True),
        Column("sender", "UNB sender", nullable=True),
        Column("control_reference", "UNB control reference", nullable=True),
        Column("sent_local", "UNB date and time as sent, without zone", LOCAL, nullable=True),
        Column("part", "number of this part where a manifest comes in parts", INT32, nullable=True),
        Column("last_part", "is it the last part? null where not sent in parts", BOOL, nullable=True),
        Column("stated", "travellers (CNT) or bookings (EQN) that the message states", INT32, nullable=True),
        Column("read", "travellers read", INT32),
        Column("complete", "false where the manifest may lack travellers", BOOL),
        Column("flight_ids", "legs that it speaks of", STRINGS),
        Column("status", "what became of it", values=MessageStatus),
        Column("findings", "deviations", FINDINGS_TYPE),
    ),
)

MESSAGE_LEGS = TableSpec(
    name="message_legs",
    zone=Zone.INDIVIDUAL,
    classes=_BY_SOURCE,
    key=("message_id", "flight_id"),
    meaning="Legs as each message states them; null where the message does not say.",
    columns=(
        Column("message_id", "the message"),
        Column("flight_id", _FLIGHT_ID),
        Column("ordinal", "place in the message, from 0", INT32),
        Column("carrier", "operating carrier", nullable=True, unit="IATA or ICAO designator"),
        Column(
            "number",
            "flight number without leading zeros, with its suffix letter; or registration",
            nullable=True,
        ),
        Column("marketing", "other designators of the same leg (codeshares)", STRINGS),
        Column("origin", "place of departure", nullable=True, unit="IATA, else as sent"),
        Column("destination", "place of arrival", nullable=True, unit="IATA, else as sent"),
        Column("departure_local", "scheduled departure, local", LOCAL, nullable=True),
        Column("arrival_local", "scheduled arrival, local", LOCAL, nullable=True),
        Column("provisional", _PROVISIONAL, BOOL, nullable=True),
    ),
    version="1.1",
)

_TRAVELLER_FACTS = (
    Column("role", "passenger, crew or transit", values=Role),
    Column("surname", "surname, titles removed", nullable=True),
    Column("given_names", "given names, titles removed", nullable=True),
    Column("name_as_sent", "surname/given names before titles and folds were removed"),
    Column("date_of_birth", "date of birth", DATE, nullable=True),
    Column("birth_as_sent", "date of birth as sent", nullable=True),
    Column("sex", "sex", nullable=True, values=Sex),
    Column("nationality", "nationality", nullable=True, unit="ISO 3166 alpha-2, else the ICAO 9303 code"),
    Column("residence", "country of residence", nullable=True, unit="as nationality"),
    Column("seat", "seat on this leg", nullable=True),
    Column("locator", "booking locator", nullable=True),
    Column("traveller_reference", "API RFF+ABO or PNR REF: joins API and PNR", nullable=True),
    Column("embarkation", "where the traveller's journey on this carrier starts", nullable=True, unit="IATA"),
    Column("debarkation", "where it ends", nullable=True, unit="IATA"),
)

# New columns stand at a table's end.
_OTHER_FACTS = (
    Column("birth_part", "YYYY or YYYY-MM, where day or month of birth is not known", nullable=True),
    Column(
        "other_births",
        "further dates of birth as far as known: YYYY-MM-DD, YYYY-MM or YYYY",
        STRINGS,
        nullable=True,
    ),
    Column("other_sexes", "further sexes", STRINGS, nullable=True, values=Sex),
    Column(
        "other_nationalities",
        "further nationalities, those at birth and previous ones among them",
        STRINGS,
        nullable=True,
        unit="as nationality",
    ),
)

STATEMENTS = TableSpec(
    name="statements",
    zone=Zone.INDIVIDUAL,
    classes=_BY_SOURCE,
    key=("statement_id", "flight_id"),
    meaning="What one message says of one traveller on one leg; never changed afterwards.",
    columns=(
        Column("statement_id", "message_id:ordinal of the traveller in it"),
        Column("flight_id", "the leg"),
        Column("message_id", "the message"),
        Column("source", "API or PNR", values=Source),
        Column("sent_local", "UNB date and time of the message", LOCAL, nullable=True),
        Column("booking_reference", "traveller's reference within its booking (TIF)", nullable=True),
        *_TRAVELLER_FACTS,
        Column("says", "present or withdrawn", values=Says),
        Column("on_board", "close-out says that the traveller flew (or not)", BOOL, nullable=True),
        Column("findings", "deviations about this traveller", FINDINGS_TYPE),
        Column(
            "other_names",
            "further spellings in the same message, SURNAME/GIVEN NAMES",
            STRINGS,
            nullable=True,
        ),
        Column("nationality_as_sent", "code of nationality as sent, where it is unknown", nullable=True),
        *_OTHER_FACTS,
    ),
    version="1.3",
)

_DOCUMENT_FACTS = (
    Column("type", "kind of document", values=DocumentType),
    Column("type_as_sent", "code of the kind as sent", nullable=True),
    Column("number", "number, blanks and signs removed, upper case"),
    Column("issuing_state", "issuing state", nullable=True, unit="ISO 3166 alpha-2, else the ICAO 9303 code"),
    Column("expiry", "date of expiry", DATE, nullable=True),
    Column("check_digit", "was a check digit sent and does it fit?", values=CheckDigit),
    Column("surname", "surname written in the document, where sent", nullable=True),
    Column("given_names", "given names written in the document, where sent", nullable=True),
)

STATEMENT_DOCUMENTS = TableSpec(
    name="statement_documents",
    zone=Zone.INDIVIDUAL,
    classes=_BY_SOURCE,
    key=("statement_id", "ordinal"),
    meaning="Documents of a statement (the same on all its legs).",
    columns=(
        Column("statement_id", "the statement"),
        Column("ordinal", "place in the statement, from 0", INT32),
        *_DOCUMENT_FACTS,
        Column("state_as_sent", "code of the issuing state as sent, where it is unknown", nullable=True),
    ),
    version="1.1",
)

BOOKINGS = TableSpec(
    name="bookings",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.PNR,),
    key=("message_id", "locator", "flight_id"),
    meaning="Bookings (PNR) as a message states them, only elements that the profile permits.",
    columns=(
        Column("message_id", "the message"),
        Column("locator", "booking locator"),
        Column("flight_id", "the leg that the message is about"),
        Column("booked_local", "date of the booking", LOCAL, nullable=True),
        Column("agency", "agency that made it", nullable=True),
        Column("party_size", "travellers in it", INT32, nullable=True),
        Column("elements", "permitted elements by their annex I name", pa.map_(pa.string(), pa.string())),
    ),
)

FLIGHTS = TableSpec(
    name="flights",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.RECORD,),
    key=("flight_id",),
    meaning="Legs in scope of the night, as settled from all statements held.",
    columns=(
        Column("flight_id", _FLIGHT_ID),
        Column("carrier", "operating carrier", nullable=True),
        Column("number", "flight number, or registration", nullable=True),
        Column("marketing", "codeshare designators", STRINGS),
        Column("origin", "place of departure", nullable=True, unit="IATA, else as sent"),
        Column("destination", "place of arrival", nullable=True, unit="IATA, else as sent"),
        Column("departure_local", "departure, local", LOCAL, nullable=True),
        Column("arrival_local", "arrival, local", LOCAL, nullable=True),
        Column("origin_zone", "time zone of the origin", nullable=True, unit="IANA"),
        Column("destination_zone", "time zone of the destination", nullable=True, unit="IANA"),
        Column(
            "service_date",
            "local date of departure, else of arrival; null where unknown",
            DATE,
            nullable=True,
        ),
        Column("api_status", "how much of its API is there", values=Completeness),
        Column("pnr_status", "how much of its PNR is there", values=Completeness),
        Column("stated", "travellers that the API states", INT32, nullable=True),
        Column("travellers", "travellers settled on it, whatever their standing", INT32),
        Column("findings", "deviations of the leg", FINDINGS_TYPE),
        Column("unconfirmed", "of them: named before, and not by something later", INT32, nullable=True),
        Column("withdrawn", "of them: taken off by an explicit word", INT32, nullable=True),
        Column("counted", "of them: part of the estimate of who flew", INT32, nullable=True),
        Column("provisional", _PROVISIONAL, BOOL, nullable=True),
    ),
    version="1.1",
)

TRAVELLERS = TableSpec(
    name="travellers",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.SETTLED,),
    key=("flight_id", "traveller_id"),
    meaning="Everybody ever named on each leg in scope, API and PNR joined; one row a traveller and leg.",
    columns=(
        Column("traveller_id", "keyed pseudonym that stays while messages add up"),
        Column("flight_id", "the leg"),
        Column("statement_ids", "statements that it was settled from, current ones first", STRINGS),
        Column("current", "how many of statement_ids are current", INT32),
        Column("sources", "api, pnr or both", STRINGS, values=Source),
        Column("join_basis", "by what API and PNR were joined", nullable=True, values=JoinBasis),
        Column("person_key", "keyed pseudonym of document, else of name and birth date"),
        *_TRAVELLER_FACTS,
        Column("on_board", "flew, by close-out or last full API; null where unknown", BOOL, nullable=True),
        Column(
            "other_names", "further names of their statements, SURNAME/GIVEN NAMES", STRINGS, nullable=True
        ),
        Column("standing", "still meant to be on the leg?", nullable=True, values=Standing),
        Column("standing_reason", "why not confirmed", nullable=True, values=StandingReason),
        Column(
            "counted",
            "part of the estimate of who flew (traffic); says nothing of who is screened",
            BOOL,
            nullable=True,
        ),
        Column("last_named_by", "last message that names them otherwise than to withdraw", nullable=True),
        Column("last_named_local", "UNB time of that message as sent, without zone", LOCAL, nullable=True),
        *_OTHER_FACTS,
    ),
    version="1.1",
)

DOCUMENTS = TableSpec(
    name="documents",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.SETTLED,),
    key=("traveller_id", "ordinal"),
    meaning="Documents of settled travellers, doubles removed.",
    columns=(
        Column("traveller_id", "the traveller"),
        Column("ordinal", "place, from 0", INT32),
        *_DOCUMENT_FACTS,
    ),
)

OF_INPUT = "input:"
"""What the `flight_id` of an input that names no leg begins with in OUTCOMES."""

OUTCOMES = TableSpec(
    name="outcomes",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.RECORD,),
    key=("flight_id",),
    meaning="What became of each leg of the night.",
    columns=(
        Column("flight_id", "the leg; or an interchange that names none, as input:ID"),
        Column("outcome", "outcome", values=Outcome),
        Column("reason_code", "finding or error code", nullable=True),
        Column("reason", "one sentence, without personal data", nullable=True),
        Column("mend", "command that mends it", nullable=True),
        Column("frozen", "hash of everything that decided this leg's rows"),
        Column("travellers", "travellers screened", INT32),
        Column("quarantined", "people not screened; null where not known", INT32, nullable=True),
        Column("hits", "hits raised", INT32),
        Column("unconfirmed", "travellers named before, and not by something later", INT32, nullable=True),
        Column("withdrawn", "travellers taken off by an explicit word", INT32, nullable=True),
        Column("flight", "designator, as far as known; null where none can be read", nullable=True),
    ),
    version="1.1",
)

QUARANTINE = TableSpec(
    name="quarantine",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.API, RetentionClass.PNR, RetentionClass.UNREAD),
    key=("quarantine_id",),
    meaning="What was set aside: the smallest bad unit, its place and why.",
    columns=(
        Column("quarantine_id", "input_id:offset, with :traveller ordinal for a traveller"),
        Column("input_id", "the input"),
        Column("unit", "what was set aside", values=QuarantineUnit),
        Column("flight_id", "leg, where it could be read", nullable=True),
        Column("message_id", "message, where there is one", nullable=True),
        Column("offset", "first byte", INT64, unit="bytes"),
        Column("length", "number of bytes", INT64, unit="bytes"),
        Column("class", "retention class of these bytes", values=RetentionClass),
        Column("codes", "findings that set it aside", STRINGS),
        Column("reason", "one sentence, without personal data"),
        Column("people", "people in it whom nobody compared; null where not known", INT32, nullable=True),
        Column("counted", "how their number is known; null before 1.1", nullable=True, values=Counted),
        Column("flight", "designator that stands in it, as far as known", nullable=True),
    ),
    version="1.1",
)

QUARANTINE_ACTS = TableSpec(
    name="quarantine_acts",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.RECORD,),
    key=("quarantine_id", "at_utc"),
    meaning="What people did with quarantine entries; the entries themselves never change.",
    columns=(
        Column("quarantine_id", "the entry"),
        Column("act", "replay or release", values=QuarantineAct),
        Column("actor", "who"),
        Column("at_utc", "when", UTC),
        Column("reason", "why", nullable=True),
        Column("night", "night that the bytes are replayed into", DATE, nullable=True),
        Column("input_id", "sha256 of the bytes replayed", nullable=True),
        Column("name", "name of the replayed input in its night; null: the entry's own input", nullable=True),
        Column("bytes", "size of the bytes replayed", INT64, nullable=True, unit="bytes"),
        Column("second", "second person of a release, where people may be inside", nullable=True),
    ),
    version="1.2",
)

_COUNTED_BY = tuple(column.name for column in (*dimensions.DIMENSIONS, dimensions.PARTY_SIZE))

COUNTS = TableSpec(
    name="counts",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.SETTLED,),
    key=("definition", "flight_id", *_COUNTED_BY, "party"),
    meaning="Travellers by leg and all dimensions, of which traffic tables are sums; small cells are people.",
    columns=(
        Column("definition", "`each`; tables of an earlier version hold one definition after another"),
        Column("flight_id", "the leg"),
        Column("service_date", "local date of departure", DATE),
        *dimensions.DIMENSIONS,
        Column("count", "travellers", INT64),
        dimensions.PARTY_SIZE,
        Column(
            "party",
            "who travels together: hash of carrier and locator, or the crew of the leg; null where not known",
            nullable=True,
        ),
    ),
    version="1.2",
)

TRAFFIC_CELLS = TableSpec(
    name="traffic_cells",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.SETTLED,),
    key=("definition", "period", *dimensions.NAMES),
    meaning="Exact figures behind the published tables; a correction is compared with them.",
    columns=(
        Column("definition", "aggregate definition, or `timetable` (legs; never published)"),
        Column("period", "service date", unit="YYYY-MM-DD"),
        *dimensions.DIMENSIONS,
        *dimensions.LATER,
        Column("count", "travellers", INT64),
    ),
)

NIGHT_HEALTH = TableSpec(
    name="night_health",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.AGGREGATE,),
    key=("night", "measure"),
    meaning="Exact figures of the night as a whole, for operators and auditors: hits are few, and people. "
    "Gates compare with those of the nights before. An earlier version kept them in the aggregate zone.",
    columns=(
        Column("night", "night", DATE),
        Column("measure", "measure"),
        Column("value", "value", FLOAT),
        Column("unit", "unit of the value"),
    ),
    version="1.1",
)

OUTSIDE_MANDATE = TableSpec(
    name="outside_mandate",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.RECORD,),
    key=("message_id", "flight_id", "reason"),
    meaning="What the profile did not let be processed: counted, nothing of a person stored.",
    columns=(
        Column("message_id", "input_id:offset of the message"),
        Column("flight_id", "the leg; `unknown` where the message names none"),
        Column("reason", "why", values=OutsideReason),
        Column("input_id", "the input that holds it"),
        Column("source", "API or PNR", values=Source),
        Column("decision", "decision that selected the leg, before or after its dates", nullable=True),
        Column("travellers", "travellers named on it who are not stored", INT32),
        Column("whole", "true where nothing of the message is stored", BOOL),
    ),
)

LEDGER = TableSpec(
    name="ledger",
    zone=Zone.INDIVIDUAL,
    classes=(RetentionClass.RECORD,),
    key=("stage", "unit", "of", "as"),
    meaning="What went in and out of each stage; it must add up or nothing is published.",
    columns=(
        Column("stage", "stage of the pipeline"),
        Column("unit", "input_id, flight_id or `night`"),
        Column("of", "what is counted", values=LedgerUnit),
        Column("as", "where it went: passed, quarantined, duplicate, superseded, withdrawn, merged …"),
        Column("received", "went in (stands on the line `passed` only)", INT64),
        Column("passed", "went on", INT64),
        Column("set_aside", "did not go on", INT64),
    ),
)

TABLES = (
    MESSAGES,
    MESSAGE_LEGS,
    STATEMENTS,
    STATEMENT_DOCUMENTS,
    BOOKINGS,
    FLIGHTS,
    TRAVELLERS,
    DOCUMENTS,
    OUTCOMES,
    QUARANTINE,
    QUARANTINE_ACTS,
    COUNTS,
    OUTSIDE_MANDATE,
    NIGHT_HEALTH,
    TRAFFIC_CELLS,
    LEDGER,
)
