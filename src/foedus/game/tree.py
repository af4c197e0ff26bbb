r"""What each mover of a strategic tree does, and how likely each outcome is.

A recursive strategic model: a tree whose decisions have named movers, solved backwards. At a
decision the mover compares what its actions are worth,

$$ V_a = \sum_o P(o \mid a)\, u_m(o) \quad\text{with noise of variance}\quad
   \sigma_m^2 \;\text{(agent error)}\quad\text{or}\quad
   \sigma_m^2 \sum_o P(o \mid a)^2 \;\text{(private information),} $$

where the sum runs over the outcomes that a may still lead to. Of two actions the second is taken
with probability $F((V_2 - V_1)/\sqrt{s_1^2 + s_2^2})$, F normal or logistic; of more, each with
the probability that it is worth most. Under agent error every action of every decision has its
own noise; under private information every payoff has, known to its mover alone.

Signorino 1999 (*American Political Science Review* 93: 279-298), 2003 (*Political Analysis* 11:
316-344); conventions of Kenkel and Signorino 2014 (*Journal of Statistical Software* 56(8)).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, pi, sqrt
from typing import Any, Literal, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

Error: TypeAlias = Literal["agent", "private"]
Link: TypeAlias = Literal["probit", "logit"]
Payoff: TypeAlias = tuple[str, str]
"""Whose payoff, at which outcome."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())


@dataclass(frozen=True)
class End:
    """Where the game ends.

    Attributes:
        outcome: Its name; no two ends of a tree share it.
    """

    outcome: str


@dataclass(frozen=True, eq=False)
class Decision:
    """Where a mover chooses.

    Attributes:
        mover: Who.
        actions: What each action leads to, by its name; the order is that of the outcomes.

    Examples:
        >>> tree = Decision("challenger", {"wait": End("peace"), "attack": End("war")})
        >>> outcomes(tree), movers(tree)
        (('peace', 'war'), ('challenger',))
    """

    mover: str
    actions: Mapping[str, "Decision | End"]

    def __hash__(self) -> int:
        return hash((self.mover, *self.actions.items()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision) or self.mover != other.mover:
            return False
        return [*self.actions.items()] == [*other.actions.items()]


class Play(NamedTuple):
    """How a tree is played.

    Attributes:
        actions: Log-probability of an action where its decision is reached, by the actions that
            lead to it, its own last.
        outcomes: Log-probability of each outcome.
    """

    actions: dict[tuple[str, ...], jax.Array]
    outcomes: dict[str, jax.Array]


def outcomes(node: Decision | End) -> tuple[str, ...]:
    """Outcomes that a node may lead to, in the tree's order."""
    if isinstance(node, End):
        return (node.outcome,)
    return tuple(o for child in node.actions.values() for o in outcomes(child))


def decisions(
    node: Decision | End, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Decision]]:
    """Every decision with the actions that lead to it, each before those below it."""
    if isinstance(node, Decision):
        yield path, node
        for name, child in node.actions.items():
            yield from decisions(child, (*path, name))


def movers(tree: Decision) -> tuple[str, ...]:
    """Who moves, in the order in which they first do."""
    return tuple(dict.fromkeys(d.mover for _, d in decisions(tree)))


def first_decisions(tree: Decision, mover: str) -> list[tuple[tuple[str, ...], Decision]]:
    """The decisions of a mover that lie below none of its own.

    A mover's payoffs matter only as differences between outcomes below one of these.
    """
    own = [(path, d) for path, d in decisions(tree) if d.mover == mover]
    paths = [path for path, _ in own]
    return [(p, d) for p, d in own if not any(p != q and p[: len(q)] == q for q in paths)]


def payoffs(tree: Decision) -> tuple[Payoff, ...]:
    """Payoffs that matter, one of each last decision's left out as its zero.

    They are ordered by mover and, for each, by outcome. Where a mover's first decision is also
    the game's last, the payoff of the first outcome below it is the zero.

    Examples:
        >>> payoffs(egame12())
        (('1', '1'), ('1', '2'), ('1', '3'), ('2', '3'))
    """
    found = []
    for mover in movers(tree):
        for _, decision in first_decisions(tree, mover):
            last = all(isinstance(child, End) for child in decision.actions.values())
            found += [(mover, o) for o in outcomes(decision)[1 if last else 0 :]]
    order = {o: i for i, o in enumerate(outcomes(tree))}
    return tuple(sorted(found, key=lambda p: (movers(tree).index(p[0]), order[p[1]])))


def egame12(
    movers: tuple[str, str] = ("1", "2"), outcomes: tuple[str, str, str] = ("1", "2", "3")
) -> Decision:
    """One ends the game, or leaves two others to the second mover."""
    left, *rest = outcomes
    return Decision(movers[0], {_move(left): End(left), _other(left): _last(movers[1], rest)})


def egame122(
    movers: tuple[str, str] = ("1", "2"), outcomes: tuple[str, str, str, str] = ("1", "2", "3", "4")
) -> Decision:
    """One chooses left or right, and the second mover answers either."""
    sides = [outcomes[:2], outcomes[2:]]
    before = [{o.rpartition(",")[0] for o in side} for side in sides]
    names = [
        shared.pop() if len(shared) == 1 and "" not in shared else " or ".join(side)
        for shared, side in zip(before, sides, strict=True)
    ]
    answers = [_last(movers[1], side) for side in sides]
    return Decision(movers[0], dict(zip(names, answers, strict=True)))


def egame123(
    movers: tuple[str, str, str] = ("1", "2", "3"),
    outcomes: tuple[str, str, str, str] = ("1", "2", "3", "4"),
) -> Decision:
    """One may end the game, then a second mover may, then a third chooses."""
    left, *rest = outcomes
    below = egame12((movers[1], movers[2]), (rest[0], rest[1], rest[2]))
    return Decision(movers[0], {_move(left): End(left), _other(left): below})


def _last(mover: str, outcomes: Sequence[str]) -> Decision:
    """A decision that ends the game."""
    return Decision(mover, {_move(outcome): End(outcome) for outcome in outcomes})


def _move(outcome: str) -> str:
    """The move that ends in an outcome, which may be named by all moves: `attack,~resist`."""
    return outcome.rpartition(",")[2]


def _other(outcome: str) -> str:
    """The move that avoids it."""
    move = _move(outcome)
    return move[1:] if move.startswith("~") else f"~{move}"


def check(tree: Decision, error: Error = "agent", link: Link = "probit") -> None:
    """Refuse what is no tree, or has no likelihood of this kind.

    Raises:
        ValueError: Outcomes that share a name, a decision with fewer than two actions, an unknown
            error or link, private information with a logit link (sums of logistic noise are not
            logistic) or with a mover that moves twice on one path (its first move tells what it
            knows, and the tree is no longer solved backwards).
    """
    for value, known in ((error, ("agent", "private")), (link, ("probit", "logit"))):
        if value not in known:
            raise ValueError(f"expected one of {', '.join(known)}; got {value!r}")
    names = outcomes(tree)
    if twice := [o for o in dict.fromkeys(names) if names.count(o) > 1]:
        raise ValueError(f"expected outcomes with names of their own; {twice[0]!r} comes twice")
    for path, decision in decisions(tree):
        if len(decision.actions) < 2:
            raise ValueError(
                f"expected two actions or more of {decision.mover!r} after {path or 'the start'}; "
                f"got {len(decision.actions)}"
            )
    if error == "private":
        _check_private(tree, link)


def _check_private(tree: Decision, link: Link) -> None:
    """Refuse what private information has no recursive likelihood for."""
    if link == "logit":
        raise ValueError(
            "expected link 'probit' with private information; got 'logit' (use agent error)"
        )
    for mover in movers(tree):
        if len(first_decisions(tree, mover)) < sum(d.mover == mover for _, d in decisions(tree)):
            raise ValueError(
                f"expected each mover once on a path under private information; {mover!r} moves "
                "again after its own move (use agent error)"
            )


def solve(
    tree: Decision,
    payoffs: Mapping[Payoff, Any],
    scales: Mapping[str, Any] | None = None,
    *,
    error: Error = "agent",
    link: Link = "probit",
) -> Play:
    """Log-probabilities of every action and outcome.

    Args:
        tree: Who moves when.
        payoffs: By mover and outcome, numbers or arrays that broadcast; what is not named is 0.
        scales: Standard deviation of a mover's noise (a logistic's scale with `logit`); 1 where
            a mover is not named.
        error: Where the noise is.
        link: Its distribution.

    Raises:
        ValueError: As `check`; or a payoff or scale of nobody in the tree.

    Examples:
        >>> tree = egame12(("challenger", "target"), ("status quo", "yields", "war"))
        >>> play = solve(tree, {("challenger", "yields"): 1.0, ("target", "war"): 0.0})
        >>> {o: round(float(jnp.exp(p)), 3) for o, p in play.outcomes.items()}
        {'status quo': 0.362, 'yields': 0.319, 'war': 0.319}
    """
    check(tree, error, link)
    scales = scales or {}
    known = outcomes(tree)
    for mover, outcome in payoffs:
        if mover not in movers(tree) or outcome not in known:
            raise ValueError(f"expected payoffs of {_who(tree)}; got {(mover, outcome)}")
    if strangers := set(scales) - set(movers(tree)):
        raise ValueError(f"expected scales of {_who(tree)}; got {sorted(strangers)[0]!r}")
    actions: dict[tuple[str, ...], jax.Array] = {}
    found = _solve(tree, (), _Rules(payoffs, scales, error, link), actions)
    return Play(actions, found)


class _Rules(NamedTuple):
    """What is the same at every decision."""

    payoffs: Mapping[Payoff, Any]
    scales: Mapping[str, Any]
    error: Error
    link: Link


def _who(tree: Decision) -> str:
    return f"movers {', '.join(movers(tree))} at outcomes {', '.join(outcomes(tree))}"


def _solve(
    node: Decision | End, path: tuple[str, ...], rules: _Rules, actions: dict
) -> dict[str, Any]:
    """Log-probability of each outcome once the node is reached; notes the actions on the way."""
    if isinstance(node, End):
        return {node.outcome: 0.0}
    below = {n: _solve(child, (*path, n), rules, actions) for n, child in node.actions.items()}
    values = [_value(node.mover, ends, rules) for ends in below.values()]
    spreads = [_spread(node.mover, ends, rules) for ends in below.values()]
    found = {}
    for (name, ends), taken in zip(below.items(), _choose(values, spreads, rules), strict=True):
        actions[(*path, name)] = taken
        found |= {outcome: taken + p for outcome, p in ends.items()}
    return found


def _value(mover: str, ends: Mapping[str, Any], rules: _Rules) -> Any:
    """Expected payoff of an action."""
    if len(ends) == 1:
        return rules.payoffs.get((mover, next(iter(ends))), 0.0)
    total = 0.0
    for outcome, log_probability in ends.items():
        payoff = rules.payoffs.get((mover, outcome), 0.0)
        if not (isinstance(payoff, float) and payoff == 0):
            total = total + jnp.exp(log_probability) * payoff
    return total


def _spread(mover: str, ends: Mapping[str, Any], rules: _Rules) -> Any:
    """Standard deviation of the noise in an action's worth."""
    scale = rules.scales.get(mover, 1.0)
    if rules.error == "agent" or len(ends) == 1:
        return scale
    return scale * jnp.sqrt(sum(jnp.exp(2 * p) for p in ends.values()))


def _choose(values: list, spreads: list, rules: _Rules) -> list[jax.Array]:
    """Log-probability of each action."""
    if len(values) == 2:
        distance = (values[1] - values[0]) / jnp.sqrt(spreads[0] ** 2 + spreads[1] ** 2)
        distance = jnp.asarray(distance, jnp.result_type(float))
        if rules.link == "probit":
            return list(_log_normal(distance))
        below = jax.nn.log_sigmoid(distance)
        return [below - distance, below]
    if rules.link == "logit":
        scaled = jnp.broadcast_arrays(*(v / (sqrt(2) * spreads[0]) for v in values))
        return list(jax.nn.log_softmax(jnp.stack(scaled), axis=0))
    return _best_of(values, spreads)


@jax.custom_jvp
def _log_normal(z: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Log of the standard normal distribution at -z and at z, both from one tail."""
    far = 30.0 if z.dtype == np.float64 else 9.0  # beyond it the tail is too small a number
    size, beyond = jnp.abs(z), jnp.maximum(jnp.abs(z), far)
    tail = jax.lax.erfc(jnp.minimum(size, far) / sqrt(2)) / 2
    s = 1 / beyond**2
    series = jnp.log1p(-s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s))))
    limit = -(beyond**2) / 2 - jnp.log(beyond) - log(2 * pi) / 2 + series
    small, large = jnp.where(size > far, limit, jnp.log(tail)), jnp.log1p(-tail)
    return jnp.where(z > 0, small, large), jnp.where(z > 0, large, small)


@_log_normal.defjvp
def _log_normal_jvp(primals: tuple, tangents: tuple) -> tuple:
    """The density over the distribution, in logs."""
    (z,), (dz,) = primals, tangents
    below, above = _log_normal(z)
    density = -(z**2) / 2 - log(2 * pi) / 2
    return (below, above), (-jnp.exp(density - below) * dz, jnp.exp(density - above) * dz)


def _best_of(values: list, spreads: list) -> list[jax.Array]:
    """Log-probability that each of several normals is the largest, by quadrature."""
    each = jnp.stack(jnp.broadcast_arrays(*values, *spreads)[: len(values)])[..., None] * 1.0
    spread = jnp.stack(jnp.broadcast_arrays(*spreads, *values)[: len(values)])[..., None]
    own = each + spread * jnp.asarray(_NODES, each.dtype)  # [action, ..., node]
    beats = _log_normal((own[:, None] - each) / spread)[1]  # [action, rival, ..., node]
    rivals = ~np.eye(len(values), dtype=bool).reshape(len(values), -1, *(1,) * (own.ndim - 1))
    ahead = jnp.where(rivals, beats, 0.0).sum(axis=1) + jnp.asarray(_LOG_WEIGHTS, each.dtype)
    found = jax.nn.logsumexp(ahead, axis=-1)
    return list(found - jax.nn.logsumexp(found, axis=0))  # they sum to one but for quadrature
