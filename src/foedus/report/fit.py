"""What `foedus fit` does and prints: every stage, its draws, and how far to trust them."""

import json
import sys
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from foedus.core import priors
from foedus.core.params import columns, fingerprint, pack
from foedus.fit import stages
from foedus.fit.coefficients import citations, coefficients
from foedus.fit.fitted import Fitted
from foedus.fit.formula import refit
from foedus.fit.posterior import assemble
from foedus.record import calls
from foedus.record.folder import find
from foedus.report.columns import Column, paragraph, table

DEFAULT = Path("foedus-fit")
_COLUMNS = (
    Column("Parameter", 24),
    Column("Era", 9),
    Column("Prior", 16),
    Column("Mean", 8, right=True),
    Column("90 %", 15, right=True),
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
) -> None:
    """Fit, write the draws and what is to be known of them, and print it."""
    folder, out = find(record), out or DEFAULT
    own = swapped(priors)
    inputs = stages.Inputs(folder, own, draws, seed, (lambda line: None) if quiet else _progress)
    done = stages.fit(inputs, out)
    told = write(done, own, seed, out)
    sys.stdout.write(
        (json.dumps(told, indent=2, default=float) if as_json else text(told, done, own)) + "\n"
    )


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def swapped(path: Path | None) -> dict:
    """The table of priors, with those of a file in place of some.

    Raises:
        ValueError: No such file or parameter, or a distribution that is none.
    """
    own = priors.read()
    if path is None:
        return own
    try:
        other = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise ValueError(f"{path}: cannot be read ({fault.strerror})") from None
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{path}: expected TOML; {fault}") from None
    for group, fields in other.items():
        for name, entry in fields.items() if isinstance(fields, dict) else ():
            _check(path, own, group, name, entry)
            own[group][name] = own[group][name] | entry
    return own


def _check(path: Path, own: dict, group: str, name: str, entry: dict) -> None:
    known = [f"{g}.{n}" for g, fields in own.items() if isinstance(fields, dict) for n in fields]
    if f"{group}.{name}" not in known:
        near = get_close_matches(f"{group}.{name}", known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{path}: expected a parameter; got {group}.{name}{hint}")
    dists = entry.get("dist", [])
    for dist in dists if isinstance(dists, list) else [dists]:
        try:
            priors.quantile(dist, 0.5)  # type: ignore[arg-type]
        except (TypeError, ValueError) as fault:
            raise ValueError(f"{path}: {group}.{name}: {fault}") from None


def write(done: dict[str, Fitted], own: dict, seed: int, out: Path) -> dict[str, Any]:
    """Posterior and prior draws, coefficient table, references, report; each file whole."""
    prior = priors.sample(own)
    names = set(columns(prior))
    fits = [
        f._replace(draws={n: d for n, d in f.draws.items() if n in names}) for f in done.values()
    ]
    params, table_ = assemble(own, [f for f in fits if f.draws], seed)
    manifest = json.loads((out / "fit.json").read_text())
    told = {
        **manifest,
        "prior": fingerprint(prior),
        "posterior": fingerprint(params),
        "stages": {n: {"n": f.n, "diagnostics": f.diagnostics} for n, f in done.items()},
    }
    stages.write(out / "posterior.npz", pack(params, table_))
    stages.write(out / "prior.npz", pack(prior, own))
    lines = coefficients(done, own)
    stages.write(out / "coefficients.csv", lines.to_csv(index=False).encode())
    stages.write(out / "citations.bib", citations(stages.TABLES).encode())
    stages.write(out / "report.json", json.dumps(told, indent=1, default=float).encode())
    return told


def text(told: dict[str, Any], done: dict[str, Fitted], own: dict) -> str:
    """The fit at 80 columns."""
    lines = [
        f"posterior {told['posterior'][:12]}, prior {told['prior'][:12]}, seed {told['seed']}",
        "",
    ]
    for name, fitted in done.items():
        counts = ", ".join(
            f"{number:,} {what.replace('_', ' ')}" for what, number in fitted.n.items()
        )
        lines += [paragraph(f"{name}: {counts}. {checks(fitted.diagnostics)}", more="  ")]
    rows = [
        (
            line["parameter"], str(line["era"] or ""), str(line["prior"]), f"{line['mean']:.3g}",
            f"{line['low']:.3g} to {line['high']:.3g}",
        )
        for line in coefficients(done, own).fillna("").to_dict("records")
    ]  # fmt: skip
    return "\n".join([*lines, "", table(_COLUMNS, rows)])


def checks(diagnostics: dict[str, Any]) -> str:
    """How far a fit may be trusted, in words.

    Examples:
        >>> checks({"rhat": {"a": 1.002}, "ess": {"a": 900.0}, "divergences": 0})
        'R-hat at most 1.002, effective size at least 900, no divergence.'
        >>> checks({"khat": 0.81})
        'k-hat 0.81: not to be relied on.'
    """
    said = []
    if rhat := _numbers(diagnostics.get("rhat")):
        said.append(f"R-hat at most {max(rhat):.3f}")
    if ess := _numbers(diagnostics.get("ess")):
        said.append(f"effective size at least {min(ess):,.0f}")
    if (many := diagnostics.get("divergences")) is not None:
        said.append("no divergence" if not many else f"{many} divergences")
    if isinstance(khat := diagnostics.get("khat"), float):
        said.append(f"k-hat {khat:.2f}: {'good' if khat < 0.7 else 'not to be relied on'}")
    failed = [
        name for name, one in diagnostics.get("predictive", {}).items()
        if isinstance(one, dict) and one.get("tail", 1) < 0.05
    ]  # fmt: skip
    if failed:
        said.append(f"in the tail of its predictive check: {', '.join(failed)}")
    return f"{', '.join(said)}." if said else ""


def _numbers(by_name: dict[str, float | None] | None) -> list[float]:
    return [x for x in (by_name or {}).values() if x is not None]


def run_formula(
    record: Path | None, formula: str, table_: str, seed: int, *, as_json: bool, quiet: bool
) -> None:
    """Fit calls by the user's own covariates, and print coefficients and marginal effects."""
    if not quiet:
        _progress("reading the calls")
    found = refit(calls.table(find(record)), formula, table=table_, seed=seed)
    parts = {"coefficients": found.coefficients, "effects": found.effects}
    if as_json:
        told = {name: frame.reset_index().to_dict("records") for name, frame in parts.items()}
        sys.stdout.write(
            json.dumps(
                {"formula": found.formula, "table": found.table, **told}, indent=2, default=float
            )
            + "\n"
        )
        return
    said = [f"joined ~ {found.formula}, table {found.table}"]
    said += [frame.round(4).to_string() for frame in parts.values()]
    sys.stdout.write("\n\n".join([*said, found.bibtex()]) + "\n")
