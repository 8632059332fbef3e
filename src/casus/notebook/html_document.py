"""A document in a notebook, its claims marked in its text; and a claim with its words and why it holds each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from casus.notebook.html_parts import (
    NOT_SAID,
    count,
    day,
    days,
    dim,
    figures,
    heading,
    link,
    mark,
    page,
    said,
    section,
    sentence,
    sides,
    table,
    words,
)
from casus.notebook.views import ClaimView, DocumentView

MOST = 40_000  # letters of a text: a long report; what is longer makes a notebook slow


def document_page(document: DocumentView) -> str:
    """A document: what it is, and its text with the triggers of its claims marked."""
    claims = document.claims
    notes = [f"<div>{dim(f'note: {said(note)}')}</div>" for note in document.notes]
    cut = len(document.text) > MOST
    rest = [dim(f"… {len(document.text) - MOST:,} more letters: `document.text`")] if cut else []
    return page(
        heading(said(document.title or document.text[:70]), _about(document)),
        *notes,
        f'<div style="white-space:pre-wrap;margin:.6em 0">{"".join(_marked(document, claims))}</div>',
        *rest,
        section(count(len(claims), "claim")),
        table((), [_row(claim) for claim in claims]),
    )


def _about(document: DocumentView) -> str:
    about = [said(document.publisher), f"{day(document.published)} ({document.published_basis})", said(document.id)]
    return " · ".join([*about, *([link(document.url, said(document.url))] if document.url else [])])


def _row(claim: ClaimView) -> tuple[str, ...]:
    what = f"{said(claim.type)} {said(claim.mode) if claim.mode else ''}"
    status = claim.status + ", background" * claim.background
    told = (days(claim.when), sides(claim.actors), sides(claim.recipients), _place(claim), figures(claim.figures))
    return (dim(said(claim.id[:12])), f"“{said(claim.trigger.exact)}”", f"{what}<br>{dim(status)}", *told)


def _place(claim: ClaimView) -> str:
    place = claim.place
    if place is None:
        return NOT_SAID
    country = f" {dim(said(place.iso3))}" if place.iso3 and place.iso3 != place.name else ""
    return said(place.name) + country


def _marked(document: DocumentView, claims: Sequence[ClaimView]) -> Iterator[str]:
    """The text, triggers marked, what was not read (menus, bylines) dim."""
    furniture = [(r.start, r.end) for r in document.regions if r.kind == "boilerplate"]
    for start, end in _stretches(document, claims, furniture):
        told = [c for c in claims if c.trigger.start <= start and end <= c.trigger.end]
        text = document.text[start:end]
        if told:
            yield mark(text, "; ".join(f"{c.type}, {c.status}, {c.id[:12]}" for c in told))
        elif any(a <= start and end <= b for a, b in furniture):
            yield dim(words(text))
        else:
            yield words(text)


def _stretches(
    document: DocumentView, claims: Iterable[ClaimView], furniture: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The text in stretches, each of which is one thing alone, though triggers may overlap."""
    end = min(len(document.text), MOST)
    marks = [*((c.trigger.start, c.trigger.end) for c in claims), *furniture]
    return pairwise(sorted({0, end, *(edge for pair in marks for edge in pair if edge <= end)}))


# ------------------------------------------------------------------ a claim


def claim_page(claim: ClaimView) -> str:
    """A claim: its sentence, its values with the words behind them, and its document."""
    document, event = claim.document, claim.ledger_event
    held = f"in {event.id}: {said(event.line)}" if event else "rejected by a person: in no event"
    about = f"{said(document.publisher)}, {day(document.published)}"
    title = f": {link(document.url, said(document.title))}" if document.title else ""
    return page(
        f'<div style="font-size:1.05em"><i>{sentence(claim)}</i></div>',
        f"<div>{dim(about + title)}</div>",
        table((), [(dim(name), value, dim(why)) for name, value, why in _values(claim)]),
        f"<div>{dim(f'{said(claim.id)}, {held}')}</div>",
    )


def _values(claim: ClaimView) -> Iterator[tuple[str, str, str]]:
    flags = ", background" * claim.background + ", a sum" * claim.aggregate
    what = f"{said(claim.type)} {said(claim.mode) if claim.mode else ''}, {claim.status}{flags}"
    yield "what", what, f"confidence {claim.confidence:.2f}"
    for name, some in (("who", claim.actors), ("to whom", claim.recipients)):
        for side in some:
            yield name, sides([side]), f"“{said(side.span.exact)}” {said(side.why) if side.why else ''}"
    if claim.place is not None:
        why = f"“{said(claim.place.span.exact)}” {said(claim.place.why) if claim.place.why else ''}"
        yield "where", f"{_place(claim)} {dim(claim.place.precision)}", why
    when = claim.when
    of = f"“{said(when.span.exact)}” " if when.span else ""
    yield "when", f"{days(when)} {dim(f'{when.precision}, {when.basis}')}", f"{of}{said(when.why) if when.why else ''}"
    if claim.figures:
        yield "how many", figures(claim.figures), ""
    chain = " ‹ ".join(f"{said(s.name)} {dim(s.kind)}" for s in claim.source)
    yield "who says so", chain or said(claim.publisher), ""
    for reason in claim.reasons:
        yield "inferred", said(reason), ""
