"""How runs are numbered: draws of the unknown times replicates of chance.

Run i belongs to draw i // 20, whatever the number of runs asked for, so a short ensemble is the
beginning of a long one. Draws 2i and 2i + 1 share all that the record informs (`core.params`).
"""

from typing import TypeVar

import numpy as np

_Number = TypeVar("_Number", int, np.ndarray)

REPLICATES = 20


def draw_of(run: "_Number") -> "_Number":
    """Parameter draw that a run (an int or an integer array) belongs to.

    Examples:
        >>> draw_of(19), draw_of(20)
        (0, 1)
    """
    return run // REPLICATES
