"""What lies behind a decision of a run: clauses, forces, ties and draws."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from foedus.core.kinds import Action, Side, Status
from foedus.game import payoff
from foedus.scenario.schema import Dispute, Scenario
from foedus.study.casus import cases
from foedus.study.replayed import Replay
from foedus.war.ceasefire import (
    failure_hazard,
    firmness,
    probability,
    settlement_hazard,
    signing,
    truce_hazard,
)


def land(here: Replay, slot: int, day: int) -> dict:
    """How things stand on the day of a change: land, deaths, and what chances brought it about."""
    week = min(day // 7, len(here.record.deaths) - 1)
    deaths, front = here.record.deaths[week, :, slot], here.record.front[:, slot]
    return {
        "land": {
            "share held by the challenger": float(front[min(day + 7, len(front) - 1)]),
            "deaths of the target's side": float(deaths[Side.TARGET]),
            "deaths of the challenger's side": float(deaths[Side.CHALLENGER]),
        },
        "chances a day": chances(here, slot, day),
        "forces": forces(here, slot, week),
    }


def chances(here: Replay, slot: int, day: int) -> dict[str, float]:
    """Chances of a settlement, of a truce, that it is signed, and of its failure, on a day."""
    status, week = here.record.status[:, slot], day // 7
    ledger = here.ledger.disputes
    known = ledger.mediated, ledger.effort, ledger.leverage, ledger.signed, ledger.broker
    mediated, effort, leverage, signed, broker = (jnp.asarray(a)[week, slot] for a in known)
    kept = float(here.record.keeper[max(week - 1, 0), slot] >= 0)
    began = day - np.argmax(status[:day][::-1] != Status.TRUCE) if day else 0
    own = jax.tree.map(lambda a: jnp.asarray(a)[..., slot], here.own.params)
    hazards = {
        "settlement": settlement_hazard(own, effort, here.world.era),
        "truce": truce_hazard(own, mediated),
        "truce fails": failure_hazard(
            own, jnp.asarray(float(day - began)), firmness(own, signed, kept, broker)
        ),
    }
    chances = {name: float(probability(hazard)) for name, hazard in hazards.items()}
    return chances | {"truce is signed": float(signing(own, leverage))}


def forces(here: Replay, slot: int, week: int) -> dict[str, float]:
    """Strength of the two sides and what the players expect of it."""
    ledger = here.ledger.disputes
    if not ledger.decided[week, slot]:
        return {}
    force = ledger.strength[week, :, slot] * ledger.left[week, :, slot]
    return {
        "challenger's strength over the target's": float(force[1] / force[0]),
        "challenger's chance of reaching its aim": float(ledger.odds.win[week, slot]),
    }


def of_draw(here: Replay, path: str) -> float:
    """A parameter in the run's draw."""
    group, name = path.split(".")
    return float(getattr(getattr(here.own.params, group), name)[..., 0])


def clause(scenario: Scenario, dispute: Dispute, key: str) -> str:
    """What the casus test says of a treaty in a dispute."""
    found = {case.treaty: str(case) for case in cases(scenario, dispute, Side.TARGET)}
    return found.get(key, f"{key}: does not bind the target")


def duties(here: Replay, dispute: Dispute, code: str, side: Side) -> str:
    """The treaties that bind a state to a side, and what the casus test says of them."""
    bound = [str(c) for c in cases(here.scenario, dispute, side) if code in c.owing]
    return "; ".join(bound) or "none"


def logits(here: Replay, slot: int, week: int, k: int, action: Action) -> dict[str, float]:
    """Terms that speak for a decision against staying out; they add up to its log-odds."""
    side, rung = action.side, payoff.ladder(here.own.params)[action.grade]
    exposure, duty = (_entry(x, slot) for x in (rung.exposure, rung.duty))
    found = {"intercept": _entry(rung.intercept, slot)}
    for (which, kind, label), term in here.terms.items():
        if which == side:
            share = exposure if kind == "fight" else 1 - exposure
            found[label] = found.get(label, 0.0) + share * float(term[k, slot])
    found["effect shared by that side"] = exposure * float(here.own.standing.wills.side[side, slot])
    found["duty"] = (
        duty
        * _weight(here, slot, week, k)
        * float(here.ledger.disputes.odds.felt[week, side, k, slot])
    )
    found["pressures at home"] = _burden(here, slot, week, k, action)
    found["civilian dead of strikes"] = _dead(here, slot, week, action)
    odds = here.ledger.disputes.odds.play[week, :, k, slot]
    if odds[action] > 0 and odds[Action.ABSTAIN] > 0:
        total = float(np.log(odds[action] / odds[Action.ABSTAIN]))
        found["prospects, company, promises to the other side"] = total - sum(found.values())
    return {name: x for name, x in found.items() if abs(x) >= 0.005}


def _dead(here: Replay, slot: int, week: int, action: Action) -> float:
    """What the civilian dead of strikes on a side's own land add to a decision."""
    if week == 0 or here.record.status[7 * week - 1, slot] not in (Status.FIGHTING, Status.TRUCE):
        return 0.0
    struck = here.record.across, here.record.civilians
    across, civilians = (a[week - 1, :, slot, None] for a in struck)
    against = payoff.horror(jnp.asarray(across), jnp.asarray(civilians))
    none = tuple(jnp.zeros((1, 1)) for _ in Action)
    own = jax.tree.map(lambda a: a[..., slot : slot + 1], here.own.params)
    return float(payoff.outraged(own, none, against)[action][0, 0])


def _burden(here: Replay, slot: int, week: int, k: int, action: Action) -> float:
    """What pressures at home of that week add to a decision."""
    none = tuple(jnp.zeros((len(here.world.major), 1)) for _ in Action)
    own, dispute = (
        jax.tree.map(lambda a: a[..., slot : slot + 1], part)
        for part in (here.own.params, here.own.dispute)
    )
    burden = jnp.asarray(here.ledger.disputes.burden)[week, :, slot, None]
    return float(payoff.burdened(own, dispute, none, burden)[action][k, 0])


def _weight(here: Replay, slot: int, week: int, k: int) -> float:
    """Utility of a duty in full to a state, as it is."""
    own, trust = here.own, jnp.asarray(here.ledger.disputes.odds.trust[week])
    own_way = own.standing.wills.steadfast
    year = jnp.asarray(here.world.year)
    (weight,) = payoff.duty_weights(own.params, year, own.standing.watched, trust, own_way)
    return float(weight[k, slot])


def _entry(x: Any, slot: int) -> float:
    """A number of the ladder, in one column."""
    return float(x if np.ndim(x) == 0 else x[slot])
