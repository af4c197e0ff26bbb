"""What each action is worth to a third party, before prospects and company. Staying out is 0."""

from math import log, log1p, sqrt

from foedus.core.kinds import Action, Grade, Side
from tests.reference.chance import below
from tests.reference.duties import held_back, obligation, partners, power, weight

WAR_DAYS = (14, 36, 64, 105, 149, 226, 390, 600, 1761)


def in_time(j):
    """Share of those who want to fight that a war as long as the record's would see fight."""
    slow = [below(log(days / j.delay) / j.delay_sd) for days in WAR_DAYS]
    return j.early + (1 - j.early) * sum(slow) / len(slow)


def intercept(p, grade):
    j = p.joining
    return {
        Grade.STATEMENT: j.statement_intercept,
        Grade.AID: j.aid_intercept,
        Grade.DEPLOYMENT: j.deploy_intercept,
        Grade.DENIABLE: j.deniable_intercept,
        Grade.COMBAT: j.intercept - log(in_time(j)),
    }[grade]


def dutiful(p, grade):
    """Weight of a duty on a grade, as a share of its weight on combat."""
    j = p.joining
    return {
        Grade.STATEMENT: j.statement_duty,
        Grade.AID: j.aid_duty,
        Grade.DEPLOYMENT: j.deploy_duty,
        Grade.DENIABLE: j.deniable_duty,
        Grade.COMBAT: 1.0,
    }[grade]


def exposure(p, grade):
    """Share of the reasons for and against fighting that a grade takes on."""
    j = p.joining
    some = {Grade.DEPLOYMENT: j.deploy_exposure, Grade.DENIABLE: j.deniable_exposure}
    return 1.0 if grade == Grade.COMBAT else some.get(grade, 0.0)


def share(p, grade):
    """Strength that a grade adds, as a share of fighting."""
    j = p.joining
    some = {Grade.AID: j.aid_share, Grade.DENIABLE: j.deniable_share}
    return 1.0 if grade == Grade.COMBAT else some.get(grade, 0.0)


def utilities(at, k, asked):
    """v_k of each action: standing reasons, the shared effect of a side, promises."""
    full = weight(at, k, at.want.steadfast[k])
    rows = {Action.ABSTAIN: 0.0, Action.MEDIATE: mediating(at, k)}
    for side in Side:
        fight, help_ = fighting(at, side, k), aiding(at, side, k)
        due = full * obligation(at, side, k, asked)
        held = held_back(at, Side(1 - side), k)
        for grade in Grade:
            part = exposure(at.p, grade)
            standing = part * fight + (1 - part) * help_ + intercept(at.p, grade)
            promises = dutiful(at.p, grade) * due - part * held
            rows[Action.of(grade, side)] = standing + promises
    return outraged(at, [rows[action] for action in Action])


def outraged(at, rows):
    """The civilian dead of a side speak against whoever struck its own land."""
    for side in Side:
        if at.s.across[side]:
            costs = at.p.joining.outrage * log1p(at.s.civilians[1 - side] / 100)
            for grade in Grade:
                rows[Action.of(grade, side)] -= costs
            rows[Action.of(Grade.STATEMENT, Side(1 - side))] += costs
    worst = max(log1p(at.s.civilians[1 - side] / 100) * at.s.across[side] for side in Side)
    rows[Action.MEDIATE] += at.p.joining.outrage * worst
    return rows


def fighting(at, side, k):
    """Reasons for and against fighting on a side."""
    j, w, d, other = at.p.joining, at.w, at.d, 1 - side
    return (
        j.era[w.era]
        + j.trend * (w.year - 1945) / 50
        + j.power * power(at, k)
        + j.major * w.major[k]
        + j.rivalry * d.rivalry[other][k]
        + j.contiguity * d.contiguous[other][k]
        + j.alongside * log1p(d.alongside[side][k])
        + j.against * log1p(d.against[other][k])
        + j.affinity * (d.affinity[side][k] - d.affinity[other][k])
        - j.remoteness * log1p(d.distance[k])
        - j.crowd * log1p(partners(at, side, k))
        - j.nuclear * w.nuclear[d.principals[other]]
        - j.aid_hedge * d.arms[other][k]
        - j.customer * d.exports[other][k]
        - j.domestic * (1 - (1 - d.domestic[side][k]) * (1 - at.burden[k]))
        + j.audience * d.pledged[side][k]
        + j.tripwire * (side == Side.TARGET and d.in_place[k] > 0)
        + at.want.side[side]
    )


def aiding(at, side, k):
    """Reasons for and against helping a side without fighting."""
    j, d, other = at.p.joining, at.d, 1 - side
    closeness = d.affinity[side][k] - d.affinity[other][k]
    return (
        j.aid_arms * d.arms[side][k]
        - j.aid_hedge * d.arms[other][k]
        - j.customer * d.exports[other][k]
        + j.aid_affinity * closeness
        - j.rent * rents(at, k)
    )


def mediating(at, k):
    j, d = at.p.joining, at.d
    both = sqrt(d.arms[Side.TARGET][k] * d.arms[Side.CHALLENGER][k])
    return (
        j.mediate_intercept
        + j.mediate_major * at.w.major[k]
        + j.mediate_seat * d.seat[k]
        + j.mediate_both * both
        + j.rent * rents(at, k)
    )


def rents(at, k):
    """What an open dispute pays k: arms to the two sides, and its hold on them."""
    j, d = at.p.joining, at.d
    arms, base, energy = (sum(tie[side][k] for side in Side) for tie in (d.arms, d.base, d.energy))
    return j.rent_arms * arms + j.rent_hold * (d.seat[k] + base + energy) / 3
