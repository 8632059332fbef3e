"""GeoJSON after RFC 7946: events as features, written one by one; no point where none is known.

A point stands for a place that is known exactly, or for the nearest that is known ("near"). What is known to lie
somewhere in a province, a country or a region has no geometry, so that no map shows what nobody said; with `areas`,
provinces and districts get the point amid them. `place_precision` says it of every feature.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson

from casus.export.cells import batches
from casus.export.job import Job, Written
from casus.ledger.flat import FlatEvent

_POINTS = frozenset({"exact", "near"})
_AREAS = frozenset({"adm2", "adm1", "country", "region"})


def write(job: Job, out: BinaryIO) -> Written:
    """A FeatureCollection, a feature a line; each has the event's id and its columns as properties."""
    drawn = _POINTS | (_AREAS if job.options.areas else frozenset())
    n = pointless = 0
    out.write(b'{"type":"FeatureCollection","features":[')
    for some in batches(job.events()):
        features = [_feature(event, drawn) for event in some]
        pointless += sum(feature["geometry"] is None for feature in features)
        lines = b",\n".join(orjson.dumps(feature) for feature in features)
        out.write((b",\n" if n else b"\n") + lines)
        n += len(some)
    out.write(b"\n]}\n")
    return Written({"events": n}, _notes(pointless))


def _feature(event: FlatEvent, drawn: frozenset[str]) -> dict[str, Any]:
    known = event.place_precision in drawn and event.lat is not None and event.lon is not None
    point = {"type": "Point", "coordinates": [event.lon, event.lat]} if known else None
    properties = {k: v for k, v in event._asdict().items() if k not in ("lat", "lon")}
    return {"type": "Feature", "id": event.event_id, "geometry": point, "properties": properties}


def _notes(pointless: int) -> tuple[str, ...]:
    if not pointless:
        return ()
    what = "event has" if pointless == 1 else "events have"
    return (f"{pointless} {what} no point, as no place is known well enough",)
