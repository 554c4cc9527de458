"""Pages of the night's report in Chromium: WCAG 2.2 AA by axe, widths, the script of the index."""

from datetime import UTC, datetime

import pytest

from screening.reports.night_html import render
from tests.browser import axe

WIDER = """() => [...document.querySelectorAll("table")].filter(
    one => one.offsetParent && one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def report(night_tables, night_view, tmp_path_factory):
    """Write the report of a small night and give its address; read only."""
    folder = tmp_path_factory.mktemp("report")
    view = night_view(night_tables(7, 8), moment=datetime(2026, 11, 23, 12, tzinfo=UTC), home="FR")
    for name, html in render(view).items():
        (folder / name).write_text(html, encoding="utf-8")
    return (folder / "report.html").as_uri()


def test_axe_finds_nothing_in_the_report_and_a_planted_fault(report, page):
    page.goto(report)
    assert axe(page) == []
    page.set_content("<html lang=en><title>t</title><main><h1>h</h1><img src=x></main>")
    assert [line.split(":")[0] for line in axe(page)] == ["violations image-alt"]


def test_tables_fit_the_screen_and_the_paper(report, page):
    page.goto(report)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    assert page.evaluate(WIDER) == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 less its margins, at 96 dots an inch
    assert page.evaluate(WIDER) == []


def test_the_index_is_sorted_and_filtered_and_its_policy_lets_nothing_else_run(report, page):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report)
    rows = page.locator("#hits-index tr[data-state]")
    assert page.locator("#shown").text_content() == "7 of 7 shown"
    page.fill("#find", "okonkwara")
    assert page.locator("#shown").text_content() == "1 of 7 shown"
    assert rows.locator("visible=true").count() == page.locator(".hit:visible").count() == 1
    page.fill("#find", "")
    page.select_option("[data-filter=severity]", "5")
    assert page.locator("#shown").text_content() == "1 of 7 shown"
    page.select_option("[data-filter=severity]", "")
    page.get_by_role("button", name="Traveller").click()
    names = page.locator("#hits-index tbody").first.locator("th a").all_text_contents()
    assert names == sorted(names)
    assert said == []
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s) }"
    )
    assert page.evaluate("() => window.ran") is None
    assert len(said) == 1
