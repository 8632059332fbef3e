"""Lines of a plain text -> its paragraphs, where mail and print have wrapped them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from casus.intake.plaintext.lines import is_date_line, kind_of

# Mail and print break their lines at 60 to 110 characters.
_WRAP_WIDTH = 110

NEWLINE = re.compile(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85")
ENDS_PROSE = re.compile(r"[.?!…:][\"”’'»)\]]{0,3}\s*\Z")


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Each line without its outer blanks; lines that only wrap a paragraph are taken together."""
    lines: list[tuple[int, int]] = []
    groups: list[list[tuple[int, int]]] = []
    at = 0
    for newline in [*(m.span() for m in NEWLINE.finditer(text)), (len(text), len(text))]:
        start, end = at, newline[0]
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        at = newline[1]
        if start < end:
            lines.append((start, end))
        elif lines:
            groups.append(lines)
            lines = []
    groups.append(lines)
    long = sum(b - a > _WRAP_WIDTH for group in groups for a, b in group)
    # one line in ten: an address or a table's row may stand out of a text that was wrapped
    wraps = long * 10 <= sum(map(len, groups))
    for group in groups:
        yield from _unwrapped(text, group, wraps=wraps)


def _unwrapped(text: str, lines: Sequence[tuple[int, int]], *, wraps: bool) -> Iterator[tuple[int, int]]:
    """Lines between two blank ones, joined where a line break only wraps a paragraph.

    A break wraps when the next line goes on in lower case, or when the line was full: the next one's first
    word would not have fitted into the longest line, of 60 to 110 characters as mail and print have them. `wraps`
    tells that the whole text keeps to such a width.
    """
    if not lines:
        return
    width = max(b - a for a, b in lines)
    open_ended = sum(not ENDS_PROSE.search(text[max(a, b - 8) : b]) for a, b in lines[:-1])
    # where most lines end like sentences, each is a paragraph of its own
    wrapped = wraps and 60 <= width <= _WRAP_WIDTH and open_ended * 2 >= len(lines) - 1
    start, end = lines[0]
    last = start
    for a, b in lines[1:]:
        full = wrapped and end - last + 1 + len(text[a:b].split(maxsplit=1)[0]) > width
        goes_on = text[a].islower() and text[end - 1] not in ".!?:"
        if (
            (full or goes_on)
            and text[a] not in "-–*•▶"
            and not _stands_alone(text[a:b])
            and not kind_of(text[last:end])
        ):
            end = b
        else:
            yield start, end
            start, end = a, b
        last = a
    yield start, end


def _stands_alone(line: str) -> bool:
    return kind_of(line) is not None or is_date_line(line)
