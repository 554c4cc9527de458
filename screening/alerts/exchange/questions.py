"""Answers to a partner who may not have identities: hit or no hit, to one question after the other.

A question names a document (number and State) or a person (name and day of birth). It is compared exactly:
the number and the State after normalisation; the tokens of the name in any order, and the day within what the
alert knows of the birth. Nothing else leaves than `hit` and a reference by which people then talk.

Be clear about the limit: the issuer of the list sees the question, and who asks often enough can try out a
list. Hence the quota a day, the record of every question, and the agreement about what may be asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from screening.alerts.exchange.model import ExchangeObject, Sha256, Short, StateCode, Text
from screening.alerts.exchange.sharing import Origin, stays
from screening.alerts.model import Imported
from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.profile.exchange import AgencyId, Partner

QUESTION_KIND = "alert-question+jws"
ANSWER_KIND = "alert-answer+jws"
MOST_QUESTIONS = 1000
_Number = Annotated[int, Field(ge=1, le=MOST_QUESTIONS)]


class Asked(ExchangeObject):
    """One question: a document, or a name with a day of birth."""

    n: _Number
    number: Short | None = None
    state: StateCode | None = None
    name: Short | None = None
    born: date | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        document, person = (self.number, self.state), (self.name, self.born)
        if None in document and None in person:
            raise ValueError("number and state, or name and born")
        if any(document) and any(person):
            raise ValueError("one question is of a document or of a person")
        return self


class Questions(ExchangeObject):
    """What is asked: the payload that is signed."""

    format: Literal["alert-question"] = "alert-question"
    schema_version: Literal["1"] = "1"
    issuer: AgencyId  # who asks
    recipient: AgencyId  # whose list it is
    list: AgencyId
    asked: AwareDatetime
    valid_until: AwareDatetime
    reason: Text  # for the record of both; names nobody
    nonce: Short  # two sets of equal questions are two
    questions: Annotated[tuple[Asked, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({one.n for one in self.questions}) != len(self.questions):
            raise ValueError("each n stands once")
        return self


class Answered(ExchangeObject):
    """One answer."""

    n: _Number
    hit: bool
    reference: Short | None = None  # with a hit: what to say on the telephone


class Answers(ExchangeObject):
    """What is answered: the payload that is signed."""

    format: Literal["alert-answer"] = "alert-answer"
    schema_version: Literal["1"] = "1"
    issuer: AgencyId  # who answers
    recipient: AgencyId
    list: AgencyId
    question: Sha256  # of the payload of the question
    answered: AwareDatetime
    answers: Annotated[tuple[Answered, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]


@dataclass(frozen=True, slots=True)
class Found:
    """Alerts that a question meets.

    Attributes:
        n: number of the question.
        alerts: their ids, sorted; none for no hit.
    """

    n: int
    alerts: tuple[str, ...]


def look_up(
    questions: Iterable[Asked],
    imported: Imported,
    partner: Partner,
    *,
    origin: Origin | None,
    today: date,
) -> list[Found]:
    """Compare questions with the alerts of a list that the partner may know of.

    Args:
        questions: what is asked.
        imported: the version in use.
        partner: who asks.
        origin: where the list came from, None for our own.
        today: day of the answer.

    Returns:
        One entry a question, in their order.
    """
    rows = imported.alerts.to_pylist()
    known = {row["alert_id"] for row in rows if stays(row, partner, origin, today) is None}
    papers: dict[tuple[str, str | None], set[str]] = {}
    for row in imported.documents.to_pylist():
        if row["alert_id"] in known:
            key = normalise_number(row["number"]), row["issuing_state"]
            papers.setdefault(key, set()).add(row["alert_id"])
    names: dict[tuple[str, ...], set[tuple[str, int]]] = {}
    for row in imported.names.to_pylist():
        if row["alert_id"] in known:
            key_of_name = tuple(sorted(tokens(row["full"])))
            names.setdefault(key_of_name, set()).add((row["alert_id"], row["identity"]))
    births: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in imported.dates.to_pylist():
        births.setdefault((row["alert_id"], row["identity"]), []).append(row)
    return [Found(one.n, tuple(sorted(_met(one, papers, names, births)))) for one in questions]


def _met(
    one: Asked,
    papers: dict[tuple[str, str | None], set[str]],
    names: dict[tuple[str, ...], set[tuple[str, int]]],
    births: dict[tuple[str, int], list[dict[str, Any]]],
) -> set[str]:
    if one.number is not None:
        return papers.get((normalise_number(one.number), one.state), set())
    born, key = one.born, tuple(sorted(tokens(one.name)))
    if born is None or not key:
        return set()
    return {
        alert_id
        for alert_id, identity in names.get(key, ())
        # a date of an alias belongs to that alias; the person's own dates to all names without one
        for known in births.get((alert_id, identity)) or births.get((alert_id, 0), [])
        if known["from"] is not None and known["from"] <= born <= known["to"]
    }
