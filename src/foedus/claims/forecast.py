"""What an ensemble says about a claim: a probability or a median, its range, and why it is wide."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from foedus.claims.evaluate import evaluate
from foedus.claims.frame import Frame
from foedus.claims.language import Claim
from foedus.claims.spread import DrawSums, Spread, beta_interval, components, draw_sums
from foedus.core.runs import draw_of

if TYPE_CHECKING:  # the record of arrays imports JAX, which judging does not need
    from foedus.core.situation import Trajectories

FEW_DRAWS = 20
RARE = 20


@dataclass(frozen=True, eq=False)
class Forecast:
    """Truth or value of one claim in every run of an ensemble; forecasts of two batches add.

    Runs are kept in the order of their numbers, so results do not depend on how the ensemble
    was cut into batches or in which order these came.

    Attributes:
        values: bool [run] for an event, finite float [run] for a quantity.
        run: Number of each run, all different.
        draw: Parameter draw of each run, [run]; None where runs belong to draws as
            `core.runs.draw_of` says, as they do unless histories were chosen by reports.

    Raises:
        ValueError: No run, a run twice, lengths that differ, or a value that is no number.

    Examples:
        >>> first = Forecast(np.arange(40) % 4 == 0, np.arange(40))
        >>> second = Forecast(np.arange(40) % 2 == 0, np.arange(40, 80))
        >>> both = second + first
        >>> both.kind, both.probability, both.n_draws
        ('event', 0.375, 4)
        >>> both.flags()
        ('few draws',)
    """

    values: np.ndarray
    run: np.ndarray
    draw: np.ndarray = None  # pyright: ignore[reportAssignmentType]

    def __post_init__(self) -> None:
        values, run = np.asarray(self.values), np.asarray(self.run)
        _check(values, run)
        draw = draw_of(run) if self.draw is None else np.asarray(self.draw)
        order = np.argsort(run)
        kept = values[order] if values.dtype == np.bool_ else values[order].astype(float)
        for name, array in (("values", kept), ("run", run[order]), ("draw", draw[order])):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __add__(self, other: "Forecast") -> "Forecast":
        """The forecast from the runs of both.

        Raises:
            ValueError: A run is in both, or one is of an event and the other of a quantity.
        """
        if not isinstance(other, Forecast):
            return NotImplemented
        if self.kind != other.kind:
            raise ValueError(f"expected forecasts of one kind; got {self.kind} and {other.kind}")
        names = ("values", "run", "draw")
        return Forecast(*(np.concatenate([getattr(f, n) for f in (self, other)]) for n in names))

    def given(self, condition: "Forecast") -> "Forecast | None":
        """The forecast from only those runs in which a condition is true; None if in none.

        Raises:
            ValueError: The condition is a quantity, or is not known for the same runs.

        Examples:
            >>> runs = np.arange(60)
            >>> even = Forecast(runs % 2 == 0, runs)
            >>> Forecast(runs % 4 == 0, runs).given(even).probability
            0.5
        """
        if condition.kind != "event" or not np.array_equal(self.run, condition.run):
            raise ValueError("expected a condition that is true or false in each of the same runs")
        kept = condition.values
        if not kept.any():
            return None
        return Forecast(self.values[kept], self.run[kept], self.draw[kept])

    @cached_property
    def _sums(self) -> DrawSums:
        return draw_sums(self.values, self.draw)

    @property
    def kind(self) -> str:
        """'event' or 'quantity'."""
        return "event" if self.values.dtype == np.bool_ else "quantity"

    @property
    def n_draws(self) -> int:
        """Number of different parameter draws; draws without a run do not count."""
        return len(self._sums.draw)

    @property
    def probability(self) -> float:
        """Share of the runs in which the event happens.

        Raises:
            ValueError: The claim is a quantity.
        """
        if self.kind != "event":
            raise ValueError(
                "expected the forecast of an event; got a quantity, which has a median"
            )
        return float(self.values.mean())

    @property
    def median(self) -> float:
        """Median of the quantity over the runs.

        Raises:
            ValueError: The claim is an event.
        """
        if self.kind != "quantity":
            raise ValueError("expected the forecast of a quantity; got an event")
        return float(np.median(self.values))

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Range that holds the share `level` in the middle.

        For an event: of its *probability* across parameter draws, with sampling noise removed
        (`spread.beta_interval`); it always contains `probability`. For a quantity: of its
        *value* across runs, parameters and chance together.

        Raises:
            ValueError: `level` is not between 0 and 1.

        Examples:
            >>> low, high = Forecast(np.zeros(10_000, bool), np.arange(10_000)).interval()
            >>> low == 0.0, 0.0001 < high < 0.001
            (True, True)
            >>> low, high = Forecast(np.arange(101.0), np.arange(101)).interval()
            >>> round(low, 3), round(high, 3)
            (5.0, 95.0)
        """
        if not 0 < level < 1:
            raise ValueError(f"expected a level between 0 and 1; got {level}")
        if self.kind == "event":
            return beta_interval(self._sums, level)
        low, high = np.quantile(self.values, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def spread(self) -> Spread:
        """Shares of the outcome's variance: from the record, from judgement, from chance.

        See `spread.components`. With fewer than `FEW_DRAWS` draws (ten pairs) the split is rough
        and `flags` says "few draws"; with fewer than two pairs nothing can be put down to the
        record, and all that differs between draws counts as judgement.
        """
        return components(self._sums).shares()

    def flags(self) -> tuple[str, ...]:
        """What a reader must know beside the number.

        "judgement": what rests on priors is over half of the variance, or more than what rests
        on the record. "rare": fewer than `RARE` hits or misses. "few draws": fewer than
        `FEW_DRAWS` parameter draws.
        """
        spread = self.spread()
        hits = int(np.count_nonzero(self.values))
        raised = {
            "judgement": spread.prior > 0.5 or spread.prior > spread.data,
            "rare": self.kind == "event" and min(hits, len(self.values) - hits) < RARE,
            "few draws": self.n_draws < FEW_DRAWS,
        }
        return tuple(name for name, up in raised.items() if up)


def forecast(
    claim: Claim, trajectories: "Trajectories", frame: Frame, first_run: int = 0
) -> Forecast:
    """Forecast of a claim from one batch, whose runs are numbered on from `first_run`.

    Raises:
        ValueError: As for `evaluate`.
    """
    values = evaluate(claim, trajectories, frame)
    return Forecast(values, first_run + np.arange(len(values)))


def _check(values: np.ndarray, run: np.ndarray) -> None:
    """Refuse what is no ensemble."""
    if values.ndim != 1 or values.size == 0 or values.shape != run.shape:
        raise ValueError(f"expected a value a run; got shapes {values.shape} and {run.shape}")
    if not np.isfinite(values).all():
        raise ValueError("expected finite values; got NaN or infinity")
    numbers, count = np.unique(run, return_counts=True)
    if (count > 1).any():
        raise ValueError(f"expected every run once; got run {numbers[count > 1][0]} again")
