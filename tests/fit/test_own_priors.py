"""Priors of one's own: what is laid over what, and what is refused."""

from importlib.resources import files

import numpy as np
import pytest

from foedus.core import priors
from foedus.fit import alliance_prior, war_prior
from foedus.fit.own_priors import over, read, shipped

SHIPPED = (files("foedus.core") / "priors.toml").read_text()


def test_a_copy_of_the_shipped_table_changes_nothing(tmp_path):
    path = tmp_path / "same.toml"
    path.write_text(SHIPPED)
    assert read(path) == shipped()
    assert shipped().core == priors.read()
    assert shipped().war == war_prior.weak()
    assert shipped().alliance == alliance_prior.weak()


def test_a_copy_of_the_weak_priors_changes_no_fit():
    given = {group: own for group, own in war_prior.weak().items() if group != "form"}
    assert over(given).war == shipped().war
    assert over(given).core["joining"]["delay"]["dist"] == {"lognormal": [100.0, 1.0]}


def test_only_what_is_named_changes(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        "[joining.major]\ndist = { normal = [0.5, 0.3] }\nsource = 'mine'\n"
        "[joining.era]\ndist = { normal = [0, 0.1] }\n"
        "[crisis.ask_need]\ndist = { half = [2.0] }\n"
    )
    own, known = read(path).core, priors.read()
    assert own["joining"]["major"]["dist"] == {"normal": [0.5, 0.3]}
    assert own["joining"]["major"]["source"] == "mine"
    assert own["joining"]["major"]["meaning"] == known["joining"]["major"]["meaning"]
    assert own["joining"]["era"]["dist"] == [{"normal": [0, 0.1]}] * 4
    assert own["war"] == known["war"]
    assert priors.sample(own).joining.major.std() == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[joining.mayor]\ndist = {}", r"joining.mayor: expected a parameter; got none .*'major'"),
        ("[joinin.major]", r"joinin: expected a group of parameters; got none .*'joining'"),
        ("joining = 3", "joining: expected a table of parameters; got 3"),
        ("[joining]\nmajor = 3", "joining.major: expected a table with a dist; got 3"),
        ("[joining.major]\ndits = 1", "joining.major: expected one of meaning.*got dits.*'dist'"),
        ("[joining.major]\ndist = { cauchy = [0, 1] }", "joining.major: .*got 'cauchy'"),
        ("[joining.major]\ndist = { normal = [0] }", "joining.major: expected a distribution"),
        ("[joining.major]\ndist = { normal = [0, 0] }", "joining.major: .* with some spread"),
        ("[joining.major]\ndist = [1, 2]", "joining.major: expected one dist such as"),
        ("[joining.major]\ndist = { half = [1] }", "joining.major: expected one of normal, as"),
        ("[joining.obligation]\ndist = { normal = [1, 1] }", "expected one of positive, half, log"),
        ("[joining.era]\ndist = [{ normal = [0, 1] }]", "joining.era: .*each of 4 eras; got 1"),
        ("[joining.disputed]\ndist = { normal = [0, 1] }", "expected values from 0 to 1; got"),
        ("[war.drift]\ndist = { normal = [1, 1] }", "war.drift: expected values from 0 to inf"),
        ("[war.exchange_skill]\ndist = { normal = [0, 1] }", "expected values from -1 to 1"),
        ("[war.initiative]\ndist = { half = [1] }", "expected a normal, as its fit reads it, such"),
        ("[war.drift]\nera_sd = { half = [1] }", "war.drift: expected one of .*got era_sd"),
        ("[alliance.trust]\ndist = { beta = [2, 2] }", "trust: expected a normal of the logit, as"),
        (
            "[alliance.trust]\nera_sd = { lognormal = [1, 1] }",
            "trust, era_sd: expected one such as",
        ),
        ("[alliance.trust]\nera_sd = 3", "trust, era_sd: expected one dist such as"),
        ("[joining.delay_sd]\ndist = { half = [1] }", "expected joining.delay_between and"),
        ("[fulfilment.kinds]", r"fulfilment.kinds: expected a parameter; .*'kind'"),
        ("[form.growth]", "form: expected a group of parameters; got none"),
        ("draws = 7", "draws: expected an even number above 0; got 7"),
        (
            "[[correlation]]\npair = ['joining.major', 'x']\nvalue = 1",
            "correlation, seed: expected",
        ),
        ("[joining.major", "expected TOML; "),
    ],
)
def test_what_is_not_known_is_refused_by_file_and_name(tmp_path, text, said):
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=said) as fault:
        read(path)
    assert str(fault.value).startswith(f"{path}: ")
    assert "\n" not in str(fault.value)


def test_a_file_that_is_not_there_names_itself(tmp_path):
    with pytest.raises(OSError, match=r"nothing\.toml"):
        read(tmp_path / "nothing.toml")


def test_one_prior_stands_in_each_table_that_has_it():
    given = {
        "war": {
            "tempo_sd": {"dist": {"lognormal": [2.0, 0.4]}},
            "settlement": {"dist": [{"lognormal": [0.001, 1.0]}] * 4},
            "skill_sd": {"dist": {"lognormal": [0.5, 0.5]}},
        },
        "alliance": {"unaided": {"dist": {"half": [0.3]}}},
        "fulfilment": {"kind": {"dist": {"normal": [0.0, 0.3]}}},
    }
    own = over(given)
    assert own.war["war"]["tempo_sd"]["dist"] == {"lognormal": [2.0, 0.4]}
    assert own.war["war"]["tempo_sd"]["era_sd"] == {"half": [0.3]}
    assert own.core["war"]["tempo_sd"]["dist"] == [{"lognormal": [2.0, pytest.approx(0.5)]}] * 4
    assert "era_sd" not in own.war["war"]["settlement"]  # eras given one by one
    assert war_prior.prior(own.war, ["war.settlement"]).size == war_prior.ERAS
    assert own.core["war"]["settlement"]["dist"] == [{"lognormal": [0.001, 1.0]}] * 4
    assert own.war["war"]["skill_sd"] == own.core["war"]["skill_sd"]
    assert own.alliance["alliance"]["unaided"]["dist"] == {"half": [0.3]}
    assert own.alliance["fulfilment"]["kind"]["dist"] == {"normal": [0.0, 0.3]}
    assert "fulfilment" not in own.core


def test_trust_is_given_as_a_logit_and_drawn_as_a_share_of_the_same_moments():
    given = {"alliance": {"trust": {"dist": {"normal": [1.0, 0.6]}, "era_sd": {"half": [0.8]}}}}
    own = over(given)
    assert own.alliance["alliance"]["trust"]["dist"] == {"normal": [1.0, 0.6]}
    share = 1 / (1 + np.exp(-np.random.default_rng(1).normal(1.0, 1.0, 100_000)))
    drawn = priors.sample(own.core).alliance.trust
    assert drawn.mean() == pytest.approx(share.mean(), abs=0.01)
    assert drawn.std() == pytest.approx(share.std(), rel=0.05)


def test_what_is_given_stays_as_it_was():
    given = {"joining": {"major": {"dist": {"normal": [0.5, 0.3]}}}}
    over(given)
    assert given == {"joining": {"major": {"dist": {"normal": [0.5, 0.3]}}}}
    assert shipped().core == priors.read()
