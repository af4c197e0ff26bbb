"""The whole way from a scenario to scored answers, in one screen."""
