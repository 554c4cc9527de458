"""Travellers against an invented list: listed persons, innocents and near misses, all with the same noise.

Near misses (docs/matching.md) are people who are not meant: the listed name with another day of the same
year, surname and exact date with other given names, the listed name and a date years away.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from screening.lab.evaluation_tables import identities
from screening.lab.fit.listed import Person, draw_person, people_shares
from screening.lab.fit.noise import noisy_date, noisy_name
from screening.lab.fit.peoples import Named, peoples, stream

NEAR = ("nm_same_year", "nm_same_birth", "nm_other_date")
_NO_STATE, _OTHER_STATE, _NO_SEX, _WRONG_SEX = 0.05, 0.03, 0.04, 0.006
_ABROAD = ("US", "GB", "FR", "DE", "CA", "AU", "SE", "TR")


@dataclass(frozen=True, slots=True)
class Truth:
    """Who a traveller is.

    Attributes:
        kind: true, innocent, or one of NEAR.
        entity: the listed person whom a true traveller is.
        people: whose names.
        changes: what happened to the name, or `none`.
        date: what happened to the date.
        habit: how the list writes the date.
        lacks: what the traveller's data lack: date, nationality, sex.
    """

    kind: str
    entity: str
    people: str
    changes: tuple[str, ...]
    date: str
    habit: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Travellers as the matcher reads them, and who they are by traveller id."""

    identities: pa.Table
    truth: Mapping[str, Truth]

    def only(self, kinds: Sequence[str], count: int | None = None) -> pa.Table:
        """Return the readings of the first so many travellers of these kinds (all: None)."""
        ids = [key for key, who in self.truth.items() if who.kind in kinds][:count]
        wanted = set(ids)
        return self.identities.filter(
            pa.array([key in wanted for key in self.identities["traveller_id"].to_pylist()])
        )


def draw_traffic(
    seed: str, listed: Sequence[Person], innocents: int, near: int, without: str = ""
) -> Traffic:
    """Draw travellers: every listed person once, innocents of another mixture of peoples, near misses."""
    shares = people_shares(f"traffic {seed}", without)
    rows: list[dict[str, object]] = []
    truth: dict[str, Truth] = {}

    def add(kind: str, number: int, person: Person, rng: random.Random) -> None:
        row, who = _travelling(rng, f"{kind}-{number:06}", kind, person)
        rows.append(row)
        truth[str(row["passenger_id"])] = who

    for number, person in enumerate(listed):
        add("true", number, person, stream(f"{seed} true {number}"))
    for number in range(innocents):
        rng = stream(f"{seed} innocent {number}")
        add("innocent", number, draw_person(rng, "", shares.draw(rng)), rng)
    for number in range(near):
        rng = stream(f"{seed} near {number}")
        kind = NEAR[number % len(NEAR)]
        add(kind, number, _near(rng, rng.choice(listed), kind), rng)
    return Traffic(identities(pa.Table.from_pylist(rows, schema=_SCHEMA)), truth)


_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("passenger_id", "surname", "given_names", "dob", "sex", "nationality",
                                      "doc_number", "doc_country")]
)  # fmt: skip


def _travelling(rng: random.Random, key: str, kind: str, person: Person) -> tuple[dict[str, object], Truth]:
    named = person.named
    surname, given, changes = noisy_name(rng, named.surname, named.given, peoples()[named.people], named.sex)
    born, changed = noisy_date(rng, person.born)
    state = _stated(rng, named.state, rng.choice(_ABROAD), _NO_STATE, _OTHER_STATE)
    sex = _stated(rng, named.sex, "MF"[named.sex == "M"], _NO_SEX, _WRONG_SEX)
    lacks = [name for name, has in (("date", born), ("nationality", state), ("sex", sex)) if not has]
    row: dict[str, object] = {
        "passenger_id": key,
        "surname": " ".join(surname),
        "given_names": " ".join(given),
        "dob": born or None,
        "sex": sex,
        "nationality": state,
        "doc_number": None,
        "doc_country": None,
    }
    entity = person.key if kind == "true" else ""
    return row, Truth(kind, entity, named.people, changes or ("none",), changed, person.habit, tuple(lacks))


def _stated(rng: random.Random, value: str, other: str, missing: float, wrong: float) -> str | None:
    """Return a value as stated: now and then nothing or another one."""
    lot = rng.random()
    if lot < missing:
        return None
    return other if lot < missing + wrong else value


def _near(rng: random.Random, person: Person, kind: str) -> Person:
    named = person.named
    if kind == "nm_same_birth":
        other = peoples()[named.people].person(rng)
        return Person(
            "", Named(named.people, named.surname, other.given, other.sex, named.state), person.born
        )
    years = 0 if kind == "nm_same_year" else rng.choice((-1, 1)) * rng.randrange(3, 25)
    born = date(person.born.year + years, 1 + rng.randrange(12), 1 + rng.randrange(28))
    return Person("", named, born)
