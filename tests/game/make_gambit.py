"""Write `gambit.json`: games, and the equilibria that Gambit finds in them.

`python -m tests.game.make_gambit`, with pygambit installed, writes it anew.
"""

import json
from itertools import product
from pathlib import Path

import numpy as np

from foedus.game.exact import payoff_table
from foedus.game.joining import Stage
from tests.game.stages import TWO, stage

FILE = Path(__file__).with_name("gambit.json")
RATIONALITY = (0.5, 1.0, 2.0, 4.0)
CASES = [(2, 1), (2, 2), (3, 3), (3, 4), (3, 5)]  # states, seed; aid and combat alone
TREE = {  # payoffs to challenger, target, ally
    "no attack": (0, 0, 0),
    "yield": (1, -1, -0.5),
    "abandon": (0.5, -1.2, -0.7),
    "join": (-1, 0.2, -0.4),
}
TREE_RATIONALITY = (1.0, 5.0)


def stage_play(gambit, stage: Stage, rationality: float):
    """Gambit's logit equilibrium of a stage of one run [state, action]."""
    states = stage.power.shape[0]
    actions = len(stage.utility)
    profiles = np.array(list(product(range(actions), repeat=states)))
    table = payoff_table(stage, profiles)[..., 0].T.reshape(states, *(actions,) * states)
    game = gambit.Game.from_arrays(*table)
    ((found),) = gambit.qre.logit_solve_lambda(game, [rationality])
    return [[float(found.profile[s]) for s in player.strategies] for player in game.players]


def tree_play(gambit, rationality: float):
    """Gambit's agent equilibrium of extended deterrence: P(attack), P(resist), P(join)."""
    game = gambit.Game.new_tree(players=["challenger", "target", "ally"])
    node = game.root
    moves = [("challenger", "attack"), ("target", "resist"), ("ally", "join")]
    refusals = ["no attack", "yield", "abandon"]
    for (player, move), refusal in zip(moves, refusals, strict=True):
        game.append_move(node, player, [refusal, move])
        game.set_outcome(node.children[refusal], game.add_outcome(refusal, list(TREE[refusal])))
        node = node.children[move]
    game.set_outcome(node, game.add_outcome("join", list(TREE["join"])))
    (found,) = gambit.qre.logit_solve_lambda(game, [rationality], use_strategic=False)
    return [float(found[i]) for i in (1, 3, 5)]  # the second action of each


def numbers(stage: Stage) -> dict:
    """A stage of aid and combat as lists of numbers."""
    fields = stage._asdict() | {"aid_share": stage.shares[0], "peers": stage.peers[..., 0]}
    return {
        n: np.asarray(a).tolist() for n, a in fields.items() if n not in ("shares", "exposures")
    }


def from_numbers(numbers: dict) -> Stage:
    """The stage that `numbers` wrote."""
    arrays = {name: np.asarray(value) for name, value in numbers.items()}
    grades = {"shares": (arrays.pop("aid_share"), 1.0), "exposures": (0.0, 1.0)}
    own = {"utility": tuple(arrays["utility"]), "peers": arrays["peers"][..., None]}
    return Stage(**arrays | grades | own)


def main():
    import pygambit

    stages = []
    for states, seed in CASES:
        case = stage(states, 1, seed, TWO)
        play = {str(r): stage_play(pygambit, case, r) for r in RATIONALITY}
        stages.append({"stage": numbers(case), "play": play})
    trees = {str(r): tree_play(pygambit, r) for r in TREE_RATIONALITY}
    content = {"gambit": pygambit.__version__, "stages": stages, "tree": trees}
    FILE.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
