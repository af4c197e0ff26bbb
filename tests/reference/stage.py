"""What third parties do, all at once: a quantal-response equilibrium by iteration."""

from math import exp, log, log1p, sqrt
from types import SimpleNamespace

from foedus.core.kinds import Action, Side
from tests.reference.duties import reach, stake
from tests.reference.prospects import read
from tests.reference.utilities import utilities

TOLERANCE, SWEEPS = 1e-13, 2000
PLAIN, DAMPING = 15, 0.3
CERTAIN = 40.0


def committed(w, s, k):
    """k fights already."""
    return s.at_war and s.action[k] >= Action.JOIN_TARGET


def joined(w, s, side):
    """Those who fight on a side already."""
    return [k for k in w.states if s.at_war and s.action[k] == Action.JOIN_TARGET + side]


def build(p, w, s, wills, curve, left):
    """The stage as it stands; an attack yet to come is thought of as asked for."""
    asked = s.asked if s.at_war else [True] * len(s.asked)
    power = [reach(p, w, k) for k in w.states]
    allies = [joined(w, s, side) for side in Side]
    return SimpleNamespace(
        p=p,
        w=w,
        free=[k for k in w.states if w.party[k] and not committed(w, s, k)],
        joined=allies,
        utility=[utilities(p, w, s, wills, k, asked) for k in w.states],
        stake=[stake(p, w, k) for k in w.states],
        power=power,
        strength=[
            (w.local[side] + sum(power[k] for k in allies[side])) * left[side] for side in Side
        ],
        curve=curve,
    )


def solve(g):
    """Mixed action of each free third party: everybody's response to everybody's.

    Iterated from a world in which nobody acts, damped after a while; all move at once.
    """
    play = {k: [float(action == Action.ABSTAIN) for action in Action] for k in g.free}
    for sweep in range(SWEEPS):
        best = {k: respond(g, play, k) for k in g.free}
        pace = 1.0 if sweep < PLAIN else DAMPING
        change = {k: [b - a for a, b in zip(play[k], best[k], strict=True)] for k in g.free}
        for k in g.free:
            play[k] = [a + pace * c for a, c in zip(play[k], change[k], strict=True)]
        if max((abs(c) for row in change.values() for c in row), default=0) <= TOLERANCE:
            return play
    raise AssertionError(f"no fixed point in {SWEEPS} sweeps")


def respond(g, play, k):
    """softmax of u_k(a) = v_k(a) + V_k E[1 - W | a] + company of those who fight."""
    others = {i: row for i, row in play.items() if i != k}
    own = {
        Action.AID_TARGET: (g.p.joining.aid_share, 0.0),
        Action.AID_CHALLENGER: (0.0, g.p.joining.aid_share),
        Action.JOIN_TARGET: (1.0, 0.0),
        Action.JOIN_CHALLENGER: (0.0, 1.0),
    }
    alone = keeps(g, others, (0.0, 0.0))
    odds = []
    for action in Action:
        u = g.utility[k][action]
        if action in own:
            help_ = [share * g.power[k] for share in own[action]]
            u += g.stake[k] * (keeps(g, others, help_) - alone)
        if action >= Action.JOIN_TARGET:
            side = action - Action.JOIN_TARGET
            u += g.p.joining.peer * peers(g, others, k, side)
            u -= g.p.joining.patron_risk * risk(g, others, k, 1 - side)
        odds.append(exp(min(max(u, -CERTAIN), CERTAIN)))
    return [o / sum(odds) for o in odds]


def keeps(g, others, help_):
    """Probability that the target keeps the land: a two-point rule for log(S_C / S_T).

    To second order the log ratio has the mean log(m_C / m_T) - (r_C - r_T) / 2 and the variance
    r_C + r_T - 2 r_CT, r the (co)variances of strength over the squared means.
    """
    share = g.p.joining.aid_share
    mean, variance, covariance = [0.0, 0.0], [0.0, 0.0], 0.0
    for i, row in others.items():
        aids = [row[Action.AID_TARGET + side] for side in Side]
        joins = [row[Action.JOIN_TARGET + side] for side in Side]
        brings = [g.power[i] * (share * a + j) for a, j in zip(aids, joins, strict=True)]
        for side in Side:
            square = g.power[i] ** 2 * (share**2 * aids[side] + joins[side])
            mean[side] += brings[side]
            variance[side] += square - brings[side] ** 2
        covariance -= brings[Side.TARGET] * brings[Side.CHALLENGER]
    target, challenger = (g.strength[side] + mean[side] + help_[side] for side in Side)
    of_target = variance[Side.TARGET] / target**2
    of_challenger = variance[Side.CHALLENGER] / challenger**2
    centre = log(challenger / target) - (of_challenger - of_target) / 2
    spread = sqrt(max(of_target + of_challenger - 2 * covariance / (target * challenger), 0))
    return 1 - (read(g.curve, centre - spread) + read(g.curve, centre + spread)) / 2


def risk(g, others, k, side):
    """Mean of log(1 + X / G_k), X the strength of those who fight on a side.

    Who fights there is sure; the rest come as one, all or nothing, with their mean and variance.
    """
    sure = sum(g.power[i] for i in g.joined[side])
    mean = variance = 0.0
    for i, row in others.items():
        joins = row[Action.JOIN_TARGET + side]
        mean += g.power[i] * joins
        variance += g.power[i] ** 2 * joins * (1 - joins)
    certain = log1p(sure / g.power[k])
    if mean == 0:
        return certain
    comes, adds = mean**2 / (mean**2 + variance), (mean**2 + variance) / mean
    return certain + comes * log1p(adds / (g.power[k] + sure))


def peers(g, others, k, side):
    """Expected share of k's co-signatories, in treaties of the side's principal, that come too."""
    w, coming, number = g.w, 0.0, 0
    principal = w.principals[side]
    for t in w.treaties:
        if w.member[t][k] and w.member[t][principal]:
            for i in w.states:
                if w.member[t][i] and w.party[i] and i != k:
                    number += 1
                    coming += i in g.joined[side]
                    coming += others[i][Action.JOIN_TARGET + side] if i in others else 0
    return coming / max(number, 1)


def choose(row, urges, ready):
    """The action whose probability times urge is greatest; who is not ready does not fight."""
    able = [a for a in Action if ready or a < Action.JOIN_TARGET]
    return max(able, key=lambda action: row[action] * urges[action])
