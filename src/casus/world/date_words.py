"""The words of time in news English, and calendar arithmetic; plain data, no rules."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thur thu", "friday fri",
            "saturday sat", "sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip

_COUNT_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
NUMBERS = {word: n for n, word in enumerate(_COUNT_WORDS)} | {
    "a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip

# Northern meteorological seasons, as wire copy means them: (first month, number of months).
SEASONS = {"spring": (3, 3), "summer": (6, 3), "autumn": (9, 3), "fall": (9, 3), "winter": (12, 3)}

# Fixed feasts and days that news names instead of a date: month and day.
HOLIDAYS = {
    "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
    "new year's day": (1, 1), "new year's eve": (12, 31), "valentine's day": (2, 14), "may day": (5, 1),
    "bastille day": (7, 14), "halloween": (10, 31), "armistice day": (11, 11), "remembrance day": (11, 11),
    "international women's day": (3, 8), "victory day": (5, 9), "human rights day": (12, 10),
    "world press freedom day": (5, 3), "independence day": (7, 4),
}  # fmt: skip
# "Independence Day" is every country's own; only with a country known could it be dated, so it is found
# but not resolved.
UNDATED_HOLIDAYS = frozenset({"independence day"})

# Days from Easter Sunday.
EASTER_DAYS = {
    "ash wednesday": -46, "palm sunday": -7, "maundy thursday": -3, "holy thursday": -3, "good friday": -2,
    "easter": 0, "easter sunday": 0, "easter monday": 1, "pentecost": 49,
}  # fmt: skip

# Periods with a name of their own and settled limits.
ERAS = {
    "world war i": (date(1914, 7, 28), date(1918, 11, 11)),
    "world war one": (date(1914, 7, 28), date(1918, 11, 11)),
    "the first world war": (date(1914, 7, 28), date(1918, 11, 11)),
    "world war ii": (date(1939, 9, 1), date(1945, 9, 2)),
    "world war two": (date(1939, 9, 1), date(1945, 9, 2)),
    "the second world war": (date(1939, 9, 1), date(1945, 9, 2)),
    "9/11": (date(2001, 9, 11), date(2001, 9, 11)),
}

DAY = timedelta(days=1)


def number(word: str) -> int | None:
    """ "three" is 3, "12" is 12; None for what is no count."""
    word = word.strip().lower()
    if word.isascii() and word.isdigit():
        return int(word)
    if "-" in word:
        tens, _, ones = word.partition("-")
        left, right = NUMBERS.get(tens), NUMBERS.get(ones)
        return left + right if left and right and left >= 20 and right < 10 else None
    return NUMBERS.get(word)


def day(year: int, month: int, day_of_month: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def month_of(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month; months past 12 or before 1 roll over. ValueError outside years 1-9999."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def week_of(when: date) -> tuple[date, date]:
    """Monday and Sunday of the week of `when`."""
    first = when - when.weekday() * DAY
    return first, first + 6 * DAY


def shift_months(when: date, months: int) -> date:
    """The same day so many months away, or the last day of that month where it is shorter."""
    first, last = month_of(when.year, when.month + months)
    return min(first + (when.day - 1) * DAY, last)


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, rest = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, rest + 1)


def thanksgiving(year: int) -> date:
    """Thanksgiving in the United States: the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + ((3 - first.weekday()) % 7 + 21) * DAY
