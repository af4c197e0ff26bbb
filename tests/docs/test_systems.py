"""Pages on the systems say what the code does: names, priors, switches, homes of equations."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from generated.parameters import data_words, known, prior_words

import foedus
from foedus.study.observables import OBSERVABLES
from foedus.study.switches import switches

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "systems"
PACKAGE = Path(foedus.__file__).parent
SECTIONS = [
    "What the essays say",
    "Mechanism",
    "Equation",
    "Priors and sources",
    "In karabakh-2020",
    "Switch",
    "Limits",
]
ALL = switches()
DISTRIBUTIONS = re.compile(r"\b(normal|positive|half|lognormal|beta|uniform)\b")
NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*|\.\d+)")
HEAD = "| Parameter | Prior | Source | Grade | Data |"
FILES = (".toml", ".yaml", ".npz", ".md")


@cache
def text(name):
    return (PAGES / f"{name}.md").read_text("utf-8")


def sections(page):
    """Text of each section, by its title."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(page):
    """Rows of the table of priors whose first cell names a parameter."""
    lines = sections(page)["Priors and sources"].splitlines()
    found = [cells(line) for line in lines if line.startswith("|")]
    return [row for row in found if row[0].startswith("`")]


def row(name):
    """The row of a parameter as it should stand."""
    entry = known()[name]
    told = (
        f"`{name}`",
        prior_words(entry["dist"]),
        entry["source"],
        entry["basis"],
        data_words(name),
    )
    return f"| {' | '.join(told)} |"


def index_row(switch):
    """The row of a system in the index."""
    head = f"| [{switch.id}]({switch.id}.md) {switch.name} | {switch.theory} |"
    if switch.missing:
        return f"{head} -- | -- |"
    words = OBSERVABLES[switch.observable].words
    return f"{head} {words} (`{switch.observable}`) | {switch.without} |"


def homes(part):
    """Modules and functions that a text names, as `game.payoff` or `game/payoff.py`."""
    groups = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"}
    told = re.findall(r"`([\w./]+)`", part)
    names = [name.removeprefix("foedus.").removeprefix("src/foedus/") for name in told]
    names = [name for name in names if "/" in name or not name.endswith(FILES)]
    return [name for name in names if re.split(r"[./]", name)[0] in groups and name not in known()]


def resolve(name):
    """What a dotted name, or a path, stands for in the package; AttributeError if nothing."""
    if "/" in name:
        assert (PACKAGE / name).exists(), name
        return name
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(["foedus", *parts[:cut]]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute)
        return found
    raise AttributeError(name)


def test_each_system_has_a_page_and_each_page_a_system():
    assert sorted(ALL) == sorted(path.stem for path in PAGES.glob("S*.md"))


@pytest.mark.parametrize("name", ALL)
def test_a_page_has_the_name_of_its_switch_and_all_sections_in_order(name):
    assert text(name).splitlines()[0] == f"# {name} · {ALL[name].name}"
    found = sections(text(name))
    assert list(found) == SECTIONS
    assert all(part.strip() for part in found.values())


@pytest.mark.parametrize("name", ALL)
def test_priors_on_a_page_are_those_that_are_drawn_from(name):
    page = text(name)
    for first, prior, *_ in rows(page):
        parameter = first.strip("`")
        assert parameter in known(), f"{parameter} has no prior"
        dist = known()[parameter]["dist"]
        every = dist if isinstance(dist, list) else [dist]
        arguments = [x for one in every for x in next(iter(one.values()))]
        told = [float(number) for number in NUMBER.findall(prior)]
        right = f"expected {row(parameter)}"
        assert set(DISTRIBUTIONS.findall(prior)) == {next(iter(one)) for one in every}, right
        assert told in (arguments, list(next(iter(every[0].values())))), right
    if HEAD in page:  # then whole rows are those of the tables
        lines = set(page.splitlines())
        assert [r for r in (row(cell[0].strip("`")) for cell in rows(page)) if r not in lines] == []


@pytest.mark.parametrize("name", [n for n, switch in ALL.items() if not switch.missing])
def test_a_page_names_all_that_its_switch_changes_and_what_it_is_held_to(name):
    part, switch = sections(text(name))["Switch"], ALL[name]
    lacking = [change.path for change in switch.changes if f"`{change.path}`" not in part]
    assert lacking == []
    assert f"`{switch.observable}`" in part
    parameters = {change.path for change in switch.changes} & set(known())
    assert parameters <= {first.strip("`") for first, *_ in rows(text(name))}


@pytest.mark.parametrize("name", ALL)
def test_an_equation_has_a_home_and_every_home_exists(name):
    page = text(name)
    equation = sections(page)["Equation"]
    assert equation.count("$$") >= 2
    assert equation.count("$$") % 2 == 0
    assert homes(equation)
    for home in homes(page):
        resolve(home)


def test_the_index_says_of_each_system_what_the_switches_say():
    lines = set((PAGES / "README.md").read_text("utf-8").splitlines())
    assert [line for line in map(index_row, ALL.values()) if line not in lines] == []


def test_a_home_that_does_not_exist_is_found_out():
    told = "`war.truce` and `war.ceasefire.terms`, `disputes.armenia.front`, `claims.yaml`"
    assert homes(told) == ["war.ceasefire.terms"]
    with pytest.raises(AttributeError):
        resolve("war.ceasefire.no_such_thing")
    with pytest.raises(AttributeError):
        resolve("war.no_such_module.terms")
