"""Directives that put generated Markdown, and the modules of a package, into a page."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from generated import casus, commands, ledger, parameters, scenario_format

PAGES: dict[str, Callable[[], str]] = {
    "casus": casus.page,
    "commands": commands.page,
    "essays": ledger.essays,
    "ledger": ledger.page,
    "parameters": parameters.page,
    "scenario-format": scenario_format.page,
    "switches": parameters.switches_page,
}


class Generated(SphinxDirective):
    """`{generated} NAME`: what the code says of itself."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the Markdown, which begins with a heading: headings join the page, text follows."""
        return self.parse_text_to_nodes(PAGES[self.arguments[0]](), allow_section_headings=True)


class Modules(SphinxDirective):
    """`{modules} PACKAGE`: every public module of a package, from its docstrings."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A section for each module."""
        found = "\n\n".join(_module(name) for name in modules(self.arguments[0]))
        return self.parse_text_to_nodes(found, allow_section_headings=True)


def modules(package: str) -> list[str]:
    """Names of a package's public modules, and of those below it."""
    here = import_module(package)
    found = iter_modules(here.__path__, f"{package}.")
    return [m.name for m in found if not m.name.rsplit(".", 1)[1].startswith("_")]


def _module(name: str) -> str:
    return f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```"


def setup(app: Sphinx) -> None:
    """Add both directives."""
    app.add_directive("generated", Generated)
    app.add_directive("modules", Modules)
