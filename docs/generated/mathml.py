"""Formulas as MathML, made by the build: no script and no font is needed to read them."""

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

_LIMITS = re.compile(r"<msub>(<mo>(?:max|min|sup|inf)</mo>)(<mrow>.*?</mrow>|<mi>.*?</mi>)</msub>")


def display(formula: str) -> str:
    r"""A formula on a line of its own; what a maximum runs over stands below it.

    Examples:
        >>> "<munder><mo>max</mo><mi>k</mi></munder>" in display(r"\max_k x")
        True
    """
    return _LIMITS.sub(r"<munder>\1\2</munder>", convert(formula, display="block"))


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _display(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{display(node.astext())}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the renderer under the name `mathml`."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
