"""What each action is worth to a third party, before prospects and company. Staying out is 0."""

from math import sqrt

from foedus.core.kinds import Action, Side
from tests.reference.duties import obligation, power, restraint, weight


def utilities(p, w, s, wills, k, asked):
    """v_k of each action: standing reasons, the shared effect of a side, promises."""
    full = weight(p, w, s, k, wills.steadfast[k])
    rows = {Action.ABSTAIN: 0.0, Action.MEDIATE: mediating(p, w, k)}
    for side, other in ((Side.TARGET, Side.CHALLENGER), (Side.CHALLENGER, Side.TARGET)):
        due = full * obligation(p, w, s, side, k, asked)
        broken = p.joining.nonaggression * restraint(w, s, other, k)
        rows[Action.AID_TARGET + side] = aiding(p, w, side, k) + p.joining.aid_duty * due
        rows[Action.JOIN_TARGET + side] = joining(p, w, side, k) + wills.side[side] + due - broken
    return [rows[action] for action in Action]


def joining(p, w, side, k):
    j, other = p.joining, 1 - side
    return (
        j.intercept
        + j.era[w.era]
        + j.power * power(p, w, k)
        + j.major * w.major[k]
        + j.rivalry * w.rivalry[other][k]
        + j.contiguity * w.contiguous[other][k]
        - j.nuclear * w.nuclear[w.principals[other]]
        - j.aid_hedge * w.arms[other][k]
        - j.domestic * w.domestic[side][k]
    )


def aiding(p, w, side, k):
    j, other = p.joining, 1 - side
    closeness = w.affinity[side][k] - w.affinity[other][k]
    arms = j.aid_arms * w.arms[side][k] - j.aid_hedge * w.arms[other][k]
    return j.aid_intercept + arms + j.aid_affinity * closeness


def mediating(p, w, k):
    j = p.joining
    both = sqrt(w.arms[Side.TARGET][k] * w.arms[Side.CHALLENGER][k])
    return (
        j.mediate_intercept
        + j.mediate_major * w.major[k]
        + j.mediate_seat * w.seat[k]
        + j.mediate_both * both
    )
