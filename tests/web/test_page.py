"""The page in a real browser: it answers, follows what is moved, and asks nobody else."""

import json
import threading

import pytest
import uvicorn

from foedus.scenario.load import load, scaffold
from foedus.study.pipeline import Options, run
from foedus.web.app import application
from foedus.web.guard import Guard
from foedus.web.serve import LOOPBACK, door

LIGHT = "poland-1939"
"""A scenario that is soon answered."""
REFUSED = "status of 422"
"""What a browser says of each refusal of ours."""


@pytest.fixture(scope="module")
def address():
    """A server on a free port."""
    socket = door("127.0.0.1", 0)
    guarded = Guard(application(), frozenset(LOOPBACK), 1_000_000)
    server = uvicorn.Server(uvicorn.Config(guarded, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A scenario file."""
    place = tmp_path_factory.mktemp("case") / "case.yaml"
    place.write_text(scaffold("case"))
    return place


@pytest.fixture
def page(browser, address, case):
    """The page with its first answers; nothing may go wrong in it, and nobody else be asked."""
    page, wrong = browser.new_page(viewport={"width": 1200, "height": 900}), []
    page.on("console", lambda said: REFUSED in said.text or wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    own = (address, "data:", "blob:")
    page.on("request", lambda asked: asked.url.startswith(own) or wrong.append(asked.url))
    page.goto(f"{address}/?scenario={LIGHT}")
    page.locator("#status", has_text="runs").wait_for()
    page.set_input_files("#open", str(case))
    page.locator("#title", has_text="A border province").wait_for()
    page.wait_for_selector("#events tbody tr", timeout=300_000)  # compiles at first
    yield page
    page.close()
    assert wrong == []


def settled(page):
    page.get_by_text("10,000 runs, ").wait_for(timeout=120_000)


def cells(page, column):
    return page.locator(f"#events tbody tr td:nth-child({column})").all_inner_texts()


def test_its_answers_are_those_of_the_command(page, case):
    settled(page)
    answers = run(load(case), Options(runs=10_000, devices=2)).answers
    events = [a for a in answers if a.kind == "event"]
    shown = [float(x.split("%")[0].strip().lstrip("<>")) for x in cells(page, 2)]
    assert len(shown) == len(events)
    for said, answer in zip(shown, events, strict=True):
        assert said == pytest.approx(100 * answer.value, abs=1.0)


def test_a_switch_changes_the_answers_and_undoing_it_brings_them_back(page):
    settled(page)
    before = cells(page, 2)
    page.locator("#switch-S02").uncheck()
    page.get_by_text("without S02").wait_for()
    settled(page)
    assert cells(page, 2) != before
    assert any(text.strip() for text in cells(page, 3))
    page.get_by_role("button", name="Undo all changes").click()
    page.locator("#changes li").wait_for(state="detached")
    settled(page)
    assert cells(page, 2) == before


def test_an_answer_that_takes_long_says_why(page):
    settled(page)
    page.route("**/api/answers", lambda route: None)  # held
    page.locator("#switch-S02").uncheck()
    page.get_by_text("the first time the model is compiled").wait_for(timeout=20_000)
    page.unroute("**/api/answers")  # lets go what was held
    settled(page)
    assert "compiled" not in page.locator("#status").inner_text()


def test_charts_follow_the_answers(page):
    settled(page)
    page.locator("#charts figure svg").first.wait_for(timeout=60_000)
    assert page.locator("#charts figure").count() > 5


def test_why_tells_terms(page):
    page.get_by_role("button", name="Why").first.click()
    page.locator("#why .term").first.wait_for(timeout=60_000)
    assert "in logits against staying out" in page.locator("#why").inner_text()


def test_a_broken_file_is_told_with_its_place_and_hostile_text_stays_text(page, tmp_path):
    broken = tmp_path / "<img src=x onerror=alert(1)>.yaml"
    broken.write_text("foedus: 1\n id: [\n")
    page.set_input_files("#open", str(broken))
    page.locator("#faults:not([hidden])").wait_for()
    assert "<img src=x onerror=alert(1)>.yaml:2:" in page.locator("#faults").inner_text()


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_nothing_overflows(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_of_accessibility(page, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme=theme)
    found = axe.Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, json.dumps([(one["id"], one["nodes"][:2]) for one in serious], indent=1)
