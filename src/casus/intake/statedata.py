"""The date of a report in the data that its page's program is given (`__NEXT_DATA__`, `window.__STATE__ = {...}`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from casus.intake.meta import PageFacts, alike
from casus.intake.moments import stamp_of
from casus.intake.raw import Stamp
from casus.text import fold

_PUBLISHED = re.compile(
    r"publish|pubdate|created?(?:at|on|_|d$|$)|first|issued|^date$|^time$|timestamp|datetime", re.IGNORECASE
)
_OTHER = re.compile(r"modif|updat|expir|last|end|crawl|now|server|render|build|fetch|event|birth", re.IGNORECASE)
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


def state_stamps(scripts: Sequence[str], facts: PageFacts, shown: Sequence[tuple[int, int]]) -> list[Stamp]:
    """The date of the object with the report's headline, address or number; one at most.

    `shown` are month and day of the page's visible lines: where there are any, the date must be one of them.
    """
    titles = [fold(t.value) for t in facts.titles]
    stamps: list[Stamp] = []
    for script in scripts:
        for found in _objects(script):
            if _is_report(found, titles, facts.url):
                dates = [(k, v) for k, v in found.items() if _PUBLISHED.search(k) and not _OTHER.search(k)]
                dates.sort(key=lambda pair: "publish" not in pair[0].lower())
                stamps += [s for _, v in dates if (s := stamp_of(v, "meta"))]
    if not shown:
        return stamps[:1]
    near = ((s, s.day + timedelta(d)) for s in stamps for d in (0, 1, -1))
    return [s for s, day in near if (day.month, day.day) in shown][:1]


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
    try:
        queue = [json.JSONDecoder(strict=False).raw_decode(script, start.start())[0]]
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
