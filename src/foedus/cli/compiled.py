"""How JAX is set up before it is imported."""

import os
from pathlib import Path


def prepare(*, double: bool = False) -> None:
    """A compile cache that outlives the process; double precision where a fit needs it."""
    if double:
        os.environ["JAX_ENABLE_X64"] = "1"
    if "JAX_COMPILATION_CACHE_DIR" in os.environ or (cache := _cache()) is None:
        return
    settings = {
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    }
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def _cache() -> Path | None:
    """Folder for compiled programs; None where there is no home or nothing can be written."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = home / "foedus" / "jax"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None
