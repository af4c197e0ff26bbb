"""Pictures of pages that foedus writes, taken by the build where there is a chromium."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from generated.console import folder

THEMES = {"light": (), "dark": ("--blink-settings=preferredColorScheme=0",)}
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--hide-scrollbars",
)  # fmt: skip
log = getLogger(__name__)


class Screenshot(SphinxDirective):
    """`{screenshot} PATTERN`: the page that a command before it wrote, in both themes.

    Nothing is shown where no such file was written, or no chromium is there to look at it.
    """

    required_arguments = 1
    option_spec = {  # noqa: RUF012
        "alt": directives.unchanged_required,
        "width": directives.positive_int,
        "height": directives.positive_int,
    }

    def run(self) -> list[nodes.Node]:
        """An image a theme."""
        found = sorted(folder().glob(self.arguments[0]))
        browser = chromium()
        if not found or browser is None:
            log.info(
                "no picture of %s: %s",
                self.arguments[0],
                "not written" if browser else "no chromium",
            )
            return []
        size = self.options.get("width", 1200), self.options.get("height", 800)
        images: list[nodes.Node] = []
        for theme in THEMES:
            name = f"pictures/{self.env.docname.replace('/', '-')}-{self.lineno}-{theme}.png"
            target = Path(self.env.srcdir) / name
            target.parent.mkdir(exist_ok=True)
            take(browser, found[-1], target, size, theme)
            images.append(
                nodes.image(
                    uri=f"/{name}", alt=self.options.get("alt", ""), classes=[f"only-{theme}"]
                )
            )
        return images


def chromium() -> str | None:
    """A browser that can take a picture; None if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def take(browser: str, page: Path, target: Path, size: tuple[int, int], theme: str) -> None:
    """Write the picture of a page as PNG."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser, *QUIET, *THEMES[theme], f"--user-data-dir={profile}",
                f"--window-size={size[0]},{size[1]}", f"--screenshot={target}",
                page.resolve().as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("screenshot", Screenshot)
