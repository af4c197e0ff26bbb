"""Small worlds for tests: six states, two treaties, one or two contested places."""

import numpy as np

from foedus.core.kinds import Arms, Obligation, Reading
from foedus.core.streams import entity
from foedus.core.world import Dispute, World

STATES = ("ALY", "CHA", "NBR", "PAT", "SEA", "TAR")
TREATIES = ("league", "pact")
AT = {code: i for i, code in enumerate(STATES)}


def world(draws: int = 1, slots: tuple[Dispute, ...] | None = None, **changes) -> World:
    """ALY, SEA and TAR are members of the league, CHA and PAT of the pact.

    `changes` are fields of the world, or of its only dispute.
    """
    n, ones = len(STATES), np.ones(draws)
    member = np.zeros((2, n), bool)
    member[0, [AT["ALY"], AT["SEA"], AT["TAR"]]] = True
    member[1, [AT["CHA"], AT["PAT"]]] = True
    promise = np.zeros((2, len(Obligation)))
    promise[:, [Obligation.DEFENSE, Obligation.CONSULTATION]] = 1
    capability = np.array([0.03, 0.0014, 0.002, 0.013, 0.0015, 0.0006])
    depends = np.where(np.arange(n) == AT["TAR"], 0.5, 0)[None, :, None]
    values = {
        "era": np.int32(3),
        "year": np.float64(2020.0),
        "state_entity": np.array([entity(s) for s in STATES], np.uint32),
        "treaty_entity": np.array([entity(t) for t in TREATIES], np.uint32),
        "capability": capability[:, None] * ones,
        "major": np.array([1.0, 0, 0, 0, 0, 0]),
        "nuclear": np.array([1.0, 0, 0, 0, 0, 0]),
        "member": member,
        "candidate": np.zeros((2, n), bool),
        "edge": np.indices((2, n)).reshape(2, -1).astype(np.int32),
        "dependence": depends * np.ones((2, 1, draws)),
        "closeness": np.full((2, n, draws), 0.5),
        "leader": np.array([AT["ALY"], AT["PAT"]], np.int32),
        "notice": np.array([26.0, 52.0]),
        "promise": promise,
        "own_land": np.zeros((2, n), np.int32),
        "on_request": np.array([True, False]),
        "reads": np.full(n, Reading.DISPUTED, np.int32),
        "trust": np.zeros((n, n)),
        "signals": np.zeros((4, 2, n)),
        "region": np.isin(STATES, ["CHA", "NBR", "SEA", "TAR"]),
        "brokered": np.zeros(n),
        "supplies": np.array([0.4, 0, 0, 0.1, 0, 0])[:, None] * ones,
        "bases": np.array([0.3, 0, 0, 0, 0, 0])[:, None] * ones,
        "burden": np.zeros((1, n, draws)),
        "engaged": np.zeros((1, n, draws)),
    }
    own = {name: a for name, a in changes.items() if name in Dispute._fields}
    rest = {name: a for name, a in changes.items() if name not in own}
    return World(**{**values, **rest}, dispute=stack(slots or (place(draws, **own),)))


def place(draws: int = 1, name: str = "dispute", **changes) -> Dispute:
    """One slot, without its axis: CHA attacks TAR."""
    n, ones = len(STATES), np.ones(draws)
    tie = lambda **by: _tie(by, draws)  # noqa: E731
    values = {
        "challenger": np.int32(AT["CHA"]),
        "target": np.int32(AT["TAR"]),
        "party": np.array([s not in ("CHA", "TAR") for s in STATES]),
        "entity": np.uint32(entity(name)),
        "covered": np.array([[Reading.NO, Reading.NO], [Reading.NO, Reading.YES]], np.int32),
        "triggered": np.array(
            [[Reading.YES, Reading.NO], [Reading.NO, Reading.DISPUTED]], np.int32
        ),
        "home": np.zeros((2, len(TREATIES)), np.int32),
        "seat": np.array([1.0, 0, 0, 0, 0, 0]),
        "rivalry": tie()[..., 0],
        "contiguous": tie(target_PAT=1.0, target_NBR=1.0, challenger_NBR=1.0)[..., 0],
        "alongside": tie(target_ALY=2.0, challenger_PAT=1.0)[..., 0],
        "against": tie(target_PAT=3.0, challenger_NBR=1.0)[..., 0],
        "pledged": tie()[..., 0],
        "ignites": np.bool_(True),
        "open_": np.bool_(True),
        "unrest": np.bool_(False),
        "distance": np.array([1.5, 0, 0, 1.0, 3.0, 0])[:, None] * ones,
        "in_place": np.zeros((n, draws)),
        "local": np.array([0.0006, 0.0014])[:, None] * ones,
        "personnel": np.array([45e3, 67e3])[:, None] * ones,
        "domestic": tie(),
        "affinity": tie(target_ALY=0.3, challenger_PAT=0.8),
        "arms": tie(target_ALY=0.9, challenger_ALY=0.4),
        "exports": tie(target_ALY=0.02, challenger_ALY=0.1, challenger_SEA=0.3),
        "imports": np.zeros((2, draws)),
        "trade": tie(target_ALY=0.3),
        "energy": tie(),
        "base": tie(target_ALY=1.0),
        "small_theatre": ones,
        "limited_aim": ones,
        "pace": 0 * ones,
        "grievance": 0 * ones,
        "front": 0 * ones,
        "strike": np.zeros((2, draws)),
        "air_defence": np.zeros((2, draws)),
        "supply": np.stack([tie(target_ALY=0.9, challenger_ALY=0.4)] * len(Arms)),
        "sold": tie(target_ALY=0.5, challenger_ALY=1.0, challenger_SEA=1.0),
        "route": np.ones((n, draws)),
        "long_range": np.zeros((2, draws)),
        "spill": 0 * ones,
    }
    return Dispute(**{**values, **changes})


def stack(slots: tuple[Dispute, ...]) -> Dispute:
    """Slots on their axis: the last, or the last but one before `draw`."""
    drawn = Dispute._fields.index("distance")
    axes = [-1] * drawn + [-2] * (len(Dispute._fields) - drawn)
    return Dispute(
        *(np.stack(a, axis) for a, axis in zip(zip(*slots, strict=True), axes, strict=True))
    )


def _tie(by, draws):
    tie = np.zeros((2, len(STATES), draws))
    for name, value in by.items():
        side, code = name.split("_")
        tie[["target", "challenger"].index(side), AT[code]] = value
    return tie
