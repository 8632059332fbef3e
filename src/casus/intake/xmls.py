"""XML: which news format it is, by its root element, and who reads that."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import cast

from casus.errors import FormatError
from casus.intake.formats import Format, Intake, Made
from casus.intake.raw import Raw
from casus.intake.xmlsafe import root_of

_READERS = {
    "rss": "casus.intake.feeds",
    "rdf": "casus.intake.feeds",
    "feed": "casus.intake.feeds",
    "opml": "casus.intake.opml",
    "nitf": "casus.intake.nitf",
    "newsitem": "casus.intake.newsml",
    "newsmessage": "casus.intake.newsml",
    "packageitem": "casus.intake.newsml",
    "conceptitem": "casus.intake.newsml",
    "knowledgeitem": "casus.intake.newsml",
    "planningitem": "casus.intake.newsml",
    "catalogitem": "casus.intake.newsml",
    "newsml": "casus.intake.newsml",
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
