"""Sources: who published the reports, how many of them are copies of others, and the reports themselves."""

from __future__ import annotations

from fastapi import APIRouter, Query, Request, Response

from casus.ledger import overview
from casus.web.desks import web_of
from casus.web.pages import base

PAGE = 100


def router() -> APIRouter:
    """/sources"""
    made = base.router()
    made.add_api_route("/sources", _page, methods=["GET"])
    return made


def _page(
    request: Request,
    publisher: str | None = Query(None, max_length=500),
    unnamed: bool = False,
    start: int = Query(0, ge=0, le=10**9),
) -> Response:
    """All publishers, or the reports of one."""
    with web_of(request).reading() as desk:
        every = web_of(request).remembered(desk, ("sources",), lambda: overview.publishers(desk.ledger))
        if publisher or unnamed:
            papers = overview.papers(desk.ledger, publisher or None, PAGE + 1, start)
            one = next((p for p in every if p.name == (publisher or None)), None)
            return base.page(
                request, "source.html",
                publisher=publisher or None, one=one, papers=papers[:PAGE], start=start, size=PAGE,
                more=len(papers) > PAGE,
            )  # fmt: skip
        most = max((p.reports for p in every), default=1)
        return base.page(
            request, "sources.html",
            publishers=every[start : start + PAGE], every=len(every), start=start, size=PAGE,
            more=len(every) > start + PAGE, most=most, reports=sum(p.reports for p in every),
            copies=sum(p.copies for p in every),
        )  # fmt: skip
