"""Claims as a person reads them: a block a document, a row a claim, its words below it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from casus.codebook import Codebook, EventType
from casus.errors import UsageError
from casus.events import EventWhen
from casus.pipeline import Reading
from casus.records import Claim, Document, Figure, Participant, When
from casus.text import clean, harmless

__all__ = [
    "HEADINGS", "NARROW", "NOT_SAID", "PIPE_WIDTH", "STATUS_STYLE", "clean", "console", "days", "explanation",
    "harmless", "in_figures", "show", "show_codebook", "trimmed", "words",
]  # fmt: skip

# Wide enough for the eight columns; under NARROW they stand below one another instead.
PIPE_WIDTH = 110
NARROW = 84

STATUS_STYLE = {"happened": "green", "denied": "red", "planned": "cyan", "hypothetical": "yellow"}
HEADINGS = ("event", "when", "what", "who", "to whom", "where", "figures", "who says so")
NOT_SAID = "-"


def console(stream: IO[str]) -> Console:
    """As wide as the terminal, PIPE_WIDTH elsewhere; no colour in a pipe or with NO_COLOR."""
    if isinstance(stream, io.TextIOWrapper):
        # a terminal that is not UTF-8 shows a question mark for what it lacks
        stream.reconfigure(errors="replace")
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    width = PIPE_WIDTH if piped else None
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def show(to: Console, reading: Reading, *, explain: bool = False) -> None:
    """Print a document's claims; with `explain`, below each claim why it holds each value."""
    with trimmed(to):
        _block(to, reading, explain)


def _block(to: Console, reading: Reading, explain: bool) -> None:
    to.print(_heading(reading))
    if not reading.claims:
        to.print(Text("no event claimed", style="dim"))
    elif to.width >= NARROW:
        to.print(_row(to.width, [Text(word, style="dim") for word in HEADINGS]))
    for claim in reading.claims:
        cells = _cells(claim)
        to.print(_row(to.width, cells) if to.width >= NARROW else _stack(cells))
        to.print(Padding(words(to, claim), (0, 0, 0, 6)))
        if explain:
            for line in explanation(claim):
                to.print(Padding(Text(clean(line), style="dim"), (0, 0, 0, 8)))
    to.print()


def show_codebook(to: Console, type: str | None) -> None:
    """Print the event types, or one of them with its modes. Raises UsageError where there is no such type."""
    book = Codebook.load()
    if type is not None and type.upper() not in book.type_names:
        raise UsageError(f"there is no type {type!r}", f"one of {', '.join(book.type_names)}")
    with trimmed(to):
        if type is None:
            _list_types(to, book)
        else:
            _tell_type(to, book.type(type.upper()))


def _list_types(to: Console, book: Codebook) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("type", "intensity", "what", "modes"):
        table.add_column(heading, justify="right" if heading == "intensity" else "left")
    for entry in book.types:
        table.add_row(entry.name, f"{entry.intensity:+.1f}", entry.definition, " ".join(entry.mode_names))
    to.print(table)
    to.print(Text(f"{book.name} {book.version}; intensity from -10, hostile, to +10, friendly", style="dim"))


def _tell_type(to: Console, entry: EventType) -> None:
    to.print(Text(f"{entry.name}  {entry.quad}, intensity {entry.intensity:+.1f}", style="bold"))
    to.print(Text(entry.definition))
    for mode in entry.modes:
        to.print(Text(f"  {mode.name:18} {mode.intensity:+5.1f}  {mode.definition}"))


@contextmanager
def trimmed(to: Console) -> Iterator[None]:
    """What is printed within is written at once, without the blanks that pad columns.

    A pipe that was closed is then told by BrokenPipeError, where the console would end the process.
    """
    with to.capture() as printed:
        yield
    to.file.write("\n".join(line.rstrip() for line in printed.get().split("\n")))


def explanation(claim: Claim) -> Iterator[str]:
    """Why the claim holds each of its values, a line a value."""
    read_by = f"read by {claim.reader or '?'} in the {claim.region}"
    yield f"claim {claim.id}, confidence {claim.confidence:.2f}, {read_by}"
    yield f'what: {claim.type} from "{claim.trigger.exact}"'
    for role, sides in (("who", claim.actors), ("to whom", claim.recipients)):
        for side in sides:
            yield f'{role}: {side.who or "?"}/{side.sector} from "{side.span.exact}"{_because(side.why)}'
    if claim.place:
        place = claim.place
        at = "" if place.lat is None else f" at {place.lat:.2f}, {place.lon:.2f}"
        name = f"{place.name}, {place.iso3 or '?'}{at} ({place.precision})"
        yield f'where: {name} from "{place.span.exact}"{_because(place.why)}'
    when = claim.when
    words = f' from "{when.span.exact}"' if when.span else ""
    yield f"when: {days(when)} ({when.precision}, {when.basis}){words}{_because(when.why)}"
    for figure in claim.figures:
        yield f'figures: {in_figures(figure)} from "{figure.span.exact}"{_because(figure.qualifier or "")}'
    for source in claim.source:
        yield f'who says so: {source.who or source.name} ({source.kind}) from "{source.span.exact}"'
    for reason in claim.reasons:
        yield f"inferred: {reason}"


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _heading(reading: Reading) -> Text:
    document = reading.document
    line = Text(clean(document.title or _first_words(document)), style="bold")
    about = [document.publisher or "publisher not known", _published(document), reading.source or document.id]
    line.append(f"\n{clean(' | '.join(about))}", style="not bold dim")
    for note in document.notes:
        line.append(f"\nnote: {clean(note)}", style="not bold yellow")
    return line


def _published(document: Document) -> str:
    if document.published is None:
        return "no date"
    return f"{document.published.isoformat()} ({document.published_basis})"


def _first_words(document: Document) -> str:
    start = document.text[:200].split()
    return " ".join(start[:10]) + (" ..." if len(start) > 10 else "")


def _cells(claim: Claim) -> list[Text]:
    what = Text(claim.type, style="bold")
    if claim.mode:
        what.append(f" {claim.mode}", style="not bold")
    what.append(f"\n{claim.status}", style=f"not bold {STATUS_STYLE[claim.status]}")
    for flag, word in ((claim.background, "background"), (claim.aggregate, "a sum")):
        if flag:
            what.append(f", {word}", style="not bold dim")
    return [
        Text(claim.event or NOT_SAID, style="magenta"),
        Text(days(claim.when)),
        what,
        _sides(claim.actors),
        _sides(claim.recipients),
        _where(claim),
        Text("\n".join(in_figures(figure) for figure in claim.figures) or NOT_SAID),
        Text(" < ".join(clean(source.span.exact) for source in claim.source) or "(the report)"),
    ]


def _sides(sides: Iterable[Participant]) -> Text:
    cell = Text()
    for side in sides:
        cell.append("\n" if cell else "").append(clean(side.span.exact))
        cell.append(f" [{clean(side.who or '?')}/{side.sector}]", style="dim")
    return cell or Text(NOT_SAID)


def _where(claim: Claim) -> Text:
    if claim.place is None:
        return Text(NOT_SAID)
    name, country = clean(claim.place.name), claim.place.iso3 or "?"
    return Text(name).append("" if name == country else f", {country}", style="dim")


def days(when: When | EventWhen) -> str:
    """A day, range, month or year; NOT_SAID where none is known."""
    if when.start is None or when.end is None:
        return NOT_SAID
    first, last = when.start.isoformat(), when.end.isoformat()
    if first == last:
        return first
    if when.precision == "year":
        return first[:4]
    return first[:7] if when.precision == "month" else f"{first} to {last}"


def in_figures(figure: Figure) -> str:
    """ "killed 9", "killed 9+ in all"."""
    low, high = figure.low, figure.high
    if low is None:
        number = f"up to {high}"
    elif high is None:
        number = f"{low}+"
    else:
        number = str(low) if low == high else f"{low} to {high}"
    return f"{figure.measure} {number}{' in all' if figure.cumulative else ''}"


def _row(width: int, cells: list[Text]) -> Table:
    """One line of the table; columns are as wide in every row, so that the rows stand under one another."""
    fixed = {0: 5, 1: 10}
    # what each of the others gets of the room that is left, in parts of 100: sides need the most
    shares = {2: 17, 3: 20, 4: 20, 5: 15, 6: 12, 7: 16}
    room = width - sum(fixed.values()) - len(cells)
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    for n in range(len(cells)):
        table.add_column(width=fixed.get(n) or room * shares[n] // 100, overflow="fold")
    table.add_row(*cells)
    return table


def _stack(cells: list[Text]) -> Text:
    """A row for a narrow terminal: a line a value, those that are not said left out."""
    lines = Text()
    for heading, cell in zip(HEADINGS, cells, strict=True):
        if cell.plain != NOT_SAID:
            lines.append("\n" if lines else "").append(f"{heading:>11}  ", style="dim")
            lines.append_text(Text("; ").join(cell.split("\n")))
    return lines


def words(to: Console, claim: Claim) -> Text:
    """The sentence with its trigger underlined, or between `>>` and `<<` where there is no colour."""
    marked = to.no_color or not to.is_terminal
    sentence, trigger = claim.sentence, claim.trigger
    at, end = trigger.start - sentence.start, trigger.end - sentence.start
    open_, close = (">>", "<<") if marked else ("", "")
    before, after = harmless(sentence.exact[:at]), harmless(sentence.exact[end:])
    line = Text(before.lstrip(), style="italic")
    line.append(f"{open_}{clean(trigger.exact)}{close}", style="bold underline not italic")
    return line.append(after.rstrip())
