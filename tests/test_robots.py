"""robots.txt: what it forbids is not fetched, and how often it wants to be asked is kept to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import RobotsError
from casus.fetch.fetcher import MOST_CRAWL_DELAY, Fetcher, Manners
from casus.fetch.robots import MAX_ROBOTS_BYTES, read_rules
from tests.web_server import LOCAL, Page, Time, WebServer, html, redirect, serving


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


def test_robots_are_asked_for_once_a_host(web: WebServer, time: Time) -> None:
    web.pages |= {"/robots.txt": Page(b"User-agent: *\nDisallow: /private\n"), "/b": html()}
    with fetcher(time) as asking:
        asking.get(web.url("/"))
        asking.get(web.url("/b"))
        with pytest.raises(RobotsError, match="asks not to fetch"):
            asking.get(web.url("/private/x"))
        assert web.paths(robots=True) == ["/robots.txt", "/", "/b"]
        asking.get(web.url("/", "localhost"))
    assert web.paths(robots=True)[3:] == ["/robots.txt", "/"]
    assert time.slept == [2.0, 2.0, 2.0]


def test_robots_bind_what_a_redirect_leads_to(web: WebServer, time: Time) -> None:
    web.pages |= {"/robots.txt": Page(b"User-agent: casus\nDisallow: /private\n"), "/": redirect("/private/x")}
    with fetcher(time) as asking, pytest.raises(RobotsError):
        asking.get(web.url())
    assert web.paths() == ["/"]


def test_a_feed_that_a_person_named_needs_no_robots(web: WebServer, time: Time) -> None:
    web.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /\n")
    with fetcher(time) as asking:
        assert asking.get(web.url(), robots=False).status == 200
    assert web.paths(robots=True) == ["/"]


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410])
def test_without_robots_all_is_allowed(web: WebServer, time: Time, status: int) -> None:
    web.pages["/robots.txt"] = Page(b"Disallow: /", status)
    with fetcher(time) as asking:
        assert asking.get(web.url()).status == 200


@pytest.mark.parametrize(
    "robots",
    [Page(status=500), Page(status=501), Page(status=503), Page(status=429), Page(raw=b""), redirect("file:///x"),
     redirect("http://10.0.0.1/robots.txt"), Page(b"broken", headers={"Content-Encoding": "gzip"})],
)  # fmt: skip
def test_while_robots_cannot_be_had_nothing_is_allowed(web: WebServer, time: Time, robots: Page) -> None:
    web.pages["/robots.txt"] = robots
    with fetcher(time) as asking:
        for _ in range(2):
            with pytest.raises(RobotsError, match="cannot be had"):
                asking.get(web.url())
    assert web.paths() == []
    assert len(web.visits) <= 3


def test_robots_may_be_redirected_five_times(web: WebServer, time: Time) -> None:
    web.pages["/robots.txt"] = redirect("/robots/1")
    web.pages |= {f"/robots/{n}": redirect(f"/robots/{n + 1}") for n in range(1, 5)}
    web.pages["/robots/5"] = Page(b"User-agent: *\nDisallow: /\n")
    with fetcher(time) as asking, pytest.raises(RobotsError):
        asking.get(web.url())
    web.pages["/robots/5"] = redirect("/robots/6")
    with fetcher(time) as asking:
        assert asking.get(web.url()).status == 200
    assert "/robots/6" not in web.paths()


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("0.1", 2.0), ("86400", MOST_CRAWL_DELAY), ("often", 2.0)])
def test_a_crawl_delay_is_kept_within_reason(web: WebServer, time: Time, asked: str, waited: float) -> None:
    web.pages["/robots.txt"] = Page(f"User-agent: *\nCrawl-delay: {asked}\n".encode())
    with fetcher(time) as asking:
        asking.get(web.url())
        asking.get(web.url())
    assert time.slept == [waited, waited]


def test_of_long_robots_the_beginning_counts(web: WebServer, time: Time) -> None:
    filling = b"# nothing\n" * (MAX_ROBOTS_BYTES // 10)
    web.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /a\n" + filling + b"Disallow: /b\n")
    web.pages |= {"/a": html(), "/b": html()}
    with fetcher(time, Manners(allow=LOCAL, max_bytes=1_000)) as asking:
        assert asking.get(web.url("/b")).status == 200
        with pytest.raises(RobotsError):
            asking.get(web.url("/a"))


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\nDisallow:", "/x", True),
        ("\ufeffUser-agent: *\r\nDisallow: /x", "/xy", False),
        ("User-agent: CASUS/2.0 # us\nDisallow: /x\n\nUser-agent: *\nDisallow: /", "/y", True),
        ("User-agent: casus\nUser-agent: other\nDisallow: /x", "/x", False),
        ("User-agent: other\nDisallow: /\nUser-agent: *\nAllow: /", "/x", True),
        ("User-agent: Cas\nDisallow: /", "/x", True),
        ("User-agent: casusbot\nDisallow: /", "/x", True),
        ("User-agent: pypi\nDisallow: /", "/x", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9", False),
        ("<html>Not found</html>", "/x", True),
    ],
)
def test_rules_are_those_of_rfc_9309(robots: str, path: str, allowed: bool) -> None:
    rules = read_rules(robots.encode(), "Casus/0.1.0 (+https://pypi.org/project/casus-events/)")
    assert rules.allows(f"https://news.example{path}") is allowed


def test_robots_for_ten_thousand_agents_are_read_as_for_three() -> None:
    agents = "".join(f"User-agent: a{n}\n" for n in range(10_000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(20_000))
    read = read_rules((agents + rules + "User-agent: casus\nDisallow: /x\n").encode(), "Casus")
    assert read.allows("https://news.example/1")
    assert not read.allows("https://news.example/x")


@given(st.binary() | st.text(alphabet="user-agent: *dislow/$%#\n\r\u2028é").map(str.encode), st.text())
def test_no_robots_stop_the_reading(body: bytes, path: str) -> None:
    assert read_rules(body, "Casus").allows("https://news.example/" + path.encode("utf-8", "replace").hex()) in (0, 1)
