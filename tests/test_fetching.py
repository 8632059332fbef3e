"""Fetching with manners: answers, conditional requests, redirects, packed bodies, waits between requests."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casus.errors import FetchError, UsageError
from casus.fetch.fetcher import FIRST_WAIT, MOST_WAIT, Answer, Fetcher, Manners
from casus.fetch.unpacking import Unpacker
from tests.web_server import LOCAL, NOW, Page, Time, WebServer, html, redirect, serving


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        server.pages["/"] = html()
        yield server


@pytest.fixture
def time() -> Time:
    return Time()


def fetcher(time: Time, manners: Manners | None = None) -> Fetcher:
    return Fetcher(manners or Manners(allow=LOCAL), sleep=time.sleep, clock=time.clock, now=time.now)


def get(web: WebServer, path: str = "/", time: Time | None = None) -> Answer:
    with fetcher(time or Time()) as asking:
        return asking.get(web.url(path), robots=False)


def test_an_answer_says_what_came_from_where_and_when(web: WebServer) -> None:
    web.pages["/"] = Page(
        b"<p>Shells fell.</p>", headers={"Content-Type": 'Text/HTML; Charset="ISO-8859-1"'}, etag='"a1"',
        last_modified="Thu, 18 Jan 2024 08:00:00 GMT",
    )  # fmt: skip
    assert get(web, "/#top") == Answer(
        url=web.url("/"), asked=web.url("/#top"), status=200, body=b"<p>Shells fell.</p>", media_type="text/html",
        charset="iso-8859-1", etag='"a1"', last_modified="Thu, 18 Jan 2024 08:00:00 GMT",
        retrieved="2024-01-18T09:30:00+00:00", redirects=(),
    )  # fmt: skip


def test_what_a_server_does_not_say_is_none(web: WebServer) -> None:
    web.pages["/"] = Page(b"x", headers={"Content-Type": ";", "ETag": '"' + "e" * 2_000 + '"'})
    answer = get(web)
    assert (answer.media_type, answer.charset, answer.etag, answer.last_modified) == (None, None, None, None)


def test_a_request_says_who_asks_and_takes_no_more_than_it_can_unpack(web: WebServer) -> None:
    get(web)
    headers = web.visits[0].headers
    assert headers["user-agent"].startswith("Casus/")
    assert "+https://" in headers["user-agent"]
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["host"] == f"127.0.0.1:{web.port}"
    assert "cookie" not in headers


def test_no_cookie_comes_back(web: WebServer, time: Time) -> None:
    web.pages["/"] = Page(b"x", headers={"Set-Cookie": "id=1; Path=/"})
    with fetcher(time) as asking:
        asking.get(web.url())
        asking.get(web.url())
    assert all("cookie" not in visit.headers for visit in web.visits)


@pytest.mark.parametrize("status", [201, 204, 206, 400, 401, 403, 404, 410, 451, 501])
def test_a_status_that_is_no_page_is_an_error_at_once(web: WebServer, status: int) -> None:
    web.pages["/"] = Page(b"no", status)
    with pytest.raises(FetchError, match=f"answers {status} "):
        get(web)
    assert web.paths() == ["/"]


def test_an_empty_page_is_an_error(web: WebServer) -> None:
    web.pages["/"] = Page(b"")
    with pytest.raises(FetchError, match="nothing more"):
        get(web)


# conditional requests


def test_what_has_not_changed_is_not_sent_again(web: WebServer, time: Time) -> None:
    web.pages["/feed"] = Page(b"<rss/>", etag='"v1"', last_modified="Thu, 18 Jan 2024 08:00:00 GMT")
    with fetcher(time) as asking:
        first = asking.get(web.url("/feed"))
        same = asking.get(web.url("/feed"), etag=first.etag, last_modified=first.last_modified)
        by_date = asking.get(web.url("/feed"), last_modified=first.last_modified)
        other = asking.get(web.url("/feed"), etag='"v0"')
    assert (same.status, same.body, same.etag, same.last_modified) == (304, b"", first.etag, first.last_modified)
    assert (by_date.status, other.status) == (304, 200)


def test_a_304_without_headers_keeps_what_was_named(web: WebServer, time: Time) -> None:
    web.pages["/feed"] = Page(raw=b"HTTP/1.1 304 Not Modified\r\n\r\n")
    with fetcher(time) as asking:
        assert asking.get(web.url("/feed"), etag='"v1"').etag == '"v1"'


def test_a_304_that_nobody_asked_for_is_an_error(web: WebServer, time: Time) -> None:
    web.pages["/"] = Page(status=304)
    for etag in (None, "", "one\r\nX-Two: 2", "—"):
        with fetcher(time) as asking, pytest.raises(FetchError, match="no older copy was named"):
            asking.get(web.url(), etag=etag)
    assert not any("if-none-match" in visit.headers or "x-two" in visit.headers for visit in web.visits)


# redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(web: WebServer, status: int) -> None:
    web.pages |= {"/a/old": redirect("../b/new?x=1#part", status), "/b/new?x=1": html()}
    answer = get(web, "/a/old")
    assert (answer.url, answer.asked) == (web.url("/b/new?x=1"), web.url("/a/old"))
    assert answer.redirects == (web.url("/b/new?x=1"),)


def test_a_location_in_utf8_or_with_spaces_is_read(web: WebServer) -> None:
    web.pages["/old"] = Page(raw="HTTP/1.1 302 Found\r\nLocation: /Dar Anwār\r\n\r\n".encode())
    web.pages["/Dar%20Anw%C4%81r"] = html()
    assert get(web, "/old").url == web.url("/Dar%20Anw%C4%81r")


def test_five_redirects_are_followed_and_no_sixth(web: WebServer) -> None:
    web.pages |= {f"/{n}": redirect(f"/{n + 1}") for n in range(6)} | {"/6": html()}
    assert len(get(web, "/1").redirects) == 5
    with pytest.raises(FetchError, match="more than 5 times"):
        get(web, "/0")


def test_redirects_in_a_circle_are_seen(web: WebServer) -> None:
    web.pages |= {"/a": redirect("/b"), "/b": redirect("/a#again")}
    with pytest.raises(FetchError, match="in a circle"):
        get(web, "/a")
    assert web.paths() == ["/a", "/b"]


def test_a_redirect_to_nowhere_is_an_error(web: WebServer) -> None:
    web.pages["/"] = Page(status=302)
    with pytest.raises(FetchError, match="does not say where to"):
        get(web)


def test_conditions_hold_behind_a_redirect_too(web: WebServer, time: Time) -> None:
    web.pages |= {"/old": redirect("/new"), "/new": Page(b"<rss/>", etag='"v1"')}
    with fetcher(time) as asking:
        assert asking.get(web.url("/old"), etag='"v1"').status == 304


# packed bodies


def zipped(data: bytes, wbits: int) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return pack.compress(data) + pack.flush()


@pytest.mark.parametrize(
    ("encoding", "wbits"), [("gzip", 31), ("x-gzip", 31), ("GZIP", 31), ("deflate", 15), ("deflate", -15)]
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_packed_page_is_unpacked(web: WebServer, encoding: str, wbits: int, chunked: bool) -> None:
    data = zipped(b"Shells fell. " * 50_000, wbits)
    parts = [data[n : n + 100] for n in range(0, len(data), 100)]
    web.pages["/"] = Page(data, headers={"Content-Encoding": encoding})
    if chunked:
        web.pages["/"] = Page(pieces=lambda: parts, chunked=True, headers={"Content-Encoding": encoding})
    assert get(web).body == b"Shells fell. " * 50_000


def test_gzip_in_parts_with_padding_is_read_whole(web: WebServer) -> None:
    data = zipped(b"one, ", 31) + zipped(b"two", 31) + b"\0" * 40
    web.pages["/"] = Page(
        pieces=lambda: [data[n : n + 1] for n in range(len(data))], headers={"Content-Encoding": "gzip"}
    )
    assert get(web).body == b"one, two"


@given(
    st.lists(st.binary(max_size=300) | st.integers(0, 200_000).map(bytes), min_size=1, max_size=3),
    st.sampled_from([("gzip", 31), ("deflate", 15), ("deflate", -15)]),
    st.sampled_from([1, 2, 7, 1 << 16]),
)
@example([bytes((1 << 16) + 1)], ("deflate", -15), 1 << 16)  # zlib takes all and has a byte left to give
def test_however_a_packed_body_is_cut_it_holds_the_same(
    parts: list[bytes], packing: tuple[str, int], step: int
) -> None:
    encoding, wbits = packing
    parts = parts if encoding == "gzip" else parts[:1]
    data = b"".join(zipped(part, wbits) for part in parts)
    unpacker = Unpacker(encoding)
    pieces = [p for n in range(0, len(data), step) for p in unpacker.feed(data[n : n + step])]
    unpacker.end()
    assert b"".join(pieces) == b"".join(parts)
    assert max(map(len, pieces), default=0) <= 1 << 16


def test_a_page_that_is_not_packed_is_taken_as_it_is(web: WebServer) -> None:
    web.pages["/"] = Page(b"\x1f\x8b plain", headers={"Content-Encoding": "identity"})
    assert get(web).body == b"\x1f\x8b plain"


# waits


def test_two_requests_to_a_host_are_two_seconds_apart(web: WebServer, time: Time) -> None:
    web.pages["/b"] = html()
    with fetcher(time) as asking:
        asking.get(web.url("/"), robots=False)
        assert time.slept == []
        asking.get(web.url("/b"), robots=False)
        assert time.slept == [2.0]
        # another host has nothing to do with it, and what was waited elsewhere counts
        asking.get(web.url("/", "localhost"), robots=False)
        assert time.slept == [2.0]
        time.seconds += 1.5
        asking.get(web.url("/"), robots=False)
    assert time.slept == [2.0, 0.5]


def test_redirects_wait_too(web: WebServer, time: Time) -> None:
    web.pages |= {"/old": redirect("/")}
    get(web, "/old", time)
    assert time.slept == [2.0]


def test_threads_ask_a_host_one_at_a_time(web: WebServer) -> None:
    # without a length they end with the connection: the server has counted to the end of one before the next begins
    web.pages |= {path: Page(pieces=lambda: [b"#", b"#"], pause=0.02) for path in ("/", "/robots.txt")}
    with Fetcher(Manners(allow=LOCAL, per_host_s=0.0)) as asking:
        threads = [threading.Thread(target=asking.get, args=(web.url(),)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert web.paths(robots=True) == ["/robots.txt"] + ["/"] * 6
    assert web.most_at_once == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_after_growing_waits(web: WebServer, time: Time, status: int) -> None:
    web.pages["/"] = [Page(b"no", status), Page(b"no", status), html()]
    assert get(web, "/", time).status == 200
    assert time.slept == [FIRST_WAIT, 2 * FIRST_WAIT]


def test_after_three_tries_it_is_an_error_that_says_why(web: WebServer, time: Time) -> None:
    web.pages["/"] = Page(b"no", 503)
    with pytest.raises(FetchError, match="in 3 tries: 503 Service Unavailable"):
        get(web, "/", time)
    assert web.paths() == ["/"] * 3


@pytest.mark.parametrize(
    ("value", "waited"),
    [
        ("17", 17.0),
        ("0", 2.0),
        (format_datetime(NOW + timedelta(seconds=42), usegmt=True), 42.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 2.0),
        ("soon", FIRST_WAIT),
        ("-5", FIRST_WAIT),
        ("Thu, 99 Jan 99999 00:00:00 GMT", FIRST_WAIT),
        ("1" * 5_000, FIRST_WAIT),
    ],
)
def test_a_server_is_left_alone_for_as_long_as_it_asks(web: WebServer, time: Time, value: str, waited: float) -> None:
    web.pages["/"] = [Page(b"no", 429, {"Retry-After": value}), html()]
    get(web, "/", time)
    assert time.slept == [waited]


def test_who_asks_to_be_left_alone_for_longer_is_not_asked_again(web: WebServer, time: Time) -> None:
    web.pages["/"] = Page(b"no", 503, {"Retry-After": f"{MOST_WAIT + 1:.0f}"})
    web.pages["/b"] = html()
    with fetcher(time) as asking:
        with pytest.raises(FetchError, match="left alone for 121 s: 503 Service Unavailable"):
            asking.get(web.url("/"), robots=False)
        with pytest.raises(FetchError, match="left alone, and 121 seconds of that are left"):
            asking.get(web.url("/b"), robots=False)
        assert (web.paths(), time.slept) == (["/"], [])
        time.seconds += MOST_WAIT + 1
        assert asking.get(web.url("/b"), robots=False).status == 200


@pytest.mark.parametrize(
    "wrong",
    [{"agent": "Casus\r\nX: y"}, {"agent": " "}, {"tries": 0}, {"total_s": 0.0}, {"max_bytes": 0}, {"per_host_s": -1.0},
     {"allow": ("10.0.0.0/99",)}],
)  # fmt: skip
def test_manners_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Fetcher(Manners(**wrong))  # type: ignore[arg-type]
