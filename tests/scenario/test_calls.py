"""Who owes a state what on a day: clause by clause, and under each reading."""

from datetime import date

import pytest

from foedus.alliance.casus import Due
from foedus.core.kinds import Reading, Side
from foedus.scenario.calls import Answer, Call, calls
from foedus.scenario.duties import casus
from foedus.scenario.load import load, parse
from tests.scenario.texts import WIDE

CASE = parse(WIDE.encode())
DAY = date(2019, 6, 1)


def call(answer: Answer, article: str, treaty: str = "PACT") -> Call:
    """The promise of an article."""
    (found,) = (c for c in answer.calls if (c.treaty, c.article) == (treaty, article))
    return found


def test_an_outside_attack_on_own_land():
    answer = calls(CASE, "ECU", DAY)
    help_, restraint, talks = (call(answer, article) for article in "456")
    assert [c.article for c in answer.calls] == ["4", "5", "6"]
    assert help_.owing == restraint.owing == talks.owing == ("BRA", "COL")
    assert {c.verdict for c in answer.calls} == {Due.DUE}
    assert help_.needs == ("an attack on its territory", "its request", "a decision of all members")
    assert help_.counts == {"member": "no", "proxies": "disputed", "unrest": "no"}
    assert help_.places == {"province": "disputed"}
    assert restraint.needs == ("always",)
    assert talks.needs == ("a threat to it",)
    assert answer.silent == {}


def test_a_disputed_place_is_read_by_each_party():
    found = call(calls(CASE, "ECU", DAY, by="PER", where="province"), "4")
    assert (found.verdict, found.wide, found.narrow) == (Due.DISPUTED, True, False)
    assert found.parties == {"ECU": Due.DUE, "BRA": Due.OUTSIDE}
    assert found.reasons == ()


def test_land_of_another_lies_outside():
    found = call(calls(CASE, "BRA", DAY, where="interior"), "4")
    assert found.reasons == (Due.OUTSIDE,)
    assert not found.wide


def test_a_fellow_member_owes_no_help_against_itself():
    answer = calls(CASE, "ECU", DAY, by="Colombia")
    assert call(answer, "4").owing == ("BRA",)
    assert call(answer, "4").reasons == (Due.NOT_OUTSIDER,)
    assert call(answer, "5").owing == ("BRA", "COL")


def test_unrest_is_asked_as_its_dispute_says():
    answer = calls(CASE, "COL", DAY, by="XRB")
    assert answer.question.form == "internal"
    assert call(answer, "4").reasons == (Due.NOT_ATTRIBUTED,)


def test_an_entity_elsewhere_counts_as_a_proxy():
    answer = calls(CASE, "ECU", DAY, by="XRB")
    assert answer.question.form == "proxy"
    assert call(answer, "4").verdict == Due.DISPUTED


def test_conditions_of_a_clause_are_told():
    help_ = call(calls(CASE, "PER", DAY), "2", "RIVAL")
    assert help_.reasons == (Due.NO_CONDITION,)
    assert "by 2 attackers or more" in help_.needs
    assert call(calls(CASE, "PER", DAY), "1", "RIVAL").needs == ("a war that it begins",)


@pytest.mark.parametrize(
    ("state", "on", "owing", "silent"),
    [
        ("ECU", date(2019, 12, 1), ("BRA",), {}),
        ("COL", date(2019, 12, 1), None, {"PACT": "suspended: neither owes nor is owed"}),
        ("ECU", date(2021, 1, 31), None, {"PACT": "left"}),
        ("URY", date(2019, 6, 1), None, {"PACT": "no longer a member"}),
        ("URY", date(2005, 6, 1), ("BRA", "COL", "ECU"), {}),
        ("ECU", date(1998, 12, 1), None, {"PACT": "not in force"}),
        ("CHL", date(2019, 6, 1), None, {"PACT": "no member"}),
    ],
)
def test_events_and_spells_decide_who_is_bound(state, on, owing, silent):
    answer = calls(CASE, state, on)
    found = [c.owing for c in answer.calls if (c.treaty, c.article) == ("PACT", "4")]
    assert found == ([] if owing is None else [owing])
    assert answer.silent == silent


def test_notice_binds_until_it_runs_out():
    for state in ("ECU", "BRA"):
        found = call(calls(CASE, state, date(2021, 1, 30)), "4")
        assert found.leaving == ("ECU",)
        assert found.verdict == Due.DUE
    lonely = call(calls(CASE, "BRA", date(2021, 1, 31)), "4")
    assert (lonely.owing, lonely.reasons) == ((), (Due.NOT_IN_FORCE,))


def test_a_possible_treaty_binds_once_two_have_signed():
    before, one, both = (calls(CASE, "PER", day) for day in (DAY, date(2019, 8, 1), CASE.end))
    assert "only possible" in before.silent["SOON"]
    assert call(one, "1", "SOON").owing == ()
    assert call(both, "1", "SOON").owing == ("BRA",)
    assert call(both, "1", "SOON").needs == ("an attack on its territory, wherever",)


def test_every_state_and_day_that_is_covered_has_an_answer():
    for state in ("BRA", "CHL", "COL", "ECU", "PER", "URY"):
        for year in range(2002, 2022):
            answer = calls(CASE, state, date(year, 12, 31))
            assert answer.calls or answer.silent
            for found in answer.calls:
                assert found.narrow <= found.wide
                assert bool(found.reasons) is not found.wide
                assert state not in found.owing


def test_the_engine_gets_the_same_law():
    north = CASE.dispute("north")
    inside, _ = casus(CASE, "PACT", north, Side.TARGET)
    found = call(calls(CASE, "ECU", CASE.start, by="PER", where="province"), "4")
    assert (inside >= Reading.DISPUTED, inside == Reading.YES) == (found.wide, found.narrow)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Ecuadr", DAY), "got 'Ecuadr'; did you mean 'Ecuador'?"),
        (("ARG", DAY), "expected a state that wide covers: BRA, CHL, COL, ECU, PER"),
        (("ECU", date(1950, 1, 1)), "the treaties of ECU cover, 1998-10-26 to 2021-12-31; got 19"),
        (("ECU", date(2022, 1, 1)), "1998-10-26 to 2021-12-31; got 2022-01-01"),
        (("ECU", DAY, "ECU"), "expected another state than ECU as attacker"),
        (("ECU", DAY, "XRA"), "expected a state's code, number or name; got 'XRA'"),
        (("ECU", DAY, None, "provnice"), "province; got 'provnice'; did you mean 'province'?"),
    ],
)
def test_what_is_not_covered_gives_one_message(arguments, said):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        calls(CASE, *arguments)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_name_a_number_and_a_code_are_the_same():
    assert calls(CASE, "Ecuador", DAY) == calls(CASE, "130", DAY) == calls(CASE, "ecu", DAY)


def test_the_shipped_scenario_answers_for_all_its_members():
    shipped = load("karabakh-2020")
    for state in shipped.states:
        if any(state in members(treaty) for treaty in shipped.treaties.values()):
            answer = calls(shipped, state, shipped.start)
            assert answer.calls or answer.silent


def members(treaty) -> set[str]:
    return {spell.state for spell in treaty.members}


def test_restraint_holds_however_the_state_is_attacked():
    assert call(calls(CASE, "COL", DAY, by="XRB"), "5").verdict == Due.DUE
