"""Closed sets: every word that may stand in a coded column, declared once.

Columns hold the plain string (equal values in another dictionary order would write other bytes);
`TableSpec.conform` refuses a word outside its set.
"""

from enum import StrEnum


class Zone(StrEnum):
    """Where a table lies and thereby who may open it (docs/architecture.md)."""

    LANDING = "landing"
    INDIVIDUAL = "individual"
    ANALYST = "analyst"
    ALERTS = "alerts"
    AGGREGATE = "aggregate"
    AUDIT = "audit"
    WORK = "work"


class RetentionClass(StrEnum):
    """One term for each stored file; the profile says how long each class lives."""

    API = "api"
    PNR = "pnr"
    SETTLED = "settled"  # made from API and PNR: lives as long as the shorter, then is settled anew
    UNREAD = "unread"  # bytes that no reader understood: the shortest term of all sources
    HIT = "hit"
    LIST = "list"
    MODEL = "model"  # counts of earlier traffic, of nobody's own name: what a matching model knows of it
    AGGREGATE = "aggregate"
    AUDIT = "audit"
    RECORD = "record"  # outcomes, ledger, inputs: no person in them
    WORK = "work"  # gone when the run has published


class CountKind(StrEnum):
    """What a row of `traffic_counts` counts."""

    TRAVELLERS = "travellers"
    TOKENS = "tokens"  # all tokens of these travellers' names, each once a traveller
    TOKEN = "token"  # noqa: S105  (a part of a name, no password)


class Level(StrEnum):
    """How much a finding matters to the person who reads it."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Effect(StrEnum):
    """What a finding does: nothing is lost silently, so each names what was set aside."""

    REPAIRED = "repaired"
    TRAVELLER = "traveller"
    MESSAGE = "message"
    INTERCHANGE = "interchange"
    BYTES = "bytes"
    NONE = "none"


class Source(StrEnum):
    """Which of the two sources said it."""

    API = "api"
    PNR = "pnr"


class Direction(StrEnum):
    """Of a leg, as seen from the agency's State."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTRA_REGION = "intra_region"  # between the State and another of its region
    DOMESTIC = "domestic"
    ELSEWHERE = "elsewhere"  # neither end lies in the State


class Use(StrEnum):
    """What individuals' data are used for; a profile says which uses serve a purpose of its law."""

    SCREENING = "screening"  # nights received, compared, screened again
    REVIEW = "review"  # hits seen and decided, reports, sheets, statements
    ENQUIRY = "enquiry"  # one person or pair looked up, for a reason
    MENDING = "mending"  # messages read and explained, set-aside input replayed
    LISTS = "lists"  # alerts checked, compared, written, exported
    EXCHANGE = "exchange"  # with partners
    UNMASKING = "unmasking"
    STATISTICS = "statistics"
    RIGHTS = "rights"  # of persons: found, told, corrected, erased, held


class Handling(StrEnum):
    """Which legs of a direction may be processed."""

    ALL = "all"
    SELECTED = "selected"  # those that a decision in force selects
    NONE = "none"


class OutsideReason(StrEnum):
    """Why something is outside the mandate."""

    DIRECTION = "direction"  # the profile leaves legs of this direction out
    NOT_SELECTED = "not_selected"  # no decision selects it
    SELECTION_ENDED = "selection_ended"  # a decision would, but for its dates
    SOURCE = "source"  # the profile leaves messages of this kind out
    CREW = "crew"  # the profile leaves crew out
    NOT_KEPT = "not_kept"  # its text was not kept under the profile of its first night


class PnrElement(StrEnum):
    """Elements of annex I of Directive (EU) 2016/681, in its order."""

    LOCATOR = "locator"
    BOOKED = "booked"
    TRAVEL_DATES = "travel_dates"
    NAMES = "names"
    CONTACT = "contact"
    PAYMENT = "payment"
    ITINERARY = "itinerary"
    FREQUENT_FLYER = "frequent_flyer"
    AGENCY = "agency"
    STATUS = "status"
    SPLIT = "split"
    REMARKS = "remarks"
    TICKET = "ticket"
    SEAT = "seat"
    CODESHARE = "codeshare"
    BAGGAGE = "baggage"
    FELLOW_TRAVELLERS = "fellow_travellers"
    API = "api"
    CHANGES = "changes"


class ApiElement(StrEnum):
    """Elements of advance passenger information, and the persons beside passengers."""

    NAMES = "names"
    DATE_OF_BIRTH = "date_of_birth"
    SEX = "sex"
    NATIONALITY = "nationality"
    RESIDENCE = "residence"
    DOCUMENT = "document"
    LOCATOR = "locator"
    SEAT = "seat"
    BAGGAGE = "baggage"
    CREW = "crew"


class MessageType(StrEnum):
    """UN/EDIFACT message types that are read."""

    PAXLST = "PAXLST"
    PNRGOV = "PNRGOV"


class MessageStatus(StrEnum):
    """What became of a message."""

    OK = "ok"
    REPAIRED = "repaired"
    QUARANTINED = "quarantined"


class Function(StrEnum):
    """What a message is about (PAXLST BGM 1001; PNRGOV is always passengers)."""

    PASSENGERS = "passengers"
    CREW = "crew"
    MASTER_CREW_LIST = "master_crew_list"
    FLIGHT_STATUS = "flight_status"
    GATE_PASS = "gate_pass"  # noqa: S105  (a message about airport passes, no password)


class Action(StrEnum):
    """What a message does to what was said before (BGM second and third element; MSG 22 or 141)."""

    FULL = "full"
    UPDATE = "update"  # adds to or changes the named travellers or bookings only
    CANCEL = "cancel"  # the named travellers, or the whole message it refers to, are withdrawn
    CLOSE = "close"
    CLOSE_ON_BOARD = "close_on_board"  # the named travellers flew
    CLOSE_NOT_BOARDED = "close_not_boarded"  # the named travellers did not
    CANCEL_FLIGHT = "cancel_flight"
    CHANGE_FLIGHT = "change_flight"


class Role(StrEnum):
    """Why a traveller is on the leg."""

    PASSENGER = "passenger"
    CREW = "crew"
    TRANSIT_PASSENGER = "transit_passenger"
    TRANSIT_CREW = "transit_crew"
    INFANT = "infant"


class Says(StrEnum):
    """What a statement claims about the traveller on the leg."""

    PRESENT = "present"
    WITHDRAWN = "withdrawn"


class Meant(StrEnum):
    """How a carrier means a whole manifest that follows another (profile: manifests.carriers)."""

    REPLACE = "replace"  # it states everybody again
    ADD = "add"  # it adds to those before


class Standing(StrEnum):
    """Whether a traveller is still meant to be on a leg, by what its messages say."""

    CONFIRMED = "confirmed"  # the newest word of a source names them
    UNCONFIRMED = "unconfirmed"  # named before, and not by something later that could have named them
    WITHDRAWN = "withdrawn"  # taken off by an explicit word


class StandingReason(StrEnum):
    """Why a traveller's standing is not `confirmed`."""

    NOT_NAMED_AGAIN = "not_named_again"  # a later manifest or booking leaves them out
    NOT_IN_CLOSE_OUT = "not_in_close_out"  # the close-out lists who is on board, and not them
    CANCELLED = "cancelled"  # a cancellation (XR, RP, CNL) names them or their transaction
    CANCELLED_BOOKING = "cancelled_booking"  # an update sends their booking without content
    CANCELLED_SEGMENT = "cancelled_segment"  # their booking says that this flight of it is cancelled
    FLIGHT_CANCELLED = "flight_cancelled"  # the carrier cancelled the whole flight (XF)
    NOT_BOARDED = "not_boarded"  # the close-out names them as not boarded


class Sex(StrEnum):
    """Sex as travel documents give it (ICAO Doc 9303: M, F, < written as X)."""

    MALE = "M"
    FEMALE = "F"
    UNSPECIFIED = "X"


class DocumentType(StrEnum):
    """Kinds of travel document; P, V, I … as sent stand in `type_as_sent`."""

    PASSPORT = "passport"
    VISA = "visa"
    NATIONAL_ID = "national_id"
    RESIDENCE = "residence"
    CREW = "crew"
    MILITARY = "military"
    TRAVEL_DOCUMENT = "travel_document"
    OTHER = "other"


class CheckDigit(StrEnum):
    """Whether a document number came with an ICAO 9303 check digit and whether it fits."""

    NONE = "none"
    RIGHT = "right"
    WRONG = "wrong"


class Completeness(StrEnum):
    """How much of a leg's API or PNR is there."""

    FINAL = "final"
    INCOMPLETE = "incomplete"
    MISSING = "missing"


class JoinBasis(StrEnum):
    """By what an API statement and a PNR statement were taken for one traveller (strongest first)."""

    LOCATOR_AND_NAME = "locator_and_name"
    TRAVELLER_REFERENCE = "traveller_reference"
    DOCUMENT = "document"
    NAME_AND_BIRTH_DATE = "name_and_birth_date"
    NAME_AND_SEAT = "name_and_seat"


class Outcome(StrEnum):
    """What became of a leg in a night."""

    SCREENED = "screened"
    SCREENED_WITH_FINDINGS = "screened_with_findings"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    OUTSIDE_MANDATE = "outside_mandate"  # the profile does not let it be processed: counted, not stored
    EXPECTED = "expected"


class QuarantineUnit(StrEnum):
    """The smallest unit that could not be used."""

    TRAVELLER = "traveller"
    MESSAGE = "message"
    INTERCHANGE = "interchange"
    BYTES = "bytes"
    FILE = "file"


class Counted(StrEnum):
    """How the people in what was set aside are known."""

    COUNTED = "counted"  # in the bytes
    STATED = "stated"  # by the sender's own count
    NOBODY = "nobody"  # the bytes hold no person
    UNKNOWN = "unknown"


class InputKind(StrEnum):
    """What kind of file arrived."""

    EDIFACT = "edifact"
    GZIP = "gzip"
    ZIP = "zip"
    OTHER = "other"


class InputStatus(StrEnum):
    """What became of an input as a whole."""

    READ = "read"
    READ_IN_PART = "read_in_part"
    QUARANTINED = "quarantined"
    UNPACKED = "unpacked"  # a container; its members are inputs of their own
    DUPLICATE = "duplicate"  # the same bytes under another name
    REFUSED = "refused"  # an entry of the inbox that cannot be taken in: there are no bytes of it


class Category(StrEnum):
    """What an alert asks for (docs/architecture.md, alerts)."""

    REFUSE_ENTRY = "refuse_entry"
    WANTED = "wanted"
    INFORM = "inform"
    DISCREET_CHECK = "discreet_check"
    INQUIRY = "inquiry"
    MISSING_PERSON = "missing_person"
    VULNERABLE_PERSON = "vulnerable_person"
    DOCUMENT = "document"
    REDRESS = "redress"


class Tier(StrEnum):
    """How much of an alert a partner gets."""

    FULL = "full"
    IDENTITY_ONLY = "identity_only"  # who is sought and what is asked; not why, by whom, on what basis
    HIT_NO_HIT = "hit_no_hit"  # nothing leaves but an answer to a question


class AlertStatus(StrEnum):
    """Where an alert stands in its life."""

    ACTIVE = "active"
    HELD = "held"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class NameKind(StrEnum):
    """Kind of a listed name."""

    PRIMARY = "primary"
    ALIAS = "alias"
    FORMER = "former"
    WEAK = "weak"
    ORIGINAL_SCRIPT = "original_script"
    DERIVED = "derived"


class Precision(StrEnum):
    """How exactly a list knows a date."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CIRCA = "circa"
    RANGE = "range"


class ListedDocumentType(StrEnum):
    """Document types of alert lists."""

    PASSPORT = "passport"
    TRAVEL_DOCUMENT = "travel_document"
    NATIONAL_ID = "national_id"
    VISA = "visa"
    OTHER = "other"


class ListedDocumentStatus(StrEnum):
    """What a list says of a document."""

    VALID = "valid"
    EXPIRED = "expired"
    LOST = "lost"
    STOLEN = "stolen"
    REVOKED = "revoked"
    FALSE = "false"


class FactKind(StrEnum):
    """Single facts of an alert that are neither name, date nor document."""

    SEX = "sex"
    NATIONALITY = "nationality"
    BIRTH_PLACE = "birth_place"
    BIRTH_COUNTRY = "birth_country"


class Decision(StrEnum):
    """A person's disposition of a hit."""

    TRUE_MATCH = "true_match"
    FALSE_MATCH = "false_match"
    INCONCLUSIVE = "inconclusive"


class NearMiss(StrEnum):
    """How a hit nearly misses (screening.hits.near_miss): two different people often agree so."""

    OTHER_DAY = "other_day"  # same name and year of birth
    OTHER_GIVEN_NAMES = "other_given_names"  # same surname and date of birth


class PublishedStatus(StrEnum):
    """What became of a cell of a published table."""

    PUBLISHED = "published"
    WITHHELD = "withheld"
    ROUNDED = "rounded"
    FOLDED = "folded"


class TableState(StrEnum):
    """What became of a traffic table of a service date."""

    PUBLISHED = "published"  # every cell
    CELLS_WITHHELD = "cells_withheld"
    LEFT_OUT = "left_out"  # no pattern protects it beside the others: not even its cells are named
    TOO_FEW = "too_few"  # the grand total itself is below the threshold
    EARLIER_STANDS = "earlier_stands"  # a correction that cannot be shown: what was published stays


class LedgerUnit(StrEnum):
    """What a ledger line counts."""

    BYTES = "bytes"
    MESSAGES = "messages"
    TRAVELLERS = "travellers"
    ELEMENTS = "elements"


class QuarantineAct(StrEnum):
    """What a person did with a quarantine entry."""

    REPLAY = "replay"
    RELEASE = "release"


class MergeAct(StrEnum):
    """What a person does with two alerts that may be one person."""

    MERGE = "merge"
    KEEP_APART = "keep_apart"
    UNMERGE = "unmerge"


class KeyAct(StrEnum):
    """What a person did with keys of pseudonyms."""

    LINK = "link"
    RETIRE = "retire"


class EvidenceKind(StrEnum):
    """What a piece of evidence is about; weighed in matching/evidence/, names in matching/align.py."""

    PRIOR = "prior"
    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    SEX = "sex"
    NATIONALITY = "nationality"
    DOCUMENT = "document"


class TermKind(StrEnum):
    """Kinds of rows that have a term of their own (profile: retention.terms)."""

    API = "api"
    PNR = "pnr"
    HIT = "hit"  # hits, their evidence, what was decided on them


class TermOutcome(StrEnum):
    """What screening found of a traveller, as far as it decides how long their rows stay."""

    NONE = "none"  # no hit, or each was decided a false match
    HIT = "hit"  # a hit that is open or inconclusive
    CONFIRMED = "confirmed"  # a true match that stands


class Clock(StrEnum):
    """When a term begins."""

    RECEIPT = "receipt"  # the start of the interval of the night that received it
    LOAD = "load"  # the end of that interval: the run begins
    DEPARTURE = "departure"  # the leg's departure, but never before load; load where it is unknown


class MaskedElement(StrEnum):
    """Data elements that are masked after a time (Directive (EU) 2016/681 art. 12(2) and annex I)."""

    NAMES = "names"  # 4
    FELLOW_TRAVELLERS = "fellow_travellers"  # 17: names of others, and their number
    CONTACT = "contact"  # 5
    PAYMENT = "payment"  # 6
    REMARKS = "remarks"  # 12
    FREQUENT_FLYER = "frequent_flyer"  # 8
    API = "api"  # 18


class ReviewRole(StrEnum):
    """What a person is in the review of hits; a person may be several."""

    ANALYST = "analyst"  # decides, notes, hands over
    SUPERVISOR = "supervisor"  # the same, and undoes what others decided
    BORDER = "border"  # sees decided hits alone, tells back what became of them
    AUDITOR = "auditor"  # reads everything, does nothing
    STATISTICIAN = "statistician"  # sees no individual
    LIST_ADMINISTRATOR = "list_administrator"  # alert lists; sees no hit
