"""The commands, their arguments and options, as the Typer application has them."""

from collections.abc import Iterator
from typing import Any

import typer.main

from foedus.cli import app
from generated.markdown import code, table


def page() -> str:
    """A section for each command."""
    root = typer.main.get_command(app)
    return "\n\n".join(_section(name, command) for name, command in _leaves(root, "foedus"))


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Commands below one, with what is typed for them."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for word in sorted(below):
        yield from _leaves(below[word], f"{name} {word}")


def _section(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [
        p for p in command.params if p.param_type_name == "option" and "--help" not in p.opts
    ]
    usage = " ".join([name, *(_argument(p) for p in arguments), "[OPTIONS]" if options else ""])
    rows = [(f"`{_argument(p)}`", p.help or "", "") for p in arguments]
    rows += [(f"`{_option(p)}`", p.help or "", _default(p)) for p in options]
    told = table(["", "Meaning", "Default"], rows) if rows else ""
    return "\n\n".join(filter(None, [f"## {name}", command.help, code(usage, "text"), told]))


def _argument(parameter: Any) -> str:
    word = (parameter.metavar or parameter.name.rstrip("_").upper()).strip("[]")
    return word if parameter.required else f"[{word}]"


def _option(parameter: Any) -> str:
    """How an option is typed."""
    flag = "/".join(parameter.opts)
    if parameter.is_flag:
        return flag
    numeric = any(getattr(parameter.type, side, None) is not None for side in ("min", "max"))
    return f"{flag} {parameter.metavar or ('N' if numeric else parameter.type.name.upper())}"


def _default(parameter: Any) -> str:
    """The default, where there is one and the meaning does not say it."""
    value = parameter.default
    if parameter.is_flag or value is None or callable(value) or value in ([], ()):
        return ""
    return f"`{value}`" if f"{value}" else ""
