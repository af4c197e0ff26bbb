r"""What observers learn from words and deeds before a war.

A steadfast ally (r = 1) is likelier than another (r = -1) to send a signal of support that is
looked for, the more so the more the signal costs:

$$ \mathrm{logit}\,P(\mathrm{sent} \mid r) = g_0 + g_s\, r $$

A signal looked for that does not come is news too. Beliefs move by Bayes, as they do by conduct
in a war (`alliance.reputation`), and on the same scale: talk carries little, since others talk
as well (Fearon 1997; model note 5.1).
"""

from functools import reduce
from operator import add

import jax.numpy as jnp
from jax.nn import log_sigmoid
from jaxtyping import Array, Float

from foedus.core.kinds import Signal
from foedus.core.params import Params
from foedus.core.shapes import PerRun

TYPES = (1, -1)
"""Steadfast or not, in the order of the axis `type`."""


def weights(params: Params) -> dict[Signal, PerRun]:
    """How much each kind of signal tells the types apart, g_s."""
    own = params.alliance
    return {
        Signal.STATEMENT: own.signal_statement,
        Signal.EXERCISE: own.signal_exercise,
        Signal.PLEDGE: own.signal_pledge,
        Signal.DEPLOYMENT: own.signal_deployment,
    }


def likelihood(params: Params, kind: Signal, type_: int) -> tuple[PerRun, PerRun]:
    """Log-likelihood that a signal looked for is not sent, and that it is, for an ally of a type.

    Examples:
        An exercise that is attended earns log(.6 / .4) of log-odds where g_0 = 0, g_s = log(1.5):

        >>> import numpy as np
        >>> from foedus.core.params import fix, load
        >>> held = {"alliance.signal_base": 0.0, "alliance.signal_exercise": np.log(1.5)}
        >>> params = fix(load().params, held)
        >>> kept, lost = (likelihood(params, Signal.EXERCISE, r)[1][0] for r in TYPES)
        >>> round(float(kept - lost), 4)
        0.4055
    """
    score = params.alliance.signal_base + weights(params)[kind] * type_
    return log_sigmoid(-score), log_sigmoid(score)


def heard(params: Params, signals: Float[Array, "signal 2 state"]) -> Float[Array, "state run"]:
    """Log-odds of steadfastness that all the signals of each ally have added.

    Whether a duty is due plays no part, so every reading learns alike.

    Args:
        params: One draw a run.
        signals: As in `core.world.World`.
    """
    steadfast, other = (_by_type(params, signals, type_) for type_ in TYPES)
    return steadfast - other


def _by_type(params: Params, signals: Float[Array, "signal 2 state"], type_: int) -> Array:
    """Log-likelihood of each ally's signals if it is of a type [state, run]."""
    terms = [
        number[:, None] * log
        for kind in Signal
        for number, log in zip(signals[kind], likelihood(params, kind, type_), strict=True)
    ]
    return reduce(add, terms, jnp.zeros_like(terms[0]))
