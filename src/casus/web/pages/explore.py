"""The first page: events under one filter, over time, on the map and as a list."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from casus.errors import UsageError
from casus.ledger import overview
from casus.ledger.overview import Order, Page, Totals
from casus.linking.settle_choices import STATUSES
from casus.notebook.desk import Desk
from casus.web.desks import Web, web_of
from casus.web.pages import base
from casus.web.pages.asked import Asked, asked
from casus.web.pages.bars import Strip, strip
from casus.web.pages.map import Map, drawn

# a list that is scrolled in some seconds
PAGE = 50


def router() -> APIRouter:
    """/"""
    made = base.router()
    made.add_api_route("/", _explore, methods=["GET"])
    return made


def _explore(request: Request) -> Response:
    web = web_of(request)
    with web.reading() as desk:
        question = asked(request, desk.ledger, desk.config)
        order: Order = "earliest" if question.get("order") == "earliest" else "latest"
        wrong, found = question.wrong, Page((), None, None)
        totals, bars, places = Totals(0, 0, 0), None, None
        if wrong is None:
            try:
                found = overview.event_page(
                    desk.ledger, question.filter, PAGE, order=order,
                    after=question.given.get("after"), before=question.given.get("before"),
                )  # fmt: skip
                totals, bars, places = _sums(web, desk, question)
            except UsageError as error:
                # what full-text search cannot read, a cursor that is none
                wrong = error
        return base.page(
            request, "explore.html", 400 if wrong else 200,
            asked=question, wrong=wrong, page=found, totals=totals, strip=bars, map=places, order=order,
            types=overview.event_types(), statuses=STATUSES,
            counts=web.remembered(desk, ("counts",), desk.ledger.counts),
        )  # fmt: skip


def _sums(web: Web, desk: Desk, question: Asked) -> tuple[Totals, Strip | None, Map | None]:
    """The counters, the strip and the map: they look at all events, and are remembered until the ledger changes."""

    def build() -> tuple[Totals, Strip | None, Map | None]:
        asked = question.filter
        return (
            overview.totals(desk.ledger, asked),
            strip(overview.by_day(desk.ledger, asked)),
            drawn(overview.by_place(desk.ledger, asked)),
        )

    return web.remembered(desk, ("explore", question.filter), build)
