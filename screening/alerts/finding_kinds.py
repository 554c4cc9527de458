"""Codes of the findings of the alerts room; docs/findings.md is generated from `KINDS`.

A finding of a list names file, record and field, never the value: the value stays in the alert's provenance,
in the alerts zone, where it belongs.
"""

from screening.tables.codes import Effect, Level
from screening.tables.findings import FindingKind

KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        "list_encoding", Level.WARNING, Effect.REPAIRED,
        "The file is not UTF-8; it was read as Windows-1252 or UTF-16.",
        "Ask the publisher for UTF-8; compare names with accents by eye.",
    ),
    FindingKind(
        "list_characters_lost", Level.ERROR, Effect.NONE,
        "Bytes of the file stand for no character in its encoding; they were replaced by U+FFFD.",
        "Fetch the file again in binary mode.",
    ),
    FindingKind(
        "list_encoding_mixed", Level.ERROR, Effect.REPAIRED,
        "Some lines of the file are UTF-8 and others are not; each was read as what it is.",
        "Ask the publisher for one encoding; compare names with accents by eye.",
    ),
    FindingKind(
        "list_encoding_twice", Level.WARNING, Effect.REPAIRED,
        "The file was encoded as UTF-8 twice; the second encoding was undone.",
        "Report it to the publisher; what was lost on the way stands as U+FFFD.",
    ),
    FindingKind(
        "list_encoding_reread", Level.WARNING, Effect.REPAIRED,
        "Whoever converted the file read it in a wrong code page; it was read again as the mapping says.",
        "Report it to the publisher.",
    ),
    FindingKind(
        "list_encoding_other", Level.WARNING, Effect.NONE,
        "The file is sound UTF-8, not what `encoding` of the mapping says; it was read as UTF-8.",
        "Take `encoding` out of the mapping.",
    ),
    FindingKind(
        "list_characters_damaged", Level.ERROR, Effect.NONE,
        "A name shows the signs of a wrong code page.",
        "Look at the rows; put `encoding` (cp1250, mac_roman, utf-8 …) into the mapping and import again.",
    ),
    FindingKind(
        "list_encoding_likely", Level.WARNING, Effect.NONE,
        "Read in another code page, the damaged names would show no sign of damage.",
        "Look at a name in it; then put that `encoding` into the mapping and import again.",
    ),
    FindingKind(
        "list_name_unlike", Level.ERROR, Effect.NONE,
        "A name is no name of a person: a number, a date, an address, a word such as UNKNOWN.",
        "Check the row, and whether the mapping takes the right column for names.",
    ),
    FindingKind(
        "list_name_parted", Level.INFO, Effect.REPAIRED,
        "A cell of a name holds aliases, notes or several names; they stand beside the name as published.",
        "Ask the publisher for one name in a cell.",
    ),
    FindingKind(
        "list_date_serial", Level.INFO, Effect.REPAIRED,
        "A date of birth is a spreadsheet's number of a day; it was read by the 1900 system.",
        "Check one of them: a sheet of the 1904 system is four years and a day off.",
    ),
    FindingKind(
        "list_date_order", Level.WARNING, Effect.REPAIRED,
        "Day and month of a date of birth may stand in the other order; each date that it can mean was kept.",
        "Put `date_order` into the mapping, or report the row to the publisher.",
    ),
    FindingKind(
        "list_date_century", Level.INFO, Effect.REPAIRED,
        "A date of birth has a year of two figures that can mean two centuries; both were kept.",
        "Ask the publisher for years of four figures.",
    ),
    FindingKind(
        "list_date_calendar", Level.INFO, Effect.REPAIRED,
        "A date of birth is of another calendar; it was converted, by each calendar that it can be of.",
        "Check one of them.",
    ),
    FindingKind(
        "list_date_part_unread", Level.WARNING, Effect.REPAIRED,
        "Day or month of a date of birth is none; the year was kept.",
        "Complete the row in the source.",
    ),
    FindingKind(
        "list_date_in_words", Level.WARNING, Effect.REPAIRED,
        "A date of birth is written in words; the years in them were kept.",
        "Read the text beside the date; nominate the date yourself if it is known.",
    ),
    FindingKind(
        "list_validity_unread", Level.ERROR, Effect.NONE,
        "A day of validity or review could not be read; it was kept as text, and the alert stays in use.",
        "Correct the row in the source: an alert without an end does not end by itself.",
    ),
    FindingKind(
        "list_document_range", Level.INFO, Effect.REPAIRED,
        "A cell stands for a range of document numbers; each is sought.",
        "Nothing to do.",
    ),
    FindingKind(
        "list_document_range_refused", Level.ERROR, Effect.NONE,
        "A range or wildcard of document numbers cannot be read or is too wide; none of it is sought.",
        "Correct the row in the source: first and last number, or each number in a row of its own.",
    ),
    FindingKind(
        "list_document_numbers_parted", Level.INFO, Effect.REPAIRED,
        "A cell holds several document numbers; each is sought.",
        "Nothing to do.",
    ),
    FindingKind(
        "list_document_number_rounded", Level.ERROR, Effect.NONE,
        "A spreadsheet has rounded a document number (1.23457E+11): it is lost and is not sought.",
        "Format the column as text in the source and import again.",
    ),
    FindingKind(
        "list_term_unknown", Level.ERROR, Effect.NONE,
        "An authority's code has no row in the table of terms: the alert is stored and raises no hit.",
        "Add the row to the table of terms and import the list again.",
    ),
    FindingKind(
        "list_term_narrower", Level.WARNING, Effect.REPAIRED,
        "Our term says more than the authority's code does; the code stands in the alert's provenance.",
        "Look whether the alert carries what our term asks for.",
    ),
    FindingKind(
        "list_file_cut", Level.ERROR, Effect.NONE,
        "The last row of a file is incomplete: the transfer was cut.",
        "Fetch the file again.",
    ),
    FindingKind(
        "list_row_malformed", Level.ERROR, Effect.NONE,
        "A row has another number of columns than its layout, or lacks its identifier, and was set aside.",
        "Look at the row in the source; report it to the publisher.",
    ),
    FindingKind(
        "list_row_doubled", Level.INFO, Effect.NONE,
        "A row repeats another one and was counted once.",
        "Nothing to do.",
    ),
    FindingKind(
        "list_record_doubled", Level.WARNING, Effect.NONE,
        "Two records carry one identifier; what they say was put together under it.",
        "Report it to the publisher.",
    ),
    FindingKind(
        "list_orphan_row", Level.WARNING, Effect.NONE,
        "A row of a companion file names an entry that the main file does not hold.",
        "Fetch all files of one publication together.",
    ),
    FindingKind(
        "list_remark_cut", Level.WARNING, Effect.NONE,
        "A remark stops at the format's limit and its continuation is not at hand.",
        "Import the folder with its comments file.",
    ),
    FindingKind(
        "list_unknown_type", Level.WARNING, Effect.NONE,
        "An entry is of a kind that this importer does not know; it was not taken for a person.",
        "Check the entry in the source.",
    ),
    FindingKind(
        "list_unknown_code", Level.WARNING, Effect.NONE,
        "A coded value is unknown; it was kept as text.",
        "Extend the importer's table of codes.",
    ),
    FindingKind(
        "list_unknown_column", Level.WARNING, Effect.NONE,
        "The file has a column that this importer does not know; its content was kept as text.",
        "Check whether the layout changed.",
    ),
    FindingKind(
        "list_no_name", Level.ERROR, Effect.NONE,
        "A person's entry has no name.",
        "Check the entry in the source.",
    ),
    FindingKind(
        "list_date_unread", Level.WARNING, Effect.NONE,
        "A date of birth could not be read as a date; it was kept as text.",
        "Read the text in the alert's provenance; nominate the date yourself if it is known.",
    ),
    FindingKind(
        "list_state_unread", Level.WARNING, Effect.NONE,
        "The name of a state is unknown; it was kept as text.",
        "Extend screening/alerts/states.py.",
    ),
    FindingKind(
        "list_nationality_in_words", Level.INFO, Effect.REPAIRED,
        "A nationality is written as a sentence; the states named in it were taken.",
        "Read the sentence in the alert's provenance.",
    ),
    FindingKind(
        "list_document_without_number", Level.WARNING, Effect.NONE,
        "A document is named without a number, or its number could not be read; it was kept as text.",
        "Read the text in the alert's provenance.",
    ),
    FindingKind(
        "list_document_number_numeric", Level.WARNING, Effect.NONE,
        "A document number is a number in the spreadsheet: leading zeros may be lost.",
        "Format the column as text in the source and import again.",
    ),
    FindingKind(
        "list_phrase_unknown", Level.INFO, Effect.NONE,
        "A phrase of a remark follows no known form; it was kept as text.",
        "Nothing to do, unless it holds a datum of the person.",
    ),
    FindingKind(
        "list_special_category_dropped", Level.INFO, Effect.NONE,
        "Religion, ethnic origin or political opinion was dropped: an alert carries no special categories.",
        "Nothing to do.",
    ),
    FindingKind(
        "list_document_refused", Level.ERROR, Effect.NONE,
        "A document alert lacks number or issuing state and was set aside.",
        "Complete the row in the source.",
    ),
)  # fmt: skip
