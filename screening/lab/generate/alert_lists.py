"""Three alert lists of three authorities in three formats, and the people that are planted because of them.

    refuse-entry    own CSV with a mapping   people to be refused, names in parts with diacritics
    inform          UN-style XML             people to be reported, names in order of use, other spellings
    lost-documents  CSV of documents         stolen, lost and revoked documents, no names

A listed person's own papers and the list differ as they do in life: the list has its own romanisation,
knows the birth date to the day for seven in ten, and a document for half.
"""

import csv
import io
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from xml.sax.saxutils import escape

import pycountry

from screening.lab.generate.cultures import load_cultures
from screening.lab.generate.noise import as_hosts_write
from screening.lab.generate.parties import Plant, Plants
from screening.lab.generate.people import IssuedDocument, Person, draw_paper, draw_person
from screening.tables.codes import DocumentType, Precision

REFUSE, INFORM, DOCUMENTS = "refuse-entry", "inform", "lost-documents"
_SHARES = MappingProxyType({REFUSE: 0.45, INFORM: 0.35})  # the rest are documents
_ON_BOTH = 0.03
_LISTED_CULTURES = MappingProxyType(
    {
        "arabic": 12,
        "persian": 8,
        "slavic_east": 10,
        "pakistani": 8,
        "west_african": 8,
        "hispanic": 8,
        "maghrebi": 6,
        "chinese": 5,
        "turkish": 6,
        "indic": 4,
        "korean": 3,
        "caucasian": 4,
        "slavic_west": 4,
        "indonesian": 3,
        "ethiopian": 3,
        "vietnamese": 2,
        "portuguese": 3,
        "italian": 2,
        "germanic": 2,
        "english": 2,
        "french": 2,
        "greek": 2,
        "dutch": 2,
        "nordic": 1,
        "irish": 2,
        "thai": 1,
        "japanese": 1,
    }
)
_AGES = (19, 76)
_PRECISIONS = (Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.CIRCA, Precision.RANGE)
_PRECISION_WEIGHTS = (70, 3, 15, 7, 5)
_KNOWS_SEX, _KNOWS_STATE, _KNOWS_DOCUMENT, _SHOWS_LISTED_DOCUMENT = 0.8, 0.9, 0.5, 0.6
_NEAR_MISSES = ("nm_other_date", "nm_same_year", "nm_sibling", "nm_same_birth")
_STATUSES = ("stolen", "stolen", "stolen blank", "lost", "lost", "revoked")


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on a list as the list tells it, beside the person meant."""

    person: Person
    list_id: str
    source_id: str
    surname: str
    given: str
    aliases: tuple[tuple[str, str], ...]
    weak: tuple[str, ...]
    precision: Precision
    first: date  # earliest day that the list allows
    last: date
    sex_known: bool
    state_known: bool
    document: IssuedDocument | None
    listed_on: date

    @property
    def alert_id(self) -> str:
        """Identifier in our tables."""
        return f"{self.list_id}:{self.source_id}"


@dataclass(frozen=True, slots=True)
class Lists:
    """The three lists of a night."""

    people: tuple[Listed, ...]
    documents: tuple[tuple[IssuedDocument, str, date], ...]  # paper, status, reported

    def of(self, list_id: str) -> list[Listed]:
        """Return the people of one list."""
        return [listed for listed in self.people if listed.list_id == list_id]


def draw_lists(rng: random.Random, alerts: int, today: date) -> Lists:
    """Draw the lists: `alerts` entries over all three."""
    cultures = load_cultures()
    names, weights = list(_LISTED_CULTURES), list(_LISTED_CULTURES.values())
    people: list[Listed] = []
    sizes = {list_id: round(alerts * share) for list_id, share in _SHARES.items()}
    for list_id, size in sizes.items():
        for ordinal in range(size):
            earlier = people[rng.randrange(len(people))] if list_id == INFORM and people else None
            if earlier is not None and earlier.list_id == REFUSE and rng.random() < _ON_BOTH:
                person = earlier.person
            else:
                person = draw_person(rng, cultures[rng.choices(names, weights)[0]], today, ages=_AGES)
            people.append(_listed(rng, person, list_id, ordinal, today))
    documents: dict[str, tuple[IssuedDocument, str, date]] = {}
    while len(documents) < max(1, alerts - sum(sizes.values())):
        culture = cultures[rng.choices(names, weights)[0]]
        state = rng.choices(culture.states, culture.state_weights)[0]
        paper = draw_paper(rng, DocumentType.PASSPORT, state, today)
        reported = today - timedelta(days=rng.randrange(2, 900))
        documents.setdefault(f"{paper.number}@{state}", (paper, rng.choice(_STATUSES), reported))
    return Lists(tuple(people), tuple(documents.values()))


def _listed(rng: random.Random, person: Person, list_id: str, ordinal: int, today: date) -> Listed:
    culture = load_cultures()[person.culture]

    def spelt() -> tuple[str, str]:
        def token(text: str) -> str:
            return " ".join(
                culture.respelt(t, rng) if rng.random() < 0.6 else t for t in text.split(" ") if t
            )

        return token(person.surname), token(person.given)

    primary = spelt() if rng.random() < 0.4 else (person.surname, person.given)
    others = [spelt() for _ in range(rng.choices((0, 1, 2, 4), (45, 30, 18, 7))[0])]
    aliases = tuple(dict.fromkeys(name for name in others if name != primary))
    weak = (f"ABU {person.given.split(' ')[0]}",) if rng.random() < 0.06 and person.given else ()
    precision = rng.choices(_PRECISIONS, _PRECISION_WEIGHTS)[0]
    first, last = _span(rng, person.born, precision)
    passport = person.documents[0]
    return Listed(
        person=person,
        list_id=list_id,
        source_id=f"RE{100000 + ordinal * 7}" if list_id == REFUSE else f"{6900000 + ordinal * 3}",
        surname=primary[0],
        given=primary[1],
        aliases=aliases,
        weak=weak,
        precision=precision,
        first=first,
        last=last,
        sex_known=rng.random() < _KNOWS_SEX,
        state_known=rng.random() < _KNOWS_STATE,
        document=passport if rng.random() < _KNOWS_DOCUMENT else None,
        listed_on=today - timedelta(days=rng.randrange(30, 3000)),
    )


def _span(rng: random.Random, born: date, precision: Precision) -> tuple[date, date]:
    match precision:
        case Precision.DAY:
            return born, born
        case Precision.MONTH:
            following = date(born.year + born.month // 12, born.month % 12 + 1, 1)
            return born.replace(day=1), following - timedelta(days=1)
        case Precision.YEAR:
            return date(born.year, 1, 1), date(born.year, 12, 31)
        case Precision.CIRCA:
            year = born.year + rng.choice((-1, 0, 0, 1))
            return date(year, 1, 1), date(year, 12, 31)
        case _:
            begin = born.year - rng.randrange(3)
            return date(begin, 1, 1), date(begin + rng.randrange(2, 5), 12, 31)


def draw_plants(rng: random.Random, lists: Lists, travellers: int, today: date) -> Plants:
    """Draw who is planted: listed people, near misses, bearers of listed documents, at places spread evenly.

    Of 1,000 travellers 9 are listed, 8 near misses and 2 carry a listed document.
    """
    plants: list[Plant] = []
    on_lists: dict[Person, list[str]] = {}
    for listed in lists.people:
        on_lists.setdefault(listed.person, []).append(listed.alert_id)
    true_count = min(len(lists.people), max(4, round(travellers * 0.009)))
    for listed in rng.sample(lists.people, true_count):
        shown = listed.person
        if rng.random() > _SHOWS_LISTED_DOCUMENT:
            shown = replace(shown, documents=(draw_paper(rng, DocumentType.PASSPORT, shown.state, today),))
        plants.append(Plant(shown, "true", tuple(sorted(on_lists[listed.person]))))
    for place, listed in enumerate(
        rng.sample(lists.people, min(len(lists.people), max(4, round(travellers * 0.008))))
    ):
        kind = _NEAR_MISSES[place % len(_NEAR_MISSES)]
        plants.append(Plant(_near_miss(rng, listed.person, kind, today), kind, ()))
    culture_names = list(load_cultures())
    for paper, _, _ in rng.sample(
        lists.documents, min(len(lists.documents), max(2, round(travellers * 0.002)))
    ):
        bearer = draw_person(rng, load_cultures()[rng.choice(culture_names)], today, ages=_AGES)
        bearer = replace(bearer, state=paper.state, documents=(paper,))
        plants.append(Plant(bearer, "true", (f"{DOCUMENTS}:{paper.number}@{paper.state}",)))
    rng.shuffle(plants)
    # Only first seats of parties of one or two are counted: 0.45 of all travellers, here with a margin
    step = max(1.0, 0.40 * travellers / (len(plants) + 1))
    return Plants(deque((1 + int(step * place), plant) for place, plant in enumerate(plants)))


def _near_miss(rng: random.Random, person: Person, kind: str, today: date) -> Person:
    """Somebody who is not meant, alike in one respect."""
    culture = load_cultures()[person.culture]
    other = draw_person(rng, culture, today, ages=_AGES)
    match kind:
        case "nm_other_date":
            born = person.born.replace(
                year=person.born.year - rng.randrange(4, 15), day=1 + rng.randrange(28)
            )
            return replace(person, born=born, documents=other.documents)
        case "nm_same_year":
            born = date(person.born.year, 1 + rng.randrange(12), 1 + rng.randrange(28))
            return replace(person, born=born, documents=other.documents)
        case "nm_sibling":
            born = person.born + timedelta(days=rng.choice((-1, 1)) * rng.randrange(400, 2200))
            return replace(other, surname=person.surname, born=min(born, today), state=person.state)
        case _:
            return replace(other, surname=person.surname, born=person.born, state=person.state)


def refuse_csv(lists: Lists) -> bytes:
    """Write the refuse-entry list: semicolons, UTF-8, one row a person, several values parted by `|`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            "file_no",
            "surname",
            "given_names",
            "aliases",
            "weak_aliases",
            "born",
            "sex",
            "nationality",
            "passport_no",
            "passport_state",
            "legal_basis",
            "valid_from",
            "review_by",
        ]
    )
    for listed in lists.of(REFUSE):
        writer.writerow(
            [
                listed.source_id,
                listed.surname,
                listed.given,
                "|".join(f"{surname}, {given}" if given else surname for surname, given in listed.aliases),
                "|".join(listed.weak),
                _born_text(listed),
                listed.person.sex if listed.sex_known else "",
                listed.person.state if listed.state_known else "",
                listed.document.number if listed.document else "",
                listed.document.state if listed.document else "",
                "entry ban",
                listed.listed_on.isoformat(),
                (listed.listed_on + timedelta(days=3650)).isoformat(),
            ]
        )
    return out.getvalue().encode()


def _born_text(listed: Listed) -> str:
    match listed.precision:
        case Precision.DAY:
            return listed.first.isoformat()
        case Precision.MONTH:
            return f"{listed.first:%Y-%m}"
        case Precision.YEAR:
            return f"{listed.first.year}"
        case Precision.CIRCA:
            return f"circa {listed.first.year}"
        case _:
            return f"{listed.first.year}..{listed.last.year}"


def documents_csv(lists: Lists) -> bytes:
    """Write the list of lost and stolen documents."""
    lines = ["document_type;document_number;issuing_state;status;reported_on"]
    lines += [f"P;{paper.number};{paper.state};{status};{on}" for paper, status, on in lists.documents]
    return ("\n".join(lines) + "\n").encode()


def inform_xml(lists: Lists, generated: date) -> bytes:
    """Write the inform list in the layout of the UN Security Council's consolidated list."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        f'<CONSOLIDATED_LIST dateGenerated="{generated.isoformat()}T00:00:00.000Z">',
        "  <INDIVIDUALS>",
    ]
    for ordinal, listed in enumerate(lists.of(INFORM), start=1):
        lines.append("    <INDIVIDUAL>")
        lines += [f"      {line}" for line in _individual(listed, ordinal)]
        lines.append("    </INDIVIDUAL>")
    lines += ["  </INDIVIDUALS>", "  <ENTITIES/>", "</CONSOLIDATED_LIST>", ""]
    return "\n".join(lines).encode()


def _individual(listed: Listed, ordinal: int) -> Iterator[str]:
    yield f"<DATAID>{listed.source_id}</DATAID>"
    yield "<VERSIONNUM>1</VERSIONNUM>"
    tags = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    names = [*listed.given.split(" "), listed.surname] if listed.given else [listed.surname]
    names = [*names[:3], " ".join(names[3:])] if len(names) > 4 else names
    for tag, name in zip(tags, names, strict=False):
        yield f"<{tag}>{escape(as_hosts_write(name))}</{tag}>"
    yield "<UN_LIST_TYPE>Invented</UN_LIST_TYPE>"
    yield f"<REFERENCE_NUMBER>INi.{ordinal:05}</REFERENCE_NUMBER>"
    yield f"<LISTED_ON>{listed.listed_on.isoformat()}</LISTED_ON>"
    if listed.sex_known:
        yield f"<GENDER>{'Male' if listed.person.sex == 'M' else 'Female'}</GENDER>"
    if listed.state_known:
        yield f"<NATIONALITY><VALUE>{escape(_state_name(listed.person.state))}</VALUE></NATIONALITY>"
    for surname, given in listed.aliases:
        yield _alias("Good", f"{given} {surname}".strip())
    for weak in listed.weak:
        yield _alias("Low", weak)
    if not listed.aliases and not listed.weak:
        yield "<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>"
    yield _birth(listed)
    if listed.document:
        yield (
            "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>"
            f"<NUMBER>{listed.document.number}</NUMBER>"
            f"<ISSUING_COUNTRY>{escape(_state_name(listed.document.state))}</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>"
        )
    yield "<SORT_KEY/>"


def _alias(quality: str, name: str) -> str:
    text = escape(as_hosts_write(name).title())
    return f"<INDIVIDUAL_ALIAS><QUALITY>{quality}</QUALITY><ALIAS_NAME>{text}</ALIAS_NAME></INDIVIDUAL_ALIAS>"


def _birth(listed: Listed) -> str:
    match listed.precision:
        case Precision.DAY:
            inside = f"<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>{listed.first.isoformat()}</DATE>"
        case Precision.CIRCA:
            inside = f"<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>{listed.first.year}</YEAR>"
        case Precision.RANGE:
            inside = (
                f"<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>{listed.first.year}</FROM_YEAR>"
                f"<TO_YEAR>{listed.last.year}</TO_YEAR>"
            )
        case _:
            inside = f"<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>{listed.first.year}</YEAR>"
    return f"<INDIVIDUAL_DATE_OF_BIRTH>{inside}</INDIVIDUAL_DATE_OF_BIRTH>"


def _state_name(state: str) -> str:
    found = pycountry.countries.get(alpha_2=state)
    return str(found.name) if found else state


__all__: Sequence[str] = [
    "DOCUMENTS",
    "INFORM",
    "REFUSE",
    "Lists",
    "documents_csv",
    "draw_lists",
    "draw_plants",
]
