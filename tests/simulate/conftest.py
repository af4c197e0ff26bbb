import pytest

from tests.simulate.small import lives


@pytest.fixture(scope="package")
def whole():
    """1,000 runs in blocks of 512."""
    (batch,) = lives(1000, 512)
    return batch
