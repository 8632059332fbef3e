"""A map without tiles: events by place over a graticule, drawn on the server. An area is drawn as an area.

The projection is plate carrée, narrowed by the cosine of the middle latitude, so that it is true there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casus.ledger.overview import PlaceCount
from casus.web.pages.outlines import Outline, outlines
from casus.web.pages.words import PRECISION, quad_of, who_name

WIDE, TALLEST, LEAST = 720.0, 560.0, 300.0
# places that fall into one square of this side are one circle: two fingers apart on a telephone
CELL = 13.0
NAMED = 9
# kilometres about a point in which events of that precision lie, for "events near here"; by hand, a usual province is
# some 200 km across
REACH = {"exact": 5, "near": 25, "adm2": 40, "adm1": 150}
_POINTS = frozenset({"exact", "near"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Events at a place, or at several that the map cannot hold apart. `r` is the circle of the best count of dead,
    `ring` that of the highest where it is higher, `area` the soft circle of what is known to a district or province
    only."""

    name: str
    x: float
    y: float
    r: float
    ring: float | None
    area: bool
    quad: str
    events: int
    best: int
    words: str
    near: str


@dataclass(frozen=True, slots=True)
class Land:
    """A country's outline as an SVG path; `events`: how many are known to be somewhere in it and no more."""

    iso3: str
    name: str
    path: str
    events: int


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map; `major`: there is room for it on a narrow page, too."""

    text: str
    x: float
    y: float
    end: bool
    major: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the graticule and what it is."""

    text: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Map:
    """All that is drawn; `vague` are places that have no point, and how many events each has."""

    width: float
    height: float
    lands: tuple[Land, ...]
    lines: tuple[Line, ...]
    spots: tuple[Spot, ...]
    labels: tuple[Label, ...]
    vague: tuple[tuple[str, str | None, str, int], ...]
    drawn: int
    outlined: bool


@dataclass(frozen=True, slots=True)
class _View:
    """From degrees to the drawing."""

    west: float
    north: float
    scale: float
    narrow: float
    height: float

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        return round((lon - self.west) * self.scale * self.narrow, 1), round((self.north - lat) * self.scale, 1)


def drawn(places: Sequence[PlaceCount]) -> Map | None:
    """The map of these places; None where nobody knows where anything happened."""
    if not places:
        return None
    points = [p for p in places if p.lat is not None and p.lon is not None]
    vague = _vague(p for p in places if p.lat is None or p.lon is None)
    shapes = outlines()
    box = _box(points, [o for o in shapes if any(o.iso3 == iso3 and kind == "country" for _, iso3, kind, _ in vague)])
    if box is None:
        return None
    view, height = _view(*box)
    spots = _spots(points, view)
    somewhere = {iso3: n for _, iso3, kind, n in vague if kind == "country" and iso3}
    lands = tuple(_lands(shapes, view, height, somewhere))
    shown = {land.iso3 for land in lands if land.events}
    return Map(
        WIDE,
        height,
        lands,
        tuple(_graticule(view, height)),
        tuple(spots),
        tuple(_labels(spots)),
        tuple(v for v in vague if not (v[2] == "country" and v[1] in shown)),
        sum(s.events for s in spots),
        bool(shapes),
    )


def _vague(places: Iterable[PlaceCount]) -> list[tuple[str, str | None, str, int]]:
    sums: Counter[tuple[str, str | None, str]] = Counter()
    for p in places:
        sums[p.name, p.iso3, p.precision] += p.events
    return [(*key, n) for key, n in sorted(sums.items(), key=lambda item: (-item[1], str(item[0])))]


# ------------------------------------------------------------------ what is in view


def _box(points: Sequence[PlaceCount], lands: Sequence[Outline]) -> tuple[float, float, float, float] | None:
    """West, south, east, north: the middle of the events, 99 in 100 of them, and no less than 4 degrees."""
    lats = _middle([(p.lat, p.events) for p in points if p.lat is not None])
    lons = _middle([(p.lon, p.events) for p in points if p.lon is not None])
    if lats is None or lons is None:
        if not lands:
            return None
        boxes = [o.box for o in lands]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    (south, north), (west, east) = lats, lons
    for land in lands:
        # a country that events are known to be in, as far as it does not dwarf the rest
        w, s, e, n = land.box
        if e - w < 40 and n - s < 40:
            west, south, east, north = min(west, w), min(south, s), max(east, e), max(north, n)
    return west, south, east, north


def _middle(values: Sequence[tuple[float, int]]) -> tuple[float, float] | None:
    if not values:
        return None
    total, seen = sum(n for _, n in values), 0
    kept = []
    for value, n in sorted(values):
        if (seen + n) * 200 > total and seen * 200 < total * 199:
            kept.append(value)
        seen += n
    return kept[0], kept[-1]


def _view(west: float, south: float, east: float, north: float) -> tuple[_View, float]:
    pad_lat, pad_lon = max((north - south) * 0.08, 0.5), max((east - west) * 0.08, 0.5)
    grow_lat, grow_lon = max(0.0, 4 - (north - south)) / 2, max(0.0, 4 - (east - west)) / 2
    south, north = max(-90.0, south - pad_lat - grow_lat), min(90.0, north + pad_lat + grow_lat)
    west, east = max(-180.0, west - pad_lon - grow_lon), min(180.0, east + pad_lon + grow_lon)
    narrow = max(0.2, math.cos(math.radians((south + north) / 2)))
    scale = min(WIDE / ((east - west) * narrow), TALLEST / (north - south))
    height = min(TALLEST, max(LEAST, (north - south) * scale))
    # what is left over goes to both sides alike
    west -= (WIDE / (scale * narrow) - (east - west)) / 2
    north += (height / scale - (north - south)) / 2
    return _View(west, north, scale, narrow, height), round(height, 1)


# ------------------------------------------------------------------ what is drawn


def _spots(points: Sequence[PlaceCount], view: _View) -> list[Spot]:
    """Circles, the largest first so that small ones lie on top; areas below all points."""
    cells: dict[tuple[bool, int, int], list[PlaceCount]] = {}
    for p in points:
        x, y = view.at(p.lat or 0.0, p.lon or 0.0)
        if -20 <= x <= WIDE + 20 and -20 <= y <= view.height + 20:
            cells.setdefault((p.precision not in _POINTS, int(x // CELL), int(y // CELL)), []).append(p)
    # a circle grows with the dead, measured at the worst place; by hand, below twenty a place is not drawn large
    most = max([20, *(sum(p.best for p in some) for some in cells.values())])
    spots = [_spot(some, area, view, most) for (area, _, _), some in cells.items()]
    return sorted(spots, key=lambda s: (not s.area, -s.r, -s.events, s.name))


def _spot(some: Sequence[PlaceCount], area: bool, view: _View, most: int) -> Spot:
    names: Counter[str] = Counter()
    quads: Counter[str] = Counter()
    for p in some:
        names[p.name] += p.events
        quads[quad_of(p.type)] += p.events
    first = max(some, key=lambda p: (p.events, p.name))
    x, y = view.at(first.lat or 0.0, first.lon or 0.0)
    events, best, high = (sum(n) for n in zip(*((p.events, p.best, p.high) for p in some), strict=True))
    name = names.most_common(1)[0][0]
    also = f" and {len(names) - 1} more" if len(names) > 1 else ""
    reach = REACH.get(first.precision, 150)
    # a circle's area grows with the dead, as the eye compares areas; one with none has the least that can be pointed at
    r = 4.0 + 14.0 * math.sqrt(best / most)
    if area:
        r = max(r, 12.0, min(70.0, reach / 111.2 * view.scale))
    ring = None if high <= best or area else round(4.0 + 14.0 * math.sqrt(min(high, 4 * most) / most), 1)
    kind = PRECISION.get(first.precision, first.precision)
    up_to = f" (up to {high:,})" if high > best else ""
    dead = f", {best:,} killed by the best counts{up_to}" if best else ""
    words = f"{name}{also} ({kind}): {events:,} event{'s' * (events != 1)}{dead}"
    km = max(reach, math.ceil(CELL / view.scale * 111.2)) if len(names) > 1 else reach
    near = f"{first.lat:.4f},{first.lon:.4f},{km}"
    return Spot(name, x, y, round(r, 1), ring, area, quads.most_common(1)[0][0], events, best, words, near)


def _labels(spots: Sequence[Spot]) -> list[Label]:
    """Names of the places with most events, none over another."""
    out: list[Label] = []
    for spot in sorted(spots, key=lambda s: (-s.events, s.name)):
        end = spot.x > WIDE - 130
        x = spot.x - spot.r - 4 if end else spot.x + spot.r + 4
        y = spot.y + 4
        if any(abs(y - o.y) < 16 and abs(x - o.x) < 120 for o in out):
            continue
        # on a narrow page letters are larger, and fewer names have room
        major = not any(o.major and abs(y - o.y) < 30 and abs(x - o.x) < 260 for o in out)
        out.append(
            Label(spot.name if len(spot.name) <= 24 else f"{spot.name[:23]}…", round(x, 1), round(y, 1), end, major)
        )
        if len(out) == NAMED:
            break
    return out


def _lands(shapes: Sequence[Outline], view: _View, height: float, somewhere: dict[str, int]) -> Iterable[Land]:
    for outline in shapes:
        parts = []
        for ring in outline.rings:
            path = [view.at(lat, lon) for lon, lat in ring]
            xs, ys = [x for x, _ in path], [y for _, y in path]
            if max(xs) < 0 or min(xs) > WIDE or max(ys) < 0 or min(ys) > height:
                continue
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in path) + "Z")
        if parts:
            n = somewhere.get(outline.iso3, 0)
            yield Land(outline.iso3, who_name(outline.iso3), "".join(parts), n)


def _graticule(view: _View, height: float) -> Iterable[Line]:
    """Meridians and parallels at a round step, some five of each."""
    across, down = WIDE / (view.scale * view.narrow), height / view.scale
    step = next(s for s in (1, 2, 5, 10, 20, 30, 60) if max(across, down) / s <= 8 or s == 60)
    lon = math.ceil(view.west / step) * step
    while lon <= view.west + across:
        x, _ = view.at(0, lon)
        turned = (lon + 180) % 360 - 180
        yield Line(f"{abs(turned):g}°{'E' if turned > 0 else 'W' if turned < 0 else ''}", x, 0, x, height)
        lon += step
    lat = math.ceil((view.north - down) / step) * step
    while lat <= min(90, view.north):
        _, y = view.at(lat, 0)
        yield Line(f"{abs(lat):g}°{'N' if lat > 0 else 'S' if lat < 0 else ''}", 0, y, WIDE, y)
        lat += step
