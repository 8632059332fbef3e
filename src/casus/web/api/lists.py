"""/actors, /places, /sources, /conflicts, /runs, /changes and /health: what the ledger holds, seen from the side."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from casus.errors import UsageError
from casus.export.columns import made_by
from casus.fields import conflict_fields, event_fields
from casus.ledger.feed import FlatChange, changes, step_at
from casus.ledger.flat import last_step
from casus.ledger.ledger import Ledger
from casus.ledger.lists import actors, places, publishers, runs, sources
from casus.notebook.desk import Desk
from casus.text import fold
from casus.web.answering import answer, body
from casus.web.api import models
from casus.web.api import models_reports as more
from casus.web.api.paths import Limit, Offset, Words
from casus.web.asked import Asked
from casus.web.desks import web_of
from casus.web.paging import cursor_of, event_page

router = APIRouter(tags=["lists"], responses=models.READ)
Row = TypeVar("Row", bound=NamedTuple)
# events that one request looks through for contradictions that are not open, which no index knows
_LOOKED_AT = 5000
# changes on a page, and then those of the same step
_MOST_CHANGES = 1000


def _some(
    request: Request, desk: Desk, listed: Callable[[Ledger], list[Row]], q: str | None, at: tuple[int, int]
) -> tuple[list[dict[str, Any]], int]:
    """Those of a list whose name, its first part, holds the letters; from one to another, and how many there are."""
    web = web_of(request)
    rows: Sequence[Row] = web.remembered(desk, (listed.__name__,), lambda: listed(desk.ledger))
    if q:
        wanted = fold(q)
        rows = [row for row in rows if wanted in fold(str(row[0] or ""))]
    offset, limit = at
    return [row._asdict() for row in rows[offset : offset + limit]], len(rows)


@router.get("/actors", response_model=more.Actors)
def list_actors(request: Request, q: Words = None, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Who did something or had it done to them, those of most events first."""

    def build(desk: Desk) -> dict[str, Any]:
        found, total = _some(request, desk, actors, q, (offset, limit))
        return {"actors": found, "total": total}

    return answer(request, build)


@router.get("/places", response_model=more.Places)
def list_places(request: Request, q: Words = None, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Where something happened, those of most events first."""

    def build(desk: Desk) -> dict[str, Any]:
        found, total = _some(request, desk, places, q, (offset, limit))
        return {"places": found, "total": total}

    return answer(request, build)


@router.get("/sources", response_model=more.Sources)
def list_sources(request: Request, q: Words = None, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Whom texts name as the origin of claims, and who published the texts."""

    def build(desk: Desk) -> dict[str, Any]:
        named, named_total = _some(request, desk, sources, q, (offset, limit))
        printed, printed_total = _some(request, desk, publishers, q, (offset, limit))
        return {
            "sources": named, "sources_total": named_total, "publishers": printed, "publishers_total": printed_total,
        }  # fmt: skip

    return answer(request, build)


class AskedConflicts(Asked):
    """The filters, and contradictions of which state and kind."""

    state: Literal["open", "settled", "superseded", "any"] = Field("open", description="Of which state.")
    kind: str | None = Field(None, max_length=50, description="About what.", examples=["killed"])


@router.get("/conflicts", response_model=models.ConflictPage)
def list_conflicts(request: Request, asked: Annotated[AskedConflicts, Query()]) -> Response:
    """Contradictions of the events that the filters fit, in the order of these events: those of `limit` events."""
    return answer(request, lambda desk: _conflicts(desk, asked))


def _conflicts(desk: Desk, asked: AskedConflicts) -> dict[str, Any]:
    these = (asked.model_copy(update={"disputed": True}) if asked.state == "open" else asked).filter(desk)
    out: list[dict[str, Any]] = []
    cursor, looked_at, told = asked.cursor, 0, 0
    while True:
        page = event_page(desk, these, cursor, asked.limit, count=False)
        cursor = page.next
        for event in page.events:
            fits = [c for c in event.conflicts if asked.state in ("any", c.state) and asked.kind in (None, c.kind)]
            head = {"event": event.id, "version": event.version}
            if fits:
                line = event_fields(event)["line"]
                out += [head | {"line": line} | conflict_fields(c) for c in fits]
                told += 1
            if told == asked.limit:
                # a page ends where its last event does, though more of those that were looked up may follow
                return {"conflicts": out, "next": cursor_of(event) if cursor or event != page.events[-1] else None}
        looked_at += len(page.events)
        if cursor is None or looked_at >= _LOOKED_AT:
            return {"conflicts": out, "next": cursor}


@router.get("/changes", response_model=models.ChangePage)
def list_changes(
    request: Request,
    since: Annotated[
        str, Query(max_length=40, description="A step of the ledger, or a day or moment in UTC.", examples=["0"])
    ] = "0",
    limit: Annotated[int, Query(ge=1, le=_MOST_CHANGES, description="Changes at least, if there are.")] = 100,
) -> Response:
    """What became of events after a step: for whoever keeps a copy. A step is told whole."""

    def build(desk: Desk) -> dict[str, Any]:
        step = _step(desk.ledger, since)
        found: list[FlatChange] = []
        for change in changes(desk.ledger, step):
            if len(found) >= limit and change.step != found[-1].step:
                return {"changes": [c._asdict() for c in found], "last": found[-1].step, "more": True}
            found.append(change)
        last = max(step, last_step(desk.ledger)[0])
        return {"changes": [c._asdict() for c in found], "last": last, "more": False}

    return answer(request, build)


def _step(ledger: Ledger, since: str) -> int:
    """The step that is meant. Raises UsageError."""
    if since.isascii() and since.isdecimal() and len(since) <= 18:
        return int(since)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(\+00:00|Z)?)?", since, re.ASCII):
        raise UsageError(f"since is {since!r}", "a step of the ledger, or a day or moment in UTC: 2024-01-19T08:00:00")
    return step_at(ledger, since.replace("Z", "+00:00"))


@router.get("/runs", response_model=more.Runs)
def list_runs(
    request: Request,
    limit: Limit = 50,
    before: Annotated[int | None, Query(ge=1, le=10**12, description="`next` of the page before.")] = None,
) -> Response:
    """What was read and when, the last one first: by which recipe, how much, and what still fails."""
    # a run ends without a step of the ledger, so that no tag says whether it has
    with web_of(request).reading() as desk:
        found = runs(desk.ledger, limit + 1, before)
    told = [asdict(run) for _, run in found[:limit]]
    return Response(body({"runs": told, "next": found[limit - 1][0] if len(found) > limit else None}),
                    headers={"Cache-Control": "no-store"}, media_type="application/json")  # fmt: skip


@router.get("/health", response_model=more.Health, response_model_exclude_none=True)
def health(request: Request) -> Response:
    """Whether it answers; to who may read, what it answers from."""
    with web_of(request).reading() as desk:
        told: dict[str, Any] = {"status": "ok"}
        if request.scope["casus.principal"] is not None:
            step, at = last_step(desk.ledger)
            told |= {"version": made_by(), "step": step, "at": at, "counts": desk.ledger.counts()}
    return Response(body(told), headers={"Cache-Control": "no-store"}, media_type="application/json")
