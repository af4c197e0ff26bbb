"""The law of foedus once more, slow and plain: one run, dispute, state, treaty and day at a time.

Written from the equations and docstrings, to be read as the specification and to check the
engine by. Python's own numbers (floats are float64), `math` and `statistics` alone; nothing of
the engine but the names of kinds. The order of a week stands in `history`.

Most functions take `at`, a place to stand: the parameters `p`, the world `w`, one dispute `d`
with its conflict `s`, the alliances `al` that all disputes share, and what the states `want`.
"""
