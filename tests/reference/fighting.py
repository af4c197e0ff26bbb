"""A day of war: the front, its end, truces, losses; peacekeepers after it."""

from math import exp, log, sqrt

from foedus.core.kinds import Action, Grade, Reading, Side, Status
from tests.reference.chance import ACROSS, DAY, KEEP, SPILL, TEMPO, quantile
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
    s.deaths, s.stock = [0.0, 0.0], [1.0, 1.0]
    s.attack_will = quantile(third)


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
    s = at.s
    soldiers = [max(1 - s.deaths[side] / at.d.personnel[side], 0.05) for side in Side]
    return [soldiers[side] * s.stock[side] ** at.p.war.equipment_weight for side in Side]


def strikes(at):
    """Share of the other's heavy arms that a side's strikes get at, past its air defence."""
    found = []
    for side in Side:
        other = 1 - side
        hunted = exp(-at.p.war.hunting * at.d.strike[side] * at.s.fought)
        stopped = at.d.air_defence[other] * at.s.stock[other] * hunted
        found.append(at.d.strike[side] * (1 - stopped))
    return found


def resupply(at):
    """Share of lost arms that suppliers make good in a day, for each side."""
    return [
        1
        - exp(
            -at.p.war.resupply * sum(at.d.arms[side][k] for k in at.w.states if gives(at, k, side))
        )
        for side in Side
    ]


def gives(at, k, side):
    return at.s.action[k] == Action.of(Grade.AID, side)


def live_day(luck, at, force, hits, refilled, day):
    """One day, under strengths, strikes and supplies that hold for the week."""
    s, p = at.s, at.p
    shock, crossing, chance, _ = luck.uniforms(day, DAY, at.d.entity)
    settled = 1 - exp(-settlement_hazard(at, s.effort))
    before = s.status
    if before == Status.FIGHTING:
        ratio = log(force[Side.CHALLENGER] / force[Side.TARGET])
        ends = move(p, s, superiority(p, at.w, ratio, s.skill), quantile(shock), crossing)
        bury(at, hits)
        paused = 1 - exp(-p.war.truce * s.mediated)
        s.fought += 1
        s.status = ends or stop(chance, settled, paused, Status.TRUCE) or Status.FIGHTING
    elif before == Status.TRUCE:
        breaks = 1 - exp(-failure_hazard(p, s.age, s.keeper != NOBODY))
        lasts = Status.QUIET if s.age + 1 >= ARMISTICE else Status.TRUCE
        happens = stop(chance, settled, breaks, Status.FIGHTING)
        s.status = lasts if happens is None else happens
    if before in (Status.FIGHTING, Status.TRUCE):
        s.stock = [e + (1 - e) * share for e, share in zip(s.stock, refilled, strict=True)]
    s.age = s.age + 1 if s.status == before else 0


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
    if crossing < up and end > -barrier:
        s.front = 1.0
        return Status.WON
    if crossing > 1 - down:
        s.front = -barrier
        return Status.REPULSED
    s.front = end
    return None


def bury(at, hits):
    """Lanchester's linear law with an exchange ratio of its own, which strikes shift."""
    s, p, personnel = at.s, at.p, at.d.personnel
    soldiers = [max(personnel[side] - s.deaths[side], 0) for side in Side]
    rate = exp(s.intensity) * sqrt(soldiers[Side.TARGET] * soldiers[Side.CHALLENGER])
    exchange = s.exchange + p.war.strike_effect * (hits[Side.CHALLENGER] - hits[Side.TARGET])
    for side, ratio in ((Side.TARGET, exp(exchange / 2)), (Side.CHALLENGER, exp(-exchange / 2))):
        dead = min(rate * ratio, soldiers[side])
        s.deaths[side] += dead
        worn = p.war.equipment * (1 + p.war.strike_arms * hits[1 - side])
        s.stock[side] *= exp(-worn * dead / personnel[side])


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


def failure_hazard(p, age, kept):
    """Weibull hazard of a truce's next day, from the probability that it holds a week."""

    def summed(day):
        return -log(p.war.truce_week) * (day / 7) ** p.war.truce_shape

    return (summed(age + 1) - summed(age)) * exp(-p.war.truce_kept * kept)


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


def withdraw(luck, at, day):
    """Peacekeepers may leave within a month, sooner where one side holds all of the land."""
    war = at.p.war
    hazard = war.keepers_leave * exp(war.keepers_idle * (at.s.status == Status.WON)) * 28 / 365.25
    if luck.uniforms(day, KEEP, at.d.entity)[1] < 1 - exp(-hazard):
        at.s.keeper = NOBODY
