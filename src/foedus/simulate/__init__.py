"""Many histories of one situation: the step, and batches of runs."""

from foedus.simulate.ensemble import Batch, ensemble, simulate

__all__ = ["Batch", "ensemble", "simulate"]
