"""Invented people: name as in their papers, birth, sex, nationality and travel documents.

>>> person = draw_person(random.Random("doctest"), load_cultures()["greek"], date(2026, 11, 23))
>>> person.surname, person.given, person.state, person.documents[0].type.value
('PADAK', 'MARIA', 'GR', 'passport')
"""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from screening.lab.generate.cultures import Culture, load_cultures
from screening.tables.codes import DocumentType, Sex

_DIGITS = "0123456789"
_LETTERS = "CFGHJKLMNPRTVWXYZ"
# Shapes of passport numbers as States print them: # a digit, @ a letter; else a letter and seven digits
_SHAPES = MappingProxyType(
    {
        "DE": "C@#@@####",
        "GB": "#########",
        "US": "#########",
        "FR": "##@@#####",
        "CN": "E########",
        "IN": "@#######",
        "RU": "#########",
        "UA": "@@######",
        "NL": "@@@@@@@##",
        "BE": "@@######",
        "TR": "U########",
        "EG": "A########",
        "IT": "@@#######",
        "ES": "@@@######",
        "KR": "M########",
        "JP": "@@#######",
        "IR": "@########",
        "PK": "@@#######",
        "NG": "A########",
        "BR": "@@######",
        "PL": "@@#######",
        "GR": "@@#######",
        "SE": "########",
        "VN": "@#######",
    }
)
_DEFAULT_SHAPE = "@#######"
_AGE_BANDS = (
    (0, 2, 0),
    (2, 12, 8),
    (12, 18, 6),
    (18, 30, 22),
    (30, 45, 30),
    (45, 60, 22),
    (60, 75, 10),
    (75, 92, 2),
)
_BANDS = tuple(band[:2] for band in _AGE_BANDS)
_BAND_WEIGHTS = tuple(band[2] for band in _AGE_BANDS)


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A travel document as issued."""

    type: DocumentType
    number: str
    state: str
    expiry: date


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person; names as in the papers, diacritics included."""

    culture: str
    surname: str
    given: str
    sex: Sex
    born: date
    state: str
    documents: tuple[IssuedDocument, ...]


def draw_person(
    rng: random.Random,
    culture: Culture,
    today: date,
    *,
    surname: str | None = None,
    ages: tuple[int, int] | None = None,
) -> Person:
    """Draw a person of a culture.

    Args:
        rng: stream to draw from.
        culture: whose names.
        today: day on which the ages hold.
        surname: surname of the family, None for an own one.
        ages: youngest and first age beyond, None for the ages of travellers.

    Returns:
        The person with one passport, seldom a second document.
    """
    sex = Sex.MALE if rng.random() < 0.54 else Sex.FEMALE
    family, given = culture.name(rng, sex, surname)
    low, high = ages or rng.choices(_BANDS, _BAND_WEIGHTS)[0]
    born = today - timedelta(days=rng.randrange(low * 365 + 1, high * 365 + high // 4))
    state = rng.choices(culture.states, culture.state_weights)[0]
    documents = [draw_paper(rng, DocumentType.PASSPORT, state, today)]
    if rng.random() < 0.04:
        documents.append(draw_paper(rng, DocumentType.NATIONAL_ID, state, today))
    return Person(culture.key, family, given, sex, born, state, tuple(documents))


def draw_paper(rng: random.Random, kind: DocumentType, state: str, today: date) -> IssuedDocument:
    """Draw a document in the shape that its issuing State prints."""
    shape = _SHAPES.get(state, _DEFAULT_SHAPE) if kind is DocumentType.PASSPORT else "#########"
    number = "".join(
        rng.choice(_DIGITS) if sign == "#" else rng.choice(_LETTERS) if sign == "@" else sign
        for sign in shape
    )
    expiry = today + timedelta(days=rng.randrange(120, 3600))
    return IssuedDocument(kind, number, state, expiry)


def with_visa(rng: random.Random, person: Person, state: str, today: date) -> Person:
    """Add to the person a visa of a state besides the other documents."""
    return replace(person, documents=(*person.documents, draw_paper(rng, DocumentType.VISA, state, today)))


__all__ = ["IssuedDocument", "Person", "draw_paper", "draw_person", "load_cultures", "with_visa"]
