"""The region: who is who, and which land is disputed.

Lines: no border is drawn, by anybody's reckoning; coasts are Natural Earth's. A state is its
capital. Disputed land is a dashed circle of its true area around the scenario's point, part of no
state; its holders and claimants, by date, stand in the table.
"""

import math
import textwrap
from typing import Any, NamedTuple

import numpy as np

from foedus.core.kinds import Side
from foedus.report.figures import look
from foedus.report.figures.figure import Figure, Row, listed, rounded
from foedus.report.figures.land import Box, coast
from foedus.report.figures.names import called
from foedus.scenario.draws import median
from foedus.scenario.layout import labels
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Dispute, Scenario, Territory
from foedus.scenario.slots import great_circle
from foedus.study.casus import cases

FAR, NEAR = 2.6, 0.5
"""Thousand kilometres from the dispute within which places are on a map."""
_KM = 111.2  # a degree of latitude
_LETTER = 6.5  # pixels, about
ROLES = {
    "challenger": look.CHALLENGER,
    "bound to the challenger": look.CHALLENGER,
    "target": look.TARGET,
    "bound to the target": look.TARGET,
    "bound to both": look.OTHER,
    "third party": look.MUTED,
}


def region(scenario: Scenario, dispute: Dispute) -> Figure:
    """Capitals by role, and disputed land, of the wider region."""
    rows = [*_capitals(scenario, dispute, FAR), *_territories(scenario, dispute, FAR)]
    disputed = sum(row["what"] == "disputed land" for row in rows)
    off = [row["place"] for row in rows if row["what"] == "capital" and row["on_map"] == "no"]
    pieces = "One piece" if disputed == 1 else f"{disputed} pieces"
    says = f"{pieces} of disputed land." + (f" Beyond the map: {listed(off)}." if off else "")
    return _figure("map", "The region: roles and disputed land", says, rows)


def place(scenario: Scenario, dispute: Dispute) -> Figure | None:
    """The same within some hundred kilometres; None where too little is there."""
    rows = [*_capitals(scenario, dispute, NEAR), *_territories(scenario, dispute, NEAR)]
    shown = [row for row in rows if row["on_map"] == "yes"]
    if len(shown) < 2:
        return None
    land = scenario.territories[dispute.territory]
    owner = called(scenario, land.recognised)
    says = f"{' / '.join(land.names)}, which most states recognise as {owner}'s."
    return _figure("place", "The place, to scale", says, shown)


def _figure(id_: str, title: str, says: str, rows: list[Row]) -> Figure:
    return Figure(
        id_, title, says, rows, lambda width: _draw(rows, width),
        "No border is drawn, by anybody's reckoning. Dashed: disputed land as a circle of its "
        "area, part of no state; who held and who claims it stands in the table. Filled: the two "
        "sides. Rings: bound by a treaty in force that promises help. Crosses: places "
        "that may be attacked. Coasts: Natural Earth.",
    )  # fmt: skip


def _capitals(scenario: Scenario, dispute: Dispute, reach: float) -> list[Row]:
    """States by their capitals."""
    owing = {
        side: {code for case in cases(scenario, dispute, side) for code in case.owing}
        for side in Side
    }
    centre = scenario.territories[dispute.territory].at
    rows = []
    for code in labels(scenario):
        state = scenario.states.get(code)
        if state is None or state.capital is None:
            continue
        near = great_circle(centre, state.capital) <= reach
        rows.append(
            _row(
                called(scenario, code), "capital", _role(code, dispute, owing), state.capital, near
            )
            | {"source": ", ".join(state.src)}
        )
    return rows


def _role(code: str, dispute: Dispute, owing: dict[Side, set[str]]) -> str:
    """What a state is to a dispute."""
    if code in (dispute.challenger, dispute.target):
        return "challenger" if code == dispute.challenger else "target"
    bound = [side for side in Side if code in owing[side]]
    if len(bound) == len(Side):
        return "bound to both"
    return f"bound to the {bound[0].name.lower()}" if bound else "third party"


def _territories(scenario: Scenario, dispute: Dispute, reach: float) -> list[Row]:
    """Land of the scenario's disputes."""
    centre = scenario.territories[dispute.territory].at
    rows = []
    for _, land in sorted(scenario.territories.items()):
        what = "disputed land" if disputed(land) else "place that may be attacked"
        near = great_circle(centre, land.at) <= reach
        row = _row(" / ".join(land.names), what, "", land.at, near)
        rows.append(row | _held(scenario, land) | {"source": ", ".join(land.src)})
    return rows


def disputed(land: Territory) -> bool:
    """Whether somebody claims or holds land that is recognised as another's."""
    return bool({*land.claimants, *(spell.holder for spell in land.holders)} - {land.recognised})


def _row(place: str, what: str, role: str, at: tuple[float, float], near: bool) -> Row:
    return {
        "place": place, "what": what, "role": role, "held_by": "", "claimed_by": "",
        "recognised_as": "", "area_km2": None, "latitude": at[0], "longitude": at[1],
        "on_map": "yes" if near else "no", "source": "",
    }  # fmt: skip


def _held(scenario: Scenario, land: Territory) -> Row:
    """Who holds and claims a territory, by date."""
    spells = [
        f"{called(scenario, spell.holder)} from {spell.from_}"
        + (f" to {spell.to}" if spell.to else "")
        for spell in land.holders
    ]
    area = median(land.area_km2, Support.POSITIVE) if land.area_km2 else None
    return {
        "held_by": "; ".join(spells),
        "claimed_by": ", ".join(called(scenario, code) for code in land.claimants),
        "recognised_as": called(scenario, land.recognised),
        "area_km2": None if area is None else rounded(area, 0),
    }


def _draw(rows: list[Row], width: int) -> look.Spec:
    """Land, disputed land and capitals, in pixels of a Mercator projection."""
    shown = [row for row in rows if row["on_map"] == "yes"]
    height = int(width * (0.62 if width > 500 else 0.95))
    view = _View.over(shown, width, height)
    rings = [_coarse(view.pixels(ring)) for ring in coast(view.box)]
    land = [_polygon([ring for ring in rings if len(ring) > 2])]
    circles = [_polygon([view.pixels(_circle(r))]) for r in shown if r["what"] == "disputed land"]
    flat = {"type": "identity", "scale": 1, "translate": [0, 0]}
    ground = look.mark("geoshape", {}, land, fill=look.LAND, stroke=look.LINE, strokeWidth=0.7)
    dashed = look.mark(
        "geoshape", {}, circles, fill=look.OTHER, fillOpacity=0.3, stroke=look.INK,
        strokeDash=[3, 2], strokeWidth=1.3,
    )  # fmt: skip
    shapes = [shape | {"projection": flat} for shape in (ground, dashed)]
    told, marks = _marks(shown, view)
    return look.view(told, width, height, *shapes, *marks)


class _View(NamedTuple):
    """A part of the world on a page.

    Attributes:
        box: The part.
        scale: Pixels for a radian.
        width: Pixels.
        height: Pixels.
    """

    box: Box
    scale: float
    width: int
    height: int

    @classmethod
    def over(cls, rows: list[Row], width: int, height: int) -> "_View":
        """The smallest part with room around all places, in the shape of the page."""
        east = [row["longitude"] for row in rows]
        north = [_mercator(row["latitude"]) for row in rows]
        middle = (min(east) + max(east)) / 2, (min(north) + max(north)) / 2
        wide = max(math.radians(max(east) - min(east)) * 1.3, 0.2)
        tall = max((max(north) - min(north)) * 1.25, 0.12)
        scale = min(width / wide, height / tall)
        half = math.degrees(width / scale / 2)
        low, high = (_latitude(middle[1] + sign * height / scale / 2) for sign in (-1, 1))
        return cls(Box(middle[0] - half, low, middle[0] + half, high), scale, width, height)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points [point, (east, north)] on the page, down from the top."""
        east = np.radians(points[:, 0] - self.box.west) * self.scale
        top = _mercator(self.box.north)
        down = (top - np.array([_mercator(y) for y in points[:, 1]])) * self.scale
        return np.round(np.stack([east, down], axis=1), 1)

    def stretch(self, latitude: float) -> float:
        """Pixels of a degree to the north at a latitude."""
        return math.radians(1) * self.scale / math.cos(math.radians(latitude))


def _mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(max(-85.0, min(85.0, latitude)))))


def _latitude(height: float) -> float:
    return math.degrees(math.atan(math.sinh(height)))


def _radius(row: Row) -> float:
    """Kilometres of a circle of the land's area; 40 where none is known."""
    return math.sqrt((row["area_km2"] or math.pi * 1600) / math.pi)


def _circle(row: Row) -> np.ndarray:
    """A ring of the land's area around its middle."""
    radius = _radius(row) / _KM
    turn = np.linspace(0, 2 * np.pi, 49)
    east = radius / math.cos(math.radians(row["latitude"]))
    return np.stack(
        [row["longitude"] + east * np.cos(turn), row["latitude"] + radius * np.sin(turn)], axis=1
    )


def _coarse(ring: np.ndarray) -> np.ndarray:
    """A ring in whole pixels, each once."""
    whole = np.round(ring)
    new = (whole != np.roll(whole, 1, axis=0)).any(axis=1)
    return whole[new] if new.any() else whole[:1]


def _polygon(rings: list[np.ndarray]) -> dict[str, Any]:
    """A shape of one or more rings, as GeoJSON, which closes each by its first point."""
    closed = [[*ring.tolist(), ring[0].tolist()] for ring in rings]
    shape = {"type": "Polygon", "coordinates": closed}
    return {"type": "Feature", "properties": {}, "geometry": shape}


def _marks(rows: list[Row], view: _View) -> tuple[list[Row], list[look.Spec]]:
    """Capitals and names: their rows, and their marks."""
    at = view.pixels(np.array([(row["longitude"], row["latitude"]) for row in rows]))
    told = [
        {
            "x": float(x), "y": float(y), "name": row["place"], "role": row["role"],
            "side": row["role"] in ("challenger", "target"), "what": row["what"],
            "below": float(y) + _radius(row) / _KM * view.stretch(row["latitude"]) + 12,
            "short": textwrap.shorten(row["place"], view.width // 14, placeholder=" ..."),
        }
        for row, (x, y) in zip(rows, at, strict=True)
    ]  # fmt: skip
    capitals = sorted((r for r in told if r["what"] == "capital"), key=lambda r: r["y"])
    for row in told:
        row["below"] = _clear(row, capitals)
    place = {"x": look.number("x", [0, view.width]), "y": look.number("y", [view.height, 0])}
    known = {role: hue for role, hue in ROLES.items() if role in {row["role"] for row in rows}}
    below = {"y": look.number("below", [view.height, 0])}
    land = [
        look.mark("point", place, where="datum.what == 'place that may be attacked'",
                  shape="cross", size=24, opacity=1, color=look.MUTED),
        look.mark("text", place | below | {"text": look.text("short")},
                  where="datum.what == 'disputed land'", fontSize=11, fontStyle="italic"),
    ]  # fmt: skip
    return told, [*land, *(_by_role(place, known, view.width) if known else [])]


def _clear(row: Row, capitals: list[Row]) -> float:
    """Height of a land's name, moved down past the capitals that it would be written over."""
    below = row["below"]
    for other in capitals:
        room = _LETTER / 2 * (len(row["short"]) + len(other["name"]))
        near = abs(row["x"] - other["x"]) < room
        if near and other["y"] - 28 < below < other["y"] + 12:
            below = other["y"] + 20
    return below


def _by_role(place: look.Spec, known: dict[str, str], width: int) -> list[look.Spec]:
    """Capitals in the colour of their role, and the names of their states."""
    legend = {
        "columns": 6 if width > 500 else 2, "symbolType": "circle",
        "symbolFillColor": look.PAPER, "symbolStrokeWidth": 2.2,
    }  # fmt: skip
    role = {"color": look.hues("role", known, legend)}
    capital = "datum.what == 'capital'"
    return [
        look.mark("point", place | role, where=f"{capital} && !datum.side", size=70,
                  strokeWidth=2.2, opacity=1, fill=look.PAPER),
        look.mark("circle", place | role, where=f"{capital} && datum.side", size=150, opacity=1),
        look.mark("text", place | {"text": look.text("name")}, where=capital, dy=-13,
                  fontSize=12, fontWeight=600),
    ]  # fmt: skip
