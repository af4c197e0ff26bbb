"""Shapes that most functions speak of, by name; the last axis is always `run`."""

from jaxtyping import Array, Bool, Float, Int

PerRun = Float[Array, " run"]
PerSide = Float[Array, "side run"]
PerState = Float[Array, "state run"]
PerTreaty = Float[Array, "treaty run"]
Members = Float[Array, "treaty state run"]
Flag = Bool[Array, " run"]
StateFlag = Bool[Array, "state run"]
TreatyFlag = Bool[Array, "treaty run"]
Index = Int[Array, ""]
Clock = Int[Array, ""]
"""A number of days or weeks, the same for all runs."""
