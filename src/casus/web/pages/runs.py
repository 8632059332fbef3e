"""Runs: what was read, when and by what; what could not be read, and why."""

from __future__ import annotations

from fastapi import APIRouter, Query, Request, Response

from casus.ledger import overview
from casus.web.desks import web_of
from casus.web.pages import base

PAGE = 50
# failures that are listed; all are in `casus review` and in the API
FAILURES = 200


def router() -> APIRouter:
    """/runs"""
    made = base.router()
    made.add_api_route("/runs", _page, methods=["GET"])
    return made


def _page(request: Request, start: int = Query(0, ge=0, le=10**9)) -> Response:
    with web_of(request).reading() as desk:
        found = overview.runs(desk.ledger, PAGE + 1, start)
        failures = desk.ledger.failures()
        return base.page(
            request, "runs.html",
            runs=found[:PAGE], start=start, size=PAGE, more=len(found) > PAGE, counts=desk.ledger.counts(),
            failures=failures[:FAILURES], failed=len(failures),
        )  # fmt: skip
