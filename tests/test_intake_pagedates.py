"""Dates of pages in places where few have them, and beside each the page that looks alike and must not be dated so."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.test_intake_metadata import BODY, DAY, TEXT, TITLE, document, ld, page

OTHER = "Ministers meet in Port Ostra to talk about water and roads"


def post(foot: str, *, after: str = "", above: str = "") -> str:
    """A blog's post of 3 May, its title in an h3."""
    inner = f"<div class='hentry'><h3 class='post-title'>{TITLE}</h3><div class='body'>{TEXT}</div>{foot}</div>"
    return (
        f"<html><head><title>{TITLE}</title></head><body><div id=main><div id=posts><div class=day>{above}"
        f"<div class=of>{inner}</div></div>{after}</div></div></body></html>"
    )


MOMENT = "<abbr class='published' title='2021-05-03T15:10:00-07:00'>3:10 PM</abbr>"
OF_OTHER = "<abbr class='published' title='2020-01-01T15:10:00-07:00'>3:10 PM</abbr>"


def test_a_blogs_moment_stands_in_the_foot_of_its_post() -> None:
    assert document(post(f"<div class='post-footer'>Posted by A at {MOMENT}</div>")).published == DAY


@pytest.mark.parametrize(
    "html",
    [
        post("", after=f"<div class=hentry><h3><a>{OTHER}</a></h3><div class=post-footer>at {OF_OTHER}</div></div>"),
        post(f"<div class='comments'><h4>2 comments</h4><p>So sad.</p><div>{OF_OTHER}</div></div>"),
    ],
)
def test_the_moment_of_another_post_or_of_a_comment_is_not_its(html: str) -> None:
    assert document(html).published is None


def test_a_heading_that_is_a_date_opens_the_day_of_its_post() -> None:
    above = "<h2 class='date-header'><span>Monday, May 3, 2021</span></h2>"
    assert document(post("", above=above)).published == DAY


def test_a_date_at_the_head_of_a_site_is_the_readers_day() -> None:
    head = "<h3>Monday, June 7, 2021</h3><div class=top><a href=/>Home</a> <a href=/w>World</a></div>"
    html = (
        f"<html><head><title>{TITLE}</title></head><body><div id=all>{head}<h1>{TITLE}</h1>{TEXT}</div></body></html>"
    )
    assert document(html).published is None


@pytest.mark.parametrize(
    "line", ["Belo, Monday the 3rd of May 2021 (bulletin no. 7)", "Belo, 3 May 2021", "Port Ostra, Belo, May 3, 2021"]
)
def test_place_and_day_close_a_bulletin(line: str) -> None:
    found = document(page().replace("</article>", f"<p align=right>{line}</p></article>"))
    assert (found.published, found.published_basis) == (DAY, "text")


@pytest.mark.parametrize(
    "more",
    [
        f"<p>3 May 2021</p><p><a href=/o>{OTHER}</a></p>",
        "<p>Belo, 3 May 2021: talks about water</p>",
        "<p>Events as of 3 May 2021</p>",
        f"<div><div>3 May 2021</div><a href=/o>{OTHER}</a></div>",
    ],
)
def test_a_date_of_something_else_behind_the_report_is_not_its(more: str) -> None:
    assert document(page().replace("</article>", f"{more}</article>")).published is None


STAMPS = "<ul><li><span>Published</span> 3 May 2021</li><li><span>Last updated</span> 20 May 2021</li></ul>"


def test_a_system_that_gives_the_last_edition_as_the_first_is_not_believed() -> None:
    tags = ld(datePublished="2021-05-20T08:00:00Z", dateModified="2021-05-20T08:00:00Z")
    found = document(page(tags, STAMPS))
    assert found.published == DAY
    assert "2021-05-20" in {s.value[:10] for s in found.also_stated if s.field == "published"}


@pytest.mark.parametrize("changed", [None, "2021-05-25T08:00:00Z"])
def test_without_a_change_on_that_day_the_tags_hold(changed: str | None) -> None:
    tags = ld(datePublished="2021-05-20T08:00:00Z", **({"dateModified": changed} if changed else {}))
    assert document(page(tags, STAMPS)).published == (date(2021, 5, 20))


BROKEN = '<script type="application/ld+json">[{"@type": "ImageGallery", "datePublished": "2021-05-09",},]</script>'


def test_broken_json_goes_behind_the_element_at_the_headline() -> None:
    assert document(page(BROKEN, '<time datetime="2021-05-03">May 3</time>')).published == DAY
    assert document(page(BROKEN)).published == date(2021, 5, 9)


def test_json_with_another_headline_goes_behind_what_is_of_the_page() -> None:
    # it shares enough with the page to be about it, and too little to be its own
    video = ld(
        headline="Belo town from the air: river, bridges and rebels in a film of an army reporter",
        datePublished="2021-05-09",
    )
    meta = '<meta property="article:published_time" content="2021-05-03">'
    assert document(page(video + meta)).published == DAY
    assert document(page(video)).published == date(2021, 5, 9)
    at = ld(headline="Belo town in a film", url="https://x.example/a", datePublished="2021-05-09")
    assert document(page(at + meta, url="https://x.example/a")).published == date(2021, 5, 9)
    assert document(page(ld(datePublished="2021-05-03") + meta.replace("05-03", "05-09"))).published == DAY


def state(**fields: object) -> str:
    said = {"article": {"msid": "74588120", **fields}, "on": True}
    return f"<script>window.App={json.dumps(said, separators=(',', ':')).replace('true', '!0')};</script>"


URL = "https://dispatch.example/belo/74588120.cms"
CHANGED = "<div class=byline>A. Netam | Updated: May 3, 2021, 10:12 IST</div>"
FIRST, CHANGE = 1_619_984_400_000, 1_620_016_920_000  # 01:10 and 10:12 on 3 May in India; 2 May, 19:40 in UTC


def test_small_programs_literals_are_read() -> None:
    assert document(page(state(publishedAt="2021-05-03T09:00:00Z"), url=URL)).published == DAY


def test_the_moment_beside_that_of_the_change_is_that_of_publication() -> None:
    found = document(page(state(dl=FIRST, upd=CHANGE), CHANGED, url=URL))
    assert (found.published, found.published_at) == (DAY, "2021-05-03T01:10:00+05:30")


@pytest.mark.parametrize(
    "fields",
    [
        {"dl": FIRST, "upd": CHANGE + 120_000},  # not the change that the page shows
        {"dl": FIRST, "x": FIRST + 60_000, "upd": CHANGE},  # which of two?
        {"dl": FIRST - 10**9, "upd": CHANGE},  # eleven days before
        {"dl": CHANGE + 10**7, "upd": CHANGE},  # after it
        {"upd": CHANGE},
        {"dl": True, "upd": CHANGE},
    ],
)
def test_other_numbers_are_none(fields: dict[str, object]) -> None:
    assert document(page(state(**fields), CHANGED, url=URL)).published is None


ISSUE = "<td>No. 214 | Monday 3 May 2021 | From Belo</td>"


def letter(view: str) -> str:
    rows = "".join(f"<p>{p}</p>" for p in BODY)
    return (
        f"<html><head><title>A pen and a goat</title></head><body><table><tr><td><a>{view}</a></td></tr>"
        f"<tr>{ISSUE}</tr>"
        f"<tr><td>Dear reader,<br><br>the rains failed, and that is about the size of it this week.</td></tr>"
        f"<tr><td><h2>{TITLE}</h2><span>By Tigist Abera</span><br><br>{rows}</td></tr>"
        f"<tr><td><h3>The week ahead</h3><p>Envoys meet in Ostra to talk about the port on 15 May 2021.</p></td></tr>"
        "</table></body></html>"
    )


def test_a_letter_has_the_day_of_its_issue_and_the_headline_of_its_report() -> None:
    found = document(letter("View this email in your browser"))
    assert (found.published, found.title) == (DAY, TITLE)
    assert "Dear reader" not in found.text
    assert "Envoys" not in found.text


def test_an_issue_on_another_page_may_be_that_of_the_day() -> None:
    assert document(letter("Home")).published is None
