"""Random third-party stages, with magnitudes like the record's: few allies, uneven powers."""

import jax
import numpy as np

from foedus.core.kinds import Action, Side
from foedus.core.params import load, take
from foedus.game.joining import Stage
from foedus.war.front import outlook

BASE = {
    Action.ABSTAIN: 0.0,
    Action.MEDIATE: -2.5,
    Action.AID_TARGET: -1.5,
    Action.AID_CHALLENGER: -1.8,
    Action.JOIN_TARGET: -3.5,
    Action.JOIN_CHALLENGER: -4.2,
}
OF_ALLY = np.array([0.0, 0.0, 1.0, -0.5, 2.0, -2.0])
OF_PATRON = np.array([0.0, 0.0, -0.5, 1.0, -2.0, 1.2])


def stage(states: int, runs: int, seed: int, rationality: float = 1.0) -> Stage:
    """Target's allies and the challenger's patrons in two leagues, all free, in float64."""
    rng, shape = np.random.default_rng(seed), (states, runs)
    allies = rng.random(states) < 0.5
    patrons = ~allies & (rng.random(states) < 0.4)
    ally, patron = allies[:, None], patrons[:, None]
    utility = np.array(list(BASE.values()))[:, None, None] + 0.5 * rng.normal(size=(6, *shape))
    utility[0] = 0
    utility += OF_ALLY[:, None, None] * ally + OF_PATRON[:, None, None] * patron
    near = np.exp(-0.8 * rng.exponential(size=shape))
    peers = np.zeros((2, 2, states))
    peers[Side.TARGET, 0], peers[Side.CHALLENGER, 1] = allies, patrons
    return Stage(
        utility=tuple(utility),
        stake=2.0 * ally - 2.0 * patron + 0.8 * rng.normal(size=shape),
        power=np.exp(1.3 * rng.normal(size=shape) - 0.5) * near,
        free=np.ones(shape, bool),
        joined=np.zeros((2, *shape), bool),
        strength=np.exp(0.8 * rng.normal(size=(2, runs))),
        curve=curve(runs, seed),
        aid_share=rng.beta(2, 8, runs),
        patron_risk=np.abs(0.7 * rng.normal(size=runs)),
        peer=np.abs(0.5 * rng.normal(size=runs)),
        peers=peers,
        rationality=rationality,
    )


def curve(runs: int, seed: int):
    """The war module's own prospects in prior draws, the front and tempo as it happens."""
    rng = np.random.default_rng([seed, 1])
    params = take(load().params, rng.integers(0, 1000, runs))
    front, tempo = np.float32(rng.uniform(-0.3, 0.6, runs)), np.float32(rng.normal(0, 1, runs))
    return np.asarray(outlook(params, front, tempo, np.float32(0.0007), 3), np.float64)


def single(stage: Stage) -> Stage:
    """The same in float32."""
    return jax.tree.map(lambda a: np.float32(a) if np.asarray(a).dtype == float else a, stage)


def columns(stage: Stage, index) -> Stage:
    """Some runs of a stage."""
    pick = lambda a: a[..., index] if np.ndim(a) else a  # noqa: E731
    return jax.tree.map(pick, stage._replace(peers=0))._replace(peers=stage.peers)
