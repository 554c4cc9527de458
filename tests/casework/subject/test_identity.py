"""Whose rows are these? Tables of cases: nobody gets another's data."""

from datetime import date

import pytest

from screening.casework.subject.identity import (
    OTHER_NAME,
    OTHERS_BESIDE,
    SEVERAL_DOCUMENTS,
    SEVERAL_PEOPLE,
    SEVERAL_STATES,
    Wanted,
    described,
    identify_rows,
)

BORN = date(1981, 4, 12)
SAME, PASSPORT, CARD = ("LINDQUIST", "MARTA ELIN"), ("AA7712345", "SE"), ("C0099887", "SE")


def row(key, name=SAME, born=BORN, *documents):
    return described(("statement", key), [name], born, documents)


def wanted(name=None, born=None, document=None):
    one = described(("asked", ""), [name] if name else [], born, ())
    return Wanted(one.texts, one.words, born, document)


BOTH = wanted(SAME, BORN, PASSPORT)
CASES = {
    "document and State": (
        wanted(document=PASSPORT),
        [row("a", SAME, BORN, PASSPORT)],
        {"a": "document"},
        (),
    ),
    "a number of another State is another document": (
        wanted(document=PASSPORT),
        [row("a", SAME, BORN, PASSPORT), row("b", ("OKONJO", "BAKARI"), None, ("AA7712345", "NG"))],
        {"a": "document"},
        (),
    ),
    "two States and none is said": (
        wanted(document=("AA7712345", "")),
        [row("a", SAME, BORN, PASSPORT), row("b", SAME, BORN, ("AA7712345", "NG"))],
        {"a": "may be another's", "b": "may be another's"},
        (SEVERAL_STATES,),
    ),
    "two people under one number": (
        wanted(document=PASSPORT),
        [row("a", SAME, BORN, PASSPORT), row("b", ("OKONJO", "BAKARI"), date(1990, 1, 1), PASSPORT)],
        {"a": "may be another's", "b": "may be another's"},
        (SEVERAL_PEOPLE,),
    ),
    "name and birth say which of the two": (
        BOTH,
        [row("a", SAME, BORN, PASSPORT), row("b", ("OKONJO", "BAKARI"), date(1990, 1, 1), PASSPORT)],
        {"a": "document", "b": "may be another's"},
        (OTHER_NAME,),
    ),
    "a typing error in the name under one number and birth": (
        BOTH,
        [row("a", ("LINDQIUST", "MARTAELIN"), BORN, PASSPORT)],
        {"a": "document"},
        (),
    ),
    "a typing error in the birth under one number and name": (
        BOTH,
        [row("a", SAME, date(1981, 4, 21), PASSPORT)],
        {"a": "document"},
        (),
    ),
    "name and birth, no document": (wanted(SAME, BORN), [row("a")], {"a": "name and date of birth"}, ()),
    "up to transliteration": (
        wanted(("MÜLLER", "JÖRG"), BORN),
        [row("a", ("MUELLER", "JOERG"))],
        {"a": "name and date of birth"},
        (),
    ),
    "two people of one name and birth": (
        wanted(SAME, BORN),
        [row("a", SAME, BORN, PASSPORT), row("b", SAME, BORN, ("ZZ1", "NO"))],
        {"a": "may be another's", "b": "may be another's"},
        (SEVERAL_DOCUMENTS,),
    ),
    "two documents that one statement ties": (
        wanted(SAME, BORN),
        [row("a", SAME, BORN, PASSPORT), row("b", SAME, BORN, CARD), row("c", SAME, BORN, PASSPORT, CARD)],
        dict.fromkeys("abc", "name and date of birth"),
        (),
    ),
    "the namesake with another document stays out": (
        BOTH,
        [row("a", SAME, BORN, PASSPORT), row("b"), row("c", SAME, BORN, ("ZZ1", "NO"))],
        {"a": "document", "b": "name and date of birth", "c": "may be another's"},
        (OTHERS_BESIDE,),
    ),
    "the same birth and a part of the name is only like": (
        BOTH,
        [row("a", ("LINDQUIST", "EVA"))],
        {"a": "only like"},
        (),
    ),
    "the same name and another birth is only like": (
        BOTH,
        [row("a", SAME, date(1950, 1, 1)), row("b", SAME, None)],
        {"a": "only like", "b": "only like"},
        (),
    ),
    "a brother of the same birth's year is nobody": (BOTH, [row("a", ("LINDQUIST", "JONAS"), None)], {}, ()),
}


@pytest.mark.parametrize("case", CASES)
def test_whose_rows_these_are(case):
    asked, rows, strengths, doubts = CASES[case]
    for order in (rows, rows[::-1]):
        found = identify_rows(asked, order)
        assert {key[1]: str(strength) for key, strength in found.strength.items()} == strengths
        assert found.doubts == doubts
        stops = {SEVERAL_STATES, SEVERAL_PEOPLE, SEVERAL_DOCUMENTS}
        assert found.clear == stops.isdisjoint(doubts)
