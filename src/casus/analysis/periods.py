"""Days, ISO weeks, months and years as whole numbers that count up, so that a panel can be filled without gaps."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from casus.errors import UsageError

Time = Literal["day", "week", "month", "year"]
TIMES: tuple[Time, ...] = get_args(Time)

_LAST = date.max.toordinal()


def time_of(name: str) -> Time:
    """The period of that name. Raises UsageError."""
    found = next((t for t in TIMES if t == name), None)
    if found is None:
        raise UsageError(f"there is no period {name!r}", f"one of {', '.join(TIMES)}")
    return found


def period_of(day: date, time: Time) -> int:
    """The number of the period in which the day lies. Weeks are those of ISO 8601 and begin on Monday."""
    if time == "day":
        return day.toordinal()
    if time == "week":
        return (day.toordinal() - 1) // 7  # 1 January of the year 1 was a Monday, in this calendar
    return day.year * 12 + day.month - 1 if time == "month" else day.year


def first_day(period: int, time: Time) -> date:
    """The day on which the period of that number begins."""
    if time == "day":
        return date.fromordinal(period)
    if time == "week":
        return date.fromordinal(period * 7 + 1)
    return date(period // 12, period % 12 + 1, 1) if time == "month" else date(period, 1, 1)


def last_day(period: int, time: Time) -> date:
    """The day on which it ends; the last that there is where the calendar ends before."""
    if time == "day":
        return date.fromordinal(period)
    if time == "week":
        return date.fromordinal(min(period * 7 + 7, _LAST))
    if time == "year" or period % 12 == 11:
        return date(period if time == "year" else period // 12, 12, 31)
    return date.fromordinal(first_day(period + 1, "month").toordinal() - 1)


def label(period: int, time: Time) -> str:
    """The period as ISO 8601 writes it: "2024-01-16", "2024-W03", "2024-01", "2024"."""
    first = first_day(period, time)
    if time == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return first.isoformat()[: {"day": 10, "month": 7, "year": 4}[time]]
