"""Dates as feeds and news formats write them (RFC 822 and its misspellings, ISO 8601 long and short) -> stamps."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from casus.intake.dates import find_date
from casus.intake.raw import Stamp
from casus.records import PublishedBasis

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s{0,3}(?P<half>[ap]\.?m\b\.?)?\s{0,3}"
    r"(?P<zone>(?:(?:GMT|UTC)\s?)?[+-]\d{1,2}(?::?\d\d)?|[a-z]{1,5}\b)?"
)
_DAY_NAME = r"(?:[a-z]{2,9}\.?,?\s{1,5})?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024-01-18T09:32:00+05:00, 20240118T093200+0500
        r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)(?!\d)(?:(?:T|\s{1,3})(?P<hour>\d\d):?(?P<minute>\d\d)"
        r"(?::?(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s?(?P<zone>[+-]\d\d:?(?:\d\d)?|[a-z]{1,5}\b)?)?",
        # Thu, 18 Jan 2024 09:32:00 +0500
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})[\s-]{{1,3}}{_MONTH}[\s,-]{{1,3}}(?P<year>\d{{4}}|\d\d)(?!\d)"
        rf"(?:,?\s{{1,5}}{_CLOCK})?",
        # Thu Jan 18 09:32:00 EST 2024
        rf"{_DAY_NAME}{_MONTH}\s{{1,3}}(?P<day>\d{{1,2}})\s{{1,3}}{_CLOCK}\s{{1,3}}(?P<year>\d{{4}})",
        # January 18, 2024 9:32 am
        rf"{_DAY_NAME}{_MONTH}\s{{1,3}}(?P<day>\d{{1,2}}),?\s{{1,3}}(?P<year>\d{{4}})(?!\d)(?:,?\s(?:at\s)?{_CLOCK})?",
    )
)
# Minutes east of Greenwich. American ones are those of RFC 822, the others those that feeds use; IST, AST and SST,
# which stand for several places each, are left out: then the day is known and the moment is not.
_ZONES = {
    "z": 0, "gmt": 0, "ut": 0, "utc": 0, "wet": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420, "bst": 60, "cet": 60, "cest": 120, "met": 60, "mest": 120, "wat": 60,
    "cat": 120, "sast": 120, "eet": 120, "eest": 180, "eat": 180, "msk": 180, "trt": 180, "irst": 210, "aft": 270,
    "pkt": 300, "npt": 345, "ict": 420, "wib": 420, "hkt": 480, "sgt": 480, "awst": 480, "jst": 540, "kst": 540,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
_OFFSET = re.compile(r"(?:GMT|UTC)?\s?([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# The zero of Unix clocks: what programs write where they have no date.
_NO_DATE = date(1970, 1, 1)


def stamp_of(text: str | None, basis: PublishedBasis) -> Stamp | None:
    """The date in a field: the day as written there, and the moment where its zone is stated or well known.

    A weekday that does not fit counts for nothing; a year of two digits is one of 1950 to 2049 (RFC 2822).
    """
    if not text:
        return None
    text = " ".join(text[:200].split())
    for pattern in _PATTERNS:
        if found := pattern.match(text):
            return _stamp(found.groupdict(), basis)
    day = find_date(text)
    return Stamp(day, basis) if day and day != _NO_DATE else None


def written(stamp: Stamp) -> str:
    """The moment where one is known, else the day, in ISO 8601."""
    return stamp.at or stamp.day.isoformat()


def same(first: Stamp, second: Stamp) -> bool:
    """Whether two stamps mean the same moment, or the same day where one of them states no moment."""
    if first.at and second.at:
        return datetime.fromisoformat(first.at) == datetime.fromisoformat(second.at)
    return first.day == second.day


def later(first: Stamp, second: Stamp) -> bool:
    """Whether the first is after the second, as far as both say."""
    if first.at and second.at:
        return datetime.fromisoformat(first.at) > datetime.fromisoformat(second.at)
    return first.day > second.day


def _stamp(part: dict[str, str | None], basis: PublishedBasis) -> Stamp | None:
    month = str(part["month"])
    try:
        number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
        day = date(_year(str(part["year"])), number, int(str(part["day"])))
    except ValueError:
        return None
    if day == _NO_DATE or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None
    zone = _zone(part["zone"])
    clock = _clock(part)
    if zone is None or clock is None:
        return Stamp(day, basis)
    hour, minute, second = clock
    return Stamp(day, basis, datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone).isoformat())


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _clock(part: dict[str, str | None]) -> tuple[int, int, int] | None:
    """Hour, minute and second; None where there are none or cannot be. A leap second counts as the one before."""
    if part["hour"] is None:
        return None
    hour, minute, second = int(part["hour"]), int(str(part["minute"])), min(int(part["second"] or 0), 59)
    if half := part.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 else None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if offset := _OFFSET.fullmatch(text):
        sign, hours, minutes = offset.groups()
        if len(hours) > 2 or int(hours) > 14 or int(minutes or 0) > 59:
            return None  # no place on Earth is that far
        total = int(hours) * 60 + int(minutes or 0)
    else:
        sign = "+"
        found = _ZONES.get(text.lower())
        if found is None:
            return None
        total = found
    return timezone(timedelta(minutes=-total if sign == "-" else total))
