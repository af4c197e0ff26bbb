"""What all tests share: the folder of the record, and one profile for property tests.

No deadline, and the same examples on every machine.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("foedus", deadline=None, derandomize=True)
settings.load_profile("foedus")


@pytest.fixture(scope="session")
def record():
    """Folder of the historical tables, which are not part of the package."""
    if not (folder := os.environ.get("FOEDUS_RECORD")):
        pytest.skip("FOEDUS_RECORD does not name a folder with the historical tables")
    return Path(folder)
