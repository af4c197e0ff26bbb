"""Which numbers the model does not know, and where each draw of them comes from."""

import hashlib
import json
import os
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Array, Float

Draws = Float[Array, " draw"]
EraDraws = Float[Array, "era draw"]


class Joining(NamedTuple):
    """Third parties' utilities and entry; meanings and sources stand in `priors.toml`."""

    intercept: Draws
    era: EraDraws
    trend: Draws
    obligation: Draws
    fading: Draws
    steadfast: Draws
    outside: Draws
    disputed: Draws
    unasked: Draws
    consultation: Draws
    reputation: Draws
    nonaggression: Draws
    domestic: Draws
    power: Draws
    major: Draws
    rivalry: Draws
    contiguity: Draws
    alongside: Draws
    against: Draws
    remoteness: Draws
    crowd: Draws
    nuclear: Draws
    side_sd: Draws
    patron_risk: Draws
    peer: Draws
    affinity: Draws
    trade: Draws
    base: Draws
    garrison: Draws
    tripwire: Draws
    energy: Draws
    statement_intercept: Draws
    statement_duty: Draws
    aid_intercept: Draws
    aid_duty: Draws
    deploy_intercept: Draws
    deploy_duty: Draws
    deploy_exposure: Draws
    deniable_intercept: Draws
    deniable_duty: Draws
    deniable_exposure: Draws
    deniable_share: Draws
    camps: Draws
    aid_arms: Draws
    aid_hedge: Draws
    customer: Draws
    aid_affinity: Draws
    mediate_intercept: Draws
    mediate_major: Draws
    mediate_both: Draws
    mediate_seat: Draws
    aid_share: Draws
    reach: Draws
    lift: Draws
    early: Draws
    delay: Draws
    delay_sd: Draws
    audience: Draws
    outrage: Draws
    rent: Draws
    rent_arms: Draws
    rent_hold: Draws
    rent_war: Draws
    restraint: Draws
    unrest: Draws
    elsewhere: Draws


class Crisis(NamedTuple):
    """Challenger's and target's decisions."""

    attack_intercept: Draws
    attack_gain: Draws
    attack_fear: Draws
    attack_kept: Draws
    resist_intercept: Draws
    resist_gain: Draws
    ask_intercept: Draws
    ask_need: Draws
    ask_scope: Draws
    ask_trust: Draws
    half_life: Draws
    example: Draws


class War(NamedTuple):
    """Fighting, truces, losses."""

    drift: Draws
    noise: Draws
    repulse: Draws
    contest: Draws
    skill_sd: Draws
    initiative: EraDraws
    settlement: EraDraws
    tempo_sd: EraDraws
    tempo_theatre: Draws
    tempo_aim: Draws
    mediation: Draws
    truce: Draws
    truce_week: Draws
    truce_shape: Draws
    truce_kept: Draws
    truce_signed: Draws
    truce_leverage: Draws
    sign: Draws
    sign_leverage: Draws
    keepers: Draws
    keepers_leave: Draws
    keepers_idle: Draws
    keepers_term: Draws
    terms: Draws
    deaths: Draws
    deaths_sd: Draws
    exchange: Draws
    exchange_sd: Draws
    exchange_skill: Draws
    equipment: Draws
    imports: Draws
    equipment_weight: Draws
    strike_effect: Draws
    strike_arms: Draws
    hunting: Draws
    sorties: Draws
    spent: Draws
    air_weight: Draws
    resupply: Draws
    sales: Draws
    civilians: Draws
    across: Draws
    across_losses: Draws
    across_duty: Draws
    across_toll: Draws
    spill: Draws
    acceptance: Draws


class Alliance(NamedTuple):
    """Trust and membership."""

    trust: Draws
    forget: Draws
    attention: Draws
    suspend_intercept: Draws
    disappointment: Draws
    unaided: Draws
    exit_cost: Draws
    hedge_step: Draws
    exit_step: Draws
    join_intercept: Draws
    join_closeness: Draws
    join_push: Draws
    signal_base: Draws
    signal_statement: Draws
    signal_exercise: Draws
    signal_pledge: Draws
    signal_deployment: Draws
    influence: Draws
    learning: Draws
    quarrel: Draws
    resume: Draws


class Params(NamedTuple):
    """Everything estimated or assumed; a posterior and a prior are the same type.

    The last axis of every array is `draw`. Draws 2i and 2i + 1 share all that the record
    informs and differ in the rest, so that the two can be told apart in any answer.
    """

    joining: Joining
    crisis: Crisis
    war: War
    alliance: Alliance


GROUPS = {"joining": Joining, "crisis": Crisis, "war": War, "alliance": Alliance}


class Stored(NamedTuple):
    """A file of draws: the draws, what each means and where it comes from, and their hash."""

    params: Params
    table: dict
    sha256: str


def columns(params: Params) -> dict[str, np.ndarray]:
    """Arrays of `params` by dotted name, in a fixed order.

    Examples:
        >>> list(columns(load().params))[:2]
        ['joining.intercept', 'joining.era']
    """
    return {
        f"{group}.{name}": np.asarray(array)
        for group in GROUPS
        for name, array in zip(GROUPS[group]._fields, getattr(params, group), strict=True)
    }


def fingerprint(params: Params) -> str:
    """SHA-256 of names, shapes and float32 values."""
    digest = hashlib.sha256()
    for name, array in columns(params).items():
        digest.update(f"{name}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array, "<f4").tobytes())
    return digest.hexdigest()


def pack(params: Params, table: dict) -> bytes:
    """The content of a file of draws: float32 columns and a JSON header with table and hash."""
    header = {"schema": 1, "sha256": fingerprint(params), "table": table}
    out = BytesIO()
    arrays: dict[str, np.ndarray] = {
        name: np.asarray(a, np.float32) for name, a in columns(params).items()
    }
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def unpack(content: bytes) -> Stored:
    """Read what `pack` wrote.

    Raises:
        ValueError: The file lacks a column, or its values do not match its hash.
    """
    with np.load(BytesIO(content)) as data:
        header = json.loads(data["header"].tobytes())
        try:
            groups = {
                group: fields(*(data[f"{group}.{name}"] for name in fields._fields))
                for group, fields in GROUPS.items()
            }
        except KeyError as lack:
            raise ValueError(f"expected a file of draws with every parameter; {lack}") from None
    params = Params(**groups)
    if (found := fingerprint(params)) != header["sha256"]:
        raise ValueError(f"expected draws with hash {header['sha256'][:12]}; got {found[:12]}")
    return Stored(params, header["table"], found)


DEFAULT = "posterior-2020"
"""Draws that a run uses where it is not told others."""


def load(name: str | None = None) -> Stored:
    """Draws by the name of a shipped file, or from a file that `foedus fit` wrote.

    Args:
        name: Name or path; without one the value of FOEDUS_PARAMETERS, else `DEFAULT`.

    Raises:
        ValueError: No file of that name, or one that holds no draws.

    Examples:
        >>> load().params.war.drift.shape
        (1000,)
    """
    return _stored(name or os.environ.get("FOEDUS_PARAMETERS") or DEFAULT)


@cache
def _stored(name: str) -> Stored:
    path = Path(name)
    if path.suffix != ".npz":
        path = Path(str(files("foedus.core") / f"{name}.npz"))
    if not path.is_file():
        raise ValueError(
            f"expected a shipped file of draws such as {DEFAULT!r}, or a path; got {name!r}"
        )
    try:
        return unpack(path.read_bytes())
    except (BadZipFile, KeyError, EOFError):
        raise ValueError(f"{name}: expected a file of draws from `foedus fit`") from None


def take(params: Params, rows: np.ndarray) -> Params:
    """Draws at `rows` (modulo the number stored), as float64.

    Examples:
        >>> take(load().params, np.array([0, 1])).war.drift.shape
        (2,)
    """
    n = params.war.drift.shape[-1]
    picked = {
        group: fields(*(np.asarray(a, np.float64)[..., rows % n] for a in getattr(params, group)))
        for group, fields in GROUPS.items()
    }
    return Params(**picked)


def fix(params: Params, values: dict[str, float]) -> Params:
    """Hold some parameters at a value in every draw (and every era).

    Args:
        params: Draws.
        values: Value by dotted name, such as `war.truce`.

    Raises:
        ValueError: No such parameter, with a suggestion.

    Examples:
        >>> float(fix(load().params, {"war.truce": 0.5}).war.truce[0])
        0.5
    """
    known = columns(params)
    for name, value in values.items():
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"expected the name of a parameter; got {name!r}{hint}")
        group, field = name.split(".")
        changed = getattr(params, group)._replace(**{field: np.full_like(known[name], value)})
        params = params._replace(**{group: changed})
    return params
