"""A web page saved whole into one file (MHTML) -> its HTML; the form is that of mail with attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser

from casus.errors import FormatError, TooLargeError
from casus.intake.formats import Intake, Made
from casus.intake.raw import Raw
from casus.intake.web.pages import page

# The page's pictures lie in the file too, as base64: ten times what a page may have.
_MAX_BYTES = 50_000_000

_BLANK_LINE = re.compile(rb"\r?\n[ \t]{0,20}\r?\n")
# Browsers put the page into the first part; mail programs wrap it once or twice more.
_MAX_DEPTH = 3


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The report of the page; the limit is for the page, as its pictures are not looked at."""
    saved = unpack(raw.data(_MAX_BYTES), raw.name)
    known = replace(raw.known, charset=saved.charset, url=raw.known.url or saved.address)
    yield from page(saved.html, raw.name, known, intake)


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved page: its bytes, and their charset and its address where the file says so."""

    html: bytes
    charset: str | None
    address: str | None


def unpack(data: bytes, name: str) -> Saved:
    """The first page in the file. Raises FormatError where there is none, TooLargeError past 50 MB."""
    if len(data) > _MAX_BYTES:
        raise TooLargeError(f"{name} has {len(data) / 1e6:,.1f} MB; a saved page may have 50 MB with its pictures")
    data = data.lstrip()
    part = next(_pages(data, _MAX_DEPTH), None)
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes):
        raise FormatError(f"{name} says that it is a saved web page and holds none", "save the page again, as HTML")
    head = _head(data)
    said = [part["Content-Location"], head["Snapshot-Content-Location"], head["Content-Location"]]
    address = next((str(a).strip() for a in said if a and re.match(r"\s*https?://\S+\s*\Z", str(a))), None)
    return Saved(payload, part.get_content_charset(), address)


def _pages(data: bytes, depth: int) -> Iterator[Message]:
    """The parts that are HTML. Parts are found by hand and only pages parsed: the parser's time grows with depth."""
    head = _head(data)
    if head.get_content_type() == "text/html":
        yield message_from_bytes(data)
        return
    boundary = head.get_boundary()
    if head.get_content_maintype() != "multipart" or not boundary or not depth:
        return
    mark = rb"(?:\A|\n)--" + re.escape(boundary.encode("utf-8", "surrogateescape")) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    start = None
    for match in re.finditer(mark, data):
        if start is not None:
            yield from _pages(data[start : match.start()], depth - 1)
        start = match.end()
    # a file that was cut off has no mark at its end
    if start is not None:
        yield from _pages(data[start:], depth - 1)


def _head(data: bytes) -> Message:
    end = _BLANK_LINE.search(data)
    return BytesHeaderParser().parsebytes(data[: min(end.start() if end else 65_536, 65_536)])
