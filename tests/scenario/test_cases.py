"""The catalogue: its ids, its facts, the law's word on each, and what others say of them."""

import subprocess
import sys
import time
from datetime import date

import pytest
from pydantic import ValidationError

from foedus.alliance.casus import Due, Facts, verdict
from foedus.core import states
from foedus.core.kinds import Reading
from foedus.report import casus as report
from foedus.scenario import cases
from foedus.scenario.faults import ScenarioError

BOOK = cases.catalogue()
CASES = BOOK.cases.items()

# The project's list of cases codes the scope of each: inside (Y), outside (N) or disputed (?).
# A reason stands where our facts say something else.
SCOPE = {
    "C02": ("Y", ""), "C04": ("?", ""), "C05": ("Y", ""), "C06": ("N", ""),
    "C07": ("N", "by its own reading; the other party's is shown beside it"),
    "C09": ("Y", ""), "C10": ("?", ""), "C13": ("Y", ""),
    "C14": ("Y", "a threat and a cession, no attack: who calls it one is in dispute"),
    "C15": ("N", ""), "C16": ("Y", ""), "C17": ("Y", ""), "C18": ("Y", ""), "C20": ("Y", ""),
    "C21": ("Y", ""), "C24": ("N", ""), "C25": ("Y", ""), "C28": ("N", ""),
    "C32": ("Y", "it has a question mark there too: China had entered the war itself"),
    "C35": ("Y", ""), "C36": ("Y", ""), "C37": ("Y", ""), "C39": ("?", ""), "C40": ("Y", ""),
    "C42": ("?", ""), "C43": ("N", ""), "C44": ("Y", ""),
    "C45": ("N", "in the American reading; Pakistan's is shown beside it"),
    "C47": ("Y", ""), "C52": ("Y", ""),
    "C53": ("N", "in the American reading; Pakistan's is shown beside it"),
    "C54": ("Y", "Turkey, a party, cited the same article for itself"),
    "C55": ("Y", "Turkey, a party, cited the same article for itself"),
    "C56": ("Y", ""), "C61": ("?", ""), "C62": ("?", ""), "C64": ("Y", ""), "C72": ("Y", ""),
    "C82": ("N", ""), "C84": ("N", ""), "C85": ("N", ""),
    "C86": ("N", "outside as defence, inside as territory; each said the other had begun"),
    "C90": ("?", ""), "C91": ("Y", ""), "C92": ("?", ""), "C93": ("N", ""), "C94": ("N", ""),
    "C95": ("Y", ""),
    "C97": ("Y", "inside as peacekeeping; whether Armenia was attacked is in dispute"),
    "C98": ("Y", ""), "C99": ("Y", ""), "C100": ("Y", ""),
    "C101": ("N", "no promise of help at all, which is no question of scope for us"),
    "C102": ("?", ""),
    "C103": ("N", "no promise of help at all, which is no question of scope for us"),
}  # fmt: skip

NOT_SCOPE = {"in_force", "promises", "asked"}
LETTER = {Reading.NO: "N", Reading.DISPUTED: "?", Reading.YES: "Y"}

# Each situation of the law, and cases that show it.
SITUATIONS = {
    "inside": "C95", "outside": "C84", "forces abroad": "C83", "a base": "C41",
    "a fellow member": "C51", "a deniable force": "C80", "undeclared": "C16",
    "forestalling": "C47", "the ally attacks, defence": "C93", "the ally attacks, offence": "C34",
    "unrest": "C92", "chained": "C15", "before entry into force": "C99", "after notice": "C29",
    "after exit": "C75", "an ambiguous line": "C96", "consultation": "C88",
    "non-aggression": "C26", "neutrality": "C27", "two camps": "C08", "no request": "C98",
    "no treaty": "C30",
}  # fmt: skip


def test_ids_are_numbered_without_a_gap_and_stand_in_the_order_of_dates():
    assert list(BOOK.cases) == [f"C{i:02d}" for i in range(1, len(BOOK.cases) + 1)]
    assert len(BOOK.cases) >= 60
    days = [case.date for _, case in CASES]
    assert days == sorted(days)


def test_ids_that_were_published_keep_their_cases():
    known = {"C20": "DEU-ITA-1939", "C54": "CYP-1960", "C66": "CST", "C84": "RUS-ARM-1997"}
    assert {id_: BOOK.cases[id_].treaty for id_ in known} == known


@pytest.mark.parametrize(("id_", "case"), CASES)
def test_treaties_articles_sources_and_codes_exist(id_, case):
    for duty in filter(None, (case, case.also)):
        promise = cases.clause(BOOK, duty)
        assert (promise is None) == (duty.treaty is None)
    assert {*case.src} <= BOOK.sources.keys()
    assert case.src or case.unsourced
    named = {*BOOK.entities, *(entity.code for entity in states.entities())}
    for code in {*case.attackers, case.attacked, *case.allies, *case.readings} - named:
        assert states.is_member(code, case.date), code


def test_treaties_say_where_they_come_from():
    for key, treaty in BOOK.treaties.items():
        assert {*treaty.src} <= BOOK.sources.keys(), key
        assert treaty.src or treaty.unsourced, key
        articles = [clause.article for clause in treaty.obligations]
        assert len(set(articles)) == len(articles), key
        assert any(key in (c.treaty, c.also and c.also.treaty) for _, c in CASES), key


@pytest.mark.parametrize(("id_", "case"), CASES)
def test_where_nothing_was_due_nothing_was_kept_or_broken(id_, case):
    said = verdict(cases.facts(BOOK, case))
    if said == Due.DUE:
        assert case.kept != "not due"
    elif said != Due.DISPUTED:
        assert case.kept == "not due"


@pytest.mark.parametrize(("id_", "case"), CASES)
def test_the_law_is_the_same_for_all_allies_of_a_case(id_, case):
    alone = [case.model_copy(update={"allies": (ally,)}) for ally in case.allies]
    assert len({cases.facts(BOOK, one) for one in alone}) == 1


@pytest.mark.parametrize(("id_", "case"), CASES)
def test_verdicts_depend_on_clause_facts_and_reading_only(id_, case):
    other = case.model_copy(
        update={
            "title": "", "note": "", "src": (), "kept": "no", "coded": cases.Coded(),
            "did": cases.Deed(what="against"), "also": None, "unsourced": False,
        }
    )  # fmt: skip
    assert cases.facts(BOOK, case) == cases.facts(BOOK, other)


@pytest.mark.parametrize(("id_", "coded"), SCOPE.items())
def test_scope_agrees_with_the_list_of_cases_or_says_why_not(id_, coded):
    scope, reason = coded
    facts = cases.facts(BOOK, BOOK.cases[id_])._asdict()
    ours = LETTER[min(facts[name] for name in Facts._fields if name not in NOT_SCOPE)]
    assert (ours == scope) == (not reason), ours


EXPECTED = {
    "inside": Due.DUE, "outside": Due.OUTSIDE, "forces abroad": Due.OUTSIDE,
    "a base": Due.OUTSIDE, "unrest": Due.DISPUTED, "chained": Due.NO_CONDITION,
    "before entry into force": Due.NOT_IN_FORCE, "after exit": Due.NOT_IN_FORCE,
    "no treaty": Due.NOT_IN_FORCE, "no request": Due.NOT_ASKED, "consultation": Due.DUE,
    "the ally attacks, defence": Due.NOT_ATTACKED, "the ally attacks, offence": Due.DUE,
    "forestalling": Due.DUE, "undeclared": Due.DUE, "non-aggression": Due.DUE,
    "neutrality": Due.DUE, "a fellow member": Due.DISPUTED, "a deniable force": Due.DISPUTED,
}  # fmt: skip


def test_every_situation_of_the_law_has_a_case():
    for situation, id_ in SITUATIONS.items():
        found = verdict(cases.facts(BOOK, BOOK.cases[id_]))
        assert found == EXPECTED.get(situation, found), situation
    assert BOOK.cases["C83"].object == "forces"
    assert BOOK.cases["C41"].object == "base"
    assert BOOK.cases["C08"].also


def test_notice_binds_the_soviet_union_until_it_runs_out():
    case = BOOK.cases["C29"]
    assert verdict(cases.facts(BOOK, case, party="JPN")) == Due.DUE
    assert verdict(cases.facts(BOOK, case, party="RUS")) == Due.NOT_IN_FORCE
    later = case.model_copy(update={"date": date(1946, 4, 5)})
    assert verdict(cases.facts(BOOK, later)) == Due.DISPUTED
    assert cases.incident(later, later).notices == {"RUS": date(1945, 4, 5)}
    alone = later.model_copy(update={"readings": {}})
    assert verdict(cases.facts(BOOK, alone)) == Due.NOT_IN_FORCE


# ---------------------------------------------------------------- other codings


@pytest.fixture(scope="module")
def honored(record):
    """Two tables of the record."""
    pandas = pytest.importorskip("pandas")
    names = ("honor_berkemeier_fuhrmann", "honor_leeds_anac")
    return [pandas.read_parquet(record / f"{name}.parquet") for name in names]


def test_codings_are_those_of_the_record(honored):
    theirs, other = honored
    words = {"honorbf": "honored", "violatebf": "violated", "dnabf": "does not apply"}
    seen = 0
    for id_, case in CASES:
        if (case.coded.iwd or case.coded.cow) and case.treaty:
            atop = BOOK.treaties[case.treaty].atop
            rows = theirs[(theirs.warid == case.coded.iwd) & (theirs.atopid == atop)]
            found = {word for name, word in words.items() if (rows[name] == 1).any()}
            assert found == {case.coded.berkemeier_fuhrmann} - {None}, id_
            rows = other[(other.war == case.coded.cow) & (other.atopid == atop)]
            found = {"honored" if kept == 1 else "violated" for kept in rows.honor3}
            assert found == {case.coded.leeds_anac} - {None}, id_
            seen += 1
    assert seen > 40


def test_treaty_4220_is_coded_as_violated_and_shown():
    assert BOOK.treaties["CST"].atop == 4220
    for id_ in ("C66", "C68"):
        assert BOOK.cases[id_].coded.berkemeier_fuhrmann == "violated"
    assert ("C66", "not due", "berkemeier_fuhrmann", "violated") in list(cases.agreement(BOOK))
    assert "4220" in report.agreement(BOOK)


def test_the_cross_table_counts_every_coding():
    rows = list(cases.agreement(BOOK))
    assert len(rows) == sum(
        getattr(case.coded, study) is not None for _, case in CASES for study in cases.STUDIES
    )
    text = report.agreement(BOOK)
    for study, name in cases.STUDIES.items():
        assert f"{name} ({sum(row[2] == study for row in rows)} codings)" in text


# ---------------------------------------------------------------- reading and telling


def test_bad_entries_are_refused():
    text = 'foedus: 1\nsources: {}\ntreaties: {}\ncases: {"C01": {"verdict": due}}\n'
    with pytest.raises(ValidationError, match="verdict"):
        cases.parse(text.encode())
    with pytest.raises(ScenarioError, match="written twice"):
        cases.parse(b"foedus: 1\nfoedus: 1\n")
    with pytest.raises(ValidationError, match="frozen"):
        BOOK.cases["C01"].title = "x"


@pytest.mark.parametrize(
    ("id_", "hint"), [("C1", "C01"), ("7", "C07"), ("C420", "C42"), ("c1000", "C100")]
)
def test_an_unknown_id_is_one_message_with_a_suggestion(id_, hint):
    with pytest.raises(ValueError, match=f"C01 to C103; got '{id_}'; did you mean '{hint}'"):
        cases.find(BOOK, id_)


@pytest.mark.parametrize("id_", BOOK.cases)
def test_each_case_fits_the_page_and_carries_the_caveat(id_):
    text = report.one(BOOK, id_)
    assert max(map(len, text.splitlines())) <= 80
    assert "coding, not legal opinion" in text
    assert report.as_data(BOOK, id_)["law"]["verdict"] in text.replace("\n  ", " ")


def test_the_list_and_the_table_fit_the_page():
    for text in (report.listing(BOOK), report.agreement(BOOK)):
        assert max(map(len, text.splitlines())) <= 80
        assert "coding, not legal opinion" in text.replace("\n", " ")


def run(*arguments):
    code = (
        "import sys; from foedus.cli import main\ntry: main(sys.argv[1:])\n"
        "finally: print([m for m in ('numpy', 'jax', 'pandas') if m in sys.modules])"
    )
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_starts_fast_and_loads_no_arrays():
    start = time.monotonic()
    done = run("casus", "c95")
    assert done.stdout.rstrip().endswith("[]")
    assert done.returncode == 0
    assert time.monotonic() - start < 5


def test_the_command_tells_of_an_unknown_id_and_exits_with_2():
    done = run("casus", "C0042")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "did you mean 'C42'?" in done.stderr
