"""What a war teaches about allies, and who stays in a treaty."""

import sys
from math import log, log1p, sqrt

from foedus.core.kinds import Action, Status
from tests.reference.chance import STAY, below
from tests.reference.decisions import logistic, tilt

OVER = Status.SETTLED, Status.WON, Status.REPULSED


def learn(p, w, s, moves, ended):
    """Bayes on each ally's conduct: in the week it enters, or at the end if it stayed out."""
    for k in w.states:
        s.evidence[k] *= (1 - p.alliance.forget) ** (7 / 365.25)
        enters = moves.action[k] >= Action.JOIN_TARGET and moves.join[k] > 0
        if w.party[k] and (ended or enters) and moves.join[k] > 0:
            s.evidence[k] += lesson(moves, k)
    for t in w.treaties:
        helped = moves.action[w.leader[t]] == Action.JOIN_TARGET
        if ended and s.active[t][w.target] and not helped:
            s.unaided[t] = True


def lesson(moves, k):
    """Log-likelihood ratio of what k did, steadfast over not, mixed over readings of its duty."""
    owed, (actual, steadfast, other) = moves.owed[k], moves.weight[k]
    undue = tilt(moves.join[k], -owed * actual)
    joins = []
    for full in (steadfast, other):
        mixed = owed * tilt(undue, full) + (1 - owed) * undue
        joins.append(min(max(mixed, sys.float_info.min), 1 - sys.float_info.epsilon))
    if moves.action[k] == Action.JOIN_TARGET:
        return log(joins[0]) - log(joins[1])
    return log1p(-joins[0]) - log1p(-joins[1])


def reconsider(luck, p, w, s, day):
    """Once a month a member that would rather suspend does; the strongest never; wishes drift."""
    a = p.alliance
    keep = 2 ** (-28 / (365.25 * p.crisis.half_life))
    for t in w.treaties:
        let_down = a.disappointment * -s.evidence[w.leader[t]]
        for k in w.states:
            unaided = a.unaided * (s.unaided[t] and k == w.target)
            cost = a.exit_cost * w.dependence[t][k]
            suspends = logistic(a.suspend_intercept + let_down + unaided - cost)
            if below(s.stay_will[t][k]) > 1 - suspends and k != w.leader[t]:
                s.active[t][k] = False
            shock = luck.normal(day, STAY, w.treaty_entity[t] ^ w.state_entity[k])
            s.stay_will[t][k] = keep * s.stay_will[t][k] + sqrt(1 - keep**2) * shock
