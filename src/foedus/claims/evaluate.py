"""What a claim is worth in each run: one judge for simulated runs and for history."""

from typing import TYPE_CHECKING

import numpy as np

from foedus.claims.frame import Frame
from foedus.claims.judge import judge
from foedus.claims.language import Claim
from foedus.claims.runs import nothing, view

if TYPE_CHECKING:  # the record of arrays imports JAX, which judging does not need
    from foedus.core.situation import Trajectories


def evaluate(claim: Claim, trajectories: "Trajectories", frame: Frame) -> np.ndarray:
    """Truth or value of a claim in each run.

    Args:
        claim: A proposition of `language`.
        trajectories: A batch of runs, or history as one run; NumPy or JAX arrays. Days, weeks,
            states, treaties and disputes beyond the frame (padding) are not read.
        frame: Names and dates of the axes.

    Returns:
        bool [run] for an event, float [run] for a quantity.

    Raises:
        ValueError: As for `check`, or the arrays are smaller than the frame.

    Examples:
        >>> from datetime import date
        >>> from foedus.claims.language import FightingDays, Truce
        >>> from foedus.core.kinds import Status
        >>> from foedus.core.situation import Trajectories
        >>> frame = Frame(date(2020, 9, 27), ("ARM", "AZE"), ("CSTO",), ("border",), days=14)
        >>> status = np.full((14, 1, 1), Status.FIGHTING)
        >>> status[13] = Status.TRUCE
        >>> history = Trajectories(
        ...     status=status,
        ...     front=np.zeros((14, 1, 1)),
        ...     deaths=np.zeros((2, 2, 1, 1)),
        ...     civilians=np.zeros((2, 2, 1, 1)),
        ...     across=np.zeros((2, 2, 1, 1), bool),
        ...     spread=np.zeros((2, 2, 1, 1), bool),
        ...     action=np.zeros((2, 2, 1, 1), int),
        ...     asked=np.zeros((2, 1, 1, 1), bool),
        ...     keeper=np.full((2, 1, 1), -1),
        ...     membership=np.ones((2, 1, 2, 1), int),
        ...     residual=np.zeros((2, 1, 1)),
        ... )
        >>> evaluate(Truce(date(2020, 10, 9)), history, frame)
        array([False])
        >>> evaluate(Truce(date(2020, 10, 10)), history, frame)
        array([ True])
        >>> evaluate(FightingDays(date(2020, 10, 10)), history, frame)
        array([13.])
    """
    return judge(claim, view(trajectories, frame))


def check(claim: Claim, frame: Frame) -> None:
    """Whether a claim can be judged in a frame, asked without data.

    It judges a batch of no runs, so it refuses exactly what `evaluate` refuses.

    Raises:
        ValueError: An unknown state, treaty or dispute, none named where there are several, a
            date outside the frame, a span that ends outside it, or a number out of range.

    Examples:
        >>> from datetime import date
        >>> from foedus.claims.language import Invokes
        >>> frame = Frame(date(2020, 9, 27), ("ARM", "AZE"), ("CSTO",), ("border",), days=45)
        >>> check(Invokes("CTSO", date(2020, 11, 1)), frame)
        Traceback (most recent call last):
        ValueError: expected one of the treaties CSTO; got 'CTSO', did you mean 'CSTO'?
        >>> check(Invokes("CSTO", date(2021, 1, 1)), frame)
        Traceback (most recent call last):
        ValueError: expected a date from 2020-09-27 to 2020-11-10; got 2021-01-01
    """
    judge(claim, nothing(frame))
