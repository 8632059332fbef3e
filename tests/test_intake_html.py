"""Pages that are broken, hostile or odd: they are read as far as they go and never crash."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import EmptyError, IntakeError
from casus.intake.html import read_page
from casus.intake.load import document_from_bytes
from casus.intake.markup import scan
from casus.intake.meta import url_date, without_site

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + f"<p>{PROSE}</p>",
        "<html><body>" + "<b><p>" * 20_000 + PROSE,
        f"<html><body><p>{PROSE}</p>" + "<p>x</p>" * 20_000,
        f"<html><head><title>A title of a page</title><p>{PROSE}",
        f"<p>{PROSE}</p>" + "<script>" * 2_000,
        f"<html><body><!-- never closed <p>{PROSE}</p></body></html>",
        f"<body onload='x'><table><tr><td><p>{PROSE}</td></table><<<>>>",
        f"<html><script type='application/ld+json'>{'[' * 50_000}</script><p>{PROSE}</p></html>",
    ],
    ids=["deep", "deep-inline", "many", "no-body", "scripts", "comment", "brackets", "ld"],
)
def test_hostile_pages_are_read(page: str) -> None:
    document = document_from_bytes(page.encode(), name="x.html")
    assert PROSE in document.text


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><script>let a = 1</script></body></html>"])
def test_pages_without_a_report_are_empty(page: str) -> None:
    with pytest.raises(EmptyError):
        document_from_bytes(page.encode(), name="x.html")


def test_too_big_a_page_says_so() -> None:
    page = read_page(f"<html><body><p>{PROSE}</p>" + "<p>The rebels left the town.</p>" * 6_000)
    assert any("without the extractor" in n for n in page.notes)


def test_the_extractor_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PROSE in read_page(f"<html><body><article><p>{PROSE}</p></article></body></html>").text


def test_broken_charset_does_not_lose_the_page() -> None:
    page = (
        b'<html><head><meta charset="no-such"></head><body><p>' + PROSE.encode() + b" Caf\xe9 closed.</p></body></html>"
    )
    document = document_from_bytes(page, name="x.html")
    assert "Café closed." in document.text
    assert any("Windows-1252" in n for n in document.notes)


def test_a_modified_date_is_no_date_of_publication() -> None:
    page = f'<html><meta property="article:modified_time" content="2024-05-05"><body><p>{PROSE}</p></body></html>'
    assert read_page(page).published is None


def test_skipped_elements_end_where_they_end() -> None:
    blocks = scan("<p>one</p><aside><aside>x</aside>y</aside><p>two</p><script>z</script>three").blocks
    assert [b.text for b in blocks] == ["one", "two", "three"]


def test_entities_and_attributes() -> None:
    found = scan("<meta content='a &amp; b' property=og:title><title>x\n y</title>a&nbsp;&quot;b&quot;")
    assert found.metas == (("og:title", "a & b"),)
    assert found.title == "x y"
    assert [b.text for b in found.blocks] == ['a "b"']


@pytest.mark.parametrize(
    ("title", "publisher", "bare"),
    [
        ("Army takes Belo | The Post", None, "Army takes Belo"),
        ("Army takes Belo - The Post", "The Post", "Army takes Belo"),
        ("Army takes Belo - Post", "The Post", "Army takes Belo"),
        ("Army takes Belo - rebels flee", "The Post", "Army takes Belo - rebels flee"),
        ("Belo | Post", None, "Belo | Post"),
    ],
)
def test_the_site_is_no_part_of_the_title(title: str, publisher: str | None, bare: str) -> None:
    assert without_site(title, publisher) == bare


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2024/01/18/x", "2024-01-18"),
        ("https://a.example/world/2024/jan/18/x", "2024-01-18"),
        ("https://a.example/news/20240118-x", "2024-01-18"),
        ("https://a.example/2024/13/18/x", None),
        ("https://a.example/news/12345678", None),
    ],
)
def test_the_date_in_an_address(url: str, day: str | None) -> None:
    found = url_date(url)
    assert (found.isoformat() if found else None) == day


PIECES = st.sampled_from([
    "<p>", "</p>", "<div class=caption>", "</div>", "<figure>", "<figcaption>", "</figcaption>", PROSE, "<", ">",
    "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "<h1>Army takes Belo</h1>", "&amp;", "&#x0;", "\x00",
    "<meta ",
    '<meta property="og:title" content="', '">',
    "<br/>", "<aside>", "</aside>", "</", "<html>", "<body>", "é", "😀",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_any_markup_gives_a_page_or_an_intake_error(pieces: list[str]) -> None:
    page = "<html>" + "".join(pieces)
    try:
        document = document_from_bytes(page.encode(), name="x.html")
    except IntakeError:
        return
    for region in document.regions:
        assert 0 <= region.start < region.end <= len(document.text)


def test_entities_in_json_ld_are_read_and_the_headline_stands_once() -> None:
    body = " ".join(["The minister flew home on Thursday after talks with the two envoys in the capital."] * 8)
    head = '{"@type": "NewsArticle", "headline": "Minister ends Tuesday&#39;s talks in Nairobi"}'
    page = (
        f'<html><head><script type="application/ld+json">{head}</script></head><body><article>'
        f"<h1>Minister ends Tuesday’s talks in Nairobi</h1><p>{body}</p></article></body></html>"
    )
    found = read_page(page)
    assert found.title == "Minister ends Tuesday's talks in Nairobi"
    assert found.text.count("talks in Nairobi") == 1
