"""Figures: counted harms found (`find`), read from a phrase (`parse_figure`), tied to a trigger (`attach`)."""

from __future__ import annotations

from casus.reader.figure_attach import attach
from casus.reader.figure_find import FigureMention, find, parse_figure
from casus.reader.numerals import parse_number

__all__ = ["FigureMention", "attach", "find", "parse_figure", "parse_number"]
