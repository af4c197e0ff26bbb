"""The one look of all charts: colours, type, axes, and how a chart becomes SVG.

A chart is Vega-Lite as plain data, which a browser takes as it is.

Colours are those of Okabe and Ito (2008), told apart by colour-blind eyes, darkened for text on
white. A chart is drawn once, in the light colours; on a page each colour is a CSS variable, so
that the same drawing serves both themes.
"""

import re
import textwrap
from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import vl_convert

WIDE, NARROW = 760, 340
"""Widths in which a page shows each chart, in pixels."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


Spec = dict[str, Any]
"""A chart, or a part of one, as Vega-Lite has it."""
_VERSION = "6.4"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


class Hue(NamedTuple):
    """A colour by theme."""

    light: str
    dark: str


HUES = {
    "ink": Hue("#1b1f24", "#e8eaed"),
    "muted": Hue("#586069", "#a3abb5"),
    "line": Hue("#d9dde2", "#3a4048"),
    "land": Hue("#eceee8", "#272b30"),
    "paper": Hue("#fffffe", "#14171b"),
    "target": Hue("#0061a8", "#6cb6f0"),
    "challenger": Hue("#b34700", "#f09a5b"),
    "third": Hue("#00795a", "#4cc7a0"),
    "other": Hue("#8a4b82", "#d79ccf"),
    "record": Hue("#1b1f25", "#f2f3f5"),
}
"""Colours by what they mean; the light ones are all different, for they become variables."""

INK, MUTED, LINE, LAND, PAPER, TARGET, CHALLENGER, THIRD, OTHER, RECORD = (
    hue.light for hue in HUES.values()
)

_CONFIG: Spec = {
    "aria": False,  # the page describes each chart in words and has its table
    "background": None,
    "font": "sans-serif",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "domainColor": LINE,
        "gridColor": LINE,
        "gridOpacity": 0.6,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelFlush": False,
        "tickColor": LINE,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "axisQuantitative": {"labelLimit": 0},  # a number or date is never cut, nor measured for it
    "axisTemporal": {"labelLimit": 0},
    "legend": {
        "labelColor": INK,
        "labelFontSize": 12,
        "orient": "top",
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "title": {"anchor": "start", "color": INK, "fontSize": 13, "fontWeight": 600, "frame": "group"},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": MUTED},
    "line": {"strokeWidth": 2},
}


def spec(draw: Callable[[int], Spec], width: int, banner: str = "") -> Spec:
    """A chart in a width, whole, with the look in it, and a banner over it where there is one."""
    above = {"text": textwrap.wrap(banner, width // 7), "color": CHALLENGER, "fontSize": 12}
    over = {"title": above} if banner else {}
    return {"$schema": _SCHEMA, **draw(width), **over, "config": _CONFIG}


def drawing(chart: Spec, name: str) -> str:
    """A chart as SVG in light colours, on its own.

    Args:
        chart: The chart, whole.
        name: Begins the names in the drawing, so that drawings of one page share none and the
            same chart is the same text whatever was drawn before.
    """
    return _named(vl_convert.vegalite_to_svg(chart, vl_version=_VERSION), name)


def _named(drawing: str, name: str) -> str:
    """A drawing with names of its own, and without roles: what it shows is told beside it.

    Examples:
        >>> _named('<g id="clip7" role="x"><g clip-path="url(#clip7)"/></g>', "a")
        '<g id="a-0"><g clip-path="url(#a-0)"/></g>'
    """
    bare = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawing)
    for i, old in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', bare))):
        bare = bare.replace(f' id="{old}"', f' id="{name}-{i}"').replace(
            f"url(#{old})", f"url(#{name}-{i})"
        )
    return bare


def themed(drawing: str) -> str:
    """The same SVG for a page: each colour a CSS variable, no size of its own.

    Examples:
        >>> themed('<svg width="9" height="3" viewBox="0 0 9 3"><path fill="#0061a8"/></svg>')
        '<svg viewBox="0 0 9 3"><path fill="var(--target)"/></svg>'
    """
    for name, hue in HUES.items():
        drawing = drawing.replace(f'"{hue.light}"', f'"var(--{name})"')
    head, rest = drawing.split(">", 1)
    kept = [part for part in head.split(" ") if not part.startswith(("width=", "height="))]
    return " ".join(kept) + ">" + rest


def style(theme: str) -> str:
    """The CSS variables of a theme, `light` or `dark`."""
    return "".join(f"--{name}:{getattr(hue, theme)};" for name, hue in HUES.items())


# ---- the parts of a chart


def mark(
    kind: str, encoding: Spec, rows: list[Spec] | None = None, where: str = "", **style: Any
) -> Spec:
    """One layer of a chart.

    Args:
        kind: Of mark: "line", "area", "text" and so on.
        encoding: What each channel shows.
        rows: Its own rows, where they are not those of the view.
        where: Only rows for which this expression holds.
        style: Of the mark.
    """
    made: Spec = {"mark": {"type": kind, **style}, "encoding": encoding}
    if rows is not None:
        made["data"] = {"values": rows}
    if where:
        made["transform"] = [{"filter": where}]
    return made


def view(rows: list[Spec], width: int, height: int, *marks: Spec, title: str = "") -> Spec:
    """Layers over the same rows."""
    made: Spec = {"data": {"values": rows}, "width": width, "height": height, "layer": list(marks)}
    return made | {"title": title} if title else made


def beside(views: list[Spec], columns: int, spacing: int = 16) -> Spec:
    """Views in rows of so many."""
    return {"concat": views, "columns": columns, "spacing": spacing}


def number(
    field: str, domain: list[float] | None = None, axis: Spec | None = None, **scale: Any
) -> Spec:
    """A channel that shows a quantity; without an axis it has none."""
    bounds = {} if domain is None else {"domain": domain, "nice": False}
    return {"field": field, "type": "quantitative", "scale": bounds | scale, "axis": axis}


def name(field: str, order: list[str], axis: Spec | None = None) -> Spec:
    """A channel that shows names, in an order."""
    return {"field": field, "type": "nominal", "sort": order, "axis": axis}


def day(field: str, room: int) -> Spec:
    """A channel of dates, with an axis that has room for its labels."""
    axis = {
        "title": None, "format": "%b %Y", "tickCount": max(3, room // 110), "labelAngle": 0,
        "grid": False,
    }  # fmt: skip
    return {"field": field, "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def hues(field: str, known: dict[str, Any], legend: Spec | None = None) -> Spec:
    """A channel of colours by name; without a legend there is none."""
    scale = {"domain": list(known), "range": list(known.values())}
    return {"field": field, "type": "nominal", "title": None, "scale": scale, "legend": legend}


def value(constant: Any) -> Spec:
    """A channel that is the same everywhere."""
    return {"value": constant}


def either(test: str, yes: Any, no: Any) -> Spec:
    """A channel with one of two constants."""
    return {"condition": {"test": test, "value": yes}, "value": no}


def text(field: str, form: str = "") -> Spec:
    """What a text mark says."""
    said = {"field": field, "type": "quantitative" if form else "nominal"}
    return said | {"format": form} if form else said


def per_cent() -> Spec:
    """An axis of shares in per cent."""
    return {"title": None, "format": ".0%", "tickCount": 5}


def names_axis(room: int) -> Spec:
    """An axis of names, without lines."""
    return {
        "title": None, "ticks": False, "domain": False, "labelColor": INK, "labelLimit": room
    }  # fmt: skip


def paper(drawing: str, credit: str) -> str:
    """An SVG for use by itself: on white ground, with a line below that says where it is from.

    Examples:
        >>> paper('<svg width="9" height="3" viewBox="0 0 9 3"></svg>', "a & b").count("a &amp; b")
        1
    """
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)[0])
    tall = height + 20
    head, rest = drawing.split(">", 1)
    head = re.sub(r' (?:width|height|viewBox)="[^"]*"', "", head)
    size = f'width="{width:g}" height="{tall:g}" viewBox="0 0 {width:g} {tall:g}"'
    line = f'<text x="6" y="{tall - 6:g}" font-family="sans-serif" font-size="11" fill="{MUTED}">'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f"{head} {size}>{ground}{rest.removesuffix('</svg>')}{line}{escape(credit)}</text></svg>"
