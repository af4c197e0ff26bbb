"""Compiled programs that outlive the process: what takes long is tracing, not loading.

JAX's own cache keeps what the compiler made, but finds it only after the program has been traced
anew. Here the whole program is kept beside it, under the hash of the source and the shapes.
"""

import hashlib
import os
import pickle
import platform
import tempfile
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from jax.experimental.compilation_cache.compilation_cache import reset_cache
from jax.experimental.serialize_executable import deserialize_and_load, serialize

from foedus.core.source import LAWS, mark

KEPT = 40
"""Programs kept, some 10 MB each; those that were not used for longest go."""


def shapes_of(arguments: tuple) -> tuple[Any, tuple]:
    """Structure, shapes and types of arguments, by which programs are kept."""
    leaves, structure = jax.tree.flatten(arguments)
    return structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)


def placeholders(structure: Any, shapes: tuple) -> tuple:
    """Arguments without values, from what `shapes_of` gives: enough to trace a program."""
    return jax.tree.unflatten(structure, [jax.ShapeDtypeStruct(*shape) for shape in shapes])


def compiled(name: str, shapes: Hashable, lower: Callable[[], Any]) -> Callable:
    """A program from the cache folder of JAX, or traced, compiled and put there.

    Without such a folder, or where it cannot be read or written, it is only compiled.

    Args:
        name: Of the program.
        shapes: What it depends on besides the source, such as shapes and number types.
        lower: Traces it, giving what `jax.jit(...).lower(...)` gives.
    """
    if (folder := _folder()) is None:
        return lower().compile()
    place = folder / f"{name}-{_key(shapes)}"
    try:
        program = deserialize_and_load(*pickle.loads(place.read_bytes()))
        place.touch()  # used
        return program
    except Exception:
        program = _anew(lower())
        _keep(place, program)
        return program


def _folder() -> Path | None:
    """Beside what JAX keeps; None where it keeps nothing."""
    cache = jax.config.jax_compilation_cache_dir  # pyright: ignore[reportAttributeAccessIssue]
    return Path(cache) / "programs" if cache else None


def _key(shapes: Hashable) -> str:
    """What must be the same for a program to be the same; it is not moved to another machine."""
    device = jax.devices()[0].client
    made = (jax.__version__, device.platform, device.platform_version, platform.node())
    settings = str(jnp.result_type(float)), os.environ.get("XLA_FLAGS", "")
    return hashlib.sha256(repr((mark(LAWS), made, settings, shapes)).encode()).hexdigest()[:32]


def _anew(lowered: Any) -> Any:
    """Compiled without JAX's own cache: what it loads from there lacks functions once kept here."""
    jax.config.update("jax_enable_compilation_cache", False)
    reset_cache()
    try:
        return lowered.compile()
    finally:
        jax.config.update("jax_enable_compilation_cache", True)
        reset_cache()


def _keep(place: Path, program: Any) -> None:
    """Write a program whole, or not at all; drop those unused for longest."""
    try:
        content = pickle.dumps(serialize(program))
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(content)
        os.replace(file.name, place)
        for old in sorted(place.parent.iterdir(), key=lambda p: p.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except (OSError, ValueError, pickle.PicklingError):
        return
