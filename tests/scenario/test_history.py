"""What happened as one run: each dispute for itself, treaties beside them."""

from datetime import date, timedelta

import numpy as np
import pytest

from foedus.claims.evaluate import evaluate
from foedus.core.kinds import Action, Grade, Membership, Side, Status
from foedus.scenario.history import history
from foedus.scenario.layout import frame
from foedus.scenario.load import load
from foedus.scenario.questions import claim_of, given_of
from tests.scenario.texts import raw, write

KARABAKH = load("karabakh-2020")
RUN, AXES = history(KARABAKH), frame(KARABAKH)


def told(*events, **changes):
    """History of the small scenario with these events alone, and its frame."""
    scenario = write(raw() | {"events": list(events)} | changes)
    return history(scenario), frame(scenario)


def event(day, kind, dispute="north", **more):
    """An event so many days after the start; `dispute=None` names none."""
    on = date(2019, 6, 1) + timedelta(days=day)
    named = {} if dispute is None else {"dispute": dispute}
    return {"date": str(on), "kind": kind, **named, **more}


# ---------------------------------------------------------------- one dispute


def test_history_has_the_axes_of_the_frame():
    run, axes = told(event(3, "truce"))
    days, weeks = axes.days, axes.weeks
    assert (len(axes.disputes), len(axes.states), len(axes.treaties)) == (3, 7, 3)
    shapes = {name: array.shape for name, array in run._asdict().items()}
    assert shapes == {
        "status": (days, 3, 1),
        "front": (days, 3, 1),
        "deaths": (weeks, 2, 3, 1),
        "civilians": (weeks, 2, 3, 1),
        "across": (weeks, 2, 3, 1),
        "spread": (weeks, 2, 3, 1),
        "action": (weeks, 7, 3, 1),
        "asked": (weeks, 3, 3, 1),
        "keeper": (weeks, 3, 1),
        "membership": (weeks, 3, 7, 1),
        "residual": (weeks, 3, 1),
    }
    assert run.status.dtype == run.action.dtype == run.membership.dtype == np.uint8


def test_without_later_events_there_is_no_history():
    assert told(event(0, "truce"))[0] is None


def test_each_dispute_has_its_own_story():
    run, axes = told(event(3, "truce"), event(10, "attack", "inland"))
    coast, inland, north = range(3)
    assert axes.disputes == ("coast", "inland", "north")
    assert (run.status[:, coast] == Status.QUIET).all()
    assert (run.status[:10, inland] == Status.QUIET).all()
    assert (run.status[10:, inland] == Status.FIGHTING).all()
    assert (run.status[:3, north] == Status.FIGHTING).all()
    assert (run.status[3:, north] == Status.TRUCE).all()


def test_an_attack_after_an_end_begins_and_after_a_truce_breaks():
    ends = [event(5, "settlement"), event(9, "attack"), event(12, "truce"), event(20, "breach")]
    run, axes = told(*ends)
    north = run.status[:, axes.dispute("north"), 0]
    found = [Status(north[day]).name for day in (4, 5, 9, 12, 20)]
    assert found == ["FIGHTING", "SETTLED", "FIGHTING", "TRUCE", "FIGHTING"]


def test_a_truce_that_breaks_at_once_is_one_day_of_truce():
    run, axes = told(event(5, "truce"), event(5, "breach"))
    north = run.status[:, axes.dispute("north"), 0]
    assert [Status(north[day]).name for day in (4, 5, 6)] == ["FIGHTING", "TRUCE", "FIGHTING"]


def test_land_and_deaths_are_those_of_the_dispute():
    run, axes = told(
        event(8, "front", share={"value": 0.5, "src": "A"}),
        event(13, "deaths", side="target", total={"value": 70, "src": "A"}),
        sources=raw()["sources"] | {"A": {"cite": "A book."}},
    )
    front, deaths = run.front[..., 0], run.deaths[..., 0]
    north, inland = axes.dispute("north"), axes.dispute("inland")
    assert front[8, north] == 0.5
    assert 0.1 < front[7, north] < 0.2
    assert (front[:, inland] == 0).all()
    assert deaths[:3, Side.TARGET, north].tolist() == [35, 70, 70]
    assert (deaths[:, :, inland] == 0).all()
    assert (deaths[:, Side.CHALLENGER] == 0).all()


# ---------------------------------------------------------------- what states do


@pytest.mark.parametrize("side", ["target", "challenger"])
@pytest.mark.parametrize("grade", ["statement", "aid", "deployment", "deniable", "combat"])
def test_help_comes_in_grades_and_lasts_while_the_war_does(grade, side):
    how = {"kind": "join"} if grade == "combat" else {"kind": "aid", "grade": grade}
    run, axes = told(event(8, who="CHL", side=side, **how), event(23, "settlement"))
    chile = run.action[:, axes.state("CHL"), axes.dispute("north"), 0]
    expected = Action.of(Grade[grade.upper()], Side[side.upper()])
    assert chile[:5].tolist() == [0, expected, expected, expected, 0]
    assert (run.action[:, :, axes.dispute("inland")] == Action.ABSTAIN).all()


def test_help_ends_when_it_is_told_to_end():
    until = str(date(2019, 6, 1) + timedelta(days=14))
    run, axes = told(event(8, "aid", who="CHL", side="target", until=until))
    chile = run.action[:, axes.state("CHL"), axes.dispute("north"), 0]
    assert (chile > 0).tolist()[:4] == [False, True, True, False]


def test_the_most_counts_in_a_week_but_a_broker_mediates():
    run, axes = told(
        event(8, "aid", who="CHL", side="target"),
        event(9, "join", who="CHL", side="target"),
        event(8, "aid", who="BRA", side="target", grade="deployment"),
        event(23, "truce", broker=["BRA"]),
    )
    north = axes.dispute("north")
    chile, brazil = (run.action[:, axes.state(code), north, 0] for code in ("CHL", "BRA"))
    assert chile[1] == Action.JOIN_TARGET
    assert brazil[:5].tolist() == [
        Action.ABSTAIN,
        Action.DEPLOY_TARGET,
        Action.DEPLOY_TARGET,
        Action.MEDIATE,
        Action.DEPLOY_TARGET,  # the truce may yet break
    ]


def test_peacekeepers_stand_until_the_first_day_without_them():
    until = str(date(2019, 6, 1) + timedelta(days=28))
    run, axes = told(event(8, "keepers", who="BRA", until=until))
    keeper = run.keeper[:, axes.dispute("north"), 0]
    brazil = axes.state("BRA")
    assert keeper[:6].tolist() == [-1, brazil, brazil, brazil, -1, -1]
    assert (run.keeper[:, axes.dispute("coast")] == -1).all()
    assert (told(event(8, "keepers", who="BRA"))[0].keeper[1:, axes.dispute("north")] >= 0).all()


# ---------------------------------------------------------------- requests


def test_a_request_is_of_its_dispute_and_stands_until_the_next_war():
    run, axes = told(
        event(8, "invoke", who="ECU", treaty="PACT"),
        event(15, "settlement"),
        event(29, "attack"),
        event(43, "truce"),
        event(50, "breach"),
        event(51, "invoke", who="ECU", treaty="PACT", article="6"),
    )
    pact, north = axes.treaty("PACT"), axes.dispute("north")
    asked = run.asked[:, pact, north, 0]
    assert np.flatnonzero(~asked).tolist() == [0, 4, 5, 6]  # a breach opens no new episode
    run.asked[:, pact, north] = False
    assert not run.asked.any()


def test_a_request_in_the_week_of_the_attack_is_kept():
    run, axes = told(
        event(5, "settlement"), event(29, "attack"), event(29, "invoke", who="ECU", treaty="PACT")
    )
    asked = run.asked[:, axes.treaty("PACT"), axes.dispute("north"), 0]
    assert np.flatnonzero(asked)[0] == 4
    assert asked[4:].all()


def test_a_strike_beyond_the_contested_land_is_of_its_side_and_of_this_war():
    run, axes = told(
        event(8, "strike", side="challenger"),
        event(9, "civilians", side="target", total={"value": 40, "src": "A"}),
        event(15, "settlement"),
        event(29, "attack"),
        sources=raw()["sources"] | {"A": {"cite": "A book."}},
    )
    north = axes.dispute("north")
    across = run.across[:, :, north, 0]
    assert np.flatnonzero(across[:, Side.CHALLENGER]).tolist() == [1, 2, 3]
    assert run.across.sum() == 3
    assert run.civilians[1:, Side.TARGET, north].min() == 40
    assert not run.civilians[:, Side.CHALLENGER].any()
    assert not run.deaths.any()


def test_a_request_in_no_dispute_by_name_is_made_in_all():
    run, axes = told(event(8, "invoke", None, who="COL", treaty="PACT"))
    asked = run.asked[2, axes.treaty("PACT"), :, 0]
    assert dict(zip(axes.disputes, asked.tolist(), strict=True)) == {
        "coast": False,
        "inland": True,  # the only one in which Colombia is the target
        "north": False,
    }


# ---------------------------------------------------------------- treaties


def standings(run, axes, treaty, code):
    """Membership at the end of each week, as the weeks at which it changes."""
    row = run.membership[:, axes.treaty(treaty), axes.state(code), 0]
    weeks = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist()]
    return {week: Membership(row[week]).name for week in weeks}


def test_members_are_those_of_the_start():
    run, axes = told(event(8, "truce"))
    assert standings(run, axes, "PACT", "ECU") == {0: "FULL"}
    assert standings(run, axes, "PACT", "CHL") == {0: "OUTSIDE"}
    assert standings(run, axes, "SOON", "PER") == {0: "OUTSIDE"}


def test_notice_runs_out_and_other_steps_take_effect_at_once():
    run, axes = told(
        event(30, "notice", None, who="ECU", treaty="PACT"),
        event(30, "suspend", None, who="COL", treaty="PACT"),
        event(30, "leave", None, who="BRA", treaty="PACT"),
        event(30, "accede", None, who="CHL", treaty="PACT"),
        event(30, "accede", None, who="PER", treaty="SOON"),
    )
    end = (date(2020, 7, 1) - date(2019, 6, 1)).days // 7  # twelve months from 1 July 2019
    assert standings(run, axes, "PACT", "ECU") == {0: "FULL", 4: "LEAVING", end: "LEFT"}
    assert standings(run, axes, "PACT", "COL") == {0: "FULL", 4: "SUSPENDED"}
    assert standings(run, axes, "PACT", "BRA") == {0: "FULL", 4: "LEFT"}
    assert standings(run, axes, "PACT", "CHL") == {0: "OUTSIDE", 4: "FULL"}
    assert standings(run, axes, "SOON", "PER") == {0: "OUTSIDE", 4: "FULL"}
    assert standings(run, axes, "SOON", "BRA") == {0: "OUTSIDE"}


# ---------------------------------------------------------------- the shipped scenario

HEADLINES = {
    "H1": True,
    "H2": False,
    "H3": False,
    "H4": True,
    "H5a": True,
    "H5b": False,
    "H6a": True,
    "H6b": True,
    "H7a": True,
    "H7b": True,
    "H8": False,
    "H9a": True,
    "H9b": True,
    "H10": True,
}
"""The ledger's outcomes of the headline claims."""

OTHERS = {
    "russia-asked": True,
    "russia-mediates": True,
    "russia-deploys": True,
    "turkey-fights": False,
    "turkey-helps": True,
    "turkey-deploys": True,
    "fighting-day-30": True,
    "truce-by-october": True,
    "fighting-resumes": True,
    "armenia-asks": True,
    "notice-by-2021": False,
    "notice-by-2023": False,
    "member-leaves": False,
    "uzbekistan-returns": False,
    "armenia-west": True,
    "turkey-azerbaijan-pact": True,
    "russia-azerbaijan-pact": True,
    "kgz-tjk-clash": True,
    "kgz-tjk-alone": True,
    "kazakhstan-unrest": True,
    "kazakhstan-troops": True,
    "strike-on-armenia": True,
    "strike-on-azerbaijan": True,
    "days-to-first-stop": 44,
    "deaths-target": 4012,
    "deaths-challenger": 2912,
    "civilian-deaths": 178,
    "land-at-year-end": 0.72,
}


def test_outcomes_follow_from_the_events():
    found = {
        key: evaluate(claim_of(question), RUN, AXES)[0]
        for key, question in KARABAKH.questions.items()
    }
    assert found == pytest.approx(HEADLINES | OTHERS)


def test_every_condition_came_true_so_that_its_question_is_scored():
    conditions = {k: given_of(q) for k, q in KARABAKH.questions.items() if q.given is not None}
    assert {key: bool(evaluate(c, RUN, AXES)[0]) for key, c in conditions.items()} == dict.fromkeys(
        ("H5a", "H5b", "H7b", "H9b", "armenia-asks", "kgz-tjk-alone", "kazakhstan-troops"), True
    )


@pytest.mark.parametrize(
    ("dispute", "days"),
    [
        ("karabakh", [date(2023, 9, 19)]),
        ("armenia", [date(2021, 5, 12), date(2021, 11, 16), date(2022, 9, 13)]),
        ("kgz-tjk", [date(2021, 4, 28), date(2022, 9, 14)]),
        ("kazakhstan", [date(2022, 1, 5)]),
    ],
)
def test_fighting_after_2020_is_that_of_the_dossier(dispute, days):
    fights = RUN.status[:, AXES.dispute(dispute), 0] == Status.FIGHTING
    begins = np.flatnonzero(~fights[:-1] & fights[1:]) + 1
    found = [AXES.start + timedelta(days=int(day)) for day in begins]
    assert [day for day in found if day.year > 2020] == days


def test_the_shipped_history_is_one_that_a_run_could_have():
    assert (np.diff(RUN.deaths, axis=0) >= 0).all()
    assert ((RUN.front >= 0) & (RUN.front <= 1)).all()
    for dispute in KARABAKH.disputes:
        sides = [AXES.state(code) for code in (dispute.target, dispute.challenger)]
        place = AXES.dispute(dispute.id)
        assert (RUN.action[:, sides, place] == Action.ABSTAIN).all()
        assert not np.isin(RUN.keeper[:, place], sides).any()
