"""A morning of two analysts and a supervisor in headless Chromium, from the queue to the border's sheet."""

import threading
import time
from urllib.request import urlopen

import pytest
import uvicorn

from screening.night.settings import load_settings
from screening.review.app import create_app
from screening.review.office import Office
from screening.store import acts
from tests.browser import axe
from tests.cli.conftest import call
from tests.review.conftest import PASSWORD
from tests.review.test_morning import hits_by

pytestmark = pytest.mark.slow


@pytest.fixture
def served(agency):
    """The application on a port of the loopback."""
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    office = Office(origin=origin, settings=lambda: agency.settings, now=lambda: agency.clock)
    config = uvicorn.Config(create_app(office), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    assert urlopen(f"{origin}/login", timeout=10).status == 200
    yield origin
    server.should_exit = True
    running.join(10)


def enter(page, origin: str, name: str) -> None:
    page.goto(f"{origin}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("button:has-text('Log in')")
    page.wait_for_url("**/queue")


def test_a_morning_of_two_analysts_and_a_supervisor_and_axe_finds_nothing(agency, served, browser, page):
    profile = agency.folder / "profile.toml"
    roles = 'analysts = ["anna", "ben"]\nsupervisors = ["sue"]\nborder = ["bo"]'
    profile.write_text(f"{profile.read_text()}\n[review]\n{roles}\n")
    agency.settings = load_settings()
    ours = hits_by(agency, "refuse_entry")
    page.goto(f"{served}/login")
    assert axe(page) == []
    enter(page, served, "anna")
    assert axe(page) == []
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "go"
    page.goto(f"{served}/hits/{ours[0]}")
    assert axe(page) == []
    page.emulate_media(media="screen")
    page.keyboard.press("f")
    page.keyboard.type("other birth place f t i")  # keys while typing are letters
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"!location.pathname.includes('{ours[0]}')")
    assert "Proposed: false match" in page.inner_text("[role=status]")
    page.goto(f"{served}/people/{ours[0]}")
    assert axe(page) == []
    page.goto(f"{served}/settings")
    assert axe(page) == []
    page.check("input[name=shortcuts][value='0']")
    page.click("button:has-text('Keep')")
    page.goto(f"{served}/hits/{ours[0]}")
    page.keyboard.press("t")
    assert not page.is_checked("input[value=true_match]")
    page.goto(f"{served}/hits/{ours[0]}/blind")
    assert axe(page) == []

    second = browser.new_context(
        viewport={"width": 820, "height": 1180}, java_script_enabled=False
    ).new_page()
    enter(second, served, "ben")
    second.click("text=To confirm")
    second.click(f"a[href='/hits/{ours[0]}']")
    second.click("button:has-text('Confirm false match')")
    second.wait_for_load_state()
    assert "Confirmed: false match, proposed by anna" in second.inner_text("[role=status]")
    [row] = acts.dispositions(agency.store).to_pylist()
    assert (row["analyst"], row["second"], row["reason"]) == ("anna", "ben", "other birth place f t i")
    second.context.close()

    page.goto(f"{served}/hits/{ours[1]}")  # another decides it meanwhile
    agency.log_in("ben").decide(ours[1], "true_match", "same document")
    page.check("input[value=false_match]")
    page.fill("#reason", "another place of birth")
    page.click("button:has-text('Send the decision')")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#reason") == "another place of birth"
    assert axe(page) == []
    page.click("button:has-text('Confirm true match')")  # it has convinced her
    page.wait_for_load_state()
    assert "Confirmed: true match, proposed by ben" in page.inner_text("[role=status]")

    at_head = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    enter(at_head, served, "sue")
    at_head.goto(f"{served}/hits/{ours[0]}")
    at_head.click("text=Take the last act back")
    at_head.fill("#undo", "the birth place was read wrongly")
    at_head.click("button:has-text('Take it back')")
    at_head.wait_for_load_state()
    assert "Taken back: the decision false match" in at_head.inner_text("[role=status]")
    assert axe(at_head) == []
    at_head.context.close()
    told = call(
        agency.folder, "handout", "--for", "desk3", "--format", "json", "--as", "sue", "--reason", "shift"
    )
    assert [one["hit_id"] for one in told.json()["hits"]] == [ours[1]], told.err  # the true match alone

    at_border = browser.new_context(viewport={"width": 820, "height": 1180}).new_page()
    enter(at_border, served, "bo")
    at_border.goto(f"{served}/hits/{ours[1]}")
    assert "same document" not in at_border.inner_text("main")
    assert axe(at_border) == []
    at_border.context.close()

    page.set_viewport_size({"width": 820, "height": 1180})
    for path in ("/queue?state=all", f"/hits/{ours[0]}"):
        page.goto(f"{served}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 820, (path, wide)
