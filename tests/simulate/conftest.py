import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulate.small import lives

ELSEWHERE = """
import json
import numpy as np
from tests.simulate.small import digests, lives
one, two = (lives(1000, 64, devices=n)[0] for n in (1, 2))
apart = np.abs(one.trajectories.residual - two.trajectories.residual).max()
print(json.dumps({"one": digests(one), "two": digests(two), "apart": float(apart)}))
"""


@pytest.fixture(scope="package")
def two_devices():
    """The same 1,000 runs in blocks of 64, on one device of two and on both; begun before all."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=2"
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE],
        env={**os.environ, "XLA_FLAGS": flags, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture(scope="package")
def whole(two_devices):
    """1,000 runs in blocks of 512."""
    (batch,) = lives(1000, 512)
    return batch
