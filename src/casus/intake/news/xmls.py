"""XML: which news format it is, by its root element, and who reads that."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import cast

from casus.errors import FormatError
from casus.intake.formats import Format, Intake, Made
from casus.intake.news.xmlsafe import root_of
from casus.intake.raw import Raw

_READERS = {
    "rss": "casus.intake.news.feeds",
    "rdf": "casus.intake.news.feeds",
    "feed": "casus.intake.news.feeds",
    "opml": "casus.intake.news.opml",
    "nitf": "casus.intake.news.nitf",
    "newsitem": "casus.intake.news.newsml",
    "newsmessage": "casus.intake.news.newsml",
    "packageitem": "casus.intake.news.newsml",
    "conceptitem": "casus.intake.news.newsml",
    "knowledgeitem": "casus.intake.news.newsml",
    "planningitem": "casus.intake.news.newsml",
    "catalogitem": "casus.intake.news.newsml",
    "newsml": "casus.intake.news.newsml",
}


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The documents of a feed or of a news item. Raises FormatError for other XML, and for XML that is unsafe."""
    root = root_of(raw.head, raw.name)
    reader = _READERS.get(root.lower())
    if reader is None:
        raise FormatError(
            f"{raw.name} is XML of a kind that is not read: its first element is <{root}>",
            "feeds (RSS, Atom), NITF and NewsML-G2 are read; convert it to one of them, to HTML or to JSON",
        )
    yield from cast(Format, import_module(reader)).read(raw, intake)
