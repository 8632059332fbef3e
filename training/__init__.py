"""Corpora -> the shipped model; for maintainers, not in the wheel."""
