"""What a profile does, in plain sentences, clause by clause, each with its source.

The sentences follow from the profile alone: equal profiles, equal words, in one order. A source is the
agency's own word (section law.sources); it holds for the clause that it names and for all whose names begin
with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screening.profile.law import Law
from screening.profile.model import Masking, Profile
from screening.profile.phrases import (
    AFTER_CLOCK,
    API_WORDS,
    BEHAVIOUR,
    CLASS_WORDS,
    DIRECTION_WORDS,
    KIND_WORDS,
    MASKED_WORDS,
    OUTCOME_WORDS,
    USE_WORDS,
    duration,
    listed,
    pnr_words,
)
from screening.tables.codes import (
    ApiElement,
    Direction,
    PnrElement,
    TermKind,
    TermOutcome,
    Use,
)

NO_SOURCE = "no source stated"


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a profile does.

    Attributes:
        key: dotted name, by which sources are found; mostly the key of the profile.
        says: a sentence or a few.
        source: act and article, as the profile names them.
    """

    key: str
    says: str
    source: str = NO_SOURCE

    def row(self) -> dict[str, object]:
        """Return it as printed."""
        return {"clause": self.key, "says": self.says, "source": self.source}

    def prose(self) -> str:
        """Return it to be read: sentences are read one after another, not in columns."""
        return f"{self.key}\n  {self.says}\n  [{self.source}]"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two profiles differ; None where one of them has no such clause or key."""

    kind: str  # clause | value
    key: str
    first: str | None
    second: str | None

    def row(self) -> dict[str, object]:
        """Return it as printed."""
        return {"kind": self.kind, "key": self.key, "first": self.first, "second": self.second}

    def prose(self) -> str:
        """Return it to be read."""
        return f"{self.key}\n  first:  {self.first or 'nothing'}\n  second: {self.second or 'nothing'}"


def explain(profile: Profile) -> list[Clause]:
    """Say what a profile does.

    Returns:
        Clauses in the order in which data pass through: law, intake, keeping, masking, decisions, statistics.
    """
    found = []
    for clause in _clauses(profile):
        source = clause.source if clause.source != NO_SOURCE else _source(clause.key, profile.law.sources)
        found.append(Clause(clause.key, clause.says, source))
    return found


def sources_of_nothing(profile: Profile) -> list[str]:
    """Return the names in law.sources that are of no clause."""
    keys = [clause.key for clause in _clauses(profile)]
    return [
        name
        for name in profile.law.sources
        if not any(key == name or key.startswith(f"{name}.") for key in keys)
    ]


def differences(first: Profile, second: Profile) -> list[Difference]:
    """Tell in what two profiles differ: in words where a clause says it, and in values, key by key."""
    words = [{clause.key: clause for clause in explain(one)} for one in (first, second)]
    values = [
        dict(_values(one.model_dump(mode="json", exclude={"law": {"sources", "duties"}}), ""))
        for one in (first, second)
    ]
    found = [
        Difference("clause", key, *(_told(side.get(key)) for side in words))
        for key in dict.fromkeys([*words[0], *words[1]])
        if words[0].get(key) != words[1].get(key)
    ]
    found += [
        Difference("value", key, *(side.get(key) for side in values))
        for key in dict.fromkeys([*values[0], *values[1]])
        if values[0].get(key) != values[1].get(key)
    ]
    return found


def _told(clause: Clause | None) -> str | None:
    return f"{clause.says} ({clause.source})" if clause else None


def _values(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _values(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, inner in enumerate(value):
            yield from _values(inner, f"{key}[{place}]")
    elif isinstance(value, list):
        yield key, ", ".join(map(str, value)) or "none"
    else:
        yield (
            key,
            "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value),
        )


def _source(key: str, sources: Mapping[str, str]) -> str:
    names = [name for name in sources if key == name or key.startswith(f"{name}.")]
    return sources[max(names, key=len)] if names else NO_SOURCE


def _clauses(profile: Profile) -> Iterator[Clause]:
    yield from _law(profile)
    yield from _flights(profile)
    yield from _expected(profile)
    yield from _elements(profile)
    yield from _terms(profile)
    yield from _lists(profile)
    yield from _masking(profile.masking)
    yield from _decisions(profile)
    yield from _review(profile)
    yield from _authoring(profile)
    told = listed([str(one).replace("_", " ") for one in profile.handout.decisions], "or")
    yield Clause(
        "handout",
        f"Border points are handed hits that a person decided as {told}, for "
        f"{duration(profile.handout.hours)}: identity, instruction and caveat.",
    )
    yield from _statistics(profile)
    for place, duty in enumerate(profile.law.duties, 1):
        yield Clause(
            f"law.duties.{place}", f"Not done by the software, the agency's duty: {duty.text}.", duty.source
        )


def _lists(profile: Profile) -> Iterator[Clause]:
    for one in profile.lists:
        if one.copy_hours:
            yield Clause(
                f"lists.{one.id}.copy_hours",
                f"A copy of the list {one.id} is kept {duration(one.copy_hours)} from when it was fetched, "
                "in use or not; of one that nights were screened against, alerts of hits stay with the hits.",
            )
        if one.keep_hours:
            yield Clause(
                f"lists.{one.id}.keep_hours",
                f"A version of the list {one.id} is kept {duration(one.keep_hours)} after it is out of use.",
            )


def _law(profile: Profile) -> Iterator[Clause]:
    law = profile.law
    yield Clause("law.title", f"The profile carries out: {law.title or 'no law is named'}.")
    first, last = law.valid_from, law.valid_to
    if first or last:
        until = f"to {last}" if last else "until further notice"
        says = f"It is valid for nights from {first or 'any date'} {until}; another night is refused"
        yield Clause("law.valid", f"{says}, and its files stay in the inbox.")
    else:
        yield Clause("law.valid", "It names no dates and is valid in every night.")
    purposes = listed([one.replace("_", " ") for one in law.purposes])
    says = f"Data may be processed for {purposes}; each published file of persons names this."
    yield Clause("law.purposes", says if law.purposes else "It names no purpose.")
    yield Clause("law.uses", _uses(law))


def _uses(law: Law) -> str:
    if not law.uses:
        return "Individuals' data may be used in every way that the software has; each act is recorded."
    same: dict[tuple[str, ...], list[str]] = {}
    for use, purposes in law.uses.items():
        same.setdefault(purposes, []).append(USE_WORDS[use])
    told = [
        f"{listed(words)} ({listed([one.replace('_', ' ') for one in purposes])})"
        for purposes, words in same.items()
    ]
    barred = [USE_WORDS[use] for use in Use if use is not Use.RIGHTS and use not in law.uses]
    rest = f"; any other use is refused: {listed(barred)}" if barred else ""
    return f"Individuals' data may be used for {'; '.join(told)}{rest}. Each act records its use and purpose."


def _flights(profile: Profile) -> Iterator[Clause]:
    flights = profile.intake.flights
    home = f" ({listed(flights.home, 'or')})" if flights.home else ""
    for direction, handling in flights.handling().items():
        if direction is Direction.INTRA_REGION and not flights.region:
            continue
        says = DIRECTION_WORDS[direction].format(home=home, region=", ".join(flights.region))
        yield Clause(f"intake.flights.{direction}", f"{says}: {BEHAVIOUR[handling]}.")
    for one in flights.selected:
        filters = [
            f"{word} {listed(values)}"
            for word, values in (
                ("carriers", one.carriers),
                ("flights", one.flights),
                ("routes", one.routes),
                ("airports", one.airports),
            )
            if values
        ]
        yield Clause(
            f"intake.flights.selected.{one.id}",
            f"Decision {one.id} of {one.authority} selects "
            f"{' and '.join(filters) or 'all flights'} that depart from {one.since} to {one.until}; "
            f"it is to be reviewed by {one.review}: flights after that day are processed and marked.",
        )
    if flights.restricted:
        yield Clause(
            "intake.flights.rest",
            "What is outside is counted by flight, message and reason; no row and no text of a traveller is "
            "stored. A flight of which nobody can tell whether it is outside is processed and marked.",
        )


def _expected(profile: Profile) -> Iterator[Clause]:
    asked = profile.intake.expected
    if asked.path is not None:
        when = f"{duration(asked.hours_before)} before" if asked.hours_before else "by"
        yield Clause(
            "intake.expected",
            f"A flight of the agency's schedule of which no message has come {when} its departure is named, "
            "and the night needs a person.",
        )


def _elements(profile: Profile) -> Iterator[Clause]:
    intake = profile.intake
    kept = [one for one in PnrElement if intake.elements.pnr is None or one in intake.elements.pnr]
    optional = set(type(intake).model_fields["booking_elements"].default)
    kept = [one for one in kept if one not in optional or one in intake.permitted_elements]
    if intake.elements.pnr == ():
        says = "No PNR may be processed: such messages are counted and not stored."
    else:
        says = f"Of PNR these elements are kept (numbers of annex I): {pnr_words(kept)}. "
        gone = [one for one in PnrElement if one not in kept]
        says += f"Deleted at intake and counted: {pnr_words(gone)}." if gone else "None of the 19 is deleted."
    yield Clause("intake.elements.pnr", says)
    api = intake.elements.api
    if api == ():
        says = "No API may be processed: such messages are counted and not stored."
    elif api is None:
        says = "Of API all elements that the software reads are kept, those of crew too."
    else:
        words = [API_WORDS[one] for one in ApiElement if one in api]
        says = f"Of API these elements are kept: {listed(words)}. "
        gone_too = [API_WORDS[one] for one in ApiElement if one not in api]
        says += f"Deleted at intake and counted: {listed([*gone_too, 'everything else'])}."
    yield Clause("intake.elements.api", says)
    remarks = "texts of remarks and " if intake.sensitive_remarks else ""
    yield Clause(
        "intake.sensitive_ssr",
        f"Never kept, only counted: {remarks}special services of {len(intake.sensitive_ssr)} codes that may "
        "tell religion or health. Texts are blanked in what is stored of the messages.",
    )


def _terms(profile: Profile) -> Iterator[Clause]:
    retention = profile.retention
    for kind in TermKind:
        found = {outcome: retention.of(kind, outcome) for outcome in TermOutcome}
        if len({(term.hours, term.clock) for term in found.values()}) == 1:
            term = next(iter(found.values()))
            says = (
                f"{KIND_WORDS[kind]} is kept {duration(term.hours)} {AFTER_CLOCK[term.clock]}, then deleted"
            )
            yield Clause(f"retention.{kind}", f"{says}, whatever its outcome.")
            continue
        for outcome, term in found.items():
            says = f"{KIND_WORDS[kind]} of {OUTCOME_WORDS[outcome]} is kept {duration(term.hours)} "
            yield Clause(f"retention.{kind}.{outcome}", f"{says}{AFTER_CLOCK[term.clock]}, then deleted.")
    for name, words in CLASS_WORDS.items():
        yield Clause(f"retention.{name}", f"{words} {duration(getattr(retention, name))}.")


def _masking(masking: Masking) -> Iterator[Clause]:
    if masking.after_hours is None:
        yield Clause("masking.after_hours", "Nothing is masked after a time.")
        return
    whose = (
        "everybody"
        if set(masking.outcomes) == set(TermOutcome)
        else listed([OUTCOME_WORDS[one] for one in TermOutcome if one in masking.outcomes])
    )
    ends = (
        f"they go for good {duration(masking.keep_hours)} {AFTER_CLOCK[masking.clock]}"
        if masking.keep_hours
        else "they go with their rows"
    )
    yield Clause(
        "masking.after_hours",
        f"{duration(masking.after_hours)} {AFTER_CLOCK[masking.clock]}, data of {whose} are masked: the "
        f"columns go into a file of their own, under a key of their own; {ends}.",
    )
    elements = [MASKED_WORDS[one] for one in MASKED_WORDS if one in masking.elements]
    yield Clause("masking.elements", f"Masked are {listed(elements)}.")
    named = f", who must be {listed(masking.approvers, 'or')}" if masking.approvers else ""
    yield Clause(
        "masking.approver",
        f"Masked data are shown for a case with its reason, when approved by {masking.approver}{named}, "
        f"never by who asked; {masking.officer} is told of each approval.",
    )


def _decisions(profile: Profile) -> Iterator[Clause]:
    withdrawn = "screened too" if profile.screening.withdrawn else "not screened"
    yield Clause("screening.withdrawn", f"Travellers whom the carrier has withdrawn are {withdrawn}.")
    for policy in profile.lists:
        limit = (
            f"from {policy.threshold_bits:g} bits of evidence"
            if policy.threshold_bits is not None
            else f"so that about {policy.false_alerts_per_1000:g} in 1,000 travellers are raised wrongly"
        )
        category = str(policy.category).replace("_", " ")
        yield Clause(
            f"lists.{policy.id}",
            f"List {policy.id} of {policy.authority} is compared (category {category}, severity "
            f"{policy.severity}): hits are raised {limit}.",
        )
    second = [str(one).replace("_", " ") for one in profile.clearing.second_person]
    people = f" A second person must agree for {listed(second)}." if second else ""
    yield Clause(
        "clearing",
        "A person decides on every hit, nothing follows by itself. A pair found to be a false match stays "
        f"silent {profile.clearing.days} days while neither side changes.{people}",
    )


def _review(profile: Profile) -> Iterator[Clause]:
    review = profile.review
    stated = [(role, actors) for role, actors in review.people().items() if actors]
    who = "; ".join(f"{str(role).replace('_', ' ')}: {listed(actors)}" for role, actors in stated)
    undone = (
        f"An act may be undone within {review.undo_minutes} minutes by who acted or a supervisor."
        if review.undo_minutes
        else "No act may be undone; another decision may contradict it, and says so."
    )
    yield Clause(
        "review",
        f"{f'Hits are worked on by these people ({who})' if stated else 'Everybody may decide on hits'}; "
        f"a second person confirms by an act of their own. {undone}",
    )


def _authoring(profile: Profile) -> Iterator[Clause]:
    own, shown = profile.authoring, profile.visibility
    named = f", who must be {listed(own.approvers, 'or')}" if own.approvers else ""
    yield Clause(
        "authoring",
        f"An own alert is written by one person and comes into use when another one{named} approves it. It "
        f"is to be reviewed {own.review_days} days later and lapses after {own.expiry_days}, unless a person "
        f"says otherwise; {own.notice_days} days before that it is listed. What was withdrawn or has lapsed "
        f"leaves the list after {own.keep_ended_days} days.",
    )
    for term in own.terms:
        yield Clause(
            f"authoring.terms.{term.category}",
            f"One of category {str(term.category).replace('_', ' ')} is reviewed after "
            f"{term.review_days} days and lapses after {term.expiry_days}.",
        )
    words = [str(one).replace("_", " ") for one in shown.protecting]
    kinds = listed(words, "or") if words else "category that protects"
    role = shown.named(shown.role)
    seen = f"the role {role.name}" if role else "who wrote and who approved it, where it is an own alert"
    yield Clause(
        "visibility",
        f"A hit on an alert of a {kinds} is shown to {seen}; everybody else sees "
        "that there is a hit, and whom to call."
        + (
            ""
            if role
            else " On imported alerts of this kind the profile names nobody: all analysts see them."
        ),
    )
    for one in shown.roles:
        yield Clause(
            f"visibility.roles.{one.name}",
            f"The role {one.name} is {listed(one.actors)}; others call {one.contact}.",
        )


def _statistics(profile: Profile) -> Iterator[Clause]:
    disclosure = profile.disclosure
    yield Clause(
        "disclosure.threshold",
        f"No published cell counts fewer than {disclosure.threshold} travellers; smaller ones are folded "
        "with others or withheld.",
    )
    wait = f"{disclosure.nights_to_wait} nights" if disclosure.nights_to_wait else "no further night"
    yield Clause("disclosure.nights_to_wait", f"Statistics of a day wait for {wait} after it.")
