"""The parts of notebook views: whatever stands in a report is text there, and nothing is fetched from anywhere.

Colours are those of the notebook, light or dark; only marks have their own, with a text colour that goes with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from urllib.parse import urlsplit

from casus.errors import CasusError
from casus.events import EventSide, EventWhen
from casus.notebook.views import ClaimView
from casus.records import Figure, Participant, When
from casus.text import clean, harmless

NOT_SAID = "–"
MARK = "background:#ffd866;color:#1c1b00;padding:0 .15em;border-radius:.2em"
_DIM = "opacity:.7"
# notebooks have tables of their own look, in which text stands at the right
_CELL = "text-align:left;vertical-align:top"
_OPEN = "border-left:3px solid #d1495b;padding-left:.6em;margin:.5em 0"
_SETTLED = "border-left:3px solid #2a9d8f;padding-left:.6em;margin:.5em 0"


def said(text: str | None) -> str:
    """A text of a report on one line, as text."""
    return escape(clean(text or "")) or NOT_SAID


def words(text: str) -> str:
    """Words of a document, as text; line breaks stay."""
    return "\n".join(escape(harmless(line)) for line in text.split("\n"))


def dim(html: str) -> str:
    """Beside the point."""
    return f'<span style="{_DIM}">{html}</span>'


def mark(text: str, title: str = "") -> str:
    """Words that tell a deed."""
    told = f' title="{said(title)}"' if title else ""
    return f'<mark style="{MARK}"{told}>{words(text)}</mark>'


def link(url: str | None, html: str) -> str:
    """A link to a page of the web; what is no address of one stays text."""
    try:
        parts = urlsplit(url or "")
        fine = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and clean(url or "") == url
    except ValueError:
        fine = False
    return f'<a href="{escape(url or "")}" target="_blank" rel="noopener noreferrer">{html}</a>' if fine else html


def page(*parts: str) -> str:
    """A view of its own."""
    return f'<div style="line-height:1.45;max-width:75em">{"".join(parts)}</div>'


def heading(html: str, below: str = "") -> str:
    """What the view is of."""
    under = f'<div style="{_DIM}">{below}</div>' if below else ""
    return f'<div style="font-weight:600;font-size:1.05em">{html}</div>{under}'


def section(html: str) -> str:
    """A heading within a view."""
    return f'<div style="font-weight:600;margin:.7em 0 .2em">{html}</div>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are HTML already."""
    top = "".join(f'<th style="{_CELL}">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    over = f"<thead><tr>{top}</tr></thead>" if head else ""
    return f'<table cellpadding="3" style="margin:.4em 0">{over}<tbody>{body}</tbody></table>'


def disputed(html: str, *, open: bool) -> str:
    """A contradiction, as a block."""
    return f'<div style="{_OPEN if open else _SETTLED}">{html}</div>'


def folded(summary: str, html: str) -> str:
    """What is seen when one asks for it."""
    return f"<details><summary>{summary}</summary>{html}</details>"


def failed(what: str, error: CasusError) -> str:
    """In place of a view that cannot be had: the ledger was closed, say."""
    return page(heading(said(what), f"{said(error.message)}; {said(error.hint)}"))


# ------------------------------------------------------------------ values


def count(n: int, word: str) -> str:
    """ "1 event", "1,200 events"."""
    return f"{n:,} {word}{'s' * (n != 1)}"


def day(value: date | None) -> str:
    """A day."""
    return value.isoformat() if value else "no date"


def days(when: When | EventWhen) -> str:
    """A day, range, month or year."""
    if when.start is None or when.end is None:
        return NOT_SAID
    first, last = when.start.isoformat(), when.end.isoformat()
    if first == last:
        return first
    if when.precision in ("year", "month"):
        return first[:4] if when.precision == "year" else first[:7]
    return f"{first} to {last}"


def sides(some: Iterable[EventSide | Participant]) -> str:
    """Who it is, with country or usual name and sector."""
    each = (f"{said(s.name)} {dim(said(s.who or '?') + f'/{s.sector}')}" for s in some)
    return "<br>".join(each) or NOT_SAID


def figures(some: Iterable[Figure]) -> str:
    """Figures of a claim, with the words that tell them."""
    return "<br>".join(f"{_figure(f)} {dim(f'“{said(f.span.exact)}”')}" for f in some) or NOT_SAID


def _figure(figure: Figure) -> str:
    low, high = figure.low, figure.high
    number = f"up to {high}" if low is None else f"{low}+" if high is None else str(low) if low == high else ""
    return f"{figure.measure} {number or f'{low}–{high}'}{' in all' if figure.cumulative else ''}"


def sentence(claim: ClaimView) -> str:
    """The sentence of a claim with its trigger marked."""
    text, at = claim.sentence.exact, claim.sentence.start
    start, end = claim.trigger.start - at, claim.trigger.end - at
    return f"{words(text[:start])}{mark(text[start:end])}{words(text[end:])}"
