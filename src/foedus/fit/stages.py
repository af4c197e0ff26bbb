"""The fits one after another: each is kept as it is done, so that a stopped fit goes on.

What is kept is known by a hash of the tables it read, of its priors, of the seed and of the
version; a folder with another hash is not touched.
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from foedus import __version__
from foedus.fit import alliance, calls, entry, fulfilment, sampled, war
from foedus.fit.fitted import Fitted
from foedus.fit.fulfilment_coverage import coverage
from foedus.fit.own_priors import Tables
from foedus.record import calls as record_calls
from foedus.record import fulfilment as record_fulfilment
from foedus.record import treaties, wars
from foedus.record.pledges import READ_APART

TABLES = (
    "atop51_alliance_phase", "atop51_member", "atop_alliance", "cow_capitals", "cow_contdir",
    "cow_igo_ndy", "cow_igo_sy", "cow_majors", "cow_nmc", "cow_states",
    "cow_war_inter_participants", "democracy_cow", "gml_mid_disps", "gml_part",
    "honor_berkemeier_fuhrmann", "honor_leeds_anac", "iwd_v11_war_dyads", "peace_scale_spells",
    "td_rivalries", "tss_rivalries", "unga_idealpoints",
)  # fmt: skip
"""What the fits read."""

Progress = Callable[[str], None]


class Inputs(NamedTuple):
    """What all stages share.

    Attributes:
        folder: Of the record.
        priors: Tables of priors, one for each kind of fit.
        draws: Wanted of each fit.
        seed: Of everything.
        progress: Told what was done.
    """

    folder: Path
    priors: Tables
    draws: int
    seed: int
    progress: Progress


def _war(inputs: Inputs, _: dict[str, Fitted]) -> Fitted:
    rows = wars.wars(inputs.folder)
    return war.fit(rows, draws=inputs.draws, seed=inputs.seed, table=inputs.priors.war)


def _entry(inputs: Inputs, _: dict[str, Fitted]) -> Fitted:
    rows = wars.entries(inputs.folder)
    return entry.fit(rows, draws=inputs.draws, seed=inputs.seed, table=inputs.priors.war)


def _coverage(inputs: Inputs, _: dict[str, Fitted]) -> Fitted:
    """When pacts are invoked and cover the place: no parameter, but the joining fit's weights."""
    codings = record_fulfilment.codings(inputs.folder)
    table = inputs.priors.alliance
    found = coverage(codings, draws=inputs.draws, seed=inputs.seed, table=table)
    level = found.draws[list(found.names).index("intercept")]
    share = float((1 / (1 + np.exp(-level))).mean())
    told = dict(zip(found.names, np.round(found.mean, 3).tolist(), strict=True))
    return Fitted({}, found.diagnostics | {"logit": told, "unconditional": share}, found.n)


def _joining(inputs: Inputs, done: dict[str, Fitted]) -> Fitted:
    table = record_calls.table(inputs.folder, without=READ_APART)
    found = calls.fit(
        table,
        inputs.priors.core,
        covered=done["coverage"].diagnostics["unconditional"],
        draws=inputs.draws,
        seed=inputs.seed,
        progress=inputs.progress,
    )
    return found.fitted._replace(draws=found.fitted.draws | {"theta": found.thetas.T})


def _sampled(inputs: Inputs, done: dict[str, Fitted]) -> Fitted:
    """No parameter: how far the joining fit lies from one with effects of states and treaties."""
    table = record_calls.table(inputs.folder, without=READ_APART)
    return sampled.fit(
        table,
        record_calls.treaties(inputs.folder, table, READ_APART),
        inputs.priors.core,
        done["joining"].draws["theta"].T,
        covered=done["joining"].diagnostics["covered"],
        seed=inputs.seed,
        progress=inputs.progress,
    )


def _alliance(inputs: Inputs, _: dict[str, Fitted]) -> Fitted:
    years = treaties.member_years(inputs.folder)
    candidates = treaties.candidate_years(inputs.folder, alliance.leaving(years))
    codings, table = record_fulfilment.codings(inputs.folder), inputs.priors.alliance
    return alliance.fit(
        years, candidates, codings, draws=inputs.draws, seed=inputs.seed, table=table
    )


def _fulfilment(inputs: Inputs, done: dict[str, Fitted]) -> Fitted:
    """Given what the joining fit says of the weight of a duty that is due."""
    known = {}
    for name, form in (("obligation", "positive"), ("fading", "normal")):
        drawn = done["joining"].draws[f"joining.{name}"]
        known[name] = {"dist": {form: [float(drawn.mean()), float(drawn.std())]}}
    table = inputs.priors.alliance
    table = table | {"joining": table["joining"] | known}
    codings = record_fulfilment.codings(inputs.folder)
    others = record_fulfilment.bystanders(inputs.folder)
    return fulfilment.fit(codings, others, draws=inputs.draws, seed=inputs.seed, table=table)


STAGES: dict[str, Callable[[Inputs, dict[str, Fitted]], Fitted]] = {
    "war": _war,
    "entry": _entry,
    "coverage": _coverage,
    "joining": _joining,
    "sampled": _sampled,
    "alliance": _alliance,
    "fulfilment": _fulfilment,
}
"""In order; a stage may read those before it."""


def fit(inputs: Inputs, out: Path) -> dict[str, Fitted]:
    """Make every stage, or read it where it is kept already.

    Raises:
        ValueError: The folder holds another fit.
    """
    data = hashes(inputs.folder)
    mark = _mark(inputs, data)
    out.mkdir(parents=True, exist_ok=True)
    manifest = out / "fit.json"
    if manifest.exists() and json.loads(manifest.read_text())["mark"] != mark:
        raise ValueError(f"{out}: expected an empty folder or the same fit; got another fit")
    whole = {"mark": mark, "data": data, "version": __version__, "seed": inputs.seed}
    write(manifest, json.dumps(whole, indent=1).encode())
    done: dict[str, Fitted] = {}
    for name, stage in STAGES.items():
        if (before := kept(out, name)) is not None:
            inputs.progress(f"{name}: kept, {len(done) + 1} of {len(STAGES)} fits")
            done[name] = before
            continue
        done[name] = stage(inputs, done)
        _keep(out, name, done[name])
        inputs.progress(f"{name}: done, {len(done)} of {len(STAGES)} fits")
    return done


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each table that the fits read.

    Raises:
        ValueError: A table is missing.
    """
    found = {}
    for name in TABLES:
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise ValueError(f"{folder}: expected the table {name}; got no {path.name}")
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _mark(inputs: Inputs, data: dict[str, str]) -> str:
    known = [data, inputs.priors, inputs.draws, inputs.seed, __version__]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(content)
    os.replace(part, path)


def _keep(out: Path, name: str, fitted: Fitted) -> None:
    part = out / f"{name}.part.npz"
    np.savez(part, allow_pickle=False, **fitted.draws)
    os.replace(part, out / f"{name}.npz")
    told: dict[str, Any] = {"diagnostics": fitted.diagnostics, "n": fitted.n}
    write(out / f"{name}.json", json.dumps(told, indent=1, default=float).encode())


def kept(out: Path, name: str) -> Fitted | None:
    """A stage that was made before; None where it was not."""
    told, drawn = out / f"{name}.json", out / f"{name}.npz"
    if not told.is_file() or not drawn.is_file():
        return None
    with np.load(drawn) as data:
        draws = {key: data[key] for key in data.files}
    return Fitted(draws, **json.loads(told.read_text()))
