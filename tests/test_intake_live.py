"""Pages that hold several reports: live blogs give their entries, round-ups their reports, or say that they cannot."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casus.errors import FormatError
from casus.intake.build import Source, of_page
from casus.intake.load import document_from_bytes, documents_from_bytes
from casus.intake.raw import Known, Stamp
from casus.records import Document

TITLE = "Belo live: Army and rebels fight over the bridges"
URL = "https://coast.example/live/belo"
DAY = date(2021, 5, 3)
SAID = (
    ("09:10", "Shells hit the market", "Four people were killed when shells hit the market of Belo, doctors said."),
    ("10:45", "Rebels leave the port", "The rebels left the port of Belo in small boats, two witnesses told us."),
    ("13:20", "Governor asks for a truce", "The governor asked both sides to stop firing until the wounded are out."),
    ("15:05", "Army crosses the river", "The army crossed the river with forty vehicles and took the old bridge."),
)


def ld(entries: int, **fields: Any) -> str:
    updates = [
        {
            "@type": "BlogPosting", "headline": headline, "datePublished": f"2021-05-03T{clock}:00+02:00",
            "articleBody": f"{words}\n\nNobody confirmed it.", "url": f"{URL}#e{n}",
        }
        for n, (clock, headline, words) in enumerate(SAID[:entries])
    ]  # fmt: skip
    said = {"@type": "LiveBlogPosting", "headline": TITLE, "datePublished": "2021-05-03T08:00:00+02:00"} | fields
    return f'<script type="application/ld+json">{json.dumps(said | {"liveBlogUpdate": updates[::-1]})}</script>'


def blocks(entries: int, *, day: str = "2021-05-03T", ids: bool = True, headings: bool = True) -> str:
    made = []
    for n, (clock, headline, words) in enumerate(SAID[:entries]):
        anchor = f' id="e{n}"' if ids else ""
        stamp = f'<time datetime="{day}{clock}:00+02:00">{clock}</time>' if day else f"<span>{clock}</span>"
        heading = f"<h3>{headline}</h3>" if headings else ""
        made.append(f"<div class=entry{anchor}>{stamp}{heading}<p>{words}</p><p>Nobody confirmed it.</p></div>")
    return "".join(reversed(made))


def page(content: str, head: str = "", title: str = TITLE) -> str:
    return (
        f'<html><head><title>{title}</title><link rel="canonical" href="{URL}">{head}</head><body><main>'
        f"<h1>{title}</h1><p>Both sides fight over the bridges of the town for the third day in a row.</p>"
        f"<div class=feed>{content}</div></main></body></html>"
    )


def read(html: str, known: Known | None = None) -> list[Document]:
    return of_page(html, Source("x.html", known or Known()))


# as a program leaves it that has not yet drawn anything
EMPTY = (
    f'<html><head><title>{TITLE}</title><link rel=canonical href="{URL}">{ld(4)}</head><body><div></div></body></html>'
)


@pytest.mark.parametrize("html", [page("", ld(4)), page(blocks(4)), page(blocks(4), ld(4)), EMPTY])
def test_each_entry_is_a_document_with_its_own_headline_date_and_address(html: str) -> None:
    found = read(html)
    assert [d.title for d in found] == [headline for _, headline, _ in reversed(SAID)]
    assert {d.form for d in found} == {"live-entry"}
    assert [d.url for d in found] == [f"{URL}#e{n}" for n in (3, 2, 1, 0)]
    assert {d.published for d in found} == {DAY}
    assert found[0].published_at == "2021-05-03T15:05:00+02:00"
    assert found[0].text == "\n\n".join([SAID[3][1], SAID[3][2], "Nobody confirmed it."])


@pytest.mark.parametrize("make", [lambda n: page("", ld(n)), lambda n: page(blocks(n))])
def test_of_a_blog_that_grew_only_the_new_entries_are_new(make: Any) -> None:
    before, after = read(make(3)), read(make(4))
    assert len(before) == 3
    assert [d.id for d in after[1:]] == [d.id for d in before]
    assert after[0].id not in {d.id for d in before}
    assert len({d.id for d in after}) == 4


def test_fragments_that_only_count_the_entries_are_no_part_of_their_addresses() -> None:
    def counted(entries: int) -> str:
        html = page("", ld(entries))
        for n in range(entries):
            html = html.replace(f"#e{n}", f"#post-{entries - n}")
        return html

    before, after = read(counted(3)), read(counted(4))
    assert {d.url for d in after} == {URL}
    assert [d.id for d in after[1:]] == [d.id for d in before]


def test_an_entry_without_a_headline_is_called_as_its_page_and_does_not_repeat_it() -> None:
    found = read(page(blocks(4, headings=False)))
    assert {d.title for d in found} == {TITLE}
    assert found[0].text == f"{SAID[3][2]}\n\nNobody confirmed it."


def test_entries_with_only_a_time_have_the_day_of_the_page() -> None:
    said = '<meta property="article:published_time" content="2021-05-03T09:00:00+02:00">'
    found = read(page(blocks(4, day=""), said))
    assert [(d.published, d.published_basis, d.published_at) for d in found] == [(DAY, "text", None)] * 4


def test_entries_past_midnight_have_the_next_day_if_the_page_says_that_it_went_on() -> None:
    said = (
        '<meta property="article:published_time" content="2021-05-03T09:00:00+02:00">'
        '<meta property="article:modified_time" content="2021-05-04T01:00:00+02:00">'
    )
    html = page(blocks(4, day=""), said).replace("15:05", "00:40")
    assert [d.published for d in read(html)] == [date(2021, 5, 4), DAY, DAY, DAY]
    # without it, nobody knows whether the first or the last is meant: they have the page's own date, and no time
    never = page(blocks(4, day=""), said.replace("05-04T01", "05-09T01")).replace("15:05", "00:40")
    assert {(d.published, d.published_basis) for d in read(never)} == {(DAY, "meta")}


@pytest.mark.parametrize(
    "content",
    ["".join(f"<p>{words} Nobody confirmed it.</p>" for _, _, words in SAID), blocks(2)],
)
def test_a_live_blog_that_cannot_be_split_says_so(content: str) -> None:
    (only,) = read(page(content))
    assert only.form == "live-blog"
    assert any("could not be told apart" in n for n in only.notes)
    assert SAID[0][2] in only.text


@pytest.mark.parametrize("title", ["Belo: the battle as it happened", "Live updates: Belo", "Belo latest updates"])
def test_words_of_a_live_blog(title: str) -> None:
    assert {d.form for d in read(page(blocks(4), title=title))} == {"live-entry"}


@pytest.mark.parametrize(
    "title", ["Four killed in live fire in Belo", "Life in Belo", "They live on the river in Belo"]
)
def test_what_is_no_live_blog_is_not_split(title: str) -> None:
    (only,) = read(page("".join(f"<p>{words}</p>" for _, _, words in SAID), title=title))
    assert only.form == "report"


def test_comments_below_a_report_are_no_entries() -> None:
    text = "".join(f"<p>{words}</p>" for _, _, words in SAID)
    comments = blocks(4).replace("class=entry", 'class="comment"')
    (only,) = read(page(f"{text}<section class=comments>{comments}</section>", title="Belo live: what we know"))
    assert only.form == "live-blog"
    assert "Nobody confirmed it." not in only.text


def test_the_live_blog_of_another_page_is_not_this_one() -> None:
    other = ld(4, headline="Ostra: Storm on the coast", url="https://coast.example/live/storm")
    text = "".join(f"<p>{words}</p>" for _, _, words in SAID)
    (only,) = read(page(text, other, title="Army crosses the river at Belo"))
    assert only.form == "report"


def test_what_the_container_knows_counts_for_entries_but_its_date_and_id() -> None:
    known = Known(id="row-1", publisher="Coast Post", published=(Stamp(date(2021, 5, 9), "feed"),))
    found = read(page("", ld(4)), known)
    assert {d.publisher for d in found} == {"Coast Post"}
    assert {d.published for d in found} == {DAY}
    assert len({d.id for d in found}) == 4


def test_a_page_of_several_documents_goes_through_the_public_reader() -> None:
    data = page("", ld(4)).encode()
    assert len(list(documents_from_bytes(data, name="x.html"))) == 4
    with pytest.raises(FormatError):
        document_from_bytes(data, name="x.html")


# Round-ups

BELO = "BELO, May 3 — The army said on Monday that it had taken the town and that nine of its soldiers were killed."
OSTRA = "OSTRA CITY, May 2 - A storm killed twelve people on the coast and cut power to half a million homes."
TEKA = "TEKA, Kaltia — Rebels released thirty hostages on Monday after a month of talks, the Red Cross said there."


def round_up(content: str) -> str:
    return (
        "<html><head><title>News in brief, Monday</title></head><body><article><h1>News in brief, Monday</h1>"
        f"<div class=date>3 May 2021</div>{content}</article></body></html>"
    )


def test_a_round_up_is_split_where_each_part_has_a_heading_and_a_dateline() -> None:
    parts = (("Army takes Belo", BELO), ("Storm kills twelve", OSTRA), ("Hostages are free", TEKA))
    found = read(round_up("".join(f"<h3>{h}</h3><p>{p}</p><p>No more is known.</p>" for h, p in parts)))
    assert [d.title for d in found] == [h for h, _ in parts]
    assert [d.dateline for d in found] == ["BELO", "OSTRA CITY", "TEKA, Kaltia"]
    assert {(d.form, d.published) for d in found} == {("report", DAY)}
    assert found[0].text == f"Army takes Belo\n\n{BELO}\n\nNo more is known."
    assert any("round-up" in n for n in found[0].notes)
    assert len({d.id for d in found}) == 3


@pytest.mark.parametrize(
    "content",
    [
        f"<p>{BELO}</p><p>No more is known.</p><h3>Storm kills twelve</h3><p>{OSTRA}</p>",
        f"<h3>Army takes Belo</h3><p>{BELO}</p><h3>Weather</h3><p>It will rain on all of the coast on Tuesday.</p>"
        f"<h3>Storm kills twelve</h3><p>{OSTRA}</p>",
    ],
)
def test_a_round_up_that_cannot_be_split_says_so(content: str) -> None:
    (only,) = read(round_up(content))
    assert only.form == "round-up"
    assert any("could not be told apart" in n for n in only.notes)


def test_a_report_with_one_dateline_and_headings_is_one_report() -> None:
    (only,) = read(round_up(f"<p>{BELO}</p><h3>Bridges blown up</h3><p>The rebels left the town on Sunday night.</p>"))
    assert only.form == "report"


def test_a_report_above_the_entries_is_a_document_of_its_own() -> None:
    (path,) = (Path(__file__).parent / "layouts").glob("c12-*.html")
    report, *entries = [d for d in documents_from_bytes(path.read_bytes(), name=path.name) if isinstance(d, Document)]
    assert (report.form, {d.form for d in entries}) == ("report", {"live-entry"})
    assert "back to the table in Muscat" in report.text
    assert not any(entry.text.splitlines()[-1] in report.text for entry in entries)
