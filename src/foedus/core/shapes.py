"""Shapes that most functions speak of, by name; a column is one dispute of one run."""

from jaxtyping import Array, Bool, Float, Int

PerRun = Float[Array, " run"]
PerColumn = Float[Array, " column"]
PerSide = Float[Array, "side column"]
PerArms = Float[Array, "class side column"]
PerState = Float[Array, "state column"]
PerTreaty = Float[Array, "treaty column"]
Members = Float[Array, "treaty state run"]
Flag = Bool[Array, " column"]
StateFlag = Bool[Array, "state column"]
TreatyFlag = Bool[Array, "treaty column"]
Bound = Bool[Array, "treaty state column"]
Index = Int[Array, " column"]
Clock = Int[Array, ""]
"""A number of days or weeks, the same for all runs."""
