"""The sheet of decided hits for a border point: who, on which leg, what to do, what to heed.

Rules:

* Of a group of alerts only the one that was decided on is told.
* What an alert with a caveat says is its instruction and the caveat; who is sought, by which list and on what
  basis stays with the analysts.
* Of a discreet check the instruction alone is told, with the word that the person must not notice; neither
  what the alert asks for nor who issued it. One without an instruction is on no sheet.
* The instruction of an alert that protects begins with whom it is about: suspected of nothing.
* Of a hit that the reader may not see stand the leg, its severity, and whom to call.

The page loads nothing, has no script, and prints on A4.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from screening.identity.airports import utc
from screening.reports.hit import standing_sentence, traveller_name
from screening.reports.night_html import environment, style
from screening.reports.text import moment, words
from screening.tables.codes import Category, Standing
from screening.tables.rows import AlertRow, FlightRow, HitDocument, HitRow

UNNOTICED = "The person must not notice that they are checked."
NOT_GIVEN = "not given"
COLUMNS = (
    *("hit_id", "flight_id", "flight", "origin", "destination", "departs", "lands", "severity", "call"),
    *("name", "date_of_birth", "sex", "nationality", "documents", "seat", "standing", "decision"),
    *("asks", "instructions", "caveat", "alert_name", "alert_id", "authority", "alert_ends"),
    *("made_for", "valid_until"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One hit on the sheet; what is not told of it is None."""

    hit_id: str
    flight_id: str
    flight: str
    origin: str
    destination: str
    departs: str
    lands: str
    lands_at: datetime | None
    severity: int
    call: str | None = None
    name: str | None = None
    date_of_birth: str | None = None
    sex: str | None = None
    nationality: str | None = None
    documents: tuple[str, ...] = ()
    seat: str | None = None
    standing: str | None = None
    decision: str | None = None
    asks: str | None = None
    instructions: str | None = None
    caveat: str | None = None
    alert_name: str | None = None
    alert_id: str | None = None
    authority: str | None = None
    alert_ends: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is handed out.

    Attributes:
        agency, night, revision: whose, of what.
        airport: of which border point; None for all.
        made_for: who takes it.
        made_by: who hands it out.
        made_at, valid_until: UTC.
        entries: severest first, then by landing.
    """

    agency: str
    night: str
    revision: int
    airport: str | None
    made_for: str
    made_by: str
    made_at: str
    valid_until: str
    entries: tuple[Entry, ...]

    @property
    def note(self) -> str:
        """Say until when it holds and what becomes of it then."""
        return (
            f"Valid until {self.valid_until}. Then destroy it and ask for a fresh one: decisions and alerts "
            "change. It is for the person named above alone."
        )

    def rows(self) -> list[dict[str, object]]:
        """Return one row a hit (COLUMNS)."""
        about = {"made_for": self.made_for, "valid_until": self.valid_until}
        return [
            {name: value for name, value in asdict(one).items() if name in COLUMNS} | about
            for one in self.entries
        ]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        head = asdict(self)
        del head["entries"]
        hits = [
            {name: value for name, value in row.items() if name not in {"made_for", "valid_until"}}
            for row in self.rows()
        ]
        return head | {"note": self.note, "hits": hits}


def closed_entry(hit: HitRow, leg: FlightRow | None, call: str) -> Entry:
    """Return what stands of a hit that the reader may not see."""
    return Entry(**_leg(hit, leg), call=call)


def entry(
    hit: HitRow, leg: FlightRow | None, alert: AlertRow, decision: str, instructions: str | None
) -> Entry | None:
    """Return what stands of a hit; None where nothing of it may be told.

    Args:
        hit: HITS row.
        leg: FLIGHTS row.
        alert: the alert that was decided on.
        decision: what was decided.
        instructions: instructions of an alert that protects; None for any other.
    """
    discreet = alert["category"] == Category.DISCREET_CHECK
    told = instructions or alert["instructions"]
    if discreet and not (told or "").strip():
        return None
    open_ = not discreet and not alert["caveat"]
    ends = alert["expires"]
    confirmed = hit["standing"] == Standing.CONFIRMED
    return Entry(
        **_leg(hit, leg),
        name=traveller_name(hit["surname"], hit["given_names"]),
        date_of_birth=str(hit["date_of_birth"]) if hit["date_of_birth"] else NOT_GIVEN,
        sex=hit["sex"] or NOT_GIVEN,
        nationality=hit["nationality"] or NOT_GIVEN,
        documents=tuple(_document(one) for one in hit["documents"]),
        seat=hit["seat"],
        standing=None if confirmed else standing_sentence(hit),
        decision=None if discreet else words(decision),
        asks=None if discreet else words(alert["category"]),
        instructions=" ".join(part for part in ((told or "").strip(), UNNOTICED if discreet else "") if part)
        or "none on the list: call the analyst on duty",
        caveat=alert["caveat"] if not discreet else None,
        alert_name=hit["alert_name"] if open_ else None,
        alert_id=hit["alert_id"] if open_ else None,
        authority=alert["authority"] if open_ else None,
        alert_ends=str(ends) if ends and not discreet else None,
    )


def _leg(hit: HitRow, leg: FlightRow | None) -> dict[str, Any]:
    number = f"{leg['carrier'] or ''}{leg['number'] or ''}" if leg else ""
    return {
        "hit_id": hit["hit_id"],
        "flight_id": hit["flight_id"],
        "flight": number or hit["flight_id"],
        "origin": (leg and leg["origin"]) or NOT_GIVEN,
        "destination": (leg and leg["destination"]) or NOT_GIVEN,
        "departs": moment(leg["departure_local"], leg["origin_zone"]) if leg else NOT_GIVEN,
        "lands": moment(leg["arrival_local"], leg["destination_zone"]) if leg else NOT_GIVEN,
        "lands_at": utc(leg["arrival_local"], leg["destination_zone"]) if leg else None,
        "severity": hit["severity"],
    }


def _document(one: HitDocument) -> str:
    ends = f", to {one['expiry']}" if one["expiry"] else ""
    return f"{words(one['type'])} {one['number']} ({one['issuing_state'] or 'State not given'}){ends}"


def ordered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Put entries in the order of work: severest first, then by landing, unknown landings before."""

    def key(one: Entry) -> tuple[object, ...]:
        lands = one.lands_at.isoformat() if one.lands_at else ""
        return (-one.severity, lands, one.flight_id, one.hit_id)

    return tuple(sorted(entries, key=key))


def render_sheet(sheet: Sheet) -> str:
    """Render the sheet. Equal sheets give equal text."""
    template = environment().get_template("handout.html.j2")
    return template.render(sheet=sheet, style=Markup(style()))  # noqa: S704  # our own file
