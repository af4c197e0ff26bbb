"""The shipped joining fit as it would be without one war: draws weighed by importance.

A draw of the posterior counts as one over the likelihood that it gives the war's own disputes,
smoothed (Vehtari and coauthors 2024); k-hat above `diagnose.GOOD_KHAT` says that the weights
cannot be trusted. Only the joining fit forgets the war: those of wars, entry and alliances, which
say little of who comes, keep it. A dispute that the fit has not read, for its year or because no
third party was there to be called, needs no forgetting. One that it has read, but of which the
file says nothing, is refused: to use the fit as it is would be to forecast what it has seen.

`python -m foedus.fit.without NUMBER...` makes the shipped file anew from the record.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np

from foedus.core.params import Params, load

NAME = "without-2020.npz"


class Without(NamedTuple):
    """Weights of parameter draws once a war is forgotten.

    Attributes:
        weight: Of each draw of the posterior; above zero, sums to one [draw].
        khat: Largest Pareto k of the war's disputes; None where nothing is forgotten.
    """

    weight: np.ndarray
    khat: float | None


class Stored(NamedTuple):
    """The file: log-likelihoods of some disputes, and which joining fit they belong to.

    Attributes:
        fit: Hash of its draws.
        seen: `dispnum` of every dispute that the fit has read.
        number: `dispnum` of each dispute.
        loglik: Under each draw of the joining fit [draw, dispute].
        log_weight: Smoothed log weights without each dispute alone [draw, dispute].
        khat: Pareto k of each.
    """

    fit: str
    seen: np.ndarray
    number: np.ndarray
    loglik: np.ndarray
    log_weight: np.ndarray
    khat: np.ndarray


@cache
def stored() -> Stored:
    """The shipped file.

    Examples:
        >>> len(stored().number) == stored().loglik.shape[1]
        True
    """
    with np.load(BytesIO((files("foedus.fit") / NAME).read_bytes())) as data:
        return Stored(str(data["fit"]), *(data[name] for name in Stored._fields[1:]))


def without(numbers: Sequence[int]) -> Without:
    """Weights of the draws in use once these disputes are forgotten.

    Args:
        numbers: Of the war's disputes; those that the fit has not read change nothing.

    Raises:
        ValueError: The draws in use are of another fit, or the fit has read a dispute of which
            the file says nothing.

    Examples:
        >>> found = without([3957])
        >>> bool((found.weight > 0).all()), round(float(found.weight.sum()), 6)
        (True, 1.0)
        >>> without([3564]).khat is None  # held back: the fit has not read it
        True
    """
    params, known = load().params, stored()
    numbers = seen(numbers)
    if not numbers:
        draws = params.war.drift.shape[-1]
        return Without(np.full(draws, 1 / draws), None)
    if known.fit != fit():
        raise ValueError(f"{NAME}: expected the likelihoods of the fit {fit()[:8]}; got others")
    if lack := sorted(set(numbers) - set(known.number.tolist())):
        raise ValueError(
            f"mids: the fit has read {lack} and cannot forget them: what it says of them does not "
            f"come with foedus; expected disputes among {known.number.tolist()}, disputes that "
            "it has not read, or FOEDUS_PARAMETERS=prior-2020, draws that have seen none"
        )
    chosen = np.isin(known.number, list(numbers))
    log_weight = known.log_weight[:, chosen].astype(float).sum(1)[rows(params)]
    weight = np.exp(log_weight - log_weight.max())
    return Without(weight / weight.sum(), float(known.khat[chosen].max()))


def seen(numbers: Iterable[int]) -> list[int]:
    """Those of some disputes that the shipped fit has read.

    Examples:
        >>> seen([3957, 4999])
        [3957]
    """
    return [number for number in numbers if number in stored().seen]


@cache
def fit() -> str:
    """Hash of the draws of the shipped joining fit."""
    return sha256(_thetas().tobytes()).hexdigest()


def _thetas() -> np.ndarray:
    from foedus.fit.shipped import thetas  # heavy, and few runs forget anything

    return thetas()


def rows(params: Params) -> np.ndarray:
    """Draw of the joining fit that each draw of a posterior was made from, found by its values.

    Raises:
        ValueError: A draw is none of the joining fit's.
    """
    from foedus.fit.joining import FREE

    known = _thetas().astype(np.float32)[:, : len(FREE)]
    place = {row.tobytes(): i for i, row in enumerate(known)}
    own = np.stack([np.asarray(getattr(params.joining, name), np.float32) for name in FREE], 1)
    try:
        return np.array([place[np.ascontiguousarray(row).tobytes()] for row in own])
    except KeyError:
        raise ValueError("expected draws made from the shipped joining fit; got others") from None


def read_by_fit(folder: Path) -> np.ndarray:
    """`dispnum` of every dispute of the record that the joining fit reads, in order."""
    from foedus.record import calls
    from foedus.record.pledges import READ_APART

    table = calls.table(folder, without=READ_APART, wide=False)
    return np.unique(table.dispnum[~table.held_back]).astype(np.int32)


def loglik(folder: Path, numbers: Sequence[int]) -> np.ndarray:
    """Log-likelihood of disputes of the record under each shipped draw [draw, dispute].

    By the likelihood that the draws were fitted with, its nodes placed at their mean.

    Raises:
        ValueError: The record, or the fit, has no such dispute.
    """
    import jax
    import jax.numpy as jnp

    from foedus.fit import joining, shipped
    from foedus.fit.crises import crises
    from foedus.record import calls
    from foedus.record.pledges import READ_APART
    from foedus.record.read import read

    begun = read(folder, "gml_mid_disps").set_index("dispnum").styear.reindex(list(numbers))
    if begun.isna().any():
        raise ValueError(f"expected disputes of the record; got {begun.index[begun.isna()][0]}")
    table = calls.table(folder, int(begun.min()), int(begun.max()), without=READ_APART)
    table = table[table.dispnum.isin(numbers) & ~table.held_back]
    thetas, given = jnp.asarray(shipped.thetas()), shipped.given()
    found: dict[int, np.ndarray] = {}
    for whole in crises(table):
        real = int((whole.number >= 0).sum())
        stack = jax.tree.map(lambda a, n=real: np.asarray(a)[:n], whole)
        (nodes,) = joining.place(thetas.mean(0), given, [stack])
        each = jax.lax.map(lambda t, s=stack, n=nodes: joining.loglik(t, given, s, n), thetas)
        found |= dict(zip(stack.number.tolist(), np.asarray(each).T, strict=True))
    if lack := sorted(set(numbers) - set(found)):
        raise ValueError(f"expected disputes that the joining fit has seen; got {lack}")
    return np.stack([found[number] for number in numbers], axis=1)


def make(folder: Path, numbers: Sequence[int]) -> bytes:
    """The content of the file for some disputes."""
    from foedus.fit.diagnose import importance

    numbers = sorted(set(numbers))
    found = loglik(folder, numbers)
    smoothed = [importance(-own, np.zeros(len(own))) for own in found.T]
    out = BytesIO()
    np.savez_compressed(
        out,
        fit=np.array(fit()),
        seen=read_by_fit(folder),
        number=np.array(numbers),
        loglik=found.astype(np.float32),
        log_weight=np.log(np.stack([w for w, _ in smoothed], 1)).astype(np.float32),
        khat=np.array([k for _, k in smoothed]),
    )
    return out.getvalue()


if __name__ == "__main__":
    import os
    import sys

    os.environ.setdefault("JAX_ENABLE_X64", "1")
    from foedus.fit.stages import write
    from foedus.record.folder import find

    write(Path(str(files("foedus.fit"))) / NAME, make(find(), [int(n) for n in sys.argv[1:]]))
