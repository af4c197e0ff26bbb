"""Estimation on the record, and skill on what it has not seen."""
