"""What a person should look at, one task at a time; and what they decide. Each decision can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from casus.errors import UsageError
from casus.events import SETTABLE, Conflict, Event
from casus.ledger import overview
from casus.ledger.changing import Decided
from casus.ledger.ledger import Ledger
from casus.ledger.overview import Queue
from casus.ledger.queries import Filter
from casus.notebook.desk import Desk
from casus.notebook.event import EventView, event_view
from casus.notebook.views import ClaimView
from casus.web.access import principal_of
from casus.web.deciding import Wish, decide, revoke
from casus.web.desks import web_of
from casus.web.pages import base

Words = Annotated[str, Form(max_length=2000)]
Name = Annotated[str, Form(max_length=500)]
# that of the event when the page was made
Version = Annotated[int, Form(ge=1)]
# tasks that are named beside the one at hand
AHEAD = 8
# sentences of an option that stand side by side; the event's page has all
SENTENCES = 3
DECISIONS = 12
# days about an event in which another that is the same may have been dated; as linking has it
_NEAR_DAYS = 2


@dataclass(frozen=True, slots=True)
class Task:
    """One event to look at: the contradiction at hand, if any, with the sentences of each option."""

    event: EventView
    conflict: Conflict | None
    sentences: tuple[tuple[ClaimView, ...], ...]
    others: tuple[Event, ...]


def router() -> APIRouter:
    """/review, and what is decided there."""
    made = base.router()
    made.add_api_route("/review", _page, methods=["GET"])
    for name, answer in (
        ("settle", _settle), ("reject", _reject), ("merge", _merge), ("split", _split), ("set", _set), ("undo", _undo),
    ):  # fmt: skip
        made.add_api_route(f"/review/{name}", answer, methods=["POST"])
    return made


def _page(
    request: Request,
    queue: Literal["disputed", "odd", "orphans"] = "disputed",
    n: int = Query(0, ge=0, le=10**9),
    event: str | None = Query(None, max_length=100),
    done: str | None = Query(None, max_length=100),
) -> Response:
    """The task at hand, and what comes after it."""
    with web_of(request).reading() as desk:
        ledger = desk.ledger
        sizes = overview.queue_sizes(ledger)
        orphans = ledger.orphans()
        ahead: Sequence[Event] = ()
        task = None
        if event is not None:
            task = _task(desk, ledger.event(event))
        elif queue != "orphans":
            kind: Queue = queue
            n = min(n, max(sizes[kind] - 1, 0))
            found = overview.queue(ledger, kind, AHEAD + 1, n)
            task = _task(desk, found[0]) if found else None
            ahead = found[1:]
        decisions = overview.last_decisions(ledger, DECISIONS)
        return base.page(
            request, "review.html",
            queue=queue, n=n, asked=event, sizes={**sizes, "orphans": len(orphans)}, orphans=orphans, task=task,
            ahead=ahead, decisions=decisions, settable=SETTABLE,
            done=next((d for d, stands in decisions if d.id == done and stands), None),
        )  # fmt: skip


def _task(desk: Desk, event: Event) -> Task:
    view = event_view(desk, event)
    conflict = next((c for c in event.conflicts if c.state == "open"), None)
    claims = {c.id: c for c in view.claims}
    sentences: list[tuple[ClaimView, ...]] = []
    if conflict is not None:
        for option in conflict.options:
            sentences.append(tuple(claims[id_] for id_ in option.claims if id_ in claims))
    return Task(view, conflict, tuple(s[:SENTENCES] for s in sentences), tuple(_alike(desk.ledger, event)))


def _alike(ledger: Ledger, event: Event) -> list[Event]:
    """Other events of the type, the days and a side: it may be one of them."""
    if event.when.start is None or event.when.end is None:
        return []
    near = timedelta(_NEAR_DAYS)
    who = next((s.who for s in (*event.actors, *event.recipients) if s.who), None)
    asked = Filter(
        since=event.when.start - near, until=event.when.end + near, type=event.types[0], side=who, limit=6,
    )  # fmt: skip
    return [e for e in ledger.events(asked) if e.id != event.id][:5]


# ------------------------------------------------------------------ deciding


def _decided(request: Request, back: str, wish: Wish) -> Response:
    """Decides, under the name of who asks, and goes on. Raises StaleError where the event has changed meanwhile."""
    return _on(back, decide(web_of(request), principal_of(request), wish))


def _on(back: str, made: Decided) -> Response:
    """To the page from which the form was sent, which then shows what was decided."""
    target, hash_, fragment = (back if ours(back) else "/review").partition("#")
    joint = "&" if "?" in target else "?"
    return RedirectResponse(f"{target}{joint}done={quote(made.decision)}{hash_}{fragment}", 303)


def ours(path: str) -> bool:
    """Whether that leads to a page of this server; browsers take two slashes for the start of a host."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()


def _settle(
    request: Request, *, event: Name, version: Version, kind: Name, value: Words, back: Words = "/review",
    reason: Words = "",
) -> Response:  # fmt: skip
    return _decided(request, back, Wish("settle", event, version, field=kind, value=value, reason=reason))


def _reject(
    request: Request, *, event: Name, version: Version, claim: Name, back: Words = "/review", reason: Words = ""
) -> Response:
    return _decided(request, back, Wish("reject", event, version, claims=(claim.strip(),), reason=reason))


def _merge(
    request: Request, *, event: Name, version: Version, other: Name, back: Words = "/review", reason: Words = ""
) -> Response:
    with web_of(request).reading() as desk:
        # a person types an id, or its first characters, and no version
        found = desk.ledger.event(other.strip())
    wish = Wish("merge", event, version, other=found.id, other_version=found.version, reason=reason)
    return _decided(request, back, wish)


def _split(
    request: Request, *, event: Name, version: Version, claim: Annotated[list[str] | None, Form()] = None,
    back: Words = "/review", reason: Words = "",
) -> Response:  # fmt: skip
    if not claim:
        raise UsageError("no claim was chosen", "tick those that are another event")
    return _decided(request, back, Wish("split", event, version, claims=tuple(claim), reason=reason))


def _set(
    request: Request, *, event: Name, version: Version, field: Name, value: Words, back: Words = "/review",
    reason: Words = "",
) -> Response:  # fmt: skip
    return _decided(request, back, Wish("set", event, version, field=field, value=value.strip(), reason=reason))


def _undo(request: Request, decision: Name, back: Words = "/review", reason: Words = "") -> Response:
    return _on(back, revoke(web_of(request), principal_of(request), decision.strip(), reason))
