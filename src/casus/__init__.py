"""Casus reads news reports and says who says who did what to whom, where and when."""

__version__ = "0.1.0"
