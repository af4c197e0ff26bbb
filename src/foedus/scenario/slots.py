"""Which arrays does the engine get of each dispute?

A slot is filled from one dispute alone, on streams keyed by its id, and the slots are then
stacked in the order of ids; padding is a slot in which nothing ever happens.
"""

import itertools
import math
from typing import Any

import numpy as np

from foedus.core import streams
from foedus.core.kinds import Arms, Side
from foedus.core.world import DISPUTE_DRAWN
from foedus.core.world import Dispute as Slots
from foedus.scenario.deliveries import arms_arrays, terms
from foedus.scenario.draws import Draws
from foedus.scenario.duties import casus_arrays
from foedus.scenario.entry import Place
from foedus.scenario.layout import DISPUTE_BUCKETS, bucket, labels, near, slots
from foedus.scenario.numbers import power, reader
from foedus.scenario.quantity import Support
from foedus.scenario.schema import Dispute, Scenario
from foedus.scenario.signals import pledged
from foedus.scenario.ties import side_arrays

EARTH = 6.371
"""Mean radius of the Earth, 1000 km."""


def dispute_arrays(scenario: Scenario, drawn: Draws, size: int) -> Slots:
    """The disputes as slots, for `size` states."""
    found = [_slot(scenario, dispute, drawn, size) for dispute in slots(scenario)]
    unused = range(bucket(len(found), DISPUTE_BUCKETS) - len(found))
    every = [*found, *(_padding(found[0], i) for i in unused)]
    fields = {}
    for name in Slots._fields:
        axis = -2 if name in DISPUTE_DRAWN else -1
        fields[name] = np.stack([slot[name] for slot in every], axis=axis)
    return Slots(**fields)


def _padding(slot: dict[str, Any], number: int) -> dict[str, Any]:
    """A slot of the same shapes in which nothing ever happens."""
    empty = {name: np.zeros_like(part) for name, part in slot.items()}
    key = np.array(streams.entity(f"no dispute {number}"), np.uint32)
    ones = {name: np.ones_like(slot[name]) for name in ("local", "personnel")}
    return {**empty, **ones, "entity": key}


def _slot(scenario: Scenario, dispute: Dispute, drawn: Draws, size: int) -> dict[str, Any]:
    """One dispute: the fields of `core.world.Dispute` without their axis `dispute`."""
    ties = side_arrays(scenario, dispute, drawn, size)
    return {
        **_who(scenario, dispute, size),
        **casus_arrays(scenario, dispute),
        **_third_parties(scenario, dispute, drawn, size),
        **_forces(scenario, dispute, drawn),
        **ties,
        **arms_arrays(scenario, dispute, drawn, size),
        "supply": _supply(scenario, dispute, drawn, ties["arms"])
        * terms(scenario, dispute, drawn, size, "quality"),
        "sold": terms(scenario, dispute, drawn, size, "paid"),
        "pledged": pledged(scenario, dispute, size),
    }


def _who(scenario: Scenario, dispute: Dispute, size: int) -> dict[str, Any]:
    """Who disputes with whom, and whether fighting is known to begin."""
    rows = labels(scenario)
    principals = {dispute.target, dispute.challenger}
    party, seat = np.zeros(size, bool), np.zeros(size)
    party[: len(rows)] = [code in scenario.states.keys() - principals for code in rows]
    seat[: len(rows)] = [code in dispute.format.seats for code in rows]
    return {
        "challenger": np.array(rows.index(dispute.challenger), np.int32),
        "target": np.array(rows.index(dispute.target), np.int32),
        "party": party,
        "entity": np.array(streams.entity(dispute.id), np.uint32),
        "seat": seat,
        "ignites": np.array(dispute.ignites is not None and dispute.ignites <= scenario.start),
        "open_": np.array(True),
        "unrest": np.array(dispute.form == "internal"),
    }


def _third_parties(
    scenario: Scenario, dispute: Dispute, drawn: Draws, size: int
) -> dict[str, np.ndarray]:
    """How far each state is, by what way, what stands there, and what fighting would cost."""
    shape = (size, drawn.number)
    distance, in_place, domestic = np.zeros(shape), np.zeros(shape), np.zeros((len(Side), *shape))
    route = np.ones(shape)
    place, close = scenario.territories[dispute.territory].at, near(scenario, dispute)
    for i, code in enumerate(labels(scenario)):
        state = scenario.states.get(code)
        if state is None:
            continue
        if state.capital is not None and code not in close:
            distance[i] = great_circle(state.capital, place)
        in_place[i] = _in_place(dispute, drawn, code)
        if code in dispute.route:
            path = f"disputes.{dispute.id}.route.{code}"
            route[i] = drawn.of(path, dispute.route[code], Support.SHARE)
        for side in Side:
            domestic[side, i] = _domestic(scenario, dispute, drawn, code, side)
    return {"distance": distance, "in_place": in_place, "domestic": domestic, "route": route}


def great_circle(one: Place, other: Place) -> float:
    """Distance of two places on the globe, 1000 km (haversine formula).

    Examples:
        >>> round(great_circle((55.75, 37.62), (39.83, 46.75)), 2)  # Moscow to Stepanakert
        1.89
    """
    (north, east), (far_north, far_east) = (map(math.radians, place) for place in (one, other))
    across = math.cos(north) * math.cos(far_north) * math.sin((far_east - east) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(math.sin((far_north - north) / 2) ** 2 + across))


def _in_place(dispute: Dispute, drawn: Draws, code: str) -> np.ndarray:
    """Strength of a third party that stands at the place on day 0 [draw]."""
    path = f"disputes.{dispute.id}.in_place.{code}"
    return drawn.of(path, dispute.in_place.get(code), Support.AMOUNT)


def _domestic(
    scenario: Scenario, dispute: Dispute, drawn: Draws, code: str, side: Side
) -> np.ndarray:
    """Cost at home of fighting for a side: as stated for this dispute, else the state's own."""
    name, here = side.name.lower(), dispute.domestic.get(code)
    stated = None if here is None else getattr(here, name)
    if stated is not None:
        return drawn.of(f"disputes.{dispute.id}.domestic.{code}.{name}", stated, Support.SHARE)
    return drawn.of(f"states.{code}.domestic", scenario.states[code].domestic, Support.SHARE)


def _forces(scenario: Scenario, dispute: Dispute, drawn: Draws) -> dict[str, np.ndarray]:
    """What is known of the place and of the forces there."""
    of = reader(drawn, f"disputes.{dispute.id}", dispute)
    return {
        "local": np.stack([_strength(scenario, dispute, drawn, side) for side in Side]),
        "personnel": np.stack([_personnel(scenario, dispute, drawn, side) for side in Side]),
        "small_theatre": of("small_theatre", Support.REAL),
        "limited_aim": of("limited_aim", Support.SHARE),
        "pace": of("pace", Support.REAL),
        "grievance": of("grievance", Support.REAL),
        "front": of("front", Support.SHARE),
        "spill": of("spill", Support.SHARE),
        **{name: _shares(dispute, drawn, name) for name in ("strike", "air_defence", "long_range")},
    }


def _shares(dispute: Dispute, drawn: Draws, name: str) -> np.ndarray:
    """A share of each side, 0 where none is stated."""
    of = reader(drawn, f"disputes.{dispute.id}.{name}", getattr(dispute, name))
    return np.stack([of(side.name.lower(), Support.SHARE) for side in Side])


def _supply(scenario: Scenario, dispute: Dispute, drawn: Draws, imports: np.ndarray) -> np.ndarray:
    """Share of each side's arms of each class by supplier [class, side, state, draw].

    Where a class names nobody, its shares are those of all arms imports.
    """
    rows, found = labels(scenario), np.stack([imports] * len(Arms))
    for arms, side in itertools.product(Arms, Side):
        name, who = arms.name.lower(), side.name.lower()
        named = getattr(getattr(dispute.suppliers, who), name)
        if named:
            found[arms, side] = 0
        for code, share in named.items():
            path = f"disputes.{dispute.id}.suppliers.{who}.{name}.{code}"
            found[arms, side, rows.index(code)] = drawn.of(path, share, Support.SHARE)
    return found


def _strength(scenario: Scenario, dispute: Dispute, drawn: Draws, side: Side) -> np.ndarray:
    """Strength of a side at the place: as stated or its principal's, and that of its entities."""
    name = side.name.lower()
    if dispute.strength is not None:
        path = f"disputes.{dispute.id}.strength"
        own = reader(drawn, path, dispute.strength)(name, Support.POSITIVE)
    else:
        own = power(scenario, drawn, getattr(dispute, name))
    return own + _entities(scenario, dispute, drawn, side, "strength")


def _personnel(scenario: Scenario, dispute: Dispute, drawn: Draws, side: Side) -> np.ndarray:
    """Soldiers of a side in the theatre, and those of its entities."""
    of = reader(drawn, f"disputes.{dispute.id}.personnel", dispute.personnel)
    own = of(side.name.lower(), Support.POSITIVE)
    return own + _entities(scenario, dispute, drawn, side, "personnel")


def _entities(
    scenario: Scenario, dispute: Dispute, drawn: Draws, side: Side, name: str
) -> np.ndarray:
    """Sum of a number over the entities that fight beside a side's principal."""
    whole, principal = np.zeros(drawn.number), getattr(dispute, side.name.lower())
    for code, entity in sorted(scenario.entities.items()):
        fights = (entity.fights_in, entity.fights_with) == (dispute.id, side.name.lower())
        if fights and code != principal:
            whole = whole + reader(drawn, f"entities.{code}", entity)(name, Support.AMOUNT)
    return whole
