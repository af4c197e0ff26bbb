"""Docstrings are Markdown, as far as they use marks at all; Sphinx reads reStructuredText."""

import re
from typing import Any

from pydantic import BaseModel

_DISPLAY = re.compile(r"^( *)\$\$(.+?)\$\$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<![\w$\\])\$([^$\n]+(?:\n[^$\n]+)?)\$(?![\w$])")
_INDENTED = re.compile(r"^(\S.*):\n\n(?= {4}\S)", re.MULTILINE)
_CODE = re.compile(r"(?<![`:\w])`([^`\n]+)`(?!`)")


def as_rst(text: str) -> str:
    r"""A docstring with its formulas and code marked as reStructuredText marks them.

    Examples:
        >>> as_rst("The share $x$ of `front`.")
        'The share :math:`x` of ``front``.'
        >>> print(as_rst("$$ a = b $$").strip())
        .. math::
        <BLANKLINE>
           a = b
    """
    kept: list[str] = []

    def keep(found: str) -> str:
        kept.append(found)
        return f"\0{len(kept) - 1}\0"

    text = _DISPLAY.sub(lambda m: keep(_block(m[1], m[2])), text)
    text = _INLINE.sub(lambda m: keep(f":math:`{' '.join(m[1].split())}`"), text)
    text = _INDENTED.sub(r"\1::\n\n", text)
    text = _CODE.sub(r"``\1``", text)
    return re.sub("\0(\\d+)\0", lambda m: kept[int(m[1])], text)


def _block(indent: str, formula: str) -> str:
    """A formula on lines of its own."""
    return f"\n{indent}.. math::\n\n{indent}   {' '.join(formula.split())}\n"


def _process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = as_rst("\n".join(lines)).split("\n")


def _skip(app: Any, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """Fields of a named tuple stand in its own docstring."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field") else None


def _signature(
    app: Any, what: str, name: str, obj: Any, options: Any, given: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Arrays by their short name; an entry of a file is read, not called: its keys stand below."""
    if isinstance(obj, type) and issubclass(obj, BaseModel):
        return "", None
    return _short(given), _short(returns)


def _short(text: str | None) -> str | None:
    return text and text.replace("jaxlib._jax.Array", "Array")


def setup(app: Any) -> None:
    """Convert before the Google sections are read."""
    app.connect("autodoc-process-docstring", _process, priority=400)
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-skip-member", _skip)
