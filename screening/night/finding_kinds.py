"""Findings of the night itself: codes that no message, manifest or list gives."""

from screening.tables.codes import Effect, Level
from screening.tables.findings import FindingKind

KINDS: tuple[FindingKind, ...] = (
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
