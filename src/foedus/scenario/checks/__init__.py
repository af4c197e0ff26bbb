"""Which entries of a scenario have the right shape but make no sense?"""
