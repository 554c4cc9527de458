"""The ways by which a notice leaves: a line in a file, a POST to a webhook, an e-mail; as the profile says.

Standard library only. A webhook is https, or on this machine; it is not followed to another address. An
e-mail goes to a mail relay without a log-in, encrypted where the relay is another machine. Each way gets 20
seconds in all, as a name server or a pipe may hang longer than any time-out of a socket.
"""

import json
import os
import smtplib
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from http.client import HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from screening.night.settings import Settings
from screening.profile.model import LOCAL, EmailNotice

Message = Mapping[str, object]
Send = Callable[[Message], str | None]
"""Sends a message; gives what went wrong, without address or content."""
_SECONDS = 10.0  # for each step on a socket
_WHOLE = 20.0


def deliveries(settings: Settings) -> dict[str, Send]:
    """Return the ways that the profile names; none where nobody is to be told."""
    notify = settings.profile.notify
    ways: dict[str, Send] = {}
    if notify.file:
        path = settings.profile_folder / notify.file
        ways["file"] = lambda message: _bounded(lambda: _append(path, message))
    if notify.webhook:
        address = notify.webhook
        ways["webhook"] = lambda message: _bounded(lambda: _post(address, message))
    if notify.email:
        email = notify.email
        ways["e-mail"] = lambda message: _bounded(lambda: _mail(email, message))
    return ways


def _bounded(send: Callable[[], None]) -> str | None:
    """Send, and wait no longer than `_WHOLE`.

    Returns:
        What went wrong: kind of the exception or HTTP status; its text may hold the address.
    """
    wrong: list[str | None] = [f"no answer in {_WHOLE:.0f} s"]

    def run() -> None:
        try:
            send()
            wrong[0] = None
        except urllib.error.HTTPError as fault:
            wrong[0] = f"HTTP {fault.code}"
        except Exception as fault:  # noqa: BLE001  (a way that breaks must not break the night)
            cause = fault.reason if isinstance(fault, urllib.error.URLError) else fault
            wrong[0] = type(cause).__name__

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_WHOLE)
    return wrong[0]


def _append(path: Path, message: Message) -> None:
    line = json.dumps(message, ensure_ascii=True).encode() + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        if os.write(handle, line) < len(line):
            raise OSError("the disk took half a line")
        os.fsync(handle)
    finally:
        os.close(handle)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead away from the address that the profile names."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Give no further request, so that the redirect is an error."""


def _post(address: str, message: Message) -> None:
    handlers: list[urllib.request.BaseHandler] = [_Stay()]
    if urlsplit(address).hostname in LOCAL:
        handlers.append(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(  # noqa: S310  (https or this machine: the profile takes nothing else)
        address,
        data=json.dumps(message).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "screening"},
    )
    with urllib.request.build_opener(*handlers).open(request, timeout=_SECONDS):
        pass


def _mail(email: EmailNotice, message: Message) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = email.sender, ", ".join(email.to)
    letter["Subject"] = f"Screening: {message['about']} {message['state']}"
    letter.set_content(f"{message['text']}\n")
    with smtplib.SMTP(email.host, email.port, timeout=_SECONDS) as relay:
        if email.host not in LOCAL:
            relay.starttls(context=ssl.create_default_context())
        relay.send_message(letter)
