"""What wars teach about allies, and who stays in a treaty, leaves it or comes in."""

import sys
from math import exp, expm1, log, log1p

from foedus.core.kinds import Action, Grade, Membership, Reading, Side, Status
from tests.reference.chance import below
from tests.reference.decisions import logistic
from tests.reference.duties import BINDING, bound, learnt
from tests.reference.utilities import dutiful

OUT = Membership.OUTSIDE, Membership.LEFT
OVER = Status.QUIET, Status.SETTLED, Status.WON, Status.REPULSED
MONTH = 4
"""Weeks."""


def lessons(at, moves, ended):
    """Bayes on each ally's conduct: in the week it enters, or at the end if it stayed out.

    A list of (type, reading, ally, log-likelihood).
    """
    found = []
    for k, helps in moves.helps.items():
        enters = moves.action[k] >= Action.JOIN_TARGET
        if (ended or enters) and helps[Grade.COMBAT] > 0:
            for reading in (Reading.NO, Reading.YES):
                by_type = enumerate(likelihoods(at.p, moves, k, moves.owed[reading][k]))
                found += [(type_, int(reading > 0), k, value) for type_, value in by_type]
    return found


def likelihoods(p, moves, k, owed):
    """Of what k did, were it steadfast or not: with probability `owed` its duty was due in full."""
    actual, *types = moves.weight[k]
    helped = [moves.action[k] == Action.of(grade, Side.TARGET) for grade in Grade]
    did = 1 + helped.index(True) if any(helped) else 0
    rest = max(1 - sum(moves.helps[k]), sys.float_info.epsilon)
    undue = moved(p, [rest, *moves.helps[k]], -moves.felt[k] * actual)
    for full in types:
        chance = owed * moved(p, undue, full)[did] + (1 - owed) * undue[did]
        yield log(min(max(chance, sys.float_info.min), 1 - sys.float_info.epsilon))


def moved(p, chances, weight):
    """Chances of no help and of each grade once a duty of some weight comes on top."""
    duty = [0.0, *(dutiful(p, grade) for grade in Grade)]
    raised = [chance * exp(d * weight) for chance, d in zip(chances, duty, strict=True)]
    return [chance / sum(raised) for chance in raised]


def heard(p, w, k):
    """Log-odds of steadfastness by the signals that k sent, or did not, by the start."""
    a, whole = p.alliance, 0.0
    kinds = a.signal_statement, a.signal_exercise, a.signal_pledge, a.signal_deployment
    for tells, (missing, sent) in zip(kinds, w.signals, strict=True):
        steadfast, other = (logistic(a.signal_base + tells * type_) for type_ in (1, -1))
        whole += sent[k] * log(steadfast / other)
        whole += missing[k] * (log1p(-steadfast) - log1p(-other))
    return whole


def fell_out(at, fought):
    """Treaty and state of each that fought a fellow member this week."""
    sides = at.d.principals
    both = [t for t in at.w.treaties if all(bound(at, t, k) for k in sides)]
    return [(t, k) for t in both for k in sides if fought]


def let_down(at, moves, ended):
    """Treaties that bind the target whose strongest member did not fight for it to the end."""
    return [
        t
        for t in at.w.treaties
        if ended
        and bound(at, t, at.d.target)
        and moves.action[at.w.leader[t]] != Action.JOIN_TARGET
    ]


def wishes(p, w, al, t, k):
    """Probability, as things stand, that k goes at least so far in t; that it comes in."""
    a = p.alliance
    standing = (
        a.suspend_intercept
        - a.disappointment * learnt(p, w, al, k, w.leader[t])
        + a.unaided * al.unaided[t][k]
        + a.quarrel * al.quarrelled[t][k]
        - a.exit_cost * w.dependence[t][k]
        - a.influence * al.risen[w.leader[t]]
    )
    leaning = any(
        row[k] >= Membership.HEDGES for other, row in enumerate(al.membership) if other != t
    )
    come = a.join_intercept + a.join_closeness * w.closeness[t][k] + a.join_push * leaning
    come += a.influence * al.risen[w.leader[t]]
    return {
        "hedge": logistic(standing + a.hedge_step),
        "suspend": logistic(standing),
        "leave": logistic(standing - a.exit_step),
        "join": logistic(come),
    }


def reconsider(p, w, al, luck):
    """Once a month each member stays, hedges, suspends or gives notice; candidates come in."""
    thaw = -expm1(-p.alliance.resume * 7 * MONTH / 365.25)
    wish = {(t, k): wishes(p, w, al, t, k) for t in w.treaties for k in w.states}
    now = [list(row) for row in al.membership]
    for t, k in wish:
        level, chance = 1 - below(al.will[t][k]), wish[t, k]
        al.waits[t][k] = max(al.waits[t][k] - MONTH, 0)
        if now[t][k] in (Membership.LEAVING, Membership.PARTING) and al.waits[t][k] == 0:
            al.membership[t][k] = Membership.LEFT
        elif now[t][k] in (Membership.FULL, Membership.HEDGES, Membership.SUSPENDED):
            wants = {name: level < p for name, p in chance.items()}
            stand(w, al, t, k, wants, luck[t][k] < thaw)
    for t in w.treaties:
        coming = [k for k in w.states if wants_in(w, al, now, t, k, wish[t, k]["join"])]
        coming = [k for k in coming if k != w.leader[t]]
        if coming and w.candidate[t][w.leader[t]] and now[t][w.leader[t]] in OUT:
            coming.append(w.leader[t])  # it takes in whoever comes
        parties = {k for k in w.states if now[t][k] in BINDING} | set(coming)
        for k in coming if len(parties) > 1 else ():
            al.membership[t][k] = Membership.FULL


def stand(w, al, t, k, wants, thaws):
    """Where a member that is free to choose stands next; the strongest never moves."""
    before = al.membership[t][k]
    if k == w.leader[t]:
        wants = {}
    if wants.get("leave"):
        out = before == Membership.SUSPENDED
        al.membership[t][k] = Membership.PARTING if out else Membership.LEAVING
        al.waits[t][k] = w.notice[t]
    elif before != Membership.SUSPENDED or (thaws and not wants.get("suspend")):
        stays = Membership.HEDGES if wants.get("hedge") else Membership.FULL
        al.membership[t][k] = Membership.SUSPENDED if wants.get("suspend") else stays


def wants_in(w, al, now, t, k, chance):
    """A candidate outside, for the first time or again, that would come in."""
    return now[t][k] in OUT and w.candidate[t][k] and below(al.will[t][k]) < chance
