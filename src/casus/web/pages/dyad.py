"""Two sides: what each did to the other over time, how hostile it was, and the events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response

from casus.analysis.intensity import intensity
from casus.analysis.series import Dyad, dyad
from casus.analysis.units import Missing, keys_of
from casus.asking import who_of
from casus.errors import UsageError
from casus.events import Event
from casus.ledger import overview
from casus.ledger.flat import flat_events
from casus.ledger.queries import Filter
from casus.notebook.desk import Desk
from casus.web.desks import web_of
from casus.web.pages import base
from casus.web.pages.words import who_name

WIDE, HALF = 1000.0, 100.0
# events that are listed; the drawing is of all
PAGE = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """What one side did in a period: `up` for the first side."""

    x: float
    width: float
    y: float
    height: float
    up: bool
    quad: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over and under an axis at HALF."""

    bars: tuple[Bar, ...]
    first: date
    last: date
    step: str
    most: float
    lines: tuple[str, ...]


def router() -> APIRouter:
    """/dyads/A--B"""
    made = base.router()
    made.add_api_route("/dyads", _choose, methods=["GET"])
    made.add_api_route("/dyads/{pair:path}", _page, methods=["GET"])
    return made


def _choose(request: Request, a: str = "", b: str = "") -> Response:
    """Two sides to choose; with both, their page."""
    with web_of(request).reading() as desk:
        if a.strip() and b.strip():
            return _shown(request, desk, a.strip()[:300], b.strip()[:300])
        sides = overview.sides(desk.ledger)
        pairs = web_of(request).remembered(desk, ("pairs",), lambda: overview.pairs(desk.ledger))
        return base.page(request, "dyads.html", sides=sides, pairs=pairs, a=a, b=b)


def _page(request: Request, pair: str) -> Response:
    one, dashes, other = pair.partition("--")
    if not dashes or not one.strip() or not other.strip():
        raise UsageError(f"{pair!r} is no pair of sides", "write it as IRN--PAK")
    with web_of(request).reading() as desk:
        return _shown(request, desk, one.strip(), other.strip())


def _shown(request: Request, desk: Desk, one: str, other: str) -> Response:
    a, b = who_of(desk.ledger, one, desk.config), who_of(desk.ledger, other, desk.config)
    if a == b:
        raise UsageError(f"{one} and {other} are one side", "name two")
    ids = tuple(overview.dyad_ids(desk.ledger, a, b))
    rows = list(flat_events(desk.ledger, Filter(ids=ids), summary=False)) if ids else []
    ways = {}
    for row in rows:
        pairs = keys_of(row, "dyad", directed=True)
        known = [] if isinstance(pairs, Missing) else pairs
        ways[row.event_id] = ((a, b) in known, (b, a) in known)
    days = {row.event_id: row.date_start for row in rows}
    between = [id_ for id_ in ids if any(ways[id_])]
    # the latest first, those of no date last
    dated = [id_ for id_ in reversed(between) if days[id_]]
    first = [*dated, *(id_ for id_ in between if not days[id_])][:PAGE]
    drawn = dyad((r for r in rows if any(ways[r.event_id])), a, b) if between else ()
    found = {e.id: e for e in desk.ledger.events(Filter(ids=tuple(first)))} if first else {}
    listed = [found[id_] for id_ in first]
    return base.page(
        request, "dyad.html",
        a=a, b=b, names=(who_name(a), who_name(b)), chart=chart(drawn) if isinstance(drawn, Dyad) else None,
        events=listed, ways=ways, total=len(between), beside=len(ids) - len(between),
        scores={e.id: score(e) for e in listed},
    )  # fmt: skip


def score(event: Event) -> float:
    """How hostile or friendly, -10 to 10."""
    return intensity(event.types[0], event.mode)


def chart(found: Dyad) -> Chart | None:
    """The drawing of what passed between two sides."""
    if not found.flows or not found.most:
        return None
    first, last = found.steps.ends(found.steps.every[0])[0], found.steps.ends(found.steps.every[-1])[1]
    length = max((last - first).days, 1)
    bars = []
    for flow in found.flows:
        x = (flow.start - first).days / length * WIDE
        width = max((flow.end - flow.start).days / length * WIDE * 0.86, 2.0)
        low, high = sorted((abs(flow.low), abs(flow.high)))
        up = flow.high > 0
        height = (high - low) / found.most * HALF
        y = HALF - high / found.most * HALF if up else HALF + low / found.most * HALF
        words = (
            f"{flow.direction}, from {flow.start}: {flow.events} of {flow.quad.replace('-', ' ')}, {flow.intensity:+g}"
        )
        bars.append(Bar(round(x, 2), round(width, 2), round(y, 2), round(height, 2), up, flow.quad, words))
    return Chart(tuple(bars), first, last, found.steps.time, found.most, found.lines)
