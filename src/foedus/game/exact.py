r"""The third-party stage without a closure: every profile of a few states, enumerated.

Payoffs are those of `joining.Stage`, at the actions a that all in fact take:

$$ u_k(a) = v_k(a_k) + V_k\,[1 - W(\log S_C(a)/S_T(a))]
   + \kappa_{a_k}\,[\theta_p\,P_k(a) - \theta_r\,\log(1 + X_k(a)/G_k)] $$

and the quantal response is to their mean over what the others do, not to their value at a mean.
The simulation always uses the closure of `joining.solve`, which this module is there to measure;
an answer that was enumerated says so.
"""

from itertools import product
from typing import Any

import jax
import numpy as np
from jaxtyping import Bool, Float, Int

from foedus.core import curves
from foedus.core.kinds import Action, Side
from foedus.game.joining import FIRST, Equilibrium, Stage, combat

PROFILES = 25_000  # five states with two grades of help, four with five
TOLERANCE = 1e-12
SWEEPS = 5000
DAMPING = 0.5

Table = Float[np.ndarray, "player ..."]
"""Utility of each player, by the action of each player (one axis a player)."""


def payoff_table(
    stage: Stage, profiles: Int[np.ndarray, "profile state"]
) -> Float[np.ndarray, "profile state run"]:
    r"""Utility of every third party at given actions of all of them.

    $S$ is a side's strength with all who help it, $X_k$ the strength that k would meet on the
    other side, $P_k$ the share of k's co-signatories that fight beside it; the last two count by
    the exposure $\kappa$ of k's own grade.

    Args:
        stage: One column a run.
        profiles: Action of each state: `joining.FIRST` is the first grade for the target, then
            the same for the challenger, and so on; ignored for states that are not free.

    Returns:
        Means nothing for states that are not free.

    Raises:
        ValueError: A profile does not name an action of each state.

    Examples:
        A single third party that may aid or fight, gains 2 if the target keeps the land, and
        faces no one:

        >>> zero, one = np.zeros((1, 1)), np.ones(1)
        >>> stage = Stage(
        ...     utility=(zero,) * 6, stake=zero + 2, power=zero + 1, free=zero == 0,
        ...     joined=np.zeros((2, 1, 1), bool), strength=np.ones((2, 1)),
        ...     curve=np.array([[0.5], [0.3]]), shares=(0.2, 1.0), exposures=(0.0, 1.0),
        ...     patron_risk=one, peer=one, peers=np.zeros((2, 1, 1, 1)),
        ... )
        >>> fights = combat(stage, Side.TARGET)
        >>> payoff_table(stage, np.array([[Action.ABSTAIN], [fights]]))[:, 0, 0].round(4)
        array([1.    , 1.0693])
        >>> enumerate_stage(stage).play[fights].round(4)
        array([[0.1785]])
    """
    stage = _double(stage)
    states = stage.power.shape[0]
    if profiles.ndim != 2 or profiles.shape[1] != states:
        raise ValueError(f"expected profiles of {states} states; got shape {profiles.shape}")
    target, challenger = (
        stage.strength[side] + (stage.power * _weight(stage, profiles, side, stage.shares)).sum(1)
        for side in Side
    )
    ratio: Any = np.log(challenger / target)
    keeps = 1 - curves.read(stage.curve, ratio)
    own = np.stack(stage.utility)[profiles, np.arange(states)]
    exposed = [_weight(stage, profiles, side, stage.exposures) for side in Side]
    fights = [(profiles == combat(stage, side))[..., None] & stage.free for side in Side]
    company = [exposed[side] * _company(stage, exposed, fights, side) for side in Side]
    return own + stage.stake * keeps[:, None] + company[Side.TARGET] + company[Side.CHALLENGER]


def enumerate_stage(stage: Stage) -> Equilibrium:
    r"""Logit agent quantal-response equilibrium, $\sigma_k = \mathrm{softmax}(\lambda E u_k)$.

    The expectation runs over all profiles of the others; damped iteration from a world in which
    nobody acts, in float64. See `payoff_table` for an example.

    Args:
        stage: One column a run.

    Raises:
        ValueError: More third parties are free in some run than can be enumerated.

    Reference:
        McKelvey and Palfrey (1998), *Experimental Economics* 1, 9-41.
    """
    stage = _double(stage)
    actions, states, runs = np.shape(stage.utility)
    most = int(np.log(PROFILES) / np.log(actions))
    if (free := stage.free.sum(0).max()) > most:
        raise ValueError(f"expected at most {most} free third parties; got {free}")
    play = np.zeros((actions, states, runs))
    residual, sweeps = np.zeros(runs), np.zeros(runs, np.int32)
    for run in range(runs):
        column = _column(stage, run)
        players = np.flatnonzero(column.free[:, 0])
        if len(players):
            table, pace = _table(column, players), float(np.max(column.rationality))
            mixed, residual[run], sweeps[run] = _solve(pace * table)
            play[:, players, run] = mixed.T
    found: Any = (tuple(play), residual, sweeps)
    return Equilibrium(*found)


def _double(stage: Stage) -> Stage:
    """The stage as NumPy arrays, real numbers in double precision."""
    kind = lambda a: bool if np.asarray(a).dtype == bool else np.float64  # noqa: E731
    return jax.tree.map(lambda a: np.asarray(a, kind(a)), stage)


def _column(stage: Stage, run: int) -> Stage:
    """One run of the stage."""
    return jax.tree.map(lambda a: a[..., run : run + 1] if np.ndim(a) else a, stage)


def _weight(
    stage: Stage, profiles: Int[np.ndarray, "profile state"], side: Side, weights: tuple
) -> Float[np.ndarray, "profile state run"]:
    """Weight of what each state does for a side, by the weight of each grade."""
    by_action = np.zeros((len(stage.utility), stage.power.shape[1]))
    for grade, weight in enumerate(weights):
        by_action[FIRST + len(Side) * grade + side] = weight
    return by_action[profiles] * stage.free


def _company(
    stage: Stage,
    exposed: list[Float[np.ndarray, "profile state run"]],
    fights: list[Bool[np.ndarray, "profile state run"]],
    side: Side,
) -> Float[np.ndarray, "profile state run"]:
    """Comfort of those who come too, less the risk of meeting the other side's friends."""
    beside, against = fights[side] | stage.joined[side], exposed[1 - side] + stage.joined[1 - side]
    met = (stage.power * against).sum(1)[:, None]
    risk = np.log1p(met / np.where(stage.free, stage.power, 1))
    coming, number = np.zeros(beside.shape), np.zeros(stage.power.shape)
    for members in stage.peers[side]:
        together = members * beside
        coming += members * (together.sum(1)[:, None] - together)
        number += members * (members.sum(0) - members)
    return np.asarray(stage.peer * coming / np.maximum(number, 1) - stage.patron_risk * risk)


def _table(stage: Stage, players: Int[np.ndarray, " player"]) -> Table:
    """Utilities of the players of a stage of one run."""
    actions = len(stage.utility)
    chosen = list(product(range(actions), repeat=len(players)))
    profiles = np.full((len(chosen), stage.power.shape[0]), Action.ABSTAIN)
    profiles[:, players] = chosen
    utility = payoff_table(stage, profiles)[:, players, 0]
    return utility.T.reshape(len(players), *(actions,) * len(players))


def _solve(table: Table) -> tuple[Float[np.ndarray, "player action"], float, int]:
    """Fixed point of the quantal responses, its residual, and the sweeps taken."""
    mixed = np.zeros(table.shape[:2])
    mixed[:, Action.ABSTAIN] = 1
    residual, sweep = np.inf, 0
    while residual > TOLERANCE and sweep < SWEEPS:
        change = _respond(table, mixed) - mixed
        mixed, residual, sweep = mixed + DAMPING * change, np.abs(change).max(), sweep + 1
    return mixed, float(residual), sweep


def _respond(
    table: Table, mixed: Float[np.ndarray, "player action"]
) -> Float[np.ndarray, "player action"]:
    """Quantal response of each player to the mixed actions of the others."""
    rows = []
    for k, utility in enumerate(table):
        expected = utility
        for j in reversed(range(len(mixed))):  # from the last axis, so that the others stay put
            if j != k:
                expected = np.tensordot(expected, mixed[j], (j, 0))
        odds = np.exp(expected - expected.max())
        rows.append(odds / odds.sum())
    return np.stack(rows)
