"""Resolves a time expression: composes the calendar and the relative readings, and tells what lies ahead."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from casus.text import fold
from casus.world.date_calendar import calendar_date
from casus.world.date_find import find
from casus.world.date_relative import relative_date
from casus.world.date_value import DateContext, DateValue, made, unknown
from casus.world.date_words import DAY

# a time expression of the wires is short; a longer string is a sentence that a model marked by mistake
_MAX_EXPRESSION = 200
_LEADING = re.compile(
    r"(?:(?:on|in|at|during|of|around|exactly|just|only|as recently as|as early as|as of|the|circa|dated"
    r"|throughout"
    r"|over|for|starting|beginning)\s+)+"
)
_TRAILING = re.compile(r"(?: alone|,? local time| (?:eastern|gmt|utc))+$")
_SINCE = re.compile(r"(?:ever )?since (?:the (?:beginning|start) of )?(?P<rest>.+)")
_BY = re.compile(r"(?:by|until|till|through|up to) (?P<rest>.+)")
_BETWEEN = re.compile(r"(?:between|from) (?P<a>.+?) (?:and|to|until|till|through) (?P<b>.+)")
_BOTH = re.compile(r"(?P<a>.+?)(?: and | to | through | or |/| ?[-–] ?)(?P<b>.+)")
_WEEK_OF = re.compile(r"(?:the )?week of (?P<rest>.+)")
_BOUND = re.compile(
    r"(?:the )?(?:end|beginning|start|middle|turn) of (?:the|this|last|next) (?:day|week|month|year"
    r"|decade|century)"
)


def resolve(expression: str, context: DateContext) -> DateValue:
    """What a time expression means, or an unknown DateValue with the reason; never a guess without basis.

    Where `context.tense` is unknown, the words around the expression in `context.sentence` decide
    whether "Monday" lies behind or ahead.
    """
    if context.tense == "unknown" and context.sentence:
        context = replace(context, tense="future" if looks_ahead(context.sentence, expression) else "past")
    text = _folded(expression)
    if not text:
        return unknown("no time expression")
    if len(text) > _MAX_EXPRESSION:
        return unknown("too long for a time expression")
    try:
        return _resolve(text, context, 0)
    except (ValueError, OverflowError):
        return unknown(f"{expression!r} leaves the calendar")


def _folded(expression: str) -> str:
    text = fold(expression).strip(" ,.;:()\"'").replace(" ,", ",")
    return _TRAILING.sub("", text.removesuffix("'s"))


def _resolve(text: str, context: DateContext, depth: int) -> DateValue:
    """Tries the readings of a folded expression from the exact to the loose; `depth` bounds the recursion."""
    for variant in dict.fromkeys((text, _LEADING.sub("", text, count=1))):
        got = relative_date(variant, context) or calendar_date(variant, context, context.sentence)
        if got is not None:
            return got
    got = _compound(text, context, depth) if depth < 3 else None
    return got or _inner(text, context, depth)


def _compound(text: str, context: DateContext, depth: int) -> DateValue | None:  # noqa: PLR0911 - one reading a return
    """ "since X", "by X", "between X and Y", "X and Y", "week of X"."""
    base = context.basis
    if match := _SINCE.fullmatch("since then" if text == "since" else text):
        first = _resolve(match["rest"], replace(context, tense="past"), depth + 1)
        if first.start is None:
            return first
        if base is None:
            return unknown("no publication date to end the period at")
        return made(first.start, max(base, first.start), "range", "relative", f"from then to {context.anchor_name}")
    if match := _BY.fullmatch(text):
        last = _resolve(match["rest"], context, depth + 1)
        if (
            last.end is not None
            and base is not None
            and base <= last.end
            and match[0].split()[0] in {"by", "until", "till", "through"}
        ):
            return made(base, last.end, "range", last.basis, f"from {context.anchor_name} to then")
        return last
    if match := _WEEK_OF.fullmatch(text):
        inner = _resolve(match["rest"], context, depth + 1)
        if inner.start is None:
            return inner
        monday = inner.start - inner.start.weekday() * DAY
        return made(monday, monday + 6 * DAY, "week", inner.basis, "the week that holds the day named")
    if match := _BETWEEN.fullmatch(text) or _BOTH.fullmatch(text):
        return _both(match["a"], match["b"], context, depth)
    return None


def _both(left: str, right: str, context: DateContext, depth: int) -> DateValue | None:
    """First day of the one to last day of the other, the year of the second lent to the first."""
    b = _resolve(right, context, depth + 1)
    year = re.search(r"\d{4}$", right)
    a = _resolve(f"{left} {year[0]}" if year and not re.search(r"\d{4}", left) else left, context, depth + 1)
    if a.start is None or b.end is None or b.start is None or a.end is None:
        return a if a.start else b if b.start else None
    if a.start > b.end:
        # "between December and March": the first lies in the year before
        a_start = date(a.start.year - 1, a.start.month, min(a.start.day, 28)) if a.start.year > 1 else a.start
        return made(a_start, b.end, "range", b.basis, "from the one to the other")
    return made(a.start, b.end, "range", b.basis, "from the one to the other")


def _inner(text: str, context: DateContext, depth: int) -> DateValue:
    """The longest time expression inside words that are more than one: "April 4, one day before"."""
    if depth >= 3:
        return unknown(f"{text!r} is no time expression that can be resolved")
    shown = re.sub(r"\b[a-z]", lambda m: m[0].upper(), text)  # find() wants capitals on names
    for source in (text, shown):
        for mention in sorted(find(source), key=lambda m: m.start - m.end):
            part = _folded(source[mention.start : mention.end])
            if part and part != text and (got := _resolve(part, context, depth + 1)).start:
                return got
    return unknown(f"{text!r} is no time expression that can be resolved")


_FUTURE = re.compile(
    r"\b(?:will|shall|won't|'ll|is to|are to|is due|are due|due to|scheduled|set to|plans? to|planned"
    r"|planning to|expected to|expected"
    r"|slated|going to|upcoming|ahead of|due|would|intends? to|prepar(?:es|ing) to|vow(?:s|ed) to|begins?"
    r"|starts?|opens?|takes? place|hopes? to)\b"
)
_PAST = re.compile(
    r"\b(?:said|told|announced|reported|was|were|had|killed|happened|added|warned|says|[a-z]{3,}ed)\b|[.;!?]"
)


def looks_ahead(sentence: str, expression: str, at: int | None = None) -> bool:
    """Whether the nearest verb before the expression looks ahead: "will meet Tuesday", not "said Tuesday"."""
    where = sentence.find(expression) if at is None else at
    before = fold(sentence[max(0, where - 150) : where]) if where > 0 else ""
    future = [m.end() for m in _FUTURE.finditer(before)]
    past = [m.end() for m in _PAST.finditer(before) if not _FUTURE.fullmatch(m[0])]
    if future and (not past or max(future) >= max(past)):
        return True
    if not before or not (future or past):
        # "On Monday, ministers will meet": the first verb after it decides
        after = fold(sentence[where + len(expression) : where + len(expression) + 120]) if where >= 0 else ""
        first_future, first_past = _FUTURE.search(after), _PAST.search(after)
        return bool(first_future and (not first_past or first_future.start() < first_past.start()))
    return False
