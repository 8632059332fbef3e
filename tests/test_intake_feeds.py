"""Feeds: what each entry says becomes a document, a teaser does not, and nothing in a feed stops the rest."""

from __future__ import annotations

import warnings
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import FormatError
from casus.intake.formats import Intake
from casus.intake.news import feeds
from casus.intake.news.feednames import publisher_of
from casus.intake.news.feeds import Entry
from casus.intake.news.opml import Subscription, subscriptions
from casus.intake.news.wiredates import stamp_of
from casus.intake.raw import Known, Raw
from casus.records import Document, Failure
from tests.feed_files import (
    REPORT,
    REPORTS,
    as_item,
    document,
    documents,
    failure,
    item,
    made,
    made_of_xml,
    mutated,
    rss,
    sample,
)

FEED_FILES = ["wordpress.xml", "atom.xml", "rss10.xml", "rss091.xml"]


def entries(data: bytes | str) -> list[Entry]:
    found = list(feeds.entries(data.encode() if isinstance(data, str) else data, "f.xml"))
    assert all(isinstance(e, Entry) for e in found), found
    return [e for e in found if isinstance(e, Entry)]


def test_an_entry_with_its_whole_text_is_a_document() -> None:
    first, teaser, third = made(sample("wordpress.xml"), "feed.xml")
    assert isinstance(first, Document)
    assert first.text.split("\n\n") == [
        "Army ‘retakes’ the bridge at Osmal",
        "Soldiers near the bridge at Osmal in October 2023.",
        "The army said on Thursday that its troops had driven the Red Column from the bridge at Osmal.",
        "Four soldiers and eleven fighters were killed, Colonel Idris Bano told reporters in Karvan.",
        "The bridge carries the only road to the north.",
    ]
    assert [r.kind for r in first.regions] == ["title", "caption", "body", "body", "body"]
    assert (first.title, first.publisher, first.byline) == (first.text.split("\n")[0], "Karvan Post", "Lena Farid")
    assert first.url == "https://karvanpost.example/2024/01/osmal-bridge/"
    # the day is that of the paper, although in Greenwich it is the same evening
    assert (first.published, first.published_basis) == (date(2024, 1, 18), "feed")
    assert (first.published_at, first.modified, first.notes) == ("2024-01-18T23:40:00+05:00", None, ())
    assert isinstance(teaser, Failure)
    assert (teaser.item, teaser.code) == ("feed.xml#2", "short")
    assert "https://karvanpost.example/2024/01/tirin/" in teaser.hint
    assert "casus watch" in teaser.hint
    assert isinstance(third, Document)
    assert third.published_at == "2024-01-16T19:00:00-05:00"
    assert third.notes == ("the feed has only a summary of this report",)


def test_atom_with_its_bases_authors_sources_and_kinds_of_text() -> None:
    first, second, third = documents(sample("atom.xml"))
    assert first.url == "https://sabri.example/news/2024/convoy-dorun"
    assert (first.title, first.byline) == ("Convoy attacked near Dorun", "Amir Solt, Vera Lund")
    assert (first.published, first.modified) == (date(2024, 2, 3), "2024-02-03T11:30:00+03:00")
    assert first.text.endswith("\n\nTwo drivers were killed & five guards were hurt.")
    assert "summary" not in first.text
    assert [d.publisher for d in (first, second, third)] == ["Sabri Wire", "Northern Courier", "Sabri Wire"]
    assert second.text.count("\n\n") == 2
    assert second.published_at == "2024-02-02T09:00:00+00:00"
    assert "last changed" in second.notes[0]
    assert third.text.startswith("Market reopens\n\nThe market of Belo")


def test_rss_of_other_versions() -> None:
    old = document(sample("rss091.xml"))
    assert (old.title, old.publisher, old.url) == (
        "Mine kills two café owners", "Dorun Daily", "http://dorun.example/mine.html",
    )  # fmt: skip
    ten = document(sample("rss10.xml"))
    assert (ten.publisher, ten.byline, ten.url) == ("Hesk Observer Group", "Tom Arden", "https://hesk.example/1")
    assert (ten.published_at, ten.modified) == ("2024-03-04T21:10:00+01:00", "2024-03-05T08:00:00+01:00")


def test_a_feed_tells_how_often_it_wants_to_be_looked_at() -> None:
    assert feeds.about(sample("wordpress.xml"), "f").every == 30
    assert feeds.about(rss("<ttl>90</ttl>").encode(), "f").every == 90
    assert feeds.about(rss("<ttl>0</ttl>").encode(), "f").every is None
    assert feeds.about(sample("atom.xml"), "f") == feeds.About("Sabri Wire | World", "Sabri Wire", None)


def test_what_is_known_of_the_feed_is_not_said_of_its_entries() -> None:
    known = Known(
        url="https://p.example/feed.xml", title="Feed", publisher="The Post", retrieved="2024-01-20T00:00:00Z"
    )
    raw = Raw.of(rss(item(link="/1")).encode(), "f.xml", known)
    (only,) = Intake(debug=True).source(raw)
    assert isinstance(only, Document)
    assert (only.url, only.title, only.publisher) == ("https://p.example/1", "Army takes Belo", "The Post")
    assert only.retrieved == "2024-01-20T00:00:00Z"


@pytest.mark.parametrize("name", FEED_FILES)
def test_feedparser_finds_the_same(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import feedparser  # noqa: PLC0415 - only here: it is held against us, not used

        theirs = feedparser.parse(sample(name), sanitize_html=False, resolve_relative_uris=False).entries
    ours = entries(sample(name))
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.guid == other.get("id") or mine.guid is None
        assert mine.link in {other.get("feedburner_origlink"), other.get("link")}
        assert mine.title == other["title"].replace("<em>", "").replace("</em>", "")
        moments = {_moment(at) for at in [*(s.at for s in mine.published), mine.modified]}
        assert {tuple(dict.get(other, k) or ())[:6] for k in ("published_parsed", "updated_parsed")} <= {*moments, ()}
        said = [c["value"] for c in other.get("content", [])] or [other.get("summary")]
        assert _bare(mine.content or mine.summary) == _bare(said[0])


def _moment(at: str | None) -> tuple[int, ...]:
    return tuple(datetime.fromisoformat(at).utctimetuple())[:6] if at else ()


def _bare(markup: str | None) -> str:
    """The letters of the words, whatever the tags around them."""
    text = "".join((markup or "").split())
    while "<" in text:
        text = text[: text.index("<")] + text[text.index(">") + 1 :]
    return text.replace("&nbsp;", "").replace("\xa0", "")


KINDS = {"rss": ["escaped", "cdata", "inline", "lines"], "atom": ["xhtml", "html", "text"]}


@given(st.data(), st.lists(REPORTS, min_size=1, max_size=4), st.sampled_from(["rss", "atom"]))
def test_as_many_documents_as_reports_with_the_same_texts(
    data: st.DataObject, reports: list[list[str]], kind: str
) -> None:
    said = [as_item(data.draw(st.sampled_from(KINDS[kind])), f"Report {n} & more", r) for n, r in enumerate(reports)]
    if kind == "rss":
        feed = rss(*(f"<item>{s}</item>" for s in said))
    else:
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(f"<entry>{s}</entry>" for s in said)}</feed>'
    found = documents(feed)
    assert [d.text for d in found] == ["\n\n".join([f"Report {n} & more", *r]) for n, r in enumerate(reports)]


@given(mutated(FEED_FILES))
def test_no_change_to_a_feed_makes_it_raise(data: bytes) -> None:
    assert all(isinstance(one, Document | Failure) for one in made_of_xml(data))


LONG = "The army of the valley said that it had taken the town of Belo on Monday"  # 15 words, no end


@pytest.mark.parametrize(
    ("description", "ends"),
    [
        (f"{REPORT} [&#8230;]", "missing. […]"),
        (f"{REPORT} The post Army takes Belo appeared first on Karvan Post.", "missing."),
        (f"{REPORT}<p>The post <a>Another title</a> appeared first on <a>Karvan Post</a>.</p>", "missing."),
        (f"{REPORT} <a href='x'>Read more</a>", "missing."),
        (f"{REPORT}<p><a>Continue reading Army takes Belo →</a></p>", "missing."),
        (f"{REPORT}<br>Comments", "missing."),
        (f"{LONG} {LONG} {LONG} {LONG} {LONG}...", "Monday..."),
        (f"{REPORT} The post office was first hit on Sunday.", "Sunday."),
    ],
)
def test_enough_of_a_report_is_read_without_the_footer(description: str, ends: str) -> None:
    only = document(rss(item(description)))
    assert only.text.endswith(ends)
    assert any("the feed has only" in note for note in only.notes)


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("Nine soldiers were killed in Belo on Monday.", "short"),
        ("Nine soldiers, e.g. those of the U.S. Army, were killed... Read more", "short"),
        (f"{LONG} and ...", "short"),
        ("", "empty"),
        ("<img src='a.jpg'>", "empty"),
        ("<a>Read more</a>", "empty"),
        ("The post Army takes Belo appeared first on Karvan Post.", "empty"),
    ],
)
def test_a_teaser_is_no_report(description: str, code: str) -> None:
    found = failure(rss(item(description)))
    assert (found.code, found.item) == (code, "f.xml#1")
    assert "https://p.example/1" in found.hint


def test_a_short_report_in_full_is_one() -> None:
    short = "<content:encoded>Nine soldiers were killed in Belo on Monday.</content:encoded>"
    assert document(rss(item("", short))).text == "Army takes Belo\n\nNine soldiers were killed in Belo on Monday."


@pytest.mark.parametrize(
    ("written", "day", "at"),
    [
        ("Thu, 18 Jan 2024 09:32:00 +0500", "2024-01-18", "2024-01-18T09:32:00+05:00"),
        ("Mon, 18 Jan 2024 09:32:00 GMT", "2024-01-18", "2024-01-18T09:32:00+00:00"),  # it was a Thursday
        ("18 January 24 9:32 EDT", "2024-01-18", "2024-01-18T09:32:00-04:00"),
        ("Thu, 18 Jan 99 23:59:60 Z", "1999-01-18", "1999-01-18T23:59:59+00:00"),
        ("Thursday, 18-Jan-2024 09:32:00 UTC+3", "2024-01-18", "2024-01-18T09:32:00+03:00"),
        ("Thu, 18 Jan 2024 09:32:00", "2024-01-18", None),
        ("Thu, 18 Jan 2024 09:32:00 IST", "2024-01-18", None),  # India, Ireland or Israel
        ("Thu, 18 Jan 2024", "2024-01-18", None),
        ("Thu Jan 18 09:32:00 PST 2024", "2024-01-18", "2024-01-18T09:32:00-08:00"),
        ("January 18, 2024 9:32 p.m. +0100", "2024-01-18", "2024-01-18T21:32:00+01:00"),
        ("2024-01-18T09:32:00.123456-03:30", "2024-01-18", "2024-01-18T09:32:00-03:30"),
        ("20240118T093200+0500", "2024-01-18", "2024-01-18T09:32:00+05:00"),
        ("2024-01-18T09:32Z", "2024-01-18", "2024-01-18T09:32:00+00:00"),
        ("2024-01-18 09:32:00", "2024-01-18", None),
        ("20240118", "2024-01-18", None),
        ("2024-01-18T25:61:00Z", "2024-01-18", None),
        ("2024-01-18T09:32:00+99:00", "2024-01-18", None),
    ],
)
def test_dates_as_feeds_write_them(written: str, day: str, at: str | None) -> None:
    stamp = stamp_of(written, "feed")
    assert stamp is not None
    assert (stamp.day.isoformat(), stamp.at, stamp.basis) == (day, at, "feed")


@pytest.mark.parametrize(
    "written", ["", "soon", "31 Feb 2024 10:00 GMT", "0000-00-00", "Thu, 01 Jan 1970 00:00:00 GMT", "2024-13-01T00:00Z"]
)
def test_what_is_no_date(written: str) -> None:
    assert stamp_of(written, "feed") is None


@given(st.text(max_size=60))
def test_no_text_makes_dates_raise(text: str) -> None:
    stamp_of(text, "feed")


def test_dates_of_an_entry() -> None:
    first = entries(rss(item(REPORT, "<pubDate>yesterday</pubDate><dc:date>2024-01-18T00:30:00+02:00</dc:date>")))[0]
    assert [s.at for s in first.published] == ["2024-01-18T00:30:00+02:00"]
    assert "'yesterday' is no date" in first.notes[0]
    two = "<pubDate>Thu, 18 Jan 2024 00:30:00 +0200</pubDate><dc:date>2024-01-17T22:30:00Z</dc:date>"
    assert len(entries(rss(item(REPORT, two)))[0].published) == 1  # one moment, two days
    other = document(rss(item(REPORT, two.replace("2024-01-17", "2024-01-15"))))
    assert [s.value for s in other.also_stated] == ["2024-01-15T22:30:00+00:00"]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>lena@p.example (Lena Farid)</author>", "Lena Farid"),
        ("<author>Lena Farid &lt;lena@p.example&gt;</author>", "Lena Farid"),
        ("<author>lena@p.example</author>", None),
        ("<dc:creator>By Lena Farid</dc:creator><dc:creator>Tom Arden</dc:creator>", "Lena Farid, Tom Arden"),
        ("<dc:creator>admin</dc:creator>", None),
        ("<author>https://p.example/staff</author>", None),
    ],
)
def test_authors(author: str, name: str | None) -> None:
    assert entries(rss(item(REPORT, author)))[0].byline == name


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ("<guid>https://p.example/2</guid>", "https://p.example/2"),
        ("<guid isPermaLink='false'>https://p.example/2</guid>", None),
        ("<link/><guid>tag:p.example</guid>", None),
        ("<link> https://p.example/ 2 </link>", "https://p.example/2"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[bad</link>", None),
    ],
)
def test_links(links: str, url: str | None) -> None:
    entry = entries(rss(f"<item><title>Army takes Belo</title>{links}</item>"))[0]
    assert entry.link == url


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Karvan Post - RSS", "Karvan Post"),
        ("Latest news from Karvan Post", "Karvan Post"),
        ("World | Karvan Post", "Karvan Post"),
        ("Karvan Post » Middle East » Feed", "Karvan Post"),
        ("Karvan Post – Breaking news and video from the valley", "Karvan Post"),
        ("RSS feed of Karvan Post", "Karvan Post"),
        ("Karvan Post RSS Feed", "Karvan Post"),
        ("BBC News", "BBC News"),
        ("Breaking Defense", "Breaking Defense"),
        ("News of the Valley", "News of the Valley"),
        ("World news", None),
        ("RSS", None),
        ("", None),
    ],
)
def test_the_publisher_in_a_feeds_title(title: str, name: str | None) -> None:
    assert publisher_of(title) == name


def test_lists_of_feeds_are_followed_and_not_read() -> None:
    assert subscriptions(sample("feeds.opml"), "l.opml") == (
        Subscription("https://karvanpost.example/feed/", "Karvan Post (all)"),
        Subscription("http://sabri.example/atom.xml?a=1&b=2", "Sabri & Sons"),
        Subscription("https://hesk.example/rss", None),
    )
    found = failure(sample("feeds.opml"), "l.opml")
    assert found.code == "format"
    assert "3 feeds" in found.message
    assert "casus watch" in found.hint
    # edited by hand, with a bare ampersand, and cut off
    broken = b"<opml><body><outline xmlUrl='https://a.example/?b=1&c=2'/><outline text='x"
    assert subscriptions(broken, "l") == (Subscription("https://a.example/?b=1&c=2"),)


@pytest.mark.parametrize("data", [b"<opml><body/></opml>", b"<rss/>", b"", b"text", b"<opml><!DOCTYPE"])
def test_lists_that_are_none(data: bytes) -> None:
    with pytest.raises(FormatError):
        subscriptions(data, "l.opml")


@given(mutated(["feeds.opml"]))
def test_no_change_to_a_list_makes_it_fail_otherwise(data: bytes) -> None:
    with suppress(FormatError):
        assert subscriptions(data, "l.opml")
