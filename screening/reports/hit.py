"""One hit as a person reads it: both sides beside each other, names aligned, the sum that makes the score.

The evidence is a table that adds up: prior, each piece in words, missing data as 0.00, total. Everything
that a reader needs stands in text; bars and underlines only repeat it, so it reads in black and white.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from screening.reports.text import bits, words
from screening.reports.work_order import NO_TIME, Part, Timing
from screening.tables.codes import EvidenceKind, NearMiss, StandingReason
from screening.tables.rows import (
    AlertDateRow,
    AlertDocumentRow,
    AlertFactRow,
    AlertNameRow,
    AlertRow,
    DispositionRow,
    EvidenceRow,
    FlightRow,
    HitDocument,
    HitRow,
    ScoredEvidence,
)

_KINDS = {
    EvidenceKind.PRIOR: "before any comparison",
    EvidenceKind.NAME: "name",
    EvidenceKind.DATE_OF_BIRTH: "date of birth",
    EvidenceKind.SEX: "sex",
    EvidenceKind.NATIONALITY: "nationality",
    EvidenceKind.DOCUMENT: "document",
}
_NEAR = {
    NearMiss.OTHER_DAY: "near miss: same name and year of birth, another day",
    NearMiss.OTHER_GIVEN_NAMES: "near miss: same surname and date of birth, other given names",
}
NOT_GIVEN = "not given"
_WIDTH = 240  # of a waterfall, in SVG units


def kind_words(kind: str) -> str:
    """Say in words what a kind of evidence is about."""
    return _KINDS[EvidenceKind(kind)]


@dataclass(frozen=True, slots=True)
class Letters:
    """A stretch of a name; `differs` from the other side."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One column of aligned names: traveller above, alert below, how they relate."""

    traveller: tuple[Letters, ...]
    alert: tuple[Letters, ...]
    relation: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the waterfall, written; `x`, `width` and `negative` draw its bar."""

    kind: str
    relation: str
    traveller: str
    alert: str
    weight: int
    bits: str
    running: str
    x: str
    width: str
    negative: bool


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The evidence of one alert; the weights of its steps add up to `total`."""

    alert_id: str
    steps: tuple[Step, ...]
    total: int
    total_bits: str
    threshold_bits: str
    threshold_x: str
    zero_x: str
    total_x: str
    total_width: str
    width: int = _WIDTH


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the comparison side by side."""

    name: str
    traveller: tuple[str, ...]
    alert: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name of the alert with the script it is written in."""

    text: str
    kind: str
    script: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a first person would decide; it waits for a second one.

    Attributes:
        proposal_id: id of the proposal.
        decision: what is proposed.
        actor: by whom.
        reason: why.
    """

    proposal_id: str
    decision: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class HitView:
    """Everything that the report shows of one hit."""

    rank: int
    row: HitRow
    name: str
    flight: FlightRow | None
    alert: AlertRow | None
    listed_names: tuple[ListedName, ...]
    facts: tuple[Fact, ...]
    names: tuple[Pair, ...]
    waterfall: Waterfall
    others: tuple[tuple[str, str, str], ...]  # further alerts of the group: id, name, score
    sentence: str
    rate: str
    standing: str
    fellows: tuple["Fellow", ...]
    disposition: DispositionRow | None
    closed: str | None = None
    """Why it needs nobody any more: its alerts have ended since."""
    call: str | None = None
    """Whom to call, where it is shown to few and the page to all; then nothing of it is shown."""
    protects: bool = False
    """Is its alert there to protect the person?"""
    timing: Timing = NO_TIME
    part: Part = Part.LANDS
    weight: int = 0
    """Severity x odds x time to landing (`work_order.weight`)."""
    weak: bool = False
    """Does it rest on a name and nothing that is one person's?"""
    by_document: bool = False
    """Was nothing weighed but a document?"""
    remarks: tuple[tuple[str, str], ...] = ()
    """What else the source says: field, in its words."""
    decided: DispositionRow | None = None
    """The decision that stands on it since its night was frozen."""
    proposed: Proposed | None = None
    """What waits for a second person."""
    state: str = "open"
    """open, proposed, decided or closed."""

    def command(self, night: date, decision: str) -> str:
        """Give the line that decides it; a shell takes it as it is, the empty reason is asked for."""
        return shlex.join(
            [
                *("screening", "decide", self.row["hit_id"], "--night", night.isoformat()),
                *("--evidence", self.row["evidence_hash"][:12], "--decision", decision, "--reason", ""),
            ]
        )

    def confirm(self, night: date) -> str:
        """Give the line that confirms what is proposed."""
        own = ["--proposal", self.proposed.proposal_id[:12]] if self.proposed else []
        return shlex.join(["screening", "confirm", self.row["hit_id"], "--night", night.isoformat(), *own])

    @property
    def anchor(self) -> str:
        """Give the id of its place in the page."""
        return f"hit-{self.row['hit_id']}"

    @property
    def severe(self) -> bool:
        """Is it printed in full by default?"""
        return self.row["severity"] >= 4

    @property
    def near_miss(self) -> str:
        """Say what differs of a near miss; empty for any other hit."""
        return _NEAR[NearMiss(self.row["near_miss"])] if self.row["near_miss"] else ""


@dataclass(frozen=True, slots=True)
class Fellow:
    """Somebody of the same booking, with the ids of their own hits."""

    name: str
    hits: tuple[str, ...] = ()


def said_rightly(evidence: Sequence[EvidenceRow], side: "AlertSide") -> list[EvidenceRow]:
    """Return evidence in which what a side does not say is `not given`, and never disagrees.

    A document of the traveller beside an alert without documents is compared with nothing.
    """
    return [
        {**piece, "relation": NOT_GIVEN}
        if piece["kind"] == EvidenceKind.DOCUMENT
        and piece["weight"] == 0
        and (not side.documents or not piece["traveller_value"])
        else piece
        for piece in evidence
    ]


def by_document_alone(evidence: Sequence[ScoredEvidence]) -> bool:
    """Say whether a document agrees and nothing else was weighed.

    >>> document = {"kind": "document", "weight": 2000}
    >>> by_document_alone([document, {"kind": "sex", "weight": 0}])
    True
    >>> by_document_alone([document, {"kind": "name", "weight": 900}])
    False
    """
    weighed = {
        piece["kind"] for piece in evidence if piece["weight"] != 0 and piece["kind"] != EvidenceKind.PRIOR
    }
    return weighed == {EvidenceKind.DOCUMENT} and any(
        piece["weight"] > 0 for piece in evidence if piece["kind"] == EvidenceKind.DOCUMENT
    )


def is_weak(evidence: Sequence[ScoredEvidence]) -> bool:
    """Say whether a hit rests on a name and on nothing that is one person's: neither birth date nor document.

    >>> name = {"kind": "name", "weight": 1500}
    >>> is_weak([name]), is_weak([name, {"kind": "date_of_birth", "weight": 400}]), is_weak([])
    (True, False, False)
    """
    speaking = {piece["kind"] for piece in evidence if piece["weight"] > 0}
    return EvidenceKind.NAME in speaking and speaking.isdisjoint(
        {EvidenceKind.DATE_OF_BIRTH, EvidenceKind.DOCUMENT}
    )


def traveller_name(surname: str | None, given_names: str | None) -> str:
    """Write a name as SURNAME, GIVEN NAMES."""
    return ", ".join(part for part in (surname, given_names) if part) or "name not given"


def align(evidence: Sequence[ScoredEvidence]) -> tuple[Pair, ...]:
    """Put the pieces of name evidence beside each other, one column each, differing letters marked.

    >>> piece = {"kind": "name", "traveller_value": "SAYED", "alert_value": "SEYED", "relation": "spelling"}
    >>> [(part.text, part.differs) for part in align([piece])[0].traveller]
    [('S', False), ('A', True), ('YED', False)]
    """
    pairs = []
    for piece in evidence:
        if piece["kind"] != EvidenceKind.NAME or not (piece["traveller_value"] or piece["alert_value"]):
            continue
        ours, theirs = piece["traveller_value"] or "", piece["alert_value"] or ""
        pairs.append(Pair(_letters(ours, theirs), _letters(theirs, ours), words(piece["relation"])))
    return tuple(pairs)


def _letters(text: str, other: str) -> tuple[Letters, ...]:
    if not (text and other):
        return (Letters(text, False),) if text else ()
    # Sign by sign: the casefold of a whole word may be longer than the word.
    ours, theirs = [sign.casefold() for sign in text], [sign.casefold() for sign in other]
    parts, end = [], 0
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        if block.a > end:
            parts.append(Letters(text[end : block.a], True))
        if block.size:
            parts.append(Letters(text[block.a : block.a + block.size], False))
        end = block.a + block.size
    return tuple(parts)


def waterfall(alert_id: str, evidence: Sequence[ScoredEvidence], threshold: int) -> Waterfall:
    """Lay the evidence of one alert out as steps from zero to the score.

    Args:
        alert_id: the alert.
        evidence: its rows of EVIDENCE, in order.
        threshold: threshold of its list, in centibits.
    """
    sums = [0]
    for piece in evidence:
        sums.append(sums[-1] + piece["weight"])
    low, high = min(*sums, threshold), max(*sums, threshold)
    scale = _WIDTH / max(1, high - low)

    def place(value: int) -> str:
        return f"{(value - low) * scale:.1f}"

    steps = tuple(
        Step(
            kind=kind_words(piece["kind"]),
            relation=words(piece["relation"]),
            traveller=piece["traveller_value"] or "",
            alert=piece["alert_value"] or "",
            weight=piece["weight"],
            bits=bits(piece["weight"], signed=True),
            running=bits(after),
            x=place(min(before, after)),
            width=f"{abs(after - before) * scale:.1f}",
            negative=piece["weight"] < 0,
        )
        for piece, before, after in zip(evidence, sums, sums[1:], strict=False)
    )
    total = sums[-1]
    return Waterfall(
        alert_id=alert_id,
        steps=steps,
        total=total,
        total_bits=bits(total),
        threshold_bits=bits(threshold),
        threshold_x=place(threshold),
        zero_x=place(0),
        total_x=place(min(0, total)),
        total_width=f"{abs(total) * scale:.1f}",
    )


def sentence(evidence: Sequence[ScoredEvidence], score: int, threshold: int) -> str:
    """Say how far above the threshold a hit is and which single kinds of evidence carry it.

    >>> pieces = [{"kind": "name", "weight": 900}, {"kind": "date_of_birth", "weight": 540}]
    >>> sentence(pieces, 1440, 1200)
    '14.40 bits, 2.40 above the threshold of 12.00; without the name or the date of birth no hit.'
    >>> sentence(pieces, 1440, 800)
    '14.40 bits, 6.40 above the threshold of 8.00; without the name no hit.'
    """
    by_kind: dict[str, int] = {}
    for piece in evidence:
        by_kind[piece["kind"]] = by_kind.get(piece["kind"], 0) + piece["weight"]
    decisive = [
        f"the {kind_words(kind)}"
        for kind in EvidenceKind
        if kind is not EvidenceKind.PRIOR and by_kind.get(kind, 0) > 0 and score - by_kind[kind] < threshold
    ]
    start = f"{bits(score)} bits, {bits(score - threshold)} above the threshold of {bits(threshold)}"
    if decisive:
        return f"{start}; without {' or '.join(decisive)} no hit."
    return f"{start}; no single kind of evidence decides."


def rate(false_alerts: float) -> str:
    """Say how often an innocent traveller looks so much alike.

    >>> rate(0.25), rate(3.14159)
    ('0.25 in 1,000 innocent travellers', '3.1 in 1,000 innocent travellers')
    >>> rate(0.0001)
    'fewer than 0.01 in 1,000 innocent travellers'
    """
    if false_alerts < 0.01:
        return "fewer than 0.01 in 1,000 innocent travellers"
    return f"{false_alerts:.{2 if false_alerts < 1 else 1}f} in 1,000 innocent travellers"


_STANDINGS = {
    StandingReason.NOT_NAMED_AGAIN: "A later message could have named this traveller and does not.",
    StandingReason.NOT_IN_CLOSE_OUT: "The close-out lists who is on board and does not name this traveller.",
    StandingReason.CANCELLED: "The carrier cancelled this traveller.",
    StandingReason.CANCELLED_BOOKING: "The carrier cancelled the booking of this traveller.",
    StandingReason.CANCELLED_SEGMENT: "The booking says that its segment on this flight is cancelled.",
    StandingReason.FLIGHT_CANCELLED: "The carrier cancelled the flight.",
    StandingReason.NOT_BOARDED: "The close-out says that this traveller did not board.",
}


def standing_sentence(hit: HitRow) -> str:
    """Say whether the traveller is still meant to be on the leg, and by which message.

    >>> from datetime import datetime
    >>> row = {"standing": "withdrawn", "standing_reason": "cancelled", "last_named_by": "ab:7"}
    >>> standing_sentence(row | {"last_named_local": datetime(2026, 11, 23, 6, 0)})
    'Withdrawn. The carrier cancelled this traveller. Last named by message ab:7, sent 2026-11-23 06:00.'
    >>> standing_sentence(dict.fromkeys(row))
    'Standing not known: an earlier version of the program settled this leg.'
    """
    if hit["standing"] is None:
        return "Standing not known: an earlier version of the program settled this leg."
    parts = [f"{hit['standing'].capitalize()}."]
    if hit["standing_reason"] is not None:
        parts.append(_STANDINGS[StandingReason(hit["standing_reason"])])
    sent = hit["last_named_local"]
    when = f", sent {sent:%Y-%m-%d %H:%M}" if sent else ""
    parts.append(f"Last named by message {hit['last_named_by']}{when}.")
    return " ".join(parts)


def facts(hit: HitRow, alert: "AlertSide") -> tuple[Fact, ...]:
    """Set traveller and alert beside each other; what a side does not say is `not given`."""
    documents = tuple(_document(d, d["expiry"]) for d in hit["documents"])
    listed_documents = tuple(
        f"{_document(d, d['to'])}, {words(d['status'])}{', ' + d['note'] if d['note'] else ''}"
        for d in alert.documents
    )
    dates = tuple(_listed_date(d) for d in alert.dates)
    born = (hit["date_of_birth"].isoformat(),) if hit["date_of_birth"] else ()
    return (
        Fact("Date of birth", born, dates),
        Fact("Sex", _one(hit["sex"]), alert.values("sex")),
        Fact("Nationality", _one(hit["nationality"]), alert.values("nationality")),
        Fact("Born in", (), alert.values("birth_place") + alert.values("birth_country")),
        Fact("Documents", documents, listed_documents),
    )


@dataclass(frozen=True, slots=True)
class AlertSide:
    """What a list says of the alert, from its tables."""

    row: AlertRow | None
    names: tuple[AlertNameRow, ...]
    dates: tuple[AlertDateRow, ...]
    documents: tuple[AlertDocumentRow, ...]
    listed_facts: tuple[AlertFactRow, ...]

    def values(self, kind: str) -> tuple[str, ...]:
        """Give the facts of a kind, each once."""
        return tuple(dict.fromkeys(f["value"] for f in self.listed_facts if f["kind"] == kind))

    def shown_names(self) -> tuple[ListedName, ...]:
        """Give the names as published, each once, primary first."""
        named = (ListedName(n["full"], words(n["kind"]), n["script"]) for n in self.names)
        return tuple({name.text: name for name in reversed(tuple(named))}.values())[::-1]


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _document(document: HitDocument | AlertDocumentRow, until: object) -> str:
    state = f" ({document['issuing_state']})" if document["issuing_state"] else ""
    return f"{words(document['type'])} {document['number']}{state}{f', until {until}' if until else ''}"


def _listed_date(row: AlertDateRow) -> str:
    value = row["value"] or row["note"] or "unreadable"
    precision = "" if row["precision"] in {"day", "month", "year"} else f" ({words(row['precision'])})"
    return f"{value.replace('..', ' to ')}{precision}"
