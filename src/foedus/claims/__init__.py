"""What is claimed about a run, how it is judged, and what an ensemble says about it."""
