"""The report of a night: HTML that opens offline in any browser, without script, made from `NightView`.

Every value is escaped (Jinja2, autoescape; an undefined name is an error), and signs that reorder text
are taken out. The page may load nothing (CSP `default-src 'none'`): a name that looks like markup stays text
twice over.

Size: hits off screen are skipped by `content-visibility` (measured with 300 hits: 0.25 s instead of 1.45 s).
Above 1,000 hits the page holds the index of all and the first 300 in full; pages of 100 hold the rest.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from screening.aggregates.definitions import POPULATION, UNIT
from screening.reports import plots, text
from screening.reports.hit import HitView
from screening.reports.night_view import NightView

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
    first = len(view.hits) if len(view.hits) <= _MOST else _FIRST
    rest = [view.hits[start : start + _PAGE] for start in range(first, len(view.hits), _PAGE)]
    pages = {_page_name(hits): hits for hits in rest}
    places = {hit.rank: "" for hit in view.hits[:first]}
    places |= {hit.rank: name for name, hits in pages.items() for hit in hits}
    pages_of = environment()
    shared = {"view": view, "night": view.night, "style": Markup(style())}  # noqa: S704  # our own file
    main = pages_of.get_template("night.html.j2").render(
        **shared,
        shown=view.hits[:first],
        first=first,
        mild=sum(not hit.severe for hit in view.hits[:first]),
        pages=[(name, (hits[0].rank, hits[-1].rank)) for name, hits in pages.items()],
        places=places,
        index="#index",
        nights=_nights(view),
        counted=f"{POPULATION}; unit: {UNIT}",
    )
    template = pages_of.get_template("hits.html.j2")
    return {MAIN: main} | {
        name: template.render(**shared, hits=hits, index=f"{MAIN}#index") for name, hits in pages.items()
    }


def _page_name(hits: Sequence[HitView]) -> str:
    return f"report-hits-{hits[0].rank:05d}.html"


def _nights(view: NightView) -> list[plots.Chart]:
    def chart(title: str, unit: str, values: Sequence[int]) -> plots.Chart:
        labels = [f"{figures.night:%d}" for figures in view.history]
        return plots.standing(title, unit, list(zip(labels, values, strict=True)))

    return [
        chart("Travellers by night", "travellers", [figures.travellers for figures in view.history]),
        chart("Hits by night", "hits", [figures.hits for figures in view.history]),
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
