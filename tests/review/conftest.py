"""One screened night behind the application, in this process; each test gets its own copy."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from screening.night.settings import Settings, load_settings
from screening.review.accounts import add_account
from screening.review.app import create_app
from screening.review.desk import desk_of
from screening.review.office import Office
from screening.store.zones import Store
from screening.tables.codes import ReviewRole

ORIGIN = "https://testserver"
PASSWORD = "correct horse battery"
OURS = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
PEOPLE = {
    "anna": ReviewRole.ANALYST,
    "ben": ReviewRole.ANALYST,
    "sue": ReviewRole.SUPERVISOR,
    "bo": ReviewRole.BORDER,
    "aud": ReviewRole.AUDITOR,
    "liz": ReviewRole.LIST_ADMINISTRATOR,
}


@dataclass
class Desk:
    """A browser of one person."""

    client: TestClient
    name: str

    def get(self, path: str, **more):
        return self.client.get(path, **more)

    def post(self, path: str, /, headers=OURS, **form):
        return self.client.post(path, data=form, headers=headers)

    def form(self, hit: str, /) -> dict[str, str]:
        """Return the hidden fields of the decision's form, as the page shows them now."""
        text = self.get(f"/hits/{hit}").text
        fields = re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', text[text.index('id="deciding"') :]
        )
        return {name: unescape(value) for name, value in fields}

    def act(self, hit: str, act: str, /, **form):
        return self.post(f"/hits/{hit}/{act}", **{**self.form(hit), **form})

    def decide(self, hit: str, decision: str = "false_match", reason: str = "born elsewhere", **form):
        return self.act(hit, "decide", decision=decision, reason=reason, **form)


@dataclass
class Agency:
    """The application over a night of its own, with a clock that stands."""

    folder: Path
    settings: Settings
    clock: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 5, 0, tzinfo=UTC))

    def __post_init__(self) -> None:
        office = Office(origin=ORIGIN, settings=lambda: self.settings, now=lambda: self.clock)
        self.app = create_app(office)

    @property
    def store(self) -> Store:
        return self.settings.store

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=ORIGIN, follow_redirects=False)

    def log_in(self, name: str) -> Desk:
        made = Desk(self.browser(), name)
        assert made.post("/login", name=name, password=PASSWORD).status_code == 303
        return made

    def hits(self, name: str = "anna", query: str = "state=all") -> list[str]:
        return re.findall(
            r'class="go" href="/hits/([0-9a-f]+)"', self.log_in(name).get(f"/queue?{query}").text
        )

    def later(self, **more: float) -> None:
        self.clock += timedelta(**more)


@pytest.fixture(scope="session")
def with_accounts(screened_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "agency"
    shutil.copytree(screened_night, folder, symlinks=True)
    desk = desk_of(Store(folder / "store"))
    for name, role in PEOPLE.items():
        add_account(desk, name, [role], PASSWORD, datetime(2026, 11, 24, tzinfo=UTC), cost=2**4)
    return folder


@pytest.fixture
def agency(with_accounts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agency:
    folder = tmp_path / "agency"
    shutil.copytree(with_accounts, folder, symlinks=True)
    monkeypatch.setenv("SCREENING_STORE", str(folder / "store"))
    monkeypatch.setenv("SCREENING_PROFILE", str(folder / "profile.toml"))
    return Agency(folder, load_settings())


Opened = Callable[[str], Desk]
