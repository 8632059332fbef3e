"""A date as a field states it, in text, number or date -> its day, and the moment where it has an offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from casus.intake.dates import Order, find_date
from casus.intake.raw import Stamp
from casus.records import PublishedBasis

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s?(?:(Z|UTC|GMT)|([+-]\d\d):?(\d\d)?)\Z", re.IGNORECASE
)
# Thu, 18 Jan 2024 09:32:00 +0000
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2},\s)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d\d:\d\d(?::\d\d)?\s(?:[+-]\d{4}|[A-Z]{2,4})\Z"
)
_NUMBER = re.compile(r"\d{9,13}(?:\.\d{1,9})?|\d(?:\.\d{1,12})?[eE]\+?(?:0?9|1[0-2])")
# Seconds since 1970 of 1 January 1990 and 2100: what is counted in them and lies outside is an id, a price, a phone.
_FIRST, _LAST = 631_152_000, 4_102_444_800
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def stamp_of(value: object, basis: PublishedBasis, order: Order | None = None) -> Stamp | None:
    """The date that a value states, None where it states none.

    `value` is a text, a number (seconds or milliseconds since 1970, where that lies between 1990 and 2100), a date or
    a datetime. `order` says whether the day or the month goes first in dates like 05/04/2024; without it these are
    none. The day is that of the value's own offset.
    """
    if isinstance(value, datetime):
        return _of_moment(value, basis)
    if isinstance(value, date):
        return Stamp(value, basis) if _FIRST_YEAR <= value.year <= _LAST_YEAR else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(float(value), basis) or _of_text(str(value), basis, order)
    return _of_text(value.strip(), basis, order) if isinstance(value, str) else None


def written(stamp: Stamp) -> str:
    """The moment where one is known, else the day, in ISO 8601."""
    return stamp.at or stamp.day.isoformat()


def _of_text(text: str, basis: PublishedBasis, order: Order | None) -> Stamp | None:
    text = text[:200]  # what is longer is no date, and a date may stand in it
    if _NUMBER.fullmatch(text):
        return _of_number(float(text), basis) or _of_day(find_date(text, order), basis)
    try:
        if iso := _ISO.match(text):
            day, clock, zero, hours, minutes = iso.groups()
            offset = "+00:00" if zero else f"{hours}:{minutes or '00'}"
            return _of_moment(datetime.fromisoformat(f"{day}T{clock}{offset}"), basis)
        if _MAIL.match(text):
            return _of_moment(parsedate_to_datetime(text), basis)
    except (ValueError, OverflowError):
        pass  # a 31st of June, an offset of 99 hours: perhaps its day can still be read
    return _of_day(find_date(text, order), basis)


def _of_moment(moment: datetime, basis: PublishedBasis) -> Stamp | None:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    at = moment.replace(microsecond=0).isoformat() if moment.tzinfo else None
    return Stamp(moment.date(), basis, at)


def _of_number(number: float, basis: PublishedBasis) -> Stamp | None:
    for seconds in (number, number / 1000):
        if _FIRST <= seconds < _LAST:
            return _of_moment(datetime.fromtimestamp(int(seconds), UTC), basis)
    return None


def _of_day(day: date | None, basis: PublishedBasis) -> Stamp | None:
    return Stamp(day, basis) if day else None
