"""`casus watch` as a person meets it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from casus import cli, cli_watch
from casus.fetch import Fetcher, Manners
from casus.ledger.ledger import Ledger
from casus.pipeline import Reads
from casus.watch import rounds, watching
from tests.ledgers import Typed
from tests.newsstand import Item, article, feed, opml
from tests.web_server import LOCAL, Page, Time, WebServer, serving


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        for name in ("ana", "ben", "cem"):
            server.pages[f"/{name}"] = article(name)
        server.pages["/feed"] = feed(Item(server.url("/ana"), "Ana"), Item(server.url("/ben"), "Ben"), etag='"1"')
        yield server


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def casus(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path, clock: Time
) -> Typed:
    """The command line, in which watching may ask this machine and waits for nobody."""

    def local(allow: Sequence[str]) -> object:
        manners = Manners(allow=(*allow, *LOCAL), tries=1)
        return lambda: Fetcher(manners, sleep=clock.sleep, clock=clock.clock, now=clock.now)

    monkeypatch.setitem(cli.ELSEWHERE, "watch", "casus.cli_watch")
    monkeypatch.setattr(watching, "web", local)
    return Typed.prepared(capsys, monkeypatch, tmp_path, reader)


def failures(casus: Typed) -> list[str]:
    with Ledger.open(casus.folder / "ledger.casus") as ledger:
        return [kept.source for kept in ledger.failures()]


def test_one_round_adds_what_is_new_and_says_so(casus: Typed, web: WebServer) -> None:
    said = casus("watch", web.url("/feed"), "--once")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("1 of 1 feed asked; 2 pages fetched; added 2 documents with 4 claims; events: ")
    again = casus("watch", web.url("/feed"), "--once")
    assert again.out == "1 of 1 feed asked, 1 unchanged; added 0 documents with 0 claims; events: 0 founded\n"
    with casus.open() as ledger:
        assert ledger.counts()["documents"] == 2
    assert [p.suffix for p in (casus.folder / "ledger.casus.captures").glob("*.gz")] == [".gz"]


def test_what_fails_is_told_and_kept(casus: Typed, web: WebServer) -> None:
    web.pages["/ana"] = Page(b"no", 403)
    said = casus("watch", web.url("/feed"), web.url("/none"), "--once")
    assert said.code == 3
    assert f"failed {web.url('/ana')}: [fetch] {web.url('/ana')} answers 403 Forbidden" in said.err
    assert said.out.startswith("2 of 2 feeds asked, 1 failed; 1 page fetched, 1 failed; added 1 document ")
    assert said.out.endswith("; 2 failed (2 fetch)\n")
    assert failures(casus) == [web.url("/none"), web.url("/ana")]
    listed = casus("failures")
    assert web.url("/ana") in listed.out
    assert "not tried" in casus("retry").err


def test_json_is_a_line_a_round(casus: Typed, web: WebServer) -> None:
    web.pages["/ben"] = Page(b"no", 404)
    line = json.loads(casus("watch", web.url("/feed"), "--once", "--json").out)
    assert line["feeds"] == {"followed": 1, "asked": 1, "unchanged": 0, "failed": 0}
    assert line["pages"] == {"fetched": 1, "own_text": 0, "failed": 1, "refused": 0, "put_off": 0}
    assert (len(line["new"]), line["known"], line["claims"], line["notes"]) == (1, [], 2, [])
    assert [failure["item"] for failure in line["failures"]] == [web.url("/ben")]
    assert line["at"] <= line["next_at"]


def test_a_round_in_which_nothing_is_due_says_when_something_is(casus: Typed, web: WebServer) -> None:
    casus("watch", web.url("/feed"), "--once", "--every", 600)
    said = casus("watch", web.url("/feed"), "--once", "--every", 600)
    assert said.code == 0
    assert said.out.startswith("0 of 1 feed asked; the next is due at 20")


def test_what_is_fetched_can_be_added_again_from_the_disk(casus: Typed, web: WebServer) -> None:
    casus("watch", web.url("/feed"), "--once", "--captures", "kept")
    said = casus("add", "kept")
    assert (said.code, said.err) == (0, "")
    assert said.out == "added 0 documents with 0 claims; events: 0 founded; 2 documents known already\n"
    assert casus("add", "kept", "--ledger", "other.casus").out.startswith("added 2 documents with 4 claims")


def test_a_feed_that_moved_is_told(casus: Typed, web: WebServer) -> None:
    web.pages["/old"] = Page(status=308, headers={"Location": "/feed"})
    said = casus("watch", web.url("/old"), "--once")
    assert said.err == f"note: {web.url('/old')} has moved for good to {web.url('/feed')}, and is followed there\n"


@pytest.mark.parametrize("argument", ["none.opml", "report.txt", "ftp://post.example/feed"])
def test_where_no_feed_is_named_no_ledger_is_made(casus: Typed, argument: str) -> None:
    (casus.folder / "report.txt").write_text("Shells fell on Tuesday.", "utf-8")
    said = casus("watch", argument, "--once")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"failed {argument}: [")
    assert not (casus.folder / "ledger.casus").exists()


def test_lists_and_files(casus: Typed, web: WebServer) -> None:
    (casus.folder / "feeds.opml").write_text(opml(web.url("/feed")), "utf-8")
    (casus.folder / "feed.xml").write_bytes(feed(Item(web.url("/cem"), "Cem")).body)
    said = casus("watch", "feeds.opml", "feed.xml", "--once")
    assert (said.code, said.out.partition(";")[0]) == (0, "2 of 2 feeds asked")
    with casus.open() as ledger:
        assert ledger.counts()["documents"] == 3


class TestGoingOn:
    """Until somebody presses Ctrl-C."""

    @pytest.fixture
    def naps(self, casus: Typed, monkeypatch: pytest.MonkeyPatch, clock: Time) -> list[float]:
        """How long it slept; at the fifth nap somebody presses Ctrl-C."""
        taken: list[float] = []
        whole = watching.Watch.__init__

        def by_our_clock(self: watching.Watch, *given: object, **more: object) -> None:
            whole(self, *given, **{**more, "now": clock.now})  # type: ignore[arg-type]

        def nap(seconds: float) -> None:
            taken.append(seconds)
            clock.sleep(600)
            if len(taken) == 5:
                raise KeyboardInterrupt

        monkeypatch.setattr(watching.Watch, "__init__", by_our_clock)
        monkeypatch.setattr(watching.Watch.keep_on, "__defaults__", (nap,))
        return taken

    def test_it_goes_on_and_says_what_is_new(self, casus: Typed, web: WebServer, naps: list[float]) -> None:
        first = web.pages["/feed"]
        assert isinstance(first, Page)
        second = feed(Item(web.url("/cem"), "Cem"), etag='"2"')
        web.pages["/feed"] = [first, second]
        said = casus("watch", web.url("/feed"))
        assert (said.code, said.err) == (130, "")
        lines = said.out.splitlines()
        assert len(lines) == 2
        assert [line.split(": ")[1].partition(";")[0] for line in lines] == ["1 of 1 feed asked"] * 2
        assert [line.partition("added ")[2][:11] for line in lines] == ["2 documents", "1 document "]
        assert naps == [60] * 5

    def test_an_interrupt_in_a_round_tells_what_was_done(
        self, casus: Typed, web: WebServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def pressed(visit: object) -> Page:
            raise KeyboardInterrupt

        monkeypatch.setattr(rounds.Work, "_fetch_page", lambda work, visit: pressed(visit))
        said = casus("watch", web.url("/feed"), "--once")
        assert said.code == 130
        assert said.out.startswith("interrupted: 1 of 1 feed asked; added 0 documents")

    def test_json_has_a_line_for_each_round(self, casus: Typed, web: WebServer, naps: list[float]) -> None:
        lines = [json.loads(line) for line in casus("watch", web.url("/feed"), "--json").out.splitlines()]
        assert [len(line["new"]) for line in lines] == [2, 0]
        assert lines[0]["next_at"][:16] == lines[1]["at"][:16]


@pytest.fixture
def outside(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path
) -> Typed:
    """The command line as it is, with what fetches for people."""
    monkeypatch.setitem(cli.ELSEWHERE, "watch", "casus.cli_watch")
    return Typed.prepared(capsys, monkeypatch, tmp_path, reader)


def test_what_cannot_be_allowed_is_told(outside: Typed) -> None:
    said = outside("watch", "https://post.example/feed", "--allow", "10.0.0.0/99")
    assert (said.code, "is no network to allow" in said.err) == (2, True)
    assert list(outside.folder.iterdir()) == []


def test_addresses_that_are_not_public_are_asked_only_where_they_are_allowed(outside: Typed, web: WebServer) -> None:
    web.pages["/feed"] = feed(Item(None, "Ana", whole=True))
    said = outside("watch", web.url("/feed"), "--once")
    assert (said.code, "[address] 127.0.0.1 is no public address" in said.err, web.visits) == (3, True, [])
    # it failed, so it is left alone for a while: another ledger does not know
    allowed = outside("watch", web.url("/feed"), "--once", "--allow", "127.0.0.1", "--ledger", "other.casus")
    assert (allowed.code, allowed.err, len(web.visits)) == (0, "", 1)
    assert "added 1 document " in allowed.out


@pytest.mark.parametrize("minutes", ["4", "0", "x"])
def test_no_feed_is_asked_more_often_than_every_five_minutes(outside: Typed, minutes: str) -> None:
    assert outside("watch", "https://post.example/feed", "--every", minutes).code == 2


def test_every_option_and_field_is_documented(casus: Typed, web: WebServer) -> None:
    page = (Path(__file__).parent.parent / "docs" / "watch.md").read_text(encoding="utf-8")
    assert all(f"`{flag}" in page for param in cli_watch.watch.params for flag in param.opts if flag.startswith("--"))
    line = json.loads(casus("watch", web.url("/feed"), "--once", "--json").out)
    assert {*line, *line["feeds"], *line["pages"]} - set(re.findall(r"`([a-z_]+)`", page)) == set()


def test_two_at_once_are_one_too_many(casus: Typed, web: WebServer, clock: Time) -> None:
    with watching.Captures(casus.folder / "ledger.casus.captures", clock.now):
        said = casus("watch", web.url("/feed"), "--once")
    assert (said.code, said.err.startswith("error [ledger-busy] another `casus watch`")) == (1, True)
    assert web.visits == []
