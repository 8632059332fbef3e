"""Feeds and news items of our own writing (tests/feeds), and ways to make more of them in a test."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from casus.errors import IntakeError
from casus.intake.formats import Intake, Made
from casus.intake.news import xmls
from casus.intake.raw import Raw
from casus.records import Document, Failure

FEEDS = Path(__file__).parent / "feeds"
FILES = sorted(p.name for p in FEEDS.iterdir())


def sample(name: str) -> bytes:
    return (FEEDS / name).read_bytes()


def made(data: bytes | str, name: str = "f.xml") -> list[Made]:
    """Everything that intake makes of it; a fault of ours is raised."""
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(Intake(debug=True).source(Raw(name, stream)))


def made_of_xml(data: bytes) -> list[Made]:
    """As `made`, but without a look at whether it is XML; what is refused as a whole makes nothing."""
    with suppress(IntakeError):
        return list(xmls.read(Raw.of(data, "f.xml"), Intake(debug=True)))
    return []


def documents(data: bytes | str, name: str = "f.xml") -> list[Document]:
    found = made(data, name)
    assert all(isinstance(d, Document) for d in found), found
    return [d for d in found if isinstance(d, Document)]


def document(data: bytes | str, name: str = "f.xml") -> Document:
    (only,) = documents(data, name)
    return only


def failure(data: bytes | str, name: str = "f.xml") -> Failure:
    (only,) = made(data, name)
    assert isinstance(only, Failure), only
    return only


class Growing(io.RawIOBase):
    """A stream that says how much of it was read; `more` is repeated until `size` bytes are full."""

    def __init__(self, head: str, more: str, size: int) -> None:
        self._held, self._more, self._size, self.read_so_far = head.encode(), more.encode(), size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._held) < len(buffer) and self.read_so_far + len(self._held) < self._size:
            self._held += self._more
        block, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(block)] = block
        self.read_so_far += len(block)
        return len(block)


def rss(*items: str, title: str = "Karvan Post", attributes: str = "") -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" {attributes}><channel><title>{title}</title>{"".join(items)}'
        "</channel></rss>"
    )


REPORT = "The army said on Monday that it had taken the town of Belo. Nine soldiers were killed. Two are missing."


def item(
    description: str = REPORT, *more: str, title: str = "Army takes Belo", link: str = "https://p.example/1"
) -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><description>{escape(description)}</description>"
        f"{''.join(more)}</item>"
    )


def mutated(names: Sequence[str]) -> st.SearchStrategy[bytes]:
    """A sample that was cut off, or has bytes changed, left out, doubled or put in."""

    def change(data: bytes, edits: list[tuple[int, bytes]], cut: int | None) -> bytes:
        for place, put in edits:
            at = place % (len(data) + 1)
            data = data[:at] + put + data[at + (at % 3) :]
        return data if cut is None else data[: cut % (len(data) + 1)]

    tokens = [
        b"<", b">", b"&", b'"', b"'", b"\x00", b"\xff", b"\xe2\x80", b"\xed\xa0\x80", b"\x1b", b"\r\n", b"]]>",
        b"<![CDATA[", b"<!--", b"-->", b"<?a", b"&#1;", b"&x;", b"&#" + b"9" * 5_000 + b";", b"</item>", b"<item>",
        b"<entry/>", b"</p>", b"<p>", b"/>", b"</newsItem>", b"<newsItem>", b"</content>", b"xmlns=''", b"1970",
        b"+99:99", b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    ]  # fmt: skip
    edits = st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from(tokens) | st.binary(max_size=3)), max_size=6)
    return st.builds(change, st.sampled_from([sample(n) for n in names]), edits, st.none() | st.integers(0, 20_000))


WORD = st.text(alphabet="abdegiklmnoprstuvé'’", min_size=1, max_size=9)
SENTENCE = st.lists(WORD, min_size=1, max_size=6).map(
    lambda ws: f"The army of {' '.join(ws)} said on Monday that < 5 & > 2 of them had left the town."
)
REPORTS = st.lists(SENTENCE, min_size=3, max_size=5, unique=True)


def as_item(kind: str, title: str, paragraphs: Sequence[str]) -> str:
    """One report as an entry, in one of the ways in which feeds say it."""
    markup = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
    text = "\n\n".join(paragraphs)
    said = {
        "escaped": f"<description>{escape(markup)}</description>",
        "cdata": f"<description>teaser...</description><content:encoded><![CDATA[{markup}]]></content:encoded>",
        "inline": f"<description>{markup}</description>",
        "xhtml": f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{markup}</div></content>',
        "html": f'<content type="html">{escape(markup)}</content>',
        "text": f'<content type="text">{escape(text)}</content>',
        "lines": f"<description><![CDATA[{html.escape(text)}]]></description>",
    }[kind]
    return f"<title>{escape(title)}</title>{said}"
