"""What third parties do, all at once: a quantal-response equilibrium by iteration."""

from math import exp, log, log1p, sqrt
from types import SimpleNamespace

from foedus.core.kinds import Action, Grade, Side
from tests.reference.duties import PLAN, after, fielded, garrison, signatories, stake
from tests.reference.prospects import read
from tests.reference.utilities import exposure, share, utilities

TOLERANCE, SWEEPS = 1e-13, 2000
PLAIN, DAMPING = 15, 0.3
CERTAIN = 40.0


def committed(at, k):
    """k fights already."""
    return at.s.at_war and at.s.action[k] >= Action.JOIN_TARGET


def joined(at, side):
    """Those who fight on a side already."""
    return [k for k in at.w.states if committed(at, k) and at.s.action[k] % 2 == side]


def build(at, curve, left):
    """The stage as it stands; an attack yet to come is thought of as asked for."""
    asked = at.s.asked if at.s.at_war else [True for _ in at.w.treaties]
    power = [max(after(at, k, PLAN) - garrison(at, k), 1e-15) for k in at.w.states]
    allies = [joined(at, side) for side in Side]
    free = [k for k in at.w.states if at.d.party[k] and not committed(at, k)]
    own = fielded(at, allies[Side.CHALLENGER])
    forces = [own[side] + sum(power[k] for k in allies[side]) for side in Side]
    return SimpleNamespace(
        p=at.p,
        free=free,
        joined=allies,
        utility={k: utilities(at, k, asked) for k in free},
        stake={k: stake(at, k) for k in free},
        power=power,
        strength=[forces[side] * left[side] for side in Side],
        curve=curve,
        company=[[signatories(at, side, t) for t in at.w.treaties] for side in Side],
        shares=[(grade, share(at.p, grade)) for grade in Grade if share(at.p, grade)],
        exposures=[(grade, exposure(at.p, grade)) for grade in Grade if exposure(at.p, grade)],
    )


def solve(g):
    """Mixed action of each free third party: everybody's response to everybody's.

    Iterated from a world in which nobody acts; all move at once, with smaller steps if after a
    while they still circle.
    """
    play = {k: [float(action == Action.ABSTAIN) for action in Action] for k in g.free}
    largest = 1.0
    for sweep in range(SWEEPS):
        bring = {k: spread(g, row, k, g.shares) for k, row in play.items()}
        stand = {k: spread(g, row, k, g.exposures) for k, row in play.items()}
        best = {k: respond(g, play, bring, stand, k) for k in g.free}
        change = {k: [b - a for a, b in zip(play[k], best[k], strict=True)] for k in g.free}
        before, largest = largest, max((abs(c) for r in change.values() for c in r), default=0)
        circles = sweep >= PLAIN and largest > 0.7 * before
        pace = DAMPING if circles else 1.0
        for k in g.free:
            play[k] = [a + pace * c for a, c in zip(play[k], change[k], strict=True)]
        if largest <= TOLERANCE:
            return play
    raise AssertionError(f"no fixed point in {SWEEPS} sweeps")


def spread(g, row, k, weights):
    """Mean and variance, for each side, of the strength that k puts there by a weight a grade."""
    found = []
    for side in Side:
        parts = [(row[2 + 2 * grade + side], weight * g.power[k]) for grade, weight in weights]
        mean = sum(chance * size for chance, size in parts)
        found.append((mean, sum(chance * size**2 for chance, size in parts) - mean**2))
    return found


def respond(g, play, bring, stand, k):
    """softmax of u_k(a) = v_k(a) + V_k E[1 - W | a] + what exposure brings."""
    u = list(g.utility[k])
    crowd = around(g, bring, k)
    alone = keeps(g, crowd, 0.0, 0.0)
    for grade, weight in g.shares:
        own = weight * g.power[k]
        u[Action.of(grade, Side.TARGET)] += g.stake[k] * (keeps(g, crowd, own, 0.0) - alone)
        u[Action.of(grade, Side.CHALLENGER)] += g.stake[k] * (keeps(g, crowd, 0.0, own) - alone)
    for side in Side:
        friends = g.p.joining.peer * peers(g, play, k, side)
        company = friends - g.p.joining.patron_risk * risk(g, stand, k, 1 - side)
        for grade, weight in g.exposures:
            u[Action.of(grade, side)] += weight * company
    odds = [exp(min(max(x, -CERTAIN), CERTAIN)) for x in u]
    whole = sum(odds)
    return [o / whole for o in odds]


def around(g, bring, k):
    """Means and variances of both sides' strength without k, and their covariance."""
    mean, variance, covariance = list(g.strength), [0.0, 0.0], 0.0
    for i, sides in bring.items():
        if i != k:
            for side, (middle, doubt) in enumerate(sides):
                mean[side] += middle
                variance[side] += doubt
            covariance -= sides[Side.TARGET][0] * sides[Side.CHALLENGER][0]  # nobody helps both
    return mean, variance, covariance


def keeps(g, crowd, for_target, for_challenger):
    """Probability that the target keeps the land: a two-point rule for log(S_C / S_T).

    To second order the log ratio has the mean log(m_C / m_T) - (r_C - r_T) / 2 and the variance
    r_C + r_T - 2 r_CT, r the (co)variances of strength over the squared means.
    """
    mean, variance, covariance = crowd
    target = mean[Side.TARGET] + for_target
    challenger = mean[Side.CHALLENGER] + for_challenger
    of_target = variance[Side.TARGET] / target**2
    of_challenger = variance[Side.CHALLENGER] / challenger**2
    centre = log(challenger / target) - (of_challenger - of_target) / 2
    wide = sqrt(max(of_target + of_challenger - 2 * covariance / (target * challenger), 0))
    return 1 - (read(g.curve, centre - wide) + read(g.curve, centre + wide)) / 2


def risk(g, stand, k, side):
    """Mean of log(1 + X / G_k), X the strength that k would meet on a side.

    Who fights there is sure; the rest come as one, all or nothing, with their mean and variance.
    """
    sure = sum(g.power[i] for i in g.joined[side])
    mean = sum(sides[side][0] for i, sides in stand.items() if i != k)
    variance = sum(sides[side][1] for i, sides in stand.items() if i != k)
    certain = log1p(sure / g.power[k])
    if mean == 0:
        return certain
    comes, adds = mean**2 / (mean**2 + variance), (mean**2 + variance) / mean
    return certain + comes * log1p(adds / (g.power[k] + sure))


def peers(g, play, k, side):
    """Expected share of k's co-signatories, in treaties of the side's principal, that fight too."""
    coming, number = 0.0, 0
    for signed in g.company[side]:
        for i in signed if k in signed else ():
            if i != k:
                number += 1
                coming += i in g.joined[side]
                coming += play[i][Action.of(Grade.COMBAT, side)] if i in play else 0
    return coming / max(number, 1)


def choose(row, urges, ready):
    """The action whose probability times urge is greatest; who is not ready does not fight."""
    able = [a for a in Action if ready or a < Action.JOIN_TARGET]
    return max(able, key=lambda action: row[action] * urges[action])
