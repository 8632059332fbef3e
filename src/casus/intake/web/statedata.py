"""The date of a report in the data that its page's program is given (`__NEXT_DATA__`, `window.__STATE__ = {...}`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from casus.intake.moments import stamp_of
from casus.intake.raw import Stamp
from casus.intake.web.meta import PageFacts, alike
from casus.text import fold

_PUBLISHED = re.compile(
    r"publish|pubdate|created?(?:at|on|_|d$|$)|first|issued|^date$|^time$|timestamp|datetime", re.IGNORECASE
)
_OTHER = re.compile(r"modif|updat|expir|last|latest|end|crawl|now|server|render|build|fetch|event|birth", re.IGNORECASE)
_TOLD = re.compile(
    r"([\w.-]{0,30}(?:publish|pub_?date|datecreated|(?:article|story|release|issue)_?date)[\w.-]{0,30})['\"]?\s{0,5}[:=,]"
    r"\s{0,5}['\"]?([^'\"<>{}\[\],;]{8,40})",
    re.IGNORECASE,
)
_HEADLINES = re.compile(r"['\"](?:title|headline|name)['\"]\s{0,5}:", re.IGNORECASE)
# Such data can have the whole site in it: what is larger is not looked at, and of an object tree no more than this.
_MAX_BYTES, _MAX_OBJECTS = 2_000_000, 20_000
# Numbers as short as these are found in any address by chance; texts as short are no headlines.
_ID_DIGITS, _TITLE_CHARS = 5, 12
# How programs that make scripts small write true, false and null, which JSON does not know.
_LITERALS = {"!0": "true", "!1": "false", "void 0": "null", "undefined": "null"}
_LITERAL = re.compile(r"(?<=[:,\[])(!0|!1|void 0|undefined)(?=[,}\]])")
# Seconds since 1970 have ten digits, milliseconds thirteen. Time zones lie quarters of an hour apart.
_EPOCH_DIGITS, _QUARTER, _SOON = frozenset({10, 13}), timedelta(minutes=15), timedelta(days=2)


def state_stamps(
    scripts: Sequence[str], facts: PageFacts, shown: Sequence[tuple[int, int]], changes: Sequence[datetime] = ()
) -> list[Stamp]:
    """The date of the object with the report's headline, address or number; one at most.

    `shown` are month and day of the page's visible lines: where there are any, the date must be one of them. `changes`
    are the moments at which visible lines say that it was changed, in the page's own time.
    """
    titles = [fold(t.value) for t in facts.titles]
    stamps: list[Stamp] = []
    for script in scripts:
        for found in _objects(script):
            if _is_report(found, titles, facts.url):
                dates = [(k, v) for k, v in found.items() if _PUBLISHED.search(k) and not _OTHER.search(k)]
                dates.sort(key=lambda pair: "publish" not in pair[0].lower())
                own = [s for _, v in dates if (s := stamp_of(v, "meta"))]
                stamps += own or _before_change(found, changes)
    if not shown:
        return stamps[:1]
    near = ((s, s.day + timedelta(d)) for s in stamps for d in (0, 1, -1))
    return [s for s, day in near if (day.month, day.day) in shown][:1]


def _before_change(found: dict[str, Any], changes: Sequence[datetime]) -> list[Stamp]:
    """The moment beside that of the change, in a report's object whose names say nothing (`dl`, `upd`).

    That its moments are the report's, and how far the page's time is from UTC, is known where one of them is the change
    that the page shows; the publication is the only other one, at most two days before.
    """
    numbers = {k: m for k, v in found.items() if type(v) is int and (m := _moment(v))}
    for change in changes:
        for key, moment in numbers.items():
            away = change - moment
            if not timedelta(hours=-12) <= away <= timedelta(hours=14) or away % _QUARTER:
                continue
            others = [m for k, m in numbers.items() if k != key and not _OTHER.search(k)]
            if len(others) == 1 and timedelta(0) <= moment - others[0] <= _SOON:
                here = (others[0] + away).replace(tzinfo=timezone(away))
                return [Stamp(here.date(), "meta", here.isoformat())]
    return []


def _moment(number: int) -> datetime | None:
    """A number of seconds or milliseconds as a moment in UTC, without its seconds; None for one of another length."""
    stamp = stamp_of(number, "meta") if len(str(number)) in _EPOCH_DIGITS else None
    return datetime.fromisoformat(stamp.at).replace(tzinfo=None, second=0) if stamp and stamp.at else None


def lone_stamp(scripts: Sequence[str]) -> list[Stamp]:
    """The one day that the page's programs are told as that of publication (`dataLayer = [{'publishDate': ...}]`).

    None where they are told several, which are those of other reports, too; nor from data with headlines in it, for
    `state_stamps` did not find this report's among them.
    """
    found: dict[date, Stamp] = {}
    for script in scripts:
        if _HEADLINES.search(script[:_MAX_BYTES]):
            continue
        for match in _TOLD.finditer(script[:_MAX_BYTES]):
            if not _OTHER.search(match[1]) and (stamp := stamp_of(match[2], "meta")):
                found.setdefault(stamp.day, stamp)
    return list(found.values()) if len(found) == 1 else []


def _objects(script: str) -> Iterator[dict[str, Any]]:
    """The objects of the first JSON value in a script."""
    start = re.search(r"[{\[]\s{0,20}[\"{\[]", script)
    if start is None or len(script) > _MAX_BYTES:
        return
    script = _LITERAL.sub(lambda m: _LITERALS[m[1]], script[start.start() :])
    try:
        queue = [json.JSONDecoder(strict=False).raw_decode(script)[0]]
    except (ValueError, RecursionError):
        return
    at = 0
    while at < len(queue) and at < _MAX_OBJECTS:
        value = queue[at]
        at += 1
        if isinstance(value, dict):
            yield value
            queue.extend(v for v in value.values() if isinstance(v, dict | list))
        elif isinstance(value, list):
            queue.extend(v for v in value if isinstance(v, dict | list))


def _is_report(found: dict[str, Any], titles: Sequence[str], url: str | None) -> bool:
    """Whether an object of the data has the report's headline, or its address or number as it stands in the address."""
    for key, value in found.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            continue
        text = str(value)
        if len(text) > _TITLE_CHARS and any(fold(text) == t or (len(t) > 30 and alike(text, t) == 1.0) for t in titles):
            return True
        if url is None:
            continue
        if (
            key.lower().endswith("id")
            and len(text) >= _ID_DIGITS
            and re.search(rf"(?<!\d){re.escape(text)}(?!\w)", url)
        ):
            return True
        address = text.startswith(("http", "/")) and len(text) > _TITLE_CHARS
        if address and url.rstrip("/").endswith(text.rstrip("/")):
            return True
    return False
