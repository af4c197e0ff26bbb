"""Likelihoods of rows that depend on their covariates through a few linear indices.

Strategic models, the ultimatum game and multinomial logits are all of this kind, so that one
gradient, one Hessian and one search serve them: a block of regressors an index, and a function of
the indices that gives the log-likelihood of every row.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

_F = TypeVar("_F", bound=Callable[..., Any])

Rows = Callable[..., jax.Array]
"""(indices [index, row], what was observed ...) -> log-likelihood [row], row by row."""


class Problem(NamedTuple):
    """What is to be fitted; `problem` makes one.

    Attributes:
        rows: Log-likelihood of the rows; the same object for equal models, so that it compiles
            once.
        blocks: Regressors of each index, [column, row].
        seen: Arrays [row] that `rows` takes after the indices.
        names: Equation and term of each coefficient.
    """

    rows: Rows
    blocks: tuple[jax.Array, ...]
    seen: tuple[jax.Array, ...]
    names: tuple[tuple[str, str], ...]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.seen[0])


def double(function: _F) -> _F:
    """The function run in double precision, whatever JAX is set to."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with jax.enable_x64(True):
            return function(*args, **kwargs)

    return run  # pyright: ignore[reportReturnType]


@double
def problem(
    rows: Rows, designs: Sequence[np.ndarray], seen: Sequence[np.ndarray], names: Sequence
) -> Problem:
    """A problem from regressors [row, column] of each index."""
    blocks = tuple(jnp.asarray(np.ascontiguousarray(x.T), float) for x in designs)
    return Problem(rows, blocks, tuple(jnp.asarray(a, float) for a in seen), tuple(names))


def indices(blocks: tuple, coefficients: Any) -> jax.Array:
    """Linear indices [index, row]."""
    parts = jnp.split(coefficients, ends(blocks))
    return jnp.stack([part @ block for block, part in zip(blocks, parts, strict=True)])


def ends(blocks: tuple) -> np.ndarray:
    """Where to split the coefficients among the indices."""
    return np.cumsum([len(block) for block in blocks])[:-1]


@partial(jax.jit, static_argnums=0)
def _value(rows: Rows, blocks: tuple, seen: tuple, coefficients: Any) -> jax.Array:
    return rows(indices(blocks, coefficients), *seen).sum()


_gradient = jax.jit(jax.grad(_value, argnums=3), static_argnums=0)


@partial(jax.jit, static_argnums=0)
def _rows(rows: Rows, blocks: tuple, seen: tuple, coefficients: Any) -> jax.Array:
    return rows(indices(blocks, coefficients), *seen)


@partial(jax.jit, static_argnums=0)
def _scores(rows: Rows, blocks: tuple, seen: tuple, coefficients: Any) -> jax.Array:
    slopes = jax.grad(lambda e: rows(e, *seen).sum())(indices(blocks, coefficients))
    return jnp.concatenate([s * block for s, block in zip(slopes, blocks, strict=True)])


def second_order(
    rows: Rows, blocks: tuple, seen: tuple, weights: Any, coefficients: Any
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Weighted log-likelihood, its gradient, and minus its Hessian.

    A row's likelihood depends on a few indices only: their second derivatives, row by row, and
    the regressors make the Hessian.
    """
    eta, n = indices(blocks, coefficients), range(len(blocks))

    def weighted(e: jax.Array) -> jax.Array:
        return (weights * rows(e, *seen)).sum()

    def along(unit: jax.Array) -> jax.Array:
        direction = jnp.broadcast_to(unit[:, None], eta.shape)
        return jax.jvp(jax.grad(weighted), (eta,), (direction,))[1]

    value, slope = jax.value_and_grad(weighted)(eta)
    bend = jax.vmap(along)(jnp.eye(len(blocks), dtype=eta.dtype))  # [index, index, row]
    gradient = jnp.concatenate([block @ s for s, block in zip(slope, blocks, strict=True)])
    upper = {(i, j): (bend[i, j] * blocks[i]) @ blocks[j].T for i in n for j in n if i <= j}
    hessian = jnp.block([[upper[i, j] if i <= j else upper[j, i].T for j in n] for i in n])
    return value, gradient, -hessian


@double
def value(problem: Problem, coefficients: np.ndarray) -> float:
    """Log-likelihood."""
    return float(_value(problem.rows, problem.blocks, problem.seen, coefficients))


@double
def gradient(problem: Problem, coefficients: np.ndarray) -> Float[np.ndarray, " coefficient"]:
    """Gradient of the log-likelihood."""
    return np.asarray(_gradient(problem.rows, problem.blocks, problem.seen, coefficients))


@double
def row_log_likelihood(problem: Problem, coefficients: np.ndarray) -> Float[np.ndarray, " row"]:
    """Log-likelihood of each row."""
    return np.asarray(_rows(problem.rows, problem.blocks, problem.seen, coefficients))


@double
def scores(problem: Problem, coefficients: np.ndarray) -> Float[np.ndarray, "row coefficient"]:
    """Gradient of each row's log-likelihood."""
    return np.asarray(_scores(problem.rows, problem.blocks, problem.seen, coefficients)).T
