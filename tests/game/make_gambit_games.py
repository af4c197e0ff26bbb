"""Write `gambit_games.json`: games in normal and extensive form, and what Gambit finds in them.

`python -m tests.game.make_gambit_games`, with pygambit installed, writes it anew.

A game in normal form is a list of payoff tables, one a player. A node of a tree is a list of
payoffs; `{"chance": [[probability, node], ...]}`; or `{"player", "information", "actions"}`.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

FILE = Path(__file__).with_name("gambit_games.json")
RATIONALITY = (0.25, 1.0, 3.0, 8.0)


def drawn(seed: int, *shape: int) -> list:
    """Payoffs drawn at random, to two digits."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, shape).round(2).tolist() for _ in shape]


def traveler(highest: int, penalty: float) -> list:
    """Basu's traveler's dilemma with claims from 2, in tenths."""
    claims = np.arange(2, highest + 1) / 10
    mine, other = claims[:, None], claims[None]
    row = np.minimum(mine, other) + penalty * (np.sign(other - mine))
    return [row.tolist(), row.T.tolist()]


NORMAL = {
    "Ochs 1995, matching pennies": [[[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]]],
    "prisoners' dilemma": [[[3, 0], [5, 1]], [[3, 5], [0, 1]]],
    "chicken, uneven": [[[0, -1], [1, -6]], [[0, 1.5], [-1, -5]]],
    "stag hunt, uneven": [[[4, 0], [3, 2]], [[4, 2.5], [0, 2]]],
    "battle of the sexes, uneven": [[[3, 0], [0, 1]], [[1, 0], [0, 2]]],
    "Lieberman 1960, zero sum": [
        [[1.5, 1.5, -0.2], [1.5, 1.5, 0.2], [0.1, -0.4, 1.5]],
        [[-1.5, -1.5, 0.2], [-1.5, -1.5, -0.2], [-0.1, 0.4, -1.5]],
    ],
    "traveler's dilemma": traveler(7, 0.25),
    "drawn, 2 by 4": drawn(1, 2, 4),
    "drawn, 4 by 3": drawn(2, 4, 3),
    "drawn, three players": drawn(3, 2, 2, 2),
    "drawn, three players with 2, 3 and 4 actions": drawn(4, 2, 3, 4),
    "drawn, four players": drawn(5, 2, 2, 2, 2),
}


def choose(player: int, information: str, **actions) -> dict:
    """A choice."""
    return {"player": player, "information": information, "actions": actions}


def centipede() -> dict:
    """McKelvey and Palfrey 1992: the pile doubles, the taker gets four fifths."""
    node = [6.4, 1.6]
    for move in (4, 3, 2, 1):
        pile = [0.4 * 2 ** (move - 1), 0.1 * 2 ** (move - 1)]
        taken = pile if move % 2 else pile[::-1]
        node = choose((move - 1) % 2, f"{move}", take=taken, go=node)
    return node


def poker() -> dict:
    """Myerson 1991: a card seen by the first player, who may raise."""

    def card(name: str, wins: int) -> dict:
        call = choose(1, "raised", meet=[2 * wins, -2 * wins], fold=[1, -1])
        return choose(0, name, raises=call, passes=[wins, -wins])

    return {"chance": [[0.5, card("red", 1)], [0.5, card("black", -1)]]}


def horse() -> dict:
    """Selten 1975."""
    third = {"D": {"L": [0, 0, 0], "R": [3, 2, 2]}, "d": {"L": [4, 4, 0], "R": [0, 0, 1]}}
    guesses = {name: choose(2, "third", **ends) for name, ends in third.items()}
    return choose(0, "first", D=guesses["D"], C=choose(1, "second", d=guesses["d"], c=[1, 1, 1]))


def quiche() -> dict:
    """Cho and Kreps 1987: breakfast tells, perhaps, who is surly."""

    def kind(name: str, likes: str, duel: float) -> dict:
        meals = {}
        for meal in ("beer", "quiche"):
            pleasure = float(meal == likes)
            meals[meal] = choose(1, meal, duel=[pleasure, duel], none=[pleasure + 2, 0.0])
        return choose(0, name, **meals)

    return {"chance": [[0.9, kind("surly", "beer", -1.0)], [0.1, kind("wimp", "quiche", 1.0)]]}


def deterrence() -> dict:
    """Attack, resist, join; the attacker may then go back."""
    last = choose(0, "joined", persist=[-1.5, 0.2, -0.4], retreat=[-0.3, 0.6, 0.3])
    ally = choose(2, "called", abandon=[0.5, -1.2, -0.7], join=last)
    target = choose(1, "attacked", yields=[1, -1, -0.5], resist=ally)
    return choose(0, "start", wait=[0, 0, 0], attack=target)


def crisis() -> dict:
    """A strong or weak target, seen by itself alone; the ally sees only that it resisted."""

    def kind(name: str, edge: float) -> dict:
        ally = choose(2, "called", stay=[0.6 - edge, edge - 1, -0.5], join=[-1, edge, edge - 0.5])
        return choose(1, name, yields=[1, -0.8, -0.3], resist=ally)

    kinds = [[0.35, kind("strong", 0.7)], [0.65, kind("weak", -0.1)]]
    return choose(0, "start", wait=[0, 0, 0.1], attack={"chance": kinds})


EXTENSIVE = {
    "centipede": centipede(),
    "poker": poker(),
    "Selten's horse": horse(),
    "beer and quiche": quiche(),
    "deterrence": deterrence(),
    "crisis with a hidden kind": crisis(),
}


def gambit_normal(gambit, tables: list):
    """A game in normal form for Gambit."""
    return gambit.Game.from_arrays(*(np.array(t, float) for t in tables))


def gambit_extensive(gambit, root):
    """A game tree for Gambit."""
    n = len(next(iter(payoffs(root))))
    game = gambit.Game.new_tree(players=[str(i) for i in range(n)])
    known: dict = {}

    def build(node, spec) -> None:
        if isinstance(spec, list):
            label = f"end {len(game.outcomes)}"
            game.set_outcome(node, game.add_outcome(label, [float(u) for u in spec]))
        elif "chance" in spec:
            labels = [str(i) for i in range(len(spec["chance"]))]
            game.append_move(node, game.players.chance, labels)
            chances = [gambit.Decimal(str(p)) for p, _ in spec["chance"]]
            game.set_chance_probs(node.infoset, chances)
            for child, (_, below) in zip(list(node.children), spec["chance"], strict=True):
                build(child, below)
        else:
            if (name := spec["information"]) in known:
                game.append_infoset(node, known[name])
            else:
                game.append_move(node, str(spec["player"]), list(spec["actions"]))
                known[name] = node.infoset
                known[name].label = name
            for child, below in zip(list(node.children), spec["actions"].values(), strict=True):
                build(child, below)

    build(game.root, root)
    return game


def payoffs(spec):
    """Payoffs at every end."""
    if isinstance(spec, list):
        yield spec
    else:
        below = [s for _, s in spec["chance"]] if "chance" in spec else spec["actions"].values()
        for child in below:
            yield from payoffs(child)


def informed(spec) -> list:
    """Information sets in the order in which they are met, with their actions."""
    found: dict = {}

    def walk(node) -> None:
        if isinstance(node, dict) and "chance" in node:
            for _, child in node["chance"]:
                walk(child)
        elif isinstance(node, dict):
            found.setdefault(node["information"], list(node["actions"]))
            for child in node["actions"].values():
                walk(child)

    walk(spec)
    return list(found.items())


def normal_play(game, profile) -> list:
    """Probability of each strategy."""
    return [float(profile[s]) for player in game.players for s in player.strategies]


def extensive_play(game, found, root) -> list:
    """Probability of each action, in the order of `informed`."""
    order = [(i.label, a.label) for p in game.players for i in p.infosets for a in i.actions]
    at = {name: i for i, name in enumerate(order)}
    return [float(found[at[name, a]]) for name, actions in informed(root) for a in actions]


def counts_of(play: list, n: int, seed: int, groups: list[int]) -> list:
    """Counts of actions drawn from a profile, n a player or information set."""
    rng, ends = np.random.default_rng(seed), np.cumsum([0, *groups])
    drawn = [rng.multinomial(n, np.array(play[a:b]) / sum(play[a:b])) for a, b in pairwise(ends)]
    return [int(c) for part in drawn for c in part]


def solve_normal(gambit, tables: list, seed: int) -> dict:
    """Gambit's equilibria, and its fit to counts."""
    game = gambit_normal(gambit, tables)
    play = {}
    for rationality in RATIONALITY:
        (found,) = gambit.qre.logit_solve_lambda(game, [rationality])
        play[str(rationality)] = normal_play(game, found.profile)
    groups = [len(p.strategies) for p in game.players]
    counts = counts_of(play["1.0"], 200, seed, groups)
    data, cut = game.mixed_strategy_profile(), np.cumsum([0, *groups])
    for player, (a, b) in zip(game.players, pairwise(cut), strict=True):
        data[player] = counts[a:b]
    best = gambit.qre.logit_estimate(data)
    fit = {"counts": counts, "rationality": best.lam, "log_likelihood": best.log_like}
    return {"tables": tables, "play": play, "fit": fit}


def solve_extensive(gambit, root, seed: int) -> dict:
    """Gambit's agent equilibria, and the best of them for counts.

    `logit_estimate` of Gambit 16.7.0 crashes on profiles of behaviour, so its equilibria are
    searched instead.
    """
    game = gambit_extensive(gambit, root)

    def solve(rationality: float) -> list:
        (found,) = gambit.qre.logit_solve_lambda(game, [rationality], use_strategic=False)
        return extensive_play(game, found, root)

    play = {str(r): solve(r) for r in RATIONALITY}
    groups = [len(actions) for _, actions in informed(root)]
    counts = counts_of(play["1.0"], 200, seed, groups)
    best = minimize_scalar(
        lambda r: -float(counts @ np.log(solve(r))),
        bounds=(0.1, 3.0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    fit = {"counts": counts, "rationality": float(best.x), "log_likelihood": -float(best.fun)}
    return {"root": root, "play": play, "fit": fit}


def ochs(gambit) -> dict:
    """Gambit's fit to the frequencies of Ochs' experiment that McKelvey and Palfrey 1995 used."""
    game = gambit_normal(gambit, NORMAL["Ochs 1995, matching pennies"])
    shares = [0.527, 0.473, 0.366, 0.634]
    data = game.mixed_strategy_profile()
    for player, a in zip(game.players, (0, 2), strict=True):
        data[player] = [128 * s for s in shares[a : a + 2]]
    best = gambit.qre.logit_estimate(data)
    counts = [128 * s for s in shares]
    return {"counts": counts, "rationality": best.lam, "log_likelihood": best.log_like}


def main():
    import pygambit

    content = {
        "gambit": pygambit.__version__,
        "ochs": ochs(pygambit),
        "normal": {n: solve_normal(pygambit, t, i) for i, (n, t) in enumerate(NORMAL.items())},
        "extensive": {
            n: solve_extensive(pygambit, r, 100 + i) for i, (n, r) in enumerate(EXTENSIVE.items())
        },
    }
    FILE.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
