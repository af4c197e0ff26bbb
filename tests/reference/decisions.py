"""One round: the target asks, third parties act, the challenger weighs an attack."""

from math import asin, exp, log, log1p, pi, sin
from types import SimpleNamespace

import numpy as np

from foedus.core.kinds import Action, Grade, Reading, Side
from tests.reference.chance import (
    ASK,
    ATTACK,
    KIND,
    SIDE,
    WILL,
    WILL_DENIABLE,
    WILL_JOIN,
    WILL_SHORT,
    below,
    quantile,
)
from tests.reference.duties import (
    after,
    bound,
    duty,
    fielded,
    garrison,
    obligation,
    owed,
    trust,
    weight,
)
from tests.reference.prospects import read
from tests.reference.stage import build, choose, committed, solve
from tests.reference.utilities import rents, share


def wills(luck, p, w, d):
    """What each state wants in a dispute for reasons unseen: drawn once, and kept."""
    found = SimpleNamespace(urges=[], delay=[], steadfast=[])
    for entity in w.state_entity:
        urges, early, late = shocks(luck, entity ^ d.entity)
        found.urges.append([-1 / log(u) for u in urges])  # exponential of a Gumbel shock
        found.delay.append(delay(p, early, late))
        steadfast = luck.uniform(0, KIND, entity) < p.alliance.trust  # the same in all disputes
        found.steadfast.append(1 if steadfast else -1)
    sides = luck.uniforms(0, SIDE, d.entity)
    found.side = [p.joining.side_sd * quantile(sides[side]) for side in Side]
    found.ask = [luck.uniform(0, ASK, entity ^ d.entity) for entity in w.treaty_entity]
    _, found.resist, found.calm, _ = luck.uniforms(0, ATTACK, d.entity)
    return found


def shocks(luck, key):
    """A uniform for each action, and two for the delay."""
    by = {}
    by[Action.ABSTAIN], by[Action.MEDIATE], *aid = luck.uniforms(0, WILL, key)
    *combat, early, late = luck.uniforms(0, WILL_JOIN, key)
    short, denied = luck.uniforms(0, WILL_SHORT, key), luck.uniforms(0, WILL_DENIABLE, key)
    grades = (short[:2], aid, short[2:], denied[:2], combat)
    for grade, pair in zip(Grade, grades, strict=True):
        for side in Side:
            by[Action.of(grade, side)] = pair[side]
    return [by[action] for action in Action], early, late


def delay(p, early, late):
    """Days of fighting to readiness: within a week for some, lognormal for the others."""
    j = p.joining
    if early < j.early:
        return 7 * early / j.early
    return j.delay * exp(j.delay_sd * quantile(late))


def logistic(x):
    return 1 / (1 + exp(-x))


def tilt(probability, shift):
    """Probability after its log-odds move by a shift."""
    odds = exp(shift) * probability
    return odds / (1 - probability + odds)


def winning(curve, strength, left):
    """Probability that the challenger reaches its aim with these forces, less their losses."""
    force = [strength[side] * left[side] for side in Side]
    return read(curve, log(force[Side.CHALLENGER] / force[Side.TARGET]))


def ask(at, win):
    """Probability that the target invokes each treaty: of those that bind it, not led by it."""
    c, wish = at.p.crisis, []
    for t in at.w.treaties:
        leader = at.w.leader[t]
        calls = at.s.at_war and bound(at, t, at.d.target) and leader != at.d.target
        need = c.ask_intercept + c.ask_need * win + c.ask_scope * duty(at, Side.TARGET, t)
        faith = c.ask_trust * trust(at, at.d.target, leader)
        wish.append(logistic(need + faith) if calls else 0.0)
    return wish


def challenge(at, game, play):
    """Probability that the challenger attacks, and that the target would resist."""
    c = at.p.crisis
    helpers = allies = 0.0
    aided = [0.0, 0.0]
    for k, row in play.items():
        helpers += game.power[k] * foreseen(at, k, row[Action.JOIN_TARGET])
        allies += game.power[k] * row[Action.JOIN_CHALLENGER]
        for side in Side:
            for grade in (Grade.AID, Grade.DENIABLE):
                gives = share(at.p, grade) * row[Action.of(grade, side)]
                aided[side] += game.power[k] * gives
    target, challenger = game.strength
    forces = challenger + allies + aided[Side.CHALLENGER], target + helpers + aided[Side.TARGET]
    win = read(game.curve, log(forces[0] / forces[1]))
    deterrent = log(1 + helpers / target)
    resists = logistic(c.resist_intercept + c.resist_gain * (1 - win))
    ready = c.attack_intercept + at.d.grievance - c.attack_kept * (at.s.keeper >= 0)
    ready += c.example * at.s.seen
    unopposed = ready + c.attack_gain
    war = ready + c.attack_gain * win - c.attack_fear * deterrent
    return logistic((1 - resists) * unopposed + resists * war), resists


GAUSS = np.polynomial.legendre.leggauss(5)  # that five points are enough is tested by itself


def hazard(p, attack):
    """Of an attack, a year: that a wish which does not suffice does a month later."""
    chance = min(attack, 0.999)
    first, square = asin(0.5 ** (28 / (365.25 * p.crisis.half_life))), quantile(chance) ** 2
    half, rises = (pi / 2 - first) / 2, 0.0
    for node, mass in zip(*GAUSS, strict=True):
        rises += mass * exp(-square / (1 + sin(first + half * (1 + node)))) * half / (2 * pi)
    return -log1p(-rises / (1 - chance)) * 365.25 / 28


def patrons(at, attack):
    """Effort of each state for a settlement; how much of the chance of attack a patron takes away.

    Rents have to cover the risk of a war; the challenger is held back by who arms it.
    """
    j, yearly, efforts, held = at.p.joining, hazard(at.p, attack), [], 0.0
    for k in at.w.states:
        reach = j.restraint * at.d.arms[Side.CHALLENGER][k]
        drawn = rents(at, k) if at.d.party[k] else 0.0
        net = max(drawn - (1 - reach) * yearly * j.rent_war, 0.0)
        efforts.append(1 / (1 + net))
        held = max(held, reach * net / (1 + net))
    return efforts, held


def foreseen(at, k, joins):
    """Probability that k joins the target, to a challenger that doubts its type."""
    due = obligation(at, Side.TARGET, k, calls(at))
    actual = weight(at, k, at.want.steadfast[k])
    steadfast, other = (tilt(joins, due * (weight(at, k, type_) - actual)) for type_ in (1, -1))
    faith = trust(at, at.d.challenger, k)
    return faith * steadfast + (1 - faith) * other


def decide(at, curve, left, opens, first):
    """The round; changes the conflict (actions, requests, forces), returns moves and their odds.

    That a dispute is quiet on day 0 is known: a challenger that would attack at once gets a wish
    of those that would not, and does not attack.
    """
    s, w, want = at.s, at.w, at.want
    odds = SimpleNamespace(win=winning(curve, s.strength, left), attack=0.0, held=0.0, resist=0.0)
    odds.ask = ask(at, odds.win)
    s.asked = [was or u < p for was, u, p in zip(s.asked, want.ask, odds.ask, strict=True)]
    game = build(at, curve, left)
    odds.play = solve(game)
    attacks = yields = False
    attack, resist = challenge(at, game, odds.play)
    efforts, held = patrons(at, attack)
    if opens and not s.at_war:
        odds.attack, odds.held, odds.resist = attack * (1 - held), held, resist
        attacks = below(s.attack_will) > 1 - odds.attack
        if attacks and first:
            attacks, s.attack_will = False, quantile(want.calm * (1 - odds.attack))
        yields = attacks and want.resist > odds.resist
    moves = judge(at, odds.play)
    moves.attacks, moves.yields = attacks and not yields, yields
    action = [Action.ABSTAIN for _ in w.states]
    for k in w.states:
        if committed(at, k):
            action[k] = s.action[k]
        elif k in odds.play and (s.at_war or moves.attacks):
            ready = (s.fought if s.at_war else 0) >= want.delay[k]
            action[k] = choose(odds.play[k], want.urges[k], ready)
    s.action = moves.action = action
    deploy(at, game.power, {k: row[Action.MEDIATE] for k, row in odds.play.items()}, efforts)
    return moves, odds


def calls(at):
    """Which treaties have been invoked; of an attack yet to come, all are thought of as such."""
    return at.s.asked if at.s.at_war else [True for _ in at.w.treaties]


def judge(at, play):
    """What is needed to judge conduct: chances of joining, duties felt and due, their weights."""
    w = at.w
    asked = calls(at)
    return SimpleNamespace(
        helps={k: [row[Action.of(g, Side.TARGET)] for g in Grade] for k, row in play.items()},
        felt=[obligation(at, Side.TARGET, k, asked) for k in w.states],
        owed={
            reading: [owed(at, k, asked, reading == Reading.YES) for k in w.states]
            for reading in (Reading.NO, Reading.YES)
        },
        weight=[[weight(at, k, t) for t in (at.want.steadfast[k], 1, -1)] for k in w.states],
    )


def deploy(at, power, would, efforts):
    """Forces at the place, the strength of each side, and whether anybody mediates.

    Who deploys or fights brings a week of transport; who arms a side adds a share of what it
    could bring within the time that players plan for.
    """
    s, p = at.s, at.p
    against = Action.of(Grade.COMBAT, Side.CHALLENGER)
    s.strength = fielded(at, [k for k, action in enumerate(s.action) if action == against])
    for k, action in enumerate(s.action):
        if action < 2:
            continue
        grade, side = Grade(action // 2 - 1), Side(action % 2)
        if grade in (Grade.DEPLOYMENT, Grade.COMBAT):
            s.present[k] = after(at, k, 7)
        adds = s.present[k] if grade == Grade.COMBAT else share(p, grade) * power[k]
        if grade == Grade.COMBAT and side == Side.TARGET:
            adds -= garrison(at, k)
        s.strength[side] += adds
    mediators = [k for k in at.w.states if s.action[k] == Action.MEDIATE]
    usual = sum(chance * at.al.influence[k] ** 2 for k, chance in would.items()) / (
        sum(chance * at.al.influence[k] for k, chance in would.items()) or 1
    )
    words = [exp(p.war.acceptance * (at.al.influence[k] - usual)) for k in mediators]
    s.mediated = max(words, default=0.0)
    s.leverage = max((at.al.influence[k] for k in mediators), default=0.0)
    s.effort = sum(efforts[k] for k in mediators) / max(len(mediators), 1)
