"""Crawls (WARC, plain or packed by gzip): the pages, feeds and PDF files that a crawler kept, with address and time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from casus.errors import EmptyError, FormatError, TooLargeError
from casus.intake.formats import Intake, Made, failure
from casus.intake.kinds import is_html
from casus.intake.packs.answer import Answer, answer, body, content_type
from casus.intake.packs.crawl import MAX_HEAD, Broken, Members, Record, Records, Window
from casus.intake.packs.followed import FIELD, filled, of_field, of_page
from casus.intake.packs.naming import harmless
from casus.intake.packs.packed import GZIP
from casus.intake.raw import HEAD_BYTES, Known, Raw, in_pieces, megabytes
from casus.intake.sniff import source_kind
from casus.intake.web.pages import page
from casus.records import Failure

# Media types of reports. What a server calls XML or does not call anything is a report if its bytes are a feed, a
# format of news or a page; what it calls JSON, if it is a feed: other JSON is for scripts.
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_REPORTS = frozenset({"text/plain", "text/markdown", "application/pdf", "application/feed+json", "message/rfc822"})
_XML = re.compile(r"(?:text|application)/(?:xml|[\w.-]+\+xml)")
_JSON, _JSON_FEED = "application/json", b"jsonfeed.org/version"
# Files of a site for machines, at its root.
_FOR_MACHINES = re.compile(r"https?://[^/]+/(?:robots|ads|app-ads|humans|security|llms)\.txt(?:[?#]|\Z)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
# What browsers that crawl keep beside a page: its picture, its text once more, what they found in it.
_BESIDE = re.compile(r"(?:urn:(?:text|page|thumbnail|view|fullpage)|dns:|metadata:|warcinfo:|filedesc:)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z")
_OK = 200


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The documents in each record, which is known by where it begins: "x.warc.gz@4711" is an offset in the file."""
    found, failed = False, ""
    for part in _parts(raw, intake):
        found = True
        if isinstance(part, Record):
            if intake.wanted(part.name):
                for made in _documents(part, raw.depth, intake):
                    failed = part.name if isinstance(made, Failure) else failed
                    yield made
        # one that is too large, and breaks off as well, is told once
        elif part.name != failed:
            yield failure(part.name, part.error)
    if not found and not raw.depth:
        raise EmptyError(f"{raw.name} holds no page", "crawls keep pages in records of the type response or resource")


def _parts(raw: Raw, intake: Intake) -> Iterator[Record | Broken]:
    limit = intake.given.limit + MAX_HEAD
    if not raw.head.startswith(GZIP):
        yield from Records(Window(in_pieces(raw.stream())), partial(_name, raw.name, None), limit)
        return
    for member in Members(raw.stream(), raw.name, intake.spend):
        if isinstance(member, Broken):
            yield member
        else:
            start, window = member
            yield from Records(window, partial(_name, raw.name, start), limit)


def _name(crawl: str, member: int | None, offset: int) -> str:
    """By the offset in the file; where several records lie in one gzip member, by that in the member, too."""
    if member is None:
        return f"{crawl}@{offset}"
    return f"{crawl}@{member}+{offset}" if offset else f"{crawl}@{member}"


@dataclass(frozen=True, slots=True)
class _Item:
    """A report in a record: its bytes, or what they have to be taken out of."""

    known: Known
    answer: Answer | None


def _documents(record: Record, depth: int, intake: Intake) -> Iterator[Made]:
    item, told = None, of_field(record.fields.get(FIELD.lower(), ""))
    if told.feed:
        return
    try:
        item = _item(record)
        data = _bytes(record, item, intake) if item else None
    except (FormatError, TooLargeError) as error:
        # what scripts ask for is no report that could be missed
        if item is None or item.known.media_type != _JSON:
            yield failure(record.name, error)
        # where it has used up the budget, the others need not be tried
        intake.spend(0, record.name)
        return
    if item is None or data is None:
        return
    kind, known = source_kind(data[:HEAD_BYTES], record.name), of_page(item.known, told)
    # servers call feeds pages, and pages that begin with a brace are no JSON of reports
    if kind == "html-or-text" or (item.known.media_type in _PAGES and kind not in ("xml", "pdf", "mhtml")):
        found = page(data, record.name, known, intake)
    else:
        found = intake.read(Raw.of(data, record.name, known, depth + 1))
    yield from (filled(made, told) for made in found)


def _item(record: Record) -> _Item | None:
    """What a record holds, by its heads alone. None where it is no report. Raises FormatError."""
    fields = record.fields
    address = fields.get("warc-target-uri", "").strip("<> \t")
    if _BESIDE.match(address) or _FOR_MACHINES.match(address):
        return None
    head = None
    if fields.get("warc-type", "").lower() == "response":
        if not fields.get("content-type", "application/http").lower().startswith("application/http"):
            return None
        head = answer(record.block, record.name)
        media_type, charset = head.media_type, head.charset
        if head.status != _OK:
            return None
    else:
        media_type, charset = content_type(fields.get("content-type", ""))
    if not _may_be_report(media_type):
        return None
    if "warc-segment-number" in fields:
        raise FormatError(f"{record.name} is a record in pieces, which are not put together", "crawl it again")
    return _Item(_known(fields, address, media_type, charset), head)


def _may_be_report(media_type: str | None) -> bool:
    """By what the server calls it."""
    if media_type is None or media_type in _PAGES or media_type in _REPORTS or media_type == _JSON:
        return True
    return media_type != "image/svg+xml" and bool(_XML.fullmatch(media_type))


def _known(fields: Mapping[str, str], address: str, media_type: str | None, charset: str | None) -> Known:
    day = fields.get("warc-date", "")
    cut = fields.get("warc-truncated")
    notes = (f"the crawler cut it off ({harmless(cut[:40])})",) if cut else ()
    return Known(
        url=address if _ADDRESS.fullmatch(address) else None,
        retrieved=day if _DATE.fullmatch(day) else None,
        charset=charset,
        media_type=media_type,
        notes=notes,
    )


def _bytes(record: Record, item: _Item, intake: Intake) -> bytes | None:
    """A report's bytes; None where they show that it is none. Raises FormatError, TooLargeError."""
    limit, media_type = intake.given.limit, item.known.media_type
    if not record.whole or (item.answer is None and record.size > limit):
        raise TooLargeError(f"{record.name} has {megabytes(record.size)}; one report may have {megabytes(limit)}")
    data = body(record.block, item.answer, record.name, limit, intake.spend) if item.answer else record.block
    if media_type in _PAGES or media_type in _REPORTS:
        return data
    head = data[:HEAD_BYTES]
    if media_type == _JSON:
        return data if _JSON_FEED in head else None
    known = source_kind(head, "") != "html-or-text" or is_html(head.decode("utf-8", "replace"))
    return data if known else None
