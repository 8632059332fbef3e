"""An event in a notebook: its values, what is disputed, and its claims by who says so, each in its words."""

from __future__ import annotations

from collections.abc import Iterator

from casus.events import Conflict
from casus.notebook.event import EventView
from casus.notebook.html_parts import (
    NOT_SAID,
    count,
    day,
    days,
    dim,
    disputed,
    figures,
    folded,
    heading,
    link,
    page,
    said,
    section,
    sentence,
    sides,
    table,
)
from casus.notebook.views import ClaimView, ConflictView, Range, Speaker

SHOWN = 12  # speakers who are shown unfolded
MOST = 200  # claims of an event that a notebook holds without growing slow


def event_page(event: EventView) -> str:
    """All that is held of an event."""
    conflicts = [_conflict(conflict) for conflict in event.conflicts]
    review = [section("to look at"), "<br>".join(said(line) for line in event.review)] if event.review else []
    return page(
        heading(said(event.line), _about(event)),
        _values(event),
        _harm(event),
        *conflicts,
        *review,
        _claims(event),
    )


def _about(event: EventView) -> str:
    what = " ".join([*event.types, event.mode or ""]).strip()
    spans = ", sums or spans incidents" if event.umbrella else ""
    voices = f"{count(event.publishers_n, 'publisher')}, {event.independent_n} independent"
    told = f"{count(event.reports_n, 'report')} of {voices}"
    return f"{said(what)}, {event.status}{spans} · {told} · {event.id}, version {event.version}"


def _values(event: EventView) -> str:
    place, when = event.place, event.when
    rows = [("who", sides(event.actors), ""), ("to whom", sides(event.recipients), "")]
    if place is not None:
        names = ", ".join(said(n) for n in dict.fromkeys((place.name, place.admin1, place.iso3)) if n)
        at = "" if place.lat is None or place.lon is None else f" {dim(f'{place.lat:.2f}, {place.lon:.2f}')}"
        rows.append(("where", f"{names} {dim(place.precision)}{at}", dim(said(place.rule))))
    if when.start is not None:
        rows.append(("when", f"{days(when)} {dim(when.precision)}", dim(said(when.rule))))
    return table((), [(dim(name), value, rule) for name, value, rule in rows])


def _harm(event: EventView) -> str:
    """Figures: low, best, high."""
    if not event.figures:
        return ""
    rows = []
    for figure in event.figures:
        told = [NOT_SAID if n is None else str(n) for n in (figure.low, figure.best, figure.high)]
        low, best, high = told
        rows.append((figure.measure, low, f"<b>{best}</b>", high, dim(said(figure.rule))))
    return table(("", "low", "best", "high", ""), rows)


# ------------------------------------------------------------------ contradictions


def conflict_page(conflict: ConflictView) -> str:
    """A contradiction by itself."""
    return page(heading(said(conflict.event.line)), _conflict(conflict))


def _conflict(conflict: Conflict) -> str:
    state = conflict.state if conflict.chosen is None else f"settled: {said(conflict.chosen)}"
    rows = []
    for option in conflict.options:
        voices = ", ".join(f"{said(v.name)}{f' ({v.kind})' if v.kind else ''}" for v in option.voices)
        rows.append((f"<b>{said(option.value)}</b>", f"{option.independent_n} independent", voices))
    return disputed(f"disputed: <b>{conflict.kind}</b> ({state}){table((), rows)}", open=conflict.state == "open")


# ------------------------------------------------------------------ claims


def _claims(event: EventView) -> str:
    """The claims by who says so."""
    parts = [section(f"{count(len(event.claim_ids), 'claim')}, by who says so")]
    left = MOST
    for n, speaker in enumerate(event.sources):
        some = speaker.claims[:left]
        left -= len(some)
        if some:
            block = "".join(_claim(claim) for claim in some)
            kind = f" {dim(speaker.kind or 'publisher')}"
            head = f"<b>{said(speaker.name)}</b>{kind} {dim(_tolls(speaker))}"
            parts.append(folded(head, block) if n >= SHOWN else f"<div>{head}</div>{block}")
    if len(event.claim_ids) > MOST:
        parts.append(dim(f"and {len(event.claim_ids) - MOST:,} more: `event.claims`"))
    return "".join(parts)


def _tolls(speaker: Speaker) -> str:
    """The figures that a speaker gives, each once."""
    return said("; ".join(dict.fromkeys(_told(speaker)))) if any(True for _ in _told(speaker)) else ""


def _told(speaker: Speaker) -> Iterator[str]:
    for claim in speaker.claims:
        for figure in claim.figures:
            best = figure.low if figure.low == figure.high else None
            yield f"{figure.measure} {Range(figure.low, best, figure.high)}"


def _claim(claim: ClaimView) -> str:
    document = claim.document
    title = f": {link(document.url, said(document.title))}" if document.title else ""
    by = dim(f"{said(document.publisher)}, {day(document.published)}{title}")
    status = "" if claim.status == "happened" else f" <b>{claim.status}</b>"
    told = f" {figures(claim.figures)}" if claim.figures else ""
    style = "margin:.2em 0 .5em 1.2em"
    return f'<div style="{style}"><i>{sentence(claim)}</i><br>{by}{status}{told}</div>'
