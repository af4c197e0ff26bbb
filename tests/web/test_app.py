"""The JSON interface: it answers what the commands print, and tells faults with places."""

import json

import pytest
import schemathesis
import schemathesis.specs.openapi.checks as held
import yaml
from fastapi.testclient import TestClient
from hypothesis import given, settings

from foedus.report.main_job import to_json
from foedus.scenario.load import parse, scaffold
from foedus.study.choices import configured
from foedus.study.pipeline import Options, run
from foedus.web.app import application

TEXT = scaffold("case")
QUICK = {"scenario": "case", "text": TEXT, "runs": 64}


@pytest.fixture(scope="module")
def client():
    with TestClient(application()) as client:
        yield client


def faults(said):
    assert said.status_code == 422
    return said.json()["faults"]


def test_the_page_asks_for_nothing_from_outside(client):
    for path in ("/", "/page.css", "/page.js"):
        said = client.get(path)
        assert said.status_code == 200
        assert "http://" not in said.text
        assert "https://" not in said.text


def test_a_scenario_is_described_with_what_can_be_moved(client):
    said = client.post("/api/scenario", json={"scenario": "case", "text": TEXT}).json()
    scenario = parse(TEXT.encode())
    assert said["questions"] == {name: q.text for name, q in scenario.questions.items()}
    assert {one["id"] for one in said["switches"]} >= {"S01", "S03"}
    paths = [one["path"] for one in said["inputs"]]
    assert len(paths) == len(set(paths))
    assert "states.BRA.domestic" in paths
    for one in said["inputs"]:
        if one["kind"] == "number":
            assert one["least"] <= one["low"] <= one["value"] <= one["high"] <= one["most"]


def test_every_input_can_be_set_where_it_is(client):
    said = client.post("/api/scenario", json={"scenario": "case", "text": TEXT}).json()
    values = {one["path"]: str(one["value"]).lower() for one in said["inputs"]}
    scenario, *_ = configured(parse(TEXT.encode()), [f"{p}={v}" for p, v in values.items()], [])
    assert scenario.id == "case"


def test_answers_are_those_of_the_command(client):
    asked = {**QUICK, "set": {"states.BRA.domestic": "0.2"}, "without": ["S03"]}
    said = client.post("/api/answers", json=asked).json()
    scenario, changed, fixed = configured(
        parse(TEXT.encode()), ["states.BRA.domestic=0.2"], ["S03"]
    )
    same = to_json(run(scenario, Options(runs=64, fixed=fixed)), changed)
    assert {**said, "look": None} == {**json.loads(json.dumps(same)), "look": None}


def test_a_change_changes_answers_and_no_change_changes_nothing(client):
    first = client.post("/api/answers", json=QUICK).json()
    again = client.post("/api/answers", json=QUICK).json()
    other = client.post(
        "/api/answers", json={**QUICK, "set": {"disputes.province.grievance": "5"}}
    ).json()
    assert first == again
    assert first["answers"] != other["answers"]


def test_why_gives_terms_and_law(client):
    said = client.post("/api/why", json={"scenario": "case", "text": TEXT, "draws": 4}).json()
    assert (said["state"], said["target"], said["draws"]) == ("BRA", "Ecuador", 4)
    assert "intercept" in said["terms"]
    assert said["law"]
    wrong = client.post("/api/why", json={"scenario": "case", "text": TEXT, "by": "PER"})
    assert "expected by: one of BRA" in faults(wrong)[0]["what"]


def test_a_file_says_what_was_changed_and_is_sound(client):
    asked = {"scenario": "case", "text": TEXT, "set": {"states.BRA.domestic": "0.2"},
             "without": ["S03"]}  # fmt: skip
    said = client.post("/api/file", json=asked)
    assert parse(said.content).states["BRA"].domestic.value == 0.2
    assert "--set joining.patron_risk=0" in said.text
    assert yaml.safe_load(said.text)["id"] == "case"


def test_faults_of_a_file_have_their_places(client):
    wrong = TEXT.replace("challenger: PER", "challenger: PEX", 1)
    (fault, *_) = faults(client.post("/api/check", json={"scenario": "my.yaml", "text": wrong}))
    assert fault["file"] == "my.yaml"
    assert wrong.splitlines()[fault["line"] - 1].strip().startswith("challenger: PEX")
    assert client.post("/api/check", json={"scenario": "x", "text": TEXT}).json()["faults"] == []


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("answers", {"scenario": "karabakh-202"}, "no such scenario"),
        ("answers", {"scenario": "/etc/passwd"}, "no such scenario"),
        ("answers", {**QUICK, "runs": 10**6}, "less than or equal to 10000"),
        ("answers", {**QUICK, "without": ["S77"]}, "expected a switch"),
        ("answers", {**QUICK, "set": {"states.BRA.domestik": "1"}}, "nothing stands at"),
        ("answers", {**QUICK, "as_of": "1999-01-01"}, "1999-01-01"),
        ("answers", {**QUICK, "unknown": 1}, "Extra inputs"),
        ("why", {"scenario": "case", "text": TEXT, "dispute": "x"}, "expected dispute"),
        ("file", {"scenario": "case", "text": "[" * 5000}, ""),
    ],
)
def test_what_cannot_be_is_told_and_never_a_server_error(client, path, asked, said):
    found = faults(client.post(f"/api/{path}", json=asked))
    assert said in json.dumps(found)


def test_text_of_a_scenario_stays_text(client):
    hostile = "<script>alert(1)</script>"
    text = TEXT.replace("title: A border province", f"title: {hostile} province", 1)
    said = client.post("/api/scenario", json={"scenario": "x", "text": text})
    assert said.headers["content-type"] == "application/json"
    assert hostile in said.json()["title"]
    script = client.get("/page.js").text
    assert "innerHTML" not in script
    assert "insertAdjacentHTML" not in script


def test_charts_and_report_are_of_the_same_run(client):
    answers = client.post("/api/answers", json=QUICK).json()["answers"]
    shown = client.post("/api/figures", json=QUICK).json()
    (every,) = (one for one in shown if one["id"] == "answers")
    events = [a for a in answers if a["kind"] == "event"]
    place = every["headings"].index("probability")
    told = [float(row[place]["text"]) for row in every["cells"]]
    assert sorted(told) == pytest.approx(sorted(a["probability"] for a in events), abs=1e-4)
    called = client.post("/api/answers", json=QUICK).json()["called"]
    (who,) = (one for one in shown if one["id"] == "conduct")
    p = [float(row[who["headings"].index("probability")]["text"]) for row in who["cells"]]
    assert p == pytest.approx([x for one in called for x in one["probability"].values()], abs=1e-4)
    for one in shown:
        assert "<script" not in one.get("wide", "")
    report = client.post("/api/report", json=QUICK)
    assert report.headers["content-type"].startswith("text/html")
    for answer in answers:
        assert answer["id"] in report.text


@pytest.fixture(scope="module")
def described():
    """The interface as it describes itself, with the model's work left out."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_studied", "reasons"):
            patch.setattr(f"foedus.web.answers.{name}", _left_out)
        yield schemathesis.openapi.from_asgi("/openapi.json", application())


def _left_out(*asked):
    raise ValueError("the model is left out")


def test_whatever_is_asked_is_answered_or_refused_as_described(described):
    operations = [found.ok() for found in described.get_all_operations()]
    assert {one.path for one in operations} >= {"/api/answers", "/api/why", "/api/check"}
    for one in operations:

        @settings(max_examples=25)
        @given(case=one.as_strategy())
        def holds(case):
            # what is well formed may still be refused: a scenario that nobody knows, say
            case.call_and_validate(excluded_checks=[held.positive_data_acceptance])

        holds()
