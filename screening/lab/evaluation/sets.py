"""The evaluation sets: listed persons, near misses and innocents in one traffic, and a list of any size.

Rule: travellers do not depend on the size of the list, so that what grows with it is the list alone. History
is earlier traffic of the same peoples with the same noise, people who are in no other table. Every part has a
stream of its own: the same seed and sizes give the same tables.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from screening.lab.evaluation import lists, persons, population
from screening.lab.evaluation.peoples import load_peoples
from screening.lab.evaluation.persons import Person
from screening.lab.evaluation.travellers import Rows
from screening.lab.evaluation.two_lists import linked

OWN_NAMES = 10_000
"""Names of an invented list before decoys are mixed in; all that travel are of it."""
PRIMARY, ALIAS = "primary_name", "alias"
NEAR_MISSES = ("nm_name_year", "nm_surname_date")
RECOMBINED = 0.02
"""Share of innocents who bear the surname of one listed person and the given names of another: real peoples
bear the names of a real list, and invented inventories have too few of them. A judgement: with a tenth in
its place recall of the public list falls to .87 at 1 per 1,000."""
_CARRIES_LISTED = 0.05
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How large a set is.

    Attributes:
        names: names of the list, decoys included; less than the own list has adds none.
        travellers: all of them.
        true: listed persons among them; a tenth as many near misses are added, half of each kind.
        history: earlier travellers.
    """

    names: int
    travellers: int
    true: int
    history: int


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Evaluation tables (docs/interfaces.md); `history` has the columns of travellers."""

    travellers: pa.Table
    alerts: pa.Table
    truth: pa.Table
    history: pa.Table


def listed(own: pa.Table | None, size: Size, seed: int) -> EvaluationSet:
    """Make the set of listed persons in ordinary traffic.

    Args:
        own: evaluation table of alerts whose persons travel; None for invented ones.
        size: sizes.
        seed: seed.
    """
    weights = {key: people.common for key, people in load_peoples().items()}
    own = own if own is not None else _invented(weights, size, seed)
    return _made(own, _Traffic(weights, own.to_pylist()), size, seed)


def unknown(size: Size, seed: int) -> EvaluationSet:
    """Make the set whose traffic and list are of peoples whose names most sources of names do not hold."""
    weights = {key: people.traffic for key, people in load_peoples().items()}
    return _made(_invented(weights, size, seed), _Traffic(weights), size, seed)


def two_lists(ones: pa.Table, others: pa.Table, size: Size, seed: int) -> EvaluationSet:
    """Make the set of real persons on two lists: as one list writes them they travel, the other is the list.

    Nothing else happens to their names and dates, and they carry no document. All who are linked travel
    (`size.true` does not count), under the first name of their entry and once more under one of its aliases;
    `name_ops` tells which, and the rule that linked them.

    Args:
        ones: evaluation table of the list whose entries travel.
        others: evaluation table of the alert list.
        size: sizes.
        seed: seed.
    """
    weights = {key: people.common for key, people in load_peoples().items()}
    rows = Rows(random.Random(f"{seed} travellers"), "p")  # noqa: S311 - reproducible noise, nothing secret
    by_id = {str(row["entity_id"]): row for table in (ones, others) for row in table.to_pylist()}
    for one, (other, rule) in linked(ones, others).items():
        person = persons.listed(rows.dice, by_id[one] | {"aliases": []})
        # Only one of the lists may say the sex; a passport always does.
        sex = str(by_id[other].get("sex") or by_id[one].get("sex") or "M")
        person = replace(person, sex=sex, listed_dob=persons.best_precision(by_id[other]))
        dob = person.born.isoformat() if persons.texts(by_id[one], "dobs") else ""
        aliases = persons.borne(by_id[one])
        names = [(PRIMARY, person.name)]
        names += [(ALIAS, persons.words_of(rows.dice.choice(aliases)))] if aliases else []
        for which, name in names:
            noise = ([which, rule], dob, "as_listed")
            rows.written(person, "true", [other], name, noise, document=("", ""))
    traffic = _Traffic(weights, others.to_pylist())
    return _finished(rows, others, traffic, size, seed)


def _invented(weights: Mapping[str, float], size: Size, seed: int) -> pa.Table:
    return lists.invented(_stream(seed, 1), weights, min(OWN_NAMES, size.names), "own", "own")


def _made(own: pa.Table, traffic: "_Traffic", size: Size, seed: int) -> EvaluationSet:
    rows = Rows(random.Random(f"{seed} travellers"), "p")  # noqa: S311 - reproducible noise, nothing secret
    alerts = own.to_pylist()
    add_listed(rows, alerts, size.true)
    add_near_misses(rows, alerts, size.true // 10)
    return _finished(rows, own, traffic, size, seed)


def _finished(rows: Rows, own: pa.Table, traffic: "_Traffic", size: Size, seed: int) -> EvaluationSet:
    """Add innocents, put travellers into an order that says nothing, add decoys and history."""
    add_innocents(rows, traffic, max(0, size.travellers - len(rows.travellers)), _stream(seed, 5))
    order = _stream(seed, 2).permutation(len(rows.travellers))
    keys = pa.array([f"p{at:07}" for at in range(len(order))], pa.string())
    travellers, truth = (
        table.take(pa.array(order)).set_column(0, "passenger_id", keys) for table in rows.tables()
    )
    earlier = Rows(random.Random(f"{seed} history"), "h")  # noqa: S311 - reproducible noise, nothing secret
    add_innocents(earlier, traffic, size.history, _stream(seed, 4))
    alerts = with_decoys(own, traffic.weights, size.names, seed)
    return EvaluationSet(travellers, alerts, truth, earlier.tables()[0])


def with_decoys(own: pa.Table, weights: Mapping[str, float], names: int, seed: int) -> pa.Table:
    """Add invented people to a list until it has so many names."""
    short = names - lists.names_in(own)
    if short <= 0:
        return own
    source = own["source"][0].as_py() if own.num_rows else "decoy"
    return pa.concat_tables([own, lists.invented(_stream(seed, 3), weights, short, "decoy", source)])


def add_listed(rows: Rows, alerts: Sequence[persons.Alert], size: int) -> None:
    """Let listed persons travel, each once before any twice; one of twenty carries a listed document."""
    dice = rows.dice
    chosen: list[persons.Alert] = []
    while alerts and len(chosen) < size:
        chosen += dice.sample(list(alerts), min(len(alerts), size - len(chosen)))
    for alert in chosen:
        papers = persons.texts(alert, "doc_numbers")
        listed_paper = (papers[0], (persons.texts(alert, "doc_countries") or [""])[0]) if papers else None
        carried = listed_paper if dice.random() < _CARRIES_LISTED else None
        rows.add(persons.listed(dice, alert), "true", [str(alert["entity_id"])], document=carried)


def add_near_misses(rows: Rows, alerts: Sequence[persons.Alert], size: int) -> None:
    """Add nearly listed people: same name and year, other day; same surname and day, other given names."""
    dice = rows.dice
    dated = [alert for alert in alerts if "day" in persons.texts(alert, "dob_precisions")]
    made = 0
    for _ in range(_TRIES * size if dated else 0):  # a list may have hardly anybody whom a near miss fits
        if made == size:
            break
        person = persons.listed(dice, dice.choice(dated))
        if person.listed_dob != "day" or not all(person.name):
            continue
        kind = NEAR_MISSES[made % 2]
        other = _other_day(dice, person) if kind == "nm_name_year" else _other_given(dice, person)
        rows.add(replace(other, listed_dob=""), kind, exact_date=True)
        made += 1


def _other_day(dice: random.Random, person: Person) -> Person:
    """Give another day of the same year, in no way a slip of the true one."""
    first = date(person.born.year, 1, 2)
    while True:
        day = first + timedelta(days=dice.randrange(360))
        if day.month not in {person.born.month, person.born.day} and day.day != person.born.day:
            return replace(person, born=day)


def _other_given(dice: random.Random, person: Person) -> Person:
    words = person.people.given(person.sex == "M")
    drawn = (words.one(dice) for _ in range(len(person.name[1]) + 2))
    other = [word for word in drawn if word not in person.name[1]]
    return replace(person, name=(person.name[0], other[: len(person.name[1])]))


@dataclass(frozen=True, slots=True)
class _Traffic:
    """Who travels innocently.

    Attributes:
        weights: peoples by key, and how much of the traffic each is.
        namesakes: alerts of real people; a share RECOMBINED of the traffic bears names of them, put together
            anew.
    """

    weights: Mapping[str, float]
    namesakes: Sequence[persons.Alert] = ()


def add_innocents(rows: Rows, traffic: _Traffic, size: int, stream: np.random.Generator) -> None:
    """Add ordinary people."""
    namesakes = list(_recombined(rows.dice, traffic.namesakes, int(size * RECOMBINED)))
    for person in namesakes:
        rows.add(person, "inn_recombined")
    for person in persons.innocents(population.draw(stream, traffic.weights, size - len(namesakes))):
        rows.add(person, "inn_plain")


def _recombined(dice: random.Random, alerts: Sequence[persons.Alert], size: int) -> Iterator[Person]:
    """Yield people with the surname of one listed person and given names of another of the same people."""
    drawn = [persons.listed(dice, dice.choice(alerts)) for _ in range(size)] if alerts else []
    by_people: dict[str, list[Person]] = {}
    for person in drawn:
        by_people.setdefault(person.people.key, []).append(person)
    for person in drawn:
        other = dice.choice(by_people[person.people.key])
        if other.name != person.name:
            born = date(dice.randrange(1940, 2010), dice.randrange(1, 13), dice.randrange(1, 29))
            name = (person.name[0], other.name[1])
            yield replace(person, name=name, sex=other.sex, born=born, listed_dob="")


def _stream(seed: int, part: int) -> np.random.Generator:
    return np.random.default_rng((seed, part))


__all__ = ["EvaluationSet", "Size", "listed", "two_lists", "unknown", "with_decoys"]
