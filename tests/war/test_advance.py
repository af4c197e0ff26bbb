import jax
import jax.numpy as jnp
import numpy as np
import pytest

from foedus.core.kinds import Era, Status
from foedus.core.params import load
from foedus.core.situation import Conflict
from foedus.war import front
from foedus.war.advance import advance, begin
from tests.war import exact, fights
from tests.war.fights import best, ends, fight, live

RUNS, WEEKS = 65_536, 234
SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
OUTCOMES = (Status.WON, Status.REPULSED, Status.SETTLED)
CASES = [  # era, ratio, log tempo
    (Era.RECENT, 1.0, 0.0),
    (Era.RECENT, 2.4, 0.0),
    (Era.CONCERT, 1.0, 0.0),
    (Era.CONCERT, 2.4, 0.0),
    (Era.RECENT, 2.4, 2.0),  # small theatre, limited aim: six wars in ten end within 45 days
]


def lived(era, ratio, tempo, runs=RUNS):
    """Ends of wars that the engine lived, and the law they should follow, by whole days."""
    case = fight(best(tempo_aim=tempo), runs, 1, ratio, era, limited_aim=np.ones(1))
    law = exact.law(exact.Point.of(best().war, era), np.log(ratio), tempo=tempo)
    return *ends(case, WEEKS), np.array([law.by(day) for day in range(1, 7 * WEEKS + 1)])


def error(p, runs=RUNS):
    """Monte Carlo standard error of a share."""
    return np.sqrt(p * (1 - p) / runs)


def length(p, ended):
    """Length by which a share p has ended, between whole days."""
    return np.interp(p, np.append(0, ended), np.arange(len(ended) + 1))


@pytest.mark.parametrize(("era", "ratio", "tempo"), CASES)
def test_the_engine_lives_the_exact_law(era, ratio, tempo):
    """65,536 wars of up to 1,638 days, float32, against `exact.law`.

    Every bound is four Monte Carlo standard errors: of a share p, sqrt(p (1 - p) / N), at most
    .002; of a length quantile, the same put through the exact law's quantile function. Whole
    curves by outcome stay within 1.95 / sqrt(N) = .0076 (Kolmogorov, one in a thousand).
    """
    day, status, law = lived(era, ratio, tempo)
    ended = law.sum(1)
    for outcome, p in zip(OUTCOMES, law[-1], strict=True):
        assert abs((status == outcome).mean() - p) < 4 * error(p), outcome
    assert abs((day <= 45).mean() - ended[44]) < 4 * error(ended[44])
    found = np.searchsorted(np.sort(day), np.arange(1, 7 * WEEKS + 1), side="right") / RUNS
    for p in SHARES:
        low, high = (length(p + z * error(p), ended) for z in (-4, 4))
        assert low < length(p, found) < high, p
    for outcome, curve in zip(OUTCOMES, law.T, strict=True):
        days = np.sort(np.where(status == outcome, day, np.inf))
        found = np.searchsorted(days, np.arange(1, 7 * WEEKS + 1), side="right") / RUNS
        assert np.abs(found - curve).max() < 1.95 / np.sqrt(RUNS), outcome


def test_without_the_bridge_the_same_bounds_are_broken(monkeypatch):
    """Looking at the end of each day only, wars last too long: the test above can fail.

    P(<= 45 d) .221 for .237, the tenth percentile 18.2 d for 15.8: 9 and 11 standard errors.
    """
    monkeypatch.setattr(front, "_passes", lambda before, after, _: jnp.where(after <= 0, 1.0, 0.0))
    fights._live.clear_cache()
    try:
        day, _, law = lived(Era.RECENT, 1.0, 0.0)
    finally:
        fights._live.clear_cache()
    ended = law.sum(1)
    assert (day <= 45).mean() < ended[44] - 4 * error(ended[44])
    assert np.quantile(day, 0.1) > length(0.1 + 4 * error(0.1), ended)


# The record's 88 wars (war calibration 3): length quantiles in days, share over within 45 days,
# shares won, lost, other by the initiator; wars; mean and s.d. of the log CINC ratio.
RECORD = {
    Era.CONCERT: ((31, 65, 161, 277, 669), 0.16, (0.76, 0.21, 0.03), 38, (0.84, 1.64)),
    Era.WORLD_WARS: ((58, 110, 408, 907, 1576), 0.05, (0.47, 0.47, 0.05), 19, (0.48, 1.89)),
    Era.COLD_WAR: ((11, 31, 141, 368, 1130), 0.35, (0.35, 0.26, 0.39), 31, (0.21, 2.30)),
}


def statistics(days, won, lost, other):
    outcomes = (share.mean() for share in (won, lost, other))
    return [*np.quantile(days, SHARES), (days <= 45).mean(), *outcomes]


def synthetic(era, wars, log_ratio, seed=1):
    """Statistics of records as long as the record, one for every second prior draw."""
    rng, war, found = np.random.default_rng(seed), load().params.war, []
    for draw in range(0, 1000, 2):
        law = exact.law(exact.Point.of(war, era, draw), *log_ratio)
        mass = np.concatenate([np.diff(curve, prepend=0) for curve in law]).cumsum()
        place = np.searchsorted(mass, rng.random(wars) * mass[-1])
        outcome, at = np.divmod(place, len(exact.DAYS))
        days = np.ceil(exact.DAYS[at] * np.exp(-exact.STEP * rng.random(wars)))
        found.append(statistics(days, *(outcome == k for k in range(3))))
    return np.array(found)


@pytest.mark.parametrize("era", RECORD)
def test_prior_draws_cover_the_record(era):
    """The record lies in the 90 % predictive band of the shipped draws where the note says so.

    The predictive band holds parameters and the luck of so few wars. Off, by the note:

    - the median of 1914-45, 408 d: near the band's upper edge (.056 of records above it);
    - the post-1945 median won war, 28 d: below the band here (.03 of records; 35 to 285 d);
    - the post-1945 Weibull shape, .59: off with parameters held at the fit, at .10 of records
      with prior draws (.57 to .94).

    And near an edge: 45-day wars of 1914-45 too rare (.05; model .21), post-1945 "other" too
    rare in the model (.26 for .39, at .94 of records).
    """
    lengths, short, outcomes, wars, log_ratio = RECORD[era]
    low, high = np.quantile(synthetic(era, wars, log_ratio), [0.05, 0.95], axis=0)
    names = [*SHARES, "P45", *(outcome.name for outcome in OUTCOMES)]
    rounding = 0.0051  # the table has two decimals
    for name, value, least, most in zip(
        names, (*lengths, short, *outcomes), low, high, strict=True
    ):
        if (era, name) != (Era.WORLD_WARS, 0.5):
            assert least - rounding <= value <= most + rounding, (name, value, least, most)


def test_the_record_is_quoted_rightly(record):
    """Lengths, outcomes and CINC ratios of the 88 wars, from the tables themselves."""
    wars = read(record)
    for era, (lengths, short, outcomes, n, (mean, sd)) in RECORD.items():
        rows = wars[wars.era == era]
        assert len(rows) == n
        found = statistics(rows.days.to_numpy(), *(rows.outcome == k for k in (1, 2, 3)))
        assert found[:5] == pytest.approx(lengths, abs=0.51)
        assert found[5:] == pytest.approx((short, *outcomes), abs=0.0051)
        assert (rows.log_ratio.mean(), rows.log_ratio.std()) == pytest.approx((mean, sd), abs=0.01)


def read(folder):
    """One row a war before 1993: era, days of fighting, outcome of the initiator's side, ratio."""
    import pandas as pd

    people = pd.read_parquet(folder / "cow_war_inter_participants.parquet")
    cinc = pd.read_parquet(folder / "cow_nmc.parquet").set_index(["ccode", "year"]).cinc
    rows = []
    for _, war in people.groupby("warnum"):
        dates = [
            pd.to_datetime(pd.concat([war[f"{end}_date"], war[f"{end}_date2"]]))
            for end in ("start", "end")
        ]
        spans = pd.DataFrame(dict(zip("ab", (d.to_numpy() for d in dates), strict=True))).dropna()
        fought = {d for a, b in spans.itertuples(index=False) for d in pd.date_range(a, b)}
        year = min(fought).year
        first = war[war.initiator == 1]
        side = first.side.mode().iloc[0]
        states = war.drop_duplicates(["side", "ccode"])
        power = states.ccode.map(lambda code, year=year: cinc.get((code, year), np.nan))
        own = states.side == side
        outcome = int(first[first.side == side].outcome.iloc[0])
        rows.append(
            {
                "year": year,
                "era": Era.of(year) if year < 1946 else Era.COLD_WAR,
                "days": len(fought),
                "outcome": min(outcome, 3),
                "log_ratio": np.log(power[own].sum() / power[~own].sum()),
            }
        )
    wars = pd.DataFrame(rows)
    return wars[wars.year < 1993]


TRUCES = {"truce": 0.1, "settlement": (0.002,) * 4, "deaths": 0.002, "mediation": 0.5}


def eventful(runs=4096, **changes):
    """Wars with truces, settlements and losses, all runs mediated."""
    case = fight(best(**{**TRUCES, **changes}), runs, 5)
    one = jnp.ones(runs, jnp.float32)
    return case.with_conflict(mediated=one, effort=one)


def days_of(case, weeks):
    """Status and front at the start and at the end of each day."""
    after, status, land = live(case, 0, weeks)
    start = case.conflict
    return after, np.vstack([start.status, status]), np.vstack([start.front, land])


def test_only_the_known_turns_are_taken():
    """Ends are final; land is won and armies are beaten in fighting only."""
    _, status, _ = days_of(eventful(), 40)
    turns = np.zeros((6, 6), int)
    np.add.at(turns, (status[:-1].ravel(), status[1:].ravel()), 1)
    allowed = np.eye(6, dtype=bool)
    allowed[Status.FIGHTING, [Status.TRUCE, *OUTCOMES]] = True
    allowed[Status.TRUCE, [Status.FIGHTING, Status.SETTLED, Status.QUIET]] = True
    assert (turns[~allowed] == 0).all()
    allowed[:, Status.QUIET] = False  # only an armistice leads there, after half a year
    assert (turns[allowed] > 0).all()


def test_the_front_stands_still_where_nobody_fights():
    case = eventful()
    quiet = jnp.arange(4096) % 7 == 0
    case = case.with_conflict(
        status=jnp.where(quiet, Status.QUIET, case.conflict.status),
        front=jnp.where(quiet, 0.4, case.conflict.front),
    )
    _, status, land = days_of(case, 40)
    idle = ~fighting_days(status)
    assert (np.diff(land, axis=0)[idle] == 0).all()
    assert (np.diff(land, axis=0)[~idle] != 0).mean() > 0.4  # the rest is below zero: no land


def test_land_is_never_made_or_lost():
    """Both sides' shares lie in [0, 1] and sum to one; one side's is all that is kept."""
    after, _, land = days_of(eventful(), 40)
    assert ((land >= 0) & (land <= 1)).all()
    assert ((land + (1 - land)) == 1).all()
    status, x = np.asarray(after.status), np.asarray(after.front)
    repulse = np.float32(fights.BEST["repulse"])
    assert (x[status == Status.WON] == 1).all()
    assert (x[status == Status.REPULSED] == -repulse).all()
    going = np.isin(status, [Status.FIGHTING, Status.TRUCE, Status.SETTLED])
    assert ((x[going] >= -repulse) & (x[going] <= 1)).all()
    done = going & (
        (x == 1) | (x == -repulse)
    )  # on the day a truce broke; the next has it on record
    assert (status[done] == Status.FIGHTING).all()
    assert done.mean() < 0.001


def fighting_days(status):
    """Days that were fought, the days on which truces broke among them."""
    before, now = status[:-1], status[1:]
    return (before == Status.FIGHTING) | ((before == Status.TRUCE) & (now == Status.FIGHTING))


def test_age_and_days_of_fighting_count_what_was_lived():
    case = eventful()
    after, status, _ = days_of(case, 40)
    changed = np.where(status[1:] != status[:-1], np.arange(1, len(status))[:, None], 0).max(0)
    assert (np.asarray(after.age) == 40 * 7 - changed).all()
    assert (np.asarray(after.fought) == fighting_days(status).sum(0)).all()


def bits(conflict: Conflict):
    return [np.asarray(a).tobytes() for a in conflict]


def test_halves_make_the_whole_bit_for_bit():
    """Eight weeks = four and four, and = eight weeks each compiled and lived alone."""
    case = eventful(1024)
    whole, status, land = live(case, 0, 8)
    half, *earlier = live(case, 0, 4)
    after, *later = live(case._replace(conflict=half), 4, 4)
    assert bits(after) == bits(whole)
    assert (np.vstack([earlier[0], later[0]]) == status).all()
    assert (np.vstack([earlier[1], later[1]]) == land).all()
    conflict = case.conflict
    week = jax.jit(advance)
    for number in range(8):
        conflict, _ = week(*case[:4], conflict, 7 * number)
    assert bits(conflict) == bits(whole)


def test_a_run_does_not_know_who_else_is_lived():
    case = eventful(1024)
    whole, *_ = live(case, 0, 8)
    rows = np.arange(100, 228)
    part, *_ = live(fights._rows(case, rows), 0, 8)
    assert bits(part) == bits(Conflict(*(np.asarray(a)[..., rows] for a in whole)))


def test_a_new_episode_starts_afresh_and_only_where_it_begins():
    case = eventful(1024)
    after, *_ = live(case, 0, 8)
    begins = jnp.arange(1024) % 2 == 0
    new = begin(*case[:4], after, 56, begins)
    odd = np.arange(1, 1024, 2)
    assert bits(Conflict(*(np.asarray(a)[..., odd] for a in new))) == bits(
        Conflict(*(np.asarray(a)[..., odd] for a in after))
    )
    even = np.arange(0, 1024, 2)
    pick = lambda s, name: np.asarray(getattr(s, name))[..., even]  # noqa: E731
    assert (pick(new, "status") == Status.FIGHTING).all()
    assert (pick(new, "front") == np.maximum(pick(after, "front"), 0)).all()
    assert (pick(new, "buried") == pick(after, "buried") + pick(after, "deaths")).all()
    assert (pick(new, "deaths") == 0).all()
    assert (pick(new, "stock") == 1).all()
    assert (pick(new, "age") == 0).all()
    assert (pick(new, "fought") == 0).all()
    assert (pick(new, "tempo") != pick(after, "tempo")).mean() > 0.99
    assert (pick(new, "skill") == pick(after, "skill")).all()


def test_tempo_has_the_spread_and_shifts_of_its_prior():
    case = fight(
        best(tempo_theatre=0.5, tempo_aim=0.7),
        RUNS,
        small_theatre=np.ones(1) * 2,
        limited_aim=np.ones(1),
    )
    tempo = np.asarray(case.conflict.tempo, float)
    sd = fights.BEST["tempo_sd"][Era.RECENT]
    assert abs(tempo.mean() - 1.7) < 4 * sd / np.sqrt(RUNS)
    assert abs(tempo.std() - sd) < 4 * sd / np.sqrt(2 * RUNS)
