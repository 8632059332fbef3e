"""OPML: a list of feeds, nested in folders as feed readers export it. It holds no report itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casus.errors import FormatError
from casus.intake.formats import Intake, Made
from casus.intake.news.xmlsafe import cleaned, opened, parsed, recovered, uncontrolled, unescaped
from casus.intake.raw import Raw

# Feed readers of the most eager have some thousand feeds, of 200 bytes each.
_MAX_BYTES = 10_000_000
# The attribute that names a feed, in the spellings that are about; some lists say `url` and what it is of. They are
# asked for by name: lxml takes seconds to list the attributes of an element that has ten thousand.
_ADDRESS, _OTHER = ("xmlUrl", "xmlurl", "xmlURL", "XMLURL", "xmlUri"), ("url", "href")
_FEED_TYPES = frozenset({"rss", "atom", "rss1", "rdf", "feed"})


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that a list names; `title` is None where the list gives it none."""

    url: str
    title: str | None = None


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """No documents: raises FormatError that says what the list is for, or what is wrong with it."""
    found = subscriptions(raw.data(_MAX_BYTES), raw.name)
    raise FormatError(
        f"{raw.name} is a list of {len(found)} feeds (OPML) and holds no report itself",
        f"`casus watch {raw.name}` follows the feeds that it names",
    )
    yield  # a reader of a format is a generator


def subscriptions(data: bytes, name: str) -> tuple[Subscription, ...]:
    """The feeds that a list names, each once, in its order, whatever folders they are in.

    Raises FormatError for what is no OPML, is unsafe XML, or names no feed.
    """
    source = opened(Raw.of(data, name))
    if source.root.lower() != "opml":
        raise FormatError(f"{name} is no list of feeds (OPML): its first element is <{source.root}>")
    xml, _ = cleaned("".join(source.blocks))
    try:
        root = parsed(xml, name)
    except FormatError:
        root = recovered(xml)  # a list that was cut off or edited by hand: what it still names
    found: dict[str, Subscription] = {}
    for element in () if root is None else root.iter():
        subscription = _subscription(element)
        if subscription is not None:
            found.setdefault(subscription.url, subscription)
    if not found:
        raise FormatError(f"{name} is a list of feeds (OPML) and names none", "its outlines need an xmlUrl")
    return tuple(found.values())


def _subscription(outline: Any) -> Subscription | None:
    names = (*_ADDRESS, *_OTHER) if (outline.get("type") or "").lower() in _FEED_TYPES else _ADDRESS
    url = next((url for name in names if (url := _address(outline.get(name) or ""))), None)
    return Subscription(url, _title(outline.get("title")) or _title(outline.get("text"))) if url else None


def _address(text: str) -> str | None:
    """An address of a feed; feed://x and feed:https://x are how some readers write http://x and https://x."""
    text = re.sub(r"\Afeed:(?://)?(?=https?://)", "", "".join(text.split()), flags=re.IGNORECASE)
    text = re.sub(r"\Afeed://", "http://", text, flags=re.IGNORECASE)
    return text if re.match(r"https?://[^/\s<>\"]", text, re.IGNORECASE) and len(text) <= 4_000 else None


def _title(text: str | None) -> str | None:
    return " ".join(uncontrolled(unescaped(text or "")).split())[:300] or None
