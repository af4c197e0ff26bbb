"""Dated situations: the file format, its faults, and the arrays made from it."""
