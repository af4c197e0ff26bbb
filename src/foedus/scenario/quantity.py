"""How does a scenario write a number that is not known exactly, and what may it be?

A number is a value, a range or a named distribution:

    {value: 0.94, src: K42}
    {range: [0.2, 0.5], unsourced: true}
    {dist: beta, a: 2, b: 6, src: K17}

Where an enclosing entry carries `src` or `unsourced` itself, `0.94` and `[0.2, 0.5]` do.
The ends of a range are the 5 and 95 per cent quantiles. What lies between follows from what
is measured: a logit-normal for a share, a lognormal for a positive number, else a normal.
"""

from enum import Enum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Model(BaseModel):
    """Base of everything in a file: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class Support(Enum):
    """Values that a number may take."""

    SHARE = "a share from 0 to 1"
    POSITIVE = "a number above 0"
    AMOUNT = "a number of 0 or more"
    COUNT = "a whole number of 0 or more"
    REAL = "a number"

    def holds(self, number: float) -> bool:
        """Whether a number is one of these values.

        Examples:
            >>> Support.SHARE.holds(1.2), Support.AMOUNT.holds(0.0), Support.POSITIVE.holds(0.0)
            (False, True, False)
        """
        match self:
            case Support.SHARE:
                return 0 <= number <= 1
            case Support.POSITIVE:
                return number > 0
            case Support.AMOUNT:
                return number >= 0
            case Support.COUNT:
                return number >= 0 and float(number).is_integer()
            case _:
                return True

    def inside(self, number: float) -> bool:
        """Whether a number is no edge of these values, as the end of a range must be."""
        edges = {Support.SHARE: (0, 1), Support.REAL: ()}.get(self, (0,))
        return self.holds(number) and number not in edges


def _as_tuple(text: object) -> object:
    """One word as a list of one."""
    return (text,) if isinstance(text, str) else text


Src = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_tuple, json_schema_input_type=str | tuple[str, ...]),
    Field(description="Keys of sources: one, or a list."),
]

PARAMETERS = {
    "beta": ("a", "b"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "uniform": ("low", "high"),
}


class Quantity(Model):
    """A number with its source: `value`, `range` or `dist`."""

    support: ClassVar[Support] = Support.REAL

    value: float | None = None
    """The number, where it is known."""
    range: Annotated[tuple[float, ...], Field(min_length=2, max_length=2)] | None = None
    """Its 5 and 95 per cent quantiles."""
    dist: Literal["beta", "normal", "lognormal", "uniform"] | None = None
    """Name of its distribution."""
    a: float | None = None
    """beta: first shape."""
    b: float | None = None
    """beta: second shape."""
    mean: float | None = None
    """normal: mean."""
    sd: float | None = None
    """normal: standard deviation."""
    median: float | None = None
    """lognormal: median."""
    sigma: float | None = None
    """lognormal: standard deviation of the logarithm."""
    low: float | None = None
    """uniform: lowest value."""
    high: float | None = None
    """uniform: highest value."""
    src: Src = ()
    unsourced: bool = False
    """No source: a judgement, which must be a range or a distribution."""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        """`0.94` and `[0.2, 0.5]` in short."""
        if isinstance(data, int | float) and not isinstance(data, bool):
            return {"value": data}
        return {"range": data} if isinstance(data, tuple) else data

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        """Exactly one of the three forms, with the parameters that belong to it."""
        forms = [name for name in ("value", "range", "dist") if getattr(self, name) is not None]
        if len(forms) != 1:
            raise PydanticCustomError("form", "expected one of value, range and dist")
        wanted = PARAMETERS.get(self.dist or "", ())
        every = {name for names in PARAMETERS.values() for name in names}
        given = {name for name in every if getattr(self, name) is not None}
        if given != set(wanted):
            names = " and ".join(wanted)
            hint = f"expected {names} for {self.dist}" if wanted else "expected a dist with them"
            raise PydanticCustomError("form", "{hint}", {"hint": hint})
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The long form, or a number, or two of them."""
        pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {"anyOf": [handler(schema), {"type": "number"}, pair]}

    @property
    def certain(self) -> bool:
        """Whether it is one value."""
        return self.value is not None


class Share(Quantity):
    """A number from 0 to 1."""

    support: ClassVar[Support] = Support.SHARE


class Positive(Quantity):
    """A number above 0."""

    support: ClassVar[Support] = Support.POSITIVE


class Amount(Quantity):
    """A number of 0 or more."""

    support: ClassVar[Support] = Support.AMOUNT


def numbers_of(quantity: Quantity) -> dict[str, float]:
    """Every number that a quantity is written with, by its key.

    Examples:
        >>> numbers_of(Share(range=(0.2, 0.5)))
        {'range[0]': 0.2, 'range[1]': 0.5}
    """
    found = {f"range[{i}]": number for i, number in enumerate(quantity.range or ())}
    for name in ("value", *(name for names in PARAMETERS.values() for name in names)):
        if getattr(quantity, name) is not None:
            found[name] = getattr(quantity, name)
    return found
