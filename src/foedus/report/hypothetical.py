"""What stands above whatever is told of a scenario in which nothing has happened."""

BANNER = "HYPOTHETICAL: nothing of the kind has happened, and this is no forecast of it."
