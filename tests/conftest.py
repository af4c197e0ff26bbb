"""One profile for all property tests: no deadline, the same examples on every machine."""

from hypothesis import settings

settings.register_profile("foedus", deadline=None, derandomize=True)
settings.load_profile("foedus")
