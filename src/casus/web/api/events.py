"""/events: pages of them, files of them, and one with its claims and its history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from casus.export import export
from casus.fields import claim_fields, event_fields
from casus.jsonl import log_line
from casus.ledger.flat import flat_size
from casus.notebook.desk import Desk
from casus.web.answering import answer
from casus.web.api import models
from casus.web.api.models_reports import Claims
from casus.web.api.paths import EventId
from casus.web.asked import AskedQuery, WholeQuery
from casus.web.paging import event_page
from casus.web.streaming import ROWS_HEADER, File, stream

router = APIRouter(tags=["events"], responses=models.READ)
# what each file is called among the world's media types
FILES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}


@router.get("/events", response_model=models.EventPage)
@router.get("/events.json", response_model=models.EventPage)
def events(request: Request, asked: AskedQuery) -> Response:
    """The events that all the filters given fit, a page at a time."""

    def build(desk: Desk) -> dict[str, Any]:
        page = event_page(desk, asked.filter(desk), asked.cursor, asked.limit)
        return {"events": [event_fields(e) for e in page.events], "next": page.next, "total": page.total}

    return answer(request, build)


def _file(name: str) -> Callable[[Request, WholeQuery], Awaitable[Response]]:
    """The route of a format."""

    async def file(request: Request, asked: WholeQuery) -> Response:
        def make(desk: Desk) -> File:
            these = asked.filter(desk)
            rows = flat_size(desk.ledger, "events", these)
            return File(f"events.{name}", FILES[name], rows, lambda out: export(desk.ledger, name, out, these))

        return await stream(request, make)

    file.__name__ = f"events_{name}"
    file.__doc__ = (
        f"All events that the filters fit, as `casus export {name}` writes them. The header {ROWS_HEADER} says how "
        "many rows there are; where the body ends before its last chunk, something went wrong midway."
    )
    return file


for _name, _media_type in FILES.items():
    _body: dict[str, Any] = {"description": "The file.", "content": {_media_type.partition(";")[0]: {}}}
    _body["headers"] = {ROWS_HEADER: {"schema": {"type": "integer"}, "description": "How many rows there are."}}
    router.add_api_route(
        f"/events.{_name}", _file(_name), response_class=Response, responses={200: _body}, methods=["GET"]
    )


@router.get("/events/{id}", response_model=models.Event)
def event(request: Request, id: EventId) -> Response:
    """The event of that id, or of its first characters; of one that was merged, the event that took its claims."""
    return answer(request, lambda desk: event_fields(desk.ledger.event(id)))


@router.get("/events/{id}/claims", response_model=Claims)
def claims(request: Request, id: EventId) -> Response:
    """The claims of an event by publication, each with its words."""

    def build(desk: Desk) -> dict[str, Any]:
        found = desk.ledger.event(id)
        held = desk.ledger.claims(found.id)
        documents = desk.ledger.documents({c.document_id for c in held})
        told = [claim_fields(documents[c.document_id], c) | {"ledger_event": found.id} for c in held]
        return {"event": found.id, "version": found.version, "claims": told}

    return answer(request, build)


@router.get("/events/{id}/history", response_model=models.History)
def history(request: Request, id: EventId) -> Response:
    """Every version of the event of that id, the first one first, also where it has ended."""

    def build(desk: Desk) -> dict[str, Any]:
        lines = desk.ledger.log(id)
        whole = next((line.event.id for line in lines if line.event), id)
        return {"event": whole, "versions": [orjson.loads(log_line(line)) for line in lines]}

    return answer(request, build)
