"""Log-in, log-out, one's own settings."""

import re

from starlette.responses import Response

from screening.review import accounts, claims
from screening.review.desk import tidy
from screening.review.guard import cookie, no_cookie
from screening.review.office import Visit
from screening.review.rendering import go, page

_INSIDE = re.compile(r"/(?:queue(?:\?[\w=&%:.+-]*)?|(?:hits|people)/[0-9a-f]{8,64})?")
_WRONG = "Name or password is wrong."


def inside(path: str) -> str:
    """Return a path of ours to go on to; anything else is the queue.

    >>> inside("/hits/0123456789ab"), inside("//evil.example"), inside("https://evil.example/queue")
    ('/hits/0123456789ab', '/queue', '/queue')
    """
    return path if path != "/" and _INSIDE.fullmatch(path) else "/queue"


def login_page(visit: Visit) -> Response:
    """Ask for name and password."""
    if visit.session is not None:
        return go("/queue")
    kept = "Your session has ended. What you had typed is kept: log in, and it is there."
    told = kept if visit.query.get("kept") else ""
    return page(visit, "login.html.j2", told=told, fault="", next=inside(visit.query.get("next", "")))


def login(visit: Visit) -> Response:
    """Check name and password; begin a new session, whatever cookie came with it."""
    name, password = visit.word("name", 200), (visit.form.get("password") or [""])[0]
    following = inside(visit.word("next", 500))
    try:
        token = accounts.log_in(visit.desk, name, password, visit.address, visit.now)
    except accounts.TooManyTriesError as fault:
        minutes = -(-fault.seconds // 60)
        told = f"Too many tries. Nobody logs in this way for {minutes} minutes, whatever the password."
        answer = page(visit, "login.html.j2", status=429, told="", fault=told, next=following)
        answer.headers["retry-after"] = str(fault.seconds)
        return answer
    if token is None:
        return page(visit, "login.html.j2", status=401, told="", fault=_WRONG, next=following)
    tidy(visit.desk, visit.now)
    if visit.token:
        accounts.log_out(visit.desk, visit.token)
    answer = go(following)
    answer.headers["set-cookie"] = cookie(token)
    return answer


def logout(visit: Visit) -> Response:
    """End the session, here and on the desk."""
    if visit.token:
        accounts.log_out(visit.desk, visit.token)
    answer = go("/login")
    answer.headers["set-cookie"] = no_cookie()
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


def keep(visit: Visit, hit_id: str) -> Response:
    """Keep what was sent after the session had ended, for whose session it was, and ask them to log in."""
    account = accounts.ended_session(visit.desk, visit.token) if visit.token else None
    own = visit.token is not None and visit.word("token") == accounts.form_token(visit.token)
    following = f"/login?next=/hits/{hit_id}"
    if account is None or not own:
        return go(following)
    claims.keep_draft(
        visit.desk, hit_id, account.name, visit.word("decision", 40), visit.word("reason"), visit.now
    )
    return go(f"{following}&kept=1")


def settings_page(visit: Visit) -> Response:
    """Show one's own settings."""
    return page(visit, "settings.html.j2")


def settings(visit: Visit) -> Response:
    """Switch the shortcuts on or off."""
    accounts.set_shortcuts(visit.desk, visit.name, on=visit.word("shortcuts") == "1")
    return go("/settings")


def stay(visit: Visit) -> Response:
    """Go on with a session that was about to end: the request itself did it."""
    return go(inside(visit.word("next", 500)))
