"""The report in a real browser: nothing asked of the network, nothing too wide, accessible."""

import pytest

from tests.report import small


@pytest.fixture
def visit(browser):
    """Open a file; what the console said and what was asked for are on the page."""
    opened = []

    def visit(path, width=800, theme="light", **more):
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=theme, **more
        )
        opened.append(page)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("dialog", lambda dialog: page.said.append(dialog.message) or dialog.dismiss())
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield visit
    for page in opened:
        page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1600])
def test_it_opens_quietly_offline_and_fits(visit, finished, width, theme):
    page = visit(finished / "report.html", width, theme)
    assert page.said == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator(".chart svg:visible")
    assert shown.count() == page.locator("figure").count() > 10
    fonts = page.evaluate(
        """() => [...document.querySelectorAll('.chart svg text')]
        .filter(t => t.getClientRects().length)
        .map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a)"""
    )
    assert min(fonts) > 9


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit, finished, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(finished / "report.html", 800, theme, bypass_csp=True)
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


def test_the_keyboard_reaches_contents_tables_and_downloads(visit, finished):
    page = visit(finished / "report.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    reached = page.evaluate(
        "[...document.querySelectorAll('summary, .downloads a')].every(e => e.tabIndex === 0)"
    )
    assert reached


def test_hostile_text_runs_nothing(visit, tmp_path):
    small.run(small.hostile(tmp_path), tmp_path / "run")
    page = visit(tmp_path / "run" / "report.html")
    assert page.said == []
    assert page.locator("h1").inner_text() == small.HOSTILE
    assert page.locator("main script, main img").count() == 0


def test_on_paper_the_answers_stand_in_dark_ink(visit, finished):
    page = visit(finished / "report.html", theme="dark")
    page.emulate_media(media="print")
    ink = page.evaluate("getComputedStyle(document.body).getPropertyValue('--ink')").strip()
    assert ink == "#1b1f24"
    assert not page.locator("nav").is_visible()
