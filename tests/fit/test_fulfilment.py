"""Who keeps its word, who is trusted, and when a pact is invoked at all."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from foedus.core.kinds import Era
from foedus.fit import fulfilment, fulfilment_coverage
from foedus.fit.diagnose import contraction
from foedus.fit.fulfilment import crowds, replicate
from foedus.fit.fulfilment_coverage import TERMS, Coverage, coverage, features, invocation
from foedus.fit.fulfilment_rates import _shares, held_out, helped, invoked, marginal
from foedus.record.fulfilment import HONORED, OUTSIDE, ROLES, VIOLATED, bystanders, codings
from foedus.record.treaties import CONDITIONS, KINDS


def table(rows):
    """Codings as `record.fulfilment.codings` has them; what is not said is 0."""
    base = dict.fromkeys([*KINDS, *CONDITIONS, *ROLES, "multilateral"], 0)
    base |= {"scheme": "llm", "year": 1900, "last": 1901, "era": 0, "held_back": False}
    base |= {"early": True, "outcome": HONORED, "defense": 1, "name": ""}
    return pd.DataFrame([base | row for row in rows])


# ------------------------------------------------------------------ what the models see


def test_a_promise_coded_by_several_counts_once():
    told, _ = invoked(
        table(
            [
                {"war": 1, "atopid": 10},
                {"war": 1, "atopid": 10, "scheme": "bf", "outcome": VIOLATED},
                {"war": 1, "atopid": 10, "scheme": "la"},
                {"war": 2, "atopid": 10},
                {"war": 2, "atopid": 11, "outcome": OUTSIDE},
                {"war": 216, "atopid": 12, "held_back": True},
            ]
        )
    )
    assert np.isclose(told.weight.sum(), 2)
    assert told.kept.tolist() == [1, 0, 1, 1]
    assert told.scheme.tolist() == [0, 1, 2, 0]
    assert told.treaty.tolist() == [0] * 4


def test_nothing_invoked_is_refused():
    with pytest.raises(ValueError, match="none"):
        invoked(table([{"war": 1, "atopid": 10, "outcome": OUTSIDE}]))


def test_bystanders_lie_on_the_side_that_was_helped():
    rows = table(
        [
            {"war": 1, "atopid": 10, "attacked": 1},
            {"war": 1, "atopid": 11, "joined_challenger": 1},
            {"war": 1, "atopid": 12, "attacked": 1, "began": 1},
            {"war": 2, "atopid": 13, "attacked": np.nan},
        ]
    )
    assert helped(rows).tolist() == ["target", "challenger", "target", "unknown"]
    told, wars = invoked(rows, sided=True)
    assert told.war.tolist() == [0, 1, 0, 2]
    seen = pd.DataFrame(
        {
            "war": [1, 1, 5],
            "side": ["challenger", "target", "target"],
            "era": 0,
            "relevant": [9, 8, 7],
            "joined": [1, 0, 0],
        }
    )
    crowd, number = crowds(seen, wars)
    assert crowd.war.tolist() == [1, 0, 3]
    assert number == 4


def test_mean_of_a_spread_logit():
    rng = np.random.default_rng(1)
    drawn = expit(-2 + 1.5 * rng.standard_normal(400_000)).mean()
    assert np.isclose(marginal(np.array([-2.0]), np.array([1.5]))[0], drawn, atol=0.001)
    assert np.isclose(marginal(np.array([-2.0]), np.array([0.0]))[0], expit(-2.0))


# ------------------------------------------------------------------ known truths

TRUTH = {"obligation": 3.0, "fading": 0.2, "steadfast": 0.6, "side_sd": 1.5}
TRUST, WITHOUT = 0.35, -3.0
COVERED = {"intercept": 1.5, "began": -3.0, "place": -1.0, "adversary": -0.7}
WARS, TREATIES, ATTACKED, BEGAN = 60, 60, 7, 3


def made(seed=1):
    """Codings and bystanders of wars in which everything is known, by `replicate`."""
    rng = np.random.default_rng(seed)
    place, adversary = rng.integers(2, size=(2, TREATIES))
    rows = []
    for war in range(1, WARS + 1):
        for i, treaty in enumerate(rng.permutation(TREATIES)[: ATTACKED + BEGAN]):
            began = int(i >= ATTACKED)
            row = {"war": war, "atopid": 1000 + treaty, "era": war % 4, "began": began}
            row["year"] = int(Era(war % 4).middle)
            row |= {"attacked": 1 - began, "place": place[treaty], "adversary": adversary[treaty]}
            rows.append(row)
    frame = table(rows)
    slopes = np.array([COVERED.get(name, 0) for name in (*TERMS, *[""] * 4)])
    covered = rng.random(len(frame)) < expit(features(frame) @ slopes)
    frame["outcome"] = np.where(covered, HONORED, OUTSIDE)
    sides = [(war, side) for war in range(1, WARS + 1) for side in ("target", "challenger")]
    seen = pd.DataFrame(sides, columns=["war", "side"]).assign(relevant=40, joined=0)
    seen["era"] = seen.war % 4
    told, wars = invoked(frame, sided=True)
    crowd, number = crowds(seen, wars)
    one = {name: np.array(value) for name, value in TRUTH.items()}
    one |= {"side_z": rng.standard_normal(number), "coder": np.zeros(2)}
    one |= {"without": np.full(4, WITHOUT), "trust": np.full(3, TRUST)}
    kept, seen["joined"] = replicate(told, crowd, one, rng)
    frame.loc[covered & (frame.defense == 1), "outcome"] = np.where(kept, HONORED, VIOLATED)
    return frame, seen


@pytest.fixture(scope="module")
def found():
    """A short fit of the types; rates and coverage have their own tests, for time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fulfilment, "ENOUGH", 800)
        patch.setattr(fulfilment, "shares_kept", lambda *_: ({}, {}))
        names, some = ("intercept",), np.zeros((1, 1))
        patch.setattr(
            fulfilment, "coverage", lambda *_, **__: Coverage(names, some, some, some, {}, {})
        )
        return fulfilment.fit(*made(), draws=400, seed=1)


def test_trust_and_types_are_recovered(found):
    assert tuple(found.draws) == fulfilment.NAMES
    assert all(a.shape == (400,) for a in found.draws.values())
    low, high = np.quantile(found.draws["alliance.trust"], (0.005, 0.995))
    assert low < TRUST < high
    wide = expit(np.random.default_rng(1).normal(0, 1.5, 10_000)).std()  # of the weak prior
    assert contraction(wide, found.draws["alliance.trust"].std()) > 0.5
    for name, value in TRUTH.items():
        told = found.diagnostics["with_trust"][name]
        assert abs(told["mean"] - value) < 3 * told["sd"]
        assert told["sd"] < 0.5


def test_the_fit_tells_how_it_went(found):
    told = found.diagnostics
    assert set(told["trust"]) == {"concert", "world_wars", "modern"}
    assert max(told["rhat"].values()) < 1.05
    assert all(0.01 < check["tail"] < 0.99 for check in told["predictive"].values())
    exact = marginal(np.array([WITHOUT]), np.array([TRUTH["side_sd"]]))[0]
    assert told["implied"]["no duty cold_war"]["low"] < exact
    assert exact < told["implied"]["no duty cold_war"]["high"]
    assert told["implied"]["duty cold_war"]["low"] > exact
    json.dumps(told, allow_nan=False)


def test_coverage_is_recovered(monkeypatch):
    monkeypatch.setattr(fulfilment_coverage, "ENOUGH", 800)
    cover = coverage(made()[0], draws=200, seed=1)
    spread = dict(zip(cover.names, np.sqrt(np.diag(cover.covariance)), strict=True))
    mean = dict(zip(cover.names, cover.mean, strict=True))
    assert cover.draws.shape == (len(cover.names), 200)
    for name in ("began", "place", "adversary"):
        assert abs(mean[name] - COVERED[name]) < 3 * spread[name]
        assert spread[name] < 0.5
    json.dumps(cover.diagnostics, allow_nan=False)


def test_more_steadfast_allies_and_more_duty_keep_more_promises():
    frame, seen = made()
    told, wars = invoked(frame, sided=True)
    crowd, number = crowds(seen, wars)
    base = {
        "side_sd": 1.0,
        "steadfast": 0.5,
        "obligation": 2.0,
        "fading": 0.0,
        "side_z": np.zeros(number),
    }
    base |= {"coder": np.zeros(2), "without": np.full(4, -2.0)}

    def played(trust, **changes):
        one = {k: np.asarray(v) for k, v in (base | changes | {"trust": np.full(3, trust)}).items()}
        kept, joined = replicate(told, crowd, one, np.random.default_rng(1))
        return kept.mean(), joined.sum() / crowd.relevant.sum()

    assert played(0.0)[0] < played(0.5)[0] < played(1.0)[0]
    assert played(0.5)[0] < played(0.5, obligation=4.0)[0]
    assert np.isclose(played(0.5)[1], expit(-2.0), atol=0.02)


def test_shares_by_era_and_kind_follow_from_the_draws():
    """Alone, a promise of defence in an era with level 1, before wars and treaties differ."""
    told, _ = invoked(table([{"war": 1, "atopid": 10}]))
    flat = {"fulfilment.level": np.zeros(9), "fulfilment.level_era_sd": np.ones(9)}
    flat |= {"fulfilment.level_z": np.tile([0.0, 1.0, 2.0, 3.0], (9, 1))}
    flat |= {"kind": np.tile([1.0, 9.0, 9.0, 9.0, 9.0], (9, 1))}
    flat |= {"war_sd": np.zeros(9), "treaty_sd": np.zeros(9)}
    shares = _shares(told, flat)
    assert set(shares) == {f"defense {era.name.lower()}" for era in Era}
    assert np.isclose(shares["defense world_wars"]["median"], expit(2.0))


# ------------------------------------------------------------------ coverage


def test_features_of_a_pact():
    frame = table([{"unprovoked": 1, "place": 1, "era": 2}, {"began": 1, "place": 1, "era": 0}])
    told = features(frame)
    assert told[0].tolist() == [1, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert told[1].tolist() == [1, 1, 0, 0, 0, 0, 1, 0, 0, 0]
    with pytest.raises(ValueError, match="expected columns place"):
        features(frame.drop(columns="place"))


def test_invocation_is_a_probability_by_row_and_draw():
    names = (*TERMS, *[f"era_{era}" for era in range(4)])
    draws = np.random.default_rng(1).normal(size=(len(names), 7))
    cover = Coverage(names, draws.mean(1), np.cov(draws), draws, {}, {})
    pi = invocation(cover, features(table([{"place": 1}, {"began": 1}, {"began": 0}])))
    assert pi.shape == (3, 7)
    assert ((pi > 0) & (pi < 1)).all()
    assert np.allclose(pi[2], expit(draws[0] + draws[6]))


def test_no_pact_in_a_war_is_refused():
    with pytest.raises(ValueError, match="none"):
        coverage(table([{"war": 1, "atopid": 1, "attacked": 1, "began": 1}]), seed=1)


# ------------------------------------------------------------------ the record


@pytest.fixture(scope="module")
def coded(record):
    return codings(record)


def test_promises_of_the_record(record, coded):
    """146 of the article and 19 of Leeds and Anac alone; 4 of the war of scoring are left out."""
    told, _ = invoked(coded)
    recoded = coded[(coded.outcome != OUTSIDE) & ~coded.held_back]
    assert np.isclose(told.weight.sum(), recoded[["war", "atopid"]].drop_duplicates().shape[0])
    defence, wars = invoked(coded, sided=True)
    assert len(defence.kept) < len(told.kept)
    crowd, number = crowds(bystanders(record), wars)
    assert (crowd.war >= 0).all()
    assert number >= len(wars)


def test_conditions_keep_pacts_from_being_invoked(coded):
    """Plain shares of pacts of defence, as the coverage model learns them."""
    rows = coded[(coded.scheme == "llm") & (coded.defense == 1) & ~coded.held_back]
    rows = rows.assign(applies=rows.outcome != OUTSIDE)
    attacked = rows[(rows.attacked == 1) & (rows.began == 0)]
    began = rows[(rows.attacked == 0) & (rows.began == 1)]
    assert attacked.applies.mean() > 0.6
    assert began.applies.mean() < 0.25
    for name in ("place", "adversary"):
        share = attacked.groupby(name).applies.mean()
        assert share[1] < share[0] - 0.2


def test_eras_and_kinds_foretell_who_keeps_its_word(coded):
    """Better than the base rate; the interval is over wars."""
    told = held_out(coded, first=1945, last=1945, draws=200)
    assert told["model"] > told["base_rate"]
    assert told["interval"][0] > 0
    assert fulfilment.NAMES == ("alliance.trust", "joining.steadfast")
