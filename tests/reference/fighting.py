"""A day of war: the front, its end, truces, losses; peacekeepers after it."""

from math import exp, log, sqrt
from types import SimpleNamespace

from foedus.core.kinds import Action, Arms, Grade, Reading, Side, Status
from tests.reference.chance import ACROSS, DAY, KEEP, SIGN, SPILL, TEMPO, quantile
from tests.reference.duties import drawn_in, reach, threat
from tests.reference.prospects import drift, superiority

MEDIATED_SHARE = 44 / 72
ARMISTICE = 182
NOBODY = -1


def begin(luck, at, day):
    """A new episode: tempo, intensity, full stocks, the front where it lies.

    The wish that led to it is spent; what the challenger will want next is drawn anew.
    """
    war, s = at.p.war, at.s
    first, second, third, _ = luck.uniforms(day, TEMPO, at.d.entity)
    s.tempo = typical_tempo(at) + war.tempo_sd[at.w.era] * quantile(first)
    s.intensity = log(war.deaths) + s.tempo + war.deaths_sd * quantile(second)
    s.status, s.age, s.fought = Status.FIGHTING, 0, 0
    s.front = max(s.front, 0.0)
    s.buried = [b + d for b, d in zip(s.buried, s.deaths, strict=True)]
    s.deaths, s.stock = [0.0, 0.0], whole()
    s.attack_will = quantile(third)


def whole():
    """Stocks by class and side as an episode begins."""
    return [[1.0, 1.0] for _ in Arms]


def typical_tempo(at):
    """Mean log tempo of a war for such a place and aim, and what the scenario adds."""
    d, war = at.d, at.p.war
    return war.tempo_theatre * d.small_theatre + war.tempo_aim * d.limited_aim + d.pace


def settlement_hazard(at, effort):
    """A calendar day; mediators who work for one raise it."""
    war = at.p.war
    return war.settlement[at.w.era] * exp(war.mediation * (effort - MEDIATED_SHARE))


def left(at):
    """Share of each side's strength that losses have left: soldiers times a power of equipment."""
    s, war = at.s, at.p.war
    found = []
    for side in Side:
        soldiers = max(1 - s.deaths[side] / at.d.personnel[side], 0.05)
        weights = 1, war.air_weight * at.d.air_defence[side], war.air_weight * at.d.strike[side]
        arms = sum(w * s.stock[c][side] for c, w in enumerate(weights)) / sum(weights)
        found.append(soldiers * arms**war.equipment_weight)
    return found


def strikes(at):
    """Of each side's strikes, what gets at the other's heavy arms, and the share it stops."""
    hits, stopped = [], []
    for side in Side:
        down = at.d.air_defence[1 - side] * at.s.stock[Arms.AIR_DEFENCE][1 - side]
        stopped.append(down)
        hits.append(at.d.strike[side] * at.s.stock[Arms.STRIKE][side] * (1 - down))
    return hits, stopped


def resupply(at):
    """Share of lost arms of each class that suppliers make good in a day, for each side."""
    rate = at.p.war.resupply

    def sends(k, side):
        if gives(at, k, side):
            return 1.0
        return 0.0 if gives(at, k, 1 - side) else at.p.war.sales * at.d.sold[side][k]

    def supplied(arms, side):
        return sum(at.d.supply[arms][side][k] * sends(k, side) for k in at.w.states)

    return [[1 - exp(-rate * supplied(arms, side)) for side in Side] for arms in Arms]


def gives(at, k, side):
    """Stands by a side with more than words."""
    return at.s.action[k] in [Action.of(grade, side) for grade in Grade if grade > Grade.STATEMENT]


def held(luck, at, day):
    """What holds for a week: strengths, strikes, supplies, and whether a truce would be signed."""
    losses, (sign, *_) = left(at), luck.uniforms(day, SIGN, at.d.entity)
    odds = exp(at.p.war.sign + at.p.war.sign_leverage * at.s.leverage)
    hits, stopped = strikes(at)
    return SimpleNamespace(
        force=[at.s.strength[side] * losses[side] for side in Side],
        hits=hits,
        stopped=stopped,
        refilled=resupply(at),
        signs=sign < odds / (1 + odds),
    )


def live_day(luck, at, week, day):
    """One day, under what holds for the week; a truce that breaks is a day of fighting."""
    s, p = at.s, at.p
    shock, crossing, chance, _ = luck.uniforms(day, DAY, at.d.entity)
    settled = 1 - exp(-settlement_hazard(at, s.effort))
    before = s.status
    if before == Status.FIGHTING:
        ends = combat(at, week, quantile(shock), crossing)
        paused = 1 - exp(-p.war.truce * s.mediated)
        s.status = ends or stop(chance, settled, paused, Status.TRUCE) or Status.FIGHTING
        if s.status == Status.TRUCE:
            s.signed, s.broker = week.signs, s.leverage
    elif before == Status.TRUCE:
        breaks = 1 - exp(-failure_hazard(p, s))
        lasts = Status.QUIET if s.age + 1 >= ARMISTICE else Status.TRUCE
        happens = stop(chance, settled, breaks, Status.FIGHTING)
        s.status = lasts if happens is None else happens
        if s.status == Status.FIGHTING:
            combat(at, week, quantile(shock), crossing)  # what it decides, the next day records
    if before in (Status.FIGHTING, Status.TRUCE):
        s.stock = [
            [e + (1 - e) * share for e, share in zip(*both, strict=True)]
            for both in zip(s.stock, week.refilled, strict=True)
        ]
    s.age = s.age + 1 if s.status == before else 0


def combat(at, week, shock, crossing):
    """Front and losses of a day of fighting; how it ends the war, if it does."""
    ratio = log(week.force[Side.CHALLENGER] / week.force[Side.TARGET])
    ends = move(at.p, at.s, superiority(at.p, at.w, ratio, at.s.skill), shock, crossing)
    bury(at, week)
    at.s.fought += 1
    return ends


def stop(chance, settled, other, then):
    """Settlement comes first; what is left of chance may bring the other thing."""
    if chance < settled:
        return Status.SETTLED
    if chance < settled + (1 - settled) * other:
        return then
    return None


def move(p, s, superiority, shock, crossing):
    """The front's day: a Gaussian end, and a bridge to it that may touch a barrier."""
    pace, barrier = exp(s.tempo), p.war.repulse
    variance = pace * p.war.noise**2
    end = s.front + pace * drift(p, superiority) + sqrt(variance) * shock

    def touches(before, after):
        return exp(-2 * max(before, 0) * max(after, 0) / variance)

    up, down = touches(1 - s.front, 1 - end), touches(s.front + barrier, end + barrier)
    if s.front <= -barrier:
        return Status.REPULSED
    if s.front >= 1 or (crossing < up and end > -barrier):
        s.front = 1.0
        return Status.WON
    if crossing > 1 - down:
        s.front = -barrier
        return Status.REPULSED
    s.front = end
    return None


def bury(at, week):
    """Lanchester's linear law with an exchange ratio of its own, which strikes shift."""
    hits, q, k = week.hits, at.p.war.equipment, at.p.war.sorties
    s, p, personnel = at.s, at.p, at.d.personnel
    soldiers = [max(personnel[side] - s.deaths[side], 0) for side in Side]
    rate = exp(s.intensity) * sqrt(soldiers[Side.TARGET] * soldiers[Side.CHALLENGER])
    exchange = s.exchange + p.war.strike_effect * (hits[Side.CHALLENGER] - hits[Side.TARGET])
    for side, ratio in ((Side.TARGET, exp(exchange / 2)), (Side.CHALLENGER, exp(-exchange / 2))):
        dead = min(rate * ratio, soldiers[side])
        s.deaths[side] += dead
        killed, down = dead / personnel[side], week.stopped[side]
        losses = {
            Arms.GROUND: q * (1 + p.war.strike_arms * hits[1 - side]) * killed,
            Arms.AIR_DEFENCE: q * killed + p.war.hunting * hits[1 - side],
            Arms.STRIKE: k * (down + p.war.spent * (1 - down)),
        }
        for arms, lost in losses.items():
            s.stock[arms][side] *= exp(-lost)


def strike_across(luck, at, day, left, days, dead):
    """At the end of a week: strikes on land beyond the contested, and the week's civilian dead.

    `left` and `dead` are shares of strength left, and military deaths, as the week began.
    """
    s, war = at.s, at.p.war
    draws = luck.uniforms(day, ACROSS, at.d.entity)
    for side in Side:
        other = 1 - side
        desperate = 1 + war.across_losses * (1 - left[side])
        hazard = war.across * at.d.long_range[side] * desperate
        hazard *= exp(-war.across_duty * threat(at, other))
        s.civilians[side] += war.civilians * (s.deaths[side] - dead[side])
        if draws[side] < 1 - exp(-hazard * days / 7):
            s.across[side] = True
            s.civilians[other] -= war.across_toll * log(draws[2 + side])
    spill(luck, at, day, days)


def spill(luck, at, day, days):
    """War between outsiders on both sides may reach the own land of those on either."""
    war, j = at.p.war, at.p.joining
    read = {Reading.NO: 0.0, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}
    clash = all(Action.of(Grade.COMBAT, side) in at.s.action for side in Side)
    for side, chance in zip(Side, luck.uniforms(day, SPILL, at.d.entity), strict=False):
        parties = [k for k in at.w.states if at.d.party[k]]
        owed = max((drawn_in(at, side, k, read) for k in parties), default=0.0)
        hazard = war.spill * at.d.spill * exp(-war.across_duty * owed)
        if clash and chance < 1 - exp(-hazard * days / 7):
            at.s.spread[side] = True


def failure_hazard(p, s):
    """Weibull hazard of a truce's next day, from the probability that it holds a week."""
    firm = p.war.truce_signed * s.signed + p.war.truce_kept * (s.keeper != NOBODY)
    firm -= p.war.truce_leverage * s.broker

    def summed(day):
        return -log(p.war.truce_week) * (day / 7) ** p.war.truce_shape

    return (summed(s.age + 1) - summed(s.age)) * exp(-firm)


def settle(at, win):
    """Land changes hands by the terms: between the front of the day and the expected outcome."""
    s = at.s
    held = min(max(s.front, 0.0), 1.0)
    s.front = held + at.p.war.terms * min(max(win, 0.0), 1.0) * (1 - held)


def send(luck, at, day):
    """Fighting has stopped by agreement: the strongest mediator may send peacekeepers."""
    mediators = [k for k in at.w.states if at.s.action[k] == Action.MEDIATE]
    willing = luck.uniforms(day, KEEP, at.d.entity)[0] < at.p.war.keepers
    if mediators and willing and at.s.keeper == NOBODY:
        at.s.keeper = max(mediators, key=lambda k: reach(at, k) * at.free[k])
    if at.s.status == Status.SETTLED and at.s.keeper != NOBODY:
        at.s.mandate = at.p.war.keepers_term * 365.25


def withdraw(luck, at, day):
    """Peacekeepers may leave within a month, sooner where one side holds all of the land.

    If they have a term they may only at its end; else they stay for another.
    """
    war, s, span = at.p.war, at.s, 28
    if s.status == Status.WON:
        s.mandate = 0.0
    if s.mandate > 0:
        s.mandate -= 28
        span = 0 if s.mandate > 0 else max(war.keepers_term * 365.25, 28)
        s.mandate += span
    hazard = war.keepers_leave * exp(war.keepers_idle * (s.status == Status.WON)) * span / 365.25
    if luck.uniforms(day, KEEP, at.d.entity)[1] < 1 - exp(-hazard):
        s.keeper, s.mandate = NOBODY, 0.0
