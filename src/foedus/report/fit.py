"""`foedus fit`: the estimates, how far to trust each fit, and the files that carry them."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from foedus.core import priors as shipped
from foedus.core.params import fingerprint, pack
from foedus.fit import own_priors, stages
from foedus.fit.coefficients import citations, coefficients, joining_effects
from foedus.fit.diagnose import GOOD_ESS, GOOD_KHAT, GOOD_RHAT
from foedus.fit.fitted import Fitted
from foedus.fit.joining import setting
from foedus.fit.posterior import assemble
from foedus.record import calls as record_calls
from foedus.record.folder import find
from foedus.record.pledges import READ_APART
from foedus.report.columns import Column, paragraph, table
from foedus.report.lines import Lines, fact, figure, json_text, plain, span
from foedus.report.main_job import Stopped
from foedus.report.refit import run_formula

__all__ = ["run", "run_formula"]

DEFAULT_OUT = Path("foedus-fit")
LITTLE = 0.1
"""Share of the prior's variance below which the record is said to tell little."""
MOST = 4
"""Counts of a fit that are printed; all are in the report."""

_STAGES = (Column("Fit", 10), Column("Counted", 37), Column("Can its draws be trusted?", 29))
_PARAMETERS = (
    Column("Parameter", 26),
    Column("Prior", 17),
    Column("Mean", 7, True),
    Column("90 %", 17, True),
    Column("Told", 5, True),
)
_EFFECTS = (
    Column("One call more like this", 34),
    Column("Change", 8),
    Column("Points", 7, True),
    Column("90 %", 16, True),
)


def run(
    record: Path | None,
    out: Path | None,
    draws: int,
    seed: int,
    *,
    priors: Path | None = None,
    as_json: bool,
    quiet: bool,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Make every fit, keep what came out, print how good it is.

    Args:
        record: Folder of the tables, if one is named.
        out: Folder for what is kept; a fit that was stopped there goes on.
        draws: Of each fit.
        seed: Of everything.
        priors: File of priors to be used instead of shipped ones.
        as_json: Print JSON.
        quiet: No progress.
        check: Called between steps; may raise KeyboardInterrupt.

    Raises:
        ValueError: Bad input, in one clear message; the folder holds another fit.
        Stopped: The user has stopped it.
    """
    folder, kept = find(record), out or DEFAULT_OUT
    chosen = own_priors.shipped() if priors is None else own_priors.read(priors)
    progress = Lines("fit", quiet=quiet, check=check)
    inputs = stages.Inputs(folder, chosen, draws, seed, progress)
    try:
        fits = stages.fit(inputs, kept)
        told = finish(inputs, fits, kept)
    except KeyboardInterrupt:
        raise Stopped(
            f"stopped: the fits that are done are kept in {kept}; the same command goes on"
        ) from None
    told["priors"] = None if priors is None else str(priors)
    stages.write(kept / "report.json", json_text(told, indent=1).encode())
    sys.stdout.write(json_text(told) if as_json else text(told))


def finish(inputs: stages.Inputs, fits: Mapping[str, Fitted], out: Path) -> dict[str, Any]:
    """Write what the fits gave, and tell it as data.

    Writes `posterior.npz` and `prior.npz`, which `foedus run --parameters` takes,
    `coefficients.csv`, `effects.csv` and `citations.bib`; each whole or not at all.

    Args:
        inputs: Of the fits.
        fits: By name of the stage.
        out: Folder.
    """
    known = {name: _parameters(fitted) for name, fitted in fits.items()}
    informing = [fitted for fitted in known.values() if fitted.draws]
    core = inputs.priors.core
    posterior, sources = assemble(core, informing, inputs.seed)
    prior = shipped.sample(core)
    stages.write(out / "posterior.npz", pack(posterior, sources))
    stages.write(out / "prior.npz", pack(prior, core))
    told = coefficients(known, inputs.priors)
    effects = _effects_of(inputs, fits["joining"])
    for name, frame in (("coefficients", told), ("effects", effects)):
        stages.write(out / f"{name}.csv", frame.to_csv(index=False).encode())
    stages.write(out / "citations.bib", citations(stages.TABLES).encode())
    manifest = json.loads((out / "fit.json").read_text())
    return plain({
        **manifest,
        "draws": inputs.draws,
        "record": str(inputs.folder),
        "out": str(out),
        "data_sha256": _hash(manifest["data"]),
        "priors_sha256": _hash(inputs.priors),
        "posterior": fingerprint(posterior),
        "prior": fingerprint(prior),
        "stages": {name: stage(fitted) for name, fitted in known.items()},
        "coefficients": told.to_dict("records"),
        "effects": effects.to_dict("records"),
    })  # fmt: skip


def _parameters(fitted: Fitted) -> Fitted:
    """A fit without draws that no simulation reads."""
    return fitted._replace(draws={n: a for n, a in fitted.draws.items() if "." in n})


def _effects_of(inputs: stages.Inputs, joining: Fitted) -> pd.DataFrame:
    """Average marginal effects of the joining fit."""
    inputs.progress("marginal effects of what a call is like")
    given = setting(float(joining.diagnostics["covered"]))
    calls = record_calls.table(inputs.folder, without=READ_APART)
    thetas = joining.draws["theta"].T
    return joining_effects(calls, thetas, given, seed=inputs.seed)


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def stage(fitted: Fitted) -> dict[str, Any]:
    """A fit without its draws, and in words whether they can be trusted."""
    faults = list(doubts(fitted.diagnostics))
    return {
        "n": fitted.n,
        "parameters": list(fitted.draws),
        "sound": not faults,
        "doubts": faults,
        "failed_checks": failed(fitted.diagnostics),
        "diagnostics": fitted.diagnostics,
    }


def doubts(diagnostics: dict[str, Any]) -> Iterator[str]:
    """What speaks against trusting a fit's draws, in words.

    Examples:
        >>> list(doubts({"rhat": {"a": 1.02, "b": None}, "ess": {"a": 900.0}, "khat": 0.8}))
        ['R-hat 1.02 above 1.01', 'k-hat 0.80 above 0.70']
    """
    worst, least = extremes(diagnostics)
    if worst is not None and worst > GOOD_RHAT:
        yield f"R-hat {worst:.2f} above {GOOD_RHAT}"
    if least is not None and least < GOOD_ESS:
        yield f"ESS {least:.0f} below {GOOD_ESS:.0f}"
    if many := diagnostics.get("divergences", 0):
        yield f"{many} divergences"
    if (khat := diagnostics.get("khat")) is not None and not khat <= GOOD_KHAT:
        yield f"k-hat {khat:.2f} above {GOOD_KHAT:.2f}"


def extremes(diagnostics: dict[str, Any]) -> tuple[float | None, float | None]:
    """Largest R-hat and smallest effective size, bulk or tail; None where a fit has none."""
    rhats = [x for x in diagnostics.get("rhat", {}).values() if x is not None]
    sizes = [
        x for key in ("ess", "ess_tail") for x in diagnostics.get(key, {}).values() if x is not None
    ]
    return max(rhats, default=None), min(sizes, default=None)


def failed(diagnostics: dict[str, Any]) -> list[dict[str, Any]]:
    """Predictive checks in which the record lies outside nine tenths of the draws."""
    found = []
    for name, told in diagnostics.get("predictive", {}).items():
        seen = told.get("record", told.get("observed"))
        if not told["low"] <= seen <= told["high"]:
            found.append({"check": name, "record": seen, "low": told["low"], "high": told["high"]})
    return found


def text(told: dict[str, Any]) -> str:
    """What the terminal shows."""
    parts = (
        _head(told),
        table(_STAGES, (_stage(name, one) for name, one in told["stages"].items())),
        "\n".join(checks(told["stages"])),
        table(_PARAMETERS, map(_parameter, told["coefficients"])),
        _told_little(told["coefficients"]),
        table(_EFFECTS, map(_effect, told["effects"])),
        _chance(told["effects"]),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(told: dict[str, Any]) -> str:
    out, draws = told["out"], told["draws"]
    lines = [
        f"{len(told['stages'])} fits of the record, {draws:,} draws each, seed {told['seed']}",
        fact("Read", f"{len(told['data'])} tables in {told['record']}, {told['data_sha256'][:12]}"),
        fact("Priors", f"{told['priors'] or 'shipped'}, {told['priors_sha256'][:12]}"),
        fact("Gave", f"{out}/posterior.npz, {told['posterior'][:12]}"),
        fact("Beside it", "prior.npz, coefficients.csv, effects.csv, citations.bib, report.json"),
        fact("Use", f"foedus run SCENARIO --parameters {out}/posterior.npz"),
    ]
    return "\n".join(lines)


def _stage(name: str, one: dict[str, Any]) -> tuple[str, str, str]:
    counts = [(key.replace("_", " "), n) for key, n in one["n"].items() if n]
    said = ", ".join(f"{n:,} {key}" for key, n in counts[:MOST])
    worst, least = extremes(one["diagnostics"])
    khat = one["diagnostics"].get("khat")
    figures = [
        f"{label} {figure(x, form)}"
        for label, x, form in (
            ("R-hat", worst, ".3f"),
            ("ESS", least, ",.0f"),
            ("k-hat", khat, ".2f"),
        )
        if x is not None
    ]
    words = "yes" if one["sound"] else "doubtful: " + ", ".join(one["doubts"])
    return name, said, f"{words}\n{', '.join(figures)}"


def checks(found: dict[str, Any]) -> Iterator[str]:
    """Great wars, a sampler's answer beside the fit's, predictive checks."""
    for name, one in found.items():
        if great := one["diagnostics"].get("great_wars"):
            yield from _great(great)
        if "moved" in one["diagnostics"]:
            yield from _sampled(name, one["diagnostics"])
        if made := one["diagnostics"].get("predictive"):
            yield paragraph(f"{name}: {_predicted(one['failed_checks'], len(made))}", "", "  ")


def _great(great: dict[str, Any]) -> Iterator[str]:
    """How far parameters move when the great wars weigh less."""
    names = {"down_weighted": "weighted down", "without": "left out"}
    for key, words in names.items():
        moved = {name: x for name, x in great.get(key, {}).items() if abs(x) > 1}
        ordered = sorted(moved.items(), key=lambda pair: -abs(pair[1]))
        said = ", ".join(f"{name} {x:+.1f}" for name, x in ordered) or "none"
        yield paragraph(
            f"joining: with the great wars {words}, shifts of more than one posterior sd: {said}",
            "",
            "  ",
        )


def _sampled(name: str, found: dict[str, Any]) -> Iterator[str]:
    """How far the joining fit lies from draws with effects of states and of treaties."""
    far, by = max(found["moved"].items(), key=lambda pair: abs(pair[1]["shift"]))
    sds = ", ".join(
        f"of {key.removesuffix('_sd')} effects {one['mean']:.2f} ({span(one['low'], one['high'])})"
        for key, one in found["spread"].items()
    )
    yield paragraph(
        f"{name}: no joining parameter is off by more than {abs(by['shift']):.1f} posterior sd "
        f"({far}); sd {sds}",
        "",
        "  ",
    )
    most = "; ".join(
        f"{words} " + ", ".join(f"{one['label']} {one['mean']:+.1f}" for one in found[key])
        for key, words in (("states", "states (COW)"), ("treaties", "treaties (ATOP)"))
    )
    yield paragraph(f"{name}: largest effects, logit: {most}", "", "  ")


def _predicted(wrong: list[dict[str, Any]], n: int) -> str:
    if not wrong:
        return f"all {n} predictive checks hold (the record within nine tenths of the draws)"
    said = (f"{x['check']}: {x['record']:.3g}, drawn {span(x['low'], x['high'])}" for x in wrong)
    return f"{len(wrong)} of {n} predictive checks fail: " + "; ".join(said)


def _parameter(line: dict[str, Any]) -> tuple[str, ...]:
    name = f"{line['parameter']}, {line['era']}" if line["era"] else line["parameter"]
    told = line["contraction"]
    share = "--" if told is None else f"{100 * max(told, 0):.0f} %"
    ends = " to ".join(map(_short, (line["low"], line["high"])))
    return name, line["prior"], _short(line["mean"]), ends, share


def _short(x: float) -> str:
    """A number to two figures, and no fewer before the point than it has."""
    return figure(x, ",.0f" if abs(x) >= 100 else ".2g")


def _told_little(lines: list[dict[str, Any]]) -> str:
    """Legend, and the parameters that the record hardly informs."""
    little = dict.fromkeys(x["parameter"] for x in lines if (x["contraction"] or 0) < LITTLE)
    legend = "Told  share of the prior's variance that the record took away"
    said = f"The record tells little (under {100 * LITTLE:.0f} %) of: {', '.join(little)}."
    return "\n".join([legend, paragraph(said, "", "  ")] if little else [legend])


def _effect(line: dict[str, Any]) -> tuple[str, ...]:
    low, high = 100 * line["low"], 100 * line["high"]
    points = figure(100 * line["mean"], "+.2f")
    return (
        f"{line['covariate']} ({line['column']})",
        line["change"],
        points,
        span(low, high, "+.2f"),
    )


def _chance(lines: list[dict[str, Any]]) -> str:
    if not lines:
        return ""
    return paragraph(
        "Points  change of the chance that a third party fights for one side, in per cent, "
        f"averaged over calls, whose mean chance is {100 * lines[0]['chance']:.2f} per cent",
        "",
        " " * 8,
    )
