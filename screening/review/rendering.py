"""Pages as HTML: the report's templates and style, and a policy that allows nothing but what we wrote.

Style and script stand in the page; the policy names their hashes, so that nothing else can run, whatever a
name holds. Every value is escaped, and signs that mislead a reader are taken out, as in the report.
"""

import base64
import hashlib
from datetime import datetime
from functools import cache
from importlib import resources

from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from screening.reports import night_html
from screening.review.accounts import WARNING
from screening.review.office import Visit
from screening.tables.errors import ScreeningError


@cache
def _environment() -> Environment:
    made = night_html.environment().overlay(
        loader=ChoiceLoader([PackageLoader("screening.review"), PackageLoader("screening.reports")])
    )
    made.filters["clock"] = _clock
    return made


def _clock(written: str | datetime | None) -> str:
    """Write a moment of the index for people: day and minute, UTC."""
    if not written:
        return "not known"
    at = datetime.fromisoformat(written) if isinstance(written, str) else written
    return f"{at:%Y-%m-%d %H:%M} UTC"


@cache
def _own(name: str) -> str:
    return resources.files("screening.review").joinpath("templates", name).read_text("utf-8")


class _Places(dict[str, str]):
    """Where a hit stands: each has a page of its own."""

    def __missing__(self, hit_id: str) -> str:
        return f"/hits/{hit_id}"


@cache
def _style() -> str:
    return night_html.style() + _own("review.css")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def policy() -> str:
    """Return the content security policy of every page."""
    return (
        f"default-src 'none'; style-src '{_hash(_style())}'; script-src '{_hash(_own('review.js'))}'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def page(visit: Visit, template: str, *, status: int = 200, **shown: object) -> Response:
    """Return a page.

    Args:
        visit: the request.
        template: its template.
        status: HTTP status.
        shown: what the template shows.
    """
    session = visit.session
    left = int((session.ends - visit.now).total_seconds()) if session else 0
    text = (
        _environment()
        .get_template(template)
        .render(
            style=Markup(_style()),  # noqa: S704  # our own file
            script=Markup(_own("review.js")),  # noqa: S704  # our own file
            visit=visit,
            session=session,
            roles=visit.roles,
            left=left,
            warn=max(0, left - int(WARNING.total_seconds())),
            index="/queue",
            places=_Places(),
            **shown,
        )
    )
    return HTMLResponse(text, status, {"content-security-policy": policy()})


def go(path: str) -> Response:
    """Send a browser on to another page, by GET."""
    return RedirectResponse(path, 303)


def refusal(visit: Visit, fault: ScreeningError, status: int = 400) -> Response:
    """Return a page that tells what is wrong, where, what happened, what to do."""
    return page(visit, "message.html.j2", status=status, title="Not done", fault=fault, back=visit.target)
