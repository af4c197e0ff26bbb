"""Many histories of one situation: the step, and batches of runs."""
