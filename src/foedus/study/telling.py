"""The events of a run, each kind told by one function."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from foedus.core.kinds import Action, Grade, Membership, Side, Status
from foedus.scenario.arrays import frame
from foedus.scenario.layout import slots
from foedus.scenario.schema import Dispute
from foedus.study.reasons import clause, duties, forces, land, logits, of_draw
from foedus.study.replayed import Replay, Told, name

_TRUCE = {True: "a truce begins: the parties sign it", False: "a truce begins: it is announced"}
_STATUS = {
    Status.FIGHTING: "fighting begins",
    Status.SETTLED: "the war ends in a settlement",
    Status.WON: "{challenger} holds all of the land",
    Status.REPULSED: "{challenger}'s forces are beaten back",
    Status.QUIET: "the truce has held for half a year: an armistice",
}


def fighting(here: Replay) -> Iterator[Told]:
    """Changes of status, day by day."""
    for slot, dispute in enumerate(slots(here.scenario)):
        status = here.record.status[:, slot]
        begins = dispute.ignites is not None and dispute.ignites <= here.scenario.start
        before = Status.FIGHTING if begins else Status.QUIET
        if begins:
            known = "fighting has begun, as the scenario says"
            yield Told(here.day(0), dispute.id, "", known, None, {})
        for day in np.flatnonzero(status != np.concatenate([[before], status[:-1]])):
            now, was = Status(status[day]), Status(status[day - 1]) if day else before
            what = "the truce breaks" if (was, now) == (Status.TRUCE, Status.FIGHTING) else ""
            what = what or _begins(here, slot, int(day), now, dispute)
            why = land(here, slot, int(day))
            yield Told(here.day(int(day)), dispute.id, "", what, None, why)


def _begins(here: Replay, slot: int, day: int, now: Status, dispute: Dispute) -> str:
    """What a status is called that begins on a day; a truce, by its class."""
    if now == Status.TRUCE:
        return _TRUCE[bool(here.ledger.disputes.signed[day // 7, slot])]
    return _STATUS[now].format(challenger=name(here, dispute.challenger))


def keepers(here: Replay) -> Iterator[Told]:
    """Peacekeepers come and leave."""
    for slot, dispute in enumerate(slots(here.scenario)):
        keeper = here.record.keeper[:, slot]
        for week in np.flatnonzero(keeper != np.concatenate([[-1], keeper[:-1]])):
            comes = keeper[week] >= 0
            who = here.codes[keeper[week] if comes else keeper[week - 1]]
            draw = of_draw(here, "war.keepers" if comes else "war.keepers_leave")
            odds = draw if comes else None
            why = {"parameter": "war.keepers" if comes else "war.keepers_leave", "value": draw}
            what = f"{name(here, who)}'s peacekeepers {'come' if comes else 'leave'}"
            yield Told(here.day(int(week) * 7 + 6), dispute.id, who, what, odds, why)


def strikes(here: Replay) -> Iterator[Told]:
    """Each side's first strike of a war on land of the other's beyond the contested."""
    for slot, dispute in enumerate(slots(here.scenario)):
        across = here.record.across[:, :, slot]
        new = across & ~np.concatenate([np.zeros_like(across[:1]), across[:-1]])
        for week, side in np.argwhere(new):
            who, other = dispute.target, dispute.challenger
            who, other = (who, other) if side == Side.TARGET else (other, who)
            dead = float(here.record.civilians[week, 1 - side, slot])
            why: dict = {f"civilian deaths of {name(here, other)}'s side": dead}
            what = f"{name(here, who)} strikes {name(here, other)}'s own land"
            yield Told(here.day(int(week) * 7 + 6), dispute.id, who, what, None, why)
        yield from _spread(here, slot, dispute)


def _spread(here: Replay, slot: int, dispute: Dispute) -> Iterator[Told]:
    """War between outsiders reaches the own land of those who fight for a side."""
    spread = here.record.spread[:, :, slot]
    new = spread & ~np.concatenate([np.zeros_like(spread[:1]), spread[:-1]])
    for week, side in np.argwhere(new):
        action = here.record.action[week, :, slot]
        fights = np.flatnonzero(action == Action.of(Grade.COMBAT, Side(side)))
        who = " and ".join(name(here, here.codes[k]) for k in fights)
        what = f"the war reaches the own land of {who}"
        yield Told(here.day(int(week) * 7 + 6), dispute.id, "", what, None, {})


def attacks(here: Replay) -> Iterator[Told]:
    """Decisions of challengers at peace to attack, and of targets to resist."""
    odds = here.ledger.disputes.odds
    for slot, dispute in enumerate(slots(here.scenario)):
        will = here.ledger.disputes.attack_will[:, slot]
        wants = here.ledger.disputes.decided[:, slot] & (odds.attack[:, slot] > _above(will))
        for week in np.flatnonzero(wants[1:]) + 1:  # on day 0 what is quiet is known to be
            p, resist = float(odds.attack[week, slot]), float(odds.resist[week, slot])
            draw = float(here.own.standing.wills.resist[slot])
            yields = draw > resist
            who, other = dispute.challenger, dispute.target
            why = {
                "forces": forces(here, slot, int(week)),
                "unexplained wish to attack, standard deviations": float(will[week]),
                "probability that the target resists": resist,
                "target's draw (it yields if above)": draw,
            }
            if held := float(odds.held[week, slot]):
                why["part of the odds that its patron has taken away"] = held
            does = "demands the land and gets it" if yields else "attacks"
            what = f"{name(here, who)} {does}: {name(here, other)} "
            what += "yields" if yields else "resists"
            yield Told(here.day(int(week) * 7), dispute.id, who, what, p, why)


def _above(will: ArrayLike) -> np.ndarray:
    """Share of a standard normal above a value."""
    return 1 - np.asarray(jax.scipy.special.ndtr(jnp.asarray(will)))


def requests(here: Replay) -> Iterator[Told]:
    """Treaties that the target invokes."""
    keys = frame(here.scenario).treaties
    for slot, dispute in enumerate(slots(here.scenario)):
        asked = here.record.asked[:, :, slot]
        new = asked & ~np.concatenate([np.zeros_like(asked[:1]), asked[:-1]])
        for week, i in np.argwhere(new[:, : len(keys)]):
            leader = here.codes[here.world.leader[i]]
            trust = float(here.ledger.disputes.odds.trust[week, here.world.leader[i], slot])
            why = {
                "clause": clause(here.scenario, dispute, keys[i]),
                "forces": forces(here, slot, int(week)),
                f"its trust in {name(here, leader)}": trust,
                "its draw (it asks if below the odds)": float(here.own.standing.wills.ask[i, slot]),
            }
            odds = float(here.ledger.disputes.odds.ask[week, i, slot])
            what = f"{name(here, dispute.target)} invokes {keys[i]}"
            yield Told(here.day(int(week) * 7), dispute.id, dispute.target, what, odds, why)


def actions(here: Replay) -> Iterator[Told]:
    """What third parties do, whenever they change their minds; at first also who stays out."""
    for slot, dispute in enumerate(slots(here.scenario)):
        action, decided = here.record.action[:, :, slot], here.ledger.disputes.decided[:, slot]
        for week in np.flatnonzero(decided):
            fresh = week == 0 or not decided[week - 1]
            before = np.zeros_like(action[0]) if fresh else action[week - 1]
            binds = fresh & (here.ledger.disputes.odds.felt[week, :, :, slot] > 0).any(0)
            new = (action[week] != before) | binds & (here.record.status[week * 7, slot] == 1)
            for k in np.flatnonzero(new & here.own.dispute.party[:, slot]):
                yield _act(here, slot, dispute, int(week), int(k))


def _act(here: Replay, slot: int, dispute: Dispute, week: int, k: int) -> Told:
    """One third party's decision."""
    action, code = Action(here.record.action[week, k, slot]), here.codes[k]
    odds = here.ledger.disputes.odds.play[week, :, k, slot]
    urge = np.log(here.own.standing.wills.urge[:, k, slot])
    why: dict = {"forces": forces(here, slot, week)}
    side = Side.TARGET if action <= Action.MEDIATE else action.side
    why["duties"] = duties(here, dispute, code, side)
    if action > Action.MEDIATE:
        why["logits against staying out"] = logits(here, slot, week, k, action)
    why["unexplained"] = {_SHORT[a]: float(urge[a]) for a in {Action.ABSTAIN, action}}
    if present := float(here.ledger.disputes.present[week, k, slot]):
        why["strength it has at the place"] = present
    return Told(
        here.day(week * 7), dispute.id, code, _does(here, dispute, code, action),
        float(odds[action]), why,
    )  # fmt: skip


_SHORT = {
    action: action.name.lower().replace("_", " ").replace("abstain", "stay out")
    for action in Action
}
DOES = {
    Grade.COMBAT: "joins the war on {side}'s side",
    Grade.DENIABLE: "fights for {side} without owning up to it",
    Grade.DEPLOYMENT: "sends troops to stand by {side}",
    Grade.AID: "sends {side} arms and advisers",
    Grade.STATEMENT: "speaks up for {side}",
}


def _does(here: Replay, dispute: Dispute, code: str, action: Action) -> str:
    """A decision in words."""
    who = name(here, code)
    if action <= Action.MEDIATE:
        return f"{who} {'mediates' if action == Action.MEDIATE else 'stays out'}"
    principal = name(here, getattr(dispute, action.side.name.lower()))
    return f"{who} {DOES[action.grade].format(side=principal)}"


_MEMBERSHIP = {
    Membership.FULL: "{who} is content with {treaty} again",
    Membership.HEDGES: "{who} hedges: it stays in {treaty} and looks for others",
    Membership.SUSPENDED: "{who} suspends its part in {treaty}",
    Membership.LEAVING: "{who} gives notice of leaving {treaty}",
    Membership.PARTING: "{who}, its part suspended, gives notice of leaving {treaty}",
    Membership.LEFT: "{who}'s notice runs out: it has left {treaty}",
}


def members(here: Replay) -> Iterator[Told]:
    """Changes of membership."""
    keys = frame(here.scenario).treaties
    now = here.record.membership[:, : len(keys), : len(here.codes)]
    for week, i, k in np.argwhere(now[1:] != now[:-1]) + np.array([1, 0, 0]):
        was, is_ = Membership(now[week - 1, i, k]), Membership(now[week, i, k])
        what = _MEMBERSHIP[is_]
        if is_ == Membership.FULL and was in (Membership.OUTSIDE, Membership.LEFT):
            what = "{who} comes into {treaty}"
        odds, why = _wish(here, int(week), int(i), int(k), is_, was)
        said = what.format(who=name(here, here.codes[k]), treaty=keys[i])
        yield Told(here.day(int(week) * 7 + 6), "", here.codes[k], said, odds, why)


def _wish(
    here: Replay, week: int, i: int, k: int, now: Membership, was: Membership
) -> tuple[float | None, dict]:
    """Odds of a change of membership, and its draw."""
    wish = here.ledger.wishes
    named = {
        Membership.HEDGES: wish.hedge,
        Membership.SUSPENDED: wish.suspend,
        Membership.LEAVING: wish.leave,
        Membership.PARTING: wish.leave,
    }
    why = {
        "unexplained wish, standard deviations": float(here.ledger.will[week, i, k]),
        "dependence on the strongest member": float(here.world.dependence[i, k, 0]),
    }
    if now == Membership.LEFT:
        return None, {"notice": f"{here.world.notice[i]:.0f} weeks"}
    if was in (Membership.OUTSIDE, Membership.LEFT):
        return float(wish.join[week, i, k]), why
    return (float(named[now][week, i, k]) if now in named else None), why
