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
