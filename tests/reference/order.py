"""Who leads the region: influence as the mean of five shares."""

from math import log

from foedus.core.kinds import Obligation
from tests.reference.decisions import logistic
from tests.reference.duties import BINDING, taught


def influence(stands, k):
    """Of one state: what it brokers, where it has troops, arms, who may trust it, bases."""
    p, w, al = stands[0].p, stands[0].w, stands[0].al
    done = sum(al.brokered)
    brokers = al.brokered[k] / done if done else 0.0
    open_ = [at for at in stands if at.d.open_]
    troops = sum(at.s.present[k] > 0 or at.s.keeper == k for at in open_) / max(len(open_), 1)
    news = taught(al, k, p.joining.disputed) + al.heard[k]
    trust = logistic(log(p.alliance.trust / (1 - p.alliance.trust)) + news)
    followed = max((following(p, w, al, t) for t in w.treaties if w.leader[t] == k), default=0.0)
    return (brokers + troops + w.supplies[k] + trust * followed + w.bases[k]) / 5


def following(p, w, al, t):
    """Share of the region's other states that a league binds, by how much it promises."""
    leader, bound = w.leader[t], [stands in BINDING for stands in al.membership[t]]
    others = [k for k in w.states if w.region[k] and k != leader]
    consults = w.promise[t][Obligation.CONSULTATION] * p.joining.consultation
    weight = max(w.promise[t][Obligation.DEFENSE], consults)
    return weight * bound[leader] * sum(bound[k] for k in others) / max(len(others), 1)
