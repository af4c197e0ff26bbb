"""Small worlds for tests: six states, two treaties, one contested place."""

import numpy as np

from foedus.core.kinds import Obligation, Reading
from foedus.core.streams import entity
from foedus.core.world import World

STATES = ("ALY", "CHA", "NBR", "PAT", "SEA", "TAR")
TREATIES = ("league", "pact")


def world(draws: int = 1, **changes) -> World:
    """CHA attacks TAR; ALY and SEA are TAR's allies in the league, PAT is CHA's in the pact."""
    n, ones = len(STATES), np.ones(draws)
    at = {code: i for i, code in enumerate(STATES)}
    member = np.zeros((2, n), bool)
    member[0, [at["ALY"], at["SEA"], at["TAR"]]] = True
    member[1, [at["CHA"], at["PAT"]]] = True
    promise = np.zeros((2, len(Obligation)))
    promise[:, [Obligation.DEFENSE, Obligation.CONSULTATION]] = 1
    tie = lambda **by: _tie(at, by, draws)  # noqa: E731
    capability = np.array([0.03, 0.0014, 0.002, 0.013, 0.0015, 0.0006])
    values = {
        "challenger": np.int32(at["CHA"]),
        "target": np.int32(at["TAR"]),
        "party": np.array([s not in ("CHA", "TAR") for s in STATES]),
        "state_entity": np.array([entity(s) for s in STATES], np.uint32),
        "treaty_entity": np.array([entity(t) for t in TREATIES], np.uint32),
        "dispute_entity": np.uint32(entity("dispute")),
        "era": np.int32(3),
        "capability": capability[:, None] * ones,
        "distance": np.array([1.5, 0, 0, 1.0, 3.0, 0])[:, None] * ones,
        "local": np.array([0.0006, 0.0014])[:, None] * ones,
        "personnel": np.array([45e3, 67e3])[:, None] * ones,
        "major": np.array([1.0, 0, 0, 0, 0, 0]),
        "nuclear": np.array([1.0, 0, 0, 0, 0, 0]),
        "seat": np.array([1.0, 0, 0, 0, 0, 0]),
        "domestic": tie(),
        "affinity": tie(target_ALY=0.3, challenger_PAT=0.8),
        "arms": tie(target_ALY=0.9, challenger_ALY=0.4),
        "trade": tie(target_ALY=0.3),
        "energy": tie(),
        "base": tie(target_ALY=1.0),
        "rivalry": tie()[..., 0],
        "contiguous": tie(target_PAT=1.0, target_NBR=1.0, challenger_NBR=1.0)[..., 0],
        "member": member,
        "dependence": np.where(np.arange(n) == at["TAR"], 0.5, 0)[None, :, None]
        * np.ones((2, 1, draws)),
        "leader": np.array([at["ALY"], at["PAT"]], np.int32),
        "promise": promise,
        "covered": np.array([[Reading.NO, Reading.NO], [Reading.NO, Reading.YES]], np.int32),
        "triggered": np.array(
            [[Reading.YES, Reading.NO], [Reading.NO, Reading.DISPUTED]], np.int32
        ),
        "on_request": np.array([True, False]),
        "trust": np.zeros((n, n)),
        "small_theatre": ones,
        "limited_aim": ones,
        "front": 0 * ones,
        "ignites": np.bool_(True),
    }
    return World(**{**values, **changes})


def _tie(at, by, draws):
    tie = np.zeros((2, len(STATES), draws))
    for name, value in by.items():
        side, code = name.split("_")
        tie[["target", "challenger"].index(side), at[code]] = value
    return tie
