"""What the site does not write by hand: reference pages, printed output, formulas, pictures."""

from sphinx.application import Sphinx

from generated import console, docstrings, links, mathml, pages, pictures


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of all of it."""
    for part in (mathml, docstrings, pages, console, pictures, links):
        part.setup(app)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
