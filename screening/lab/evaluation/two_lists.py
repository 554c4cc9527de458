"""Persons who are on two public lists: one list's entry travels, the other list is the alert list.

Rule: two entries are one person where they have the same passport or identity number of the same State, which
no other entry of either list has; or where both lists give the same one full day of birth, which nobody
else of either list has, the same State, and a word of at least four letters. No score decides. What the
rule costs: people without documents and with doubtful dates are seldom linked, so the linked are easier.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pyarrow as pa

from screening.identity.documents import normalise_number
from screening.lab.evaluation.persons import Alert, texts, words_of

BY_DOCUMENT, BY_BIRTHDAY = "by_document", "by_birthday"


def linked(ones: pa.Table, others: pa.Table) -> dict[str, tuple[str, str]]:
    """Link two lists.

    Args:
        ones: evaluation table of alerts.
        others: evaluation table of alerts.

    Returns:
        entity_id of `ones` to entity_id of `others` and the rule, in the order of `ones`; documents first.
    """
    left, right = ones.to_pylist(), others.to_pylist()
    by_document = _pairs(left, right, _papers)
    by_birthday = _pairs(left, right, _birthdays)
    words = {str(row["entity_id"]): _long_words(row) for row in (*left, *right)}
    found: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    for one, other in by_document:
        if one not in found and other not in taken:
            found[one] = other, BY_DOCUMENT
            taken.add(other)
    for one, other in by_birthday:
        if one not in found and other not in taken and words[one] & words[other]:
            found[one] = other, BY_BIRTHDAY
            taken.add(other)
    return {str(row["entity_id"]): found[key] for row in left if (key := str(row["entity_id"])) in found}


def _pairs(
    left: list[dict[str, object]], right: list[dict[str, object]], keys: Callable[[Alert], Iterable[str]]
) -> list[tuple[str, str]]:
    """Return the pairs of entities that share a key which only they have."""
    holders: tuple[defaultdict[str, set[str]], defaultdict[str, set[str]]] = (
        defaultdict(set),
        defaultdict(set),
    )
    for side, rows in zip(holders, (left, right), strict=True):
        for row in rows:
            for key in keys(row):
                side[key].add(str(row["entity_id"]))
    shared = [key for key in holders[0] if len(holders[0][key]) == 1 and len(holders[1].get(key, ())) == 1]
    counted = Counter((next(iter(holders[0][key])), next(iter(holders[1][key]))) for key in shared)
    return sorted(counted)


def _papers(alert: Alert) -> set[str]:
    value = alert.get("doc_countries")
    states = value if isinstance(value, list) else []
    numbers = texts(alert, "doc_numbers")
    return {
        f"{state} {normalise_number(number)}"
        for number, state in zip(numbers, states, strict=False)
        if state and len(normalise_number(number)) > 4
    }


def _birthdays(alert: Alert) -> set[str]:
    days = [
        value
        for value, precision in zip(texts(alert, "dobs"), texts(alert, "dob_precisions"), strict=False)
        if precision == "day"
    ]
    states = [*texts(alert, "nationalities"), str(alert.get("birth_country") or "")]
    return {f"{days[0]} {state}" for state in states if state} if len(days) == 1 else set()


def _long_words(alert: Alert) -> set[str]:
    names = [str(alert["primary_name"]), *texts(alert, "aliases")]
    return {word for name in names for field in words_of(name) for word in field if len(word) > 3}


__all__ = ["BY_BIRTHDAY", "BY_DOCUMENT", "linked"]
