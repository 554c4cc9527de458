"""Findings of the readers: every known deviation of a message, how bad it is and what was done.

Levels: a repair that loses nothing is info, one that a person may want to know of is a warning, what sets
something aside is an error. The names are those of docs/messages.md.
"""

from screening.tables.codes import Effect, Level
from screening.tables.findings import Finding, FindingKind

_CARRIER = "Tell the carrier; nothing is lost."
_LOOK = "Look at the bytes (screening explain FILE) and tell the carrier."
_REPLAY = "Look at the bytes (screening quarantine show), mend them and replay."


def _info(code: str, meaning: str, remedy: str = _CARRIER) -> FindingKind:
    return FindingKind(code, Level.INFO, Effect.REPAIRED, meaning, remedy)


def _warning(code: str, meaning: str, remedy: str = _LOOK) -> FindingKind:
    return FindingKind(code, Level.WARNING, Effect.REPAIRED, meaning, remedy)


def _error(code: str, effect: Effect, meaning: str, remedy: str = _REPLAY) -> FindingKind:
    return FindingKind(code, Level.ERROR, effect, meaning, remedy)


_FILES = (
    _error(
        "unpacked_too_large", Effect.BYTES, "A compressed file would unpack to more than the profile allows."
    ),
    _error("archive_unreadable", Effect.BYTES, "A compressed file or a member of it cannot be unpacked."),
    _error("archive_empty", Effect.BYTES, "A compressed file holds no member."),
    _error("archive_encrypted", Effect.BYTES, "A member of an archive is encrypted."),
    _error("too_many_members", Effect.BYTES, "An archive holds more members than the profile allows."),
    _error("file_too_large", Effect.BYTES, "The file is larger than the profile allows."),
    _error("file_empty", Effect.BYTES, "The file holds no bytes."),
    _error("unb_missing", Effect.INTERCHANGE, "No interchange begins in these bytes."),
    _error("interchange_without_message", Effect.INTERCHANGE, "The interchange holds no message."),
    _error("other_message_type", Effect.MESSAGE, "The message is neither PAXLST nor PNRGOV."),
    _error("unh_unreadable", Effect.MESSAGE, "UNH names no message type."),
    _error(
        "text_before_interchange",
        Effect.BYTES,
        "Bytes before the first interchange were set aside.",
        _CARRIER,
    ),
    _error("text_after_unz", Effect.BYTES, "Bytes after the interchange's end were set aside.", _CARRIER),
    _error("segment_outside_message", Effect.BYTES, "A segment between messages was set aside."),
)

_ENVELOPE = (
    _info("una_missing", "The interchange has no service string advice; its separators were read off UNB."),
    _info("white_space_before_una", "White space stands before UNA."),
    _warning("una_too_short", "UNA names fewer than six characters; separators were read off the bytes."),
    _warning("una_terminator_not_used", "UNA announces a separator that the bytes do not use."),
    _warning(
        "una_other_characters", "UNA announces other separators than usual; they were used where they fit."
    ),
    _warning(
        "unb_separators_differ",
        "UNB uses other separators than the segments after it; theirs were used.",
    ),
    _warning("tag_mended", "The tag of a traveller's segment has a wrong sign; the traveller was read."),
    _info("tag_lower_case", "Tags of segments stand in lower case; they are read all the same."),
    _info("space_after_tag", "A blank stands between a segment's tag and its first separator."),
    _warning(
        "unb_damaged",
        "The interchange's UNB is missing or damaged; its messages were read, without sender and time.",
    ),
    _warning(
        "unh_damaged", "A message's UNH is missing or damaged; its type was told by the people it names."
    ),
    _info("unb_date_unreadable", "The date of the interchange cannot be read."),
    _info("unt_count_differs", "UNT states another number of segments than were read."),
    _info("unt_reference_differs", "UNT repeats another reference than UNH."),
    _info("unt_reference_missing", "UNT repeats no reference."),
    _warning("unt_missing", "The message has no UNT: it may lack travellers."),
    _info("unz_count_differs", "UNZ states another number of messages or groups than were read."),
    _info("unz_reference_differs", "UNZ repeats another reference than UNB."),
    _info("unz_reference_missing", "UNZ repeats no reference."),
    _warning("unz_missing", "The interchange has no UNZ: messages may be missing."),
    _info("une_without_ung", "UNE closes a group that no UNG opened."),
    _info("une_missing", "UNG opens a group that no UNE closes."),
    _info("une_reference_differs", "UNE repeats another reference than UNG."),
    _info("une_count_differs", "UNE states another number of messages than were read."),
    _warning("message_after_unz", "A message stands after the interchange's end; it was read."),
    _warning("last_segment_unterminated", "The last segment has no terminator."),
    _warning("terminator_lost", "A segment was glued to the one before; they were parted."),
    _warning("line_break_in_value", "Line breaks inside values were dropped."),
    _warning("undecodable_byte", "A byte fits no character set; it stands as U+FFFD."),
    _warning("control_character", "A control character (80 to 9F) stands in the text; it was kept."),
    _warning(
        "code_page_used",
        "The named character set cannot be right; another one explains every letter and was used.",
    ),
    _info("charset_label_differs", "The text is UTF-8 although the syntax identifier names another set."),
    _warning(
        "repetition_not_read",
        "Elements are repeated (syntax version 4); each was read of facts of travellers, else the first.",
    ),
    _warning("dangling_release", "A release character before a segment's end was kept as text."),
    _warning("unknown_segment", "A segment that the message type does not know was passed over."),
    _warning("sequence_without_last_part", "A manifest in parts has no last part in this file."),
    _info("unh_version_unknown", "The message's version has no table of its own; the nearest was used."),
)

_PAXLST = (
    _error(
        "no_leg_with_date",
        Effect.MESSAGE,
        "No leg can be read of the message, and it names no traveller: nobody stands on it.",
    ),
    _warning(
        "leg_incomplete",
        "Flight, date or places cannot be read: the travellers stand on a provisional leg and were screened.",
        "Ask the carrier to send it again with what is missing; its travellers then move to that leg.",
    ),
    _warning("leg_by_arrival", "A leg has no date of departure; it is called by its date of arrival."),
    FindingKind(
        "designator_by_profile",
        Level.INFO,
        Effect.NONE,
        "The leg is called by the designator that the profile names for it.",
        "Nothing to do: the profile's section intake decides.",
    ),
    _info(
        "leg_time_not_scheduled",
        "A leg states no scheduled departure; the estimated or actual one was used.",
    ),
    _info("leg_date_out_of_place", "A date of the leg stands elsewhere than behind its place; it was used."),
    _warning(
        "leg_date_against_format",
        "A date of the leg is not written as its format code says; it was read by its figures.",
    ),
    _info("leg_time_with_zone", "A time of the leg names a zone; it was kept as sent, as the place's own."),
    _warning("leg_date_qualifier_unknown", "A date of the flight has a qualifier that no time of a leg has."),
    _warning("leg_airport_unknown", "The code of a place is no airport's; it was kept as sent."),
    _warning("tdt_missing", "Places of a leg stand without TDT; the leg is known by them alone."),
    _warning("carrier_unreadable", "The code of the carrier cannot be read."),
    _info("flight_is_a_registration", "The leg is named by the registration of its craft."),
    _warning(
        "flight_without_airline", "The leg is named by a call sign or craft of no airline; kept as sent."
    ),
    _warning("flight_without_carrier", "TDT gives a number and nobody whose number it is."),
    _warning(
        "flight_number_repaired", "The flight number holds signs or a second number; the first was read."
    ),
    _warning(
        "leg_without_date", "A further leg has no date of departure; its travellers stand on the dated legs."
    ),
    _warning("leg_airport_missing", "A leg lacks an airport."),
    _warning("hour_above_23", "A time of a leg does not exist; its date was kept with 00:00."),
    _warning("leg_date_impossible", "A date or time of a leg does not exist."),
    _warning(
        "arrival_before_departure", "A leg arrives before it departs by more than a date line explains."
    ),
    _warning("legs_far_apart", "Legs of one message lie more than a month apart."),
    _info("tdt_without_carrier", "TDT names no carrier; it was read off the flight number."),
    _warning("carrier_differs_from_flight_number", "TDT's carrier and the prefix of the number differ."),
    _warning("flight_number_unreadable", "TDT's flight number cannot be read."),
    _warning("bgm_code_unknown", "BGM's code is unknown; the message was read as a passenger list."),
    _warning("bgm_missing", "The message has no BGM; it was read as a passenger list."),
    _warning("segment_out_of_place", "A segment stands where the message type has no place for it."),
    _warning(
        "cnt_differs", "CNT states another number of travellers than were read: the manifest is incomplete."
    ),
    _warning("cnt_unreadable", "CNT states no number."),
    _warning("lower_case", "Names stand in lower case."),
    _warning("role_unknown", "NAD's qualifier of a traveller is unknown; taken for a passenger."),
    _warning("birth_date_missing", "The traveller has no date of birth."),
    _warning("birth_date_impossible", "The date of birth does not exist; kept as sent."),
    _info("birth_date_partial", "Day or month of birth is not stated; what is known of it is compared."),
    _info(
        "birth_date_against_format",
        "The date of birth fits no format code, or not the one beside it; it was read by its shape.",
    ),
    _warning(
        "fact_repeated_differs",
        "A fact of the traveller is stated twice, differently; both values are compared.",
    ),
    _info("qualifier_unknown", "A qualifier is in no code list that is read; its value was not taken."),
    _warning("space_in_date", "A date holds blanks."),
    _warning("sex_unknown", "The code of sex is unknown."),
    _warning("nationality_unknown", "The code of nationality is unknown."),
    _info(
        "nationality_not_current",
        "Only a nationality at birth or a previous one is stated; it stands for the current one.",
    ),
    _warning("document_without_type", "A document has no type."),
    _info("document_type_unknown", "The code of a document's type is unknown; kept as another document."),
    _warning("document_without_state", "A document has no issuing state."),
    _warning("document_state_unknown", "The code of an issuing state is unknown."),
    _warning("document_without_number", "A document has no number and is not kept."),
    _warning("document_number_shared", "Several travellers of the message carry the same document."),
    _warning("expiry_impossible", "A date of expiry does not exist."),
    _info("placeholder_name", "The name stands in for one that is not known yet."),
    _warning("surname_missing", "The traveller has given names only."),
    _error("traveller_without_name", Effect.TRAVELLER, "The traveller has no name at all."),
    _error("traveller_cut_off", Effect.TRAVELLER, "The input ends inside the traveller."),
    _info(
        "pdt_components_missing", "Components of PDT are missing; what stands there was read by its shape."
    ),
    _warning("name_out_of_place", "The name stands in another element than the one for names."),
    _warning("journey_off_the_legs", "None of the traveller's legs has a date; taken to fly all dated legs."),
)

_PNRGOV: tuple[FindingKind, ...] = (
    _warning("msg_missing", "The message does not say whether it is full or an update; taken for full."),
    _warning("msg_code_unknown", "MSG names a function other than 22 and 141; taken for full."),
    _warning("org_missing", "The message does not name its originator."),
    _info("eqn_differs", "EQN states another number of bookings than were read."),
    _info(
        "tvl_arrival_time_in_date_place",
        "TVL has the time of arrival in the date's place; no arrival is kept.",
    ),
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
        "A booking says that its segment on the reported flight is cancelled: it withdraws its travellers.",
        "Nothing to do: they stand on the leg as withdrawn, unless the API or another booking names them.",
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

_MANDATE = (
    FindingKind(
        "mandate_not_known",
        Level.INFO,
        Effect.NONE,
        "Whether the mandate covers a leg cannot be told from the message; it was processed.",
        "Nothing to do, or tell the carrier what of the flight is missing.",
    ),
    FindingKind(
        "selection_review_due",
        Level.WARNING,
        Effect.NONE,
        "The decision that selects the leg should have been looked at again before it departs.",
        "Let who decided review it, then enter the new dates in the profile (intake.flights.selected).",
    ),
)

_RIGHTS = (
    FindingKind(
        "value_corrected",
        Level.INFO,
        Effect.NONE,
        "A value was corrected on a person's request; the bytes, and what is kept as sent, stay as received.",
        "Nothing to do: `screening subject correct` recorded who, when and why.",
    ),
)

KINDS: tuple[FindingKind, ...] = (*_FILES, *_ENVELOPE, *_PAXLST, *_PNRGOV, *_MANDATE, *_RIGHTS)
_BY_CODE = {kind.code: kind for kind in KINDS}

INCOMPLETE = frozenset({"cnt_differs", "unt_missing", "sequence_without_last_part", "traveller_cut_off"})


def finding(code: str, offset: int, segment: int | None = None, text: str | None = None) -> Finding:
    """Make a finding of a declared kind; without a text of its own it says what the kind means."""
    kind = _BY_CODE[code]
    return Finding(code, kind.level, offset, segment, text or kind.meaning)


def repeated(fact: str) -> str:
    """Return the text of `fact_repeated_differs`, which names the fact and never a value."""
    return f"{kind_of('fact_repeated_differs').meaning} Fact: {fact}."


def kind_of(code: str) -> FindingKind:
    """Return the declaration of a code."""
    return _BY_CODE[code]
