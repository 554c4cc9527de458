"""Pages of the night's report in Chromium: WCAG 2.2 AA by axe."""

from tests.browser import axe


def test_axe_finds_a_planted_fault_and_nothing_else(page):
    page.set_content("<html lang=en><title>t</title><main><h1>h</h1></main>")
    assert axe(page) == []
    page.set_content("<html lang=en><title>t</title><main><h1>h</h1><img src=x></main>")
    assert [line.split(":")[0] for line in axe(page)] == ["violations image-alt"]
