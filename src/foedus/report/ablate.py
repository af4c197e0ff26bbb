"""`foedus ablate`: what each system of the essays does, as tables or as JSON."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import foedus
from foedus.report.columns import Column, paragraph, table
from foedus.report.hypothetical import BANNER
from foedus.report.progress import Progress
from foedus.report.words import number, percent
from foedus.scenario.load import load
from foedus.study import switches
from foedus.study.ablate import Ablation, Effect, Row, ablate, usable
from foedus.study.observables import OBSERVABLES
from foedus.study.pipeline import Options
from foedus.study.reopen import beside

ABLATION = "ablation.json"
"""Its name in a run folder."""
_MOST = 2  # questions told of each system

_SYSTEMS = (
    Column("System turned off", 19),
    Column("Measure", 16),
    Column("With", 6, True),
    Column("Without", 7, True),
    Column("Change", 7, True),
    Column("s.e.", 5, True),
    Column("Theory", 8),
)
_QUESTIONS = (
    Column("System", 6),
    Column("Questions it moves most", 39),
    Column("With", 6, True),
    Column("Without", 7, True),
    Column("Change", 7, True),
    Column("s.e.", 5, True),
)
_LEGEND = """\
Change  without less with, in points where they are per cent
s.e.    standard error of the change, over the same runs and parameter draws
Theory  as said, or opposite: which way the measure moves, against the theory
        none: no detectable effect, less than two standard errors
        n/a: the scenario has nothing to turn off"""
_CAUTION = (
    "This shows whether the code of a system is alive and which way it works, not whether a "
    "theory is true. No detectable effect is a result. No parameter is ever chosen by it. Of "
    "many differences that are truly nothing, about one in twenty passes two standard errors."
)


def run(
    source: str,
    runs: int,
    seed: int,
    only: list[str],
    *,
    devices: int,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None],
    out: Path | None = None,
) -> None:
    """Turn each system of a scenario off in turn, and print what that changes.

    With `out`, the folder of a finished run, the JSON is kept there too, for its report.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    chosen = usable(only)
    scenario = load(source)
    folder = beside(out, scenario) if out else None
    ensembles = 1 + sum(switches.applies(scenario, switch) for switch in chosen)
    progress = Progress(scenario.id, runs * ensembles, quiet=quiet, check=check)

    with progress:
        found = ablate(scenario, Options(runs, seed, devices=devices), chosen, progress)
    said = json.dumps(to_json(found), ensure_ascii=False, allow_nan=False) + "\n"
    if folder:
        folder.write_text(ABLATION, said)
    sys.stdout.write(said if as_json else text(found) + "\n")


def text(found: Ablation) -> str:
    """What the terminal shows."""
    scenario, options = found.scenario, found.options
    head = (
        *([BANNER] if scenario.hypothetical else []),
        paragraph(scenario.title),
        f"{scenario.start} to {scenario.end}; {options.runs:,} runs, seed {options.seed}; "
        f"parameters {found.parameters[:8]}",
    )
    moved = [line for row in found.rows for line in _moved(row, found)]
    parts = (
        "\n".join(head),
        table(_SYSTEMS, map(_system, found.rows)),
        table(_QUESTIONS, moved) if moved else "No question moves detectably.",
        _LEGEND,
        paragraph(_CAUTION),
        *_missing(),
    )
    return "\n\n".join(parts)


def _system(row: Row) -> tuple[str, ...]:
    """A line of the first table."""
    name = f"{row.switch.id} {row.switch.name}"
    words = OBSERVABLES[row.switch.observable].words
    if row.effect is None:
        return name, words, "--", "--", "--", "--", "n/a"
    share = OBSERVABLES[row.switch.observable].share
    return name, words, *_numbers(row.effect, share=share), str(row.verdict)


def _moved(row: Row, found: Ablation) -> Iterator[tuple[str, ...]]:
    """Lines of the second table: the events that a system moves most."""
    for name, effect in most_moved(row, found):
        told = found.scenario.questions[name].text
        yield row.switch.id, told, *_numbers(effect, share=True)


def most_moved(row: Row, found: Ablation) -> list[tuple[str, Effect]]:
    """The events with the largest detectable differences, the largest first."""
    moved = [
        (name, effect)
        for name, effect in row.questions.items()
        if effect is not None and effect.detectable and name in found.events
    ]
    return sorted(moved, key=lambda pair: -abs(pair[1].difference))[:_MOST]


def _numbers(effect: Effect, *, share: bool) -> tuple[str, str, str, str]:
    """With, without, the change and its error; shares in per cent, their changes in points."""
    means, scale = (percent, 100) if share else (_plain, 1)
    change = _plain(scale * effect.difference, signed=True)
    return means(effect.full), means(effect.without), change, _plain(scale * effect.error)


def _plain(x: float, *, signed: bool = False) -> str:
    """A number to two figures, or to three decimals.

    Examples:
        >>> _plain(-0.0123, signed=True), _plain(2.43), _plain(1234.5), _plain(0.0)
        ('-0.012', '2.4', '1,200', '0')
    """
    size = abs(x)
    few = f"{size:.3f}" if size < 0.1 else f"{size:.1f}" if 1 <= size < 10 else number(size)
    text = "0" if size < 0.0005 else few
    return f"{'+' if x > 0 else '-'}{text}" if signed and text != "0" else text


def _missing() -> Iterator[str]:
    """The systems that cannot be turned off yet."""
    gone = (switch for switch in switches.switches().values() if switch.missing)
    lines = (f"{switch.id} {switch.name}: {switch.missing}." for switch in gone)
    yield "\n".join(["Not there to be turned off:", *(paragraph(x, "  ", "    ") for x in lines)])


def to_json(found: Ablation) -> dict:
    """The object that `--json` prints; quantities by their means."""
    scenario, options = found.scenario, found.options
    return {
        "scenario": scenario.id,
        "version": foedus.__version__,
        "hypothetical": scenario.hypothetical,
        "start": scenario.start.isoformat(),
        "horizon_days": (scenario.end - scenario.start).days,
        "runs": options.runs,
        "seed": options.seed,
        "parameters": found.parameters,
        "baseline": {
            name: one.mean if one.counts.any() else None for name, one in found.baseline.items()
        },
        "switches": [_row(row, found) for row in found.rows],
        "missing": {s.id: s.missing for s in switches.switches().values() if s.missing},
    }


def _row(row: Row, found: Ablation) -> dict:
    switch, effect = row.switch, row.effect
    return {
        "id": switch.id,
        "name": switch.name,
        "theory": switch.theory,
        "changes": [change._asdict() for change in switch.changes],
        "applies": effect is not None,
        "observable": {
            "name": switch.observable,
            "words": OBSERVABLES[switch.observable].words,
            "with": None if effect is None else effect.full,
            "without": None if effect is None else effect.without,
            "se": None if effect is None else effect.error,
            "expected_sign": "+" if switch.without == "raises" else "-",
            "verdict": row.verdict,
        },
        "effects": [_effect(name, one, found) for name, one in row.questions.items()],
    }


def _effect(name: str, effect: Effect | None, found: Ablation) -> dict:
    """What turning a system off does to a claim; nulls where no run meets its condition."""
    told = {"claim": name, "kind": "event" if name in found.events else "quantity"}
    if effect is None:
        return told | dict.fromkeys(("p", "delta", "se", "flips", "detectable"))
    return told | {
        "p": effect.without,
        "delta": effect.difference,
        "se": effect.error,
        "flips": effect.flips,
        "detectable": effect.detectable,
    }
