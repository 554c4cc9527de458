"""What every page has at hand: store, profile, desk, index, clock; and one request with who sent it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from starlette.responses import Response

from screening.hits.roles import roles_of
from screening.night.settings import Settings, load_settings
from screening.profile.review import Review
from screening.review.accounts import Account, Session
from screening.review.database import Database
from screening.review.desk import desk_of
from screening.review.index import bring_up, index_of
from screening.store.zones import Store
from screening.tables.codes import ReviewRole
from screening.tables.errors import StoreError, UsageError


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Office:
    """Where the application stands.

    Attributes:
        origin: scheme, host and port under which browsers reach it.
        settings: reads store and profile anew, so that a changed profile counts at once.
        now: the clock, UTC.
    """

    origin: str = "http://127.0.0.1:8090"
    settings: Callable[[], Settings] = load_settings
    now: Callable[[], datetime] = _now

    @property
    def host(self) -> str:
        """Return host and port as browsers name them."""
        return urlsplit(self.origin).netloc


@dataclass
class Visit:
    """One request, checked: who, what, when.

    Attributes:
        session: None before the log-in.
        form: fields of the form, each with all of its values.
        said: what could not be done besides, told on the page.
    """

    office: Office
    settings: Settings
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    address: str
    token: str | None
    session: Session | None
    form: Mapping[str, list[str]]
    target: str
    said: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """Return the store."""
        return self.settings.store

    @property
    def desk(self) -> Database:
        """Return the desk."""
        return desk_of(self.store)

    @property
    def review(self) -> Review:
        """Return the profile's section."""
        return self.settings.profile.review

    @property
    def name(self) -> str:
        """Return who is logged in."""
        if self.session is None:
            raise RuntimeError("a page that shows somebody's name asks for a log-in")
        return self.session.account.name

    @property
    def roles(self) -> frozenset[ReviewRole]:
        """Return what who is logged in may do now."""
        return allowed(self.session.account, self.review) if self.session else frozenset()

    def word(self, name: str, most: int = 4_000) -> str:
        """Return a field of the form, empty where it is not there."""
        return (self.form.get(name) or [""])[0].strip()[:most]

    def index(self) -> Database:
        """Return the index, brought up to this moment; one that is damaged is made again."""
        index = index_of(self.store)
        try:
            bring_up(index, self.store, self.settings.profile, self.now)
        except StoreError as fault:
            if fault.where != str(index.path):
                raise
            for path in index.path.parent.glob(f"{index.path.name}*"):
                path.unlink(missing_ok=True)
            bring_up(index, self.store, self.settings.profile, self.now)
        return index


class Page(Protocol):
    """What answers a visit."""

    def __call__(self, visit: Visit) -> Response:
        """Answer."""


def allowed(account: Account, review: Review) -> frozenset[ReviewRole]:
    """Return what an account may do: its roles, of those that the profile gives its person.

    Where the profile names nobody in any role, the account's roles hold.
    """
    if not any(review.people().values()):
        return account.roles
    return account.roles & roles_of(account.name, review)


def wrong(what: str, where: str, remedy: str) -> UsageError:
    """Return a refusal of something that was typed."""
    return UsageError(what, where=where, effect="nothing was done", remedy=remedy)
