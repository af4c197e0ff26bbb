"""What every fit returns: draws of the parameters it informs, and how far to trust them."""

from typing import Any, NamedTuple

import numpy as np


class Fitted(NamedTuple):
    """Posterior draws of some parameters.

    Attributes:
        draws: By dotted name of `core.params`, arrays that end in `draw`; eras come first.
        diagnostics: What can be said of the fit in JSON: `rhat` and `ess` by parameter, and
            whatever else tells whether the model fits.
        n: What was counted, by what it is.
    """

    draws: dict[str, np.ndarray]
    diagnostics: dict[str, Any]
    n: dict[str, int]
