"""A run from its first day on, week by week: decide, fight seven days, draw the lessons."""

from copy import deepcopy
from math import log, sqrt
from types import SimpleNamespace

from foedus.core.kinds import Action, Membership, Status
from tests.reference.chance import ATTACK, EXCHANGE, STAY, WAR, Luck, quantile
from tests.reference.decisions import decide, wills
from tests.reference.duties import fielded
from tests.reference.fighting import (
    MEDIATED_SHARE,
    NOBODY,
    begin,
    held,
    left,
    live_day,
    send,
    settle,
    settlement_hazard,
    strike_across,
    typical_tempo,
    whole,
    withdraw,
)
from tests.reference.inputs import parameters, place
from tests.reference.lessons import (
    MONTH,
    OVER,
    fell_out,
    heard,
    lessons,
    let_down,
    reconsider,
    wishes,
)
from tests.reference.order import influence
from tests.reference.prospects import outlook

PEACE = Status.QUIET, Status.SETTLED, Status.REPULSED
"""Where an attack is a decision; land that is won stays won."""


class Conflict:
    """State of one dispute; the fields are those of `foedus.core.situation.Conflict`."""

    @property
    def at_war(self):
        return self.status in (Status.FIGHTING, Status.TRUCE)


def start(luck, p, w, d):
    """Day 0 of a dispute, as the scenario has it."""
    s, war = Conflict(), p.war
    s.status, s.front, s.age, s.fought = Status.QUIET, d.front, 0, 0
    s.deaths, s.buried, s.stock = [0.0, 0.0], [0.0, 0.0], whole()
    s.strength, s.present = fielded(SimpleNamespace(p=p, w=w, d=d)), list(d.in_place)
    s.mediated, s.effort, s.leverage, s.tempo, s.intensity = 0.0, 0.0, 0.0, 0.0, 0.0
    s.signed, s.broker = False, 0.0
    skilled, other, *_ = luck.uniforms(0, WAR, d.entity)
    s.skill = war.skill_sd * quantile(skilled)
    rho = war.exchange_skill
    mixed = rho * quantile(skilled) + sqrt(1 - rho**2) * quantile(other)
    tails = luck.uniforms(0, EXCHANGE, d.entity)[:3]  # chi-square of six, over six
    s.exchange = war.exchange + war.exchange_sd * mixed / sqrt(-sum(map(log, tails)) / 3)
    s.action = [Action.ABSTAIN for _ in w.states]
    s.asked = [False for _ in w.treaties]
    s.keeper, s.mandate = NOBODY, 0.0
    s.attack_will, s.seen = luck.normal(0, ATTACK, d.entity), 0.0
    s.across, s.spread, s.civilians = [False, False], [False, False], [0.0, 0.0]
    return s


def sign(luck, p, w):
    """Alliances on day 0: treaties as signed, nothing learnt yet but by signals."""

    def each(make):
        return [[make(t, k) for k in w.states] for t in w.treaties]

    return SimpleNamespace(
        membership=each(lambda t, k: Membership.FULL if w.member[t][k] else Membership.OUTSIDE),
        waits=each(lambda t, k: 0.0),
        unaided=each(lambda t, k: False),
        quarrelled=each(lambda t, k: False),
        lessons=[[[0.0 for _ in w.states] for _ in range(2)] for _ in range(2)],
        heard=[heard(p, w, k) for k in w.states],
        will=each(lambda t, k: luck.normal(0, STAY, w.treaty_entity[t] ^ w.state_entity[k])),
        brokered=list(w.brokered),
        risen=[0.0 for _ in w.states],
    )


def week(luck, stands, number):
    """Live one week of all disputes; returns what each was, and the wishes that it leaves.

    All decide by the alliances as they were when the week began.
    """
    press(stands, number)
    lived = [fight(luck, at, number) if decides(at, number) else rest(at) for at in stands]
    p, w, al = stands[0].p, stands[0].w, stands[0].al
    for at, one in zip(stands, lived, strict=True):
        learn(at, one)
        for other in stands:
            other.s.seen += one.unanswered
    wish = [[wishes(p, w, al, t, k) for k in w.states] for t in w.treaties]
    if (number + 1) % MONTH == 0:
        month(luck, stands, 7 * (number + 1))
    for at, one in zip(stands, lived, strict=True):
        one.record["deaths"] = [b + d for b, d in zip(at.s.buried, at.s.deaths, strict=True)]
        one.record["keeper"] = at.s.keeper
        one.record["civilians"] = list(at.s.civilians)
    return lived, wish


def learn(at, one):
    """What a dispute's week says to the alliances."""
    al, takes_in = at.al, at.p.alliance.learning
    for type_, reading, k, value in one.lessons:
        al.lessons[type_][reading][k] += takes_in * value
    for t in one.let_down:
        al.unaided[t][at.d.target] = True
    for t, k in one.fell_out:
        al.quarrelled[t][k] = True
    for k in one.brokered:
        al.brokered[k] += 1


def press(stands, number):
    """What weighs on each state this week: months of the world, and a rising inside it."""
    p, w = stands[0].p, stands[0].w
    month = min(number // MONTH, len(w.burden) - 1)
    risen = {at.d.target for at in stands if at.d.unrest and at.s.at_war}
    left = [(1 - w.burden[month][k]) * (1 - p.joining.unrest * (k in risen)) for k in w.states]
    free = [1 - p.joining.elsewhere * w.engaged[month][k] for k in w.states]
    for at in stands:
        at.burden, at.free = [1 - x for x in left], free


def decides(at, number):
    """Whether anybody has something to decide: in war always, in peace once a month."""
    return at.s.at_war or (number % MONTH == 0 and at.d.open_ and at.s.status in PEACE)


def fight(luck, at, number):
    """One week of a dispute."""
    s, day = at.s, 7 * number
    curve, foreseen = foresee(at)
    moves, odds = decide(at, curve, foreseen, number % MONTH == 0, number == 0)
    if moves.attacks:
        begin(luck, at, day)
    elif moves.yields:
        s.status, s.front = Status.WON, 1.0
    asked = list(s.asked)
    fought, began, status, front = s.at_war, s.status, [], []
    brokered, days, dead, held_ = [], s.fought, list(s.deaths), held(luck, at, day)
    for offset in range(7):
        live_day(luck, at, held_, day + offset)
        status.append(int(s.status))
        front.append(min(max(s.front, 0.0), 1.0))
    strike_across(luck, at, day, foreseen, s.fought - days, dead)
    struck = {"across": list(s.across), "spread": list(s.spread)}
    if s.status != began and s.status in (Status.TRUCE, Status.SETTLED):
        send(luck, at, day)
        brokered = [k for k in at.w.states if s.action[k] == Action.MEDIATE]
    unanswered = s.status == Status.WON and not any(map(stood_by_target, s.action))
    ended = fought and s.status in OVER
    if ended:
        close(at, odds.win)
    record = {"status": status, "front": front, "action": moves.action}
    record |= {"asked": asked, **struck}
    return SimpleNamespace(
        record=record,
        odds=odds,
        lessons=lessons(at, moves, ended),
        let_down=let_down(at, moves, ended),
        fell_out=fell_out(at, fought),
        brokered=brokered,
        unanswered=unanswered,
    )


def stood_by_target(action):
    return action in (Action.DEPLOY_TARGET, Action.DENIABLE_TARGET, Action.JOIN_TARGET)


def close(at, win):
    """An episode has ended: terms are carried out, outsiders go home, requests lapse."""
    s = at.s
    if s.status == Status.SETTLED:
        settle(at, win)
    s.action = [Action.ABSTAIN for _ in s.action]
    s.asked = [False for _ in s.asked]
    s.across, s.spread = [False, False], [False, False]
    s.present, s.strength = list(at.d.in_place), fielded(at)
    s.mediated = s.effort = s.leverage = 0.0


def rest(at):
    """A week in which nobody has anything to decide."""
    s = at.s
    record = {
        "status": [int(s.status)] * 7,
        "front": [min(max(s.front, 0.0), 1.0)] * 7,
        "action": [Action.ABSTAIN for _ in s.action],
        "asked": list(s.asked),
        "across": list(s.across),
        "spread": list(s.spread),
    }
    return SimpleNamespace(
        record=record,
        odds=None,
        lessons=[],
        let_down=[],
        fell_out=[],
        brokered=[],
        unanswered=False,
    )


def month(luck, stands, day):
    """Members and peacekeepers reconsider; lessons fade, wishes drift."""
    p, w, al = stands[0].p, stands[0].w, stands[0].al
    draws = [
        [luck.uniforms(day, STAY, w.treaty_entity[t] ^ w.state_entity[k]) for k in w.states]
        for t in w.treaties
    ]
    reconsider(p, w, al, [[second for _, second, *_ in row] for row in draws])
    kept = (1 - p.alliance.forget) ** (28 / 365.25)
    al.heard = [x * kept for x in al.heard]
    al.lessons = [[[x * kept for x in row] for row in type_] for type_ in al.lessons]
    for t in w.treaties:
        for k in w.states:
            al.will[t][k] = drift(p, al.will[t][k], quantile(draws[t][k][0]))
    for at in stands:
        withdraw(luck, at, day)
        at.s.attack_will = drift(p, at.s.attack_will, luck.normal(day, ATTACK, at.d.entity))
    before, al.influence = al.influence, [influence(stands, k) for k in w.states]
    al.risen = [r + n - b for r, n, b in zip(al.risen, al.influence, before, strict=True)]


def drift(p, will, shock):
    """A wish a month later: half of it is forgotten in a half-life."""
    keep = 2 ** (-28 / (365.25 * p.crisis.half_life))
    return keep * will + sqrt(1 - keep**2) * shock


def foresee(at):
    """What players expect: of this war, or in peace of a typical one that began today."""
    s, war = at.s, at.s.at_war
    curve = outlook(
        at.p,
        at.w,
        s.front if war else max(s.front, 0.0),
        s.tempo if war else typical_tempo(at),
        settlement_hazard(at, s.effort if war else MEDIATED_SHARE),
    )
    return curve, left(at) if war else [1.0, 1.0]


def live(seed, run, params, world, draw, weeks):
    """What each week of a run was, and the situation at its end: conflicts by slot, alliances."""
    luck, p, w = Luck(seed, run), parameters(params, draw), place(world, draw)
    al = sign(luck, p, w)
    stands = []
    for d in w.disputes:
        own = start(luck, p, w, d)
        at = SimpleNamespace(p=p, w=w, d=d, s=own, al=al, want=wills(luck, p, w, d))
        if not d.open_:
            own.status = Status.WON
        elif d.ignites:
            begin(luck, at, 0)
        stands.append(at)
    al.influence = [influence(stands, k) for k in w.states]
    past = []
    for number in range(weeks):
        lived, wish = week(luck, stands, number)
        conflicts = [deepcopy(vars(at.s)) for at in stands]
        past.append(
            SimpleNamespace(
                records=[one.record for one in lived],
                odds=[one.odds for one in lived],
                wishes=wish,
                conflicts=conflicts,
                alliances=deepcopy(vars(stands[0].al)),
            )
        )
    return past
