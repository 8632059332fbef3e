"""Fetching from servers that mean no good, or do no good: time-outs, bombs, broken answers."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from casus.errors import FetchError, TooLargeError
from casus.fetch.fetcher import Answer, Fetcher, Manners
from tests.web_server import CERTIFICATE, Names, Page, WebServer, bomb, dripping, html, serving

LOCAL = ("127.0.0.1",)
# what a test waits for at most where waiting is the point; nothing here needs longer on the slowest machine
SOON = 0.1


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        server.pages["/"] = html()
        yield server


def get(url: str, **manners: Any) -> Answer:
    with Fetcher(Manners(**{"allow": LOCAL, **manners}), sleep=lambda _: None) as asking:
        return asking.get(url, robots=False)


# connections and time


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_where_nobody_answers_it_is_tried_three_times() -> None:
    slept: list[float] = []
    with Fetcher(Manners(allow=LOCAL), sleep=slept.append) as asking, pytest.raises(FetchError, match="in 3 tries"):
        asking.get(f"http://127.0.0.1:{free_port()}/", robots=False)
    assert slept == [pytest.approx(5, abs=1), pytest.approx(10, abs=1)]


def test_a_silent_server_is_given_up(web: WebServer) -> None:
    web.pages["/"] = Page(hangs=True)
    slept: list[float] = []
    asking = Fetcher(Manners(allow=LOCAL, read_s=SOON), sleep=slept.append)
    with pytest.raises(FetchError, match=r"3 tries: nothing came for 0\.1 seconds"):
        asking.get(web.url(), robots=False)
    assert len(slept) == 2


def test_a_server_that_drips_is_given_up_at_the_deadline(web: WebServer) -> None:
    web.pages["/"] = dripping()
    slept: list[float] = []
    asking = Fetcher(Manners(allow=LOCAL, total_s=SOON), sleep=slept.append)
    with pytest.raises(FetchError, match=r"no whole answer within 0\.1 seconds"):
        asking.get(web.url(), robots=False)
    assert slept == [], "it would drip the next time, too"


@pytest.mark.parametrize("piece", [b"x", b"HTTP/1.1 103 Early Hints\r\n\r\n"], ids=["letters", "interim answers"])
def test_a_server_that_drips_headers_is_given_up_too(web: WebServer, piece: bytes) -> None:
    web.pages["/"] = Page(
        raw=lambda: chain([b"HTTP/1.1 "], repeat(piece)) if piece == b"x" else repeat(piece), pause=0.01
    )
    with pytest.raises(FetchError, match=r"no whole answer within 0\.1 seconds"):
        get(web.url(), total_s=SOON, read_s=3_600.0)


def test_a_server_that_does_not_greet_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(FetchError, match=r"no connection within 0\.1 seconds"):
            get(url, connect_s=SOON)
        with pytest.raises(FetchError, match=r"no whole answer within 0\.1 seconds"):
            get(url, total_s=SOON, connect_s=3_600.0)


def test_a_page_over_tls_is_read_where_its_certificate_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path / "server.pem") as web:
        web.pages["/"] = html()
        with pytest.raises(FetchError, match="certificate of localhost is not to be trusted"):
            get(web.url("/", "localhost"))
        trusted = tmp_path / "trusted.pem"
        trusted.write_text(CERTIFICATE, encoding="ascii")
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert get(web.url("/", "localhost"), allow=("localhost",)).status == 200
        monkeypatch.setattr(socket, "getaddrinfo", Names({"news.example": [["127.0.0.1"]]}).look_up)
        with pytest.raises(FetchError, match=r"certificate of news\.example"):
            get(web.url("/", "news.example"))
    assert [visit.path for visit in web.visits] == ["/"]


# sizes


@pytest.mark.parametrize("chunked", [False, True])
def test_a_page_without_end_is_left(web: WebServer, chunked: bool) -> None:
    web.pages["/"] = Page(pieces=lambda: repeat(b"x" * 1_000), chunked=chunked)
    with pytest.raises(TooLargeError, match=r"more than 0\.1 MB"):
        get(web.url(), max_bytes=100_000)


def test_a_page_that_says_that_it_is_huge_is_not_read(web: WebServer) -> None:
    web.pages["/"] = Page(b"x", claims=10_000_000_000_000)
    with pytest.raises(TooLargeError):
        get(web.url())


def test_a_page_may_be_as_large_as_the_limit(web: WebServer) -> None:
    web.pages["/"] = Page(b"x" * 100_000)
    assert len(get(web.url(), max_bytes=100_000).body) == 100_000
    with pytest.raises(TooLargeError):
        get(web.url(), max_bytes=99_999)


def test_a_bomb_of_a_hundred_gigabytes_costs_its_first_bytes(web: WebServer) -> None:
    web.pages["/"] = bomb(100 << 30)
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            get(web.url(), max_bytes=2_000_000)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 10_000_000
    # 102,400 pieces would be the whole; what the buffers of the sockets take is sent in any case
    assert web.sent < 50_000


def test_packed_bytes_that_hold_nothing_are_counted_too(web: WebServer) -> None:
    empty = bytes.fromhex("1f8b08000000000000ff03000000000000000000")
    web.pages["/"] = Page(pieces=lambda: repeat(empty * 100), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLargeError):
        get(web.url(), max_bytes=100_000)


# broken answers


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"Content-Encoding": "gzip"}, b"no gzip at all", "broken"),
        ({"Content-Encoding": "deflate"}, b"\xff\xff\xff\xff", "broken"),
        ({"Content-Encoding": "gzip"}, bytes.fromhex("1f8b08000000000000ff4bcc"), "breaks off"),
        ({"Content-Encoding": "gzip"}, b"\x1f", "breaks off"),
        ({"Content-Encoding": "br"}, b"x", "'br', which was not asked for"),
        ({"Content-Encoding": "gzip, gzip"}, b"x", "not asked for"),
        ({"Content-Encoding": "gzip"}, b"", "nothing more"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_an_error_at_once(
    web: WebServer, headers: dict[str, str], body: bytes, said: str
) -> None:
    web.pages["/"] = Page(body, headers=headers)
    with pytest.raises(FetchError, match=said):
        get(web.url())
    assert len(web.visits) == 1


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"no status line at all\r\n\r\n",
        b"HTTP/9.9 huh\r\n\r\n",
        b"\x16\x03\x01\x00\x05hello",
        OK,
        OK + b"Content-Length: 10\r\n\r\nfive",
        OK + b"Content-Length: -1\r\n\r\nfive",
        OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nfive",
        OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\nfive",
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nfive\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nfive\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\nfive",
        OK + b"no colon\r\n\r\nfive",
        OK + b"X: \x00\r\n\r\nfive",
        OK + b"X: " + b"x" * 200_000 + b"\r\n\r\nfive",
        OK + b"".join(b"X-%d: y\r\n" % n for n in range(50_000)) + b"\r\nfive",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ],
    ids=[
        "nothing", "empty line", "no http", "no version", "tls", "cut head", "cut body", "negative length",
        "two lengths", "endless length", "cut chunks", "no chunks", "other coding", "no colon", "null", "long header",
        "many headers", "upgrade",
    ],
)  # fmt: skip
def test_a_broken_answer_is_an_error(web: WebServer, raw: bytes) -> None:
    web.pages["/"] = Page(raw=raw)
    with pytest.raises(FetchError) as caught:
        get(web.url())
    assert len(caught.value.message) < 500
    assert caught.value.message.isprintable()


def test_a_connection_that_broke_is_tried_again(web: WebServer) -> None:
    web.pages["/"] = [Page(raw=b""), Page(b"half", claims=10), html()]
    assert get(web.url()).status == 200


def test_an_old_server_that_tells_no_length_is_read_to_the_end(web: WebServer) -> None:
    web.pages["/"] = Page(raw=b"HTTP/1.0 200 OK\r\n\r\nShells fell.")
    assert get(web.url()).body == b"Shells fell."
