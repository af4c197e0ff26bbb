"""Wars and entries: traps on a small table of our own, and the published numbers on the record."""

import datetime

import numpy as np
import pandas as pd
import pytest

from foedus.core.kinds import Era
from foedus.game.wills import WAR_DAYS
from foedus.record.folder import RecordError
from foedus.record.wars import KARABAKH, WORLD_WARS, entries, wars

SHARES, DAYS = (0.1, 0.25, 0.5, 0.75, 0.9), (7, 30, 44, 90)


def day(text):
    return datetime.date.fromisoformat(text) if text else None


def participant(war, state, side, start, end, initiator, outcome, deaths=1000, again=("", "")):
    return {
        "warnum": war,
        "warname": f"War {war}",
        "ccode": state,
        "side": side,
        "start_date": day(start),
        "end_date": day(end),
        "start_date2": day(again[0]),
        "end_date2": day(again[1]),
        "initiator": 1 if initiator else 2,
        "outcome": outcome,
        "batdeath": deaths,
        "version": 4,
    }


SMALL = [
    # The challenger, 20, is on side 2 and loses; a truce of April; 40 joins it, 50 the other side.
    participant(1, 10, 1, "1850-01-01", "1850-03-31", False, 1, 300, ("1850-05-01", "1850-05-10")),
    participant(1, 20, 2, "1850-01-01", "1850-03-31", True, 2, 500, ("1850-05-01", "1850-05-10")),
    participant(1, 40, 2, "1850-01-01", "1850-02-01", False, 2, -9),
    participant(1, 50, 1, "1850-05-05", "1850-05-10", False, 1, 10),
    # 30 changes sides; 10 wins.
    participant(2, 10, 1, "1920-01-01", "1920-12-31", True, 1, 100),
    participant(2, 30, 1, "1920-07-01", "1920-12-31", False, 1, 40),
    participant(2, 30, 2, "1920-01-11", "1920-06-30", False, 2, 60),
    participant(2, 60, 2, "1920-01-01", "1920-12-31", False, 2, 200),
    participant(KARABAKH, 371, 1, "1993-02-06", "1994-05-12", False, 1, 5000),
    participant(KARABAKH, 373, 2, "1993-02-06", "1994-05-12", True, 2, 9000),
]
POWER = {
    10: (0.10, 100),
    20: (0.20, 50),
    30: (0.05, None),
    40: (0.02, 7),
    50: (0.3, 30),
    60: (0, 0),
}
ROLES = [(1, 10, 3), (1, 20, 1), (1, 40, 2), (1, 50, 4), (2, 10, 1), (2, 60, 3)]


@pytest.fixture
def small(tmp_path):
    """A folder of tables of our own: two wars, and the one that is never used."""
    pd.DataFrame(SMALL).to_parquet(tmp_path / "cow_war_inter_participants.parquet")
    rows = [
        {"ccode": state, "year": year, "cinc": cinc, "milper": soldiers, "milex": 1}
        | {"irst": 1, "pec": 1, "tpop": 1.0, "upop": 1.0}
        for state, (cinc, soldiers) in POWER.items()
        for year in (1850, 1920)
    ]
    frame = pd.DataFrame(rows).astype({"milper": "Int32"})
    frame.to_parquet(tmp_path / "cow_nmc.parquet")
    pairs = [
        {"warnum": war, "statea": state, "stateb": state, "warolea": role, "waroleb": role}
        | {"disno": 1, "year": 1850, "wardyadrolea": 1, "wardyadroleb": 3}
        for war, state, role in ROLES
    ]
    pd.DataFrame(pairs).to_parquet(tmp_path / "cow_war_dyadic.parquet")
    return tmp_path


def test_the_challenger_is_the_initiator_whatever_its_side(small):
    table = wars(small)
    assert table.outcome.to_dict() == {1: "lost", 2: "won"}
    assert table.era.tolist() == [Era.CONCERT, Era.WORLD_WARS]
    assert table.log_ratio[1] == pytest.approx(np.log((0.20 + 0.02) / (0.10 + 0.30)))
    assert table.log_ratio_first[1] == pytest.approx(np.log(0.22 / 0.10))


def test_a_truce_counts_for_the_span_only(small):
    table = wars(small)
    assert (table.days[1], table.span[1]) == (90 + 10, 130)
    assert (table.days[2], table.span[2]) == (366, 366)


def test_losses_count_by_side_and_the_unknown_stay_so(small):
    table = wars(small)
    assert table.loc[1, ["challenger_deaths", "target_deaths"]].tolist() == [500, 310]
    assert table.loc[1, ["challenger_personnel", "target_personnel"]].tolist() == [57e3, 130e3]
    # 30 fought on both sides, its soldiers are unknown; those of 60 are given as none
    assert table.loc[2, ["challenger_deaths", "target_deaths"]].tolist() == [140, 260]
    assert table.challenger_personnel[2] == 100e3
    assert np.isnan(table.target_personnel[2])
    assert (table.changed_sides.tolist(), table.states.tolist()) == ([0, 1], [4, 3])


def test_delays_are_days_of_fighting_and_the_first_ones_count(small):
    table = entries(small).set_index(["war", "state"])
    assert table.delay.to_dict() == {(1, 40): 0, (1, 50): 90 + 4, (2, 30): 10}
    assert table.war_days.tolist() == [100, 100, 366]
    assert table.for_challenger.tolist() == [True, False, False]
    assert table.joiner.tolist() == [True, True, pd.NA]
    assert not table.began.any()


def test_karabakh_is_left_out_and_counted(small):
    for table in (wars(small), entries(small)):
        assert list(table.attrs["dropped"].values()) == [2]
        assert "cow_war_inter_participants" in table.attrs["sources"]
    assert KARABAKH not in wars(small).index
    assert KARABAKH not in entries(small).war.to_numpy()


def test_a_war_that_nobody_began_is_an_error(small):
    path = small / "cow_war_inter_participants.parquet"
    pd.read_parquet(path).assign(initiator=2).to_parquet(path)
    with pytest.raises(RecordError, match=r"war 1, column initiator: expected an initiator"):
        wars(small)


def test_the_record_has_the_published_lengths_and_outcomes(record):
    """War calibration 3, columns "record", each to the last printed digit."""
    table = wars(record)
    assert len(table) == 94
    used = table[table.year < 1993]
    eras = [used.year <= 1913, used.year.between(1914, 1945), used.year > 1945]
    published = [
        (38, (31, 65, 161, 277, 669), 0.16, (0.76, 0.21, 0.03)),
        (19, (58, 110, 408, 907, 1576), 0.05, (0.47, 0.47, 0.05)),
        (31, (11, 31, 141, 368, 1130), 0.35, (0.35, 0.26, 0.39)),
    ]
    for era, (n, quantiles, short, outcomes) in zip(eras, published, strict=True):
        rows = used[era]
        assert len(rows) == n
        assert rows.days.quantile(SHARES).to_numpy() == pytest.approx(quantiles, abs=0.51)
        assert (rows.days <= 45).mean() == pytest.approx(short, abs=0.0051)
        found = [(rows.outcome == outcome).mean() for outcome in ("won", "lost", "other")]
        assert found == pytest.approx(outcomes, abs=0.0051)


def test_the_record_has_the_published_traps(record):
    table = wars(record)
    late = table[table.year >= 1993]
    assert late.days.to_dict() == {217: 50, 219: 952, 221: 79, 223: 71, 225: 77, 227: 45}
    truces = table[table.days < table.span]
    assert truces.start.dt.year.tolist() == [1848, 1848, 1864, 1948, 1974]
    assert table.changed_sides[table.changed_sides > 0].to_dict() == {108: 1, 139: 4}
    assert table.log_ratio.notna().all()
    assert table.transformed_won.sum() == 3


def test_the_record_has_the_published_exchange_ratios(record):
    """War calibration 7: log of target's over challenger's deaths in 88 wars."""
    table = wars(record)
    used = table[table.year < 1993]
    ratio = np.log(used.target_deaths / used.challenger_deaths)
    assert (ratio.median(), ratio.mean(), ratio.std()) == pytest.approx(
        (0.41, 0.32, 1.31), abs=0.006
    )
    by_outcome = ratio.groupby(used.outcome).mean()
    assert by_outcome[["won", "lost", "other"]].tolist() == pytest.approx(
        [0.72, -0.46, 0.34], abs=0.006
    )


def statistics(days):
    return [*np.quantile(days, SHARES), *((days <= day).mean() for day in DAYS)]


def test_the_record_has_the_published_entries_but_for_one_state(record):
    """War calibration 6 took a state's first line for its first entry.

    France stands in the Second World War first with its colonies' war of July 1940, then with
    its entry of September 1939; here it entered on the second day. Without that war all is as
    published; with it the quantiles move by a few days.
    """
    table = entries(record)
    late = table[table.delay > 0]
    published = {
        "all": (98, 26, (4, 14, 167, 311, 828), (0.18, 0.31, 0.35, 0.40)),
        "no world wars": (62, 24, (5, 15, 114, 167, 301), (0.15, 0.31, 0.37, 0.45)),
        "1946-": (44, 12, (6, 59, 167, 181, 336), (0.11, 0.18, 0.25, 0.34)),
    }
    groups = {"all": late, "no world wars": late[~late.world_war], "1946-": late[late.year >= 1946]}
    for name, (states, number, quantiles, shares) in published.items():
        rows = groups[name]
        assert (len(rows), rows.war.nunique()) == (states, number)
        found = statistics(rows.delay.to_numpy())
        days, parts = (25, 0.016) if name == "all" else (0.51, 0.0051)
        assert found[: len(SHARES)] == pytest.approx(quantiles, abs=days)
        assert found[len(SHARES) :] == pytest.approx(shares, abs=parts)
    france = table[(table.war == WORLD_WARS[1]) & (table.state == 220)]
    assert france.delay.tolist() == [2]
    coded = table[table.joiner.fillna(False).astype(bool)]
    assert (len(coded), coded.war.nunique()) == (96, 27)
    assert (coded.delay <= 7).mean() == pytest.approx(0.34 + 1 / 96, abs=0.0051)


def test_the_game_knows_how_long_wars_last(record):
    """What the game takes for the length of a war are ninths of these, as whole days."""
    ninths = np.quantile(wars(record).days, (np.arange(9) + 0.5) / 9)
    assert np.abs(ninths - WAR_DAYS).max() <= 0.5
