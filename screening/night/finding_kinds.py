"""Findings of the night itself: codes that no message, manifest or list gives."""

from screening.tables.codes import Effect, Level
from screening.tables.findings import FindingKind

_RUN = "then run the night again"

ENTRIES: tuple[FindingKind, ...] = (
    FindingKind(
        "entry_unreadable",
        Level.ERROR,
        Effect.BYTES,
        "A file or folder of the inbox cannot be read: whoever is named in it was not screened.",
        f"Make it readable to the user that runs the night (ls -l, mount), {_RUN}.",
    ),
    FindingKind(
        "entry_link",
        Level.ERROR,
        Effect.BYTES,
        "A link of the inbox leads out of it, to a folder, or to nothing; it was not followed.",
        f"Copy the file into the inbox in place of the link, {_RUN}.",
    ),
    FindingKind(
        "entry_special",
        Level.ERROR,
        Effect.BYTES,
        "An entry of the inbox is no file: a FIFO, a socket or a device.",
        f"Take it out of the inbox, {_RUN}; look at the program that made it.",
    ),
    FindingKind(
        "entry_changing",
        Level.ERROR,
        Effect.BYTES,
        "A file of the inbox changed while it was received; it was not taken in.",
        f"Let the transfer end (a name that begins with a dot until it is whole), {_RUN}.",
    ),
    FindingKind(
        "entry_name_not_utf8",
        Level.ERROR,
        Effect.NONE,
        "A name in the inbox is no UTF-8; what stands under it was read, its name is shown escaped.",
        "Look at the transfer that made the name; then release the entry in quarantine.",
    ),
    FindingKind(
        "night_folder_impossible",
        Level.ERROR,
        Effect.BYTES,
        "A folder `night=` of the inbox names no night that can be: nothing in it was read.",
        f"Rename it to night=YYYY-MM-DD, or put its files into the inbox itself, {_RUN}.",
    ),
)

KINDS: tuple[FindingKind, ...] = (
    *ENTRIES,
    FindingKind(
        "leg_outside_window",
        Level.WARNING,
        Effect.NONE,
        "The leg's date lies outside the profile's window around the night: old file or typing error.",
        "Nothing if the file is known to be old; else ask the carrier. The leg was screened.",
    ),
    FindingKind(
        "settled_from_remains",
        Level.WARNING,
        Effect.NONE,
        "A message came after earlier ones about the leg had come to the end of their term.",
        "Nothing. Who stood in the earlier ones was compared then, and their hits stay.",
    ),
    FindingKind(
        "nothing_said",
        Level.ERROR,
        Effect.MESSAGE,
        "No message about the leg can be used.",
        "Ask the carrier to send the manifest again; put it into the inbox and run the command shown.",
    ),
    FindingKind(
        "travellers_not_read",
        Level.ERROR,
        Effect.NONE,
        "A message states more travellers than could be read, and segments of it were not understood or "
        "nobody was read.",
        "Ask the carrier to send the manifest again; put it into the inbox and run the command shown.",
    ),
    FindingKind(
        "manifest_missing",
        Level.ERROR,
        Effect.NONE,
        "The schedule says that the flight is due, and no message about it came: nobody on it was screened.",
        "Ask the carrier, put the file into the inbox and run the command shown; or mark it cancelled "
        "in the schedule, and run it.",
    ),
    FindingKind(
        "schedule_unreadable",
        Level.ERROR,
        Effect.NONE,
        "The schedule of expected flights cannot be read, as a whole or in some lines.",
        f"Mend the file that the profile names (intake.expected), {_RUN}.",
    ),
    FindingKind(
        "reader_failed",
        Level.ERROR,
        Effect.BYTES,
        "Our own code failed on this input: it was set aside whole; the other inputs were read.",
        "Report the error's type and place with the input's id; with a mended version run the night again "
        "(screening rerun --night DATE --failed).",
    ),
    FindingKind(
        "unforeseen_error",
        Level.ERROR,
        Effect.NONE,
        "Our own code failed on this leg; the other legs of its batch were screened.",
        "Report the error's type and place with the input's id; `screening rerun` with a mended version.",
    ),
    FindingKind(
        "balance_differs",
        Level.ERROR,
        Effect.NONE,
        "What was counted on the way of this leg's messages and travellers does not add up.",
        "Run the command shown; if it fails again, report the sentence: the numbers name the stage at fault.",
    ),
    FindingKind(
        "batch_lost",
        Level.ERROR,
        Effect.NONE,
        "The task that screened this flight's batch ended for good without a result.",
        "Look at the task's log in Airflow (killed?), then `screening rerun --night DATE --failed`.",
    ),
)
