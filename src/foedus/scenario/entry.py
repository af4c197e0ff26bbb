"""What do all entries of a scenario file share: dates, keys, sources?"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from foedus.scenario.quantity import Model, Quantity, Src, Support


def _iso(text: object) -> object:
    """Date of an ISO text; a number is no date."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else _no(text)
    except ValueError:
        return _no(text)


def _no(text: object) -> date:
    raise PydanticCustomError("date", "expected a date such as 2020-09-27")


def _place(pair: object) -> object:
    """Two numbers that lie on the globe."""
    match pair:
        case (int() | float() as north, int() | float() as east):
            if abs(north) <= 90 and abs(east) <= 180:
                return pair
    raise PydanticCustomError("form", "expected latitude and longitude, such as [55.8, 37.6]")


Date = Annotated[date, BeforeValidator(_iso, json_schema_input_type=date)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
SideName = Literal["target", "challenger"]
Answer = Literal["yes", "no", "disputed"]
Kind = Literal["defense", "offense", "neutrality", "nonaggression", "consultation"]
GradeName = Literal["statement", "aid", "deployment", "deniable"]
SignalName = Literal["statement", "exercise", "pledge", "deployment"]
Form = Literal["open", "deniable", "proxy", "internal"]
Object = Literal["territory", "forces", "base"]
Place = Annotated[
    tuple[float, float], BeforeValidator(_place, json_schema_input_type=tuple[float, float])
]
"""Latitude and longitude in degrees, north and east positive."""
TieKind = Literal[
    "arms", "base", "energy", "trade", "remittances", "debt", "rivalry", "affinity", "contiguity",
    "alongside", "against"
]  # fmt: skip
PressureKind = Literal["war-elsewhere", "epidemic", "unrest", "sanctions", "economy"]


class Sourced(Model):
    """An entry that says where its facts come from."""

    src: Src = ()
    unsourced: bool = False
    """No source: a judgement; its numbers must be ranges."""
    note: str = ""


class Tie(Sourced):
    """What ties a third party to a side.

    `arms`, `trade`: share of the receiver's arms imports or trade that comes from the giver.
    `energy`: share of the receiver's energy imports that comes from the giver. `affinity`:
    political closeness, 0 to 1. `base`, `rivalry`, `contiguity`: 1 where there is one.
    `alongside`, `against`: number of disputes of the last ten years in which the two stood
    together, or against each other. `remittances`, `debt`: money sent home from the giver's
    country, or owed to the giver, as a share of the receiver's yearly output.
    """

    from_: Code = Field(alias="from")
    to: Code
    kind: TieKind
    value: Quantity = Quantity(value=1)
    on: Date | None = None
    """Day for which, or on which, the figure was known."""

    @property
    def support(self) -> Support:
        """Values that its number may take."""
        if self.kind in ("alongside", "against"):
            return Support.COUNT
        return Support.SHARE

    @property
    def fixed(self) -> bool:
        """Whether its number is the same in all draws."""
        return self.kind in ("rivalry", "contiguity", "alongside", "against")
