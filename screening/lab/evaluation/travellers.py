"""Travellers and truth, row by row: what a message says of a person, and what is true.

Rule: what happens to the listed happens to the innocent too, with the same chances (names, dates, a missing
sex, nationality or document); else a matcher learns noise as guilt.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from screening.identity.cultures import culture
from screening.lab.evaluation.dates import distorted_date
from screening.lab.evaluation.names import Name, distorted
from screening.lab.evaluation.persons import Person

_TEXTS = pa.list_(pa.string())
TRAVELLERS = pa.schema(
    [
        (name, pa.string())
        for name in (
            "passenger_id", "surname", "given_names", "dob", "sex", "nationality", "doc_type", "doc_number",
            "doc_country",
        )
    ]
)  # fmt: skip
TRUTH = pa.schema(
    [
        ("passenger_id", pa.string()),
        ("kind", pa.string()),
        ("entity_ids", _TEXTS),
        ("name_ops", _TEXTS),
        ("name_errors", pa.string()),
        ("dob_op", pa.string()),
        ("culture", pa.string()),
        ("people", pa.string()),
        ("missing", _TEXTS),
        ("listed_dob", pa.string()),
    ]
)
_NO_SEX, _OTHER_SEX, _NO_STATE, _OTHER_STATE, _NO_NUMBER = 0.04, 0.004, 0.06, 0.03, 0.35
_STATES = ("US", "GB", "FR", "DE", "CA", "TR", "AE", "RU", "SE", "NL", "AU", "ES")


@dataclass(slots=True)
class Rows:
    """Travellers and truth as they are written, one after the other.

    Attributes:
        dice: the noise's stream.
        prefix: what passenger_ids begin with.
    """

    dice: random.Random
    prefix: str
    travellers: list[dict[str, str]] = field(default_factory=list)
    truth: list[dict[str, object]] = field(default_factory=list)

    def add(
        self,
        person: Person,
        kind: str,
        entities: Sequence[str] = (),
        *,
        document: tuple[str, str] | None = None,
        exact_date: bool = False,
    ) -> None:
        """Write a person as they arrive.

        Args:
            person: who they are.
            kind: `true`, `inn_…` or `nm_…`.
            entities: whose alert is theirs.
            document: number and State of a listed document that they carry.
            exact_date: the date arrives as it is (near misses are defined by it).
        """
        dice = self.dice
        name, name_ops = distorted(dice, person.name, person.people)
        dob, dob_op = (person.born.isoformat(), "exact") if exact_date else distorted_date(dice, person.born)
        self.written(person, kind, entities, name, (name_ops, dob, dob_op), document)

    def written(
        self,
        person: Person,
        kind: str,
        entities: Sequence[str],
        name: Name,
        noise: tuple[Sequence[str], str, str],
        document: tuple[str, str] | None = None,
    ) -> None:
        """Write a person under a name and a date that are given; `noise` is name_ops, date and dob_op."""
        dice = self.dice
        name_ops, dob, dob_op = noise
        key = f"{self.prefix}{len(self.travellers):06}"
        state = self._state(person)
        number, country = document or self._paper(state or person.nationality)
        row = {
            "passenger_id": key,
            "surname": " ".join(name[0]),
            "given_names": " ".join(name[1]),
            "dob": dob,
            "sex": "" if dice.random() < _NO_SEX else _sex(dice, person.sex),
            "nationality": state,
            "doc_type": "P" if number else "",
            "doc_number": number,
            "doc_country": country if number else "",
        }
        self.travellers.append(row)
        missing = [column for column in ("dob", "sex", "nationality", "doc_number") if not row[column]]
        self.truth.append(
            {
                "passenger_id": key,
                "kind": kind,
                "entity_ids": list(entities),
                "name_ops": list(name_ops),
                "name_errors": str(len(name_ops)),
                "dob_op": dob_op,
                "culture": culture(person.people.states[0]),
                "people": person.people.key,
                "missing": missing,
                "listed_dob": person.listed_dob or None,
            }
        )

    def _state(self, person: Person) -> str:
        chance = self.dice.random()
        if chance < _NO_STATE:
            return ""
        return self.dice.choice(_STATES) if chance < _NO_STATE + _OTHER_STATE else person.nationality

    def _paper(self, state: str) -> tuple[str, str]:
        if self.dice.random() < _NO_NUMBER:
            return "", ""
        return f"{self.dice.choice('ABCEGHKLMNPRTX')}{self.dice.randrange(10**7, 10**8)}", state

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """Return travellers and truth."""
        return pa.Table.from_pylist(self.travellers, TRAVELLERS), pa.Table.from_pylist(self.truth, TRUTH)


def _sex(dice: random.Random, sex: str) -> str:
    return {"M": "F", "F": "M"}[sex] if dice.random() < _OTHER_SEX else sex


__all__ = ["TRAVELLERS", "TRUTH", "Rows"]
