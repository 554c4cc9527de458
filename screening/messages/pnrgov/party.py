"""The travellers of one PNR: who is who, and whose document a DOCS is.

A DOCS may stand before the travellers (group 1), behind its own (group 2) or behind a flight (group 5), be
repeated in each, and refer to the adult although it is the infant's. It goes, in this order, to the traveller
whose name it has, to the one it refers to, to the one it stands behind; where the sex says infant, to the
infant. Somebody whom no TIF names is kept as a further traveller: one too many is better than one missed.

Source: message-formats.md section 3 (docs/messages.md); US-CBP/GTAS issues 1029 and 2082.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from screening.identity.documents import document_type, normalise_number
from screening.identity.names import comparable
from screening.identity.states import state_code
from screening.messages.cached import birth, expiry_date
from screening.messages.facts import take_birth, take_nationality, take_sex
from screening.messages.finding_kinds import finding, repeated
from screening.messages.model import Document, Traveller
from screening.messages.pnrgov.names import TifName, alike, bare_given, bare_surname, given_letters
from screening.messages.pnrgov.ssr_docs import Docs
from screening.messages.syntax.segments import Segment
from screening.tables.codes import Role, Sex

_SEX = {
    "M": Sex.MALE,
    "MI": Sex.MALE,
    "F": Sex.FEMALE,
    "FI": Sex.FEMALE,
    "X": Sex.UNSPECIFIED,
    "XI": Sex.UNSPECIFIED,
}
_UNKNOWN_SEX = frozenset({"", "U", "UI"})  # stated as unknown: no deviation


@dataclass(slots=True, eq=False)
class Person:
    """One traveller of a PNR while it is read."""

    traveller: Traveller
    reference: str
    surname: str  # letters only
    given: str  # letters only, without title
    segment: Segment
    carries_infant: bool = False
    has_docs: bool = False

    @property
    def is_infant(self) -> bool:
        """Is this the one in arms?"""
        return self.traveller.role is Role.INFANT

    def note(self, code: str, segment: Segment, text: str | None = None) -> None:
        """Record a deviation about this traveller, once a code (once a text, where it has one of its own)."""
        findings = self.traveller.findings
        if not findings or all(known.code != code or text not in {None, known.text} for known in findings):
            findings.append(finding(code, segment.offset, segment.number, text))

    def repeats(self, fact: str, segment: Segment) -> None:
        """Record that a fact is stated twice, differently."""
        self.note("fact_repeated_differs", segment, repeated(fact))


class Claim(NamedTuple):
    """A document or infant that waits until all travellers of its PNR are known."""

    segment: Segment
    reference: str
    behind: Person | None  # whom it stands behind in group 2


@dataclass(slots=True, eq=False)
class Party:
    """Travellers of one PNR in the order of the message."""

    locator: str | None
    today: date | None  # of the message: decides centuries
    people: list[Person] = field(default_factory=list)
    by_reference: dict[str, Person] = field(default_factory=dict)

    def add(self, name: TifName, segment: Segment) -> Person:
        """Take up a TIF of group 2: a new traveller, or a repeat of one with the same reference and name."""
        known = self.by_reference.get(name.reference) if name.reference else None
        if known is not None and _is_repeat(name, known):
            self._vary(known, name, segment)
            return known
        return self._new(name, segment)

    def at_check_in(self, name: TifName, segment: Segment) -> Person:
        """Find the traveller whom a TIF of the check-in part repeats; one who is new is kept as new."""
        known = self.by_reference.get(name.reference) if name.reference else None
        if known is not None and (
            alike(name.surname, known.surname) or alike(given_letters(name.given_names), known.given)
        ):
            self._vary(known, name, segment)
            return known
        named = self.named(name.surname, name.given_names)
        if named:
            return named[0]
        person = self._new(name, segment)
        person.note("traveller_only_at_check_in", segment)
        return person

    def _new(self, name: TifName, segment: Segment) -> Person:
        surname, given, kind, reference, infant = name
        person = self._person(surname, given, kind == "IN", segment)
        person.carries_infant = bool(infant) and infant != "0" and kind != "IN"
        if reference:
            person.reference = person.traveller.booking_reference = reference
            self.by_reference.setdefault(reference, person)
        self.people.append(person)
        return person

    def _person(self, surname: str, given: str, infant: bool, segment: Segment) -> Person:
        family, own = bare_surname(surname, given=bool(given)), bare_given(given)
        traveller = Traveller(
            ordinal=0,
            offset=segment.offset,
            length=segment.length,
            surname=family.name or None,
            given_names=own.name or None,
            given_names_as_sent=given or None,
            name_as_sent=f"{surname}/{given}" if given else surname,
            locator=self.locator,
        )
        if infant:
            traveller.role = Role.INFANT
        person = Person(traveller, "", family.letters, own.letters, segment)
        if family.had_title or own.had_title:
            person.note("title_glued", segment)
        if family.stands_in or own.stands_in:
            person.note("placeholder_name", segment)
        return person

    def _vary(self, known: Person, name: TifName, segment: Segment) -> None:
        surname, given = comparable(name.surname), given_letters(name.given_names)
        if (surname, given) == (known.surname, known.given) or not surname:
            return
        if comparable(name.given_names) == comparable(known.traveller.given_names_as_sent or ""):
            return
        known.note("name_varies_within_pnr", segment)
        self._further_name(known, name.surname, bare_given(name.given_names).name)

    @staticmethod
    def _further_name(person: Person, surname: str, given: str) -> None:
        name = (surname, given)
        traveller = person.traveller
        own = (traveller.surname or "", traveller.given_names or "")
        if name != own and name not in traveller.other_names:
            traveller.other_names = (*traveller.other_names, name)

    def named(self, surname: str, given: str, among: Iterable[Person] | None = None) -> list[Person]:
        """Return the travellers whom a name fits best: letters equal, or one beginning the other."""
        wanted, wanted_given = comparable(surname), given_letters(given)
        if not wanted:
            return []
        best: tuple[int, int, int] | None = None
        found: list[Person] = []
        for person in self.people if among is None else among:
            rank = _fit(wanted, wanted_given, person)
            if rank is None or (best is not None and rank > best):
                continue
            if rank != best:
                best, found = rank, []
            found.append(person)
        return found

    def infant(self, parts: tuple[str, str, str] | None, claim: Claim) -> Person | None:
        """Take up an SSR INFT: an infant who has a TIF gets its birth date, another becomes a traveller.

        Returns:
            The infant; None where neither the SSR nor a TIF names one.
        """
        surname, given, born = parts or ("", "", "")
        infants = [person for person in self.people if person.is_infant]
        found = self.named(surname, given, infants)
        person: Person | None = found[0] if found else None
        if person is None and given:
            same_given = [one for one in infants if alike(one.given, given_letters(given))]
            person = same_given[0] if len(same_given) == 1 else None
        if person is None and len(infants) == 1 and not (surname and given):
            person = infants[0]
        if person is None:
            if not surname and not given:
                return None
            adult = self.by_reference.get(claim.reference) or claim.behind
            surname = surname or (adult.traveller.surname or "" if adult else "")
            person = self._person(surname, given, infant=True, segment=claim.segment)
            person.note("infant_without_tif", claim.segment)
            self.people.append(person)
        if born:
            self._born(person, born, claim.segment)
        return person

    def holder(self, docs: Docs, claim: Claim) -> Person | None:
        """Find the traveller whose DOCS this is, or make one; None where it names nobody and fits nobody."""
        referred = self.by_reference.get(claim.reference) if claim.reference else None
        hinted = referred or claim.behind
        if hinted is not None and not docs.is_infant and _is_named(docs, hinted):
            return hinted  # nobody fits better: nearly all
        infants = [person for person in self.people if person.is_infant] if docs.is_infant else []
        named = self.named(docs.surname, docs.given_names, infants) if infants else []
        named = named or self.named(docs.surname, docs.given_names)
        if named:
            person = self._choose(named, referred, claim)
            if referred is not None and referred is not person:
                person.note("docs_reference_names_other_traveller", claim.segment)
            return person
        fitting = self._unnamed(docs, claim, referred, infants)
        if fitting is not None:
            if docs.surname and _differs(docs, fitting):
                fitting.note("document_name_differs", claim.segment)
            return fitting
        if not docs.surname and not docs.given_names:
            return None
        person = self._person(docs.surname, docs.given_names, docs.is_infant, claim.segment)
        person.note("infant_without_tif" if docs.is_infant else "docs_without_traveller", claim.segment)
        self.people.append(person)
        return person

    def _choose(self, named: list[Person], referred: Person | None, claim: Claim) -> Person:
        if len(named) == 1:
            return named[0]
        for hint in (referred, claim.behind):
            if hint is not None and any(person is hint for person in named):
                return hint
        named = [person for person in named if not person.has_docs] or named
        named[0].note("docs_holder_uncertain", claim.segment)
        return named[0]

    def _unnamed(
        self, docs: Docs, claim: Claim, referred: Person | None, infants: list[Person]
    ) -> Person | None:
        if docs.is_infant:
            if referred is not None and referred.is_infant:
                return referred
            free = [person for person in infants if not person.has_docs]
            chosen = free or infants
            if len(chosen) > 1:
                chosen[0].note("docs_holder_uncertain", claim.segment)
            return chosen[0] if chosen else None
        if referred is not None:
            return referred
        if claim.behind is not None:
            return claim.behind
        adults = [person for person in self.people if not person.is_infant]
        if len(adults) == 1 and (alike(docs.surname, adults[0].surname) or not docs.surname):
            return adults[0]
        return None

    def referred(self, claim: Claim) -> Person | None:
        """Return whom an SSR without a name refers to, stands behind, or can only mean."""
        person = self.by_reference.get(claim.reference) if claim.reference else None
        if person is None:
            person = claim.behind
        if person is None:
            adults = [one for one in self.people if not one.is_infant]
            person = adults[0] if len(adults) == 1 else None
        return person

    def nobody(self, segment: Segment) -> Person:
        """Make a traveller without name: their document is screened, they are set aside."""
        person = self._person("", "", infant=False, segment=segment)
        person.note("docs_of_nobody", segment)
        self.people.append(person)
        return person

    def give(self, person: Person, docs: Docs, segment: Segment) -> None:
        """Take birth date, sex, nationality and document of a DOCS over to its holder."""
        traveller = person.traveller
        person.has_docs = True
        if docs.is_infant:
            traveller.role = Role.INFANT
        if docs.shifted:
            person.note("docs_shifted", segment)
        if docs.birth:
            self._born(person, docs.birth, segment)
        sex = _SEX.get(docs.sex)
        if sex is None and docs.sex not in _UNKNOWN_SEX:
            person.note("sex_unknown", segment)
        nationality = state_code(docs.nationality)
        if docs.nationality and nationality is None:
            person.note("nationality_unknown", segment)
            traveller.nationality_as_sent = traveller.nationality_as_sent or docs.nationality
        if sex is not None and take_sex(traveller, sex):
            person.repeats("sex", segment)
        if nationality is not None and take_nationality(traveller, nationality):
            person.repeats("nationality", segment)
        number = normalise_number(docs.number)
        if not number:
            person.note("docs_without_number", segment)
            if docs.surname and (comparable(docs.surname), given_letters(docs.given_names)) != (
                person.surname,
                person.given,
            ):
                self._further_name(person, docs.surname, bare_given(docs.given_names).name)
            return
        self._document(person, docs, number, segment)

    def _document(self, person: Person, docs: Docs, number: str, segment: Segment) -> None:
        state = state_code(docs.state)
        if not docs.type:
            person.note("document_without_type", segment)
        if not docs.state:
            person.note("document_without_state", segment)
        elif state is None:
            person.note("document_state_unknown", segment)
        expiry = expiry_date(docs.expiry, sent=self.today) if docs.expiry and self.today else None
        if docs.expiry and expiry is None and self.today:
            person.note("expiry_impossible", segment)
        document = Document(
            type=document_type(docs.type),
            type_as_sent=docs.type or None,
            number=number,
            issuing_state=state,
            expiry=expiry,
            surname=docs.surname or None,
            given_names=docs.given_names or None,
            state_as_sent=docs.state if docs.state and state is None else None,
        )
        add_document(person.traveller, document)

    def _born(self, person: Person, written: str, segment: Segment) -> None:
        traveller = person.traveller
        if " " in written.strip():
            person.note("space_in_date", segment)
        known = birth(written, latest=self.today, day_first=True).known if self.today else None
        if known is None:
            traveller.birth_as_sent = traveller.birth_as_sent or written
            if self.today:
                person.note("birth_date_impossible", segment)
            return
        if len(known) < len("YYYY-MM-DD"):
            person.note("birth_date_partial", segment)
        if take_birth(traveller, known, written):
            person.repeats("date of birth", segment)


def add_document(traveller: Traveller, document: Document) -> None:
    """Add a document unless the traveller has it; a repeat fills what the first lacks."""
    for known in traveller.documents:
        same_state = known.issuing_state is None or document.issuing_state in {None, known.issuing_state}
        if known.number == document.number and known.type is document.type and same_state:
            known.issuing_state = known.issuing_state or document.issuing_state
            known.expiry = known.expiry or document.expiry
            known.surname = known.surname or document.surname
            known.given_names = known.given_names or document.given_names
            return
    traveller.documents.append(document)


def _fit(surname: str, given: str, person: Person) -> tuple[int, int, int] | None:
    """Rank how well a name fits; None where it does not. Smaller is better."""
    if surname == person.surname:
        first = 0
    elif person.surname and (surname.startswith(person.surname) or person.surname.startswith(surname)):
        first = 1
    else:
        return None
    if given == person.given:
        return first, 0, 0
    if not given or not person.given:
        return first, 2, 0
    if given.startswith(person.given) or person.given.startswith(given):
        return first, 1, -min(len(given), len(person.given))
    return None


def _is_named(docs: Docs, person: Person) -> bool:
    """Say whether a document has the very name of a traveller."""
    surname = comparable(docs.surname)
    return bool(surname) and surname == person.surname and given_letters(docs.given_names) == person.given


def _is_repeat(name: TifName, person: Person) -> bool:
    return alike(name.surname, person.surname) and alike(given_letters(name.given_names), person.given)


def _differs(docs: Docs, person: Person) -> bool:
    """Say whether a document has another name than its holder booked under; short forms do not count."""
    if not alike(docs.surname, person.surname):
        return True
    given = given_letters(docs.given_names)
    return bool(given and person.given) and given[0] != person.given[0] and not alike(given, person.given)
