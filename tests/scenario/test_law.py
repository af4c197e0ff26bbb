"""The law of each situation, from clauses and events alone."""

from datetime import date
from itertools import pairwise, product

import pytest

from foedus.alliance.casus import Due, Facts, verdict
from foedus.core.kinds import Grade, Reading, Side
from foedus.scenario.law import Incident, dispute_facts, facts, may_not, parties, runs_out
from foedus.scenario.load import load
from foedus.scenario.schema import Clause, Coverage, Member, Scope, Treaty

NO, DISPUTED, YES = Reading
DAY = date(2000, 6, 1)
ATTACK = Incident(DAY, "AAA", ("XXX",), "heartland", "AAA")


def clause(kind="defense", **changes):
    return Clause(article="1", kind=kind, words="", **changes)


def covers(place, covered, **by_reading):
    entry = Coverage(territory=place, covered=covered, by_reading=by_reading)
    return Scope(territories=(entry,))


def treaty(*clauses, **changes):
    members = tuple(Member(state=code) for code in ("AAA", "BBB", "CCC"))
    values = {"name": "Pact", "signed": date(1990, 1, 1), "members": members}
    return Treaty(**{**values, **changes}, obligations=clauses or (clause(),))


def said(promise, incident=ATTACK, pact=None, **asked):
    return verdict(facts(pact or treaty(promise), promise, incident, ally="BBB", **asked))


ONE = clause()

SITUATIONS = {
    "attack on recognised land": (ONE, {}, Due.DUE),
    "attack outside": (ONE, {"land": "XXX"}, Due.OUTSIDE),
    "attack on the land of an ally": (ONE, {"land": "BBB"}, Due.OUTSIDE),
    "outside, but everywhere counts": (
        clause(scope=Scope(default="everywhere")), {"land": "XXX"}, Due.DUE,
    ),
    "forces abroad": (ONE, {"object": "forces", "land": "BBB"}, Due.OUTSIDE),
    "forces abroad, protected on members' land": (
        clause(protects=("territory", "forces")), {"object": "forces", "land": "BBB"}, Due.DUE,
    ),
    "forces abroad, protected, beyond members' land": (
        clause(protects=("forces",)), {"object": "forces", "land": "YYY"}, Due.OUTSIDE,
    ),
    "a base": (ONE, {"object": "base", "land": "BBB"}, Due.OUTSIDE),
    "a base, protected": (clause(protects=("base",)), {"object": "base", "land": "BBB"}, Due.DUE),
    "by a fellow member": (ONE, {"opponents": ("CCC",)}, Due.DISPUTED),
    "by a fellow member, counted": (clause(members="yes"), {"opponents": ("CCC",)}, Due.DUE),
    "by a fellow member, not counted": (
        clause(members="no"), {"opponents": ("CCC",)}, Due.NOT_OUTSIDER,
    ),
    "by a fellow member and an outsider": (
        clause(members="no"), {"opponents": ("CCC", "XXX")}, Due.DUE,
    ),
    "by a proxy": (ONE, {"form": "proxy"}, Due.DISPUTED),
    "by a force that nobody owns up to": (ONE, {"form": "deniable"}, Due.DISPUTED),
    "by a deniable force, not counted": (
        clause(proxies="no"), {"form": "deniable"}, Due.NOT_ATTRIBUTED,
    ),
    "by a proxy, counted": (clause(proxies="yes"), {"form": "proxy"}, Due.DUE),
    "unrest inside": (ONE, {"form": "internal"}, Due.NOT_ATTRIBUTED),
    "unrest inside, counted": (clause(internal="yes"), {"form": "internal"}, Due.DUE),
    "only against another": (clause(only=("YYY",)), {}, Due.NOT_OUTSIDER),
    "only against this one": (clause(only=("XXX",)), {}, Due.DUE),
    "meant to forestall": (ONE, {"provoked": DISPUTED}, Due.DUE),
    "meant to forestall, and the clause asks": (
        clause(unprovoked=True), {"provoked": DISPUTED}, Due.DISPUTED,
    ),
    "provoked, and the clause asks": (clause(unprovoked=True), {"provoked": YES}, Due.PROVOKED),
    "the ally attacks": (ONE, {"attacked": NO, "land": "XXX"}, Due.NOT_ATTACKED),
    "the ally attacks, offence": (clause("offense"), {"attacked": NO, "land": "XXX"}, Due.DUE),
    "offence on forces abroad": (
        clause("offense"), {"attacked": NO, "object": "forces", "land": "XXX"}, Due.DUE,
    ),
    "who attacked is in dispute": (ONE, {"attacked": DISPUTED}, Due.DISPUTED),
    "waits for another state": (clause(after="CCC"), {}, Due.NO_CONDITION),
    "another state has acted": (clause(after="CCC"), {"acted": ("CCC",)}, Due.DUE),
    "one attacker, two needed": (clause(attackers=2), {}, Due.NO_CONDITION),
    "two attackers, two needed": (clause(attackers=2), {"opponents": ("XXX", "YYY")}, Due.DUE),
    "a threat": (ONE, {"attacked": NO}, Due.NOT_ATTACKED),
    "a threat, and consultation": (
        clause("consultation", trigger="threat"), {"attacked": NO, "land": "XXX"}, Due.DUE,
    ),
    "no threat, and consultation": (
        clause("consultation", trigger="threat"), {"attacked": NO, "threatened": NO},
        Due.NOT_ATTACKED,
    ),
    "not asked": (clause(on_request=True), {}, Due.NOT_ASKED),
    "asked": (clause(on_request=True), {"asked": YES}, Due.DUE),
    "an ambiguous line": (clause(scope=covers("heartland", "disputed")), {}, Due.DISPUTED),
    "parties read it differently": (
        clause(scope=covers("heartland", "yes", AAA="yes", BBB="no")), {}, Due.DISPUTED,
    ),
    "only a state outside reads it differently": (
        clause(scope=covers("heartland", "yes", XXX="no")), {}, Due.DUE,
    ),
    "help asked of a promise of restraint": (clause("neutrality"), {}, Due.NO_PROMISE),
}  # fmt: skip


@pytest.mark.parametrize(("promise", "event", "expected"), SITUATIONS.values(), ids=SITUATIONS)
def test_each_situation_has_its_verdict(promise, event, expected):
    assert said(promise, ATTACK._replace(**event)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(1989, 12, 31), Due.NOT_IN_FORCE),
        (date(1990, 12, 31), Due.NOT_IN_FORCE),
        (date(1991, 1, 1), Due.DUE),
        (date(1999, 12, 31), Due.DUE),
        (date(2000, 1, 1), Due.NOT_IN_FORCE),
    ],
)
def test_signature_binds_nobody_before_entry_into_force_nor_after_exit(on, expected):
    last = Member(state="BBB", to=date(2000, 1, 1))
    pact = treaty(in_force=date(1991, 1, 1), members=(Member(state="AAA"), last))
    assert said(ONE, ATTACK._replace(on=on), pact) == expected


def test_notice_binds_until_it_runs_out():
    pact = treaty(notice_months=6)
    for day, expected in ((date(2000, 7, 30), Due.DUE), (date(2000, 7, 31), Due.NOT_IN_FORCE)):
        for who in ("AAA", "BBB"):
            event = ATTACK._replace(on=day, notices={who: date(2000, 1, 31)})
            assert said(ONE, event, pact) == expected
    other = ATTACK._replace(on=date(2001, 1, 1), notices={"CCC": date(2000, 1, 31)})
    assert said(ONE, other, pact) == Due.DUE


@pytest.mark.parametrize(
    ("notice", "months", "last"),
    [
        (date(2020, 8, 31), 6, date(2021, 2, 28)),
        (date(2019, 8, 31), 6, date(2020, 2, 29)),
        (date(2020, 10, 31), 6, date(2021, 4, 30)),
        (date(2020, 12, 1), 12, date(2021, 12, 1)),
        (date(2020, 5, 5), 0, date(2020, 5, 5)),
        (date(2020, 1, 29), 1, date(2020, 2, 29)),
        (date(2021, 1, 29), 1, date(2021, 2, 28)),
    ],
)
def test_months_of_notice_end_within_the_month(notice, months, last):
    assert runs_out(notice, months) == last


def test_a_possible_treaty_binds_nobody_and_its_candidates_are_its_parties():
    pact = treaty(possible=True, signed=None, members=(), candidates=("AAA", "BBB"))
    assert parties(pact, DAY) == {"AAA", "BBB"}
    assert said(ONE, ATTACK, pact) == Due.NOT_IN_FORCE
    by_other = facts(pact, ONE, ATTACK._replace(opponents=("BBB",)))
    assert by_other.outsider == DISPUTED


def test_each_party_has_its_own_reading_and_all_together_are_disputed():
    reading = clause(scope=covers("heartland", "disputed", AAA="yes", BBB="no"))
    event = ATTACK._replace(readings={"CCC": {"attacked": NO}, "XXX": {"attacked": NO}})
    assert said(reading, event, party="AAA") == Due.DUE
    assert said(reading, event, party="BBB") == Due.OUTSIDE
    assert said(ONE, event, party="CCC") == said(ONE, event, party="XXX") == Due.NOT_ATTACKED
    assert said(reading, event) == Due.DISPUTED
    assert said(ONE, ATTACK._replace(readings={"XXX": {"attacked": NO}})) == Due.DUE


@pytest.mark.parametrize("kind", ["neutrality", "nonaggression"])
def test_restraint_holds_wherever_it_is_and_ends_with_the_treaty(kind):
    pact, promise = treaty(clause(kind)), clause(kind)
    for land, opponents in product(("AAA", "XXX", ""), (("XXX",), ("BBB",))):
        event = ATTACK._replace(land=land, opponents=opponents)
        assert said(promise, event, asks="restraint") == Due.DUE
        found = facts(pact, promise, event, ally="BBB", asks="restraint")
        assert Grade.COMBAT in may_not(promise, found)
    gone = facts(treaty(ended=date(1999, 1, 1)), promise, ATTACK, ally="BBB", asks="restraint")
    assert may_not(promise, gone) == ()


def test_neutrality_forbids_help_too_and_only_for_a_member_that_was_attacked():
    attacked = facts(treaty(), clause("neutrality"), ATTACK, asks="restraint")
    attacks = attacked._replace(attacked=NO)
    assert Grade.AID in may_not(clause("neutrality"), attacked)
    assert Grade.AID not in may_not(clause("nonaggression"), attacked)
    assert may_not(clause("neutrality"), attacks) == ()
    event = ATTACK._replace(attacked=NO)
    assert facts(treaty(), clause("neutrality"), event, asks="restraint") == attacks
    assert said(clause("neutrality", trigger="any"), event, asks="restraint") == Due.DUE
    assert said(clause("nonaggression"), event, asks="restraint") == Due.DUE


def test_a_member_of_two_camps_owes_both_sides():
    for member, other in (("AAA", "XXX"), ("XXX", "AAA")):
        members = (Member(state=member), Member(state="BBB"))
        event = Incident(DAY, member, (other,), "", member, attacked=DISPUTED)
        assert said(ONE, event, treaty(members=members)) == Due.DISPUTED


def test_the_order_of_opponents_and_readings_never_matters():
    readings = {"AAA": {"attacked": YES}, "BBB": {"attacked": NO}}
    for promise, _, _ in SITUATIONS.values():
        event = ATTACK._replace(opponents=("CCC", "XXX"), readings=readings)
        turned = event._replace(
            opponents=("XXX", "CCC"), readings=dict(reversed(list(readings.items())))
        )
        assert said(promise, event) == said(promise, turned)


WORSE = {
    "attacked": [YES, DISPUTED, NO],
    "threatened": [YES, DISPUTED, NO],
    "provoked": [NO, DISPUTED, YES],
    "asked": [YES, DISPUTED, NO],
}


@pytest.mark.parametrize("name", WORSE)
def test_facts_are_monotone_in_what_happened(name):
    for promise, event, _ in SITUATIONS.values():
        found = [
            facts(treaty(promise), promise, ATTACK._replace(**event, **{name: value}))
            for value in WORSE[name]
            if name not in event
        ]
        for more, less in pairwise(found):
            assert all(a >= b for a, b in zip(more, less, strict=True))
            assert isinstance(more, Facts)


@pytest.fixture(scope="module")
def shipped():
    """The main scenario and its disputes."""
    scenario = load("karabakh-2020")
    return scenario, {dispute.id: dispute for dispute in scenario.disputes}


def of_article_4(shipped, dispute, side=Side.TARGET, **asked):
    scenario, disputes = shipped
    article = next(c for c in scenario.treaties["CST"].obligations if c.article == "4")
    return dispute_facts(scenario, "CST", article, disputes[dispute], side, **asked)


def test_each_dispute_of_the_main_scenario_meets_the_law(shipped):
    assert of_article_4(shipped, "karabakh").inside == NO
    assert of_article_4(shipped, "armenia").inside > NO
    assert of_article_4(shipped, "kgz-tjk").outsider == DISPUTED
    assert of_article_4(shipped, "kazakhstan").attributed < YES
    assert of_article_4(shipped, "karabakh", Side.CHALLENGER).in_force == NO


def test_who_began_is_read_by_each_party_for_itself(shipped):
    whole = of_article_4(shipped, "karabakh")
    assert whole.attacked == DISPUTED
    assert of_article_4(shipped, "karabakh", party="ARM").attacked == YES


def test_only_what_happened_up_to_the_day_is_read(shipped):
    scenario, disputes = shipped
    asked = of_article_4(shipped, "armenia", on=date(2022, 9, 14)).asked
    assert (of_article_4(shipped, "armenia").asked, asked) == (NO, YES)
    cut = scenario.model_copy(
        update={"events": tuple(e for e in scenario.events if e.date <= scenario.start)}
    )
    for dispute in disputes:
        assert of_article_4((cut, disputes), dispute) == of_article_4(shipped, dispute)


@pytest.mark.parametrize(
    ("object_", "land", "verdict_"),
    [
        ("territory", "TUR", Due.DUE),
        ("forces", "TUR", Due.DUE),
        ("forces", "FRA", Due.DUE),
        ("forces", "AZE", Due.OUTSIDE),
        ("territory", "AZE", Due.OUTSIDE),
        ("forces", "ARM", Due.OUTSIDE),
    ],
)
def test_the_atlantic_treaty_ends_where_its_words_end(object_, land, verdict_):
    """Article 6: a Turkish force struck in Azerbaijan is outside, one on members' land inside."""
    nato = load("karabakh-2020").treaties["NATO"]
    attack = Incident(date(2020, 9, 27), "TUR", ("RUS",), land=land, object=object_)
    found = facts(nato, nato.obligations[0], attack, ally="USA")
    assert verdict(found) == verdict_
