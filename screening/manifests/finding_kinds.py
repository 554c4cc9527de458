"""Findings of settling: what of a leg's messages contradicts itself, and what was done about it.

They stand on the leg (`flights.findings`), with counts and never with a name, a date of birth or a number.
"""

from screening.tables.codes import Effect, Level
from screening.tables.findings import Finding, FindingKind

KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        "api_without_pnr",
        Level.WARNING,
        Effect.NONE,
        "Travellers of the API have no booking in the PNR of the same leg (crew is not counted).",
        "An analyst's lead; where it is many, ask the carrier whether its PNR push was whole.",
    ),
    FindingKind(
        "pnr_without_api",
        Level.WARNING,
        Effect.NONE,
        "Travellers of the PNR are in no API of the same leg: no-show, or the API is missing.",
        "An analyst's lead after close-out; before it the API may still come.",
    ),
    FindingKind(
        "join_ambiguous",
        Level.WARNING,
        Effect.NONE,
        "API and PNR travellers could be joined in more than one way, so they were not joined.",
        "Both are screened; compare them in the travellers table.",
    ),
    FindingKind(
        "join_contradicted",
        Level.WARNING,
        Effect.NONE,
        "API and PNR share a document or a traveller reference, but neither name nor birth date: not joined.",
        "Both are screened; somebody may travel on another person's document.",
    ),
    FindingKind(
        "document_on_several_travellers",
        Level.WARNING,
        Effect.NONE,
        "Travellers of different name or birth date state the same document.",
        "They are kept apart and all screened; somebody may travel on another person's document.",
    ),
    FindingKind(
        "facts_differ",
        Level.WARNING,
        Effect.NONE,
        "Travellers have two dates of birth, sexes or nationalities that differ; all of them are compared.",
        "An analyst's lead: a hit shows the value that agreed. Many of them: ask the carrier.",
    ),
    FindingKind(
        "leg_time_differs",
        Level.INFO,
        Effect.REPAIRED,
        "Messages disagree about the time of the leg; the latest one is believed.",
        "Nothing to do, unless the difference is large.",
    ),
    FindingKind(
        "provisional_settled",
        Level.INFO,
        Effect.REPAIRED,
        "A manifest names the leg in part, shares a traveller or reference with it and is settled with it.",
        "Tell the carrier what its manifest lacks; nobody is lost.",
    ),
    FindingKind(
        "perhaps_one_flight",
        Level.WARNING,
        Effect.NONE,
        "Another leg between the same places within a day has the same passengers: a delay over midnight, a "
        "date in UTC, or two designators of one flight.",
        "Everybody on both was screened. Where two designators are always one, say so in the profile "
        "(`intake.designators`).",
    ),
    FindingKind(
        "airport_unknown",
        Level.WARNING,
        Effect.NONE,
        "An airport of the leg is in no table of airports, so its time zone is not known.",
        "Check the code with the carrier; times of the leg cannot be put into UTC.",
    ),
    FindingKind(
        "codeshare_folded",
        Level.INFO,
        Effect.REPAIRED,
        "Messages named the leg by a marketing designator only; they were settled on the operating leg.",
        "Nothing to do.",
    ),
    FindingKind(
        "codeshare_ambiguous",
        Level.WARNING,
        Effect.NONE,
        "The designator of this leg is listed as a codeshare of several legs, or two legs list each other.",
        "The legs are kept apart, so travellers may be counted on each; ask the carriers who operates.",
    ),
    FindingKind(
        "full_states_part",
        Level.INFO,
        Effect.NONE,
        "A later full manifest is incomplete, or too small to be the whole: whom it leaves out still counts.",
        "Everybody is screened; only the estimate of traffic may be too high until a whole one comes.",
    ),
    FindingKind(
        "not_named_again",
        Level.WARNING,
        Effect.NONE,
        "Travellers whom an earlier message named are left out by a later one that could have named them.",
        "They stand as unconfirmed and were screened. Absence withdraws nobody; ask the carrier if many are.",
    ),
    FindingKind(
        "not_in_close_out",
        Level.INFO,
        Effect.NONE,
        "The close-out lists who is on board and does not name these travellers.",
        "They stand as unconfirmed and were screened; traffic does not count them.",
    ),
    FindingKind(
        "full_adds",
        Level.INFO,
        Effect.NONE,
        "Full manifests that share no traveller were added up (one message a party, or a station).",
        "Nothing to do.",
    ),
    FindingKind(
        "cancel_without_traveller",
        Level.WARNING,
        Effect.NONE,
        "A cancellation names nobody on the manifest, or fits more than one: it withdrew nobody.",
        "Ask the carrier; the travellers concerned stay on the manifest.",
    ),
    FindingKind(
        "close_out_adds",
        Level.WARNING,
        Effect.NONE,
        "The close-out names travellers of whom no API came before: they are on the manifest by it alone.",
        "They were screened; the carrier let them board without API.",
    ),
    FindingKind(
        "close_out_ambiguous",
        Level.INFO,
        Effect.NONE,
        "The close-out names travellers that it does not tell from others; whether these flew is not known.",
        "Nothing to do.",
    ),
    FindingKind(
        "flight_cancelled",
        Level.INFO,
        Effect.NONE,
        "The carrier cancelled the flight; what was stated before of its travellers is withdrawn.",
        "Nothing to do.",
    ),
    FindingKind(
        "flight_changed",
        Level.INFO,
        Effect.NONE,
        "The carrier announced a change of the flight; a leg of another date stands under its own id.",
        "Nothing to do.",
    ),
    FindingKind(
        "traveller_ids_merged",
        Level.INFO,
        Effect.REPAIRED,
        "Travellers of earlier nights turned out to be one person; the older id stays.",
        "Dispositions bind to the person and not to the id: nothing to do.",
    ),
    FindingKind(
        "traveller_ids_split",
        Level.INFO,
        Effect.REPAIRED,
        "A traveller of an earlier night turned out to be several persons; the first statement keeps the id.",
        "Nothing to do.",
    ),
)
_LEVELS = {kind.code: kind.level for kind in KINDS}


def finding(code: str, text: str) -> dict[str, object]:
    """Return a finding of a leg as it stands in `flights.findings`.

    A leg has no bytes of its own, so that offset is 0 and segment absent.
    """
    return Finding(code, _LEVELS[code], 0, None, text).row()


def counted(code: str, number: int, one: str, several: str) -> list[dict[str, object]]:
    """Return no finding for 0, else one whose text begins with the number."""
    return [finding(code, f"{number} {one if number == 1 else several}")] if number else []
