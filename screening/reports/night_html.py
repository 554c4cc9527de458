"""The report of a night: HTML that opens offline in any browser, made from `NightView`.

It is whole without script. One script of ours sorts and filters the index; the policy of the page names it by
its hash, so that no other runs.

Every value is escaped (Jinja2, autoescape; an undefined name is an error), and signs that reorder text
are taken out. The page may load nothing (CSP `default-src 'none'`): a name that looks like markup stays text
twice over.

Size: hits off screen are skipped by `content-visibility` (measured with 300 hits: 0.25 s instead of 1.45 s).
Above 1,000 hits the page holds the index of all and the first 300 in full; pages of 100 hold the rest.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from screening.aggregates.definitions import POPULATION, UNIT
from screening.reports import plots, text
from screening.reports.cards import Card
from screening.reports.night_view import NightView
from screening.reports.work_order import Part

MAIN = "report.html"
_MOST = 1_000  # hits in one page
_FIRST = 300  # in full in the main page, when there are more
_PAGE = 100


def render(view: NightView) -> dict[str, str]:
    """Render the report of a night.

    Args:
        view: what to show.

    Returns:
        File name -> HTML; `MAIN` first, pages of further hits after it. Equal views give equal text.
    """
    cards = view.cards
    first = len(cards) if len(view.hits) <= _MOST else _FIRST
    pages = {_page_name(held): held for held in _cut(cards[first:])}
    holds = {MAIN: cards[:first], **pages}
    places = {hit.row["hit_id"]: name for name, held in holds.items() for card in held for hit in card.hits}
    pages_of = environment()
    shared = {
        "view": view,
        "night": view.night,
        "style": Markup(style()),  # noqa: S704  # our own file
        "parts": _parts(view),
    }
    main = pages_of.get_template("night.html.j2").render(
        **shared,
        script=script(),
        shown=cards[:first],
        first=first,
        mild=sum(not card.first.severe for card in cards[:first]),
        pages=[(name, (held[0].rank, held[-1].rank)) for name, held in pages.items()],
        places=_seen_from(MAIN, places),
        index="#index",
        nights=_nights(view),
        counted=f"{POPULATION}; unit: {UNIT}",
        legend=_LEGEND,
        filters=_filters(cards),
    )
    template = pages_of.get_template("hits.html.j2")
    return {MAIN: main} | {
        name: template.render(**shared, cards=held, index=f"{MAIN}#index", places=_seen_from(name, places))
        for name, held in pages.items()
    }


def _cut(cards: Sequence[Card]) -> list[Sequence[Card]]:
    return [cards[start : start + _PAGE] for start in range(0, len(cards), _PAGE)]


def _page_name(cards: Sequence[Card]) -> str:
    return f"report-hits-{cards[0].rank:05d}.html"


def _seen_from(page: str, places: Mapping[str, str]) -> dict[str, str]:
    """Give the file that holds each hit, empty where it is the page itself."""
    return {hit_id: "" if name == page else name for hit_id, name in places.items()}


def _parts(view: NightView) -> dict[str, tuple[str, str]]:
    """Give title and sentence of each part of the work."""
    now = f"{view.moment:%Y-%m-%d %H:%M} UTC" if view.moment else "the report's moment"
    return {
        Part.LANDS: (f"Lands after {now}", "Most urgent first: severity × odds × time to landing."),
        Part.DEPARTS: (f"Departs after {now}", "Flights out of the country; most urgent first."),
        Part.OVER: (f"Landed or departed before {now}", "By severity × odds."),
        Part.NEAR: (
            "Near misses",
            "Each is a hit and asks for a decision like any other. They stand apart, because two different "
            "people often agree so far: same name and year of birth with another day, or same surname "
            "and date of birth with other given names.",
        ),
        Part.WEAK: (
            "Weak combinations",
            "Each is a hit and asks for a decision like any other. They rest on a name, with neither a date "
            "of birth nor a document that agrees.",
        ),
    }


def _filters(cards: Sequence[Card]) -> list[tuple[str, str, list[str]]]:
    """Give the filters of the index: name, label, what may be chosen."""

    def each(values: list[str]) -> list[str]:
        return sorted(set(values))

    return [
        ("state", "State", each([card.state for card in cards])),
        ("direction", "Direction", each([str(card.direction) for card in cards])),
        ("severity", "Severity", each([str(card.first.row["severity"]) for card in cards])),
    ]


_LEGEND = (
    ("severity", "how much an alert asks for, from 1 (inform) to 5 (stop)"),
    ("bits", "how strongly the evidence speaks for one person; each bit doubles the odds"),
    ("threshold, above", "bits at which a pair becomes a hit on its list, and how far a hit is beyond it"),
    ("hit", "a traveller on a leg who is like an alert at or above the threshold; a person decides"),
    ("card", "all hits about one person and the same alerts, over legs and bookings"),
    ("open, proposed, decided", "nobody decided yet · waits for a second person · a decision stands"),
    ("closed", "its alerts have ended; nobody need act"),
    ("near miss", "two different people often agree so far"),
    ("weak", "rests on a name, without date of birth or document"),
    ("late", "the leg had departed when the night began"),
    ("in, out, within, passing", "direction of a leg, seen from the agency's country"),
    ("transit", "the same person has a leg in and a leg out within two days"),
    ("unconfirmed", "named before, not named again by a message that could have"),
    ("withdrawn", "the carrier says that the person does not travel"),
    ("not screened", "people who could not be compared; the reason stands with each"),
    ("set aside", "kept in quarantine, with its bytes and its reason"),
    ("API, PNR", "who is aboard (PAXLST) · the booking (PNRGOV)"),
    ("screened with findings", "everybody was compared; a message or manifest deviates"),
    ("failed, quarantined", "a fault of ours · a message that cannot be used; nobody on it was compared"),
    ("revision", "number of the night's publication; each later one replaces the one before"),
    ("clearance", "a decision that keeps a pair silent until its last day"),
)


def _nights(view: NightView) -> list[plots.Chart]:
    def chart(title: str, unit: str, values: Sequence[int]) -> plots.Chart:
        labels = [f"{figures.night:%d}" for figures in view.history]
        return plots.standing(title, unit, list(zip(labels, values, strict=True)))

    return [
        chart("Travellers by night", "travellers", [figures.travellers for figures in view.history]),
        chart("Hits by night", "hits", [figures.hits for figures in view.history]),
        chart("Flights by night", "flights", [figures.flights for figures in view.history]),
        chart("Not screened by night", "travellers", [figures.quarantined for figures in view.history]),
    ]


def _shown(value: object) -> object:
    return text.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _truth(value: object) -> bool:
    return value is True or value == "True"  # a gate's row may come back from a file, as text


@cache
def environment() -> Environment:
    """Return the templates of all pages; values are escaped, and an undefined name is an error."""
    made = Environment(
        loader=PackageLoader("screening.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    made.filters |= {
        "bits": text.bits,
        "moment": text.moment,
        "thousands": text.thousands,
        "truth": _truth,
        "words": text.words,
    }
    return made


@cache
def style() -> str:
    """Return the style sheet that stands in every page."""
    return resources.files("screening.reports").joinpath("templates", "style.css").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Script:
    """A script of ours with the hash that lets it run."""

    text: Markup
    sha256: str


@cache
def script() -> Script:
    """Return the script that sorts and filters the index of hits."""
    text = resources.files("screening.reports").joinpath("templates", "index.js").read_text("utf-8")
    digest = hashlib.sha256(text.encode()).digest()
    return Script(Markup(text), base64.b64encode(digest).decode())  # noqa: S704  # our own file
