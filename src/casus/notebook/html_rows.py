"""Lazy tables, what is to look at, and a whole ledger in a notebook: a line of counts and the first rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from casus.events import Event
from casus.notebook.event import EventView
from casus.notebook.html_parts import (
    NOT_SAID,
    count,
    day,
    days,
    dim,
    heading,
    link,
    page,
    said,
    section,
    sentence,
    table,
)
from casus.notebook.views import ClaimView, ConflictView, DocumentView

if TYPE_CHECKING:
    from casus.notebook import Ledger
    from casus.notebook.review import Queue
    from casus.notebook.rows import Rows

SIDES = 3  # that a row names
SHOWN = 20


def rows_page(rows: Rows[Any], words: str, first: Sequence[Any], total: int) -> str:
    """How many there are, and the first of them."""
    name, head, cells = _KINDS[rows._table]
    more = dim(f"and {total - len(first):,} more") if total > len(first) else ""
    body = table(head, [cells(row) for row in first]) if first else ""
    return page(heading(count(total, name), said(words) if words else ""), body, more)


def _event(event: EventView) -> tuple[str, ...]:
    what = f"<b>{said(event.type)}</b> {said(event.mode) if event.mode else ''}"
    flags = [*([event.status] if event.status != "happened" else []), *(["many incidents"] if event.umbrella else [])]
    place = event.place
    where = NOT_SAID if place is None else ", ".join(said(n) for n in dict.fromkeys((place.name, place.iso3)) if n)
    killed = event.killed
    return (
        days(event.when),
        what + (f"<br>{dim(', '.join(flags))}" if flags else ""),
        _names(event, "actors"),
        _names(event, "recipients"),
        where,
        NOT_SAID if killed is None else str(killed),
        f"{event.reports_n}/{event.independent_n}",
        ", ".join(c.kind for c in event.conflicts if c.state == "open"),
        dim(said(event.id[:12])),
    )


def _names(event: Event, role: str) -> str:
    names = list(dict.fromkeys(said(side.name) for side in getattr(event, role)))
    more = [f"and {len(names) - SIDES} more"] if len(names) > SIDES else []
    return ", ".join([*names[:SIDES], *more]) or NOT_SAID


def _claim(claim: ClaimView) -> tuple[str, ...]:
    voice = claim.voice
    printed = f"{said(claim.publisher)}, {day(claim.published)}"
    what = f"{said(claim.type)}<br>{dim(claim.status)}"
    return (sentence(claim), said(voice.name), what, printed, dim(claim.id[:12]))


def _document(document: DocumentView) -> tuple[str, ...]:
    title = link(document.url, said(document.title or document.text[:70]))
    return (day(document.published), said(document.publisher), title, dim(said(document.id[:12])))


def _conflict(conflict: ConflictView) -> tuple[str, ...]:
    options = "<br>".join(
        f"<b>{said(o.value)}</b> {dim(f'{o.independent_n} independent')}: {', '.join(said(v.name) for v in o.voices)}"
        for o in conflict.options
    )
    return (conflict.kind, conflict.state, options, said(conflict.event.line))


Row = Callable[[Any], tuple[str, ...]]
_KINDS: dict[str, tuple[str, tuple[str, ...], Row]] = {
    "events": (
        "event",
        ("when", "what", "who", "to whom", "where", "killed", dim("reports/<wbr>independent"), "disputed", ""),
        _event,
    ),
    "claims": ("claim", ("words", "who says so", "what", "published", ""), _claim),
    "documents": ("document", ("published", "publisher", "title", ""), _document),
    "conflicts": ("contradiction", ("kind", "state", "versions", "event"), _conflict),
}


def queue_page(queue: Queue) -> str:
    """What there is to look at."""
    parts = [heading(f"{count(len(queue), 'thing')} to look at")]
    _, head, _ = _KINDS["events"]
    if queue.orphans:
        parts.append(section(f"{count(len(queue.orphans), 'decision')} that no claim carries any more"))
        told = [(said(d.id[:12]), d.action, said(" ".join(d.subjects)), said(d.by)) for d in queue.orphans[:SHOWN]]
        parts.append(table((), told))
    for name, some in (("with open contradictions", queue.disputed), ("odd in another way", queue.odd)):
        if some:
            parts.append(section(f"{count(len(some), 'event')} {name}"))
            parts.append(table((*head, ""), [(*_event(e), _why(e)) for e in some[:SHOWN]]))
    return page(*parts)


def _why(event: EventView) -> str:
    return "<br>".join([*(said(c.line) for c in event.conflicts if c.state == "open"), *map(said, event.review)])


def ledger_page(ledger: Ledger) -> str:
    """What a ledger holds, in numbers."""
    counts = ledger.counts()
    told = ", ".join(count(counts[name], name.removesuffix("s")) for name in ("documents", "claims", "events"))
    below = f"{told}; {count(counts['decisions'], 'decision')}; {count(len(ledger.failures()), 'failure')}"
    return page(heading(said(str(ledger.path)), below))
