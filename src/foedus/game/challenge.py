r"""Whether the challenger attacks, whether the target resists, whether it asks its allies.

$$ \rho = \Lambda(\lambda [U_T(\text{resist}) - U_T(\text{concede})]), \qquad
   \alpha = \Lambda(\lambda [(1-\rho)\,U_C(\text{concede}) + \rho\,U_C(\text{war})]) $$

Values are expected utilities, not log-sums, as in Signorino's strategic logit (1999): the agent
form of the quantal-response equilibrium of the extended-deterrence tree.
"""

from typing import NamedTuple

from jax.nn import sigmoid

from foedus.core.params import Params
from foedus.core.shapes import PerRun, PerTreaty


class Crisis(NamedTuple):
    """Probabilities of attack, and of resistance once attacked."""

    attack: PerRun
    resist: PerRun


def crisis(
    yields: tuple[PerRun | float, PerRun | float],
    war: tuple[PerRun | float, PerRun | float],
    rationality: float = 1.0,
) -> Crisis:
    """Backward induction of attack and resistance; the status quo is worth 0 to both.

    Args:
        yields: Value to (challenger, target) when the target yields.
        war: Expected value to (challenger, target) of war, over what third parties will do.
        rationality: lambda.

    Reference:
        Signorino (1999), *American Political Science Review* 93, 279-298.

    Examples:
        The ally joins with probability p; payoffs (challenger, target) are (.5, -1.2) if it
        stays out and (-1, .2) if it joins:

        >>> p = float(sigmoid(-0.4 + 0.7))
        >>> war = (0.5 * (1 - p) - p, -1.2 * (1 - p) + 0.2 * p)
        >>> [round(float(x), 6) for x in crisis((1.0, -1.0), war)]
        [0.529844, 0.646621]
    """
    resist = sigmoid(rationality * (war[1] - yields[1]))
    attack = sigmoid(rationality * ((1 - resist) * yields[0] + resist * war[0]))
    return Crisis(attack, resist)


def attack_and_resist(params: Params, win: PerRun, deterrent: PerRun) -> Crisis:
    """The crisis with foedus's payoffs.

    Args:
        params: One draw a run.
        win: Probability that the challenger would win a war, as it expects third parties to act.
        deterrent: Log of what expected helpers multiply the target's strength by.
    """
    own = params.crisis
    yields = (own.attack_intercept + own.attack_gain, 0.0)
    war = (
        own.attack_intercept + own.attack_gain * win - own.attack_fear * deterrent,
        own.resist_intercept + own.resist_gain * (1 - win),
    )
    return crisis(yields, war)


def ask_probability(params: Params, win: PerRun, scope: PerTreaty, trust: PerTreaty) -> PerTreaty:
    """Probability that the target invokes each treaty [treaty, run].

    Args:
        params: One draw a run.
        win: Probability that the target loses as things stand [run].
        scope: How far the treaty's duty to the target would be due [treaty, run].
        trust: Target's trust in the strongest ally of the treaty [treaty, run].
    """
    own = params.crisis
    return sigmoid(
        own.ask_intercept + own.ask_need * win + own.ask_scope * scope + own.ask_trust * trust
    )
