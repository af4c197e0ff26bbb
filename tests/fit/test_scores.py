"""Bulk scores, on a small record of states that never were, and on two years of the real one."""

import json
from datetime import date

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from foedus.core import priors
from foedus.core.kinds import Side
from foedus.fit import scores, scores_files, scores_rows, scores_stata
from foedus.fit.crises import crises
from foedus.fit.crises import single as in_single
from foedus.fit.joining import prior, setting
from foedus.fit.prior import location
from foedus.fit.scores_chances import _FORCE, _WAR, POINTS, by_draw, chances, joins, rule
from foedus.record import panel
from foedus.record.folder import RecordError

CODES = (10, 20, 30, 40, 50, 60, 70)
SINCE, UNTIL = date(1890, 1, 1), date(2016, 12, 31)
KINDS = ("defense", "offense", "neutral", "nonagg", "consul")
BORDERS = [(10, 20), (20, 30), (30, 40), (40, 50), (10, 50), (10, 70)]
PLEDGES = {  # who to whom, and which of the five kinds
    (30, 10): (1, 0, 0, 0, 1),
    (10, 30): (1, 0, 0, 0, 1),
    (40, 20): (0, 0, 0, 1, 1),
    (50, 40): (0, 1, 0, 0, 0),  # of offence alone: roles matter
    (60, 20): (1, 1, 0, 0, 0),
}
DISPUTES = [  # number, state, on side A, originator, year, month
    (1, 10, 1, 1, 1895, 3), (1, 20, 0, 1, 1895, 3), (1, 30, 1, 0, 1895, 4),
    (2, 40, 1, 1, 2009, 3), (2, 20, 0, 1, 2009, 3), (2, 60, 0, 0, 2009, 6),
]  # fmt: skip


def thetas(number=6):
    """The prior's middle and a little around it."""
    middle = np.array([place for place, _ in map(location, prior(priors.read()))])
    return middle + 0.2 * np.random.default_rng(1).standard_normal((number, len(middle)))


def keyed(rows, columns):
    """A table with both directions of each pair."""
    both = [*rows, *((b, a, *rest) for a, b, *rest in rows)]
    return pd.DataFrame(both, columns=["ccode1", "ccode2", *columns])


def tables():
    years = range(1889, 2017)
    nmc = pd.DataFrame(
        [(c, y, c / 1000) for c in CODES for y in years], columns=["ccode", "year", "cinc"]
    )
    nmc = nmc.assign(**dict.fromkeys(("milex", "milper", "irst", "pec", "tpop", "upop"), 1))
    nmc.loc[nmc.ccode == 50, "cinc"] = np.nan  # what nobody knows
    system = [(c, f"S{c}", f"State {c}", 1890, 1, 1, 2016, 12, 31, 2016) for c in CODES[:-1]]
    system.append((70, "S70", "State 70", 1900, 7, 1, 1901, 3, 31, 2016))  # comes and goes
    acts = pd.DataFrame(
        DISPUTES, columns=["dispnum", "ccode", "sidea", "orig", "styear", "stmon"]
    ).assign(stday=1, hiact=17, endyear=lambda d: d.styear)
    disputes = acts.drop_duplicates("dispnum")[["dispnum", "styear", "stmon", "hiact"]]
    pledges = [(a, b, y, *kinds) for (a, b), kinds in PLEDGES.items() for y in years]
    return {
        "cow_states": pd.DataFrame(
            system,
            columns=[
                "ccode", "stateabb", "statenme", "styear", "stmonth", "stday", "endyear",
                "endmonth", "endday", "version",
            ],
        ),
        "cow_contdir": keyed([(*b, 1, SINCE, UNTIL) for b in BORDERS],
                             ["conttype", "stdate", "enddate"]),
        "cow_majors": pd.DataFrame(
            [(60, 1890, 1, 1, 2016, 12, 31, 2016)],
            columns=["ccode", "styear", "stmonth", "stday", "endyear", "endmonth", "endday",
                     "version"],
        ),
        "cow_nmc": nmc,
        "atop_alliance": pd.DataFrame(
            pledges, columns=["ccode1", "ccode2", "year", *(f"atop_{k}" for k in KINDS)]
        ),
        "cow_capitals": pd.DataFrame(
            [(c, SINCE, UNTIL, c / 2, c / 1.5) for c in CODES],
            columns=["ccode", "stdate", "enddate", "lat", "lng"],
        ),
        "gml_part": acts,
        "gml_mid_disps": disputes.assign(outcome=1, settle=1, fatality=0, hostlev=4),
        "tss_rivalries": pd.DataFrame(
            [(1, 10, 40, 1892, 1950)], columns=["tssr_id", "ccode1", "ccode2", "start", "end"]
        ),
        "td_rivalries": pd.DataFrame(
            [(1, 20, 10, 1895, 1905)],
            columns=["rivalryno", "ccode1", "ccode2", "styear", "endyear"],
        ),
        "peace_scale_spells": pd.DataFrame(
            [(10, 30, 1899, 2016, 0.75)],
            columns=["ccode1", "ccode2", "start_year", "end_year", "peace_scale"],
        ),
        "cow_igo_ndy": pd.DataFrame(
            [(10, 20, y, 4) for y in years], columns=["ccode1", "ccode2", "year", "dyadigos"]
        ),
        "cow_igo_sy": pd.DataFrame(
            [(c, y, 9) for c in CODES for y in years], columns=["ccode", "year", "sum_igo_full"]
        ),
        "democracy_cow": pd.DataFrame(
            [(10, 1900, 9, 0.8)], columns=["ccode", "year", "polity2", "v2x_polyarchy"]
        ),
        "unga_idealpoints": pd.DataFrame(
            [(10, 1, 1950, 0.1, 0.0, 0.2)],
            columns=["ccode", "session", "year", "idealpoint", "q5", "q95"],
        ),
    }  # fmt: skip


def put(folder, made):
    for name, table in made.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Folder with the small tables, in which no treaty is read apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores_rows, "READ_APART", ())
        yield put(tmp_path_factory.mktemp("scores"), tables())


def year_of(folder, number):
    pairs = panel.dyad_years(folder, number, number, directed=False, relevant=True)
    (year,) = scores_rows.years(folder, pairs, {number})
    return year


@pytest.fixture(scope="module")
def frame(small):
    """Scores of 1900."""
    return scores.scores(year_of(small, 1900), thetas(), setting())


TOLD = [
    f"p_{side}_{level}{end}"
    for level in ("war", "force")
    for side in ("target", "challenger")
    for end in ("", "_low", "_high")
]


def lawful(frame):
    """What holds of any scores."""
    known = frame.dropna(subset=TOLD)
    for level in ("war", "force"):
        sides = [known[f"p_{side}_{level}"] for side in ("target", "challenger")]
        assert (sides[0] + sides[1] <= 1 + 1e-4).all()  # four significant digits
        for side, p in zip(("target", "challenger"), sides, strict=True):
            low, high = (known[f"p_{side}_{level}_{end}"] for end in ("low", "high"))
            assert ((low >= 0) & (low <= high) & (high <= 1)).all()
            assert ((low <= p) & (p <= high)).mean() > 0.99  # a mean may leave its interval
    assert frame[["duty_target", "duty_challenger"]].apply(lambda d: d.between(0, 1)).all().all()
    assert not frame.duplicated(["year", "ccode1", "ccode2", "ccode3"]).any()
    assert (frame[TOLD].isna().all(axis=1) == frame[TOLD].isna().any(axis=1)).all()
    keys = frame[["ccode1", "ccode2", "ccode3"]]
    assert keys.nunique(axis=1).eq(3).all()
    assert frame.sort_values(["year", *keys]).index.equals(frame.index)


def turned(frame):
    """The same dyads seen from the other state."""
    names = {
        name: name.replace("target", "challenger")
        if "target" in name
        else name.replace("challenger", "target")
        for name in frame
    }
    other = frame.rename(columns=names | {"ccode1": "ccode2", "ccode2": "ccode1"})
    other = other.sort_values(["year", "ccode1", "ccode2", "ccode3"], ignore_index=True)
    return other[frame.columns]


def test_chances_are_chances(frame):
    lawful(frame)
    assert len(frame) > 30


def test_a_dyad_seen_from_the_other_state_swaps_the_columns(frame):
    offence = frame[["ccode1", "ccode2"]].isin([40]).any(axis=1)  # 50 promised it to 40 alone
    one, other = frame[~offence], turned(frame)[~offence]
    pd.testing.assert_frame_equal(one, other, rtol=1e-3)
    assert not frame[offence].equals(turned(frame)[offence])


def test_a_pledge_of_offence_is_felt_toward_a_challenger_alone(frame):
    row = frame[(frame.ccode3 == 50) & (frame.ccode1 == 40)].iloc[0]
    assert row.duty_target == 0
    row = frame[(frame.ccode3 == 50) & (frame.ccode2 == 40)].iloc[0]
    assert row.duty_challenger > 0


def test_both_roles_are_as_if_each_had_been_computed(small, frame):
    year = year_of(small, 1900)
    pair, k = scores_rows.third_parties(year)
    p, _ = scores._chances(scores_rows.table(year, pair, k, 1), thetas(), setting())
    i, j = year.state[year.pair[pair]].T
    told = pd.DataFrame({"ccode1": j, "ccode2": i, "ccode3": year.state[k]})
    told = told.assign(direct=p[:, 0, Side.TARGET, 0]).merge(frame)
    np.testing.assert_allclose(told.p_target_war, told.direct, rtol=1e-3)


def test_who_is_asked_about(frame):
    rows = frame[(frame.ccode1 == 10) & (frame.ccode2 == 20)]
    # 30, 40 and 60 are pledged, 50 borders on 10; 70 is no member in January
    assert rows.ccode3.tolist() == [30, 40, 50, 60]
    new = frame[(frame.ccode1 == 10) & (frame.ccode2 == 70)]
    assert 70 not in rows.ccode3.tolist()
    assert len(new)  # in July it has come


def test_what_is_not_known_is_missing(frame):
    assert frame[frame.ccode3 == 50][TOLD].isna().all().all()
    assert frame[frame.ccode3 == 50][["duty_target", "duty_challenger"]].notna().all().all()
    assert frame[frame.ccode3 != 50].notna().all().all()


def test_pledges_and_past_conduct_count(frame):
    rows = frame[(frame.ccode1 == 10) & (frame.ccode2 == 20)].set_index("ccode3")
    # 30 has promised 10 defence, and fought beside it against 20 five years before
    assert rows.p_target_war[30] > rows.p_challenger_war[30]
    assert (rows.duty_target > 0).tolist() == [True, False, False, False]
    assert rows.p_target_force[30] < rows.p_target_war[30]


def test_past_conduct_ends_where_the_disputes_end(small):
    late, then = year_of(small, 2016), year_of(small, 2010)
    at = [np.searchsorted(y.state, (60, 40)) for y in (late, then)]
    assert late.ties["against"][tuple(at[0])] == then.ties["against"][tuple(at[1])] == 1
    assert [scores_rows.history_to(y) for y in (1900, 2010, 2011, 2016)] == [1899, 2009, 2010, 2010]


def test_renaming_states_renames_the_scores(small, frame, tmp_path):
    new = dict(zip(CODES, [*CODES[3:], *CODES[:3]], strict=True))
    renamed = {
        name: table.assign(**{c: table[c].map(new) for c in table if c.startswith("ccode")})
        for name, table in tables().items()
    }
    for name in ("peace_scale_spells", "cow_igo_ndy"):  # the smaller number first
        pair = renamed[name][["ccode1", "ccode2"]].to_numpy()
        renamed[name][["ccode1", "ccode2"]] = np.sort(pair, axis=1)
    again = scores.scores(year_of(put(tmp_path, renamed), 1900), thetas(), setting())
    keys = ["ccode1", "ccode2", "ccode3"]
    expected = frame.assign(**{c: frame[c].map(new).astype("int16") for c in keys})
    expected = expected.sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(again, expected, rtol=1e-3)


@pytest.fixture(scope="module")
def stack(small):
    """The pairs of 1900 as worlds."""
    year = year_of(small, 1900)
    (found,) = crises(scores_rows.table(year, *scores_rows.third_parties(year), 0))
    return found


def single(*trees):
    return in_single(trees)


def test_quadrature_is_near_a_dense_one(stack):
    grid = np.linspace(-5, 6, 34)
    z = np.stack([a.ravel() for a in np.meshgrid(grid, grid)])
    weight = np.exp(-(z**2).sum(0) / 2)
    theta, given, world, z, weight = single(
        thetas(), setting(), stack.world, z, weight / weight.sum()
    )

    @jax.jit
    def dense(level):
        one = lambda w: joins(theta[0], given, w, level, z)  # noqa: E731
        return (jax.vmap(one)(jax.tree.map(lambda a: a[:8], world)) * weight).sum(-1)

    own = np.asarray(by_draw(*single(thetas()), given, world, POINTS))[0, :8]
    told = stack.world.capability[:8, None, :, 0] > 1e-6  # nobody knows the strength of 50
    for number, level in enumerate((_WAR, _FORCE)):
        near = own[:, number] / np.asarray(dense(jnp.array(level)))
        np.testing.assert_allclose(np.where(told, near, 1), 1, rtol=0.03)


def test_the_rule_keeps_three_moments_at_both_levels():
    made = jax.jit(jax.vmap(rule))(jnp.array([-1.0, 0.0, 1.4, 3.0]))
    for number, step in enumerate((-1.0, 0.0, 1.4, 3.0)):
        for level, mean in enumerate((0.0, -step)):
            weight, away = made.weight[number, level], np.asarray(made.other[number]) - mean
            moments = [float((weight * away**n).sum()) for n in range(4)]
            np.testing.assert_allclose(moments, [1, 0, 1, 0], atol=1e-4)


def test_intervals_are_those_of_draws_and_padding_is_of_no_matter(stack):
    told = chances(thetas(), setting(), stack)
    kept = told.p.shape[-1]
    assert kept < stack.row.shape[1]
    drawn = np.asarray(by_draw(*single(thetas(), setting(), stack.world), POINTS))[..., :kept]
    assert told.felt.shape == (*drawn.shape[1:2], 2, kept)
    expected = np.moveaxis(np.quantile(drawn, [0.05, 0.95], axis=0), 2, 1)
    np.testing.assert_allclose(told.p[1:], expected, rtol=1e-4)
    np.testing.assert_allclose(told.p[0], np.moveaxis(drawn.mean(0), 1, 0), rtol=1e-4)


def write(small, out, first=1900, last=1901, **more):
    return scores.write(small, out, first, last, thetas=thetas(), given=setting(), **more)


def read(path):
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_stata(path)


def test_three_formats_say_the_same(small, tmp_path, frame):
    told = {}
    for ending in scores_files.WRITERS:
        (tmp_path / ending[1:]).mkdir()
        told[ending] = write(small, tmp_path / ending[1:] / f"own{ending}")
    found = {ending: read(done.files[0]) for ending, done in told.items()}
    for ending, table in found.items():
        pd.testing.assert_frame_equal(
            table.astype("float64"), found[".parquet"].astype("float64"), rtol=1e-6
        )
        assert len(table) == told[ending].rows
        assert table.p_target_war.isna().sum() == told[ending].missing
        assert table.groupby(["year", "ccode1", "ccode2"]).ngroups == told[ending].dyads
    first = found[".parquet"].query("year == 1900")
    pd.testing.assert_frame_equal(first, frame)
    lawful(found[".parquet"])
    with pd.io.stata.StataReader(told[".dta"].files[0]) as file:
        labels = file.variable_labels()
    assert labels["p_target_war"] == "P(ccode3 joins ccode1 against ccode2), fighting at level war"
    for ending, done in told.items():
        names = sorted(path.name for path in done.files[0].parent.iterdir())
        assert names == sorted([f"own{ending}", "own.codebook.txt", "own.cite.txt"])


def test_codebook_and_citation_name_all(small, tmp_path):
    done = write(small, tmp_path / "own.parquet")
    out, codebook, cite = done.files
    text = codebook.read_text()
    assert max(map(len, text.splitlines())) <= 80
    for column in scores_files.columns():
        assert f"\n{column.name}\n" in text
        assert len(column.label) <= 80
        assert len(column.name) <= 32
    assert done.fit in text
    assert "Gibler" in cite.read_text()
    assert "The foedus developers" in cite.read_text()
    told = json.loads(pq.read_schema(out).metadata[b"foedus"])
    assert told["codebook"] == text
    assert told["sources"]["gml_part"].startswith("GML")


def test_a_stopped_job_goes_on(small, tmp_path, monkeypatch):
    out = tmp_path / "own.csv"

    def stop(done, total):
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(small, out, progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["own.csv.parts"]
    (kept,) = (tmp_path / "own.csv.parts").glob("*.parquet")
    asked = []
    real = scores.years
    monkeypatch.setattr(scores, "years", lambda *a: asked.extend(a[2]) or real(*a))
    told = []
    write(small, out, progress=lambda done, total: told.append((done, total)))
    assert asked == [1901]
    assert kept.name == "1900.parquet"
    assert told[-1][0] == told[-1][1]
    write(small, tmp_path / "whole.csv")
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_parts_of_another_fit_are_dropped(small, tmp_path):
    kept = tmp_path / "own.csv.parts"
    kept.mkdir()
    (kept / "job.json").write_text('{"mark": "another"}')
    (kept / "1900.parquet").write_text("nothing")
    assert write(small, tmp_path / "own.csv").rows


def test_nothing_is_overwritten(small, tmp_path):
    (tmp_path / "own.cite.txt").write_text("mine")
    with pytest.raises(RecordError, match="nothing is overwritten"):
        write(small, tmp_path / "own.csv")
    (tmp_path / "other.csv.parts").mkdir()
    with pytest.raises(RecordError, match=r"other\.csv\.parts: expected no such folder"):
        write(small, tmp_path / "other.csv")
    with pytest.raises(RecordError, match="expected a folder"):
        write(small, tmp_path / "none" / "own.csv")
    with pytest.raises(RecordError, match="parquet"):
        write(small, tmp_path / "own.txt")


def test_years_without_a_list_of_states(small, tmp_path):
    with pytest.raises(ValueError, match="expected years from 1816 to 2016"):
        write(small, tmp_path / "own.csv", 2015, 2017)


def test_stata_refuses_what_it_cannot_hold(tmp_path):
    column = [scores_stata.Variable("n", "number", "<i2")]
    with pytest.raises(ValueError, match="32740"):
        scores_stata.write(tmp_path / "a.dta", column, 1, [{"n": np.array([40_000])}], "")
    with pytest.raises(ValueError, match="expected 2 rows"):
        scores_stata.write(tmp_path / "a.dta", column, 2, [{"n": np.array([4])}], "")


def test_the_record_1820_to_1821(record, tmp_path):
    done = write(record, tmp_path / "own.parquet", 1820, 1821)
    table = read(done.files[0])
    lawful(table)
    years = panel.dyad_years(record, 1820, 1821, relevant=True)
    assert done.dyads == len(table.drop_duplicates(["year", "ccode1", "ccode2"])) <= len(years)
    assert done.missing < 0.01 * done.rows
    # every relevant dyad has third parties: the five great powers of the Concert
    seen = table.groupby(["year", "ccode1", "ccode2"]).ccode3.agg(set)
    powers = {200, 220, 255, 300, 365}
    assert all(powers <= set(who) | {*key[1:]} for key, who in seen.items())
