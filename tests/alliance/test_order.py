"""Who leads the region: parts that add up, and what they come from."""

import jax.numpy as jnp
import numpy as np
import pytest

from foedus.alliance.order import Parts, first, following, index, parts, review
from foedus.alliance.realignment import everywhere, wishes
from foedus.alliance.revise import start
from foedus.core.kinds import Membership
from foedus.core.params import fix, load, take
from foedus.core.streams import Streams
from foedus.simulate.ensemble import cast
from tests.worlds import STATES, world

DRAWS = np.arange(64)
ALY, NBR, PAT, TAR = (STATES.index(code) for code in ("ALY", "NBR", "PAT", "TAR"))
NO_TROOPS = np.zeros((len(STATES), len(DRAWS)))
BOTH = [load(name).params for name in ("prior-2020", "posterior-2020")]


def setting(source=BOTH[0], **changes):
    """Parameters, the small world and its alliances on day 0."""
    params, place = cast((take(source, DRAWS), world(len(DRAWS), **changes)), np.float64)
    streams = Streams(np.array([1, 0], np.uint32), DRAWS.astype(np.uint32))
    return params, place, start(streams, params, place, np.float32)


def of(params, place, alliances, troops=NO_TROOPS):
    return parts(params, place, alliances, jnp.asarray(troops))


@pytest.mark.parametrize("source", BOTH, ids=["prior", "posterior"])
def test_parts_add_up_to_the_index_and_no_share_is_out_of_bounds(source):
    rng = np.random.default_rng(3)
    params, place, alliances = setting(source, brokered=np.array([2.0, 0, 0, 1, 0, 0]))
    lessons = jnp.asarray(rng.normal(size=alliances.lessons.shape), jnp.float32)
    membership = jnp.asarray(rng.integers(0, 7, alliances.membership.shape), jnp.int32)
    random = alliances._replace(lessons=lessons, membership=membership)
    found = of(params, place, random, rng.random(NO_TROOPS.shape))
    whole = np.asarray(index(found))
    np.testing.assert_allclose(whole, np.sum([np.asarray(p) for p in found], 0), rtol=1e-6)
    for part in found:
        assert (np.asarray(part) >= 0).all()
        assert (np.asarray(part) <= 1 / len(Parts._fields) + 1e-6).all()
    assert np.asarray(found.brokers)[:, 0].tolist() == pytest.approx([2 / 15, 0, 0, 1 / 15, 0, 0])


def test_who_brokers_arms_bases_and_leads_nobody_has_no_influence():
    none = np.zeros((len(STATES), len(DRAWS)))
    params, place, alliances = setting(
        supplies=none, bases=none, member=np.zeros((2, len(STATES)), bool)
    )
    assert (np.asarray(index(of(params, place, alliances))) == 0).all()


def test_a_league_counts_for_its_leader_alone_and_without_those_who_left_or_suspended():
    """TAR and SEA of the region are in the league that ALY leads; CHA in that of PAT."""
    params, place, alliances = setting()
    full = np.asarray(following(params, place, alliances.membership))
    assert full[ALY] == pytest.approx(2 / 4)
    assert full[PAT] == pytest.approx(1 / 4)
    assert (np.delete(full, [ALY, PAT], axis=0) == 0).all()
    for gone in (Membership.SUSPENDED, Membership.LEFT):
        after = alliances.membership.at[0, TAR].set(gone)
        assert np.asarray(following(params, place, after))[ALY] == pytest.approx(1 / 4)
    for bound in (Membership.HEDGES, Membership.LEAVING):
        after = alliances.membership.at[0, TAR].set(bound)
        assert (np.asarray(following(params, place, after)) == full).all()


def test_a_promise_to_consult_alone_weighs_as_little_as_it_does_elsewhere():
    params, place, alliances = setting()
    talk = np.array(place.promise) * 0
    talk[:, 4] = 1
    full = np.asarray(following(params, place, alliances.membership))
    less = np.asarray(following(params, place._replace(promise=talk), alliances.membership))
    np.testing.assert_allclose(less, full * np.asarray(params.joining.consultation), rtol=1e-5)


def test_conduct_that_costs_trust_costs_influence():
    params, place, alliances = setting()
    bad = alliances.lessons.at[0, :, ALY].add(-1.0)  # less likely, were it steadfast
    before, after = (
        np.asarray(of(params, place, a).trust) for a in (alliances, alliances._replace(lessons=bad))
    )
    assert (after[ALY] < before[ALY]).all()
    assert (np.delete(after, ALY, axis=0) == np.delete(before, ALY, axis=0)).all()


def test_signals_of_before_the_start_count_as_trust_does():
    params, place, alliances = setting()
    said = alliances._replace(heard=alliances.heard.at[ALY].add(1.0))
    before, after = (np.asarray(of(params, place, a).trust) for a in (alliances, said))
    assert (after[ALY] > before[ALY]).all()
    assert (np.delete(after, ALY, axis=0) == np.delete(before, ALY, axis=0)).all()


def test_gains_are_counted_from_day_0():
    params, place, alliances = setting()
    begun = first(params, place, alliances, jnp.asarray(NO_TROOPS))
    assert (np.asarray(begun.risen) == 0).all()
    troops = NO_TROOPS.copy()
    troops[PAT] = 0.5
    once = review(params, place, begun, jnp.asarray(troops))
    twice = review(params, place, once, jnp.asarray(troops))
    for after in (once, twice):
        gained = np.asarray(after.influence) - np.asarray(begun.influence)
        np.testing.assert_allclose(np.asarray(after.risen), gained, atol=1e-6)
    assert np.asarray(twice.risen)[PAT] == pytest.approx(0.1, abs=1e-6)
    home = review(params, place, twice, jnp.asarray(NO_TROOPS))
    np.testing.assert_allclose(np.asarray(home.risen), 0, atol=1e-6)


def test_a_league_whose_leader_rises_keeps_members_and_draws_others():
    """And the other way where influence repels; without any weight no bit changes."""
    for weight, moved in ((2.0, 1), (-2.0, -1), (0.0, 0)):
        params, place, alliances = setting(fix(BOTH[0], {"alliance.influence": weight}))
        risen = alliances.risen.at[ALY].set(0.2)
        flat, up = (
            wishes(params, place, a, *everywhere(place))
            for a in (alliances, alliances._replace(risen=risen))
        )
        for name, way in (("leave", -1), ("suspend", -1), ("hedge", -1), ("join", 1)):
            change = np.asarray(getattr(up, name)) - np.asarray(getattr(flat, name))
            assert (np.sign(change[0]) == moved * way).all()  # the league, led by ALY
            assert (change[1] == 0).all()  # the pact, led by PAT
