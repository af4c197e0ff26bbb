"""Figures: each is rows of a table and a chart of them, drawn with one look."""
