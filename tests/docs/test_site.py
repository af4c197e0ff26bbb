"""The documentation tells all that the code has; what the build relies on works."""

import doctest
import re

import pytest
import typer.main
from generated import (
    casus,
    commands,
    docstrings,
    ledger,
    markdown,
    parameters,
    scenario_format,
    snippets,
)
from generated.docstrings import as_rst
from generated.links import faults
from generated.snippets import part

from foedus.alliance.casus import verdict
from foedus.cli import app
from foedus.core import params
from foedus.scenario import cases
from foedus.scenario.ledger import ledger as shipped
from foedus.scenario.load import json_schema, load
from foedus.scenario.questions import NAMES
from foedus.study.switches import switches
from tests.docs.test_systems import ROOT, homes, resolve

DOCS = ROOT / "docs"


def sections(page):
    """Text below each heading of the second or third level, by the heading."""
    parts = re.split(r"^##+ (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_and_each_of_its_options_is_told():
    told = sections(commands.page())
    root = typer.main.get_command(app)
    every = {f"foedus {name}": command for name, command in root.commands.items()}
    group = every.pop("foedus record")
    every |= {f"foedus record {name}": command for name, command in group.commands.items()}
    assert sorted(told) == sorted(every)
    for name, command in every.items():
        assert command.help.split("\n")[0] in told[name]
        flags = [flag for p in command.params for flag in p.opts if flag.startswith("--")]
        assert [flag for flag in flags if f"`{flag}" not in told[name]] == []


def test_every_key_of_the_scenario_format_is_told():
    told, schema = sections(scenario_format.page()), json_schema()
    kinds = {"The file": schema, **schema["$defs"]}
    entries = {name: kind for name, kind in kinds.items() if name not in scenario_format.NUMBERS}
    for name, kind in entries.items():
        keys = set(kind["properties"]) - set(scenario_format.EVERYWHERE)
        assert {key for key in keys if f"| `{key}` |" not in told[name]} == set()
        needed = {key for key in kind.get("required", ()) if key in keys}
        lines = [line for line in told[name].splitlines() if "| needed |" in line]
        assert {re.findall("`([^`]+)`", line)[0] for line in lines} == needed
    assert set(NAMES) <= set(told)


@pytest.mark.parametrize(
    "page",
    [commands.page, scenario_format.page, casus.page, ledger.page, parameters.page,
     parameters.switches_page],
)  # fmt: skip
def test_a_generated_page_begins_with_a_heading(page):
    """Text before the first heading would be set after the last."""
    assert page().startswith("## ")


def test_links_within_the_scenario_page_have_a_heading():
    page = scenario_format.page()
    headings = {title.lower().replace(" ", "-") for title in sections(page)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= headings


def test_every_parameter_case_claim_and_switch_is_told():
    page = parameters.page()
    names = [f"{g}.{n}" for g, fields in params.GROUPS.items() for n in fields._fields]
    assert [name for name in names if page.count(f"| `{name}` |") != 1] == []
    book, told = cases.catalogue(), casus.page()
    for id_, case in book.cases.items():
        due = verdict(cases.facts(book, case))
        assert re.search(
            rf"^\| \[{id_}\]\(#{id_.lower()}\) \| {case.date} .*\| {due} \|", told, re.M
        )
        assert f"\n### {id_}\n" in told
    claims, told = shipped(load("karabakh-2020")).claims, ledger.page()
    assert [id_ for id_ in claims if told.count(f"\n| {id_} |") != 1] == []
    assert [
        s for s in switches() if f"[{s}](../systems/{s}.md)" not in parameters.switches_page()
    ] == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("explanation/*.md")), ids=lambda p: p.stem)
def test_a_function_that_an_explanation_names_exists(page):
    for home in homes(page.read_text("utf-8")):
        resolve(home)


def test_links_of_pages_lead_to_files():
    for page in (ROOT / "README.md", *DOCS.rglob("*.md")):
        links = re.findall(r"\]\(([^)#:\s]+)(?:#[\w-]+)?\)", page.read_text("utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page


def test_docstrings_keep_their_words_and_get_their_marks():
    text = "The share $x_k$ of `front`:\n\n    AB  C\n      D\n\n$$ a\n   = b $$\n\nIt costs $5."
    assert as_rst(text) == (
        "The share :math:`x_k` of ``front``::\n\n    AB  C\n      D\n\n\n"
        ".. math::\n\n   a = b\n\n\nIt costs $5."
    )


def test_a_dead_link_and_what_is_loaded_from_outside_are_found(tmp_path):
    (tmp_path / "b.html").write_text('<p id="here">')
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">x</a><a href="b.html#there">x</a><a href="c.html">x</a>'
        '<a href="https://example.org">x</a><script src="https://example.org/x.js"></script>'
    )
    assert sorted(faults(tmp_path)) == [
        "a.html: b.html#there leads nowhere",
        "a.html: c.html leads nowhere",
        "a.html: loads https://example.org/x.js",
    ]


def test_a_page_shows_the_part_that_it_asks_for():
    assert part("a\nb\nc\n", {"from": "b", "lines": 1}) == "...\nb\n..."
    assert part("a\nb\n", {}) == "a\nb"
    with pytest.raises(StopIteration):
        part("a\n", {"from": "z"})


@pytest.mark.parametrize("module", [docstrings, markdown, parameters, snippets])
def test_examples_in_docstrings_run(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_what_a_maximum_runs_over_stands_below_it():
    pytest.importorskip("latex2mathml", reason="the group docs is not installed")
    pytest.importorskip("sphinx")
    from generated.mathml import display

    assert "<munder><mo>max</mo><mi>k</mi></munder>" in display(r"\max_k x")


def test_a_picture_is_taken_of_a_page_in_both_themes(tmp_path):
    pytest.importorskip("sphinx", reason="the group docs is not installed")
    from generated.pictures import THEMES, chromium, take

    if (browser := chromium()) is None:
        pytest.skip("no chromium")
    page = tmp_path / "a.html"
    page.write_text('<meta name="color-scheme" content="light dark"><p>x')
    for theme in THEMES:
        take(browser, page, tmp_path / f"{theme}.png", (300, 200), theme)
    light, dark = ((tmp_path / f"{theme}.png").read_bytes() for theme in THEMES)
    assert light[:4] == dark[:4] == b"\x89PNG"
    assert light != dark
