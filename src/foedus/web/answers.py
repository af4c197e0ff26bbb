"""What the page gets back: the objects that the commands print, and what stands behind them."""

from collections import OrderedDict
from typing import NamedTuple

import yaml

from foedus.core import states
from foedus.core.kinds import Side
from foedus.report.figures import look
from foedus.report.main_job import manifest_of, to_json
from foedus.report.page.render import marks, render
from foedus.report.page.section import drawn
from foedus.report.page.story import figures, story
from foedus.scenario.schema import Scenario
from foedus.study.ally import reasons
from foedus.study.casus import cases, main_ally
from foedus.study.pipeline import Options, Study
from foedus.study.pipeline import run as study_run
from foedus.study.switches import applies, switches
from foedus.web.inputs import inputs
from foedus.web.wanted import Run, Source, Wanted, Why
from foedus.web.work import Check


def checked(asked: Source, check: Check) -> dict:
    """Whether a scenario is sound; every fault with its place if it is not."""
    found = asked.read()
    return {"scenario": found.id, "questions": len(found.questions), "faults": []}


def described(asked: Source, check: Check) -> dict:
    """A scenario: what it is, what it asks, what can be moved and turned off in it."""
    scenario = asked.read()
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "summary": scenario.summary,
        "hypothetical": scenario.hypothetical,
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "questions": {name: question.text for name, question in scenario.questions.items()},
        "states": {code: states.called(code, scenario.start) for code in scenario.states},
        "disputes": [_dispute(scenario, one.id) for one in scenario.disputes],
        "inputs": [one.model_dump() for one in inputs(scenario)],
        "switches": [
            {"id": one.id, "name": one.name, "theory": one.theory}
            for one in switches().values()
            if not one.missing and applies(scenario, one)
        ],
        "sources": {key: source.cite for key, source in scenario.sources.items()},
    }


def _dispute(scenario: Scenario, key: str) -> dict:
    """A dispute and who might come in it."""
    dispute = scenario.dispute(key)
    sides = dispute.challenger, dispute.target
    return {
        "id": key,
        "challenger": states.called(dispute.challenger, scenario.start),
        "target": states.called(dispute.target, scenario.start),
        "ally": main_ally(scenario, dispute),
        "others": [code for code in scenario.states if code not in sides],
    }


def filed(asked: Wanted, check: Check) -> str:
    """The scenario as it is wanted, as a file; parameters that switches hold are named on top."""
    scenario, changed, fixed = asked.configured()
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    head = [f"# {line}" for line in changed]
    head += [f"# foedus run FILE --set {path}={value:g}" for path, value in fixed]
    return "\n".join([*head, yaml.safe_dump(content, sort_keys=False, allow_unicode=True)])


def answered(asked: Run, check: Check) -> dict:
    """What `foedus run --json` prints of the same."""
    study, changed = _studied(asked, check)
    return {**to_json(study, changed), "look": asked.look}


def figured(asked: Run, check: Check) -> list[dict]:
    """The charts of the report, each with its words, its drawings and its table."""
    study, changed = _studied(asked, check)
    manifest = manifest_of(study.scenario, study.options, changed)
    banner, credit = marks(study, manifest)
    told, shown = figures(story(study, manifest)), []
    drawings = (look.drawing(*chart) for figure in told for chart in figure.charts(banner))
    for figure in told:
        check()
        shown.append(drawn(figure, drawings, credit))
    return shown


def reported(asked: Run, check: Check) -> str:
    """The report, one HTML file."""
    study, changed = _studied(asked, check)
    return render(study, manifest_of(study.scenario, study.options, changed))


def colours() -> bytes:
    """The style sheet of both themes, which charts and page share."""
    light, dark = (f":root{{{look.style(theme)}}}" for theme in ("light", "dark"))
    return f"{light}\n@media (prefers-color-scheme:dark){{{dark}}}\n".encode()


class _Made(NamedTuple):
    """A finished run, and what was changed in it."""

    study: Study
    changed: tuple[str, ...]


_made: OrderedDict[str, _Made] = OrderedDict()
_KEPT = 12  # of a few megabytes each


def _studied(asked: Run, check: Check) -> _Made:
    """A run, made now or just before."""
    key = asked.model_dump_json()
    if (made := _made.get(key)) is None:
        scenario, changed, fixed = asked.configured()
        check()
        options = asked.options(fixed, devices=2)
        study = study_run(asked.part(scenario), options, progress=lambda done: check())
        made = _made[key] = _Made(study, changed)
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    return made


def explained(asked: Why, check: Check) -> dict:
    """The terms of a state's utility, and the treaties under which it may owe help."""
    scenario, changed, fixed = asked.configured()
    check()
    dispute = scenario.dispute(asked.dispute)
    code = asked.by or main_ally(scenario, dispute)
    others = sorted(set(scenario.states) - {dispute.challenger, dispute.target})
    if code not in others:
        raise ValueError(f"expected by: one of {', '.join(others)}; got {code or 'none'}")
    found = reasons(scenario, dispute, code, asked.draws, Options(seed=asked.seed, fixed=fixed))
    terms = {**found.terms, "duty, unasked": found.duty[0], "duty, asked": found.duty[1]}
    return {
        "scenario": scenario.id,
        "changed": list(changed),
        "dispute": dispute.id,
        "state": code,
        "name": states.called(code, scenario.start),
        "target": states.called(dispute.target, scenario.start),
        "draws": found.n_draws,
        "terms": dict(sorted(terms.items(), key=lambda term: -abs(term[1]))),
        "stake": found.stake,
        "law": [str(case) for case in cases(scenario, dispute, Side.TARGET) if code in case.owing],
    }
