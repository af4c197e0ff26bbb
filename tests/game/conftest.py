import jax
import pytest


@pytest.fixture
def double():
    """JAX in double precision for one test."""
    with jax.enable_x64(True):
        yield
