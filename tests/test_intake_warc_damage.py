"""Crawls that are broken, or made to do harm: no other record is lost, and nothing takes for ever."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus.intake import formats
from tests.crawled import CHUNKS, HTML, MB, PAGES, Kept, crawl, raw_record
from tests.spy import Spy, spied


def packed(*records: bytes) -> bytes:
    return b"".join(gzip.compress(record) for record in records)


def plain(*records: bytes) -> bytes:
    return b"".join(records)


GOOD = [raw_record(page) for page in PAGES]


@pytest.mark.parametrize("join", [plain, packed, lambda *r: gzip.compress(plain(*r))])
@pytest.mark.parametrize(
    "broken",
    [
        raw_record(PAGES[1], length=20), raw_record(PAGES[1], length=len(PAGES[1]) + 30),
        raw_record(PAGES[1], length=10**7), raw_record(PAGES[1], length=10**17),
        GOOD[1].replace(b"Content-Length: ", b"Content-Length: x"),
        GOOD[1].replace(b"Content-Length", b"Content-Langth"), GOOD[1].replace(b"WARC/1.0", b"WARC/9"),
        GOOD[1].replace(b"Content-Length: ", b"Content-Length: -"), b"garbage\r\n\r\n", b"\x00" * 3_000 + b"\r\n\r\n",
        b"WARC/1.0\r\n" + b"x" * 100_000 + b"\r\n\r\n", b"WARC/1.0\r\n" + b"a: b\r\n" * 20_000 + b"\r\n",
        GOOD[1][: len(GOOD[1]) // 2] + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_a_broken_record_is_one_failure_and_the_next_is_found(broken: bytes, join: Callable[..., bytes]) -> None:
    spy, failures = spied(join(GOOD[0], broken, GOOD[2], GOOD[3]), "x.warc")
    assert spy.contents == [PAGES[0], *PAGES[2:]]
    assert len(failures) == 1
    assert failures[0].code in ("format", "too-large")
    assert failures[0].item.startswith("x.warc@")


@pytest.mark.parametrize(
    "broken",
    [
        gzip.compress(GOOD[1])[:-8] + bytes(8), gzip.compress(GOOD[1])[:-30], b"garbage", gzip.compress(GOOD[1])[30:],
        gzip.compress(b"no record"), gzip.compress(GOOD[1])[:80] + b"\x55" * 20 + gzip.compress(GOOD[1])[100:],
        b"\x1f\x8b\x08\x00" * 50, gzip.compress(b""),
    ],
)  # fmt: skip
def test_after_a_broken_member_the_next_is_found(broken: bytes) -> None:
    data = gzip.compress(GOOD[0]) + broken + gzip.compress(GOOD[2]) + gzip.compress(GOOD[3])
    spy, failures = spied(data, "x.warc.gz")
    assert spy.contents == [PAGES[0], *PAGES[2:]]
    assert [f.code for f in failures] == ["format"]
    assert spy.names[1] == f"x.warc.gz@{data.index(gzip.compress(GOOD[2]))}"


def test_zeros_between_members_are_padding() -> None:
    spy, failures = spied(gzip.compress(GOOD[0]) + bytes(600) + gzip.compress(GOOD[1]) + bytes(9), "x.warc.gz")
    assert (spy.contents, failures) == (PAGES[:2], [])


def test_records_without_an_empty_line_between_them_are_read() -> None:
    for end in (b"", b"\r\n", b"\n\n", b"\r\n" * 40):
        spy, failures = spied(b"".join(record.removesuffix(b"\r\n\r\n") + end for record in GOOD), "x.warc")
        assert (spy.contents, failures) == (PAGES, [])


def test_a_record_above_the_limit_is_a_failure_and_not_read_into_memory() -> None:
    large = b"<html>" + b"<p>word</p>" * 4 * MB
    for data in (plain(GOOD[0], raw_record(large), GOOD[2]), packed(GOOD[0], raw_record(large), GOOD[2])):
        tracemalloc.start()
        spy, failures = spied(data, "x.warc")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert spy.contents == [PAGES[0], PAGES[2]]
        assert [f.code for f in failures] == ["too-large"]
        assert peak < 4 * MB
    # a film is not a report that is too large
    film = raw_record(
        b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + large, "Content-Type: application/http", kind="response"
    )
    spy, failures = spied(plain(film, GOOD[2]), "x.warc")
    assert (spy.contents, failures) == ([PAGES[2]], [])
    spy, failures = spied(plain(GOOD[0], raw_record(b"<html>" + b"x" * 2_000)), "x.warc", limit=1_000)
    assert (spy.contents, [f.code for f in failures]) == ([PAGES[0]], ["too-large"])


def bomb(start: bytes, size: int, wbits: int = 31) -> bytes:
    packer = zlib.compressobj(9, wbits=wbits)
    return packer.compress(start) + b"".join(packer.compress(bytes(MB)) for _ in range(size // MB)) + packer.flush()


def test_bombs_in_a_crawl_end_soon_and_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "FREE_BYTES", 50 * MB)
    head = raw_record(b"", length=10**12)[:-4]
    inside = Kept(bomb(b"", 200 * MB), [HTML, ("Content-Encoding", "gzip")])
    twice = Kept(gzip.compress(bomb(b"", 200 * MB)), [HTML, ("Content-Encoding", "gzip, gzip")])
    chunks = Kept(b"5000000\r\n" + bytes(100), [HTML, CHUNKS])
    for data, codes in (
        (bomb(head, 200 * MB), ["too-large"] * 2),
        (bomb(b"WARC/1.0\r\nA: ", 200 * MB), ["format", "too-large"]),
        (bomb(b"WARC/1.0\r\n\r\n", 200 * MB), ["format", "too-large"]),
        (crawl([inside, Kept(PAGES[0])]), ["too-large"]),
        (crawl([twice, Kept(PAGES[0])]), ["too-large"]),
        (crawl([chunks, Kept(PAGES[0])]), ["format"]),
    ):
        assert len(data) < MB
        tracemalloc.start()
        spy, failures = spied(data, "x.warc.gz")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [f.code for f in failures] == codes
        assert peak < 25 * MB
        assert spy.contents in ([], [PAGES[0]])


def test_damage_made_on_purpose_takes_no_more_than_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many records says that it is five megabytes long; each of many members goes on to the end and breaks."""
    lies = raw_record(b"x", length=5 * MB) * 20_000
    spy, failures = spied(lies + GOOD[0], "x.warc")
    assert spy.contents == [PAGES[0]]
    assert len(failures) == 20_000
    # stored blocks, each around the begins of all that follow
    start = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
    text = b"WARC/1.0\r\nContent-Length: 9\r\n\r\n"
    stored = b"\x00" + len(text).to_bytes(2, "little") + (0xFFFF - len(text)).to_bytes(2, "little") + text
    empty = b"\x00\x00\x00\xff\xff"
    data = b"".join(start + stored + b"\x00\x0a\x00\xf5\xff" for _ in range(4_000)) + empty * 100
    unpacked = 0

    def spend(self: Spy, size: int, name: str) -> None:
        nonlocal unpacked
        unpacked += size

    monkeypatch.setattr(Spy, "spend", spend)
    monkeypatch.setattr("casus.intake.packs.crawl._FREE_REWORK", 2 * MB)
    spied(data + gzip.compress(GOOD[0]), "x.warc.gz")
    assert unpacked < 5 * MB


CRAWLS = {"plain": plain(*GOOD), "packed": packed(*GOOD)}
ENDS = {
    name: [sum(len(join(record)) for record in GOOD[: n + 1]) for n in range(len(GOOD))]
    for name, join in (("plain", plain), ("packed", packed))
}


@settings(max_examples=500)
@given(st.sampled_from(sorted(CRAWLS)), st.data())
def test_a_flipped_byte_costs_no_record_but_its_own(how: str, draw: st.DataObject) -> None:
    data = CRAWLS[how]
    at = draw.draw(st.integers(5, len(data) - 1))
    flipped = data[:at] + bytes([data[at] ^ draw.draw(st.integers(1, 255))]) + data[at + 1 :]
    spy, _ = spied(flipped, "x.warc.gz")
    own = next(n for n, end in enumerate(ENDS[how]) if at < end)
    for n, page in enumerate(PAGES):
        assert n == own or page in spy.contents


@settings(max_examples=300)
@given(st.sampled_from([*sorted(CRAWLS), "whole"]), st.data())
def test_a_crawl_that_is_cut_off_loses_nothing_that_stands_before(how: str, draw: st.DataObject) -> None:
    data = CRAWLS.get(how) or gzip.compress(CRAWLS["plain"])
    cut = draw.draw(st.integers(60, len(data) - 1))
    spy, failures = spied(data[:cut], "x.warc")
    assert spy.contents == PAGES[: len(spy.contents)]
    if how != "whole":
        assert len(spy.contents) >= sum(end <= cut for end in ENDS[how])
        # but for the lines at its end
        assert failures or any(0 <= end - cut <= 4 or end == cut for end in ENDS[how])
    else:
        assert failures


PIECES = [
    *GOOD[:2], GOOD[0][:60], GOOD[0][-30:], b"WARC/1.0\r\n", b"\r\n\r\n", b"\n", b"Content-Length: 3\r\n",
    b"WARC-Type: response\r\n", b"HTTP/1.1 200 OK\r\n", b"\xff", b"Content-Length: 99999999999\r\n", bytes(20),
    gzip.compress(GOOD[0]), gzip.compress(GOOD[0])[:50], b"\x1f\x8b\x08", crawl([Kept(PAGES[0])]),
]  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.booleans())
def test_any_bytes_end_in_items_and_failures(parts: list[bytes], pack: bool) -> None:
    data = b"WARC/1.0\r\n" + b"".join(parts)
    spied(gzip.compress(data) if pack else data, "x.warc")
    spied(gzip.compress(b"WARC/") + b"".join(parts), "x.warc.gz")
