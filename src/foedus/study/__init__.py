"""The whole way from a scenario to scored answers, in one screen."""

from foedus.study.pipeline import Options, Study, run

__all__ = ["Options", "Study", "run"]
