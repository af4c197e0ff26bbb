"""One round: the target asks, third parties act, the challenger weighs an attack."""

from math import exp, log
from types import SimpleNamespace

from foedus.core.kinds import Action, Side, Status
from tests.reference.chance import ASK, ATTACK, KIND, SIDE, WILL, WILL_JOIN, below, quantile
from tests.reference.duties import duty, obligation, trust, weight
from tests.reference.prospects import read
from tests.reference.stage import build, choose, committed, solve


def wills(luck, p, w):
    """What each state wants for reasons unseen: drawn once, and kept."""
    dispute = w.dispute_entity
    urges, delays, types = [], [], []
    for entity in w.state_entity:
        shy = luck.uniforms(0, WILL, entity ^ dispute)
        *keen, early, late = luck.uniforms(0, WILL_JOIN, entity ^ dispute)
        urges.append([-1 / log(u) for u in (*shy, *keen)])  # exponential of a Gumbel shock
        delays.append(delay(p, early, late))
        types.append(1 if luck.uniform(0, KIND, entity) < p.alliance.trust else -1)
    sides = luck.uniforms(0, SIDE, dispute)
    return SimpleNamespace(
        urges=urges,
        delay=delays,
        steadfast=types,
        side=[p.joining.side_sd * quantile(sides[side]) for side in Side],
        ask=[luck.uniform(0, ASK, entity ^ dispute) for entity in w.treaty_entity],
        resist=luck.uniforms(0, ATTACK, dispute)[1],
    )


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


def ask(p, w, s, wills, curve, left):
    """Treaties invoked: at war, by a target that needs help, under a duty, of one it trusts."""
    c = p.crisis
    force = [s.strength[side] * left[side] for side in Side]
    lost = read(curve, log(force[Side.CHALLENGER] / force[Side.TARGET]))
    asked = list(s.asked)
    for t in w.treaties:
        leader = w.leader[t]
        if s.at_war and s.active[t][w.target] and leader != w.target:
            wish = logistic(
                c.ask_intercept
                + c.ask_need * lost
                + c.ask_scope * duty(p, w, Side.TARGET, t)
                + c.ask_trust * trust(p, w, s, w.target, leader)
            )
            asked[t] = asked[t] or wills.ask[t] < wish
    return asked


def challenge(p, w, s, wills, game, play):
    """Whether the challenger attacks, and whether the target then yields; expected utilities."""
    c = p.crisis
    helpers = allies = 0.0
    for k, row in play.items():
        owed = obligation(p, w, s, Side.TARGET, k, [True] * len(s.asked))
        actual = weight(p, w, s, k, wills.steadfast[k])
        steadfast, other = (
            tilt(row[Action.JOIN_TARGET], owed * (weight(p, w, s, k, type_) - actual))
            for type_ in (1, -1)
        )
        faith = trust(p, w, s, w.challenger, k)
        helpers += game.power[k] * (faith * steadfast + (1 - faith) * other)
        allies += game.power[k] * row[Action.JOIN_CHALLENGER]
    target, challenger = game.strength
    win = read(game.curve, log((challenger + allies) / (target + helpers)))
    deterrent = log(1 + helpers / target)
    resists = logistic(c.resist_intercept + c.resist_gain * (1 - win))
    war = c.attack_intercept + c.attack_gain * win - c.attack_fear * deterrent
    unopposed = c.attack_intercept + c.attack_gain
    attacks = logistic((1 - resists) * unopposed + resists * war)
    return below(s.attack_will) > 1 - attacks, wills.resist > resists


def decide(p, w, s, wills, curve, left, month):
    """The round; changes the situation (actions, requests, strengths), returns the moves."""
    peace = not s.at_war and s.status != Status.WON
    s.asked = ask(p, w, s, wills, curve, left)
    game = build(p, w, s, wills, curve, left)
    play = solve(game) if s.at_war or (peace and month) else {}
    attacks = yields = False
    if peace and month:
        attacks, yields = challenge(p, w, s, wills, game, play)
    asked = s.asked if s.at_war else [True] * len(s.asked)
    moves = SimpleNamespace(
        attacks=attacks and not yields,
        yields=attacks and yields,
        join=[play[k][Action.JOIN_TARGET] if k in play else 0.0 for k in w.states],
        owed=[obligation(p, w, s, Side.TARGET, k, asked) for k in w.states],
        weight=[[weight(p, w, s, k, t) for t in (wills.steadfast[k], 1, -1)] for k in w.states],
    )
    fought = s.fought if s.at_war else 0
    action = [Action.ABSTAIN] * len(s.action)
    for k in w.states:
        if committed(w, s, k):
            action[k] = s.action[k]
        elif k in play and (s.at_war or (attacks and not yields)):
            action[k] = choose(play[k], wills.urges[k], fought >= wills.delay[k])
    s.action = moves.action = action
    deploy(p, w, s, game.power)
    return moves


def deploy(p, w, s, power):
    """Strength of each side at the place, and whether anybody mediates."""
    s.strength = list(w.local)
    for k, action in enumerate(s.action):
        for side in Side:
            if action == Action.JOIN_TARGET + side:
                s.strength[side] += power[k]
            elif action == Action.AID_TARGET + side:
                s.strength[side] += p.joining.aid_share * power[k]
    s.mediated = float(Action.MEDIATE in s.action)
