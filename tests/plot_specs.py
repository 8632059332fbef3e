"""Plots in the tests: what a spec says and what data it holds."""

from __future__ import annotations

from typing import Any

from casus.analysis.look import Chart


def spec(chart: Chart) -> dict[str, Any]:
    """The plot as Vega-Lite has it; building it checks it against Vega-Lite's schema."""
    made: dict[str, Any] = chart.to_dict()
    return made


def lines(chart: Chart) -> list[str]:
    """The lines below the title."""
    said: list[str] = spec(chart)["title"]["subtitle"]
    return said


def values(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows of data in a spec."""
    return [row for rows in drawn["datasets"].values() for row in rows]
