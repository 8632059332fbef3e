"""Pages of events: a cursor says behind which event the next begins, so that what is added meanwhile moves nothing."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import date

import orjson

from casus.errors import UsageError
from casus.events import Event
from casus.ledger.queries import UNDATED, Filter
from casus.notebook.desk import Desk


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in order, the cursor of the next page, None at the end, and how many events there are on all pages,
    None where a cursor was given."""

    events: tuple[Event, ...]
    next: str | None
    total: int | None


def event_page(desk: Desk, asked: Filter, cursor: str | None, size: int, *, count: bool = True) -> Page:
    """The page behind the cursor, the first one without; `count`: with how many there are.

    Raises UsageError for a cursor that is none.
    """
    after = None if cursor is None else _after(cursor)
    found = desk.ledger.events(replace(asked, after=after, limit=size + 1))
    more = cursor_of(found[size - 1]) if len(found) > size else None
    return Page(tuple(found[:size]), more, desk.ledger.count(asked) if count and cursor is None else None)


def cursor_of(event: Event) -> str:
    """The cursor of the page that begins behind this event."""
    start = event.when.start
    day = start.isoformat() if start else UNDATED
    return base64.urlsafe_b64encode(orjson.dumps([day, event.id])).decode().rstrip("=")


def _after(cursor: str) -> tuple[str, str]:
    try:
        day, id_ = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if day != UNDATED:
            date.fromisoformat(day)
        if not re.fullmatch(r"evt_[0-9a-z]+", id_):
            raise ValueError(id_)
    except (ValueError, TypeError, binascii.Error):
        raise UsageError("the cursor is none", "give `next` of the page before, as it is") from None
    return day, id_
