"""What the lines of a plain text say about it: who wrote it, where, and when it was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from casus.intake.dates import Order, ambiguous, find_date, order_of
from casus.intake.plaintext.lines import AGENCIES, LineKind, is_date_line, is_section, kind_of, opening_date
from casus.records import RegionKind

# How far down a line of place and date is taken for the report's own; below, it belongs to a picture or a link.
DATE_LINES = 12

_CAPITALS = r"[A-Z][A-Z.'’/-]*"
DATELINE = re.compile(
    rf"\W{{0,2}}({_CAPITALS}(?:\s(?:AND\s|DE\s|AL-)?{_CAPITALS}){{0,4}}"
    r"(?:,\s[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){0,3}){0,2}?)"
    r"(?:,?\s((?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s\d{1,2}(?:,\s\d{4})?))?"
    rf"(?:\s?\((?:{AGENCIES})[^()]{{0,30}}\))?\s?(?:—|–|--|-(?=\s)|:(?=\s))\s?"
)
_MIXED_DATELINE = re.compile(
    rf"\W{{0,2}}([A-Z][\w.'’-]+(?:[\s/,]{{1,2}}[A-Z][\w.'’-]+){{0,4}})\s?\((?:{AGENCIES})[^()]{{0,30}}\)\s?[-–—:]+\s?"
)


@dataclass(frozen=True, slots=True)
class Block:
    """One line, or one paragraph that was wrapped over several; `kind` is the verdict so far.

    `gap` tells that a blank line stands above it.
    """

    start: int
    end: int
    text: str
    line: LineKind | None
    kind: RegionKind | None = None
    dated: date | None = None
    gap: bool = False


def find_byline(blocks: Sequence[Block]) -> str | None:
    """The author's name on the first byline, without "By" and a date beside it."""
    line = next((b.text for b in blocks if b.line == "byline"), None)
    if line is None:
        return None
    line = re.sub(r"^\W*(?:[A-Z][a-z]+\s)?[Bb]y:?\s", "", line).strip()
    cells = re.split(r"(\s?[|·•,–—]\s?)", line)
    # a date beside the name is no part of it
    while len(cells) > 2 and _has_date(line) and (kind_of(cells[-1]) == "stamp" or cells[-1].strip().isdigit()):
        cells = cells[:-2]
        if re.search(r"\d", cells[-1]) and len(cells) > 2:
            cells = cells[:-2]
    return "".join(cells).strip()


def _has_date(text: str) -> bool:
    return find_date(text, "day") is not None or find_date(text, "month") is not None


def find_dateline(blocks: Sequence[Block]) -> str | None:
    """The place that opens the first paragraph ("KABUL, Afghanistan"), else the one in capitals on the date line."""
    for block in blocks:
        if block.kind == "body" and len(block.text) > 60:
            match = DATELINE.match(block.text[:160]) or _MIXED_DATELINE.match(block.text[:160])
            if match and len(match.group(1)) > 2:
                return match.group(1).strip()
            break
    for block in blocks[:DATE_LINES]:
        if block.line == "stamp" and is_date_line(block.text):
            place = re.match(r"([A-Z][A-Z'’/ -]{2,40}?)(?=,|\s?[|·•(–—]|\s-)", block.text)
            if place and not is_section(place[1]):
                return place[1].strip()
    return None


def find_published(blocks: Sequence[Block]) -> tuple[date | None, tuple[str, ...]]:
    """The date a stamp gives: labelled "published", unlabelled, in the byline or dateline, and "updated" last."""
    stamps = [b for b in blocks if b.line in {"published", "updated", "stamp"}]
    bylines = [replace(b, line="stamp") for b in blocks[:DATE_LINES] if b.line == "byline" and _has_date(b.text)]
    order: Order | None = order_of("\n".join(b.text for b in stamps))
    for wanted in ("published", "stamp", "opening", "updated"):
        if wanted == "opening":
            opened = _opening_date(blocks)
            if opened:
                return opened, ()
            continue
        for block in [*stamps, *bylines]:
            if block.line == wanted:
                found = find_date(_after_label(block.text), order)
                if found:
                    return found, ()
                if ambiguous(block.text, order):
                    return None, (f"day and month cannot be told apart in {block.text.strip()!r}",)
    return None, ()


def _after_label(stamp: str) -> str:
    """What follows "published" in a stamp that names an update first."""
    label = re.search(r"\b(?:published|posted|issued)\b", stamp, re.IGNORECASE)
    return stamp[label.end() :] if label and _has_date(stamp[label.end() :]) else stamp


def _opening_date(blocks: Sequence[Block]) -> date | None:
    """The date in the dateline of the first paragraph."""
    for block in blocks:
        if block.kind in {"body", "lead"} and len(block.text) > 60:
            head = opening_date(block.text)
            if head or block.kind == "body":
                return find_date(head) if head else None
    return None
