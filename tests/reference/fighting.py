"""A day of war: the front, its end, truces, losses."""

from math import exp, log, sqrt

from foedus.core.kinds import Side, Status
from tests.reference.chance import DAY, TEMPO, quantile
from tests.reference.prospects import drift, superiority

MEDIATED_SHARE = 44 / 72


def begin(luck, p, w, s, day):
    """A new episode: tempo, intensity, full stocks, the front where it lies, nobody asked."""
    war = p.war
    first, second, *_ = luck.uniforms(day, TEMPO, w.dispute_entity)
    s.tempo = typical_tempo(p, w) + war.tempo_sd[w.era] * quantile(first)
    s.intensity = log(war.deaths) + s.tempo + war.deaths_sd * quantile(second)
    s.status, s.age, s.fought = Status.FIGHTING, 0, 0
    s.front = max(s.front, 0.0)
    s.buried = [b + d for b, d in zip(s.buried, s.deaths, strict=True)]
    s.deaths, s.stock = [0.0, 0.0], [1.0, 1.0]
    s.asked = [False] * len(s.asked)


def typical_tempo(p, w):
    """Mean log tempo of a war for such a place and aim."""
    return p.war.tempo_theatre * w.small_theatre + p.war.tempo_aim * w.limited_aim


def settlement_hazard(p, w, mediated):
    """A calendar day; mediation raises it."""
    return p.war.settlement[w.era] * exp(p.war.mediation * (mediated - MEDIATED_SHARE))


def left(p, w, s):
    """Share of each side's strength that losses have left: soldiers times a power of equipment."""
    soldiers = [max(1 - s.deaths[side] / w.personnel[side], 0.05) for side in Side]
    return [soldiers[side] * s.stock[side] ** p.war.equipment_weight for side in Side]


def live_day(luck, p, w, s, force, day):
    """One day, under strengths that hold for the week."""
    shock, crossing, chance, _ = luck.uniforms(day, DAY, w.dispute_entity)
    settled = 1 - exp(-settlement_hazard(p, w, s.mediated))
    before = s.status
    if before == Status.FIGHTING:
        ratio = log(force[Side.CHALLENGER] / force[Side.TARGET])
        ends = move(p, s, superiority(p, w, ratio, s.skill), quantile(shock), crossing)
        bury(p, w, s)
        paused = 1 - exp(-p.war.truce * s.mediated)
        s.fought += 1
        s.status = ends or stop(chance, settled, paused, Status.TRUCE) or Status.FIGHTING
    elif before == Status.TRUCE:
        breaks = 1 - exp(-failure_hazard(p, s.age))
        s.status = stop(chance, settled, breaks, Status.FIGHTING) or Status.TRUCE
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


def bury(p, w, s):
    """Lanchester's linear law with an exchange ratio of its own."""
    soldiers = [max(w.personnel[side] - s.deaths[side], 0) for side in Side]
    rate = exp(s.intensity) * sqrt(soldiers[Side.TARGET] * soldiers[Side.CHALLENGER])
    for side, ratio in (
        (Side.TARGET, exp(s.exchange / 2)),
        (Side.CHALLENGER, exp(-s.exchange / 2)),
    ):
        dead = min(rate * ratio, soldiers[side])
        s.deaths[side] += dead
        s.stock[side] *= exp(-p.war.equipment * dead / w.personnel[side])


def failure_hazard(p, age):
    """Weibull hazard of a truce's next day, from the probability that it holds a week."""

    def summed(day):
        return -log(p.war.truce_week) * (day / 7) ** p.war.truce_shape

    return summed(age + 1) - summed(age)
