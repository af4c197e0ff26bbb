"""Priors of one's own: what is laid over what, and what is refused."""

from importlib.resources import files

import pytest

from foedus.core import priors
from foedus.fit.own_priors import over, read

SHIPPED = (files("foedus.core") / "priors.toml").read_text()


def test_a_copy_of_the_shipped_table_changes_nothing(tmp_path):
    path = tmp_path / "same.toml"
    path.write_text(SHIPPED)
    assert read(path) == priors.read()


def test_only_what_is_named_changes(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        "[joining.major]\ndist = { normal = [0.5, 0.3] }\nsource = 'mine'\n"
        "[joining.era]\ndist = { normal = [0, 0.1] }\n"
        "[crisis.ask_need]\ndist = { half = [2.0] }\n"
    )
    own, shipped = read(path), priors.read()
    assert own["joining"]["major"]["dist"] == {"normal": [0.5, 0.3]}
    assert own["joining"]["major"]["source"] == "mine"
    assert own["joining"]["major"]["meaning"] == shipped["joining"]["major"]["meaning"]
    assert own["joining"]["era"]["dist"] == [{"normal": [0, 0.1]}] * 4
    assert own["war"] == shipped["war"]
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
        ("[war.drift]\ndist = { lognormal = [1, 1] }", "war.drift: expected a parameter whose fit"),
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


def test_the_table_that_is_laid_over_stays_as_it_was():
    table = priors.read()
    over(table, {"joining": {"major": {"dist": {"normal": [0.5, 0.3]}}}})
    assert table == priors.read()
