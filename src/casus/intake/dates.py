"""Dates as pages print them -> `date`: ISO, "18/01/2024", "Jan. 18, 2024", "18 January 2024"."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

Order = Literal["day", "month"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",),
            ("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"),
            ("october", "oct"), ("november", "nov"), ("december", "dec"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:T\d{2,6}Z?)?(?!\d)")
_YMD = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/])")
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\b\.?\s{{0,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{0,3}}(\d{{4}})\b", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s{{0,3}}(?:of\s)?[-/]?({_MONTH})\b\.?,?[-/\s]{{1,3}}(\d{{4}})\b",
    re.IGNORECASE,
)
# Words of a page that tell in which order its country writes numbers.
_BRITISH = re.compile(r"\b(?:GMT|BST|IST|CET|CEST|PKT|EAT|SAST|AEST|AEDT|SGT)\b|\.co\.uk|\.com\.au|\.pk\b|\.in\b")
_AMERICAN = re.compile(r"\b(?:E[SD]?T|C[SD]T|M[SD]T|P[SD]?T)\b|\b(?:AM|PM)\s(?:ET|PT)\b")
# News did not reach the web before; a year outside of this is a typing error or no date at all.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def order_of(text: str) -> Order | None:
    """Whether this page writes the day or the month first: from a number above 12, else from time zones."""
    for first, _, second, _ in _NUMERIC.findall(text):
        if int(first) > 12 >= int(second):
            return "day"
        if int(second) > 12 >= int(first):
            return "month"
    british, american = bool(_BRITISH.search(text)), bool(_AMERICAN.search(text))
    if british != american:
        return "day" if british else "month"
    return None


def find_date(text: str, order: Order | None = None) -> date | None:
    """The first full date in `text`, None where there is none or day and month cannot be told apart."""
    hits = [h for h in _hits(text, order) if h[1] is not None]
    return min(hits, key=lambda h: h[0])[1] if hits else None


def last_date(text: str) -> date | None:
    """The last full date in words in `text`, as a caption ends with; None where there is none."""
    hits = [h for h in _hits(text, None) if h[1] is not None]
    return max(hits, key=lambda h: h[0])[1] if hits else None


def ambiguous(text: str, order: Order | None) -> bool:
    """Whether `text` holds a date of numbers that could be either way round."""
    return order is None and any(
        int(a) != int(b) and int(a) <= 12 and int(b) <= 12 for a, _, b, _ in _NUMERIC.findall(text)
    )


def _hits(text: str, order: Order | None) -> list[tuple[int, date | None]]:
    found: list[tuple[int, date | None]] = []
    for pattern in (_ISO, _YMD, _COMPACT):
        found += [(m.start(), _day(m.group(1), m.group(2), m.group(3))) for m in pattern.finditer(text)]
    for m in _MONTH_FIRST.finditer(text):
        found.append((m.start(), _day(m.group(3), str(_MONTHS[m.group(1).lower()]), m.group(2))))
    for m in _DAY_FIRST.finditer(text):
        found.append((m.start(), _day(m.group(3), str(_MONTHS[m.group(2).lower()]), m.group(1))))
    for m in _NUMERIC.finditer(text):
        found.append((m.start(), _numeric(m.group(1), m.group(3), m.group(4), order)))
    return found


def _numeric(first: str, second: str, year: str, order: Order | None) -> date | None:
    year = year if len(year) == 4 else f"20{year}"
    if int(first) > 12 or first.lstrip("0") == second.lstrip("0"):
        order = "day"
    elif int(second) > 12:
        order = "month"
    if order is None:
        return None
    return _day(year, second, first) if order == "day" else _day(year, first, second)


def _day(year: str, month: str, day: str) -> date | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
