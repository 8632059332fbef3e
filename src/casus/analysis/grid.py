"""The cells of PRIO-GRID: half a degree wide and high, numbered from the south-west, eastwards and then northwards.

Tollefsen, Andreas Forø, Håvard Strand and Halvard Buhaug (2012): "PRIO-GRID: A unified spatial data structure",
Journal of Peace Research 49(2): 363-374. Row and column count from 1, and gid = (row - 1) * 720 + column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from casus.errors import UsageError

ROWS, COLUMNS = 360, 720
PER_DEGREE = 2
CELLS = ROWS * COLUMNS


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its number 1..259200, row 1..360 from the south, column 1..720 from the west, and its centre in degrees
    (WGS 84)."""

    gid: int
    row: int
    col: int
    lat: float
    lon: float


def gid_of(lat: float, lon: float) -> int:
    """The number of the cell in which a point lies; a border belongs to the cell north or east of it, the pole to the
    northernmost row, and 180 degrees east is 180 west. Raises UsageError for what is no point."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise UsageError(f"{lat}, {lon} is no point", "latitudes run from -90 to 90, longitudes from -180 to 180")
    row = min(math.floor((lat + 90) * PER_DEGREE), ROWS - 1)
    col = math.floor((lon + 180) * PER_DEGREE) % COLUMNS
    return row * COLUMNS + col + 1


def cell_of(gid: int) -> Cell:
    """The cell of that number. Raises UsageError where there is none."""
    if not 1 <= gid <= CELLS:
        raise UsageError(f"PRIO-GRID has no cell {gid}", f"gids run from 1 to {CELLS}")
    row, col = divmod(gid - 1, COLUMNS)
    half = 1 / PER_DEGREE / 2
    return Cell(gid, row + 1, col + 1, row / PER_DEGREE - 90 + half, col / PER_DEGREE - 180 + half)
