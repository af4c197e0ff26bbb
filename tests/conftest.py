"""What all tests share: the folder of the record, compiled programs, a profile for property tests.

No deadline, and the same examples on every machine.
"""

import atexit
import ctypes
import gc
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("foedus", deadline=None, derandomize=True)
settings.load_profile("foedus")


def share_programs():
    """One compile cache for this process and all that it starts, workers included."""
    folder = tempfile.mkdtemp(prefix="foedus-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["JAX_COMPILATION_CACHE_DIR"] = folder
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "0"


os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that spin for each other, on busy cores
os.environ.pop("COLUMNS", None)  # what is printed to a test has 80 columns, wherever it runs


def share_bytecode():
    """Let the processes that tests start keep bytecode: containers often forbid it.

    Otherwise each of them compiles two thousand modules anew, for seconds.
    """
    folder = tempfile.mkdtemp(prefix="foedus-bytecode-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    del os.environ["PYTHONDONTWRITEBYTECODE"]
    os.environ["PYTHONPYCACHEPREFIX"] = folder


if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    share_programs()
if os.environ.get("PYTHONDONTWRITEBYTECODE"):
    share_bytecode()


ROOM = 3 * 2**30
"""Bytes that a process of tests may hold before it lets its programs go; they are on disk."""
PROGRAMS = {
    "foedus.simulate.ensemble": ("_compiled",),
    "foedus.simulate.filter": ("_started", "_stretch"),
    "foedus.simulate.monthly": ("_program",),
    "tests.simulate.small": ("quickly",),
}
"""What else than JAX keeps programs."""


def resident():
    """Bytes that this process holds; nothing where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def let_go():
    """Drop compiled programs."""
    for module, names in PROGRAMS.items():
        for name in names if module in sys.modules else ():
            getattr(sys.modules[module], name).cache_clear()
    sys.modules["jax"].clear_caches()


@pytest.fixture(scope="module", autouse=True)
def lean():
    """Give back what compilers have freed: the C library keeps it otherwise, gigabytes of it."""
    yield
    if "jax" in sys.modules and resident() > ROOM:
        let_go()
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")  # no longer: a loop of its own runs as long as it does
def browser():
    """A real browser that asks nobody by itself."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def record():
    """Folder of the historical tables, which are not part of the package."""
    if not (folder := os.environ.get("FOEDUS_RECORD")):
        pytest.skip("FOEDUS_RECORD does not name a folder with the historical tables")
    return Path(folder)
