"""Every link within the built site leads somewhere, and no page loads anything from outside."""

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class Page(HTMLParser):
    """What a page names, links to and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes that matter."""
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in LOADS and found.get(LOADS[tag]):
            self.loads.append(found[LOADS[tag]])


def faults(site: Path) -> Iterator[str]:
    """A line for each link that leads nowhere and each thing loaded from outside."""
    for path in sorted(site.rglob("*.html")):
        page, name = _read(path), path.relative_to(site)
        yield from (f"{name}: loads {url}" for url in page.loads if _outside(url))
        for url in (*page.links, *page.loads):
            if not _outside(url) and not _leads(path, url):
                yield f"{name}: {url} leads nowhere"


@cache
def _read(path: Path) -> Page:
    return Page(path.read_text("utf-8"))


def _outside(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https", "mailto") or url.startswith("//")


def _leads(path: Path, url: str) -> bool:
    """Whether a link within the site has a file, and the place in it."""
    parts = urlsplit(url)
    if parts.scheme == "data":
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return False
    place = unquote(parts.fragment)
    return not place or target.suffix != ".html" or place in _read(target).ids


def _check(app: Any, exception: Exception | None) -> None:
    found = [] if exception or app.builder.format != "html" else list(faults(Path(app.outdir)))
    if found:
        raise RuntimeError("\n".join(found))


def setup(app: Any) -> None:
    """Check when all pages are written."""
    app.connect("build-finished", _check)
