"""The page: its first paint, and how soon an answer follows a slider; `python benchmarks/page.py`.

Prints one JSON object of seconds. A first round warms the server, and each later one asks for what
it has not answered before.
"""

import json
import statistics
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import uvicorn

from foedus.web.app import application
from foedus.web.serve import door

ROUNDS = 7
CHROMIUM = Path("/usr/bin/chromium")
SCENARIO, SLIDER = "karabakh-2020", "states.RUS.domestic"


def served() -> str:
    """Address of a server that lasts as long as this process."""
    bound = door("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application(), log_level="error"))
    threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


def answer(address: str, look: str, **asked: object) -> Callable[[int], float]:
    """Seconds until the answers of 1,000 runs are there, with the slider at a new place."""

    def ask(number: int) -> float:
        moved = {SLIDER: f"{0.1 + 0.01 * number:.2f}"}
        body = {"scenario": SCENARIO, "runs": 1000, "look": look, "set": moved, **asked}
        request = urllib.request.Request(
            f"{address}/api/answers",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        start = time.perf_counter()
        with urllib.request.urlopen(request) as said:
            said.read()
        return time.perf_counter() - start

    return ask


def warm(measure: Callable[[int], float], rounds: int = ROUNDS) -> float:
    """Median of some rounds, after one that does not count."""
    measure(0)
    return statistics.median(measure(1 + i) for i in range(rounds))


def paint(address: str) -> float | None:
    """Median seconds from asking for the page to its first contentful paint."""
    if not CHROMIUM.exists():
        return None
    from playwright.sync_api import sync_playwright

    first = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"

    def look(number: int) -> float:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function(f"{first} > 0")
        found = page.evaluate(first) / 1000
        page.close()
        return found

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        return warm(look)


def main() -> None:
    """Measure and print."""
    address = served()
    found = {
        "opening": warm(answer(address, "opening")),
        "whole": warm(answer(address, "whole")),
        "as_of": warm(answer(address, "whole", as_of="2020-10-28"), 2),
        "paint": paint(address),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
