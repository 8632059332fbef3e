"""An event: what is held to have happened, by which rule, what is disputed, and who says it in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from casus.errors import UnknownError
from casus.events import Event, EventFigure
from casus.ledger import overview
from casus.ledger.ledger import Ledger
from casus.notebook.event import EventView, event_view
from casus.notebook.views import ClaimView, Speaker
from casus.web.desks import web_of
from casus.web.pages import base

# claims that are shown at once: more make a page that is slow to draw, and nobody reads them to the end
MOST = 200
_ROOM = 6.0  # beside the ends of a drawing


@dataclass(frozen=True, slots=True)
class Range:
    """A figure as a line from low to high with a dot at best, in a drawing of 200 by 16."""

    figure: EventFigure
    x1: float
    x2: float
    dot: float | None
    open: bool
    ticks: tuple[tuple[float, str, int], ...]


def router() -> APIRouter:
    """/events/ID"""
    made = base.router()
    made.add_api_route("/events/{id_}", _page, methods=["GET"])
    return made


def _page(request: Request, id_: str, all: str = "") -> Response:
    with web_of(request).reading() as desk:
        event = event_view(desk, desk.ledger.event(id_))
        speakers, shown = _cut(event.sources, None if all else MOST)
        claims = {c.id: c for c in event.claims}
        return base.page(
            request, "event.html",
            event=event, asked_id=id_, speakers=speakers, shown=shown, claims=claims, ranges=ranges(event, claims),
            causes=_known(desk.ledger, event.responds_to), answers=overview.answers(desk.ledger, event),
            pairs=dyads(event),
        )  # fmt: skip


def _cut(speakers: Sequence[Speaker], most: int | None) -> tuple[list[tuple[Speaker, list[ClaimView]]], int]:
    """Who speaks with their claims, no more than so many in all."""
    out, left = [], 10**9 if most is None else most
    for speaker in speakers:
        some = list(speaker.claims[:left])
        left -= len(some)
        if some:
            out.append((speaker, some))
    return out, sum(len(some) for _, some in out)


def ranges(event: EventView, claims: dict[str, ClaimView]) -> list[Range]:
    """The figures of an event with what each claim gives as ticks."""
    out = []
    for figure in event.figures:
        ticks = []
        for id_ in figure.claims:
            own = claims[id_].figure(figure.measure) if id_ in claims else None
            number = None if own is None else own.low if own.low is not None else own.high
            if own is not None and number is not None:
                ticks.append((number, claims[id_].voice.name))
        known = [n for n in (figure.low, figure.best, figure.high) if n is not None] + [n for n, _ in ticks]
        top = max(known) or 1

        def x(n: int, top: int = top) -> float:
            return round(_ROOM + (200 - 2 * _ROOM) * n / top, 1)

        low = figure.low if figure.low is not None else 0
        high = figure.high if figure.high is not None else max(known)
        out.append(
            Range(figure, x(low), x(high), None if figure.best is None else x(figure.best), figure.high is None,
                  tuple((x(n), name, n) for n, name in ticks))
        )  # fmt: skip
    return out


def _known(ledger: Ledger, ids: Sequence[str]) -> list[Event]:
    """The events of these ids; one that has ended without a successor is passed over."""
    out = []
    for id_ in ids:
        try:
            out.append(ledger.event(id_))
        except UnknownError:
            continue
    return out


def dyads(event: Event) -> list[tuple[str, str]]:
    """The pairs of sides of an event that have a page of their own, no more than six."""
    pairs = [
        (a.who, b.who) for a in event.actors for b in event.recipients if a.who and b.who and a.who != b.who
    ]  # fmt: skip
    return [(a, b) for a, b in dict.fromkeys(tuple(sorted(pair)) for pair in pairs)][:6]
