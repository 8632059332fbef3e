"""A document: its text with claims marked where they stand, and beside it what each claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fastapi import APIRouter, Request, Response

from casus.notebook.views import DocumentView, Papers, claim_views
from casus.records import Claim, Document
from casus.web.desks import web_of
from casus.web.pages import base

# letters of a text that are shown at once: a long report; a book would make the page slow
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are one thing alone: triggers of these claims (their places in the list), in a claim's sentence."""

    text: str
    claims: tuple[int, ...]
    told: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A region of the text: title, lead, body, caption, boilerplate."""

    kind: str
    dated: str | None
    pieces: tuple[Piece, ...]


def router() -> APIRouter:
    """/documents/ID"""
    made = base.router()
    made.add_api_route("/documents/{id_}", _page, methods=["GET"])
    return made


def _page(request: Request, id_: str) -> Response:
    with web_of(request).reading() as desk:
        document = desk.ledger.document(id_)
        papers = Papers(desk, (document.id,))
        claims = claim_views(desk, desk.ledger.claims_in(document.id), papers)
        events = {c.id: desk.ledger.event_of(c.id) for c in claims}
        view: DocumentView = papers.all()[0]
        return base.page(
            request, "document.html",
            document=view, blocks=blocks(document, claims), claims=claims, events=events,
            cut=max(len(document.text) - MOST, 0),
        )  # fmt: skip


def blocks(document: Document, claims: Sequence[Claim]) -> list[Block]:
    """The text, region after region; what lies between two regions is blank, or body."""
    end = min(len(document.text), MOST)
    stretches: list[tuple[str, str | None, int, int]] = []
    at = 0
    for region in document.regions:
        dated = region.dated.isoformat() if region.dated else None
        stretches += [("body", None, at, region.start), (region.kind, dated, region.start, region.end)]
        at = region.end
    stretches.append(("body", None, at, end))
    out = [
        Block(kind, dated, tuple(_pieces(document.text, claims, first, min(last, end))))
        for kind, dated, first, last in stretches
    ]
    return [b for b in out if any(p.text.strip() for p in b.pieces)]


def _pieces(text: str, claims: Sequence[Claim], start: int, end: int) -> Iterator[Piece]:
    """The stretch in pieces: triggers and sentences may overlap."""
    if start >= end:
        return
    here = [(n, c) for n, c in enumerate(claims) if c.sentence.start < end and c.sentence.end > start]
    spans = [(s.start, s.end) for _, c in here for s in (c.trigger, c.sentence)]
    edges = sorted({start, end, *(e for pair in spans for e in pair if start < e < end)})
    for a, b in pairwise(edges):
        marked = tuple(n for n, c in here if c.trigger.start <= a and b <= c.trigger.end)
        yield Piece(text[a:b], marked, any(c.sentence.start <= a and b <= c.sentence.end for _, c in here))
