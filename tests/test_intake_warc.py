"""Crawls: what is a report in them is found, with the address and time of its record."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
from warcio.archiveiterator import ArchiveIterator

from casus.intake import documents_from_bytes
from casus.intake.raw import Raw
from casus.records import Document
from tests.crawled import CHUNKS, HTML, MB, PAGES, WORDS, Kept, chunked, crawl, raw_record
from tests.spy import Spy, piped, spied


def offsets(data: bytes) -> list[int]:
    """Where warcio finds the records."""
    records = ArchiveIterator(io.BytesIO(data))
    return [records.get_record_offset() for _ in records]


@pytest.mark.parametrize("packed", [True, False])
def test_records_are_known_by_where_they_stand(packed: bool) -> None:
    data = crawl([Kept(page) for page in PAGES], packed=packed)
    spy, failures = spied(data, "x.warc.gz")
    assert (spy.contents, failures) == (PAGES, [])
    assert spy.names == [f"x.warc.gz@{offset}" for offset in offsets(data)[1:]]
    assert spied(data, "x.warc.gz", stream=piped(data, 99))[0].items == spy.items


def test_a_crawl_packed_as_a_whole_has_offsets_in_its_member() -> None:
    plain = crawl([Kept(page) for page in PAGES], packed=False)
    spy, failures = spied(gzip.compress(plain), "x.warc.gz")
    assert (spy.contents, failures) == (PAGES, [])
    assert spy.names == [f"x.warc.gz@0+{offset}" for offset in offsets(plain)[1:]]


def test_a_page_has_the_address_and_the_time_of_its_record() -> None:
    (document,) = documents_from_bytes(crawl([Kept(PAGES[0], address="https://post.example/belo")]), name="x.warc.gz")
    assert isinstance(document, Document)
    assert document.text.endswith(WORDS.format("three"))
    assert (document.url, document.retrieved) == ("https://post.example/belo", "2024-03-05T10:00:00Z")
    # it was fetched then; when it was published nobody says
    assert (document.published, document.media_type) == (None, "text/html")


def test_the_charset_of_the_answer_counts() -> None:
    page = PAGES[0].decode().replace("Belo", "Beło").encode("cp1250")
    (document,) = documents_from_bytes(
        crawl([Kept(page, [("content-type", 'text/html;charset="windows-1250"')])]), name="x.warc"
    )
    assert isinstance(document, Document)
    assert "Beło" in document.text
    spy, _ = spied(crawl([Kept(page, [("Content-Type", "Text/HTML; charset=Windows-1250; x=y")])]), "x.warc")
    assert (spy.items[0][2].charset, spy.items[0][2].media_type) == ("Windows-1250", "text/html")


@pytest.mark.parametrize(
    "kept",
    [
        Kept(PAGES[0], status="404 Not Found"),
        Kept(PAGES[0], status="301 Moved"),
        Kept(PAGES[0], status="206 Partial Content"),
        Kept(PAGES[0], [("Content-Type", "image/png")]),
        Kept(PAGES[0], [("Content-Type", "text/css")]),
        Kept(b"<svg/>", [("Content-Type", "image/svg+xml")]),
        Kept(b'{"a": 1}', [("Content-Type", "application/json")]),
        Kept(b"<urlset><url/></urlset>", [("Content-Type", "application/xml")]),
        Kept(b"what this is nobody says", []),
        Kept(b"User-agent: *", [("Content-Type", "text/plain")], address="https://post.example/robots.txt"),
        Kept(b"GET / HTTP/1.1\r\nHost: post.example\r\n\r\n", [("X", "y")], kind="request"),
        Kept(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", [("X", "y")], kind="revisit"),
        Kept(b"a: b", [("Content-Type", "application/warc-fields")], kind="metadata"),
        Kept(b"words", [("Content-Type", "text/plain")], kind="conversion"),
        Kept(b"words", [("Content-Type", "text/plain")], kind="resource", address="urn:text:https://post.example/a"),
        Kept(b"1.2.3.4", [("Content-Type", "text/dns")], kind="resource", address="dns:post.example"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_what_is_no_report_is_passed_over(kept: Kept, packed: bool) -> None:
    spy, failures = spied(crawl([kept, Kept(PAGES[1])], packed=packed), "x.warc")
    assert (spy.contents, failures) == ([PAGES[1]], [])


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PAGES[0], "application/xhtml+xml"),
        (PAGES[0], "application/xml"),
        (WORDS.encode(), "text/plain"),
        (b"%PDF-1.4", "application/pdf"),
        (b"%PDF-1.4", "text/html"),
        (b"<?xml version='1.0'?><rss version='2.0'></rss>", "text/html"),
        (b"<?xml version='1.0'?><rss version='2.0'></rss>", "application/rss+xml"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/json"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/feed+json"),
    ],
)
@pytest.mark.parametrize("kind", ["response", "resource"])
def test_feeds_and_files_are_read_as_what_they_are(
    body: bytes, media_type: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[bytes]()
    whole = Spy.read

    def noting(self: Spy, raw: Raw) -> object:
        if raw.depth:
            read.append(raw.data(MB))
            return iter(())
        return whole(self, raw)

    monkeypatch.setattr(Spy, "read", noting)
    spy, failures = spied(crawl([Kept(body, [("Content-Type", media_type)], kind=kind)]), "x.warc.gz")
    assert (spy.contents + read, failures) == ([body], [])
    assert bool(read) == body.startswith((b"%PDF", b"<?xml", b"{"))


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (chunked(PAGES[0]), [CHUNKS]),
        (chunked(PAGES[0], extra=" ;a=b"), [CHUNKS]),
        (chunked(PAGES[0])[:-5], [CHUNKS]),
        # what the crawler took away already
        (PAGES[0], [CHUNKS]),
        (PAGES[0], [("Content-Encoding", "gzip")]),
        (PAGES[0], [("Content-Encoding", "br")]),
        (gzip.compress(PAGES[0]), [("content-encoding", "GZip")]),
        (gzip.compress(PAGES[0]), [("Content-Encoding", "x-gzip, identity")]),
        (zlib.compress(PAGES[0]), [("Content-Encoding", "deflate")]),
        (deflated(PAGES[0]), [("Content-Encoding", "deflate")]),
        (gzip.compress(zlib.compress(PAGES[0])), [("Content-Encoding", "deflate, gzip")]),
        (chunked(gzip.compress(PAGES[0])), [CHUNKS, ("Content-Encoding", "gzip")]),
    ],
)
def test_chunks_and_packing_of_the_answer_are_undone(body: bytes, fields: list[tuple[str, str]]) -> None:
    spy, failures = spied(crawl([Kept(body, [HTML, *fields])]), "x.warc")
    assert (spy.contents, failures) == ([PAGES[0]], [])


@pytest.mark.parametrize(
    ("body", "fields", "says"),
    [
        (chunked(PAGES[0])[:-30], [CHUNKS], "breaks off"),
        (chunked(PAGES[0]).replace(b"\r\n28", b"\r\nxx"), [CHUNKS], "chunks"),
        (gzip.compress(PAGES[0])[:-9], [("Content-Encoding", "gzip")], "breaks off"),
        (gzip.compress(PAGES[0])[:-8] + bytes(8), [("Content-Encoding", "gzip")], "broken"),
        (b"\x01\x02" + PAGES[0], [("Content-Encoding", "br")], "'br'"),
        (PAGES[0], [("Content-Encoding", "gzip, gzip, gzip")], "3 times"),
    ],
)
def test_an_answer_that_cannot_be_undone_is_a_failure(body: bytes, fields: list[tuple[str, str]], says: str) -> None:
    spy, failures = spied(crawl([Kept(body, [HTML, *fields]), Kept(PAGES[1])]), "x.warc")
    assert spy.contents == [PAGES[1]]
    assert [f.code for f in failures] == ["format"]
    assert says in failures[0].message
    assert failures[0].item.startswith("x.warc@")


def test_fields_are_read_as_crawlers_write_them() -> None:
    fields = [
        "WARC-Target-URI: <https://post.example/wget>", "warc-date:2024-03-05T10:00:00.123456Z",
        "Content-Type: text/html;\r\n charset=utf-8", "WARC-Truncated: length\x1b", "no colon",
        "WARC-Date: 2000-01-01T00:00:00Z",
    ]  # fmt: skip
    spy, failures = spied(raw_record(PAGES[0], *fields).replace(b"WARC/1.0", b"WARC/1.1"), "x.warc")
    assert not failures
    known = spy.items[0][2]
    assert (known.url, known.retrieved) == ("https://post.example/wget", "2024-03-05T10:00:00.123456Z")
    assert known.charset == "utf-8"
    assert known.notes == ("the crawler cut it off (length�)",)
    odd = ["WARC-Target-URI: file:///a\x00b", "WARC-Date: yesterday", "Content-Type: text/html"]
    known = spied(raw_record(PAGES[0], *odd), "x.warc")[0].items[0][2]
    assert (known.url, known.retrieved, known.charset) == (None, None, None)
    # a crawl whose lines end as in Unix
    spy, failures = spied(raw_record(PAGES[0]).replace(b"\r\n", b"\n").replace(b"123", b"121"), "x.warc")
    assert len(spy.items) + len(failures) == 1


def test_a_record_in_pieces_is_not_taken_for_whole() -> None:
    spy, failures = spied(raw_record(PAGES[0], "Content-Type: text/html", "WARC-Segment-Number: 1"), "x.warc")
    assert (spy.items, [f.code for f in failures]) == ([], ["format"])


def test_a_crawl_without_pages_says_so() -> None:
    _, failures = spied(crawl([]), "x.warc.gz")
    assert [f.code for f in failures] == ["empty"]
