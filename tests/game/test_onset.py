"""New wars out of peace, as often as the record's; and what an agreement leaves behind."""

from collections import defaultdict
from functools import cache, partial

import jax
import numpy as np
import pytest

from foedus.core.kinds import Action, Status
from foedus.core.params import fix, load, take
from foedus.game.challenge import attack_and_resist, may_attack, readiness
from foedus.simulate.ensemble import simulate
from tests.game.rounds import PRIOR, cast
from tests.worlds import world

YEARS, WEEKS, MONTHS = 5, 260, 13
SEEDS = range(1, 17)
AGAIN, PAIR_YEARS = 140, 1972  # new fatal disputes, by pairs with one in the ten years before
WARS = 13  # of them wars
RESTLESS = {
    "crisis.attack_intercept": -2.0,
    "crisis.ask_intercept": 0.5,
    "joining.mediate_intercept": -0.5,
    "war.drift": 0.006,
    "war.noise": 0.06,
    "war.repulse": 1.2,
    "war.contest": 0.5,
    "war.skill_sd": 0.9,
    "war.initiative": 0.2,
    "war.tempo_sd": 1.5,
    "war.settlement": 0.005,
    "war.keepers": 0.5,
    "war.terms": 0.5,
}
"""Of a place where wars begin, are mediated and end in agreements."""
QUICK = {"xla_backend_optimization_level": 0, "xla_cpu_parallel_codegen_split_count": 1}
DRAWS = np.arange(1000, dtype=np.int32)


@cache
def program():
    """Five years of a quiet slot, one run a draw, by seed and parameters."""
    place = cast(world(1000, ignites=np.bool_(False)))
    key = lambda seed: np.array([seed, 0], np.uint32)  # noqa: E731
    rest = lambda params: (DRAWS.astype(np.uint32), DRAWS, cast(params), place, np.int32(0))  # noqa: E731
    plain = jax.jit(partial(simulate, weeks=WEEKS)).lower(key(0), *rest(take(PRIOR, DRAWS)))
    run = plain.compile(compiler_options=QUICK)
    return lambda seed, params: run(key(seed), *rest(take(params, DRAWS)))[0]


@pytest.fixture(scope="module")
def status():
    """Status of the slot at the end of each day, in 16,000 runs with the default parameters."""
    return np.concatenate([program()(seed, load().params).status[:, 0] for seed in SEEDS], -1)


@pytest.fixture(scope="module")
def lived():
    """Five years in 1,000 runs in which there is war, mediation and peace."""
    return program()(0, fix(PRIOR, RESTLESS))


def onset(status):
    """Day on which each run's challenger first attacks, or has its way without; else `inf`."""
    left = status != Status.QUIET
    return np.where(left.any(0), left.argmax(0), np.inf)


def hazard(day, length):
    """Share of the runs still at peace that leave it in each span of days."""
    spans = [(day >= a).sum() for a in range(0, 7 * WEEKS + 1, length)]
    return 1 - np.array(spans[1:]) / spans[:-1]


def test_annual_rate_of_new_wars_lies_in_the_records_band(status):
    """Five years of a quiet slot, default numbers: .061 a year.

    Band: from wars (13 in 1,972 pair-years, .7 per cent; COW pairs one or two) to all fatal
    disputes (140, 7.1 per cent) of pairs with a fatal dispute in the ten years before. The
    model's attacks lie between: each is fighting that kills, few are wars of a thousand dead,
    and a declared dispute is a dangerous one. Attacks that the target forestalls count too.
    """
    rate = 1 - (onset(status) > 7 * WEEKS).mean() ** (1 / YEARS)
    assert WARS / PAIR_YEARS < rate < AGAIN / PAIR_YEARS, rate


def test_no_year_is_likelier_than_the_record_allows(status):
    """Also the first: at most .083, the upper end of the record's 95 per cent interval."""
    p = AGAIN / PAIR_YEARS
    most = p + 1.96 * np.sqrt(p * (1 - p) / PAIR_YEARS)
    assert hazard(onset(status), 364).max() < most, hazard(onset(status), 364)


def test_a_quiet_slot_is_hardly_likelier_to_ignite_in_its_first_month(status):
    """Peace on day 0 is news of the challenger's wish: it would have attacked before.

    Later months may differ by as much as heterogeneous draws and a drifting wish make them.
    """
    months = hazard(onset(status), 28)
    assert months[0] < 2 * months[1:4].mean(), months[:6]


def test_a_war_is_fought_again_in_about_one_case_in_five(status):
    """Wars that a decision began and that ended short of the aim; at most half of these in a year.

    The record, within five years: between 3 of 33 (COW pairs) and 83 of 159 (ICB crises).
    """
    war = np.isin(status, [Status.FIGHTING, Status.TRUCE])
    ended = war[:-1] & ~war[1:] & (status[1:] != Status.WON)
    ends = zip(*np.nonzero(ended[: 7 * WEEKS - 365]), strict=True)
    again = [war[day + 1 : day + 366, run].any() for day, run in ends]
    assert len(again) > 100
    assert np.mean(again) < 83 / 159 / 2, np.mean(again)


def test_in_a_new_war_the_target_has_yet_to_ask(lived):
    """What it asked in an earlier one is over: in the week of an attack nobody has been asked."""
    war = np.isin(lived.status[:, 0], [Status.FIGHTING, Status.TRUCE]).reshape(WEEKS, 7, -1)
    week, run = np.nonzero(war[1:, 0] & ~war[:-1, -1])
    earlier = lived.asked[:, :, 0].any(1).cumsum(0)[week, run] > 0
    assert earlier.sum() > 20
    assert not lived.asked[week + 1, :, 0, run].any()


def test_peacekeepers_come_with_a_mediator_and_an_agreement_and_with_nothing_else(lived):
    """Week by week: whoever has come mediated, and a truce or a settlement had begun."""
    keeper = lived.keeper[:, 0].astype(int)
    came = (keeper >= 0) & np.vstack([keeper[:1] < 0, keeper[1:] != keeper[:-1]])
    week, run = np.nonzero(came)
    assert len(week) > 20
    assert (lived.action[week, keeper[week, run], 0, run] == Action.MEDIATE).all()
    days = lived.status[:, 0].reshape(WEEKS, 7, -1)[week, :, run]
    assert np.isin(days, [Status.TRUCE, Status.SETTLED]).any(1).all()


def test_terms_give_land_to_the_challenger_and_make_none(lived):
    """From the front of the day of settlement to the week after: never back, never past one."""
    status, land = lived.status[:, 0], lived.front[:, 0]
    settles = (status[1:] == Status.SETTLED) & (status[:-1] != Status.SETTLED)
    day, run = np.nonzero(settles[: 7 * WEEKS - 14])
    later = 7 * ((day + 1) // 7 + 1)
    holds = status[later, run] == Status.SETTLED  # not fought over again that very day
    before, after = land[day + 1, run][holds], land[later, run][holds]
    assert holds.sum() > 50
    assert (after >= before).all()
    assert (after > before).any()
    assert ((land >= 0) & (land <= 1)).all()


def test_who_need_not_be_asked_would_not_attack():
    """`may_attack` lets pass whoever would attack, also where a curve passes one by a ripple."""
    params = take(PRIOR, np.arange(1000))
    ready = readiness(params, 0.0, 0.0)
    for win in (0.0, 0.5, 1.0, 1.03):
        attack = attack_and_resist(params, ready, win, 0.0).attack
        edge = np.float64(jax.scipy.stats.norm.ppf(1 - attack)) + 1e-3  # would just attack
        assert np.asarray(may_attack(params, ready, edge)).all(), win


def test_the_record_of_renewed_disputes_is_quoted_rightly(record):
    """COW MID 5.0, 1946-2013: one originator a side, fatality known and not 0, pairs by year.

    Armenia and Azerbaijan are left out.
    """
    fatal, wars = disputes(record)
    at_risk = new = war = 0
    for pair, years in fatal.items():
        for year in range(1946, 2014):
            if years & set(range(year - 10, year)):
                at_risk, new, war = at_risk + 1, new + (year in years), war + (year in wars[pair])
    assert (new, at_risk, war) == (AGAIN, PAIR_YEARS, WARS)


def disputes(folder):
    """Years in which fatal disputes and wars began, by pair of originators."""
    import pandas as pd

    whole = pd.read_parquet(folder / "cow_mida.parquet").set_index("dispnum")
    who = pd.read_parquet(folder / "cow_midb.parquet")
    fatal, wars = defaultdict(set), defaultdict(set)
    for number, rows in who[who.orig == 1].groupby("dispnum"):
        sides = [rows[rows.sidea == side].ccode.unique() for side in (0, 1)]
        pair = frozenset(code for side in sides for code in side)
        alone = all(len(side) == 1 for side in sides) and pair != {371, 373}
        if alone and whole.fatality[number] > 0:
            fatal[pair].add(whole.styear[number])
            if whole.hostlev[number] == 5:
                wars[pair].add(whole.styear[number])
    return fatal, wars
