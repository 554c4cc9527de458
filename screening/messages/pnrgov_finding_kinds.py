"""Findings of the PNRGOV reader (docs/messages.md, deviations); shared codes stand in `findings`."""

from screening.tables.codes import Effect, Level
from screening.tables.findings import FindingKind

_CARRIER = "Tell the carrier; nothing is lost."
_LOOK = "Look at the bytes (screening explain FILE) and tell the carrier."
_REPLAY = "Look at the bytes (screening quarantine show), mend them and replay."


def _info(code: str, meaning: str, remedy: str = _CARRIER) -> FindingKind:
    return FindingKind(code, Level.INFO, Effect.REPAIRED, meaning, remedy)


def _warning(code: str, meaning: str, remedy: str = _LOOK) -> FindingKind:
    return FindingKind(code, Level.WARNING, Effect.REPAIRED, meaning, remedy)


KINDS: tuple[FindingKind, ...] = (
    _warning("msg_missing", "The message does not say whether it is full or an update; taken for full."),
    _warning("msg_code_unknown", "MSG names a function other than 22 and 141; taken for full."),
    _warning("org_missing", "The message does not name its originator."),
    _info("eqn_differs", "EQN states another number of bookings than were read."),
    _info(
        "tvl_arrival_time_in_date_place",
        "TVL has the time of arrival in the date's place; no arrival is kept.",
    ),
    _warning("hour_above_23", "A time of day does not exist; the leg keeps its date at 00:00."),
    _info(
        "flight_sold_under_other_designator", "The header names a codeshare; the operating flight is known."
    ),
    _warning(
        "terminator_typographic_or_lost",
        "A typographic apostrophe ended a segment; what it glued was parted.",
    ),
    _warning("src_missing", "Data of a booking stand before any SRC; a booking was opened for them."),
    _warning("pnr_without_traveller", "A booking names no traveller."),
    _warning("pnr_without_locator", "A booking has no locator."),
    _info(
        "booking_cancelled", "An update sends a booking without content: it is cancelled or left the flight."
    ),
    FindingKind(
        "reported_flight_cancelled",
        Level.INFO,
        Effect.NONE,
        "A booking says that its segment on the reported flight is cancelled; its travellers are kept.",
        "Nothing to do: API tells who is on board.",
    ),
    _info("group_name_tif", "A TIF names a group, which is no traveller."),
    _info("title_glued", "A title stands in the given names; it was parted from them, the raw form is kept."),
    _warning("name_varies_within_pnr", "One traveller reference carries several spellings of a name."),
    _warning("traveller_reference_reused", "One reference carries names of two people; both are kept."),
    _warning(
        "traveller_only_at_check_in",
        "A traveller stands in the check-in part only; kept as one of the booking.",
    ),
    _info("infant_without_tif", "An infant stands in SSR INFT or DOCS only; kept as a traveller of its own."),
    _warning(
        "infant_not_named", "An adult travels with an infant whom nothing names: it cannot be screened."
    ),
    _info("docs_without_number", "A DOCS holds no document number; birth date and sex are kept."),
    _info("docs_shifted", "The parts of a DOCS stand one place off; they were read by the date of birth."),
    _warning("docs_unreadable", "The text of a DOCS, DOCO or INFT cannot be read."),
    _warning(
        "docs_reference_names_other_traveller", "A DOCS names its holder but refers to another traveller."
    ),
    _warning("docs_without_traveller", "A DOCS names somebody without TIF; kept as a traveller of its own."),
    _warning(
        "docs_holder_uncertain", "A DOCS fits several travellers alike; it was given to the first of them."
    ),
    _warning("docs_differ", "Two DOCS of one traveller state different birth dates, sexes or nationalities."),
    _warning("document_name_differs", "The name in a document is not the booked one; both are screened."),
    FindingKind(
        "docs_of_nobody",
        Level.ERROR,
        Effect.TRAVELLER,
        "A DOCS has neither a name nor a traveller to whom it could belong.",
        _REPLAY,
    ),
    FindingKind(
        "sensitive_text_dropped",
        Level.INFO,
        Effect.NONE,
        "Texts that the profile calls sensitive were not kept and are blanked in landing.",
        "Nothing to do: the profile's section intake decides.",
    ),
)
