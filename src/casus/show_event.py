"""Events of a ledger as a person reads them: a row each, and one of them with its values, claims and contradictions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from casus.events import Conflict, ConflictOption, Event, EventFigure, EventSide
from casus.linking.describe import describe
from casus.notebook.views import Range
from casus.records import Claim, Document, Participant
from casus.show import NARROW, NOT_SAID, STATUS_STYLE, clean, days, explanation, in_figures, trimmed, words

COLUMNS = ("event", "when", "what", "who", "to whom", "where", "killed", "told by", "disputed")
# width of the columns that are always alike; the others share what is left, in parts of 100
_FIXED = {0: 12, 1: 10, 6: 8, 7: 7}
_SHARES = {2: 19, 3: 21, 4: 24, 5: 20, 8: 16}
SIDES = 3  # that a row names; more do not fit
_ID = re.compile(r"[a-z]{3}_[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Held:
    """An event, its claims by publication, and the documents that they stand in, by id."""

    event: Event
    claims: tuple[Claim, ...]
    documents: Mapping[str, Document]


def short(id_: str) -> str:
    """The first characters of an id, enough to name it; one that a user made is left whole."""
    return id_[:12] if _ID.fullmatch(id_) else clean(id_)


def toll(figure: EventFigure | None) -> str:
    """Low, best and high as `casus set` takes them: "2-9-10", "9", "9+", "9-12" where nobody counts; "?" is open."""
    return NOT_SAID if figure is None else str(Range(figure.low, figure.best, figure.high))


# ------------------------------------------------------------------ the table


def show_events(to: Console, events: Iterable[Event]) -> None:
    """A row for each event, under headings; a block each on a narrow terminal."""
    wide = to.width >= NARROW
    with trimmed(to):
        if wide:
            to.print(_row(to.width, [Text(word, style="dim") for word in COLUMNS]))
    for event in events:
        with trimmed(to):
            to.print(_row(to.width, _cells(event)) if wide else _stack(_cells(event)))


def _cells(event: Event) -> list[Text]:
    what = Text(event.types[0], style="bold")
    if event.mode:
        what.append(f" {event.mode}", style="not bold")
    if event.status != "happened":
        what.append(f"\n{event.status}", style=f"not bold {STATUS_STYLE[event.status]}")
    if event.umbrella:
        what.append("\nmany incidents", style="not bold dim")
    disputed = [conflict.kind for conflict in event.conflicts if conflict.state == "open"]
    return [
        Text(short(event.id), style="magenta"),
        Text(days(event.when)),
        what,
        Text(_names(event.actors)),
        Text(_names(event.recipients)),
        Text(_place(event) or NOT_SAID),
        Text(toll(event.figure("killed"))),
        Text(f"{event.reports_n}/{event.independent_n}"),
        Text(", ".join(disputed), style="red"),
    ]


def _names(sides: Sequence[EventSide]) -> str:
    """The sides' names, each once."""
    names = list(dict.fromkeys(clean(side.name) for side in sides))
    more = [f"and {len(names) - SIDES} more"] if len(names) > SIDES else []
    return ", ".join([*names[:SIDES], *more]) or NOT_SAID


def _place(event: Event) -> str:
    place = event.place
    if place is None:
        return ""
    name = clean(place.name)
    return name if place.precision == "country" or not place.iso3 else f"{name}, {place.iso3}"


def _row(width: int, cells: list[Text]) -> Table:
    """One line of the table; columns are as wide in every row, so that the rows stand under one another."""
    room = width - sum(_FIXED.values()) - len(cells)
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    for n in range(len(cells)):
        table.add_column(width=_FIXED.get(n) or room * _SHARES[n] // 100, overflow="fold")
    table.add_row(*cells)
    return table


def _stack(cells: list[Text]) -> Text:
    """A row for a narrow terminal: a line a value, those that are not known left out."""
    lines = Text()
    for heading, cell in zip(COLUMNS, cells, strict=True):
        if cell.plain not in (NOT_SAID, ""):
            lines.append("\n" if lines else "").append(f"{heading:>11}  ", style="dim")
            lines.append_text(Text("; ").join(cell.split("\n")))
    return lines


# ------------------------------------------------------------------ one event


def show_event(to: Console, held: Held) -> None:
    """All that is held of an event: its values with the rules that settled them, contradictions, claims."""
    event = held.event
    with trimmed(to):
        to.print(Text(clean(describe(event)), style="bold"))
        to.print(Text(_about(event), style="dim"))
        _values(to, event)
        for conflict in event.conflicts:
            show_conflict(to, conflict)
        _lines(to, "to look at", event.review)
        _lines(to, "in answer to", event.responds_to)
        to.print(Text("\nclaims", style="bold"))
        for claim in held.claims:
            claim_block(to, claim, held.documents[claim.document_id])


def _about(event: Event) -> str:
    reports = f"{event.reports_n} report{'s' * (event.reports_n != 1)}"
    voices = f"{event.publishers_n} publisher{'s' * (event.publishers_n != 1)}, {event.independent_n} independent"
    spans = ", many incidents" if event.umbrella else ""
    what = f"{' '.join(event.types)}{f' {event.mode}' if event.mode else ''}"
    return f"{event.id}, version {event.version}\n{what}, {event.status}{spans}; {reports} of {voices}"


def _values(to: Console, event: Event) -> None:
    """A line a value, with the rule by which it was settled and the number of claims behind it."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=9, style="dim")
    for _ in range(3):
        table.add_column(overflow="fold")
    for label, value, rule, claims in _told(event):
        behind = f"{len(claims)} claim{'s' * (len(claims) != 1)}" if claims else ""
        table.add_row(label, clean(value), Text(rule, style="dim"), Text(behind, style="dim"))
    to.print(table)


def _told(event: Event) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    for label, sides in (("who", event.actors), ("to whom", event.recipients)):
        for n, side in enumerate(sides):
            yield "" if n else label, f"{side.name} [{side.who or '?'}/{side.sector}]", "", side.claims
    if event.place is not None:
        place = event.place
        name = ", ".join(dict.fromkeys(x for x in (place.name, place.admin1, place.iso3) if x))
        at = "" if place.lat is None else f" {place.lat:.2f}, {place.lon:.2f}"
        yield "where", f"{name} ({place.precision}){at}", place.rule, place.claims
    when = event.when
    if when.start is not None:
        yield "when", f"{days(when)} ({when.precision})", when.rule, when.claims
    for figure in event.figures:
        yield figure.measure, toll(figure), figure.rule, figure.claims


def show_conflict(to: Console, conflict: Conflict) -> None:
    """A contradiction: how it stands, and its versions with those who stand behind them."""
    state = f"settled: {clean(conflict.chosen)}" if conflict.chosen is not None else conflict.state
    style = "red" if conflict.state == "open" else "green"
    to.print(Text("\ndisputed: ", style="bold").append(f"{conflict.kind} ({state})", style=style))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for _ in range(4):
        table.add_column(overflow="fold")
    for option in conflict.options:
        ids = " ".join(short(id_) for id_ in option.claims)
        row = (f"  {clean(option.value)}", f"{option.independent_n} independent", _voices(option))
        table.add_row(*row, Text(ids, style="dim"))
    to.print(table)


def _voices(option: ConflictOption) -> str:
    names = [f"{v.name} ({v.kind})" if v.kind and v.kind != "other" else v.name for v in option.voices]
    return clean(", ".join(names))


def _lines(to: Console, heading: str, lines: Sequence[str]) -> None:
    if lines:
        to.print(Text(f"\n{heading}", style="bold"))
        for line in lines:
            to.print(Padding(Text(clean(line)), (0, 0, 0, 2)))


# ------------------------------------------------------------------ claims


def claim_block(to: Console, claim: Claim, document: Document, event: Event | None = None) -> None:
    """A claim: who printed it when, who says it, what it tells, its words."""
    head = Text(short(claim.id), style="magenta")
    printed = document.published.isoformat() if document.published else "no date"
    head.append(f"  {clean(document.publisher or 'publisher not known')}, {printed}", style="not magenta")
    said = " < ".join(clean(source.name) for source in claim.source)
    head.append(f", citing {said}" if said else "")
    if event is not None:
        head.append(f"  in {short(event.id)}", style="dim")
    to.print(Padding(head, (0, 0, 0, 2)))
    to.print(Padding(Text(clean(_tells(claim)), style="dim"), (0, 0, 0, 6)))
    to.print(Padding(words(to, claim), (0, 0, 0, 6)))


def _tells(claim: Claim) -> str:
    """The claim's values in a line."""
    parts = [f"{claim.type}{f' {claim.mode}' if claim.mode else ''}, {claim.status}"]
    if claim.actors or claim.recipients:
        parts.append(f"{_participants(claim.actors)} > {_participants(claim.recipients)}")
    if claim.place is not None:
        parts.append(claim.place.name)
    if claim.when.start is not None:
        parts.append(days(claim.when))
    parts += [in_figures(figure) for figure in claim.figures]
    parts += [word for flag, word in ((claim.background, "background"), (claim.aggregate, "a sum")) if flag]
    return "; ".join(parts)


def _participants(sides: Sequence[Participant]) -> str:
    return ", ".join(f"{side.span.exact} [{side.who or '?'}/{side.sector}]" for side in sides) or "?"


def show_claim(to: Console, claim: Claim, document: Document, event: Event | None) -> None:
    """A claim with its words and why it holds each value, the event in which it is, and its document."""
    with trimmed(to):
        where = f"in {event.id}: {clean(describe(event))}" if event else "rejected by a person: in no event"
        to.print(Text(claim.id, style="bold").append(f"\n{where}\nof {_heading(document)}", style="not bold dim"))
        to.print(Padding(words(to, claim), (0, 0, 0, 6)))
        for line in explanation(claim):
            to.print(Padding(Text(clean(line)), (0, 0, 0, 8)))


def show_document(to: Console, document: Document, claims: Sequence[tuple[Claim, Event | None]]) -> None:
    """A document, and its claims with the events in which they are."""
    with trimmed(to):
        to.print(Text(clean(document.title or document.text[:70]), style="bold"))
        to.print(Text(_heading(document), style="dim"))
        for note in document.notes:
            to.print(Text(f"note: {clean(note)}", style="yellow"))
        if not claims:
            to.print(Text("no event claimed", style="dim"))
        for claim, event in claims:
            claim_block(to, claim, document, event)


def _heading(document: Document) -> str:
    printed = document.published.isoformat() if document.published else "no date"
    about = [document.id, document.publisher or "publisher not known", printed, document.url or ""]
    return clean(" | ".join(part for part in about if part))
