"""What the engine gets from a scenario: slots, streams, duties and ties."""

import numpy as np
import pytest

from foedus.core.kinds import Arms, Reading, Side
from foedus.core.world import DISPUTE_DRAWN, DRAWN, Dispute
from foedus.scenario.arrays import frame, to_arrays
from foedus.scenario.layout import dispute_labels, labels, members_on, treaty_labels
from foedus.scenario.load import parse
from foedus.scenario.slots import great_circle
from tests.scenario.same import same
from tests.scenario.texts import WIDE, raw, write

DRAWS = np.arange(5)
CASE = parse(WIDE.encode())
WORLD = to_arrays(CASE, 1, DRAWS)
COAST, INLAND, NORTH = range(3)
STATES, TREATIES = labels(CASE).index, treaty_labels(CASE).index


def changed(change) -> "World":
    """The world of the invented scenario with a change."""
    data = raw()
    change(data)
    return to_arrays(write(data), 1, DRAWS)


# ---------------------------------------------------------------- places in the arrays


def test_everything_is_sorted_and_padded():
    assert labels(CASE) == ("BRA", "CHL", "COL", "ECU", "PER", "XNK", "XRB")
    assert treaty_labels(CASE) == ("PACT", "RIVAL", "SOON")
    assert dispute_labels(CASE) == frame(CASE).disputes == ("coast", "inland", "north")
    assert WORLD.dispute.party.shape == (8, 4)
    assert WORLD.dispute.open_.tolist() == [True, True, True, False]
    assert WORLD.member.shape == (8, 8)
    assert len(set(WORLD.state_entity.tolist())) == 8
    assert len(set(WORLD.dispute.entity.tolist())) == 4


def test_shapes_are_those_of_the_contract():
    sizes = {"state": 8, "treaty": 8, "obligation": 5, "observer": 8, "ally": 8}
    sizes |= {"side": 2, "signal": 4, "dispute": 4, "draw": 5, "2": 2, "edge": 32, "class": 3}
    sizes |= {"month": 34}
    for kind, values in ((type(WORLD), WORLD), (Dispute, WORLD.dispute)):
        for name, hint in kind.__annotations__.items():
            if name != "dispute":
                wanted = tuple(sizes[axis] for axis in hint.dim_str.split())
                assert getattr(values, name).shape == wanted, name


def test_every_membership_that_is_or_may_be_is_reconsidered():
    pairs = np.zeros_like(WORLD.member)
    pairs[*WORLD.edge] = True
    np.testing.assert_array_equal(pairs, WORLD.member | WORLD.candidate)


def test_nothing_happens_in_padding():
    slot = Dispute(*(part[..., 3] for part in WORLD.dispute))
    for name in DISPUTE_DRAWN:
        slot = slot._replace(**{name: getattr(WORLD.dispute, name)[..., 3, :]})
    ones = ("local", "personnel")
    assert all((getattr(slot, name) == 1).all() for name in ones)
    rest = (name for name in Dispute._fields if name not in (*ones, "entity"))
    assert not any(np.asarray(getattr(slot, name)).any() for name in rest)


def test_principals_are_no_party_and_entities_may_challenge():
    dispute = WORLD.dispute
    assert dispute.challenger[:3].tolist() == [STATES("ECU"), STATES("XRB"), STATES("PER")]
    assert dispute.target[:3].tolist() == [STATES("PER"), STATES("COL"), STATES("ECU")]
    third = [[labels(CASE)[i] for i in np.flatnonzero(dispute.party[:, d])] for d in range(3)]
    assert third == [["BRA", "CHL", "COL"], ["BRA", "CHL", "ECU", "PER"], ["BRA", "CHL", "COL"]]
    assert dispute.ignites.tolist() == [False, False, True, False]
    assert dispute.seat[STATES("BRA")].tolist() == [0, 0, 1, 0]


# ---------------------------------------------------------------- numbers


def test_draws_do_not_depend_on_who_else_is_drawn():
    whole, part = (to_arrays(CASE, 7, draws) for draws in (np.arange(10), np.array([3, 8])))
    for name in DRAWN:
        np.testing.assert_array_equal(getattr(whole, name)[..., [3, 8]], getattr(part, name))
    for name in DISPUTE_DRAWN:
        one, other = getattr(whole.dispute, name), getattr(part.dispute, name)
        np.testing.assert_array_equal(one[..., [3, 8]], other)


def test_seeds_differ_and_repeat():
    one, other = (to_arrays(CASE, seed, DRAWS) for seed in (1, 2**40 + 1))
    assert same(one, WORLD)
    assert not np.array_equal(one.dispute.domestic, other.dispute.domestic)


def test_a_dispute_more_moves_no_other():
    data = raw()
    data["disputes"] = [d for d in data["disputes"] if d["id"] != "coast"]
    fewer = to_arrays(write(data), 1, DRAWS).dispute
    for name in Dispute._fields:
        axis = -2 if name in DISPUTE_DRAWN else -1
        kept = np.take(getattr(WORLD.dispute, name), [INLAND, NORTH], axis)
        np.testing.assert_array_equal(kept, getattr(fewer, name), name)


def test_a_new_name_of_a_dispute_draws_anew():
    north, renamed = (
        changed(lambda d, key=key: d["disputes"][0].update(id=key) or _follow(d, key)).dispute.pace
        for key in ("north", "nord")
    )
    assert not np.array_equal(north[2], renamed[2])


def _follow(data: dict, key: str) -> None:
    """Events and entities of the north go with its new name."""
    data["events"], data["entities"]["XNK"]["fights_in"] = [], key


def test_editing_one_number_moves_no_other():
    after = changed(lambda d: d["states"]["CHL"].update(domestic=[0.1, 0.2]))
    domestic = np.array(after.dispute.domestic)
    assert (domestic[:, STATES("CHL"), :3] > 0).all()
    domestic[:, STATES("CHL")] = 0
    assert same(WORLD, after._replace(dispute=after.dispute._replace(domestic=domestic)))


def test_pressures_add_up_as_costs_do_and_end_when_they_are_expected_to():
    one, other = (
        changed(lambda d, i=i: d.update(pressures=d["pressures"][i:][:1])) for i in (0, 1)
    )
    np.testing.assert_allclose(1 - WORLD.burden, (1 - one.burden) * (1 - other.burden))
    brazil, chile = STATES("BRA"), STATES("CHL")
    assert (one.burden[0, brazil] > 0).all()
    assert (np.diff(one.burden[:, brazil], axis=0) <= 0).all()
    assert not one.burden[13:, brazil].all()
    lasting = other.burden[:, [brazil, chile]]
    assert (lasting > 0).all()
    assert (lasting == lasting[0]).all()
    assert (lasting[0, 0] != lasting[0, 1]).all()
    np.testing.assert_array_equal(WORLD.engaged, other.engaged)
    assert not one.engaged.any()
    assert not np.delete(WORLD.burden, [brazil, chile], 1).any()


def test_the_order_of_pressures_and_deliveries_does_not_matter():
    assert same(WORLD, changed(lambda d: d["pressures"].reverse() or d["deliveries"].reverse()))


def test_shares_of_arms_are_those_of_the_last_five_years():
    arms = WORLD.dispute.arms[Side.CHALLENGER, :, NORTH]
    np.testing.assert_allclose(arms[STATES("BRA")], 0.6)
    np.testing.assert_allclose(arms[STATES("CHL")], 0.1)  # half of its ten years are too old
    assert not np.delete(arms, [STATES("BRA"), STATES("CHL")], 0).any()
    assert not WORLD.dispute.arms[:, STATES("CHL"), INLAND].any()
    others = WORLD.supplies[STATES("CHL")]
    np.testing.assert_allclose(others, 0.1 / 3)  # of the three states that quarrel


def test_a_customer_is_worth_its_share_of_what_its_supplier_sells_and_is_paid_for():
    exports = WORLD.dispute.exports[Side.CHALLENGER, :, NORTH]
    brazil = exports[STATES("BRA")] / (60 / 360)
    assert ((brazil > 0) & (brazil < 1)).all()
    assert len(set(brazil)) == len(DRAWS)
    assert not np.delete(exports, STATES("BRA"), 0).any()  # what Chile sells elsewhere is not known
    sold = changed(lambda d: d["deliveries"][0].pop("paid")).dispute.exports
    np.testing.assert_allclose(sold[Side.CHALLENGER, STATES("BRA"), NORTH], 60 / 360)


def test_imports_of_two_sides_are_compared_where_both_are_listed():
    assert not WORLD.dispute.imports.any()

    def both(data):
        data["ties"] = [t for t in data["ties"] if (t["to"], t["kind"]) != ("ECU", "arms")]
        old = {"to": "ECU", "years": [2001, 2005], "volume": 11, "src": "BOOK"}
        data["deliveries"].append(old)

    imports = changed(both).dispute.imports
    north, coast = imports[:, NORTH, 0], imports[:, COAST, 0]
    np.testing.assert_allclose(north, np.array([-1, 1]) * np.log(110 / 11) / 2)
    np.testing.assert_allclose(coast, -north)
    assert not imports[:, INLAND].any()


def test_a_rising_is_told_by_its_form():
    assert WORLD.dispute.unrest.tolist() == [False, True, False, False]


def test_a_dispute_overrides_what_fighting_costs_at_home():
    brazil = WORLD.dispute.domestic[:, STATES("BRA")]
    np.testing.assert_array_equal(brazil[Side.TARGET, INLAND], brazil[Side.CHALLENGER, INLAND])
    np.testing.assert_array_equal(brazil[Side.CHALLENGER, NORTH], brazil[0, INLAND])
    assert (brazil[Side.TARGET, NORTH] > 0.5).all()


def test_strength_of_a_side_is_its_own_and_that_of_its_entities():
    dispute, power = WORLD.dispute, WORLD.capability
    np.testing.assert_array_equal(
        dispute.local[Side.TARGET, NORTH], power[STATES("ECU")] + power[STATES("XNK")]
    )
    np.testing.assert_array_equal(dispute.local[Side.CHALLENGER, INLAND], power[STATES("XRB")])
    assert (dispute.local[Side.TARGET, COAST] > 0.005).all()  # as stated
    assert (dispute.in_place[STATES("BRA"), NORTH] > 0).all()
    assert (dispute.in_place[:, [COAST, INLAND]] == 0).all()
    assert (dispute.route[STATES("BRA"), NORTH] < 1).all()
    assert (dispute.route[STATES("BRA"), NORTH] > 0).all()
    assert (dispute.route[:, [COAST, INLAND]] == 1).all()
    assert (np.delete(dispute.route[:, NORTH], STATES("BRA"), axis=0) == 1).all()
    assert (dispute.grievance[NORTH] > -1).all()
    assert dispute.grievance[NORTH].std() > 0
    assert (dispute.grievance[[COAST, INLAND]] == 0).all()


def test_arms_of_a_class_come_from_those_named_for_it_and_else_as_imports_do():
    """Naming who supplies one class of one side moves nothing else."""
    dispute = WORLD.dispute
    for arms in Arms:
        np.testing.assert_array_equal(dispute.supply[arms], dispute.arms)
    named = {"target": {"strike": {"CHL": [0.1, 0.4]}, "unsourced": True}}
    after = changed(lambda d: d["disputes"][0].update(suppliers=named))
    supply = np.array(after.dispute.supply)
    own = supply[Arms.STRIKE, Side.TARGET, :, NORTH]
    assert (own[STATES("CHL")] > 0).all()
    assert own[STATES("CHL")].std() > 0
    assert (np.delete(own, STATES("CHL"), axis=0) == 0).all()
    assert dispute.arms[Side.TARGET, STATES("BRA"), NORTH].min() > 0
    supply[Arms.STRIKE, Side.TARGET, :, NORTH] = dispute.arms[Side.TARGET, :, NORTH]
    assert same(WORLD, after._replace(dispute=after.dispute._replace(supply=supply)))


def test_terms_and_quality_of_deliveries_are_those_of_the_window():
    """Brazil lends in part; arms worth half are half a supply and half an import."""
    sold = WORLD.dispute.sold[Side.CHALLENGER, :, NORTH]
    brazil = sold[STATES("BRA")]
    assert ((brazil > 0) & (brazil < 1)).all()
    assert brazil.std() > 0
    assert (np.delete(sold, STATES("BRA"), 0) == 1).all()  # of others nothing else is said

    def older(data):
        data["deliveries"][0]["quality"] = {"value": 0.5, "unsourced": True}

    before, after = WORLD.dispute, changed(older).dispute
    own = Side.CHALLENGER, STATES("BRA"), NORTH
    np.testing.assert_allclose(after.supply[:, *own], before.supply[:, *own] / 2)
    np.testing.assert_array_equal(after.sold, before.sold)
    np.testing.assert_array_equal(after.arms, before.arms)
    np.testing.assert_array_equal(after.exports, before.exports)
    others = np.array(after.supply)
    others[:, :, STATES("BRA")] = before.supply[:, :, STATES("BRA")]
    np.testing.assert_array_equal(others, before.supply)

    def both(data, quality):
        data["ties"] = [t for t in data["ties"] if (t["to"], t["kind"]) != ("ECU", "arms")]
        data["deliveries"].append({"to": "ECU", "years": [2001, 2005], "volume": 10, "src": "BOOK",
                                   "quality": {"value": quality, "unsourced": True}})  # fmt: skip

    new, old = (changed(lambda d, q=q: both(d, q)).dispute.imports for q in (1.0, 0.5))
    apart = (new - old)[:, NORTH, 0]
    np.testing.assert_allclose(apart, np.log(2) / 2 * np.array([1, -1]))


def test_entities_fight_in_their_own_dispute_only():
    alone = changed(lambda d: d["entities"].pop("XNK")).dispute
    assert (alone.personnel[Side.TARGET, NORTH] < WORLD.dispute.personnel[0, NORTH]).all()
    for slot in (COAST, INLAND):
        np.testing.assert_array_equal(alone.local[:, slot], WORLD.dispute.local[:, slot])


def test_distances_run_from_the_capital_and_not_for_neighbours():
    distance = WORLD.dispute.distance[..., 0]
    assert distance[STATES("COL"), NORTH] == distance[STATES("CHL"), NORTH] == 0  # borders a side
    assert distance[STATES("BRA"), NORTH] == pytest.approx(
        great_circle((-15.78, -47.93), (-3.5, -78.4))
    )
    assert distance[STATES("CHL"), INLAND] == pytest.approx(4.18, abs=0.02)
    assert (distance[[STATES("XNK"), STATES("XRB"), STATES("COL")], INLAND] == 0).all()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (0, 180), np.pi * 6.371),
        ((90, 0), (-90, 50), np.pi * 6.371),
        ((0, 179), (0, -179), 2 * np.pi * 6.371 / 180),
    ],
)
def test_great_circle(one, other, expected):
    assert great_circle(one, other) == pytest.approx(expected)
    assert great_circle(one, other) == great_circle(other, one)


# ---------------------------------------------------------------- treaties


def test_members_candidates_and_leaders():
    names = np.array([*labels(CASE), "-"])
    inside = {key: names[WORLD.member[TREATIES(key)]].tolist() for key in treaty_labels(CASE)}
    might = {key: names[WORLD.candidate[TREATIES(key)]].tolist() for key in treaty_labels(CASE)}
    assert inside == {"PACT": ["BRA", "COL", "ECU"], "RIVAL": ["CHL", "PER"], "SOON": []}
    assert might == {"PACT": ["CHL"], "RIVAL": [], "SOON": ["BRA", "PER"]}
    assert [names[i] for i in WORLD.leader[:3]] == ["BRA", "PER", "BRA"]
    assert WORLD.notice.tolist() == [52, 26, 26, 0, 0, 0, 0, 0]


def test_members_on_a_day_and_those_who_are_no_states_here():
    pact = CASE.treaties["PACT"]
    assert members_on(CASE, pact, on=pact.signed) == set()  # not yet in force
    assert "URY" in members_on(CASE, pact, on=pact.in_force, everybody=True)
    assert "URY" not in members_on(CASE, pact, on=pact.in_force)
    assert "URY" not in members_on(CASE, pact, everybody=True)


def test_scope_follows_recognition_readings_and_objects():
    covered, triggered = WORLD.dispute.covered, WORLD.dispute.triggered
    pact, rival, soon = (TREATIES(key) for key in ("PACT", "RIVAL", "SOON"))
    assert covered[Side.TARGET, pact, NORTH] == Reading.DISPUTED  # its parties read it differently
    assert triggered[Side.TARGET, pact, NORTH] == Reading.DISPUTED  # who began it
    assert covered[Side.TARGET, pact, INLAND] == Reading.YES  # the member's own land
    assert triggered[Side.TARGET, pact, INLAND] == Reading.NO  # it does not count unrest
    assert covered[Side.TARGET, pact, COAST] == Reading.NO  # Peru is no member
    assert covered[Side.CHALLENGER, rival, NORTH] == Reading.YES  # a promise of offence
    assert triggered[Side.CHALLENGER, rival, NORTH] == Reading.YES
    assert min(covered[Side.TARGET, rival, COAST], triggered[Side.TARGET, rival, COAST]) == 0
    assert covered[Side.TARGET, soon, COAST] == Reading.NO  # forces abroad are not protected
    assert covered[Side.CHALLENGER, soon, NORTH] == Reading.YES  # candidates are read as members


def test_states_read_clauses_as_they_say():
    reads = {code: Reading(WORLD.reads[STATES(code)]).name for code in ("ECU", "BRA", "PER", "COL")}
    assert reads == {"ECU": "YES", "BRA": "NO", "PER": "NO", "COL": "DISPUTED"}
    mixed = changed(
        lambda d: d["disputes"][0]["began_as"]["by_reading"].update(challenger={"ECU": "no"})
    )
    assert mixed.reads[STATES("ECU")] == Reading.DISPUTED


def test_ties_reach_the_side_they_are_with():
    dispute = WORLD.dispute
    assert (dispute.arms[Side.TARGET, STATES("BRA"), NORTH] > 0).all()
    assert (dispute.arms[Side.CHALLENGER, STATES("BRA"), COAST] > 0).all()
    assert (dispute.arms[:, STATES("BRA"), INLAND] == 0).all()
    assert dispute.contiguous[:, STATES("COL")].tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert (dispute.affinity[:, STATES("COL"), :3] == 0.5).all()


def fought(kind, one, other, number):
    """A tie of past disputes, with a source."""
    value = {"value": number, "src": "LIST"}
    return {"from": one, "to": other, "kind": kind, "value": value, "on": "2019-01-01"}


def past(data):
    """Brazil stood with Ecuador twice and against Peru three times, Peru with Chile once."""
    data["sources"] |= {"LIST": {"cite": "An invented list of disputes"}}
    data["ties"] += [
        fought("alongside", "BRA", "ECU", 2),
        fought("against", "PER", "BRA", 3),
        fought("alongside", "CHL", "PER", 1),
    ]


def test_past_disputes_reach_the_side_they_are_with_from_either_end():
    after = changed(past)
    dispute = after.dispute
    brazil, chile = STATES("BRA"), STATES("CHL")
    alongside, against = dispute.alongside, dispute.against
    assert alongside[:, brazil, :3].tolist() == [[0, 0, 2], [2, 0, 0]]  # of coast, inland, north
    assert against[:, brazil, :3].tolist() == [[3, 0, 0], [0, 0, 3]]
    assert alongside[:, chile, :3].tolist() == [[1, 0, 0], [0, 0, 1]]
    assert (alongside.sum(), against.sum()) == (6, 6)
    before = WORLD.dispute
    assert not before.alongside.any()
    assert not before.against.any()
    without = dispute._replace(alongside=before.alongside, against=before.against)
    assert same(WORLD, after._replace(dispute=without))


def test_past_disputes_are_the_same_in_every_draw_and_without_a_number_one():
    def once(data):
        data["ties"].append({"from": "BRA", "to": "ECU", "kind": "against"})

    against = changed(once).dispute.against
    assert against.shape == WORLD.dispute.rivalry.shape
    assert against[Side.TARGET, STATES("BRA"), NORTH] == 1


def test_the_year_is_that_of_the_start():
    assert WORLD.year == 2019
    later = changed(lambda data: data.update(id="later", end="2022-12-31"))
    assert later.year == 2019


def test_dependence_and_closeness_are_with_the_leader():
    pact, rival = TREATIES("PACT"), TREATIES("RIVAL")
    assert (WORLD.dependence[pact, STATES("ECU")] > 0).all()
    assert (WORLD.dependence[pact, STATES("CHL")] > 0).all()  # a candidate
    assert (WORLD.dependence[rival] == 0).all()
    ecuador = WORLD.closeness[pact, STATES("ECU")]
    assert ((ecuador > 0.35) & (ecuador < 0.65)).all()  # mean of what both directions say
    assert (WORLD.closeness[pact, STATES("BRA")] == 1).all()
    assert (WORLD.closeness[rival, [STATES("CHL"), STATES("COL")]] == 0.5).all()
    assert (WORLD.closeness[3] == 0).all()  # padding


def test_known_events_may_steer():
    tie = {"from": "CHL", "to": "ECU", "kind": "base"}
    event = {"date": "2019-05-01", "kind": "incident", "what": "A base.", "effect": {"ties": [tie]}}
    dispute = changed(lambda d: d["events"].append(event)).dispute
    assert (dispute.base[Side.TARGET, STATES("CHL"), NORTH] == 1).all()
    np.testing.assert_array_equal(dispute.distance, WORLD.dispute.distance)  # no army next door
