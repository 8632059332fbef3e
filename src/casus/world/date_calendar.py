"""Resolves dates that the calendar names: "June 27, 2016", "Nov. 8", "March", "early 2015", "the 1990s", weekdays."""

from __future__ import annotations

import re
from datetime import date

from casus.world.date_value import DateContext, DateValue, made, unknown
from casus.world.date_words import (
    DAY,
    EASTER_DAYS,
    ERAS,
    HOLIDAYS,
    MONTHS,
    SEASONS,
    UNDATED_HOLIDAYS,
    WEEKDAYS,
    day,
    easter,
    month_of,
    thanksgiving,
)

# All expressions are folded before they come here: lower case, straight quotes, single blanks.
_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TO = r"(?: ?[-–] ?| and | to | or | through )"
_DAY2 = rf"(?:{_TO}(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)?"
_YEAR = r"(?:,? (?:of )?(?P<year>\d{4}|(?:this|last|that|next|the same) year))?"
_WEEKDAY_WORDS = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_WEEKDAY_WORD = f"(?P<weekday>{_WEEKDAY_WORDS})"

_MDY = re.compile(rf"{_MONTH} (?:the )?{_DAY}{_DAY2}{_YEAR}")
_DMY = re.compile(rf"(?:the )?{_DAY}{_DAY2} (?:of )?{_MONTH}{_YEAR}")
_MY = re.compile(rf"(?:(?P<deixis>last|this|next|this past|past|this coming|the following) )?{_MONTH}{_YEAR}")
_CROSS = re.compile(
    rf"{_MONTH} {_DAY}{_TO}(?P<month2>{'|'.join(MONTHS)})\.? (?P<day2>\d{{1,2}})(?:,? (?P<year>\d{{4}}))?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_SLASH = re.compile(r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<year>\d{4}|\d\d)")
_YEAR_ONLY = re.compile(r"(?:the )?(?:years? )?(?P<year>1[4-9]\d\d|20\d\d)")
_DECADE = re.compile(r"(?:the )?(?P<decade>(?:1[4-9]|20)\d0)'?s")
_CENTURY = re.compile(r"(?:the )?(?P<n>\d{1,2})(?:st|nd|rd|th)[ -]century")
_SEASON = re.compile(
    r"(?:the )?(?P<deixis>last|this|next|this past)? ?(?P<season>spring|summer|autumn|fall"
    r"|winter)(?: (?:of )?(?P<year>\d{4}))?"
)
_PART = r"morning|afternoon|evening|night|midnight|noon|midday|dawn|dusk|daybreak|nightfall"
_WEEKDAY = re.compile(
    rf"(?:(?:early|late|earlier|later)(?: on)? )?(?P<deixis>last|this|next|this past|this coming"
    rf"|the previous|previous"
    rf"|the following|following|that|that same|the same|past"
    rf"|coming)? ?{_WEEKDAY_WORD}\.?(?:'s)?(?: (?:{_PART}))?(?: {_PART})?"
)
_WEEKDAYS = re.compile(rf"{_WEEKDAY_WORD}\.?{_TO}(?:on )?(?P<second>{_WEEKDAY_WORDS})\.?(?: (?:{_PART}))?")
_EDGE = re.compile(
    r"(?:the )?(?P<edge>early(?: in| on)?|late(?: in| on)?|mid|(?:the )?end of|(?:the )?beginning of"
    r"|(?:the )?start of|(?:the )?middle of)"
    r"[ -](?P<rest>.+)"
)
_LEADING_WEEKDAY = re.compile(rf"{_WEEKDAY_WORD}\.?,? (?P<rest>.*\d.*)")


def _year_of(words: str | None, context: DateContext) -> int | None:
    """ "2016" or "last year" as a number; None where nothing is said or nothing anchors it."""
    if words is None:
        return None
    if words.isdigit():
        return int(words)
    base = context.basis
    if words.startswith(("that", "the same")):
        return context.reference[0].year if context.reference else None
    return None if base is None else base.year + {"this": 0, "last": -1, "next": 1}[words.split()[0]]


def _nearest(month: int, day_of_month: int, context: DateContext) -> date | None:
    """The yearless day: the latest on or before the anchor, or for what is to come the first from it on."""
    base = context.basis
    if base is None:
        return None
    here = [day(base.year + k, month, day_of_month) for k in (-1, 0, 1)]
    if context.future:
        return next((d for d in here if d and d >= base), None)
    return next((d for d in reversed(here) if d and d <= base), None)


def _calendar_day(match: re.Match[str], context: DateContext, sentence: str) -> DateValue | None:
    month, first = MONTHS[match["month"]], int(match["day"])
    year = _year_of(match["year"], context)
    if year is None and (month, first) == (9, 11) and re.search(r"\battacks?\b|\bterror", sentence):
        year = 2001
    if match["year"] and year is None:
        return unknown(f"nothing says which year {match['year']!r} is")
    start = day(year, month, first) if year else _nearest(month, first, context)
    if start is None:
        known = year is not None or context.basis is not None
        return unknown("the calendar has no such day" if known else "no publication date to tell the year")
    end = day(start.year, month, int(match["day2"])) if match["day2"] else start
    if end is None or end < start:
        return unknown("the calendar has no such day")
    why = "stated" if year else f"year inferred from {context.anchor_name}"
    return made(start, end, "day" if start == end else "range", "stated", why)


def _month(month: int, year: int | None, deixis: str, context: DateContext) -> DateValue:
    base = context.basis
    if year is None:
        if base is None:
            return unknown("no publication date to tell the year")
        year = base.year
        # "in March" said in March of the same year, or of an event to come, is this one
        if deixis in {"next", "this coming"} or (context.future and deixis not in {"last", "past", "this past"}):
            year += month < base.month or (month == base.month and deixis == "next")
        elif month > base.month or (month == base.month and deixis == "last"):
            year -= 1
        return made(*month_of(year, month), "month", "stated", f"year inferred from {context.anchor_name}")
    return made(*month_of(year, month), "month", "stated", "stated")


def _slash(match: re.Match[str], context: DateContext) -> DateValue:
    """18/01/2024 can only be day first; 01/02/2024 is read as the one nearer before the anchor, else refused."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if year < 100:
        # two digits: up to ten years ahead belong to this century
        limit = (context.basis.year if context.basis else 2024) % 100 + 10
        year += 2000 if year <= limit else 1900
    day_first, month_first = day(year, b, a), day(year, a, b)
    options = {d for d in (day_first, month_first) if d}
    if not options:
        return unknown("the calendar has no such day")
    if len(options) == 1:
        only = options.pop()
        return made(only, only, "day", "stated", "stated")
    base = context.basis
    past = [d for d in options if base and d <= base]
    if len(past) == 1 and base and min(abs((d - base).days) for d in options) == (base - past[0]).days:
        return made(past[0], past[0], "day", "stated", "day and month told apart by the publication date")
    return unknown("day and month cannot be told apart")


def _season(match: re.Match[str], context: DateContext) -> DateValue:
    first, length = SEASONS[match["season"]]
    base = context.basis
    if match["year"]:
        year = int(match["year"])
    elif base is None:
        return unknown("no publication date to tell the year")
    else:
        year = base.year
        over = month_of(year, first + length - 1)[1] < base
        if match["deixis"] == "next" or context.future:
            year += over
        elif first > base.month or (match["deixis"] == "last" and not over):
            year -= 1
    start, end = month_of(year, first)[0], month_of(year, first + length - 1)[1]
    return made(start, end, "season", "stated" if match["year"] else "relative", "northern season")


def weekday(name: str, deixis: str, context: DateContext) -> DateValue:
    """The day of that name: the last on or before the anchor, for what is to come the next.

    On the weekday of publication it is that same day, as newsrooms write; "last" never is.
    """
    base, number = context.basis, WEEKDAYS[name]
    if deixis in {"the previous", "previous", "the following", "following"} and context.reference:
        base = context.reference[0]
    if deixis in {"that", "that same", "the same"} and context.reference:
        first, last = context.reference
        hits = [
            first + k * DAY for k in range(min(7, (last - first).days + 1)) if (first + k * DAY).weekday() == number
        ]
        if hits:
            return made(hits[0], hits[0], "day", "relative", "the day told before")
    if base is None:
        return unknown(f"no publication date to anchor {name.title()!r} on")
    back, ahead = (base.weekday() - number) % 7, (number - base.weekday()) % 7
    if deixis in {"next", "the following", "following", "this coming", "coming"}:
        when = base + (ahead or 7) * DAY
    elif deixis in {"last", "the previous", "previous", "past", "this past"}:
        when = base - (back or 7) * DAY
    else:
        when = base + ahead * DAY if context.future else base - back * DAY
    return made(when, when, "day", "relative", f"{name.title()} as seen from {context.anchor_name} {base}")


def _edge(match: re.Match[str], context: DateContext, sentence: str) -> DateValue | None:
    """ "early October" is 1-10, "mid-" 11-20, "late" and "end of" 21 on; of a year, its thirds."""
    whole = calendar_date(match["rest"], context, sentence)
    if whole is None or whole.start is None or whole.end is None:
        return whole
    edge, start, end = match["edge"].split()[-1 if match["edge"].startswith("the") else 0], whole.start, whole.end
    if edge == "the":
        edge = match["edge"].split()[1]
    if whole.precision == "day":
        return whole
    return cut_edge(edge, start, end, whole)


def cut_edge(edge: str, start: date, end: date, whole: DateValue) -> DateValue:
    """The part of a period that "early", "mid", "late", "end", "beginning" name; gold's habit for months."""
    third = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1}.get(edge, 2)
    if start.replace(day=1) == end.replace(day=1) and (end - start).days >= 27:
        first = start + third * 10 * DAY
        last = end if third == 2 else start + (third * 10 + 9) * DAY
    elif (end - start).days in (364, 365):
        if edge == "end":
            first, last = month_of(start.year, 12)
        else:
            first, last = month_of(start.year, 1 + 4 * third)[0], month_of(start.year, 4 + 4 * third)[1]
    else:
        length = (end - start).days + 1
        first = start + (length * third // 3) * DAY
        last = end if third == 2 else start + (length * (third + 1) // 3 - 1) * DAY
    return made(first, max(first, last), "range", whole.basis, f"the part of {start}..{end} that {edge!r} names")


def _named(text: str, context: DateContext) -> DateValue | None:
    """Feasts and eras: "Christmas Eve", "Good Friday", "World War II"."""
    if text in ERAS:
        return made(*ERAS[text], "day" if text == "9/11" else "range", "stated", "a named period")
    name, _, year_text = text.rpartition(" ")
    if not year_text.isdigit():
        name, year_text = text, ""
    if name in UNDATED_HOLIDAYS:
        return unknown(f"{name} falls on another day in each country")
    base = context.basis
    years = [int(year_text)] if year_text else [base.year + k for k in (0, -1, 1)] if base else []
    years = [y for y in years if 1583 <= y <= 9000]
    if name in HOLIDAYS:
        days = [d for y in years if (d := day(y, *HOLIDAYS[name]))]
    elif name in EASTER_DAYS:
        days = [easter(y) + EASTER_DAYS[name] * DAY for y in years]
    elif name in {"thanksgiving", "thanksgiving day"}:
        days = [thanksgiving(y) for y in years]
    else:
        return None
    if base is not None and not year_text:
        # within a week ahead a feast is mostly the one at the door ("ahead of Christmas")
        days = [d for d in days if (d >= base if context.future else d <= base + 7 * DAY)]
    best = (min(days) if context.future else max(days)) if days else None
    return made(best, best, "day", "relative", "a feast") if best else unknown("no publication date to tell the year")


def calendar_date(text: str, context: DateContext, sentence: str = "") -> DateValue | None:  # noqa: PLR0911 - one reading a return
    """What a folded calendar expression means; None when it is no calendar expression at all."""
    if match := _CROSS.fullmatch(text):
        year = _year_of(match["year"], context)
        end = (
            day(year, MONTHS[match["month2"]], int(match["day2"]))
            if year
            else _nearest(MONTHS[match["month2"]], int(match["day2"]), context)
        )
        start = day(end.year, MONTHS[match["month"]], int(match["day"])) if end else None
        if start is None or end is None or start > end:
            return unknown("the calendar has no such days")
        return made(start, end, "range", "stated", "stated")
    if match := _MDY.fullmatch(text) or _DMY.fullmatch(text):
        return _calendar_day(match, context, sentence)
    if match := _ISO.fullmatch(text):
        only = day(int(match["year"]), int(match["month"]), int(match["day"]))
        return made(only, only, "day", "stated", "stated") if only else unknown("the calendar has no such day")
    if match := _SLASH.fullmatch(text):
        return _slash(match, context)
    if match := _MY.fullmatch(text):
        year = _year_of(match["year"], context)
        if match["year"] and year is None:
            return unknown(f"nothing says which year {match['year']!r} is")
        return _month(MONTHS[match["month"]], year, match["deixis"] or "", context)
    return _longer_period(text, context, sentence)


def _longer_period(text: str, context: DateContext, sentence: str) -> DateValue | None:  # noqa: PLR0911 - one reading a return
    """Years, decades, centuries, seasons, weekdays, feasts and parts of them."""
    if match := _YEAR_ONLY.fullmatch(text):
        year = int(match["year"])
        return made(date(year, 1, 1), date(year, 12, 31), "year", "stated", "stated")
    if match := _DECADE.fullmatch(text):
        year = int(match["decade"])
        return made(date(year, 1, 1), date(year + 9, 12, 31), "range", "stated", "a decade")
    if (match := _CENTURY.fullmatch(text)) and 1 <= int(match["n"]) <= 90:
        year = int(match["n"]) * 100
        return made(date(year - 99, 1, 1), date(year, 12, 31), "range", "stated", "a century")
    if match := _SEASON.fullmatch(text):
        return _season(match, context)
    if match := _WEEKDAYS.fullmatch(text):
        first, second = (weekday(match[k], "", context) for k in ("weekday", "second"))
        if first.start and second.end:
            start = first.start if first.start <= second.end else first.start - 7 * DAY
            return made(start, second.end, "range", "relative", f"seen from {context.anchor_name}")
        return first
    if match := _WEEKDAY.fullmatch(text):
        return weekday(match["weekday"], (match["deixis"] or "").strip(), context)
    if (match := _LEADING_WEEKDAY.fullmatch(text)) and (inner := calendar_date(match["rest"], context, sentence)):
        return inner
    return _named(text, context) or ((match := _EDGE.fullmatch(text)) and _edge(match, context, sentence)) or None
