"""The report of a run as one HTML file."""

PAGE = "report.html"
"""Its name in a run folder."""
