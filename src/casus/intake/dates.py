"""Dates and times as pages print them: ISO, "18/01/2024", "Jan. 18, 2024", "18 January 2024", "6:40 a.m. PHT"."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Literal

Order = Literal["day", "month"]

# English, and the full names with which systems of outlets that publish in English elsewhere print their dates.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "enero", "janvier", "janeiro", "januar", "gennaio", "ocak", "januari"),
            ("february", "feb", "febrero", "février", "fevereiro", "februar", "febbraio", "şubat", "februari"),
            ("march", "mar", "marzo", "mars", "março", "märz", "mart", "maret"),
            ("april", "apr", "abril", "avril", "aprile", "nisan"),
            ("may", "mayo", "mai", "maio", "maggio", "mayıs", "mei"),
            ("june", "jun", "junio", "juin", "junho", "juni", "giugno", "haziran"),
            ("july", "jul", "julio", "juillet", "julho", "juli", "luglio", "temmuz"),
            ("august", "aug", "agosto", "août", "ağustos", "agustus"),
            ("september", "sept", "sep", "septiembre", "septembre", "setembro", "settembre", "eylül"),
            ("october", "oct", "octubre", "octobre", "outubro", "oktober", "ottobre", "ekim"),
            ("november", "nov", "noviembre", "novembre", "novembro", "kasım"),
            ("december", "dec", "diciembre", "décembre", "dezembro", "dezember", "dicembre", "aralık", "desember"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DIGIT = re.compile(r"\d")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:T\d{2,6}Z?)?(?!\d)")
_YMD = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/])")
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\b\.?\s{{0,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{0,3}}(\d{{4}})\b", re.IGNORECASE
)
# Tue Mar 12 10:20:30 EST 2002, as programs print it; 2019-Mar-05
_CTIME = re.compile(
    rf"\b({_MONTH})\s{{1,2}}(\d{{1,2}})\s\d\d:\d\d(?::\d\d)?\s(?:[A-Z]{{2,5}}\s|[+-]\d{{4}}\s)?(\d{{4}})\b",
    re.IGNORECASE,
)
# 12 Mar 98 10:11, 12-Mar-98: two digits of the year, where what stands beside them says that they are that
_SHORT_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:-({_MONTH})-(\d\d)(?!\d)|\s({_MONTH})\s(\d\d)(?=\s\d\d:\d\d))", re.IGNORECASE
)
_YEAR_FIRST = re.compile(rf"(?<!\d)(\d{{4}})[-/\s]({_MONTH})\b\.?[-/\s](\d{{1,2}})(?!\d)", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|\.)?\s{{0,3}}(?:of\s|de\s)?[-/]?({_MONTH})\b\.?,?(?:\sde)?"
    r"[-/\s]{1,3}(\d{4})\b",
    re.IGNORECASE,
)
# A day and a month without a year behind them.
_PARTIAL = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s({_MONTH})\b|\b({_MONTH})\.?\s(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:.]\d)",
    re.IGNORECASE,
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"\b((?:mon|tue|wed|thu|fri|sat|sun)\w{0,6})\b", re.IGNORECASE)
_ZONE = r"(?:\s?\(?\b((?:GMT|UTC)[+-]\d{1,2}(?::\d\d)?|[A-Z]{1,5})\b)?"
_HALF_DAY = re.compile(rf"(?<![\d.:/-])(\d{{1,2}})(?:[:.](\d\d))?(?:[:.]\d\d)?\s?((?i:[ap])\.?(?i:m)\b)\.?{_ZONE}")
_FULL_DAY = re.compile(rf"(?<![\d.:/-])(\d{{1,2}})[:.h](\d\d)(?::\d\d)?(?![\d.]){_ZONE}")
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


def by_weekday(text: str) -> date | None:
    """The one reading of "Mon 12/03/2018" that falls on its weekday; None where that does not tell."""
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    fits = {
        d
        for d in (find_date(text, "day"), find_date(text, "month"))
        if d and _DAYS[d.weekday()] == match[1][:3].lower()
    }
    return fits.pop() if len(fits) == 1 else None


def find_partial(text: str) -> tuple[int, int] | None:
    """Month and day of the first date in words, with a year or without; None where there is none."""
    for match in _PARTIAL.finditer(text):
        month, day = _MONTHS[(match[2] or match[3]).lower()], int(match[1] or match[4])
        if _day("2024", str(month), str(day)):
            return month, day
    return None


def find_clock(text: str) -> tuple[time, str | None] | None:
    """The first time of day in `text` and the letters of its zone; None where there is none."""
    if match := _HALF_DAY.search(text):
        hour, minute = int(match[1]) % 12 + (12 if match[3].lower().startswith("p") else 0), int(match[2] or 0)
        if not 1 <= int(match[1]) <= 12 or minute > 59:
            return None
        return time(hour, minute), match[4]
    match = _FULL_DAY.search(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2])), match[3]


def _hits(text: str, order: Order | None) -> list[tuple[int, date | None]]:
    found: list[tuple[int, date | None]] = []
    if _DIGIT.search(text) is None:  # as most lines of a page
        return found
    for pattern in (_ISO, _YMD, _COMPACT):
        found += [(m.start(), _day(m.group(1), m.group(2), m.group(3))) for m in pattern.finditer(text)]
    for m in _MONTH_FIRST.finditer(text):
        found.append((m.start(), _day(m.group(3), str(_MONTHS[m.group(1).lower()]), m.group(2))))
    for m in _CTIME.finditer(text):
        found.append((m.start(), _day(m.group(3), str(_MONTHS[m.group(1).lower()]), m.group(2))))
    for m in _SHORT_YEAR.finditer(text):
        month = str(_MONTHS[(m.group(2) or m.group(4)).lower()])
        found.append((m.start(), _day(_whole_year(m.group(3) or m.group(5)), month, m.group(1))))
    for m in _YEAR_FIRST.finditer(text):
        found.append((m.start(), _day(m.group(1), str(_MONTHS[m.group(2).lower()]), m.group(3))))
    for m in _DAY_FIRST.finditer(text):
        found.append((m.start(), _day(m.group(3), str(_MONTHS[m.group(2).lower()]), m.group(1))))
    for m in _NUMERIC.finditer(text):
        # with dots between them, the day goes first wherever dates are written so
        found.append(
            (m.start(), _numeric(m.group(1), m.group(3), m.group(4), order or ("day" if m[2] == "." else None)))
        )
    return found


def _numeric(first: str, second: str, year: str, order: Order | None) -> date | None:
    year = _whole_year(year)
    if int(first) > 12 or first.lstrip("0") == second.lstrip("0"):
        order = "day"
    elif int(second) > 12:
        order = "month"
    if order is None:
        return None
    return _day(year, second, first) if order == "day" else _day(year, first, second)


def _whole_year(year: str) -> str:
    """A year of two digits: news is on the web since the nineties."""
    return year if len(year) == 4 else f"{19 if int(year) >= 70 else 20}{year}"


def _day(year: str, month: str, day: str) -> date | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
