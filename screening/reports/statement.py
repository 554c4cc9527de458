"""A statement that a night, or a person of it, was screened: its fields, and the same for people to read.

Rules:

* It says what was compared with what: list versions, thresholds, program, hashes of what was frozen and
  published; and how many people were compared and how many could not be.
* It is handed to somebody, and answers only what that reader may know. For the person: hits on alerts that
  may be told to them (`casework.subject`). Every such statement holds the same paragraph on all other
  alerts, hit or not. For oversight: all hits; it must not be shown to the person.
* There are three answers: no hit; hits, all decided false; it cannot be stated (a hit that is open or true,
  or somebody who was not compared). How many hits there were is not said.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from screening.tables.codes import Decision

KIND = "screening-statement+jws"
VERSION = "1.0"


class Reader(StrEnum):
    """For whom a statement is made."""

    PERSON = "person"
    OVERSIGHT = "oversight"


class Answer(StrEnum):
    """What a statement says of hits."""

    NO_HIT = "no_hit"
    ALL_FALSE = "hits_all_decided_false"
    NOT_STATED = "cannot_be_stated"


_WORDS: Mapping[Reader, Mapping[Answer, str]] = {
    Reader.PERSON: {
        Answer.NO_HIT: "No hit on an alert that may be told to the person.",
        Answer.ALL_FALSE: "There were hits on alerts that may be told to the person; people decided that "
        "each of them is about somebody else.",
        Answer.NOT_STATED: "What was found cannot be stated.",
    },
    Reader.OVERSIGHT: {
        Answer.NO_HIT: "No hit.",
        Answer.ALL_FALSE: "There were hits; people decided that each of them is about somebody else.",
        Answer.NOT_STATED: "What was found cannot be stated: a hit is open, is a true match or is shown to "
        "few, or somebody was not compared.",
    },
}


def answer(decisions: Iterable[Decision | None], *, compared: bool = True) -> Answer:
    """Return what may be said of hits.

    Args:
        decisions: what stands on each hit; None for an open one.
        compared: everybody whom the statement is about was compared.

    >>> answer([]), answer([Decision.FALSE_MATCH])
    (<Answer.NO_HIT: 'no_hit'>, <Answer.ALL_FALSE: 'hits_all_decided_false'>)
    >>> answer([Decision.FALSE_MATCH, None]), answer([], compared=False)
    (<Answer.NOT_STATED: 'cannot_be_stated'>, <Answer.NOT_STATED: 'cannot_be_stated'>)
    """
    found = list(decisions)
    if not compared or any(one is not Decision.FALSE_MATCH for one in found):
        return Answer.NOT_STATED
    return Answer.ALL_FALSE if found else Answer.NO_HIT


def words_of(reader: Reader, given: Answer) -> str:
    """Say an answer in a sentence."""
    return _WORDS[reader][given]


def lines_of(statement: Mapping[str, Any], alerts_text: str) -> list[str]:
    """Write a statement for people, from its own fields.

    Args:
        statement: the fields (`casework.statement`), without the text.
        alerts_text: what everybody is told of alert lists.
    """
    night, program, reader = statement["night"], statement["program"], Reader(statement["for"])
    person = statement.get("person")
    head = "Statement of screening: a person" if person else "Statement of screening: a night"
    lines = [head, f"{statement['agency']}, made {statement['made_at']}, for {reader}"]
    lines.append(f"Night {night['label']}, revision {night['revision']}, run begun {night['run_began']}")
    if person:
        told = [f"{name.replace('_', ' ')} {value}" for name, value in person["asked"].items() if value]
        lines.append(f"Asked for: {', '.join(told)}")
        lines += [f"Found on {one['flight_id']}: {one['said']}" for one in person["flights"]]
    lines += _screened(statement["screened"])
    lines.append("Compared with:")
    lines += [_list(one) for one in statement["lists"]] or ["  no list"]
    lines.append(f"Answer: {words_of(reader, Answer(statement['answer']))}")
    lines.append(alerts_text if reader is Reader.PERSON else "It must not be shown to the person.")
    lines.append(f"Program {program['code']}, model {program['model']}")
    lines.append(f"Frozen set {night['frozen']}; {night['published']}")
    return lines


def _screened(counts: Mapping[str, Any]) -> Sequence[str]:
    lines = [f"{counts['travellers']} travellers on {counts['flights']} flights of the night were compared"]
    if counts["not_screened"]:
        lines.append(f"{counts['not_screened']} people were not: nothing is said of them")
    if counts["uncounted"]:
        lines.append(f"{counts['uncounted']} flights or files hold people whom nobody could count")
    return lines


def _list(one: Mapping[str, Any]) -> str:
    told = f"  list {one['list']}, version {one['version']}"
    if one["false_alerts_per_1000"] is None:
        promised = "stated in the profile"
    else:
        promised = f"for {one['false_alerts_per_1000']:g} false alerts in 1,000 travellers"
    if one["threshold_bits"] is None:
        return f"{told}; its threshold is not known any more"
    return f"{told}: hits from {one['threshold_bits']:.2f} bits, {promised}"
