"""What treaties ask of a state, and what states think of each other."""

from math import exp, log

from foedus.core.kinds import Obligation, Reading, Side

MEDIAN_CAPABILITY = 0.00093


def reach(p, w, k):
    """Strength that k can bring to the place: less with distance."""
    return w.capability[k] * exp(-p.joining.reach * w.distance[k])


def power(p, w, k):
    """Log of it over the median state's capability."""
    return log(reach(p, w, k) / MEDIAN_CAPABILITY)


def duty(p, w, side, t):
    """How far treaty t's duty to a side is due if asked: scope x (kind x trigger), 0 to 1."""
    j = p.joining
    scope = {Reading.NO: j.outside, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}
    trigger = {Reading.NO: 0.0, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}[
        w.triggered[side][t]
    ]
    promise = w.promise[t]
    strongest = max(
        promise[Obligation.DEFENSE] * trigger,
        promise[Obligation.OFFENSE] if side == Side.CHALLENGER else 0.0,
        promise[Obligation.CONSULTATION] * j.consultation * trigger,
    )
    return scope[w.covered[side][t]] * strongest


def obligation(p, w, s, side, k, asked):
    """What k owes a side now: its strongest duty in force; little where the request is awaited."""
    owed = [0.0]
    for t in w.treaties:
        if s.active[t][k] and s.active[t][w.principals[side]]:
            awaited = side == Side.TARGET and w.on_request[t] and not asked[t]
            owed.append(duty(p, w, side, t) * (p.joining.unasked if awaited else 1.0))
    return max(owed)


def restraint(w, s, side, k):
    """1 if k has promised not to fight a side."""
    kinds = Obligation.NONAGGRESSION, Obligation.NEUTRALITY
    return max(
        w.promise[t][kind] * (s.active[t][k] and s.active[t][w.principals[side]])
        for t in w.treaties
        for kind in kinds
    )


def stake(p, w, k):
    """What k gains when the target keeps the land: its ties to it, less those to the challenger."""
    j = p.joining

    def ties(side):
        return (
            j.affinity * w.affinity[side][k]
            + j.trade * w.trade[side][k]
            + j.energy * w.energy[side][k]
            + j.base * w.base[side][k]
        )

    return ties(Side.TARGET) - ties(Side.CHALLENGER)


def share_a_treaty(w, i, k):
    return any(w.member[t][i] and w.member[t][k] for t in w.treaties)


def trust(p, w, s, observer, ally):
    """Probability that an observer gives an ally of being steadfast."""
    attention = 1.0 if share_a_treaty(w, observer, ally) else p.alliance.attention
    odds = log(p.alliance.trust / (1 - p.alliance.trust)) + w.trust[observer][ally]
    return 1 / (1 + exp(-(odds + attention * s.evidence[ally])))


def watchers(w, k):
    """Number of third parties, other than k, that share a treaty with k."""
    return sum(w.party[i] and i != k and share_a_treaty(w, i, k) for i in w.states)


def weight(p, w, s, k, type_):
    """Utility of a duty in full to k of a type, 1 (steadfast) or -1."""
    j = p.joining
    reputation = j.reputation * trust(p, w, s, w.target, k) * log(1 + watchers(w, k))
    return j.obligation * (1 + reputation) * (1 + j.steadfast * type_)
