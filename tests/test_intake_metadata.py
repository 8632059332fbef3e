"""Who published a page, when, and of which country: every statement is kept, the rules choose one, none is guessed."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.intake.build import Source, of_page
from casus.intake.dates import by_weekday, find_clock, find_date, find_partial
from casus.intake.metadata import differing, settle_published
from casus.intake.raw import Known, Stamp
from casus.intake.web.meta import Span, unarchived, url_date, url_span
from casus.records import Document, PublishedBasis, Stated

TITLE = "Army takes the town of Belo after a week of fighting"
BODY = (
    "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed.",
    "The rebels said that they had left the town on Sunday, and that its bridges were blown up by the army.",
    "Aid workers counted forty burnt houses along the river road and asked both sides to let lorries through.",
)
TEXT = "".join(f"<p>{p}</p>" for p in BODY)
DAY = date(2021, 5, 3)


def ld(**fields: Any) -> str:
    said = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE} | fields
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


def page(head: str = "", line: str = "", after: str = "", url: str = "", title: str = TITLE) -> str:
    link = f'<link rel="canonical" href="{url}">' if url else ""
    article = f"<article><h1>{title}</h1>{line}{TEXT}</article>"
    return f"<html><head><title>{title}</title>{link}{head}</head><body><main>{article}{after}</main></body></html>"


def document(html: str, known: Known | None = None) -> Document:
    (only,) = of_page(html, Source("x.html", known or Known()))
    return only


def stamp(day: int, basis: PublishedBasis, at: str | None = None) -> Stamp:
    return Stamp(date(2021, 5, day), basis, at)


# Each place where a page may state its date


@pytest.mark.parametrize(
    ("html", "basis"),
    [
        (page(ld(datePublished="2021-05-03T10:00:00+02:00")), "json-ld"),
        (page(ld(datePublished={"@type": "Date", "@value": "2021-05-03"})), "json-ld"),
        (page(ld(dateCreated="2021-05-03")), "json-ld"),
        (page('<script type="application/ld+json">{"datePublished": "2021-05-03T09:00Z", ""}</script>'), "json-ld"),
        (page('<meta property="article:published_time" content="2021-05-03T10:00:00Z">'), "meta"),
        (page('<meta name="ptime-published" content="1620036000">'), "meta"),
        (page('<meta itemprop="datePublished" content="2021-05-03">'), "meta"),
        (page("", '<span itemprop="datePublished" content="2021-05-03">3 May</span>'), "meta"),
        (page("", '<span property="dc:date dc:created" content="2021-05-03T10:00:00+02:00">x</span>'), "meta"),
        (page("", "<time datetime='2021-05-03' pubdate>3 May</time>"), "meta"),
        (page("", "<span class='timestamp' data-timestamp='1620036000000'>yesterday</span>"), "meta"),
        (page("", url="https://coast.example/2021/05/03/belo"), "url"),
        (page("", "<div class=date>3 May 2021</div>"), "text"),
        (page("", "<p>By Ana Roth | 3 May 2021</p>"), "text"),
        (page("", "<div><span class=d>03</span><span class=m>May</span><span class=y>2021</span></div>"), "text"),
        (page("", "<div class=date><div>03</div><div>May</div><div>2021</div></div>"), "text"),
        (page("", "<p>Mon 03/05/2021</p>"), "text"),
        (page("", "<div>03.05.2021</div>"), "text"),
        (page("", "<div>3 Mayo 2021</div>"), "text"),
        (page("", "", "<dl><dt>Published</dt><dd>3 May 2021</dd></dl>"), "text"),
        (page("<script>dataLayer.push({'publishDate': '2021-05-03', 'updated': '2021-05-09'})</script>"), "meta"),
        (page(f'<script>window.S={{"a":{{"title":"{TITLE}","publishedAt":1620036000000}}}}</script>'), "meta"),
    ],
)  # fmt: skip
def test_a_date_is_found_wherever_a_page_states_it(html: str, basis: str) -> None:
    found = document(html)
    assert (found.published, found.published_basis) == (DAY, basis)


@pytest.mark.parametrize(
    "html",
    [
        page('<meta property="article:modified_time" content="2021-05-03">'),
        page("", "<p>Updated 3 May 2021</p>"),
        page("", "<p>Last updated <time datetime='2021-05-03'>3 May</time></p>"),
        page("", "", "<aside><time datetime='2021-05-03'>3</time> <time datetime='2021-05-04'>4</time></aside>"),
        page("", "", "<div class=comments><p>Ana, 3 May 2021</p><p>What about the bridges?</p></div>"),
        page(ld(headline="Storm hits the coast of Ostra", datePublished="2021-05-03", url="https://a.example/storm")),
        page('<script type="application/ld+json">{"@type": "VideoObject", "datePublished": "2021-05-03"}</script>'),
        page("", "<p>2 hours ago</p>"),
        page("", "<p>03/05/2021</p>"),
        page("<script>x({'publishDate': '2021-05-03'}, {'publishDate': '2021-05-04'})</script>"),
        page('<script>window.S={"a":{"title":"Storm on the coast","publishedAt":1620036000000}}</script>'),
        f"<html><body><div class=top>Monday, 3 May 2021</div><div class=nav><a href=1>A</a><a href=2>B</a></div>"
        f"<div class=page><h1>{TITLE}</h1>{TEXT}</div></body></html>",
    ],
)  # fmt: skip
def test_dates_of_other_things_are_no_date_of_publication(html: str) -> None:
    assert document(html).published is None


def test_a_day_without_a_year_takes_it_from_what_states_the_same_day() -> None:
    items = json.dumps([{"title": "Storm", "date": "2021-05-09"}, {"title": TITLE, "date": "2021-05-03"}])
    state = f"<script>window.S = {items};</script>"
    assert document(page(state, "<p class=date>3 May, 11:20</p>")).published == DAY
    assert document(page("", "<p class=date>3 May</p>", url="https://coast.example/2021/05/belo")).published == DAY
    changed = '<meta property="og:updated_time" content="2021-05-05">'
    assert document(page(changed, "<p class=date>3 May</p>")).published == DAY
    assert document(page("", "<p class=date>3 May</p>")).published is None


def test_the_order_of_day_and_month_comes_from_the_page_its_country_or_its_language() -> None:
    line = "<p class=date>03/05/2021</p>"
    assert document(page("", line + "<p class=date>Updated 13/05/2021</p>")).published == DAY
    assert document(page("", line, url="https://coast.example.pk/belo")).published == DAY
    assert document(page("", line).replace("<html>", '<html lang="en-GB">')).published == DAY
    american = document(page("", line, url="https://www.nytimes.com/belo"))
    assert american.published == date(2021, 3, 5)
    assert any("month is read first" in n for n in american.notes)
    assert document(page("", line).replace("<html>", '<html lang="en-US">')).published is None


def test_the_time_of_a_stamp_is_kept_with_its_offset() -> None:
    assert document(page(ld(datePublished="2021-05-03T10:00:00+05:00"))).published_at == "2021-05-03T10:00:00+05:00"
    assert document(page("", "<p>3 May 2021 at 6:40 a.m. PHT</p>")).published_at == "2021-05-03T06:40:00+08:00"
    assert document(page("", "<p>3 May 2021, 06:40</p>")).published_at is None


def test_the_date_of_change_is_kept_and_one_before_publication_is_noted() -> None:
    found = document(page(ld(datePublished="2021-05-03", dateModified="2021-05-05T08:00:00Z")))
    assert found.modified == "2021-05-05T08:00:00+00:00"
    assert not any("before it was published" in n for n in found.notes)
    odd = document(page(ld(datePublished="2021-05-03", dateModified="2021-05-01")))
    assert (odd.published, odd.modified) == (DAY, "2021-05-01")
    assert any("before it was published" in n for n in odd.notes)


def test_the_original_publication_goes_before_that_of_a_portal() -> None:
    posted = "<dt>Posted</dt><dd><time datetime=2021-05-06>6 May 2021</time></dd>"
    found = document(page("", f"<dl>{posted}<dt>Originally published</dt><dd>3 May 2021</dd></dl>"))
    assert found.published == DAY
    assert Stated("published", "2021-05-06", "meta") in found.also_stated


# Which of several statements holds


def test_the_basis_decides_and_the_others_are_kept() -> None:
    head = ld(datePublished="2021-05-03") + '<meta property="article:published_time" content="2021-05-06">'
    found = document(page(head, "<div class=date>9 May 2021</div>"))
    assert (found.published, found.published_basis) == (DAY, "json-ld")
    assert set(found.also_stated) == {
        Stated("published", "2021-05-06", "meta"), Stated("published", "2021-05-09", "text"),
    }  # fmt: skip


def test_a_machine_date_that_the_line_and_the_address_contradict_is_a_templates() -> None:
    stamps = [stamp(20, "json-ld"), stamp(3, "url"), stamp(3, "text")]
    settled = settle_published(stamps)
    assert settled.stamp == stamp(3, "url")
    assert Stated("published", "2021-05-20", "json-ld") in settled.others
    assert any("contradict" in n for n in settled.notes)


@pytest.mark.parametrize(
    "stamps",
    [
        [stamp(20, "json-ld"), stamp(3, "text")],  # one voice against it
        [stamp(20, "json-ld"), stamp(3, "url"), stamp(9, "text")],  # two that do not agree
        [stamp(20, "json-ld"), stamp(20, "meta"), stamp(3, "url"), stamp(3, "text")],  # it is supported
        [stamp(20, "given"), stamp(3, "url"), stamp(3, "text")],  # no machine's
    ],
)
def test_otherwise_the_most_trusted_stays(stamps: list[Stamp]) -> None:
    assert settle_published(stamps).stamp == stamps[0]


def test_a_machine_date_after_the_last_change_gives_way_to_one_other() -> None:
    assert settle_published([stamp(20, "meta"), stamp(3, "text")], modified="2021-05-04").stamp == stamp(3, "text")
    assert settle_published([stamp(20, "meta")], modified="2021-05-04").stamp == stamp(20, "meta")


def test_a_date_after_the_capture_is_wrong_and_the_next_best_is_taken() -> None:
    settled = settle_published([stamp(9, "json-ld"), stamp(3, "text")], retrieved="2021-05-04T10:00:00Z")
    assert settled.stamp == stamp(3, "text")
    assert settled.others == (Stated("published", "2021-05-09", "json-ld"),)
    assert any("after the capture" in n for n in settled.notes)
    assert settle_published([stamp(9, "json-ld")], retrieved="2021-05-04").stamp is None
    assert settle_published([stamp(9, "given")], retrieved="2021-05-04").stamp == stamp(9, "given")
    # where it is already tomorrow
    assert settle_published([stamp(5, "text")], retrieved="2021-05-04T20:00:00Z").stamp == stamp(5, "text")


BASES: list[PublishedBasis] = ["given", "json-ld", "meta", "feed", "url", "text"]
MOMENTS = ("2021-05-03T22:40:00+00:00", "2021-05-04T06:40:00+08:00", "2021-05-04T01:00:00+00:00")


def at(moment: str, basis: PublishedBasis) -> Stamp:
    return Stamp(datetime.fromisoformat(moment).date(), basis, moment)


STAMPS = st.one_of(
    st.builds(stamp, st.integers(1, 9), st.sampled_from(BASES)),
    st.builds(at, st.sampled_from(MOMENTS), st.sampled_from(BASES)),
)


@given(st.lists(STAMPS, min_size=1, max_size=6), st.sampled_from([None, "PAK", "USA"]))
def test_no_day_is_invented_and_none_is_lost(stamps: list[Stamp], country: str | None) -> None:
    settled = settle_published(stamps, country=country)
    assert settled.stamp is not None
    assert settled.stamp.day in {s.day for s in stamps}
    kept = {settled.stamp.day} | {date.fromisoformat(o.value[:10]) for o in settled.others}
    # a moment that is stated in two zones has one day, that of its outlet
    assert {s.day for s in stamps if s.at is None} <= kept <= {s.day for s in stamps}


# Time zones


def test_a_moment_in_utc_has_the_day_of_the_same_moment_in_local_time() -> None:
    head = ld(datePublished="2021-05-02T22:40:17Z")
    found = document(page(head, "<p class=date>May 3, 2021 at 6:40 a.m.</p>"))
    assert (found.published, found.published_basis, found.published_at) == (DAY, "json-ld", "2021-05-03T06:40:00+08:00")
    assert any("own time" in n for n in found.notes)
    assert not found.also_stated


def test_a_moment_in_utc_is_read_in_the_publishers_country_where_another_part_names_that_day() -> None:
    stamps = [stamp(2, "json-ld", "2021-05-02T20:30:00+00:00"), stamp(3, "text")]
    assert settle_published(stamps, country="PAK").stamp == Stamp(DAY, "json-ld", "2021-05-03T01:30:00+05:00")
    # in Britain that moment was on the second: both are kept
    british = settle_published(stamps, country="GBR")
    assert (british.stamp, british.others) == (stamps[0], (Stated("published", "2021-05-03", "text"),))
    # a country of many zones, in all of which it was the same day
    west = [stamp(4, "json-ld", "2021-05-04T02:00:00+00:00"), stamp(3, "url")]
    american = settle_published(west, country="USA").stamp
    assert american == Stamp(DAY, "json-ld", "2021-05-04T02:00:00+00:00")


def test_where_the_country_is_not_known_a_day_is_taken_that_both_statements_allow() -> None:
    late = stamp(2, "json-ld", "2021-05-02T22:30:00+00:00")
    settled = settle_published([late, stamp(3, "text")])
    assert settled.stamp == Stamp(DAY, "json-ld", late.at)
    # at ten in the morning in London it is the next day nowhere
    early = stamp(2, "json-ld", "2021-05-02T10:00:00+00:00")
    assert settle_published([early, stamp(3, "text")]).stamp == early
    # nor is a moment moved that the page's own line supports
    assert settle_published([late, stamp(3, "url"), stamp(2, "text")]).stamp == late
    # but the address, which may be made in UTC as well, does not hold it
    assert settle_published([late, stamp(2, "url"), stamp(3, "text")]).stamp == Stamp(DAY, "json-ld", late.at)
    # nor one that has an offset already
    offset = stamp(2, "json-ld", "2021-05-02T22:30:00+02:00")
    assert settle_published([offset, stamp(3, "text")]).stamp == offset


# Addresses, dates in words


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/x-2021-05-03.html", "2021-05-03"), ("https://a.example/2021/0503/x", "2021-05-03"),
        ("https://a.example/news_20210503.html", "2021-05-03"), ("https://a.example/03-may-2021/x", "2021-05-03"),
        ("https://a.example/2021/may/03/x", "2021-05-03"), ("https://a.example/on-may-3-2021-in-belo", None),
        ("https://a.example/13-05-2021/x", "2021-05-13"), ("https://a.example/03-05-2021/x", None),
        ("https://a.example/n/2021050312345", None), ("https://20210503.example/x", None),
    ],
)  # fmt: skip
def test_the_date_in_an_address(url: str, day: str | None) -> None:
    found = url_date(url)
    assert (found.isoformat() if found else None) == day


def test_the_month_or_the_year_in_an_address() -> None:
    assert url_span("https://a.example/2021/05/x") == url_span("https://a.example/2021/may/x") == Span(2021, 5)
    assert url_span("https://a.example/2021/x") == Span(2021, None)
    assert url_span("https://a.example/x/2021") is None
    assert Span(2021, 5).holds(date(2021, 6, 1))
    assert not Span(2021, 5).holds(date(2021, 6, 2))


def test_a_machine_date_outside_of_the_year_in_the_address_gives_way_to_the_line() -> None:
    head, line = ld(datePublished="2023-01-09"), "<div class=date>3 May 2021</div>"
    moved = document(page(head, line, url="https://coast.example/2021/belo"))
    assert (moved.published, moved.published_basis) == (DAY, "text")
    assert Stated("published", "2023-01-09", "json-ld") in moved.also_stated
    assert document(page(head, line, url="https://coast.example/2023/belo")).published == date(2023, 1, 9)


def test_an_archives_address_is_taken_apart() -> None:
    own = "https://coast.example/2021/05/03/belo"
    assert unarchived(f"https://web.archive.org/web/20230101000000/{own}") == own
    assert unarchived(f"/web/20230101000000id_/{own}") == own
    assert unarchived(own) == own
    assert document(page(url=f"/web/20230101000000/{own}")).url == own


def test_the_address_that_a_browser_noted_is_the_pages() -> None:
    noted = "<!-- saved from url=(0037)https://coast.example/2021/05/03/belo -->"
    found = document("<!DOCTYPE html>\n" + noted + page())
    assert (found.url, found.published) == ("https://coast.example/2021/05/03/belo", DAY)


def test_dates_and_times_in_words() -> None:
    assert find_date("Mon May  3 10:20:30 EST 2021") == find_date("2021-May-03") == find_date("3-May-21") == DAY
    assert find_date("3 May 98 10:11") == date(1998, 5, 3)
    assert find_date("03.05.2021") == DAY
    assert find_partial("3 May, 11:20") == find_partial("May 3") == (5, 3)
    assert find_partial("31 February") is None
    assert by_weekday("Mon 03/05/2021") == DAY
    assert by_weekday("Tue 03/05/2021") is None
    assert [str(c[0]) for t in ("6:40 a.m. PHT", "12 am", "14.05 GMT") if (c := find_clock(t))] == [
        "06:40:00", "00:00:00", "14:05:00",
    ]  # fmt: skip
    assert find_clock("08.10.2016") is find_clock("25:00") is None


# Title, publisher, country


def test_the_headline_that_readers_see_is_the_title_and_another_one_is_kept() -> None:
    head = '<meta property="og:title" content="Borduria: bridges blown up as rebels flee Belo at dawn">'
    found = document(page(head))
    assert found.title == TITLE
    assert [s.value for s in found.also_stated] == ["Borduria: bridges blown up as rebels flee Belo at dawn"]


@pytest.mark.parametrize(
    "variant", [TITLE.upper(), f"{TITLE} | Coast Post", TITLE[:40], f"{TITLE} - in pictures", f"“{TITLE}”"]
)
def test_a_variant_of_the_title_is_no_contradiction(variant: str) -> None:
    assert differing("title", TITLE, [(variant, "meta")]) == ()


def test_names_and_addresses_that_differ() -> None:
    assert differing("publisher", "Coast Post", [("The Coast Post", "meta"), ("CP", "meta")]) == ()
    assert len(differing("publisher", "Coast Post", [("Inland Herald", "meta"), ("INLAND HERALD", "meta")])) == 1
    same = "https://www.coast.example/belo"
    assert differing("url", same, [("http://m.coast.example/belo/?x=1", "meta"), (same + "/amp", "meta")]) == ()
    assert len(differing("url", same, [("https://coast.example/storm", "meta")])) == 1
    assert differing("title", None, [(TITLE, "meta")]) == ()


def test_what_a_container_says_goes_first_and_the_pages_own_is_kept() -> None:
    known = Known(title="Belo falls", publisher="Inland Herald", published=(stamp(5, "feed"),))
    found = document(page(ld(datePublished="2021-05-03", publisher={"name": "Coast Post"})), known)
    assert (found.title, found.publisher) == ("Belo falls", "Inland Herald")
    assert {(s.field, s.value) for s in found.also_stated} == {
        ("title", TITLE), ("publisher", "Coast Post"), ("published", "2021-05-05"),
    }  # fmt: skip


def test_a_publisher_is_named_after_its_address_only_where_nothing_else_names_it() -> None:
    url = "https://www.dawn.com/news/1"
    nameless = document(page(url=url))
    assert (nameless.publisher, nameless.publisher_country) == ("Dawn", "PAK")
    assert any("named after its address" in n for n in nameless.notes)
    named = document(page('<meta property="og:site_name" content="Coast Post">', url=url))
    assert (named.publisher, named.publisher_country) == ("Coast Post", "PAK")
