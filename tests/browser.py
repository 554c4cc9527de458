"""The browser for tests of pages: a Chromium for each module of tests, and what axe finds (WCAG 2.2 AA).

Not one for the session: Playwright's loop counts as running in this thread, and `asyncio.run` of other tests
would be refused.
`--no-sandbox` because tests run as root too; pages come from this machine alone. A page is asked in print
media: what is off screen, and skipped by `content-visibility`, is "incomplete" to axe otherwise (axe #2768).
"""

import shutil
from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Headless Chromium; tests that ask for it skip where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A page in a context of its own (cookies, storage), 1,280 wide; nothing outside this machine answers."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC")
    made = context.new_page()
    yield made
    context.close()


def axe(page: "Page", *, media: str = "print") -> list[str]:
    """Return what axe finds in a page, and what it cannot tell: a line each, empty when all is well.

    Closed `<details>` are opened first: what they hold is not looked at otherwise.
    """
    page.emulate_media(media="print" if media == "print" else "screen")
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
    script = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(script)  # unlike a script tag this passes the page's own policy
    found = page.evaluate("rules => axe.run({runOnly: rules})", list(_RULES))
    return [
        f"{kind} {rule['id']}: {node['target']} {node['html'][:160]}"
        for kind in ("violations", "incomplete")
        for rule in found[kind]
        for node in rule["nodes"]
    ]
