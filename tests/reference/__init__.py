"""The law of foedus once more, slow and plain: one run, one state, one treaty, one day at a time.

Written from the equations and docstrings, to be read as the specification and to check the
engine by. Python's own numbers (floats are float64), `math` and `statistics` alone; nothing of
the engine but the names of kinds. The order of a week stands in `history`.
"""
