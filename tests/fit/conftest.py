"""What the fits' tests share."""

import pytest

from foedus.fit import crises


@pytest.fixture(scope="module")
def small_stacks():
    """Stacks for a handful of made-up disputes; those of the record would be mostly padding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(crises.SIZES, 24, 40)
        yield
