"""Following feeds: nothing fetched twice, nothing lost, and whatever a server does, the others are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from casus.errors import BusyError
from casus.fetch import Answer, Fetcher, Manners
from casus.keeping import open_ledger
from casus.ledger.rebuild import rebuild
from casus.pipeline import ClaimsOrFailure
from casus.records import Document
from casus.watch.watching import Habits
from tests.conftest import WordReader
from tests.newsstand import Item, Stand, add, article, as_published, feed, opml
from tests.web_server import LOCAL, NOW, Page, Visit, WebServer, bomb, redirect, serving

HOUR = timedelta(hours=1)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.fixture
def stand(web: WebServer, tmp_path: Path) -> Iterator[Stand]:
    """A watch of /feed, which links to the pages /ana and /ben."""
    for name in ("ana", "ben", "cem", "dea"):
        web.pages[f"/{name}"] = article(name)
    web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana"), Item(web.url("/ben"), "Ben"), etag='"1"')
    with Stand(web, tmp_path, web.url("/feed")) as made:
        yield made


class Cut(WordReader):
    """A reader during which somebody presses Ctrl-C, before the n-th document."""

    def __init__(self, n: int) -> None:
        self.left = n

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]:
        for document in documents:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            yield self._outcome(document)


class TestPages:
    """What entries link to is fetched once, and becomes documents."""

    def test_pages_become_documents_with_what_the_feed_says_where_they_say_nothing(self, stand: Stand) -> None:
        result = stand.watch().once()
        assert (result.feeds, result.asked, result.fetched, len(result.run.new), result.run.failures) == (
            1,
            1,
            2,
            2,
            [],
        )
        ana, ben = stand.documents()
        assert (ana.url, ana.title, ana.publisher) == (stand.web.url("/ana"), "Shells fell, says ana", "Karvan Post")
        assert (ana.published_at, ana.published_basis) == ("2024-01-18T08:00:00+00:00", "feed")
        assert "said ana Ana, who saw it" in ana.text
        assert ben.retrieved is not None
        assert stand.ledger.claims_in(ana.id)

    def test_what_the_page_says_of_itself_goes_before_the_feed(self, stand: Stand, web: WebServer) -> None:
        head = (
            "<meta property='og:site_name' content='The Herald'>"
            "<meta property='article:published_time' content='2024-01-15T10:00:00Z'>"
        )
        web.pages["/ana"] = article("ana", head=head)
        stand.watch().once()
        ana = stand.documents()[0]
        assert (ana.publisher, ana.published_at, ana.published_basis) == (
            "The Herald",
            "2024-01-15T10:00:00+00:00",
            "meta",
        )
        assert [(s.field, s.value[:10], s.basis) for s in ana.also_stated] == [("published", "2024-01-18", "feed")]

    def test_two_rounds_fetch_nothing_twice(self, stand: Stand) -> None:
        stand.watch().once()
        stand.later(1)
        assert stand.asked(stand.watch().once) == ["/feed"]
        stand.later(1)
        result = stand.watch().once()
        assert (result.unchanged, result.fetched, result.run.new, result.run.known) == (1, 0, [], [])
        assert {v.headers.get("if-none-match") for v in stand.web.visits if v.path == "/feed"} == {None, '"1"'}

    def test_a_new_entry_alone_is_fetched(self, stand: Stand, web: WebServer) -> None:
        stand.watch().once()
        web.pages["/feed"] = feed(Item(web.url("/cem"), "Cem"), Item(web.url("/ana"), "Ana"), etag='"2"')
        stand.later(1)
        assert stand.asked(stand.watch().once) == ["/feed", "/cem"]
        assert len(stand.documents()) == 3

    def test_a_page_in_two_feeds_is_fetched_once_whatever_the_links_count(self, stand: Stand, web: WebServer) -> None:
        web.pages["/other"] = feed(Item(web.url("/ana?utm_source=rss&utm_medium=feed#top"), "Ana"))
        assert stand.asked(stand.watch(web.url("/feed"), web.url("/other")).once) == ["/feed", "/other", "/ana", "/ben"]

    def test_a_page_is_fetched_again_when_its_entry_is_newer_and_an_hour_has_passed(
        self, stand: Stand, web: WebServer
    ) -> None:
        stand.watch().once()
        web.pages["/ana"] = article("ana", more="\n\nOn Friday a third person died in the hospital, doctors said.")
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana", updated="2024-01-18T09:40:00Z"))
        every = Habits(every=0)
        stand.later(0.9)
        assert stand.asked(stand.watch(habits=every).once) == ["/feed"]
        stand.later(0.2)
        # the feed has not changed since, but what it says was put off
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana", updated="2024-01-18T09:41:00Z"))
        assert stand.asked(stand.watch(habits=every).once) == ["/feed", "/ana"]
        assert [d.url for d in stand.documents()] == [web.url("/ana"), web.url("/ana"), web.url("/ben")]
        page = stand.ledger.pages([web.url("/ana")])[web.url("/ana")]
        assert (page.state, page.tries, len(page.documents)) == ("taken", 2, 2)

    def test_a_newer_entry_whose_page_is_the_same_adds_nothing(self, stand: Stand, web: WebServer) -> None:
        stand.watch().once()
        stand.later(2)
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana", updated="2024-01-18T09:40:00Z"))
        result = stand.watch().once()
        assert (result.fetched, result.run.new, len(result.run.known)) == (1, [], 1)
        assert stand.ledger.pages([web.url("/ana")])[web.url("/ana")].state == "known"

    def test_an_entry_without_a_link_is_read_itself(self, stand: Stand, web: WebServer) -> None:
        web.pages["/feed"] = feed(Item(None, "Ana", whole=True), Item(None, "Ben"))
        result = stand.watch().once()
        assert [(d.url, d.title, d.notes) for d in stand.documents()] == [(None, "Shells fell, says Ana", ())]
        assert [(f.code, f.source) for f in result.run.failures] == [("short", f"{web.url('/feed')}#id-Ben")]
        stand.later(1)
        web.pages["/feed"] = feed(Item(None, "Ana", whole=True), Item(None, "Ben"), head="<ttl>5</ttl>")
        again = stand.watch().once()
        assert (again.unchanged, again.own_text, again.run.failures) == (0, 0, [])

    def test_no_more_pages_of_a_feed_in_a_round_than_allowed(self, stand: Stand, web: WebServer) -> None:
        names = ("ana", "ben", "cem", "dea")
        web.pages["/feed"] = feed(*(Item(web.url(f"/{name}"), name) for name in names), etag='"3"')
        few = Habits(pages=3)
        assert stand.asked(stand.watch(habits=few).once) == ["/feed", "/ana", "/ben", "/cem"]
        stand.later(1)
        assert stand.asked(stand.watch(habits=few).once) == ["/feed", "/dea"]
        stand.later(1)
        assert stand.watch(habits=few).once().unchanged == 1

    def test_a_page_that_is_no_report_is_told_once(self, stand: Stand, web: WebServer) -> None:
        web.pages["/ana"] = Page(b"\x00\x01", headers={"Content-Type": "audio/mpeg"})
        web.pages["/ben"] = Page(
            "<html><p>Die Armee beschoss am Dienstag die Stadt Sacho, sagte der Gouverneur der Provinz am Abend. Zwei "
            "Menschen wurden dabei verletzt, wie aus dem Krankenhaus der Stadt zu hören war.</p></html>".encode(),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )
        result = stand.watch().once()
        assert [(f.item, f.source, f.code) for f in result.run.failures] == [
            (web.url("/ana"), web.url("/ana"), "format"),
            (web.url("/ben"), web.url("/ben"), "language"),
        ]
        assert "@0" not in result.run.failures[1].message
        assert result.refused == 2
        stand.later(48)
        assert stand.asked(stand.watch().once) == ["/feed"]

    def test_a_document_that_cannot_be_read_is_told_and_its_page_left(self, stand: Stand, web: WebServer) -> None:
        web.pages["/ana"] = article("ana", more="\n\nThe rest of this is unreadable to the reader of the tests.")
        result = stand.watch().once()
        assert [(f.stage, f.source) for f in result.run.failures] == [("reader", web.url("/ana"))]
        pages = stand.ledger.pages([web.url("/ana"), web.url("/ben")])
        assert [page.state for page in pages.values()] == ["refused", "taken"]


class TestFailures:
    """What cannot be fetched is told, tried again, and stops nothing."""

    def test_a_page_that_fails_is_tried_five_times_within_two_days_and_then_left(
        self, stand: Stand, web: WebServer
    ) -> None:
        web.pages["/ana"] = Page(b"no", 403)
        times = list[datetime]()
        for _ in range(400):
            if "/ana" in stand.asked(stand.watch().once):
                times.append(stand.time.now())
            stand.later(0.25)
        waits = [later - before for before, later in pairwise(times)]
        assert [round(wait / HOUR) for wait in waits] == [1, 4, 12, 24]
        (kept,) = stand.ledger.failures()
        assert (kept.failure.item, kept.source, kept.failure.code, kept.tries) == (
            web.url("/ana"), web.url("/ana"), "fetch", 5,
        )  # fmt: skip
        assert "403" in kept.failure.message

    def test_a_page_that_can_be_had_again_has_not_failed(self, stand: Stand, web: WebServer) -> None:
        web.pages["/ana"] = [Page(b"no", 403), Page(b"no", 403), article("ana")]
        for _ in range(3):
            stand.watch().once()
            stand.later(5)
        assert stand.ledger.failures() == []
        assert [kept.tries for kept in stand.ledger.failures(resolved=True)] == [2]
        assert len(stand.documents()) == 2
        # what the feed said of it is not forgotten, though it was not asked for it again
        assert stand.documents()[0].publisher == "Karvan Post"

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_page_that_is_gone_is_not_asked_for_again(self, stand: Stand, web: WebServer, status: int) -> None:
        web.pages["/ana"] = Page(b"gone", status)
        stand.watch().once()
        for _ in range(5):
            stand.later(24)
            assert stand.asked(stand.watch().once) == ["/feed"]

    def test_a_server_that_asks_to_be_left_alone_is(self, stand: Stand, web: WebServer) -> None:
        web.pages["/ana"] = [Page(b"", 503, headers={"Retry-After": "36000"}), article("ana")]
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana"))
        stand.watch().once()
        stand.later(9.9)
        assert "/ana" not in stand.asked(stand.watch().once)
        stand.later(0.2)
        assert "/ana" in stand.asked(stand.watch().once)

    @pytest.mark.parametrize(
        ("page", "code"),
        [(Page(b"no", 403), "fetch"), (Page(hangs=True), "fetch"), (bomb(50_000_000), "too-large")],
        ids=["forbidden", "silent", "bomb"],
    )
    def test_where_a_page_cannot_be_had_the_feeds_own_text_is_read(
        self, web: WebServer, tmp_path: Path, page: Page, code: str
    ) -> None:
        web.pages |= {"/ana": page, "/ben": page, "/cem": article("cem")}
        web.pages["/feed"] = feed(
            Item(web.url("/ana"), "Ana", whole=True), Item(web.url("/ben"), "Ben"), Item(web.url("/cem"), "Cem")
        )
        manners = Manners(read_s=0.2, tries=1, max_bytes=100_000, allow=LOCAL)
        with Stand(web, tmp_path, web.url("/feed"), manners=manners) as stand:
            result = stand.watch().once()
            assert [(f.item, f.code) for f in result.run.failures] == [(web.url("/ben"), code)]
            ana, cem = stand.documents()
            assert (ana.url, ana.title, ana.publisher, ana.published_basis) == (
                web.url("/ana"), "Shells fell, says Ana", "Karvan Post", "feed",
            )  # fmt: skip
            (note,) = ana.notes
            assert note.startswith("this is the text of the feed, as the page could not be read: ")
            assert (result.fetched, result.own_text, result.failed, cem.notes) == (1, 1, 1, ())
            assert web.sent < 100

    def test_the_text_may_be_in_another_feed_than_the_first(self, stand: Stand, web: WebServer) -> None:
        web.pages["/ana"] = Page(b"no", 403)
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana"))
        web.pages["/full"] = feed(Item(web.url("/ana"), "Ana", whole=True))
        assert stand.watch().once().failed == 1
        stand.later(1.5)
        assert stand.watch(web.url("/full")).once().own_text == 1
        assert stand.ledger.failures() == []

    def test_where_a_page_holds_no_report_the_feeds_own_text_is_read(self, stand: Stand, web: WebServer) -> None:
        web.pages["/ana"] = Page(
            b"<html><body><script>load()</script></body></html>", headers={"Content-Type": "text/html"}
        )
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana", whole=True))
        result = stand.watch().once()
        assert (result.fetched, result.own_text, result.refused, result.run.failures) == (1, 1, 0, [])
        assert "holds no" in stand.documents()[0].notes[0] or "without" in stand.documents()[0].notes[0]

    def test_robots_are_obeyed_for_pages_and_not_asked_for_feeds(self, stand: Stand, web: WebServer) -> None:
        web.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /")
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana", whole=True), Item(web.url("/ben"), "Ben"))
        result = stand.watch().once()
        assert [(f.item, f.code) for f in result.run.failures] == [(web.url("/ben"), "robots")]
        assert "robots.txt" in stand.documents()[0].notes[0]
        assert web.paths(robots=True) == ["/feed", "/robots.txt"]

    def test_a_page_that_leads_into_a_network_that_is_not_public_is_refused_for_good(
        self, stand: Stand, web: WebServer
    ) -> None:
        web.pages["/ana"] = redirect("http://10.0.0.1/admin")
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana"), Item("http://192.168.0.1/", "Ben"))
        result = stand.watch().once()
        assert [f.code for f in result.run.failures] == ["address", "address"]
        stand.later(100)
        assert stand.asked(stand.watch().once) == ["/feed"]

    def test_nothing_in_ones_own_network_is_asked_unless_it_is_allowed(self, web: WebServer, tmp_path: Path) -> None:
        with Stand(web, tmp_path, web.url("/feed"), manners=Manners()) as stand:
            result = stand.watch().once()
        assert [f.code for f in result.run.failures] == ["address"]
        assert web.visits == []

    def test_a_host_that_does_not_answer_is_left_alone_after_three_pages(self, stand: Stand, web: WebServer) -> None:
        dead = Page(b"", 503)
        web.pages |= {f"/{n}": dead for n in range(6)}
        links = [web.url(f"/{n}", host="localhost") for n in range(6)]
        web.pages["/feed"] = feed(*(Item(link, link) for link in links), Item(web.url("/ana"), "Ana"))
        result = stand.watch().once()
        assert (result.fetched, result.failed, result.put_off) == (1, 3, 3)
        states = [(p.state, p.tries) for p in stand.ledger.pages(links).values()]
        assert states == [("failed", 1)] * 3 + [("new", 0)] * 3
        web.pages |= {f"/{n}": article(f"n{n}") for n in range(6)}
        stand.later(2)
        assert stand.watch().once().fetched == 6

    def test_a_fault_of_ours_is_one_pages(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CASUS_DEBUG", raising=False)
        get = Fetcher.get

        def faulty(self: Fetcher, url: str, **more: Any) -> Answer:
            if url.endswith("/ana"):
                raise ZeroDivisionError("a fault")
            return get(self, url, **more)

        monkeypatch.setattr(Fetcher, "get", faulty)
        result = stand.watch().once()
        assert [(f.code, f.message) for f in result.run.failures] == [("internal", "ZeroDivisionError: a fault")]
        assert len(result.run.new) == 1

    def test_one_hosts_slowness_changes_no_order(self, web: WebServer, tmp_path: Path) -> None:
        names = ("ana", "ben", "cem", "dea")
        orders = []
        for n, slow in enumerate(("127.0.0.1", "localhost")):

            def answer(visit: Visit, slow: str = slow) -> Page:
                pause = 0.05 if visit.headers["host"].startswith(slow) else 0.0
                whole = article(visit.path[1:])
                return Page(pieces=lambda: (whole.body,), pause=pause, headers=whole.headers)

            web.pages |= {f"/{name}": answer for name in names}
            hosts = ("127.0.0.1", "127.0.0.1", "localhost", "127.0.0.1")
            items = [Item(web.url(f"/{name}", host), name) for name, host in zip(names, hosts, strict=True)]
            web.pages["/feed"] = feed(*items)
            folder = tmp_path / str(n)
            folder.mkdir()
            with Stand(web, folder, web.url("/feed")) as stand:
                result = stand.watch().once()
                orders.append([stand.ledger.document(id_).url for id_ in result.run.new])
        assert orders[0] == orders[1]
        assert [url.partition("/a")[0] != "" and url.rpartition("/")[2] for url in orders[0] if url] == [
            "ana", "cem", "ben", "dea",
        ]  # fmt: skip


class TestFeeds:
    """Feeds are asked as seldom as they want, and the longer they fail the more seldom."""

    def test_a_feed_is_asked_when_its_time_has_come(self, stand: Stand) -> None:
        stand.watch().once()
        stand.later(0.4)
        assert stand.asked(stand.watch().once) == []
        stand.later(0.1)
        assert stand.asked(stand.watch().once) == ["/feed"]

    @pytest.mark.parametrize(
        ("head", "headers", "minutes"),
        [
            ("", {}, 30),
            ("<ttl>90</ttl>", {}, 90),
            ("<ttl>5</ttl>", {}, 30),
            ("<ttl>100000</ttl>", {}, 360),
            ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", {}, 60),
            ("", {"Cache-Control": "public, max-age=7200"}, 120),
            ("", {"Cache-Control": "max-age=99999999"}, 360),
            ("", {"Cache-Control": "no-cache, max-age=7200"}, 30),
            ("<ttl>60</ttl>", {"Cache-Control": "max-age=7200"}, 120),
        ],
    )
    def test_what_a_feed_asks_for_is_honoured_within_bounds(
        self, stand: Stand, web: WebServer, head: str, headers: dict[str, str], minutes: int
    ) -> None:
        page = feed(Item(web.url("/ana"), "Ana"), head=head)
        web.pages["/feed"] = Page(page.body, headers={**page.headers, **headers}, etag='"1"')
        for _ in range(2):  # once by what it says, once by what it said, as it has not changed
            at = stand.time.now()
            result = stand.watch().once()
            assert result.next_at is not None
            assert datetime.fromisoformat(result.next_at) - at == timedelta(minutes=minutes)
            stand.time.seconds = (datetime.fromisoformat(result.next_at) - NOW).total_seconds()

    def test_a_feed_without_tags_that_has_not_changed_is_not_kept_again(self, stand: Stand, web: WebServer) -> None:
        web.pages["/feed"] = feed(Item(web.url("/ana"), "Ana"))
        stand.watch().once()
        (file,) = stand.captures.folder.glob("*.gz")
        size = file.stat().st_size
        stand.later(1)
        assert stand.watch().once().unchanged == 1
        assert file.stat().st_size == size

    def test_a_feed_that_has_moved_for_good_is_followed_there(self, stand: Stand, web: WebServer) -> None:
        web.pages["/new"] = feed(Item(web.url("/ana"), "Ana"), etag='"7"')
        web.pages["/feed"] = redirect(web.url("/new"), 301)
        result = stand.watch().once()
        assert result.notes == [f"{web.url('/feed')} has moved for good to {web.url('/new')}, and is followed there"]
        stand.later(1)
        assert stand.asked(stand.watch().once) == ["/new"]
        assert stand.watch().round.notes == []
        del web.pages["/new"]
        web.pages["/feed"] = feed(Item(web.url("/ben"), "Ben"))
        stand.later(1)
        assert stand.asked(stand.watch().once) == ["/new"]
        stand.later(2)
        assert stand.asked(stand.watch().once) == ["/feed", "/ben"]

    def test_a_feed_that_has_moved_for_now_is_asked_where_it_was(self, stand: Stand, web: WebServer) -> None:
        web.pages["/new"] = feed(Item(web.url("/ana"), "Ana"))
        web.pages["/feed"] = redirect(web.url("/new"), 302)
        stand.watch().once()
        stand.later(1)
        assert stand.asked(stand.watch().once) == ["/feed", "/new"]

    @pytest.mark.parametrize(
        ("page", "code"),
        [
            (Page(b"<html><body>We are busy</body></html>", headers={"Content-Type": "text/html"}), "format"),
            (Page(b"<rss><channel><title>Nothing", headers={"Content-Type": "text/xml"}), None),
            (Page(opml("https://post.example/f").encode()), "format"),
            (Page(b"", 500), "fetch"),
            (Page(b"gone", 410), "fetch"),
        ],
        ids=["page", "empty feed", "list", "server", "gone"],
    )
    def test_a_broken_feed_stops_no_other(self, stand: Stand, web: WebServer, page: Page, code: str | None) -> None:
        web.pages["/broken"] = page
        result = stand.watch(web.url("/broken"), web.url("/feed")).once()
        assert [(f.item, f.source, f.code) for f in result.run.failures] == (
            [(web.url("/broken"), web.url("/broken"), code)] if code else []
        )
        assert len(result.run.new) == 2

    def test_a_feed_that_fails_is_asked_ever_more_seldom_until_it_answers(self, stand: Stand, web: WebServer) -> None:
        good = web.pages["/feed"]
        web.pages["/feed"] = Page(b"", 404)
        waits = []
        for _ in range(9):
            at = stand.time.now()
            result = stand.watch(habits=Habits(every=0)).once()
            assert (result.asked, result.feeds_failed) == (1, 1)
            assert result.next_at is not None
            waits.append((datetime.fromisoformat(result.next_at) - at) / HOUR)
            stand.time.seconds += waits[-1] * 3600
        assert waits == [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24]
        (kept,) = stand.ledger.failures()
        assert (kept.source, kept.tries) == (web.url("/feed"), 9)
        assert stand.ledger.feeds()[web.url("/feed")].note.endswith("answers 404 Not Found")
        web.pages["/feed"] = good
        stand.watch().once()
        assert stand.ledger.failures() == []
        assert (stand.ledger.feeds()[web.url("/feed")].failed_in_row, len(stand.documents())) == (0, 2)

    def test_a_feed_may_say_when_to_come_back(self, stand: Stand, web: WebServer) -> None:
        web.pages["/feed"] = Page(b"", 429, headers={"Retry-After": "20000"})
        at = stand.time.now()
        result = stand.watch().once()
        assert result.next_at is not None
        assert datetime.fromisoformat(result.next_at) - at == timedelta(seconds=20_000)

    def test_a_broken_entry_is_told_until_its_feed_is_read_without_it(self, stand: Stand, web: WebServer) -> None:
        good = feed(Item(web.url("/ana"), "Ana"))
        web.pages["/feed"] = Page(good.body.replace(b"</channel>", b"<item></item></channel>"), headers=good.headers)
        result = stand.watch().once()
        assert [(f.item, f.source) for f in result.run.failures] == [(f"{web.url('/feed')}#2", web.url("/feed"))]
        stand.later(1)
        stand.watch().once()
        assert len(stand.ledger.failures()) == 1
        web.pages["/feed"] = good
        stand.later(1)
        stand.watch().once()
        assert stand.ledger.failures() == []

    def test_lists_and_files_name_feeds_too(self, stand: Stand, web: WebServer) -> None:
        web.pages["/two"] = feed(Item(web.url("/cem"), "Cem"))
        lists, file = stand.folder / "feeds.opml", stand.folder / "feed.xml"
        lists.write_text(opml(web.url("/two"), web.url("/feed")), "utf-8")
        file.write_bytes(feed(Item(web.url("/dea"), "Dea"), Item(web.url("/cem"), "Cem")).body)
        watch = stand.watch(str(lists), str(file), web.url("/feed"))
        assert watch.once().feeds == 3
        assert [d.url for d in stand.documents()] == [web.url(f"/{name}") for name in ("ana", "ben", "cem", "dea")]
        assert stand.ledger.feeds()[web.url("/two")].title == "0"
        stand.later(1)
        assert stand.watch(str(lists), str(file)).once().unchanged == 3

    @pytest.mark.parametrize("body", [b"", b"{}", b"Shells fell.", b"<html></html>", b"<svg></svg>", b"\xff\xfe\x00"])
    def test_what_is_no_feed_is_not_followed(self, stand: Stand, body: bytes) -> None:
        file = stand.folder / "x.xml"
        file.write_bytes(body)
        (failure,) = stand.watch(str(file)).once().run.failures
        assert (failure.code, failure.message) == ("format", f"{file} is no feed (RSS, Atom)")

    def test_what_is_no_feed_is_told_and_stops_nothing(self, stand: Stand, web: WebServer) -> None:
        text = stand.folder / "report.txt"
        text.write_text("Shells fell on Tuesday.", "utf-8")
        arguments = (str(stand.folder / "none.opml"), str(text), "ftp://post.example/feed", web.url("/feed"))
        result = stand.watch(*arguments).once()
        assert [(f.item, f.code) for f in result.run.failures] == [
            (arguments[0], "intake"), (arguments[1], "format"), (arguments[2], "intake"),
        ]  # fmt: skip
        assert len(result.run.new) == 2
        (stand.folder / "none.opml").write_text(opml(web.url("/feed")), "utf-8")
        stand.later(1)
        web.pages["/feed"] = feed(Item(web.url("/cem"), "Cem"))
        stand.watch(arguments[0]).once()
        assert [k.failure.code for k in stand.ledger.failures()] == ["format", "intake"]


class TestGoingOn:
    """Rounds, interrupts, and two at once."""

    def test_it_sleeps_until_the_next_feed_is_due(self, stand: Stand, web: WebServer) -> None:
        web.pages["/slow"] = feed(Item(web.url("/cem"), "Cem"), head="<ttl>120</ttl>")
        rounds = stand.watch(web.url("/feed"), web.url("/slow")).keep_on(stand.time.sleep)
        ats = [datetime.fromisoformat(next(rounds).at) for _ in range(5)]
        assert [round((at - ats[0]).total_seconds() / 60) for at in ats] == [0, 30, 60, 90, 120]
        assert [v.path for v in web.visits if v.path in ("/feed", "/slow")] == ["/feed", "/slow"] + ["/feed"] * 4 + [
            "/slow"
        ]

    def test_rounds_are_a_minute_apart_where_nothing_is_due(self, stand: Stand) -> None:
        rounds = stand.watch(str(stand.folder / "none.opml")).keep_on(stand.time.sleep)
        ats = [datetime.fromisoformat(next(rounds).at) for _ in range(3)]
        assert [(at - ats[0]).total_seconds() for at in ats] == [0, 60, 120]

    @pytest.mark.parametrize("after", [0, 1, 2, 3])
    def test_an_interrupt_loses_nothing(self, stand: Stand, web: WebServer, after: int) -> None:
        names = ("ana", "ben", "cem", "dea")
        web.pages["/feed"] = feed(
            *(Item(web.url(f"/{n}"), n) for n in names), Item(None, "Eli", whole=True), etag='"1"'
        )
        watch = stand.watch(reader=Cut(after))
        with pytest.raises(KeyboardInterrupt):
            watch.once()
        assert len(watch.round.run.new) == len(stand.documents()) == after
        assert "/feed" in stand.asked(stand.watch().once)
        assert len(stand.documents()) == 5
        assert stand.ledger.failures() == []
        # what was kept is read from there; one page may have been under way
        fetched = [path for path in web.paths() if path != "/feed"]
        assert {*fetched} == {f"/{name}" for name in names}
        assert len(fetched) <= len(names) + 1

    def test_what_was_kept_and_is_gone_is_fetched_again(self, stand: Stand) -> None:
        with pytest.raises(KeyboardInterrupt):
            stand.watch(reader=Cut(0)).once()
        for file in stand.captures.folder.glob("*.gz"):
            file.unlink()
        assert stand.asked(stand.watch().once) == ["/feed", "/ana", "/ben"]
        assert len(stand.documents()) == 2

    def test_no_reader_is_opened_where_nothing_is_new(self, stand: Stand) -> None:
        class Never(WordReader):
            def _outcome(self, document: Document) -> tuple[Document, ClaimsOrFailure]:
                pytest.fail("nothing is to be read")

        stand.watch().once()
        stand.later(1)
        stand.watch(reader=Never()).once()

    def test_of_two_at_once_the_second_is_told(self, stand: Stand, web: WebServer, tmp_path: Path) -> None:
        other = Stand(web, tmp_path)
        try:
            with pytest.raises(BusyError, match="another"):
                other.captures.__enter__()
        finally:
            other.ledger.close()

    def test_a_rebuilt_ledger_goes_on_following(self, stand: Stand) -> None:
        stand.watch().once()
        feeds, pages = stand.ledger.feeds(), stand.ledger.pages([stand.web.url("/ana")])
        assert rebuild(stand.path).same
        assert (stand.ledger.feeds(), stand.ledger.pages([stand.web.url("/ana")])) == (feeds, pages)


class TestCaptures:
    """What was fetched is read again from the disk, as it was."""

    @pytest.fixture
    def fetched(self, stand: Stand, web: WebServer) -> Stand:
        """Pages with a date of their own and without, one that came by a redirect, one packed, and two entries' own
        texts."""
        head = "<meta property='article:published_time' content='2024-01-17T22:00:00Z'>"
        web.pages["/ben"] = article("ben", head=head)
        web.pages["/cem"] = redirect(web.url("/moved"))
        web.pages["/moved"] = article("cem")
        web.pages["/eli"] = Page(b"no", 403)
        web.pages["/feed"] = feed(
            *(Item(web.url(f"/{n}"), n, published="2024-01-16T23:30:00-05:00") for n in ("ana", "ben", "cem")),
            Item(web.url("/eli"), "Eli", updated="2024-01-19T00:00:00Z", whole=True),
            Item(None, "Fay & Gil", published="2024-01-15", whole=True),
            Item(web.url("/dea"), "Dea", published=None),
        )  # fmt: skip
        stand.watch().once()
        assert len(stand.documents()) == 6
        return stand

    def test_nothing_is_new_in_them(self, fetched: Stand) -> None:
        run = add(fetched.ledger, fetched.config, fetched.captures.folder)
        assert (run.new, run.failures) == ([], [])
        assert sorted(run.known) == [d.id for d in as_published(fetched.documents())]

    def test_another_ledger_gets_the_same_documents_of_them(self, fetched: Stand, tmp_path: Path) -> None:
        with open_ledger(tmp_path / "y.casus", fetched.config, create=True) as other:
            run = add(other, fetched.config, fetched.captures.folder)
            assert run.failures == []
            there = other.documents(run.new).values()
            assert as_published(there) == as_published(fetched.documents())

    def test_what_an_entry_gives_is_what_its_feed_gives(self, stand: Stand, web: WebServer, tmp_path: Path) -> None:
        web.pages["/ana"] = Page(b"no", 403)
        west = "2024-01-16T23:30:00-05:00"
        items = [
            Item(web.url("/ana"), "Ana", published=west, updated="2024-01-18T00:00:00Z", whole=True),
            Item(None, 'Ben <b>"&amp;"', published=None, updated="2024-01-19", whole=True),
        ]  # fmt: skip
        web.pages["/feed"] = feed(*items)
        stand.watch().once()
        file = tmp_path / "feed.xml"
        file.write_bytes(feed(*items).body)
        with open_ledger(tmp_path / "y.casus", stand.config, create=True) as other:
            plain = as_published(other.documents(add(other, stand.config, file).new).values())
        for ours, theirs in zip(as_published(stand.documents()), plain, strict=True):
            for name in ("id", "text", "title", "url", "publisher", "byline", "published_at", "modified", "regions"):
                assert getattr(ours, name) == getattr(theirs, name), name

    def test_the_ledger_says_where_a_page_is_kept(self, fetched: Stand) -> None:
        page = fetched.ledger.pages([fetched.web.url("/ana")])[fetched.web.url("/ana")]
        assert page.capture is not None
        assert page.capture.startswith("2024-01-18.warc.gz@")
