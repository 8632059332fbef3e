"""What `casus watch` says of a record in its own captures: that it is a feed, or what the feed said of the page.

It stands in a field of the record that crawlers use for such (`WARC-JSON-Metadata`), under our name, so that a capture
that is read again gives the documents that it gave the first time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from casus.intake.metadata import merged
from casus.intake.raw import Known, Stamp
from casus.records import Document, Failure

FIELD = "WARC-JSON-Metadata"
_OURS = "casus"
_TEXTS = ("title", "publisher", "byline", "modified")
# A head may have 65,536 bytes, of which an escaped letter takes six; feeds' own fields are cut at 2,000 characters.
_CHARS, _MANY = 2_000, 20


@dataclass(frozen=True, slots=True)
class Told:
    """`feed`: a feed whose entries are kept beside it, so that it holds no report of its own. `known`: what the feed
    says of a page; its dates stand behind those for machines in the page, all else where the page says nothing.
    """

    feed: bool = False
    known: Known = field(default_factory=Known)


def to_json(known: Known) -> str:
    """What a feed says of a page, in ASCII on one line."""
    said: dict[str, Any] = {name: value[:_CHARS] for name in _TEXTS if (value := getattr(known, name))}
    if known.published:
        said["published"] = [[s.day.isoformat(), s.at] for s in known.published[:_MANY]]
    if known.notes:
        said["notes"] = [note[:_CHARS] for note in known.notes[:_MANY]]
    return json.dumps(said, separators=(",", ":"))


def of_json(text: str) -> Known:
    """What `to_json` wrote down; nothing of what somebody else did."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return Known()
    return _known(said) if isinstance(said, dict) else Known()


def to_field(told: Told) -> str:
    """The value of FIELD."""
    said = '"feed":true' if told.feed else f'"known":{to_json(told.known)}'
    return f'{{"{_OURS}":{{{said}}}}}'


def of_field(value: str) -> Told:
    """What the field of a record says; nothing where it is not ours."""
    try:
        ours = json.loads(value or "{}")[_OURS]
        return Told(ours.get("feed") is True, _known(ours.get("known", {})))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return Told()


def of_page(known: Known, told: Told) -> Known:
    """What is known of a page from its record, with the feed's dates and notes."""
    return merged(known, Known(published=told.known.published, modified=told.known.modified, notes=told.known.notes))


def filled(made: Document | Failure, told: Told) -> Document | Failure:
    """The document with what the feed says where the page says nothing."""
    if isinstance(made, Failure):
        return made
    said = told.known
    return replace(
        made, title=made.title or said.title, publisher=made.publisher or said.publisher,
        byline=made.byline or said.byline,
    )  # fmt: skip


def _known(said: Mapping[str, Any]) -> Known:
    title, publisher, byline, modified = (_text(said.get(name)) for name in _TEXTS)
    stamps, notes = said.get("published"), said.get("notes")
    return Known(
        title=title, publisher=publisher, byline=byline, modified=modified,
        published=tuple(s for pair in stamps[:_MANY] if (s := _stamp(pair))) if isinstance(stamps, list) else (),
        notes=tuple(n for note in notes[:_MANY] if (n := _text(note))) if isinstance(notes, list) else (),
    )  # fmt: skip


def _text(value: object) -> str | None:
    # halves of characters, and what would do something to a terminal, are not printable
    return "".join(c for c in value[:_CHARS] if c.isprintable()) or None if isinstance(value, str) else None


def _stamp(pair: Any) -> Stamp | None:
    try:
        day, at = pair
        moment = datetime.fromisoformat(at) if at is not None else None
        return Stamp(date.fromisoformat(day), "feed", at if moment and moment.tzinfo else None)
    except (ValueError, TypeError):
        return None
