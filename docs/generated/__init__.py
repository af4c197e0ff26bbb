"""What the site does not write by hand: reference pages, printed output, formulas, pictures."""

from importlib import import_module
from typing import Any

PARTS = ("mathml", "docstrings", "pages", "console", "pictures", "links")


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx of all of it; imported only now, since tests read snippets without Sphinx."""
    for part in PARTS:
        import_module(f"generated.{part}").setup(app)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
