"""A seeded evaluation set: listed persons as they really turn up, innocents with the same noise, near misses.

Rule: what happens to the listed happens to the innocent too (initials, gaps, stand-in dates, typing errors),
else the matcher learns noise as guilt (docs/matching.md, honest figures). Distortions are written from the
practice of carriers and romanisation tables, not from the matcher's classes; the same seed gives the same
set.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from screening.identity.cultures import culture
from screening.identity.names import tokens

Alert = Mapping[str, object]
Row = dict[str, object]
_VOWELS = "AEIOU"
_NEXT = {
    "A": "SQ",
    "E": "WR",
    "I": "UO",
    "O": "IP",
    "N": "BM",
    "M": "N",
    "S": "AD",
    "R": "ET",
    "T": "RY",
    "L": "K",
}
_RESPELL: tuple[tuple[str, str], ...] = (
    ("MOHAMMED", "MOHAMED"), ("MUHAMMAD", "MOHAMMAD"), ("OU", "U"), ("U", "OU"), ("SH", "CH"), ("KH", "H"),
    ("J", "DJ"), ("DJ", "J"), ("Q", "K"), ("K", "Q"), ("EE", "I"), ("I", "Y"), ("Y", "I"), ("IY", "Y"),
    ("EI", "EY"), ("V", "W"), ("W", "V"), ("PH", "F"), ("TS", "C"), ("ZH", "J"), ("X", "KS"), ("KS", "X"),
    ("GH", "G"), ("AH", "A"), ("SS", "S"), ("S", "SS"), ("MM", "M"), ("LL", "L"), ("UE", "U"), ("O", "U"),
    ("E", "A"), ("EV", "YEV"), ("YU", "IU"), ("YA", "IA"), ("CH", "TCH"), ("H", ""), ("DH", "D"), ("TH", "T"),
    ("B", "P"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Tables of docs/interfaces.md, evaluation tables: travellers and truth."""

    travellers: pa.Table
    truth: pa.Table


@dataclass(frozen=True, slots=True)
class Person:
    """An innocent before noise: names, date, sex, nationality."""

    surname: str
    given_names: str
    born: date
    sex: str
    nationality: str


def evaluation_set(
    alerts: Sequence[Alert], innocents: Sequence[Person], *, true: int, seed: int
) -> EvaluationSet:
    """Make travellers and truth.

    Args:
        alerts: rows of the evaluation table of alerts.
        innocents: people who are on no list.
        true: how many listed persons travel.
        seed: the same seed gives the same set.

    Returns:
        Travellers (`t…` listed, `i…` innocent, `n…` near misses: a twentieth as many as listed) and their
        truth.
    """
    # Not secrets: noise that must come out the same for the same seed.
    dice = random.Random(seed)  # noqa: S311 - reproducible noise, nothing secret
    rows: list[Row] = []
    truth: list[Row] = []
    dated = [alert for alert in alerts if _day(alert, dice) or alert.get("doc_numbers")]
    for at in range(true):
        alert = dated[dice.randrange(len(dated))]
        person = _as_person(alert, dice)
        row, name_ops, dob_op = _noisy(person, dice)
        numbers, countries = alert.get("doc_numbers"), alert.get("doc_countries")
        if isinstance(numbers, list) and isinstance(countries, list) and numbers and dice.random() < 0.35:
            row["doc_number"], row["doc_country"] = numbers[0], countries[0]
        _add(rows, truth, f"t{at:06}", row, "true", [alert["entity_id"]], name_ops, dob_op)
    for at, innocent in enumerate(innocents):
        row, name_ops, dob_op = _noisy(innocent, dice)
        _add(rows, truth, f"i{at:06}", row, "inn_plain", [], name_ops, dob_op)
    for at in range(true // 20):
        person = _as_person(dated[dice.randrange(len(dated))], dice)
        near = innocents[dice.randrange(len(innocents))] if innocents else person
        other_day = person.born + timedelta(days=dice.randrange(40, 300))
        kind, missed = (
            (
                "nm_same_name_other_day",
                Person(person.surname, person.given_names, other_day, person.sex, person.nationality),
            )
            if at % 2
            else (
                "nm_same_surname_and_day",
                Person(person.surname, near.given_names, person.born, person.sex, person.nationality),
            )
        )
        row, name_ops, dob_op = _noisy(missed, dice)
        _add(rows, truth, f"n{at:06}", row, kind, [], name_ops, dob_op)
    return EvaluationSet(pa.Table.from_pylist(rows), pa.Table.from_pylist(truth, _TRUTH))


_TRUTH = pa.schema(
    [
        ("passenger_id", pa.string()),
        ("kind", pa.string()),
        ("entity_ids", pa.list_(pa.string())),
        ("name_ops", pa.string()),
        ("dob_op", pa.string()),
        ("culture", pa.string()),
    ]
)


def _add(
    rows: list[Row],
    truth: list[Row],
    key: str,
    row: Row,
    kind: str,
    ids: list[object],
    name_ops: str,
    dob_op: str,
) -> None:
    rows.append({"passenger_id": key, **row})
    of = culture(str(row["nationality"]) or None)
    truth.append(
        {
            "passenger_id": key,
            "kind": kind,
            "entity_ids": ids,
            "name_ops": name_ops,
            "dob_op": dob_op,
            "culture": of,
        }
    )


def _strings(alert: Alert, field: str) -> list[str]:
    value = alert.get(field)
    return [str(item) for item in value] if isinstance(value, list) else []


def _day(alert: Alert, dice: random.Random) -> date | None:
    """Return the day on which the listed person says to be born: the true day behind an imprecise date."""
    values = list(zip(_strings(alert, "dobs"), _strings(alert, "dob_precisions"), strict=False))
    if not values:
        return None
    value, precision = values[dice.randrange(len(values))]
    if precision == "day":
        return date.fromisoformat(value)
    year = int(value[:4])
    if precision == "circa":
        year += dice.choice((0, 0, 0, 1, -1, 2))
    if precision == "range":
        year = dice.randrange(year, int(value[-4:]) + 1)
    month = int(value[5:7]) if precision == "month" else dice.randrange(1, 13)
    return date(year, month, dice.randrange(1, 29))


def _as_person(alert: Alert, dice: random.Random) -> Person:
    names = [str(alert["primary_name"])] * 2 + _strings(alert, "aliases")
    surname, given = _fields(names[dice.randrange(len(names))])
    born = _day(alert, dice) or date(dice.randrange(1945, 2000), dice.randrange(1, 13), dice.randrange(1, 29))
    states = _strings(alert, "nationalities") or (
        [str(alert["birth_country"])] if alert.get("birth_country") else []
    )
    sex = str(alert.get("sex") or "M")
    return Person(surname, given, born, sex, states[0] if states else "")


def _fields(name: str) -> tuple[str, str]:
    surname, comma, given = name.partition(",")
    if not comma:
        words = list(tokens(name))
        return (words[-1], " ".join(words[:-1])) if words else ("", "")
    return " ".join(tokens(surname)), " ".join(tokens(given))


def _noisy(person: Person, dice: random.Random) -> tuple[Row, str, str]:
    surname, given = person.surname.split(), person.given_names.split()
    ops = []
    for _ in range(dice.choices((0, 1, 2), (0.35, 0.45, 0.2))[0]):
        name, change = dice.choice(_NAME_OPS)
        surname, given = change(surname, given, dice)
        ops.append(name)
    dob_op, born = _noisy_date(person.born, dice)
    row: Row = {
        "surname": " ".join(surname)[:39],
        "given_names": " ".join(given)[: max(0, 37 - len(" ".join(surname)))],
        "dob": born,
        "sex": person.sex if dice.random() < 0.95 else "",
        "nationality": person.nationality if dice.random() < 0.92 else "",
        "doc_type": "P",
        "doc_number": "".join(dice.choice("0123456789") for _ in range(9)) if dice.random() < 0.7 else "",
        "doc_country": person.nationality,
    }
    return row, "+".join(ops) or "none", dob_op


def _noisy_date(born: date, dice: random.Random) -> tuple[str, str]:
    """Return what is done to the date and the date as it is then sent."""
    ops = ("exact", "swapped", "digit", "year", "day", "stand_in", "missing")
    op = dice.choices(ops, (70, 6, 6, 5, 4, 5, 4))[0]
    text = born.isoformat()
    slip = dice.choice((1, -1))
    at, digit = dice.choice((3, 9)), dice.choice("0123456789")
    changed = {
        "exact": text,
        "swapped": f"{born.year}-{born.day:02}-{born.month:02}",
        "digit": f"{text[:at]}{digit}{text[at + 1 :]}",
        "year": f"{born.year + slip}{text[4:]}",
        "day": (born + timedelta(days=slip)).isoformat(),
        "stand_in": f"{born.year}-01-01",
        "missing": "",
    }[op]
    try:
        return op, date.fromisoformat(changed).isoformat() if changed else ""
    except ValueError:  # no such day: the slip did not happen
        return "exact", text


Words = list[str]
Change = Callable[[Words, Words, random.Random], tuple[Words, Words]]


def _each(words: Words, dice: random.Random, change: Callable[[str], str]) -> Words:
    long = [at for at, word in enumerate(words) if len(word) > 3]
    if not long:
        return words
    at = dice.choice(long)
    return [*words[:at], change(words[at]), *words[at + 1 :]]


def _in_one(change: Callable[[str, random.Random], str]) -> Change:
    def changed(surname: Words, given: Words, dice: random.Random) -> tuple[Words, Words]:
        if dice.random() < 0.5:
            return _each(surname, dice, lambda word: change(word, dice)), given
        return surname, _each(given, dice, lambda word: change(word, dice))

    return changed


def _respell(word: str, dice: random.Random) -> str:
    fits = [(one, other) for one, other in _RESPELL if one in word]
    if not fits:
        return word
    one, other = dice.choice(fits)
    return word.replace(one, other, 1)


def _typing(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word))
    kind = dice.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + dice.choice(_NEXT.get(word[at], _VOWELS)) + word[at + 1 :]


def _swap(surname: Words, given: Words, _dice: random.Random) -> tuple[Words, Words]:
    return (given, surname) if surname and given else (surname, given)


def _all_in_one(surname: Words, given: Words, _dice: random.Random) -> tuple[Words, Words]:
    return [*surname, *given], []


def _initials(surname: Words, given: Words, dice: random.Random) -> tuple[Words, Words]:
    if len(given) < 2:
        return surname, given
    at = dice.randrange(1, len(given))
    return surname, [*given[:at], given[at][0], *given[at + 1 :]]


def _drop(surname: Words, given: Words, dice: random.Random) -> tuple[Words, Words]:
    if len(given) > 1:
        at = dice.randrange(len(given))
        return surname, given[:at] + given[at + 1 :]
    if len(surname) > 1:
        at = dice.randrange(len(surname))
        return surname[:at] + surname[at + 1 :], given
    return surname, given


def _join(surname: Words, given: Words, _dice: random.Random) -> tuple[Words, Words]:
    if len(surname) > 1:
        return [surname[0] + surname[1], *surname[2:]], given
    return (surname, [given[0] + given[1], *given[2:]]) if len(given) > 1 else (surname, given)


def _split(surname: Words, given: Words, dice: random.Random) -> tuple[Words, Words]:
    if given and len(given[0]) > 6:
        at = dice.randrange(3, len(given[0]) - 2)
        return surname, [given[0][:at], given[0][at:], *given[1:]]
    return surname, given


def _title(surname: Words, given: Words, dice: random.Random) -> tuple[Words, Words]:
    return (
        (surname, [*given[:-1], given[-1] + dice.choice(("MR", "MS", "MRS"))]) if given else (surname, given)
    )


def _doubled(surname: Words, given: Words, dice: random.Random) -> tuple[Words, Words]:
    return _in_one(lambda word, _: word[:2] + word[1:])(surname, given, dice)


_NAME_OPS: tuple[tuple[str, Change], ...] = (
    ("respelt", _in_one(_respell)),
    ("respelt", _in_one(_respell)),
    ("respelt", _in_one(_respell)),
    ("typing", _in_one(_typing)),
    ("typing", _in_one(_typing)),
    ("swapped", _swap),
    ("one_field", _all_in_one),
    ("initials", _initials),
    ("dropped", _drop),
    ("dropped", _drop),
    ("joined", _join),
    ("split", _split),
    ("title_glued", _title),
    ("doubled", _doubled),
)
