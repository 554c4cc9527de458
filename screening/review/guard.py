"""What every request passes: the right host, a form of our own, headers that leave nothing behind.

A browser sends the cookie with a form of any other port of the same host, too (SameSite knows sites, not
origins). So a request that changes something must come from our own pages: `Sec-Fetch-Site: same-origin`, or,
from a browser that does not say it, `Origin` is ours; and its form carries the session's own token.

Source: Fetch Metadata (W3C), RFC 6265bis (`__Host-`), CSP level 3, OWASP CSRF Prevention Cheat Sheet.
"""

import hmac
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screening.review.office import Office

COOKIE = "__Host-sid"
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"x-robots-tag", b"noindex"),
)
_NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Guarded:
    """Refuses another host, and puts the headers on every answer, whoever made it."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app, self._office = app, office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = [*message["headers"], *HEADERS]
                if not any(name == b"content-security-policy" for name, _ in held):
                    held.append((b"content-security-policy", _NOTHING))
                message = {**message, "headers": held}
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if hosts != [self._office.host]:
            await _refused(sending)
            return
        await self._app(scope, receive, sending)


async def _refused(send: Send) -> None:
    text = b"This address is not the one under which the review is reached.\n"
    plain = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": plain})
    await send({"type": "http.response.body", "body": text})


def from_our_page(office: Office, headers: Mapping[str, str]) -> bool:
    """Say whether a request that changes something comes from a page of ours."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin" and origin in (None, office.origin)
    return origin == office.origin


def own_form(given: str, expected: str) -> bool:
    """Say whether a form carries the token of its session."""
    return hmac.compare_digest(given.encode(), expected.encode())


def cookie(token: str) -> str:
    """Return the header that gives a browser its token."""
    return f"{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict"


def no_cookie() -> str:
    """Return the header that takes it away."""
    return f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
