"""The application: each route with who may use it, and the checks that every request passes before its page.

Checked in this order: host, origin of what changes something, session, token of the form, role. A route that
names no roles is for everybody, logged in or not.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from screening.night.exceptions import place_of
from screening.review import accounts, acting, deciding, entering, guard, reading
from screening.review.desk import desk_of
from screening.review.office import Office, Page, Visit
from screening.review.reading import NoSuchHitError
from screening.review.rendering import go, page, refusal
from screening.tables.codes import ReviewRole
from screening.tables.errors import ScreeningError, StoreError, UsageError

_LOG = logging.getLogger("screening.review")
_MOST_BYTES, _MOST_FIELDS = 65_536, 400
DECIDE = frozenset({ReviewRole.ANALYST, ReviewRole.SUPERVISOR})
READ = DECIDE | {ReviewRole.AUDITOR}
SEE = READ | {ReviewRole.BORDER}
TELL_BACK = DECIDE | {ReviewRole.BORDER}
EACH = SEE | {ReviewRole.LIST_ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Way:
    """A route.

    Attributes:
        path: as Starlette writes it.
        method: GET or POST.
        page: what answers.
        roles: who may; None for everybody.
    """

    path: str
    method: str
    page: Page
    roles: frozenset[ReviewRole] | None


_HIT = "/hits/{hit}"
WAYS = (
    Way("/", "GET", lambda visit: go("/queue"), None),
    Way("/login", "GET", entering.login_page, None),
    Way("/login", "POST", entering.login, None),
    Way("/logout", "POST", entering.logout, EACH),
    Way("/stay", "POST", entering.stay, EACH),
    Way("/settings", "GET", entering.settings_page, EACH),
    Way("/settings", "POST", entering.settings, EACH),
    Way("/queue", "GET", reading.queue_page, SEE),
    Way(_HIT, "GET", reading.hit_page, SEE),
    Way("/people/{hit}", "GET", reading.person_page, READ),
    Way(_HIT + "/claim", "POST", deciding.claim, DECIDE),
    Way(_HIT + "/release", "POST", deciding.release, DECIDE),
    Way(_HIT + "/draft", "POST", deciding.draft, DECIDE),
    Way(_HIT + "/decide", "POST", deciding.decide, DECIDE),
    Way(_HIT + "/confirm", "POST", deciding.confirm, DECIDE),
    Way(_HIT + "/undo", "POST", deciding.undo, DECIDE),
    Way(_HIT + "/alike", "POST", acting.alike, DECIDE),
    Way(_HIT + "/note", "POST", acting.note, DECIDE),
    Way(_HIT + "/park", "POST", acting.park, DECIDE),
    Way(_HIT + "/blind", "GET", acting.blind_page, DECIDE),
    Way(_HIT + "/opinion", "POST", acting.opinion, DECIDE),
    Way(_HIT + "/outcome", "POST", acting.outcome, TELL_BACK),
    Way(_HIT + "/closing", "POST", acting.closing, DECIDE),
    Way(_HIT + "/nominate", "POST", acting.nominate, DECIDE),
    Way(_HIT + "/unmask", "POST", acting.unmask, DECIDE),
    Way(_HIT + "/unmasked", "GET", acting.unmasked_page, DECIDE),
)


def create_app(office: Office | None = None) -> Starlette:
    """Return the application.

    Args:
        office: where it stands; by default the environment's store and profile, on the loopback.
    """
    stands = office or Office()
    return Starlette(
        routes=[
            Route(way.path, _endpoint(stands, way), methods=[way.method], include_in_schema=False)
            for way in WAYS
        ],
        middleware=[Middleware(guard.Guarded, office=stands)],
        exception_handlers={HTTPException: _plain},
    )


async def _plain(request: Request, fault: Exception) -> Response:
    return _told(fault.status_code if isinstance(fault, HTTPException) else 500)


def _told(status: int) -> Response:
    words = {404: "There is no such page.", 405: "This page is not used that way."}
    text = words.get(status, "This cannot be done.") + "\n"
    return Response(text, status, media_type="text/plain; charset=utf-8")


def _endpoint(office: Office, way: Way):  # type: ignore[no-untyped-def]  # noqa: ANN202  # Starlette's own type
    async def endpoint(request: Request) -> Response:
        body = b""
        if way.method == "POST":
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return _told(413)
        return await run_in_threadpool(_answer, office, way, request, body)

    return endpoint


def _answer(office: Office, way: Way, request: Request, body: bytes) -> Response:
    visit: Visit | None = None
    try:
        form = _form(request.headers.get("content-type", ""), body)
        if form is None or (way.method != "GET" and not guard.from_our_page(office, request.headers)):
            return Response("This form does not come from a page of the review. Nothing was done.\n", 403)
        visit = _visit(office, request, form)
        return _checked(visit, way)
    except NoSuchHitError as fault:
        return refusal(visit, fault, 404) if visit else _broken(fault)
    except UsageError as fault:
        return refusal(visit, fault) if visit else _broken(fault)
    except ScreeningError as fault:
        return refusal(visit, fault, 503) if visit else _broken(fault)
    except Exception as fault:  # noqa: BLE001  # its text may name somebody: the place alone is told
        _LOG.error("a page failed: %s", place_of(fault))
        return _broken(
            StoreError(
                f"the program failed: {place_of(fault)}",
                where="this page",
                effect="what was decided stands",
                remedy="go back to the queue; if it fails again, report the place",
            )
        )


def _broken(fault: ScreeningError) -> Response:
    """Tell of a fault where no page can be made."""
    return Response(f"{fault}\n", 503, media_type="text/plain; charset=utf-8")


def _form(kind: str, body: bytes) -> Mapping[str, list[str]] | None:
    if not body:
        return {}
    if kind.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return None
    try:
        return parse_qs(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except (ValueError, UnicodeDecodeError):
        return None


def _visit(office: Office, request: Request, form: Mapping[str, list[str]]) -> Visit:
    settings, now = office.settings(), office.now()
    token = request.cookies.get(guard.COOKIE)
    used = "x-draft" not in request.headers  # a script that keeps a draft is nobody's step
    session = accounts.session(desk_of(settings.store), token, now, used=used) if token else None
    query = request.url.query
    return Visit(
        office=office,
        settings=settings,
        now=now,
        path=request.path_params,
        query=request.query_params,
        address=request.client.host if request.client else "",
        token=token,
        session=session,
        form=form,
        target=request.url.path + (f"?{query}" if query else ""),
    )


def _checked(visit: Visit, way: Way) -> Response:
    hit = visit.path.get("hit")
    if hit is not None and not _is_id(hit):
        return _told(404)
    if way.roles is not None:
        if visit.session is None:
            if way.method == "POST":
                return entering.keep(visit, hit) if hit is not None else go("/login")
            return go(f"/login?next={quote(entering.inside(visit.target), safe='/')}")
        if way.method == "POST" and not guard.own_form(visit.word("token"), visit.session.form_token):
            return Response("This form is not of your session. Nothing was done.\n", 403)
        if visit.roles.isdisjoint(way.roles):
            return _not_allowed(visit, way.roles)
    return way.page(visit)


def _is_id(text: str) -> bool:
    return 8 <= len(text) <= 64 and all(sign in "0123456789abcdef" for sign in text)


def _not_allowed(visit: Visit, needed: frozenset[ReviewRole]) -> Response:
    words = ", ".join(str(one).replace("_", " ") for one in ReviewRole if one in needed)
    fault = UsageError(
        "this is not for your role",
        where=visit.target.partition("?")[0],
        effect="nothing was shown or done",
        remedy=f"it is for: {words} (`screening review account roles`; the profile's section review)",
    )
    return page(visit, "message.html.j2", status=403, title="Not for your role", fault=fault, back="")
