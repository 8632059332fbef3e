"""Outlines of countries, where an installed package brings them; nothing of the kind is in Casus itself.

pyogrio, which `casus-events[geo]` brings, holds Natural Earth's countries at 1:110 million (public domain). Where it is
missing, maps have a graticule and names alone.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from casus.linking.countries import code_of, countries

Ring = tuple[tuple[float, float], ...]
_POLYGON = 5
_WHERE = "tests/fixtures/naturalearth_lowres/naturalearth_lowres"


@dataclass(frozen=True, slots=True)
class Outline:
    """A country's code and rings of (longitude, latitude) in degrees, WGS 84."""

    iso3: str
    rings: tuple[Ring, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of its largest ring, which is what people mean by the country."""
        ring = max(self.rings, key=_extent)
        lons, lats = [x for x, _ in ring], [y for _, y in ring]
        return min(lons), min(lats), max(lons), max(lats)


def _extent(ring: Ring) -> float:
    lons, lats = [x for x, _ in ring], [y for _, y in ring]
    return (max(lons) - min(lons)) * (max(lats) - min(lats))


@cache
def outlines() -> tuple[Outline, ...]:
    """The countries' outlines; empty where no package brings them, or they cannot be read."""
    spec = find_spec("pyogrio")
    if spec is None or not spec.submodule_search_locations:
        return ()
    base = Path(next(iter(spec.submodule_search_locations))) / _WHERE
    try:
        shapes = _shapes(base.with_suffix(".shp").read_bytes())
        names = _names(base.with_suffix(".dbf").read_bytes())
        found = [Outline(_code(name, code), rings) for (name, code), rings in zip(names, shapes, strict=True)]
    except (OSError, struct.error, ValueError, KeyError):
        return ()
    return tuple(o for o in found if o.rings)


def _code(name: str, code: str) -> str:
    """Natural Earth leaves out some codes ("-99")."""
    return code if code in countries() else code_of(name) or ""


def _shapes(data: bytes) -> list[tuple[Ring, ...]]:
    """Rings of each record of a shapefile (ESRI Shapefile Technical Description, 1998)."""
    at, out = 100, []
    while at < len(data):
        (words,) = struct.unpack(">i", data[at + 4 : at + 8])
        out.append(_rings(data[at + 8 : at + 8 + 2 * words]))
        at += 8 + 2 * words
    return out


def _rings(record: bytes) -> tuple[Ring, ...]:
    (kind,) = struct.unpack("<i", record[:4])
    if kind != _POLYGON:
        return ()
    parts, points = struct.unpack("<2i", record[36:44])
    starts = struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts])
    flat = struct.unpack(f"<{2 * points}d", record[44 + 4 * parts : 44 + 4 * parts + 16 * points])
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    return tuple(tuple(pairs[a:b]) for a, b in zip(starts, (*starts[1:], points), strict=True))


def _names(data: bytes) -> list[tuple[str, str]]:
    """Name and code of each record of a dBASE table."""
    count, head, width = struct.unpack("<iHH", data[4:12])
    fields, at = {}, 1
    for start in range(32, head - 1, 32):
        name = data[start : start + 11].split(b"\0")[0].decode("ascii").lower()
        fields[name] = (at, at + data[start + 16])
        at += data[start + 16]
    rows = [data[head + n * width : head + (n + 1) * width] for n in range(count)]

    def cell(row: bytes, name: str) -> str:
        first, last = fields[name]
        return row[first:last].decode("utf-8", "replace").strip()

    return [(cell(row, "name"), cell(row, "iso_a3")) for row in rows]
