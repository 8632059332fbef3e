"""Feeds (RSS 0.9x, 1.0, 2.0, Atom): one report an entry, where the entry has its text and not only a teaser.

Read by our own code: feedparser takes 7 s for an author of 40,000 letters and 5 s for an element of 20,000 attributes,
each growing with the square, asks the clock for dates, holds the whole feed, and reads all of it loosely where one
entry is broken. The tests hold what we find against what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from casus.errors import EmptyError, FormatError, TooLargeError
from casus.intake.build import Source, of_text
from casus.intake.formats import Intake, Made, failure
from casus.intake.metadata import merged
from casus.intake.news.feednames import publisher_of
from casus.intake.news.feedparts import Fields, byline, link, loosely
from casus.intake.news.feedtext import Body, body_of, require_report
from casus.intake.news.pieces import Frame, Piece, pieces
from casus.intake.news.wiredates import later, same, stamp_of, written
from casus.intake.news.xmlsafe import child, local, opened
from casus.intake.raw import MAX_BYTES, Known, Raw, Stamp, megabytes
from casus.intake.web.meta import without_site
from casus.records import Document, Failure

_ROOTS = {"rss": ("item",), "rdf": ("item",), "feed": ("entry",)}
# In the order in which they are believed.
_PUBLISHED = ("pubdate", "published", "atom:published", "issued", "dc:issued", "dc:date", "created", "dc:created")
_UPDATED = ("updated", "atom:updated", "modified", "dc:modified")
_SUMMARY = ("description", "summary", "dc:description")
_ONLY_CHANGED = "the feed says only when it was last changed: taken as its publication"
_PERIODS = {"hourly": 60, "daily": 1_440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself: its title as written, who publishes it, how many minutes to wait between looks."""

    title: str | None = None
    publisher: str | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed, `number` from 1 in the feed's order; None where the feed does not say.

    `content` and `summary` are HTML as the feed has it; `published` has the basis "feed" and the believed stamp first;
    `modified` is a day or a moment (ISO 8601), where it is another than the publication; `xml` is the entry as it
    stands in the feed.
    """

    number: int
    guid: str | None
    link: str | None
    title: str | None
    publisher: str | None
    byline: str | None
    published: tuple[Stamp, ...]
    modified: str | None
    content: str | None
    summary: str | None
    notes: tuple[str, ...]
    xml: str

    @property
    def body(self) -> Body:
        """Its text: `whole` tells whether it is the report and no summary, `readable` whether it is enough."""
        return body_of(self.content, self.summary, self.title)

    @property
    def known(self) -> Known:
        """What it says of its report."""
        return Known(
            title=self.title, url=self.link, publisher=self.publisher, byline=self.byline, published=self.published,
            modified=self.modified,
        )  # fmt: skip


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The report of each entry. Raises FormatError for what is no feed, EmptyError for one without entries."""
    found = False
    for entry in _entries(raw, intake.given.limit):
        found = True
        if isinstance(entry, Failure):
            yield entry
            continue
        name = f"{raw.name}#{entry.number}"
        # what is said of the feed is not said of its entries, but for who publishes it and when it was got
        known = replace(
            entry.known, publisher=raw.known.publisher or entry.publisher, retrieved=raw.known.retrieved,
            notes=raw.known.notes,
        )  # fmt: skip
        yield from intake.item(name, entry.xml.encode(), known, _maker(entry, Source(name, known, intake.given)))
    if not found:
        raise EmptyError(f"{raw.name} is a feed without entries")


def _maker(entry: Entry, source: Source) -> Any:
    return lambda: document(entry, source)


def document(entry: Entry, source: Source) -> Document:
    """The report in an entry. `source.known` goes before what the entry says. Raises EmptyError, ShortError and what
    `build.of_text` raises."""
    body = entry.body
    require_report(body, source.name, entry.link)
    source = replace(source, known=merged(source.known, entry.known)).noting(*entry.notes)
    if not body.whole:
        source = source.noting(f"the feed has only {'the beginning' if body.cut else 'a summary'} of this report")
    text = "\n\n".join([entry.title, *body.paragraphs] if entry.title else body.paragraphs)
    return of_text(text, source, media_type="text/html", captions=body.captions)


def about(data: bytes, name: str, base: str | None = None) -> About:
    """What a feed says of itself. Raises FormatError for what is no feed."""
    return _about(_parts(_raw(data, name, base), MAX_BYTES)[0])


def entries(data: bytes, name: str, base: str | None = None, limit: int = MAX_BYTES) -> Iterator[Entry | Failure]:
    """Every entry of a feed in its order; one that cannot be read is a Failure. Raises FormatError for what is no feed.

    `name` is for messages, `base` is the address of the feed, by which relative links are resolved, `limit` is in
    characters and for one entry. Asks no clock and no network.
    """
    yield from _entries(_raw(data, name, base), limit)


def _raw(data: bytes, name: str, base: str | None) -> Raw:
    return Raw.of(data, name, Known(url=base))


def _entries(raw: Raw, limit: int) -> Iterator[Entry | Failure]:
    frame, rest = _parts(raw, limit)
    feed, base = _about(frame), _base(frame, raw.known.url)
    for piece in rest:
        name = f"{raw.name}#{piece.number}"
        if piece.xml is None:
            error = TooLargeError(f"{name} has more than {megabytes(limit)}; one report may have no more")
            yield failure(name, error)
            continue
        element, notes = _element(piece, frame, name)
        entry = _entry(element, piece, feed, base)
        if entry is None:
            yield failure(name, FormatError(f"{name} says nothing: it has no title, link or text"))
        else:
            yield replace(entry, notes=(*piece.notes, *notes, *entry.notes))


def _parts(raw: Raw, limit: int) -> tuple[Frame, Iterator[Piece]]:
    """The head of the feed, and its entries."""
    source = opened(raw)
    root = source.root.lower()
    if root not in _ROOTS:
        raise FormatError(f"{raw.name} is no feed: its first element is <{source.root}>")
    rest = pieces(source.blocks, _ROOTS[root], limit)
    return Frame(next(rest).xml or ""), rest


def _element(piece: Piece, frame: Frame, name: str) -> tuple[Any, tuple[str, ...]]:
    """The entry, by its tags alone where it is broken XML."""
    xml = piece.xml or ""
    try:
        return frame.element(xml, name), ()
    except FormatError:
        why = "it is broken XML" if piece.whole else "its end is missing"
        return loosely(xml), (f"the entry was read by its tags alone: {why}",)


def _head(frame: Frame) -> Any | None:
    """The element that has the feed's own title: the channel of RSS, the root of Atom."""
    if frame.root is None:
        return None
    channel = child(frame.root, "channel")
    return frame.root if channel is None else channel


def _base(frame: Frame, address: str | None) -> str | None:
    """The address that the feed's relative links start from."""
    head = _head(frame)
    return (None if head is None else head.base) or address


def _about(frame: Frame) -> About:
    head = _head(frame)
    if head is None:
        return About()
    fields = Fields(head)
    title = fields.text("title", "dc:title")
    return About(title, fields.text("dc:publisher") or publisher_of(title), _every(fields))


def _every(fields: Fields) -> int | None:
    """How often it asks to be looked at, in minutes."""
    if (ttl := fields.text("ttl")) and re.fullmatch(r"[1-9]\d{0,5}", ttl):
        return int(ttl)
    period = _PERIODS.get((fields.text("sy:updateperiod") or "").lower())
    times = fields.text("sy:updatefrequency") or "1"
    return period // int(times) or None if period and re.fullmatch(r"[1-9]\d{0,3}", times) else None


def _entry(element: Any, piece: Piece, feed: About, base: str | None) -> Entry | None:
    """An entry by its fields; None where it has none that says anything."""
    fields = Fields(element)
    content = _content(fields)
    summary = fields.markup(*_SUMMARY)
    publisher = _source(fields) or fields.text("dc:publisher") or feed.publisher
    title = fields.text("title", "dc:title")
    address = link(fields, element.base or base)
    if not (content or summary or title or address):
        return None
    published, modified, notes = _dates(fields)
    return Entry(
        number=piece.number, guid=fields.text("guid", "id"), link=address,
        title=without_site(title, publisher) if title else None, publisher=publisher, byline=byline(fields),
        published=published, modified=modified, content=content, summary=summary, notes=notes, xml=piece.xml or "",
    )  # fmt: skip


def _content(fields: Fields) -> str | None:
    """The element that has the whole text. Atom's may lie elsewhere (`src`), or be a picture or a sound."""
    return fields.markup("content:encoded", "content", "atom:content", "xhtml:body", "body")


def _source(fields: Fields) -> str | None:
    """The paper that an aggregator has the entry from: RSS names it, Atom puts in the head of its feed."""
    source = next(fields.all("source"), None)
    if source is None:
        return None
    if any(local(c) for c in source):
        return publisher_of(Fields(source).text("title"))
    return publisher_of(fields.text("source"))


def _dates(fields: Fields) -> tuple[tuple[Stamp, ...], str | None, tuple[str, ...]]:
    """When it was published, when it was changed since, and notes on what could not be read."""
    published, unread = _stamps(fields, _PUBLISHED)
    updated, _ = _stamps(fields, _UPDATED)
    notes = tuple(f"published {text[:40]!r} is no date that we can read" for text in unread)
    if not published and updated:
        # Atom asks for this one and not for the other, and most feeds of one date mean the publication
        return (
            tuple(updated[:1]),
            None,
            (*notes, _ONLY_CHANGED),
        )
    changed = next((s for s in updated if published and not same(s, published[0])), None)
    modified = written(changed) if changed and later(changed, published[0]) else None
    return tuple(published), modified, notes


def _stamps(fields: Fields, names: tuple[str, ...]) -> tuple[list[Stamp], list[str]]:
    """Each date of these fields once, and what is none."""
    stamps: list[Stamp] = []
    unread: list[str] = []
    for name in names:
        if text := fields.text(name):
            stamp = stamp_of(text, "feed")
            if stamp is None:
                unread.append(text)
            elif not any(same(stamp, other) for other in stamps):
                stamps.append(stamp)
    return stamps, unread
