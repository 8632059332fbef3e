"""Resolves words that count from somewhere: "last week", "10 days ago", "two days after", "earlier this month"."""

from __future__ import annotations

import re
from datetime import date

from casus.records import DatePrecision
from casus.world.date_calendar import cut_edge
from casus.world.date_value import DateContext, DateValue, made, unknown
from casus.world.date_words import DAY, month_of, number, shift_months, week_of

_UNIT = r"(?P<unit>minute|hour|day|night|week|weekend|fortnight|month|year|decade|century)s?"
_PART = r"morning|afternoon|evening|noon|midnight|midday|dawn|dusk|hour|moment"
_NUM = (
    r"(?P<n>\d{1,3}|[a-z]+(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|a few|a couple of"
    r"|a dozen)"
)
_SOME = (
    r"(?:(?:more than|less than|fewer than|nearly|almost|about|around|at least|just|only|over|roughly"
    r"|some|barely|exactly|within|no more than) )?"
)

_SIMPLE = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "the day before yesterday": -2,
           "day before yesterday": -2, "the day after tomorrow": 2, "day after tomorrow": 2,
           "at dawn": 0, "at dusk": 0, "at noon": 0, "at midnight": 0, "at midday": 0, "at nightfall": 0,
           "at daybreak": 0}  # fmt: skip
_PERIOD = re.compile(
    r"(?P<edge>early|late|mid|earlier|later|so far|all|(?:the )?(?:end|beginning|start"
    r"|middle) of)? ?(?:in |on |of )?"
    r"(?P<deixis>this past|this coming|the coming|the past|the last|the previous|the following|the next"
    r"|the same|this|last|next|past"
    r"|previous|coming|following|that|same|the)? ?" + _UNIT
)
_THIS_PART = re.compile(
    rf"(?:early |late |earlier |later )?(?:in |on )?(?P<deixis>this|that|the same|the|the next"
    rf"|the following|the previous) (?:{_PART})"
)
_SPAN = re.compile(
    rf"(?:for |over |in |during |throughout )?{_SOME}(?:the )?(?P<deixis>past|last|previous|preceding"
    rf"|next|coming|first) {_NUM} {_UNIT}"
)
_DURATION = re.compile(
    rf"(?P<prep>for|over|in|within|after) {_SOME}(?:the )?{_NUM}[ -]{_UNIT}"
    rf"|{_SOME}(?P<m>{_NUM[6:-1]})[ -](?P<unit2>day|week|month|year|decade)s?"
)
_AGO = re.compile(rf"{_SOME}(?:{_NUM} )?{_UNIT} ago")
_OFFSET = re.compile(
    rf"{_SOME}(?:(?P<the>the)|{_NUM})? ?{_UNIT} (?P<way>later|after|afterwards?|earlier|before|prior"
    rf"|beforehand|into)(?: .*)?"
)
# "in the last year" looks back a year from today, "last year" is the calendar's
_PAST_UNIT = re.compile(
    r"(?:in|over|during|for|within|throughout) the (?:last|past) (?P<unit>week|month"
    r"|year|decade)"
)
_VAGUE = re.compile(
    r"(?:in |over |during |for )?(?:the )?(?:recent|(?:coming|past|preceding|last"
    r"|next)(?= \w+s$)) (?:\w+)|recent|recently|currently|now|nowadays|long ago|soon"
    r"|for (?:days|weeks|months|years|decades|centuries)|in the past|earlier|later|previously|(?:a short"
    r"|some) time (?:ago|later)"
    r"|in the \w+ to come|many \w+ ago"
)
_SHORTLY = re.compile(
    r"(?:just )?(?:shortly|soon|immediately|right|moments|minutes|hours|several hours|a few hours"
    r"|within hours of|in the hours) ?(?:after|before|later|of)?(?:wards?)?(?: .*)?"
)
# "a few", "a couple": what the past few days have meant in annotated reports
_FEW = {"a few": 3, "few": 3, "a couple of": 2, "couple of": 2, "a dozen": 12}


def _count(words: str | None) -> int | None:
    return None if words is None else _FEW.get(words) or number(words)


def _unit_range(when: date, unit: str) -> tuple[date, date]:  # noqa: PLR0911 - one reading a return
    """The whole unit that holds the day."""
    if unit in {"week", "fortnight"}:
        return week_of(when)
    if unit == "month":
        return month_of(when.year, when.month)
    if unit == "year":
        return date(when.year, 1, 1), date(when.year, 12, 31)
    if unit == "weekend":
        saturday = week_of(when)[0] + 5 * DAY
        return saturday, saturday + DAY
    if unit == "decade":
        return date(when.year // 10 * 10, 1, 1), date(when.year // 10 * 10 + 9, 12, 31)
    if unit == "century":
        first = (when.year - 1) // 100 * 100 + 1
        return date(first, 1, 1), date(first + 99, 12, 31)
    return when, when


def moved(when: date, n: int, unit: str) -> date:
    """The day n units away; ValueError or OverflowError beyond the calendar."""
    if unit in {"minute", "hour"}:
        return when
    if unit in {"day", "night"}:
        return when + n * DAY
    if unit in {"week", "weekend", "fortnight"}:
        return when + n * (14 if unit == "fortnight" else 7) * DAY
    return shift_months(when, n * {"month": 1, "year": 12, "decade": 120, "century": 1200}[unit])


def _period(match: re.Match[str], context: DateContext) -> DateValue | None:  # noqa: PLR0911 - one reading a return
    """ "last week", "earlier this month", "this year", "the weekend", "that day", "the next day"."""
    unit, edge = match["unit"], match["edge"] or ""
    deixis = (match["deixis"] or "").removeprefix("the ") or ("the" if match["deixis"] else "")
    base = context.basis
    if deixis in {"that", "same", "following", "next", "previous", "the"} and unit in {"day", "night", "hour"}:
        return _told_day(deixis, edge, context)
    if deixis in {"that", "same", "following", "previous"}:
        if context.reference is None:
            return unknown(f"nothing says which {unit} is meant")
        step = {"following": 1, "previous": -1}.get(deixis, 0)
        return made(
            *_unit_range(moved(context.reference[0], step, unit), unit),
            _precision(unit),
            "relative",
            "counted from the event told before",
        )
    if base is None:
        return unknown(f"no publication date to anchor {match[0]!r} on")
    why = f"seen from {context.anchor_name} {base}"
    if unit == "night" and deixis in {"last", "this past", "past"}:
        return made(base - DAY, base, "range", "relative", why)
    if unit == "weekend":
        return _weekend(deixis, context, base, why)
    if deixis in {"past", "this past"} and unit not in {"day", "night", "hour", "minute"} and not edge:
        return made(moved(base, -1, unit), base, "range", "relative", why)
    step = {"last": -1, "next": 1, "past": -1, "this past": -1, "coming": 1, "this coming": 1}.get(deixis, 0)
    if not deixis and not edge:
        return None
    start, end = _unit_range(moved(base, step, unit), unit)
    if edge in {"early", "late", "mid"} or edge.endswith(" of"):
        whole = made(start, end, _precision(unit), "relative", why)
        return cut_edge(edge.removeprefix("the ").split()[0], start, end, whole)
    if step:
        return made(start, end, _precision(unit), "relative", why)
    return _running(unit, edge, start, end, context, base, why)


def _running(unit: str, edge: str, start: date, end: date, context: DateContext, base: date, why: str) -> DateValue:  # noqa: PLR0917
    """The unit that is under way: told as past it ends at the anchor, "earlier" the day before, "later" lies ahead."""
    if unit in {"day", "night", "minute", "hour"}:
        return made(base, base, "day", "relative", why)
    if edge == "earlier":
        last = base if unit == "year" else max(start, base - DAY)
        return made(start, last, "range", "relative", why)
    if edge == "later" or (context.future and edge not in {"all", "so far"}):
        return made(base, end, "range", "relative", why)
    return made(start, base, _precision(unit), "relative", why)


def _weekend(deixis: str, context: DateContext, base: date, why: str) -> DateValue:
    start, end = _unit_range(base, "weekend")
    if deixis in {"next", "coming", "this coming"} or context.future:
        return made(start, end, "range", "relative", why)
    if deixis == "last" or base < start:
        start, end = start - 7 * DAY, end - 7 * DAY
    return made(start, end, "range", "relative", why)


def _told_day(deixis: str, edge: str, context: DateContext) -> DateValue:
    """ "that day", "the next day", "earlier in the day": counted from the event told before."""
    if context.reference is None:
        if edge in {"earlier", "later", "late", "early"} and deixis == "the" and context.basis:
            return made(context.basis, context.basis, "day", "relative", f"the day of {context.anchor_name}")
        return unknown("nothing says which day is meant")
    first, last = context.reference
    step = {"following": 1, "next": 1, "previous": -1}.get(deixis, 0)
    if step:
        when = last + DAY if step > 0 else first - DAY
        return made(when, when, "day", "relative", "counted from the event told before")
    return made(first, last, "day" if first == last else "range", "relative", "the day told before")


def _precision(unit: str) -> DatePrecision:
    known: dict[str, DatePrecision] = {"week": "week", "month": "month", "year": "year", "day": "day", "night": "day"}
    return known.get(unit, "range")


def _ago(match: re.Match[str], context: DateContext) -> DateValue:
    base, unit, n = context.basis, match["unit"], _count(match["n"])
    if base is None:
        return unknown(f"no publication date to anchor {match[0]!r} on")
    if n is None or (match["n"] in _FEW and unit != "day") or unit in {"decade", "century"}:
        if unit in {"minute", "hour"}:
            return made(base, base, "day", "relative", f"the day of {context.anchor_name}")
        return unknown(f"{match[0]!r} is too vague for a date")
    return made(*_unit_range(moved(base, -n, unit), unit), _precision(unit), "relative", f"{n} {unit}s before {base}")


def _offset(match: re.Match[str], context: DateContext) -> DateValue:
    """ "two days after", "a month earlier", "the day before": counted from the reference, else unknown."""
    if context.reference is None:
        return unknown(f"nothing says what {match[0]!r} counts from")
    unit, way = match["unit"], match["way"]
    n = (
        1
        if match["the"] or (match["n"] is None and unit in {"day", "night", "week", "month", "year"})
        else _count(match["n"])
    )
    first, last = context.reference
    if unit in {"minute", "hour"}:
        return made(
            first, last, "day" if first == last else "range", "relative", "within the day of the event told before"
        )
    if n is None:
        return unknown(f"{match[0]!r} is too vague for a date")
    back = way in {"earlier", "before", "prior", "beforehand"}
    when = moved(first, -n, unit) if back else moved(last, n, unit)
    if unit in {"month", "year"} and first != last:
        return made(*_unit_range(when, unit), _precision(unit), "relative", "counted from the event told before")
    return made(when, when, "day", "relative", "counted from the event told before")


def _stretch(n: int | None, unit: str, ahead: bool, context: DateContext, text: str) -> DateValue:
    base = context.basis
    if base is None:
        return unknown(f"no publication date to anchor {text!r} on")
    if n is None:
        return unknown(f"{text!r} is too vague for a date")
    far = moved(base, n if ahead else -n, unit)
    return made(
        min(base, far), max(base, far), "range", "relative", f"{n} {unit}s counted from {context.anchor_name} {base}"
    )


def relative_date(text: str, context: DateContext) -> DateValue | None:  # noqa: PLR0911 - one reading a return
    """What a folded relative expression means; None when it is none."""
    base = context.basis
    if text in _SIMPLE or text == "overnight":
        if base is None:
            return unknown(f"no publication date to anchor {text!r} on")
        when = base + _SIMPLE.get(text, 0) * DAY
        start = when - DAY if text == "overnight" else when
        return made(
            start, when, "day" if start == when else "range", "relative", f"seen from {context.anchor_name} {base}"
        )
    if match := _THIS_PART.fullmatch(text):
        if match["deixis"] == "this":
            return (
                made(base, base, "day", "relative", f"the day of {context.anchor_name}")
                if base
                else unknown("no publication date")
            )
        return _told_day(match["deixis"].removeprefix("the ") or "that", "earlier", context)
    if match := _AGO.fullmatch(text):
        return _ago(match, context)
    if _VAGUE.fullmatch(text):
        return unknown(f"{text!r} is too vague for a date")
    if (match := _PAST_UNIT.fullmatch(text)) and base:
        return _stretch(1, match["unit"], False, context, text)
    if match := _PERIOD.fullmatch(text):
        return _period(match, context)
    return _counted(text, context)


def _counted(text: str, context: DateContext) -> DateValue | None:  # noqa: PLR0911 - one reading a return
    if (match := _SPAN.fullmatch(text)) and _count(match["n"]):
        return _stretch(_count(match["n"]), match["unit"], match["deixis"] in {"next", "coming"}, context, text)
    if re.fullmatch(r"(?:on )?(?:the )?eve of(?: .*)?", text):
        if context.reference is None:
            return unknown("nothing says the eve of which day")
        when = context.reference[0] - DAY
        return made(when, when, "day", "relative", "the day before the one told")
    if match := _OFFSET.fullmatch(text):
        return _offset(match, context)
    if text in {"then", "at the time", "at that time"} or _SHORTLY.fullmatch(text):
        if context.reference is None:
            return unknown(f"nothing says what {text!r} counts from")
        first, last = context.reference
        return made(first, last, "day" if first == last else "range", "relative", "the time of the event told before")
    if match := _DURATION.fullmatch(text):
        words, unit = match["n"] or match["m"], match["unit"] or match["unit2"]
        n = _count(words)
        if n is None and words not in {"several", "many", "some"}:
            return None
        ahead = match["prep"] in {"in", "within"} and context.future
        if match["prep"] in {"after", "in"} and not ahead:
            return unknown(f"{text!r} says how long, not when")
        return _stretch(n, unit, ahead, context, text)
    return None
