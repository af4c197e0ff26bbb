"""A run from its first day on, week by week: decide, fight seven days, draw the lessons."""

from copy import deepcopy
from math import log, sqrt

from foedus.core.kinds import Action, Side, Status
from tests.reference.chance import ATTACK, EXCHANGE, STAY, WAR, Luck, quantile
from tests.reference.decisions import decide, wills
from tests.reference.fighting import (
    MEDIATED_SHARE,
    begin,
    left,
    live_day,
    settlement_hazard,
    typical_tempo,
)
from tests.reference.inputs import parameters, place
from tests.reference.lessons import OVER, learn, reconsider
from tests.reference.prospects import outlook


class Situation:
    """State of a dispute; the fields are those of `foedus.core.situation.Situation`."""

    @property
    def at_war(self):
        return self.status in (Status.FIGHTING, Status.TRUCE)


def initial(luck, p, w):
    """Day 0: treaties as signed, the dispute as it stands."""
    s, war, dispute = Situation(), p.war, w.dispute_entity
    s.status, s.front, s.age, s.fought = Status.QUIET, w.front, 0, 0
    s.deaths, s.buried, s.stock = [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]
    s.strength, s.mediated, s.tempo, s.intensity = list(w.local), 0.0, 0.0, 0.0
    skilled, other, *_ = luck.uniforms(0, WAR, dispute)
    s.skill = war.skill_sd * quantile(skilled)
    rho = war.exchange_skill
    mixed = rho * quantile(skilled) + sqrt(1 - rho**2) * quantile(other)
    tails = luck.uniforms(0, EXCHANGE, dispute)[:3]  # chi-square of six, over six
    s.exchange = war.exchange + war.exchange_sd * mixed / sqrt(-sum(map(log, tails)) / 3)
    s.action = [Action.ABSTAIN for _ in w.states]
    s.asked = [False for _ in w.treaties]
    s.unaided = [False for _ in w.treaties]
    s.active = deepcopy(w.member)
    s.evidence = [0.0 for _ in w.states]
    s.attack_will = luck.normal(0, ATTACK, dispute)

    def key(t, k):
        return w.treaty_entity[t] ^ w.state_entity[k]

    s.stay_will = [[luck.normal(0, STAY, key(t, k)) for k in w.states] for t in w.treaties]
    if w.ignites:
        begin(luck, p, w, s, 0)
    return s


def week(luck, p, w, s, wills, number):
    """Live one week; returns the record of it and leaves the situation at its end."""
    month = number % 4 == 0
    curve, losses = foresee(p, w, s)
    moves = decide(p, w, s, wills, curve, losses, month)
    asked, day = list(s.asked), 7 * number
    if moves.attacks:
        begin(luck, p, w, s, day)
    elif moves.yields:
        s.status, s.front = Status.WON, 1.0
    fought, status, front = s.at_war, [], []
    losses = left(p, w, s)
    force = [s.strength[side] * losses[side] for side in Side]
    for offset in range(7):
        live_day(luck, p, w, s, force, day + offset)
        status.append(int(s.status))
        front.append(min(max(s.front, 0.0), 1.0))
    learn(p, w, s, moves, fought and s.status in OVER)
    if (number + 1) % 4 == 0:
        reconsider(luck, p, w, s, 7 * (number + 1))
    keep = 2 ** (-7 / (365.25 * p.crisis.half_life))
    shock = luck.normal(day + 7, ATTACK, w.dispute_entity)
    s.attack_will = keep * s.attack_will + sqrt(1 - keep**2) * shock
    deaths = [b + d for b, d in zip(s.buried, s.deaths, strict=True)]
    return {
        "status": status,
        "front": front,
        "deaths": deaths,
        "action": [int(a) for a in moves.action],
        "asked": asked,
        "active": deepcopy(s.active),
    }


def foresee(p, w, s):
    """What players expect: of this war, or in peace of a typical one that began today."""
    mediated = s.mediated if s.at_war else MEDIATED_SHARE
    curve = outlook(
        p,
        w,
        s.front if s.at_war else max(s.front, 0.0),
        s.tempo if s.at_war else typical_tempo(p, w),
        settlement_hazard(p, w, mediated),
    )
    return curve, left(p, w, s) if s.at_war else [1.0, 1.0]


def live(seed, run, params, world, draw, weeks):
    """Records of the weeks of a run, and the situation at the end of each."""
    luck, p, w = Luck(seed, run), parameters(params, draw), place(world, draw)
    s, drawn = initial(luck, p, w), wills(luck, p, w)
    records, situations = [], []
    for number in range(weeks):
        records.append(week(luck, p, w, s, drawn, number))
        situations.append(deepcopy(vars(s)))
    return records, situations
