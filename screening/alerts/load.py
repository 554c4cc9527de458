"""How many hits an alert raises, and which datum would take how many of them away.

Nothing is looked up in a table of sayings: what an alert lacks is given to it with each of some values as
its own list has them (years and States of the others, weighted by how frequent they are), and those who hit
it are compared again by the matcher. The mean over the values is what the authority may expect of the true
one, which nobody knows here. That the true value keeps the sought person is not tried: it does.

Where nobody's travel is held, bearers of the listed names are invented: each set of a name's words, as
frequent as the shares of the words make it, over ages from 16 to 86.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from math import factorial, prod

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.merging import AlertParts
from screening.identity.names import tokens
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.codes import FactKind, Precision
from screening.tables.work import IDENTITIES

YEAR, DAY, STATE, SEX, WORD = "year_of_birth", "day_of_birth", "nationality", "sex", "second_name"
_VALUES = 12  # values that are tried of one datum
_STATES = 8
_FEWEST = 5  # of a list that has fewer years of birth, evenly spread ones are taken
_YEARS = tuple(range(1945, 2006, 5))
_AGES = tuple(range(16, 87, 5))
_MOST_NAMES, _MOST_WORDS = 8, 5
_RAREST = 1e-9  # a name that fewer people bear raises nothing that can be counted
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Cure:
    """What one further datum would do.

    Attributes:
        datum: YEAR, DAY, STATE, SEX or WORD.
        takes_away: share of the hits that it would take away, mean over the values that were tried.
        values: how many were tried.
    """

    datum: str
    takes_away: float
    values: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one alert raises.

    Attributes:
        hits: travellers that hit it; None of the model.
        per_1000: hits for 1,000 travellers.
        cure: the datum that takes most away; None where none was looked for, or none takes anything away.
    """

    alert_id: str
    hits: int | None
    per_1000: float
    cure: Cure | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """An alert with one datum more.

    Attributes:
        alert_id: id of the variant.
        of: the alert.
        datum: which.
        weight: how frequent the value is among those that were tried.
    """

    alert_id: str
    of: str
    datum: str
    weight: float


@dataclass(frozen=True, slots=True)
class Variants:
    """Variants, and their five tables."""

    each: tuple[Variant, ...]
    alerts: pa.Table
    names: pa.Table
    dates: pa.Table
    documents: pa.Table
    facts: pa.Table


def of_hits(hits: Mapping[str, int], travellers: int) -> list[Load]:
    """Return the load of each alert, worst first.

    >>> of_hits({"a:1": 2, "a:2": 5}, 1000)[0]
    Load(alert_id='a:2', hits=5, per_1000=5.0, cure=None)
    """
    found = [Load(of, number, 1000 * number / travellers) for of, number in hits.items() if number]
    return sorted(found, key=lambda one: (-one.per_1000, one.alert_id))


def best_cure(variants: Sequence[Variant], kept: Mapping[str, int], hits: int) -> Cure | None:
    """Return the datum that takes most hits of one alert away.

    Args:
        variants: those of the alert.
        kept: id of a variant -> how many of the alert's hits it still raises.
        hits: how many the alert raises.
    """
    cures = []
    for datum in dict.fromkeys(variant.datum for variant in variants):
        tried = [variant for variant in variants if variant.datum == datum]
        whole = sum(variant.weight for variant in tried)
        left = sum(variant.weight * kept.get(variant.alert_id, 0) for variant in tried) / (whole * hits)
        cures.append(Cure(datum, 1 - left, len(tried)))
    best = max(cures, key=lambda cure: cure.takes_away, default=None)
    return best if best and best.takes_away > 0 else None


def variants(found: AlertParts, of: Sequence[str]) -> Variants:
    """Return alerts with one datum more each, of those that they lack.

    Args:
        found: the whole list; values are drawn from it.
        of: alerts to vary.
    """
    pool = _Pool(found)
    rows: dict[str, list[Row]] = {"alerts": [], "names": [], "dates": [], "documents": [], "facts": []}
    each: list[Variant] = []
    own = {part: _rows(getattr(found, part), of) for part in rows}
    for alert_id in of:
        mine = {part: by.get(alert_id, []) for part, by in own.items()}
        for number, (datum, weight, part, changed) in enumerate(pool.changes(mine)):
            variant = Variant(f"{alert_id}#{number}", alert_id, datum, weight)
            each.append(variant)
            for name, kept in {**mine, part: changed}.items():
                rows[name] += [{**row, "alert_id": variant.alert_id} for row in kept]
    return Variants(
        tuple(each),
        ALERTS.table(rows["alerts"]),
        ALERT_NAMES.table(rows["names"]),
        ALERT_DATES.table(rows["dates"]),
        ALERT_DOCUMENTS.table(rows["documents"]),
        ALERT_FACTS.table(rows["facts"]),
    )


def _rows(table: pa.Table, of: Sequence[str]) -> dict[str, list[Row]]:
    by: dict[str, list[Row]] = {}
    for row in table.filter(pc.is_in(table["alert_id"], pa.array(of, pa.string()))).to_pylist():
        by.setdefault(row["alert_id"], []).append(row)
    return by


class _Pool:
    """Values that alerts of a list have, from which those that one lacks are drawn."""

    def __init__(self, found: AlertParts) -> None:
        exact = (Precision.DAY, Precision.MONTH, Precision.YEAR)
        dated = found.dates.select(["from", "precision"]).to_pylist()
        years = sorted(row["from"].year for row in dated if row["from"] and row["precision"] in exact)
        self._years = _spread(years if len(years) >= _FEWEST else _YEARS)
        facts = found.facts.select(["kind", "value"]).to_pylist()
        states = Counter(row["value"] for row in facts if row["kind"] == FactKind.NATIONALITY)
        self._states = sorted(states.items(), key=lambda item: (-item[1], item[0]))[:_STATES]
        sexes = Counter(row["value"] for row in facts if row["kind"] == FactKind.SEX)
        self._sexes = [(sex, sexes[sex] or 1) for sex in ("M", "F")]
        given = {word for name in found.names["given_names"].to_pylist() for word in tokens(name or "")}
        self._given = _spread(sorted(word for word in given if len(word) > 2))

    def changes(self, mine: Mapping[str, list[Row]]) -> Iterator[tuple[str, float, str, list[Row]]]:
        """Yield datum, weight, the table that it changes, and its rows."""
        dates = [row for row in mine["dates"] if isinstance(row["from"], date)]
        if not dates:
            for at, year in enumerate(self._years):
                yield YEAR, 1.0, "dates", [_date(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)]
                day = date(year, 1 + (5 * at) % 12, 2 + (7 * at) % 27)
                yield DAY, 1.0, "dates", [_date(day, day, Precision.DAY)]
        elif all(row["precision"] != Precision.DAY for row in dates):
            for day in _spread([day for row in dates for day in _days(row)]):
                yield DAY, 1.0, "dates", [_date(day, day, Precision.DAY)]
        kinds = {row["kind"] for row in mine["facts"]}
        for kind, datum, values in (
            (FactKind.NATIONALITY, STATE, self._states),
            (FactKind.SEX, SEX, self._sexes),
        ):
            for value, number in values if kind not in kinds else ():
                further = {
                    "ordinal": len(mine["facts"]), "identity": 0, "kind": str(kind), "value": value,
                    "provenance": "tried",
                }  # fmt: skip
                yield datum, float(number), "facts", [*mine["facts"], further]
        if all(len(tokens(str(row["full"]))) == 1 for row in mine["names"]):
            for word in self._given:
                full = [
                    {**row, "full": f"{row['full']} {word}", "surname": None, "given_names": None}
                    for row in mine["names"]
                ]
                yield WORD, 1.0, "names", full


def _spread(values: Sequence[object]) -> list:  # type: ignore[type-arg]  # (of whatever was given)
    """Return at most `_VALUES` of sorted values, evenly spaced."""
    step = max(1.0, len(values) / _VALUES)
    return [values[int(step * (at + 0.5))] for at in range(min(_VALUES, len(values))) if values]


def _days(row: Row) -> list[date]:
    first, last = row["from"], row["to"]
    if not (isinstance(first, date) and isinstance(last, date)):
        return []
    span = (last - first).days
    return [first + timedelta(days=span * (2 * at + 1) // (2 * _VALUES)) for at in range(_VALUES)]


def _date(first: date, last: date, precision: Precision) -> Row:
    value = first.isoformat() if precision is Precision.DAY else str(first.year)
    return {
        "ordinal": 0, "identity": 0, "value": value, "from": first, "to": last,
        "precision": str(precision), "provenance": "tried",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bearers:
    """Invented people who bear words of listed names.

    Attributes:
        identities: IDENTITIES.
        of: traveller_id -> the alert whose name they bear.
        people: traveller_id -> how many of 1,000 travellers are like this.
    """

    identities: pa.Table
    of: Mapping[str, str]
    people: Mapping[str, float]


def bearers(names: pa.Table, share: Mapping[str, float], most: int, today: date) -> Bearers:
    """Invent the bearers of listed names: of the alerts with the most frequent ones.

    Args:
        names: ALERT_NAMES.
        share: share of traffic's words that agree with a listed word.
        most: for how many alerts.
        today: ages are of this day.
    """
    borne: dict[str, dict[tuple[str, ...], float]] = {}
    written: Counter[str] = Counter()
    for alert_id, full in zip(names["alert_id"].to_pylist(), names["full"].to_pylist(), strict=True):
        written[alert_id] += 1
        words = sorted(set(tokens(full)))[:_MOST_WORDS]
        if written[alert_id] > _MOST_NAMES or not words:
            continue
        for size in range(min(2, len(words)), len(words) + 1):
            for some in combinations(words, size):
                people = 1000 * factorial(size) * prod(share.get(word, 0.0) for word in some)
                if people > 1000 * _RAREST:
                    borne.setdefault(alert_id, {})[some] = people
    worst = sorted(borne, key=lambda of: (-sum(borne[of].values()), of))[:most]
    rows: list[Row] = []
    of: dict[str, str] = {}
    people_of: dict[str, float] = {}
    for alert_id in worst:
        for number, (words_, people) in enumerate(sorted(borne[alert_id].items())):
            for age in _AGES:
                who = f"{alert_id}|{number}|{age}"
                day = date(today.year - age, 1 + (5 * age) % 12, 2 + (7 * age) % 27)
                of[who], people_of[who] = alert_id, people / len(_AGES)
                rows.append(
                    {
                        "traveller_id": who, "flight_id": "", "reading": 0, "surname_tokens": list(words_),
                        "given_tokens": [], "maybe_cut": False, "placeholder": False, "born_from": day,
                        "born_to": day, "sex": None, "nationalities": [], "document_keys": [],
                    }
                )  # fmt: skip
    return Bearers(IDENTITIES.table(rows), of, people_of)
