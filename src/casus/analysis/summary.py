"""What a panel says of itself: how large it is, what went in, and what did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casus.analysis.counting import counted
from casus.analysis.periods import first_day, label, last_day
from casus.analysis.units import Unit

if TYPE_CHECKING:
    from casus.analysis.tables import Panel

_UNITS: dict[Unit, tuple[str, str]] = {
    "country": ("country", "countries"),
    "admin1": ("province", "provinces"),
    "prio-grid": ("cell", "cells"),
    "dyad": ("dyad", "dyads"),
    "actor": ("actor", "actors"),
}


def summary(panel: Panel) -> tuple[str, ...]:
    """The panel in a few lines."""
    one, many = _UNITS[panel.unit]
    out = [
        f"{counted(len(panel), 'row')}: {len(panel.units):,} {one if len(panel.units) == 1 else many} by {panel.time}"
        f"{_stretch(panel)}; {counted(panel.events, 'event')}"
    ]
    if panel.several:
        verb = "counts" if panel.several == 1 else "count"
        out.append(f"{counted(panel.several, 'event')} {verb} wholly for each of several {many}")
    return (*out, *_cut(panel), *(f"left out: {left.words}" for left in panel.left_out))


def _stretch(panel: Panel) -> str:
    if not panel.periods:
        return ""
    return f", {label(panel.periods[0], panel.time)} to {label(panel.periods[-1], panel.time)}"


def _cut(panel: Panel) -> Iterator[str]:
    """First and last period where they are not whole."""
    if not panel.periods:
        return
    first, last = panel.periods[0], panel.periods[-1]
    if panel.since != first_day(first, panel.time):
        yield f"{label(first, panel.time)} is not whole: days before {panel.since} do not count"
    if panel.until != last_day(last, panel.time):
        yield f"{label(last, panel.time)} is not whole: days after {panel.until} do not count"
